use crate::house::{House, OTHER, PASSWORD, refusal};
use cabinet_core::{Language, Policy, Refusal};
use cabinet_service::change_settings::SettingsFacts;
use cabinet_service::update_profile::ProfileWish;
use cabinet_store::{audit, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the log tells of the account under this name, oldest first.
async fn told(house: &House, account: Uuid, act: &str) -> Vec<Value> {
    let rows = audit::of_account(&mut house.store.read().await.unwrap(), account, 100).await.unwrap();
    let told = rows.iter().rev().filter(|row| row.act == act);
    told.map(|row| serde_json::from_str(&row.details).unwrap()).collect()
}

on_both! {
    async fn a_changed_profile_is_told_by_its_fields_and_an_unchanged_one_not_at_all(store) {
        let house = House::new(&store);
        let who = house.somebody("0000").await;
        let id = who.owner.id();
        let update = |wish: ProfileWish| house.service.update_profile(&who, wish, Some(PASSWORD));
        let contacts = || ProfileWish {
            phones: Some("067-765-43-21".to_owned()),
            email: Some("ivan@example.com".to_owned()),
            consent_draws: Some(false),
            ..ProfileWish::default()
        };
        update(contacts()).await.unwrap();
        house.step(60);
        let again = update(contacts()).await.unwrap();
        assert_eq!(again.profile.contacts_updated_at, Some(crate::house::NOON));
        update(ProfileWish::default()).await.unwrap();
        assert_eq!(told(&house, id, "profile.update").await, [json!({ "fields": ["phones", "email"], "requests": [] })]);

        let renamed = || ProfileWish {
            last_name: Some("Іваненко".to_owned()),
            consent_draws: Some(true),
            ..ProfileWish::default()
        };
        let asked = update(renamed()).await.unwrap();
        assert_eq!((asked.profile.last_name.as_str(), asked.requests.len()), ("Іванов", 1));
        let again = update(renamed()).await.unwrap();
        assert_eq!(again.requests[0].id, asked.requests[0].id);
        let log = told(&house, id, "profile.update").await;
        let expected = json!({ "fields": ["consent_draws"], "requests": [{ "field": "name", "id": asked.requests[0].id }] });
        assert_eq!(log[1..], [expected]);
        // Nothing a person is known by stands in the log.
        let log = serde_json::to_string(&log).unwrap();
        assert!(!log.contains("067") && !log.contains("ivan") && !log.contains("Іваненко"), "{log}");

        house.service.import_policy(&Policy { profile_changes_at_once: true, ..Policy::default() }).await.unwrap();
        let moved = ProfileWish { address: Some("вул. Миру, 2".to_owned()), ..renamed() };
        assert_eq!(update(moved).await.unwrap().profile.address, "вул. Миру, 2");
        let expected = json!({ "fields": ["last_name", "address"], "requests": [] });
        assert_eq!(told(&house, id, "profile.update").await[2..], [expected]);
    }

    async fn contacts_change_with_the_password_alone(store) {
        let house = House::new(&store);
        let who = house.somebody("0000").await;
        let update = |wish: ProfileWish, password: Option<&'static str>| house.service.update_profile(&who, wish, password);
        let phones = |text: &str| ProfileWish { phones: Some(text.to_owned()), ..ProfileWish::default() };
        let email = |text: &str| ProfileWish { email: Some(text.to_owned()), ..ProfileWish::default() };
        let with_more = ProfileWish { consent_draws: Some(true), last_name: Some("Іваненко".to_owned()), ..email("ivan@example.com") };
        for wish in [phones("0671112233"), phones(""), with_more.clone()] {
            assert_eq!(refusal(update(wish.clone(), None).await), Refusal::PasswordNeeded);
            assert_eq!(refusal(update(wish, Some(OTHER)).await), Refusal::PasswordWrong);
        }
        let kept = house.service.show_profile(who.owner.id()).await.unwrap();
        assert_eq!((kept.profile.email, kept.profile.consent_draws, kept.requests.len()), (None, false, 0), "all of it waits");
        update(with_more, Some(PASSWORD)).await.unwrap();
        // What stays as it is asks for nothing, and neither does what is no contact.
        let same = ProfileWish { consent_draws: Some(false), ..email("ivan@example.com") };
        update(same, None).await.unwrap();
        assert_eq!(refusal(update(email(""), None).await), Refusal::PasswordNeeded);
        // Guessing is slowed as at the door, and the right one waits with the wrong ones.
        let mut tries = 0;
        let throttled = loop {
            tries += 1;
            match refusal(update(email(""), Some(OTHER)).await) {
                Refusal::PasswordWrong if tries < 10 => {}
                other => break other,
            }
        };
        assert!(matches!(throttled, Refusal::Throttled { .. }), "{throttled:?}");
        assert!(matches!(refusal(update(email(""), Some(PASSWORD)).await), Refusal::Throttled { .. }));
    }

    async fn changed_settings_are_told(store) {
        let house = House::new(&store);
        let id = house.registered("0000").await;
        let choose = |language, theme: &str| {
            house.service.change_settings(id, SettingsFacts { language, theme: theme.to_owned() })
        };
        choose(Language::Uk, "system").await.unwrap();
        assert_eq!(told(&house, id, "settings.change").await, [Value::Null; 0]);
        choose(Language::En, "dark").await.unwrap();
        choose(Language::En, "light").await.unwrap();
        let expected = [json!({ "fields": ["language", "theme"] }), json!({ "fields": ["theme"] })];
        assert_eq!(told(&house, id, "settings.change").await, expected);
        let kept = house.service.show_settings(id).await.unwrap();
        assert_eq!(kept, SettingsFacts { language: Language::En, theme: "light".to_owned() });
    }
}
