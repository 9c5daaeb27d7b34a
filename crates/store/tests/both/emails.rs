use crate::support::{NOON, account, after, subscriber};
use cabinet_core::email::EmailState;
use cabinet_store::emails::{self, Email};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, accounts, on_both};
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
}
