use crate::support::{NOON, account, after, subscriber};
use cabinet_core::email::EmailState;
use cabinet_store::emails::{self, Code, Email};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, accounts, on_both};
use time::macros::date;
use uuid::Uuid;

fn profile(email: Option<&str>) -> Profile {
    Profile {
        last_name: "Іванов".to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1".to_owned(),
        phones: String::new(),
        email: email.map(str::to_owned),
        consent_promotions: false,
        consent_draws: false,
        consents_changed_at: None,
        contacts_updated_at: None,
        language: "en".to_owned(),
        theme: "system".to_owned(),
    }
}

async fn write(store: &Store, account: Uuid, email: Option<&str>) {
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, account, &profile(email)).await.unwrap();
    tx.commit().await.unwrap();
}

const GOOD: EmailState = EmailState { confirmed_at: Some(NOON), refusals: 2, failing_since: None, bills: true };

async fn save(store: &Store, account: Uuid, state: &EmailState) {
    let mut tx = store.write().await.unwrap();
    emails::save(&mut tx, account, state).await.unwrap();
    tx.commit().await.unwrap();
}

async fn state(store: &Store, account: Uuid) -> EmailState {
    emails::find(&mut store.read().await.unwrap(), account).await.unwrap().unwrap().state
}

fn code(id: u128, address: &str) -> Code {
    Code {
        id: Uuid::from_u128(id),
        address: address.to_owned(),
        tries: 0,
        used: false,
        sent_at: NOON,
        expires_at: after(600),
    }
}

on_both! {
    async fn another_address_is_neither_confirmed_nor_failing(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        assert_eq!(emails::find(&mut store.read().await.unwrap(), id).await.unwrap(), None);
        write(&store, id, Some("a@example.net")).await;
        write(&store, other, Some("b@example.net")).await;
        assert_eq!(state(&store, id).await, EmailState::default());
        save(&store, id, &GOOD).await;
        let whole = emails::find(&mut store.read().await.unwrap(), id).await.unwrap().unwrap();
        let expected = Email { address: Some("a@example.net".to_owned()), state: GOOD, language: "en".to_owned(), contract: "0000".to_owned() };
        assert_eq!(whole, expected);
        assert_eq!(state(&store, other).await, EmailState::default(), "another's stays");
        write(&store, id, Some("a@example.net")).await;
        assert_eq!(state(&store, id).await, GOOD, "the same address stays as it was");
        write(&store, id, Some("A@example.net")).await;
        assert_eq!(state(&store, id).await, EmailState { bills: true, ..EmailState::default() }, "the wish for bills stays");
        let failing = EmailState { confirmed_at: None, refusals: 3, failing_since: Some(after(1)), bills: true };
        save(&store, id, &failing).await;
        assert_eq!(state(&store, id).await, failing);
        write(&store, id, None).await;
        assert_eq!(state(&store, id).await, EmailState::default(), "without an address no bills go there");
        write(&store, id, Some("a@example.net")).await;
        assert_eq!(state(&store, id).await, EmailState::default());
    }

    async fn the_header_tells_of_an_address_that_fails(store) {
        let id = subscriber(&store, "0000").await.id;
        assert!(accounts::find_header(&mut store.read().await.unwrap(), id).await.unwrap().is_none(), "no profile yet");
        write(&store, id, Some("a@example.net")).await;
        let told = async || accounts::find_header(&mut store.read().await.unwrap(), id).await.unwrap().unwrap();
        let header = told().await;
        assert_eq!((header.held.contract.as_str(), header.name.as_str(), header.email_failing), ("0000", "Іванов Іван", false));
        save(&store, id, &EmailState { failing_since: Some(NOON), ..EmailState::default() }).await;
        assert!(told().await.email_failing);
    }

    async fn bills_go_to_those_who_asked_and_can_be_reached(store) {
        let mut ids = Vec::new();
        for (contract, email, state) in [
            ("1", Some("a@b.c"), GOOD),
            ("2", Some("a@b.c"), EmailState { bills: false, ..GOOD }),
            ("3", Some("a@b.c"), EmailState { confirmed_at: None, ..GOOD }),
            ("4", None, GOOD),
            ("5", Some("a@b.c"), GOOD),
        ] {
            let id = account(&store, contract).await;
            write(&store, id, email).await;
            save(&store, id, &state).await;
            ids.push(id);
        }
        let mut view = store.read().await.unwrap();
        let mut asked = vec![ids[0], ids[4]];
        asked.sort_unstable();
        assert_eq!(emails::taking_bills(&mut view, Uuid::nil(), Uuid::max()).await.unwrap(), asked);
        assert_eq!(emails::taking_bills(&mut view, asked[0], Uuid::max()).await.unwrap(), [asked[1]]);
        assert_eq!(emails::taking_bills(&mut view, Uuid::nil(), asked[0]).await.unwrap(), [asked[0]]);
        assert!(emails::taking_bills(&mut view, asked[1], Uuid::max()).await.unwrap().is_empty());
    }

    async fn a_code_of_an_address_is_tried_a_few_times_and_used_once(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        emails::put_code(&mut tx, id, &code(1, "old@b.c")).await.unwrap();
        emails::put_code(&mut tx, id, &code(2, "a@b.c")).await.unwrap();
        assert_eq!(emails::code(&mut tx, id).await.unwrap(), Some(code(2, "a@b.c")));
        assert_eq!(emails::code(&mut tx, other).await.unwrap(), None);
        for (owner, address, now, why) in [
            (other, "a@b.c", NOON, "another's"), (id, "old@b.c", NOON, "another address"), (id, "a@b.c", after(600), "old"),
        ] {
            assert_eq!(emails::count_try(&mut tx, owner, address, 2, now).await.unwrap(), None, "{why}");
        }
        let tried = emails::count_try(&mut tx, id, "a@b.c", 2, NOON).await.unwrap();
        assert_eq!(tried, Some(Code { tries: 1, ..code(2, "a@b.c") }));
        assert!(emails::count_try(&mut tx, id, "a@b.c", 2, after(599)).await.unwrap().is_some());
        assert_eq!(emails::count_try(&mut tx, id, "a@b.c", 2, NOON).await.unwrap(), None, "tries used up");
        assert!(!emails::use_code(&mut tx, id, Uuid::from_u128(1)).await.unwrap());
        assert!(!emails::use_code(&mut tx, other, Uuid::from_u128(2)).await.unwrap());
        assert!(emails::use_code(&mut tx, id, Uuid::from_u128(2)).await.unwrap());
        assert!(!emails::use_code(&mut tx, id, Uuid::from_u128(2)).await.unwrap());
        assert_eq!(emails::count_try(&mut tx, id, "a@b.c", 9, NOON).await.unwrap(), None, "used");
        assert_eq!(emails::forget_codes(&mut tx, after(600), date!(2026 - 11 - 22)).await.unwrap(), 0);
        assert_eq!(emails::forget_codes(&mut tx, after(601), date!(2026 - 11 - 22)).await.unwrap(), 1);
    }

    async fn codes_of_a_day_are_counted_by_name(store) {
        let (today, tomorrow) = (date!(2026 - 11 - 22), date!(2026 - 11 - 23));
        let mut tx = store.write().await.unwrap();
        for before in 0..3 {
            assert_eq!(emails::count_sent(&mut tx, "everybody", today).await.unwrap(), before);
        }
        assert_eq!(emails::count_sent(&mut tx, "contract 1", today).await.unwrap(), 0);
        assert_eq!(emails::count_sent(&mut tx, "everybody", tomorrow).await.unwrap(), 0);
        assert_eq!(emails::forget_codes(&mut tx, NOON, tomorrow).await.unwrap(), 2, "two names of the day before");
        assert_eq!(emails::count_sent(&mut tx, "everybody", tomorrow).await.unwrap(), 1);
    }
}
