use crate::house::{House, OTHER, PASSWORD, caller, refusal};
use cabinet_core::refusal::WeakPassword;
use cabinet_core::{Policy, Refusal};
use cabinet_service::access::Delivery;
use cabinet_service::password::Passwords;
use cabinet_store::on_both;

on_both! {
    async fn a07_long_passwords_of_any_script_are_kept_whole(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let mut present = PASSWORD.to_owned();
        for next in ["Мій дім стоїть край села, де журавлі. ".repeat(4), "🦊🌻🚲🧊🪁🎻🛶🧭🪵🧶".to_owned()] {
            let who = house.writes(&house.sign_in("0000", &present).await.unwrap().access_token).await.unwrap();
            house.service.change_password(&who, &present, &next).await.unwrap();
            let head: String = next.chars().take(next.chars().count() - 1).collect();
            assert_eq!(refusal(house.sign_in("0000", &head).await), Refusal::SignInFailed);
            house.sign_in("0000", &next).await.unwrap();
            present = next;
        }
    }

    async fn a08_common_and_personal_passwords_are_refused(store) {
        let house = House::new(&store);
        house.service.import_policy(&Policy { password_min: 8, ..Policy::default() }).await.unwrap();
        house.subscriber("20141130").await;
        let who = house.writes(&house.sign_in("20141130", PASSWORD).await.unwrap().access_token).await.unwrap();
        house.service.change_login(&who, "ivan.ivanov", PASSWORD).await.unwrap();
        let refused = async |password| match refusal(house.service.change_password(&who, PASSWORD, password).await) {
            Refusal::PasswordWeak { reasons } => reasons,
            other => panic!("{password}: {other}"),
        };
        for (password, reason) in [
            ("short", WeakPassword::TooShort),
            ("12345678", WeakPassword::Common),
            ("password1", WeakPassword::Common),
            ("20141130", WeakPassword::Personal),
            ("x20141130", WeakPassword::Personal),
            ("0671234567", WeakPassword::Personal),
            ("Ivan.Ivanov", WeakPassword::Personal),
            ("онлайн77", WeakPassword::Personal),
            (PASSWORD, WeakPassword::Unchanged),
        ] {
            assert!(refused(password).await.contains(&reason), "{password}");
        }
        let every = [WeakPassword::Personal, WeakPassword::Common];
        assert_eq!(refused("20141130").await, every, "every rule broken is told");
    }

    async fn a09_changing_asks_the_present_one_and_ends_other_sessions(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        let there = house.sign_in("0000", PASSWORD).await.unwrap();
        let who = house.writes(&here.access_token).await.unwrap();
        house.reads(&there.access_token).await.unwrap();
        assert_eq!(refusal(house.service.change_password(&who, "wrong", OTHER).await), Refusal::PasswordWrong);
        house.renew(&there.refresh_token).await.unwrap();

        let changed = house.service.change_password(&who, PASSWORD, OTHER).await.unwrap();
        assert_eq!((changed.session_id, changed.delivery), (here.session_id, Delivery::Cookie));
        assert_eq!(refusal(house.renew(&there.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.reads(&there.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.writes(&there.access_token).await), Refusal::SessionEnded);
        house.writes(&changed.access_token).await.unwrap();
        house.renew(&changed.refresh_token).await.unwrap();
        assert_eq!(refusal(house.sign_in("0000", PASSWORD).await), Refusal::SignInFailed);
        house.sign_in("0000", OTHER).await.unwrap();
        assert!(house.audited(id).await.contains(&"password.change".to_owned()));
    }

    async fn guessing_the_present_password_is_slowed(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let who = house.writes(&house.sign_in("0000", PASSWORD).await.unwrap().access_token).await.unwrap();
        for _ in 0..6 {
            assert_eq!(refusal(house.service.change_password(&who, "wrong", OTHER).await), Refusal::PasswordWrong);
        }
        let throttled = refusal(house.service.change_password(&who, PASSWORD, OTHER).await);
        assert_eq!(throttled, Refusal::Throttled { retry_after_seconds: 1 });
        house.step(1);
        house.service.change_password(&who, PASSWORD, OTHER).await.unwrap();
    }

    async fn a_first_password_is_good_only_for_changing_it(store) {
        let house = House::new(&store);
        let hash = Passwords::new(Some(1)).hash("kvrt-9m2x-pqwe").await.unwrap();
        house.subscriber_with("0000", &hash, true).await;
        let first = house.sign_in("0000", "kvrt-9m2x-pqwe").await.unwrap();
        assert!(first.must_change);
        let who = house.reads(&first.access_token).await.unwrap();
        assert_eq!(refusal(who.settled()), Refusal::MustChangePassword);
        assert!(house.renew(&first.refresh_token).await.unwrap().must_change);

        let settled = house.service.change_password(&who, "kvrt-9m2x-pqwe", OTHER).await.unwrap();
        assert!(!settled.must_change);
        house.reads(&settled.access_token).await.unwrap().settled().unwrap();
        // What a token says of it is only a hint: the credential decides.
        house.reads(&first.access_token).await.unwrap().settled().unwrap();
        assert!(!house.service.renew_session(&settled.refresh_token, Delivery::Cookie, &caller()).await.unwrap().must_change);
    }
}
