use crate::support::{NOON, account, after};
use cabinet_core::notice::{Memory, Ways, Wishes};
use cabinet_store::notices::{self, Wish};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::push_devices::{self, PushDevice};
use cabinet_store::push_keys::{self, PushKey};
use cabinet_store::{Store, accounts, on_both, sessions};
use time::macros::date;
use uuid::Uuid;

fn device(account_id: Uuid, id: u128, endpoint: &str) -> PushDevice {
    PushDevice {
        account_id,
        id: Uuid::from_u128(id),
        session_id: Uuid::from_u128(100 + id),
        endpoint: endpoint.to_owned(),
        p256dh: "key".to_owned(),
        auth: "secret".to_owned(),
        user_agent: "Firefox".to_owned(),
        created_at: NOON,
        told_at: None,
        failures: 0,
    }
}

fn wish(crossings: i64) -> Wish {
    let wishes = Wishes { on_block: true, ..Wishes::default() };
    let memory = Memory { armed: true, crossings, told_on: date!(2026 - 11 - 22) };
    Wish { sms: false, email: false, wishes, memory }
}

/// A subscriber with a profile, which whoever is told something has.
async fn person(store: &Store, contract: &str) -> Uuid {
    let id = crate::support::subscriber(store, contract).await.id;
    let profile = Profile {
        last_name: "Іванов".to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1".to_owned(),
        phones: String::new(),
        email: None,
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

on_both! {
    async fn a_browser_is_one_accounts_and_follows_its_session(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        let first = device(id, 1, "https://push.example/1");
        assert!(push_devices::put(&mut tx, &first).await.unwrap());
        assert_eq!(push_devices::find(&mut tx, id, first.id).await.unwrap(), Some(first.clone()));
        assert_eq!(push_devices::find(&mut tx, other, first.id).await.unwrap(), None, "another's");
        let again = PushDevice { id: Uuid::from_u128(2), session_id: Uuid::max(), ..first.clone() };
        assert!(!push_devices::put(&mut tx, &again).await.unwrap(), "known already");
        let kept = PushDevice { session_id: Uuid::max(), ..first };
        assert_eq!(push_devices::of_account(&mut tx, id).await.unwrap(), std::slice::from_ref(&kept));
        assert_eq!(push_devices::refused(&mut tx, id, kept.id).await.unwrap(), Some(1));
        assert_eq!(push_devices::refused(&mut tx, id, kept.id).await.unwrap(), Some(2));
        assert_eq!(push_devices::refused(&mut tx, other, kept.id).await.unwrap(), None, "another's");
        push_devices::told(&mut tx, id, kept.id, after(5)).await.unwrap();
        let told = PushDevice { told_at: Some(after(5)), ..kept.clone() };
        assert_eq!(push_devices::find(&mut tx, id, kept.id).await.unwrap(), Some(told), "refusals in a row only");

        assert!(push_devices::put(&mut tx, &device(other, 3, "https://push.example/1")).await.unwrap());
        assert!(push_devices::of_account(&mut tx, id).await.unwrap().is_empty(), "it is another's by now");
        push_devices::put(&mut tx, &device(other, 4, "https://push.example/4")).await.unwrap();
        let newest = push_devices::of_account(&mut tx, other).await.unwrap();
        assert_eq!(newest.iter().map(|one| one.id.as_u128()).collect::<Vec<_>>(), [4, 3]);
        assert!(!push_devices::remove(&mut tx, id, newest[0].id).await.unwrap(), "another's");
        assert!(push_devices::remove(&mut tx, other, newest[0].id).await.unwrap());
        assert!(!push_devices::remove(&mut tx, other, newest[0].id).await.unwrap());
    }

    async fn telling_ends_with_the_session(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        for (owner, n) in [(id, 1), (id, 2), (id, 3), (other, 4)] {
            push_devices::put(&mut tx, &device(owner, n, &format!("https://push.example/{n}"))).await.unwrap();
        }
        let session = |n: u128| Uuid::from_u128(100 + n);
        sessions::revoke(&mut tx, id, session(4), NOON).await.unwrap();
        sessions::revoke(&mut tx, id, session(1), NOON).await.unwrap();
        let left = push_devices::of_account(&mut tx, id).await.unwrap();
        assert_eq!(left.iter().map(|one| one.id.as_u128()).collect::<Vec<_>>(), [3, 2]);
        sessions::revoke_others(&mut tx, id, session(2), NOON).await.unwrap();
        let left = push_devices::of_account(&mut tx, id).await.unwrap();
        assert_eq!(left.iter().map(|one| one.id.as_u128()).collect::<Vec<_>>(), [2]);
        sessions::revoke_all(&mut tx, id, NOON).await.unwrap();
        assert!(push_devices::of_account(&mut tx, id).await.unwrap().is_empty());
        assert_eq!(push_devices::of_account(&mut tx, other).await.unwrap().len(), 1, "another's");
    }

    async fn what_browsers_are_told_is_wished_by_itself(store) {
        let (id, other) = (person(&store, "0000").await, person(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        notices::put_wish(&mut tx, id, Ways::Push, &wish(3)).await.unwrap();
        let messages = Wish { sms: true, ..wish(1) };
        notices::put_wish(&mut tx, id, Ways::Messages, &messages).await.unwrap();
        let reach = notices::wish(&mut tx, id, Ways::Push).await.unwrap().unwrap();
        assert_eq!((reach.wish.clone(), reach.is_open()), (wish(3), false), "no browser takes it yet");
        push_devices::put(&mut tx, &device(id, 1, "https://push.example/1")).await.unwrap();
        let all = notices::wishes_of(&mut tx, id).await.unwrap();
        let told: Vec<_> = all.iter().map(|reach| (reach.ways, reach.push, reach.wish.memory.crossings)).collect();
        assert_eq!(told, [(Ways::Messages, false, 1), (Ways::Push, true, 3)]);
        assert_eq!(notices::wishes_of(&mut tx, other).await.unwrap(), []);
        for ways in Ways::ALL {
            let on = notices::wishes(&mut tx, ways, Uuid::nil(), 10).await.unwrap();
            assert_eq!(on.iter().map(|reach| (reach.account, reach.ways)).collect::<Vec<_>>(), [(id, ways)]);
            let held = accounts::told(&mut tx, ways, Uuid::nil(), Uuid::max()).await.unwrap();
            assert_eq!(held.iter().map(|held| held.id).collect::<Vec<_>>(), [id], "once");
        }
        let blocks = notices::wishing_blocks(&mut tx, Uuid::nil(), Uuid::max()).await.unwrap();
        assert_eq!(blocks.len(), 2);
        let next = Memory { crossings: 4, ..wish(3).memory };
        assert!(notices::remember(&mut tx, id, Ways::Push, &wish(3).memory, &next).await.unwrap());
        let kept = notices::wish(&mut tx, id, Ways::Messages).await.unwrap().unwrap();
        assert_eq!(kept.wish, messages, "each remembers its own");
    }

    async fn one_instance_makes_the_key_of_notifications(store) {
        let mut tasks = Vec::new();
        for n in 0..6u8 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let key = PushKey { public_key: format!("key-{n}"), sealed: vec![n; 60], created_at: NOON };
                let mut tx = store.write().await.unwrap();
                push_keys::insert_first(&mut tx, &key).await.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let mut view = store.read().await.unwrap();
        let (keys,): (i64,) = view.one("SELECT COUNT(*) FROM push_key", ()).await.unwrap();
        let kept = push_keys::find(&mut view).await.unwrap().unwrap();
        assert_eq!((keys, kept.sealed.len()), (1, 60));
    }
}
