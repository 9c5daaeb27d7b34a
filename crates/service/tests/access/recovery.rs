use crate::house::{House, OTHER, PASSWORD, at, caller, refusal};
use cabinet_core::Refusal;
use cabinet_core::refusal::WeakPassword;
use cabinet_store::on_both;

on_both! {
    async fn a10_a_code_is_used_once_and_ends_every_session(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        assert_eq!(code.len(), 8);
        let confirm = |login: &'static str, code: String| {
            let service = house.service.clone();
            async move { service.confirm_recovery(login, &code, OTHER, &caller()).await }
        };
        assert_eq!(refusal(confirm("9999", code.clone()).await), Refusal::CodeWrong);
        assert_eq!(refusal(confirm("0000", "00000000".to_owned()).await), Refusal::CodeWrong);
        let spaced = format!("{} {}", &code[..4], &code[4..]);
        confirm("0000", spaced).await.unwrap();
        assert_eq!(refusal(confirm("0000", code).await), Refusal::CodeWrong);
        assert_eq!(refusal(house.renew(&here.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.writes(&here.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.sign_in("0000", PASSWORD).await), Refusal::SignInFailed);
        assert!(!house.sign_in("0000", OTHER).await.unwrap().must_change);
        let audited = house.audited(id).await;
        assert!(audited.contains(&"recovery.issue".to_owned()) && audited.contains(&"password.recover".to_owned()));
    }

    async fn a10_a_code_has_five_tries(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        for n in 0..5 {
            let caller = at(&format!("198.51.100.{n}"));
            assert_eq!(refusal(house.service.confirm_recovery("0000", "11111111", OTHER, &caller).await), Refusal::CodeWrong);
        }
        assert_eq!(refusal(house.service.confirm_recovery("0000", &code, OTHER, &caller()).await), Refusal::CodeWrong);
        let fresh = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        house.service.confirm_recovery("0000", &fresh, OTHER, &caller()).await.unwrap();
    }

    async fn a10_a_code_lives_ten_minutes_and_the_newest_counts(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let older = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        let newer = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        assert_eq!(refusal(house.service.confirm_recovery("0000", &older, OTHER, &caller()).await), Refusal::CodeWrong);
        house.step(600);
        assert_eq!(refusal(house.service.confirm_recovery("0000", &newer, OTHER, &caller()).await), Refusal::CodeWrong);
        let kept: (Vec<u8>,) = store.read().await.unwrap().one("SELECT code_hash FROM recovery_code", ()).await.unwrap();
        assert_eq!(kept.0.len(), 32);
        assert_ne!(kept.0, newer.as_bytes());
    }

    async fn a10_whoever_asks_learns_the_same(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        house.service.start_recovery("0000", &caller()).await.unwrap();
        house.service.start_recovery("9999", &caller()).await.unwrap();
        assert_eq!(refusal(house.service.issue_recovery_code(cabinet_service::Actor::Staff, "9999").await), Refusal::NotFound);
        for _ in 0..19 {
            house.service.start_recovery("9999", &caller()).await.unwrap();
        }
        assert!(matches!(refusal(house.service.start_recovery("0000", &caller()).await), Refusal::Throttled { .. }));
    }

    async fn a_weak_password_spends_no_try(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        for _ in 0..9 {
            let refused = refusal(house.service.confirm_recovery("0000", &code, "1234567890", &caller()).await);
            assert_eq!(refused, Refusal::PasswordWeak { reasons: vec![WeakPassword::Common] });
        }
        house.service.confirm_recovery("0000", &code, OTHER, &caller()).await.unwrap();
    }

    async fn a_right_code_outlives_passwords_of_ones_own_name(store) {
        let house = House::new(&store);
        house.subscriber("0000000042").await;
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000000042").await.unwrap();
        for _ in 0..9 {
            let personal = house.service.confirm_recovery("0000000042", &code, "x0000000042x", &caller()).await;
            assert_eq!(refusal(personal), Refusal::PasswordWeak { reasons: vec![WeakPassword::Personal] });
        }
        house.service.confirm_recovery("0000000042", &code, OTHER, &caller()).await.unwrap();
    }

    async fn a_new_password_by_code_lifts_the_wait(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        for n in 0..6 {
            refusal(house.sign_in_from("0000", "wrong", at(&format!("198.51.100.{n}"))).await);
        }
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        house.service.confirm_recovery("0000", &code, OTHER, &caller()).await.unwrap();
        house.sign_in("0000", OTHER).await.unwrap();
    }

    async fn a_caller_who_is_refused_a_code_costs_no_work(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let caller = caller();
        let weak = || house.service.confirm_recovery("0000", "11111111", "1234567890", &caller);
        // A password weighed is a try counted: too short a one is told for nothing, the rest only so often.
        for _ in 0..30 {
            let short = house.service.confirm_recovery("0000", "11111111", "short", &caller).await;
            assert_eq!(refusal(short), Refusal::PasswordWeak { reasons: vec![WeakPassword::TooShort] });
        }
        for _ in 0..21 {
            assert_eq!(refusal(weak().await), Refusal::PasswordWeak { reasons: vec![WeakPassword::Common] });
        }
        assert!(matches!(refusal(weak().await), Refusal::Throttled { .. }));
    }

    async fn a_right_code_takes_back_its_own_try_only(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let code = house.service.issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        for _ in 0..3 {
            let wrong = house.service.confirm_recovery("0000", "11111111", OTHER, &caller()).await;
            assert_eq!(refusal(wrong), Refusal::CodeWrong);
        }
        house.service.confirm_recovery("0000", &code, OTHER, &caller()).await.unwrap();
        for bucket in ["SELECT failures FROM throttle WHERE bucket = 'everybody'",
                       "SELECT failures FROM throttle WHERE bucket = 'address 192.0.2.1'"] {
            assert_eq!(house.count(bucket).await, 3, "{bucket}");
        }
    }
}
