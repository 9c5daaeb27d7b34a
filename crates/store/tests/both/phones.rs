use crate::support::{NOON, account, after};
use cabinet_core::phone::Phone;
use cabinet_store::phones::{self, SmsPhone};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, on_both};
use uuid::Uuid;

async fn writes(store: &Store, account: Uuid, phones: &str) {
    let profile = Profile {
        last_name: "Іванов".to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1".to_owned(),
        phones: phones.to_owned(),
        email: None,
        consent_promotions: false,
        consent_draws: false,
        consents_changed_at: None,
        contacts_updated_at: None,
        language: "en".to_owned(),
        theme: "system".to_owned(),
    };
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, account, &profile).await.unwrap();
    tx.commit().await.unwrap();
}

async fn found(store: &Store, account: Uuid) -> SmsPhone {
    phones::find(&mut store.read().await.unwrap(), account).await.unwrap().unwrap()
}

on_both! {
    async fn a_phone_that_leaves_the_profile_is_confirmed_no_more(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        assert_eq!(phones::find(&mut store.read().await.unwrap(), id).await.unwrap(), None, "no profile yet");
        let (mine, theirs) = (Phone::new("0501234567").unwrap(), Phone::new("0671112233").unwrap());
        for account in [id, other] {
            writes(&store, account, "0-00-00; 050 123-45-67; 067 111 22 33").await;
        }
        let mut tx = store.write().await.unwrap();
        phones::confirm(&mut tx, id, &mine, NOON).await.unwrap();
        phones::confirm(&mut tx, other, &theirs, NOON).await.unwrap();
        tx.commit().await.unwrap();
        writes(&store, id, "+380 (50) 123 45 67").await;
        let kept = found(&store, id).await;
        assert_eq!((kept.reached(), kept.language.as_str(), kept.contract.as_str()), (Some(&mine), "en", "0000"));
        assert_eq!(kept.phones, "+380 (50) 123 45 67");

        let mut tx = store.write().await.unwrap();
        assert!(!phones::stop(&mut tx, id, &theirs, NOON).await.unwrap(), "another phone");
        assert!(phones::stop(&mut tx, id, &mine, after(1)).await.unwrap());
        assert!(!phones::stop(&mut tx, id, &mine, after(2)).await.unwrap(), "told once");
        tx.commit().await.unwrap();
        let stopped = found(&store, id).await;
        assert_eq!((stopped.reached(), stopped.confirmed.as_ref(), stopped.stopped_at), (None, Some(&mine), Some(after(1))));
        writes(&store, id, "0501234567").await;
        assert_eq!(found(&store, id).await.stopped_at, Some(after(1)), "the same phone stays stopped");
        let mut tx = store.write().await.unwrap();
        phones::confirm(&mut tx, id, &mine, after(3)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(&store, id).await.reached(), Some(&mine));

        for without in ["0671112233", "0-00-00", ""] {
            writes(&store, id, without).await;
            let gone = found(&store, id).await;
            assert_eq!((gone.confirmed, gone.stopped_at), (None, None), "{without}");
        }
        writes(&store, id, "0501234567").await;
        assert_eq!(found(&store, id).await.confirmed, None, "it must be confirmed anew");
        assert_eq!(found(&store, other).await.reached(), Some(&theirs), "another's stays");
    }
}
