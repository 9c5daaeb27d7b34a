use crate::support::{NOON, account, after};
use cabinet_store::on_both;
use cabinet_store::profiles::{self, Profile, Request};
use uuid::Uuid;

fn request(field: &str, wish: &str, seconds: i64) -> Request {
    Request { id: Uuid::now_v7(), field: field.to_owned(), wish: wish.to_owned(), created_at: after(seconds) }
}

on_both! {
    async fn a_profile_is_written_whole_again_and_again(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let first = Profile {
            last_name: "О’Коннор-Д’яченко".to_owned(),
            first_name: "Їжак".to_owned(),
            middle_name: String::new(),
            address: "вул. Миру 1; DROP TABLE profile; --".to_owned(),
            phones: "0-00-00;000-00-00".to_owned(),
            email: None,
            consent_promotions: false,
            consent_draws: true,
            consents_changed_at: None,
            contacts_updated_at: Some(NOON),
            language: "uk".to_owned(),
            theme: "system".to_owned(),
        };
        let second = Profile {
            email: Some("a@example.net".to_owned()),
            consent_promotions: true,
            consents_changed_at: Some(after(1)),
            contacts_updated_at: None,
            language: "en".to_owned(),
            theme: "dark".to_owned(),
            ..first.clone()
        };
        let mut tx = store.write().await.unwrap();
        for profile in [first, second] {
            profiles::put(&mut tx, id, &profile).await.unwrap();
            assert_eq!(profiles::find(&mut tx, id).await.unwrap(), Some(profile));
        }
        assert_eq!(profiles::find(&mut tx, other).await.unwrap(), None);
    }

    async fn a_wish_replaces_the_undecided_one_of_its_field(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let decided = request("name", "Decided", 0);
        let (old, name) = (request("name", "Old", 1), request("name", "New", 3));
        let (address, others) = (request("address", "Street", 2), request("name", "Other", 0));
        let mut tx = store.write().await.unwrap();
        profiles::ask(&mut tx, id, &decided).await.unwrap();
        tx.run("UPDATE profile_request SET decided_at = $1", (NOON,)).await.unwrap();
        for (owner, wish) in [(other, &others), (id, &old), (id, &address), (id, &name)] {
            profiles::ask(&mut tx, owner, wish).await.unwrap();
        }
        assert_eq!(profiles::open_requests(&mut tx, id).await.unwrap(), [address, name]);
        assert_eq!(profiles::open_requests(&mut tx, other).await.unwrap(), [others]);
        let kept: (i64,) = tx.one("SELECT COUNT(*) FROM profile_request WHERE account_id = $1", (id,)).await.unwrap();
        assert_eq!(kept, (3,), "what was decided is kept");
    }
}
