use crate::house::{House, NOON, PASSWORD, at, caller, refusal};
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use cabinet_core::Refusal;
use cabinet_service::access::{AccessSettings, Delivery, Owner};
use cabinet_service::sign_in::SignIn;
use cabinet_store::{credentials, on_both};

fn wait(refused: Refusal) -> i64 {
    match refused {
        Refusal::Throttled { retry_after_seconds } => retry_after_seconds as i64,
        other => panic!("not throttled: {other:?}"),
    }
}

on_both! {
    async fn the_contract_number_and_the_own_login_both_work(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let who = house.writes(&house.sign_in(" 0000 ", PASSWORD).await.unwrap().access_token).await.unwrap();
        assert_eq!(who.owner, Owner::Account(id));
        house.service.change_login(&who, "Ivan.Ivanov", PASSWORD).await.unwrap();
        assert_eq!(house.sign_in("ivan.IVANOV", PASSWORD).await.unwrap().owner.id(), id);

        house.subscriber("0001").await;
        let other = house.writes(&house.sign_in("0001", PASSWORD).await.unwrap().access_token).await.unwrap();
        let change = |login: &'static str| house.service.change_login(&other, login, PASSWORD);
        assert_eq!(refusal(change("IVAN.ivanov").await), Refusal::LoginTaken);
        assert_eq!(refusal(change("0000").await), Refusal::LoginInvalid);
        assert_eq!(refusal(house.service.change_login(&other, "petro", "wrong").await), Refusal::PasswordWrong);
    }

    async fn a01_weaker_hashes_are_made_anew_at_sign_in(store) {
        let house = House::new(&store);
        let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let hash = weaker.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
        let id = house.subscriber_with("0000", &hash, false).await;
        house.sign_in("0000", PASSWORD).await.unwrap();
        let kept = credentials::of(&mut store.read().await.unwrap(), id).await.unwrap().unwrap();
        assert!(kept.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.password_hash);
        assert_eq!(kept.changed_at, NOON);
        house.sign_in("0000", PASSWORD).await.unwrap();
    }

    async fn a02_every_cause_has_one_answer(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let closed = house.subscriber("0002").await;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE account SET closed_on = $2 WHERE id = $1", (closed, NOON.date())).await.unwrap();
        tx.commit().await.unwrap();
        for (login, password) in [("0000", "wrong"), ("9999", "wrong"), ("9999", PASSWORD), ("0002", PASSWORD), ("", ""), ("0000", "")] {
            assert_eq!(refusal(house.sign_in(login, password).await), Refusal::SignInFailed, "{login}");
        }
    }

    async fn a03_a_contract_waits_but_is_never_locked(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        house.subscriber("0001").await;
        for known in ["0000", "9999"] {
            let tried = house.count("SELECT COUNT(*) FROM throttle").await;
            for _ in 0..6 {
                assert_eq!(refusal(house.sign_in_from(known, "wrong", at("192.0.2.7")).await), Refusal::SignInFailed);
            }
            // A stranger's number waits as a subscriber's does.
            for _ in 0..44 {
                assert_eq!(wait(refusal(house.sign_in_from(known, PASSWORD, at("192.0.2.8")).await)), 1);
            }
            assert!(house.count("SELECT COUNT(*) FROM throttle").await > tried);
        }
        house.sign_in_from("0001", PASSWORD, at("192.0.2.8")).await.unwrap();
        house.step(1);
        house.sign_in("0000", PASSWORD).await.unwrap();
        // The right password starts the count afresh.
        assert_eq!(refusal(house.sign_in("0000", "wrong").await), Refusal::SignInFailed);
        house.sign_in("0000", PASSWORD).await.unwrap();
    }

    async fn a03_waits_double_to_a_quarter_of_an_hour(store) {
        let house = House::with(&store, AccessSettings { address_free_failures: 1000, ..AccessSettings::default() });
        house.subscriber("0000").await;
        let mut waits = Vec::new();
        while waits.len() < 13 {
            match refusal(house.sign_in("0000", "wrong").await) {
                Refusal::SignInFailed => {}
                throttled => {
                    let seconds = wait(throttled);
                    waits.push(seconds);
                    house.step(seconds);
                }
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        house.sign_in("0000", PASSWORD).await.unwrap();
    }

    async fn a04_one_password_over_many_contracts_is_stopped(store) {
        let house = House::new(&store);
        house.subscriber("0049").await;
        let mut stopped_after = None;
        for n in 0..50 {
            if matches!(refusal(house.sign_in_from(&format!("{n:04}x"), "qwerty", at("192.0.2.9")).await), Refusal::Throttled { .. }) {
                stopped_after = Some(n);
                break;
            }
        }
        assert_eq!(stopped_after, Some(21));
        // Another address goes on; an IPv6 subscriber is one whole /64.
        house.sign_in_from("0049", PASSWORD, at("192.0.2.10")).await.unwrap();
        for n in 0..21 {
            let caller = at(&format!("2001:db8:0:1::{n:x}"));
            assert_eq!(refusal(house.sign_in_from(&format!("{n:04}y"), "qwerty", caller).await), Refusal::SignInFailed);
        }
        wait(refusal(house.sign_in_from("0049", PASSWORD, at("2001:db8:0:1:ffff::1")).await));
        house.sign_in_from("0049", PASSWORD, at("2001:db8:0:2::1")).await.unwrap();
    }

    async fn a05_counters_are_shared_by_instances(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let instances = [house.twin(), house.twin(), house.twin()];
        for n in 0..6 {
            assert_eq!(refusal(instances[n % 3].sign_in("0000", "wrong").await), Refusal::SignInFailed);
        }
        for instance in &instances {
            wait(refusal(instance.sign_in("0000", PASSWORD).await));
        }
    }

    async fn many_tries_at_once_are_many(store) {
        let house = House::with(&store, AccessSettings { hashes_at_once: Some(8), ..AccessSettings::default() });
        house.subscriber("0000").await;
        let tries: Vec<_> = (0..24).map(|_| {
            let twin = house.twin();
            tokio::spawn(async move { refusal(twin.sign_in("0000", "wrong").await) })
        }).collect();
        let mut weighed = 0;
        for one in tries {
            weighed += usize::from(one.await.unwrap() == Refusal::SignInFailed);
        }
        assert_eq!(weighed, 6);
    }

    async fn everybody_waits_when_everybody_guesses_but_known_devices(store) {
        let settings = AccessSettings { global_failures_per_minute: 10, ..AccessSettings::default() };
        let house = House::with(&store, settings);
        house.subscriber("0000").await;
        let device = house.sign_in("0000", PASSWORD).await.unwrap().device;
        for n in 0..11 {
            refusal(house.sign_in_from(&format!("{n}"), "wrong", at(&format!("198.51.100.{n}"))).await);
        }
        wait(refusal(house.sign_in("0000", PASSWORD).await));
        house.sign_in_on("0000", PASSWORD, device, caller()).await.unwrap();
        house.step(60);
        house.sign_in("0000", PASSWORD).await.unwrap();
    }

    async fn a_known_device_is_not_slowed_by_others_but_by_itself(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        house.subscriber("0001").await;
        let device = house.sign_in("0000", PASSWORD).await.unwrap().device;
        for n in 0..6 {
            refusal(house.sign_in_from("0000", "wrong", at(&format!("198.51.100.{n}"))).await);
        }
        wait(refusal(house.sign_in("0000", PASSWORD).await));
        let again = house.sign_in_on("0000", PASSWORD, device.clone(), caller()).await.unwrap();
        assert_eq!(again.device, device);
        for _ in 0..6 {
            assert_eq!(refusal(house.sign_in_on("0000", "wrong", device.clone(), caller()).await), Refusal::SignInFailed);
        }
        wait(refusal(house.sign_in_on("0000", PASSWORD, device.clone(), caller()).await));
        // It is known to its own account only, and a made-up mark is a stranger's.
        let stranger = house.sign_in_on("0001", PASSWORD, device.clone(), caller()).await.unwrap();
        assert_ne!(stranger.device, device);
        let invented = Some("invented".to_owned());
        assert_ne!(house.sign_in_on("0001", PASSWORD, invented.clone(), caller()).await.unwrap().device, invented);
    }

    async fn a02_whoever_asks_in_vain_costs_one_hash(store) {
        let house = House::new(&store);
        for contract in ["0000", "0001", "0002"] {
            house.subscriber(contract).await;
        }
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE account SET closed_on = $2 WHERE contract = $1", ("0002", NOON.date())).await.unwrap();
        tx.commit().await.unwrap();
        let hasher = &house.service.access.hasher;
        let long = "x".repeat(300);
        for (login, password) in [
            ("0000", "wrong"), ("9999", "wrong"), ("9999", PASSWORD), ("0002", PASSWORD), ("0002", "wrong"),
            ("", ""), ("0001", ""), ("0001", &long), ("ivan", &long),
        ] {
            let before = hasher.hashed();
            assert_eq!(refusal(house.sign_in(login, password).await), Refusal::SignInFailed, "{login}");
            assert_eq!(hasher.hashed() - before, 1, "{login} {password}");
        }
        let before = hasher.hashed();
        house.sign_in("0000", PASSWORD).await.unwrap();
        assert_eq!(hasher.hashed() - before, 1);
    }

    async fn a12_a_flood_is_weighed_by_few_and_the_rest_is_told_to_wait(store) {
        let settings = AccessSettings { hashes_at_once: Some(1), ..AccessSettings::default() };
        let house = House::with(&store, settings);
        house.subscriber("0000").await;
        let before = house.service.access.hasher.hashed();
        let tries: Vec<_> = (0..100).map(|n| {
            let service = house.service.clone();
            let given = SignIn {
                login: format!("{n}"),
                password: "wrong".to_owned(),
                delivery: Delivery::Cookie,
                device: None,
                caller: at(&format!("198.51.100.{n}")),
            };
            tokio::spawn(async move { refusal(service.sign_in(given).await) })
        }).collect();
        let mut weighed = 0;
        for one in tries {
            match one.await.unwrap() {
                Refusal::SignInFailed => weighed += 1,
                refused => assert_eq!(refused, Refusal::Busy),
            }
        }
        // Whom we were too busy to weigh is not held to have failed.
        assert_eq!(house.service.access.hasher.hashed() - before, weighed);
        let counted = house.count("SELECT failures FROM throttle WHERE bucket = 'everybody'").await;
        assert_eq!(counted.unsigned_abs(), weighed);
    }

    async fn a_refused_try_waits_for_no_writer(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        for _ in 0..6 {
            assert_eq!(refusal(house.sign_in("0000", "wrong").await), Refusal::SignInFailed);
        }
        // Whoever writes holds the only writer of SQLite, and on PostgreSQL the very counters.
        let mut writer = store.write().await.unwrap();
        writer.run("UPDATE throttle SET failures = failures", ()).await.unwrap();
        assert_eq!(wait(refusal(house.sign_in("0000", PASSWORD).await)), 1);
    }

    async fn an_app_has_no_device_to_be_known_by(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let given = SignIn {
            login: "0000".to_owned(),
            password: PASSWORD.to_owned(),
            delivery: Delivery::Body,
            device: None,
            caller: caller(),
        };
        assert_eq!(house.service.sign_in(given).await.unwrap().device, None);
        assert_eq!(house.count("SELECT COUNT(*) FROM known_device").await, 0);
        assert!(house.sign_in("0000", PASSWORD).await.unwrap().device.is_some());
        assert_eq!(house.count("SELECT COUNT(*) FROM known_device").await, 1);
    }

    async fn a_login_of_ones_own_is_latin_and_changing_it_ends_other_sessions(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        let there = house.sign_in("0000", PASSWORD).await.unwrap();
        let who = house.writes(&here.access_token).await.unwrap();
        for login in ["іван", "iv\u{430}n", " ivan", "андрій"] {
            assert_eq!(refusal(house.service.change_login(&who, login, PASSWORD).await), Refusal::LoginInvalid);
        }
        house.reads(&there.access_token).await.unwrap();
        house.service.change_login(&who, "ivan", PASSWORD).await.unwrap();
        house.writes(&here.access_token).await.unwrap();
        house.renew(&here.refresh_token).await.unwrap();
        assert_eq!(refusal(house.reads(&there.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&there.refresh_token).await), Refusal::SessionEnded);
        assert!(house.audited(id).await.contains(&"login.change".to_owned()));
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE details LIKE '%ivan%'").await, 0);
    }
}
