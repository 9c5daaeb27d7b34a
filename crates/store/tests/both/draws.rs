use crate::support::{NOON, account, after};
use cabinet_store::draws::{self, Consent, Draw};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, on_both};
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);

async fn agrees(store: &Store, contract: &str, to: [bool; 2], renewed: Option<OffsetDateTime>) -> Uuid {
    let id = account(store, contract).await;
    let profile = Profile {
        last_name: "Іванов".to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1".to_owned(),
        phones: "0501234567".to_owned(),
        email: Some("a@b.c".to_owned()),
        consent_promotions: to[0],
        consent_draws: to[1],
        consents_changed_at: Some(NOON),
        contacts_updated_at: renewed,
        language: "uk".to_owned(),
        theme: "system".to_owned(),
    };
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, id, &profile).await.unwrap();
    tx.commit().await.unwrap();
    id
}

on_both! {
    async fn who_agreed_and_renewed_the_contacts_is_listed_and_nobody_else(store) {
        let both = agrees(&store, "1", [true, true], Some(NOON)).await;
        let draw = agrees(&store, "2", [false, true], Some(after(1))).await;
        let promotions = agrees(&store, "3", [true, false], Some(after(1))).await;
        agrees(&store, "4", [true, true], Some(after(-1))).await;
        agrees(&store, "5", [true, true], None).await;
        agrees(&store, "6", [false, false], Some(NOON)).await;
        let (closed, closing) =
            (agrees(&store, "7", [true, true], Some(NOON)).await, agrees(&store, "8", [false, true], Some(NOON)).await);
        let mut tx = store.write().await.unwrap();
        for (account, day) in [(closed, TODAY), (closing, date!(2026 - 11 - 23))] {
            tx.run("UPDATE account SET closed_on = $2 WHERE id = $1", (account, day)).await.unwrap();
        }
        draws::note_wording(&mut tx, draw, "2026-11").await.unwrap();
        tx.commit().await.unwrap();

        let mut view = store.read().await.unwrap();
        let mut of = [vec![both, promotions], vec![both, draw, closing]];
        of.iter_mut().for_each(|ids| ids.sort_unstable());
        for (consent, expected) in [Consent::Promotions, Consent::Draws].into_iter().zip(&of) {
            let list = draws::agreed(&mut view, consent, NOON, TODAY, Uuid::nil(), 9).await.unwrap();
            assert_eq!(list.iter().map(|one| one.account_id).collect::<Vec<_>>(), *expected);
            assert_eq!(draws::count_agreed(&mut view, consent, NOON, TODAY).await.unwrap(), expected.len() as i64);
            for (place, account) in expected.iter().enumerate() {
                let found = draws::agreed_at(&mut view, consent, NOON, TODAY, place as i64).await.unwrap().unwrap();
                assert_eq!((found.account_id, &found), (*account, &list[place]));
            }
            let beyond = draws::agreed_at(&mut view, consent, NOON, TODAY, expected.len() as i64).await.unwrap();
            assert_eq!(beyond, None);
        }
        let page = draws::agreed(&mut view, Consent::Draws, NOON, TODAY, of[1][0], 1).await.unwrap();
        assert_eq!(page.len(), 1);
        assert_eq!(page[0].account_id, of[1][1]);
        let worded = draws::agreed(&mut view, Consent::Draws, after(1), TODAY, Uuid::nil(), 9).await.unwrap();
        assert_eq!((worded[0].account_id, worded[0].consents_text.as_str()), (draw, "2026-11"));
        assert_eq!(worded[0].contacts_updated_at, after(1));
    }

    async fn a_title_is_drawn_once(store) {
        let winner = account(&store, "0042").await;
        let draw = |id: u128, title: &str| Draw {
            id: Uuid::from_u128(id),
            title: title.to_owned(),
            updated_since: TODAY,
            contracts: 3,
            winner,
            contract: "0042".to_owned(),
            held_at: NOON,
            staff_id: None,
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(draws::titled(&mut tx, "Роутер").await.unwrap(), None);
        draws::put(&mut tx, &draw(1, "Роутер")).await.unwrap();
        draws::put(&mut tx, &draw(2, "Місяць")).await.unwrap();
        assert_eq!(draws::titled(&mut tx, "Роутер").await.unwrap(), Some(draw(1, "Роутер")));
        assert_eq!(draws::held(&mut tx, None, 9).await.unwrap(), [draw(2, "Місяць"), draw(1, "Роутер")]);
        assert_eq!(draws::held(&mut tx, Some(Uuid::from_u128(2)), 9).await.unwrap(), [draw(1, "Роутер")]);
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(draws::put(&mut tx, &draw(3, "Роутер")).await.is_err());
    }
}
