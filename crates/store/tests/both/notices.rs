use crate::support::{NOON, after, subscriber};
use cabinet_core::email::EmailState;
use cabinet_core::notice::{Memory, Period, Ways, Wishes};
use cabinet_core::phone::Phone;
use cabinet_store::notices::{self, End, Notice, Reach, Wish};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, accounts, emails, on_both, phones};
use time::Date;
use time::macros::date;
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);

fn wish(sms: bool, email: bool) -> Wish {
    let wishes = Wishes {
        threshold_days: Some(3),
        period: Some(Period::Weekly(1)),
        on_payment: true,
        on_block: sms,
        on_unblock: false,
        on_change: true,
    };
    Wish { sms, email, wishes, memory: Memory { armed: false, crossings: 2, told_on: TODAY } }
}

/// A subscriber with a phone and an e-mail, neither of them confirmed.
async fn person(store: &Store, contract: &str) -> Uuid {
    let id = subscriber(store, contract).await.id;
    let profile = Profile {
        last_name: "Іванов".to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1".to_owned(),
        phones: "0501234567".to_owned(),
        email: Some("a@b.c".to_owned()),
        consent_promotions: false,
        consent_draws: false,
        consents_changed_at: None,
        contacts_updated_at: None,
        language: "uk".to_owned(),
        theme: "system".to_owned(),
    };
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, id, &profile).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn notice(account_id: Uuid, id: u128, key: &str) -> Notice {
    Notice {
        account_id,
        id: Uuid::from_u128(id),
        channel: "sms".to_owned(),
        kind: "low".to_owned(),
        facts: "{}".to_owned(),
        dedup_key: key.to_owned(),
        day: TODAY,
        state: "queued".to_owned(),
        created_at: NOON,
    }
}

on_both! {
    async fn wishes_are_kept_whole_and_reach_confirmed_contacts_only(store) {
        let (id, other) = (person(&store, "0000").await, person(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), None);
        notices::put_wish(&mut tx, id, Ways::Messages, &wish(true, true)).await.unwrap();
        let reach = |wish: Wish, sms, email| {
            Some(Reach { account: id, ways: Ways::Messages, wish, sms, email, push: false })
        };
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), reach(wish(true, true), false, false));
        let phone = Phone::new("0501234567").unwrap();
        phones::confirm(&mut tx, id, &phone, NOON).await.unwrap();
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), reach(wish(true, true), true, false));
        emails::save(&mut tx, id, &EmailState { confirmed_at: Some(NOON), ..EmailState::default() }).await.unwrap();
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), reach(wish(true, true), true, true));
        phones::stop(&mut tx, id, &phone, NOON).await.unwrap();
        let monthly = Wishes { threshold_days: None, period: Some(Period::Monthly(28)), ..Wishes::default() };
        let changed = Wish { wishes: monthly, ..wish(false, true) };
        notices::put_wish(&mut tx, id, Ways::Messages, &changed).await.unwrap();
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), reach(changed, false, true));
        let none = Wish { wishes: Wishes::default(), ..wish(true, false) };
        notices::put_wish(&mut tx, id, Ways::Messages, &none).await.unwrap();
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap(), reach(none, false, false));
        assert_eq!(notices::wish(&mut tx, other, Ways::Messages).await.unwrap(), None, "another's");
    }

    async fn only_who_wishes_anything_is_looked_at_in_order(store) {
        let mut ids = Vec::new();
        for (contract, sms, email) in [("1", true, false), ("2", false, false), ("3", false, true), ("4", true, true)] {
            let id = person(&store, contract).await;
            let mut tx = store.write().await.unwrap();
            notices::put_wish(&mut tx, id, Ways::Messages, &wish(sms, email)).await.unwrap();
            tx.commit().await.unwrap();
            ids.push(id);
        }
        person(&store, "5").await;
        let mut view = store.read().await.unwrap();
        let mut on = vec![ids[0], ids[2], ids[3]];
        on.sort_unstable();
        let of = |reaches: Vec<Reach>| reaches.into_iter().map(|reach| reach.account).collect::<Vec<_>>();
        assert_eq!(of(notices::wishes(&mut view, Ways::Messages, Uuid::nil(), 2).await.unwrap()), on[..2]);
        assert_eq!(of(notices::wishes(&mut view, Ways::Messages, on[1], 2).await.unwrap()), on[2..]);
        let held = accounts::told(&mut view, Ways::Messages, Uuid::nil(), Uuid::max()).await.unwrap();
        assert_eq!(held.iter().map(|held| held.id).collect::<Vec<_>>(), on);
        let held = accounts::told(&mut view, Ways::Messages, on[0], on[1]).await.unwrap();
        assert_eq!(held.iter().map(|held| held.id).collect::<Vec<_>>(), [on[1]]);
        let mut blocks = vec![ids[0], ids[3]];
        blocks.sort_unstable();
        assert_eq!(of(notices::wishing_blocks(&mut view, Uuid::nil(), Uuid::max()).await.unwrap()), blocks);
        assert_eq!(of(notices::wishing_blocks(&mut view, blocks[0], blocks[1]).await.unwrap()), [blocks[1]]);
    }

    async fn what_is_remembered_is_written_if_nobody_wrote_it_meanwhile(store) {
        let (id, other) = (person(&store, "0000").await, person(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        for account in [id, other] {
            notices::put_wish(&mut tx, account, Ways::Messages, &wish(true, false)).await.unwrap();
        }
        let was = wish(true, false).memory;
        let next = Memory { armed: true, crossings: 3, told_on: date!(2026 - 11 - 23) };
        assert!(notices::remember(&mut tx, id, Ways::Messages, &was, &next).await.unwrap());
        assert!(!notices::remember(&mut tx, id, Ways::Messages, &was, &next).await.unwrap(), "another runner was first");
        assert_eq!(notices::wish(&mut tx, id, Ways::Messages).await.unwrap().unwrap().wish.memory, next);
        assert_eq!(notices::wish(&mut tx, other, Ways::Messages).await.unwrap().unwrap().wish.memory, was);
    }

    async fn a_cause_makes_one_notice_which_ends_once(store) {
        let (id, other) = (person(&store, "0000").await, person(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        assert!(notices::put_bulk(&mut tx, &[]).await.unwrap().is_empty());
        let spent = Notice { state: "spent".to_owned(), ..notice(id, 3, "low:2:sms") };
        let letter = Notice { channel: "email".to_owned(), ..notice(id, 4, "low:2:email") };
        let first = [notice(id, 1, "low:1:sms"), notice(other, 2, "low:1:sms"), spent, letter];
        let mut new = notices::put_bulk(&mut tx, &first).await.unwrap();
        new.sort_unstable();
        assert_eq!(new, [1, 2, 3, 4].map(Uuid::from_u128));
        let again = [notice(id, 5, "low:1:sms"), notice(id, 6, "low:3:sms")];
        assert_eq!(notices::put_bulk(&mut tx, &again).await.unwrap(), [Uuid::from_u128(6)]);
        assert_eq!(notices::find(&mut tx, id, Uuid::from_u128(5)).await.unwrap(), None);
        assert_eq!(notices::find(&mut tx, id, Uuid::from_u128(1)).await.unwrap(), Some(first[0].clone()));
        assert_eq!(notices::find(&mut tx, id, Uuid::from_u128(2)).await.unwrap(), None, "another's");
        let newest = notices::of_account(&mut tx, id, 2).await.unwrap();
        assert_eq!(newest.iter().map(|notice| notice.id).collect::<Vec<_>>(), [6, 4].map(Uuid::from_u128));
        assert_eq!(notices::count_of_day(&mut tx, id, TODAY).await.unwrap(), 2, "neither spent ones nor letters");
        assert_eq!(notices::count_of_day(&mut tx, id, date!(2026 - 11 - 23)).await.unwrap(), 0);
        let end = End { state: "sent", at: after(1), gateway_id: Some("f83f".to_owned()), parts: Some(1) };
        assert!(!notices::end(&mut tx, other, Uuid::from_u128(1), &end).await.unwrap(), "another's");
        assert!(notices::end(&mut tx, id, Uuid::from_u128(1), &end).await.unwrap());
        assert!(!notices::end(&mut tx, id, Uuid::from_u128(1), &end).await.unwrap(), "once");
        assert_eq!(notices::find(&mut tx, id, Uuid::from_u128(1)).await.unwrap().unwrap().state, "sent");
        let taken = Some(("f83f".to_owned(), after(1)));
        assert_eq!(notices::undelivered(&mut tx, id, Uuid::from_u128(1)).await.unwrap(), taken);
        assert_eq!(notices::undelivered(&mut tx, other, Uuid::from_u128(1)).await.unwrap(), None, "another's");
        assert_eq!(notices::undelivered(&mut tx, id, Uuid::from_u128(6)).await.unwrap(), None, "it is not sent");
        assert!(!notices::put_delivery(&mut tx, other, Uuid::from_u128(1), "failed").await.unwrap(), "another's");
        assert!(notices::put_delivery(&mut tx, id, Uuid::from_u128(1), "delivered").await.unwrap());
        assert!(!notices::put_delivery(&mut tx, id, Uuid::from_u128(1), "failed").await.unwrap(), "once");
        assert_eq!(notices::undelivered(&mut tx, id, Uuid::from_u128(1)).await.unwrap(), None);
        let told = notices::told(&mut tx, id, None, 10).await.unwrap();
        let of = |told: &notices::Told| (told.id.as_u128(), told.state.clone(), told.delivery.clone(), told.parts);
        let state = |state: &str| state.to_owned();
        assert_eq!(told.iter().map(of).collect::<Vec<_>>(), [
            (6, state("queued"), None, None),
            (4, state("queued"), None, None),
            (3, state("spent"), None, None),
            (1, state("sent"), Some(state("delivered")), Some(1)),
        ]);
        assert_eq!(notices::told(&mut tx, id, Some(Uuid::from_u128(4)), 1).await.unwrap(), told[2..3]);
        // Given up, it is no more waiting, and can be tried again; one that ended stays as it ended.
        assert!(!notices::give_up(&mut tx, other, Uuid::from_u128(6), after(2)).await.unwrap(), "another's");
        assert!(!notices::give_up(&mut tx, id, Uuid::from_u128(1), after(2)).await.unwrap(), "it was sent");
        assert!(notices::give_up(&mut tx, id, Uuid::from_u128(6), after(2)).await.unwrap());
        let told_last = notices::told(&mut tx, id, None, 1).await.unwrap().remove(0);
        assert_eq!((told_last.delivery.as_deref(), told_last.ended_at), (Some("failed"), Some(after(2))));
        let end = End { at: after(3), ..end };
        assert!(notices::end(&mut tx, id, Uuid::from_u128(6), &end).await.unwrap());
        let told_last = notices::told(&mut tx, id, None, 1).await.unwrap().remove(0);
        assert_eq!((told_last.state.as_str(), told_last.delivery, told_last.ended_at), ("sent", None, Some(after(3))));
        assert_eq!(notices::forget_before(&mut tx, NOON).await.unwrap(), 0);
        assert_eq!(notices::forget_before(&mut tx, after(1)).await.unwrap(), 5);
    }
}
