use crate::support::{NOON, account, after};
use cabinet_store::sessions::Session;
use cabinet_store::signing_keys::SigningKey;
use cabinet_store::{
    StoreError, audit, credentials, devices, on_both, recovery, sessions, signing_keys, staff, throttle,
};
use uuid::Uuid;

fn session(owner_id: Uuid) -> Session {
    Session {
        id: Uuid::now_v7(),
        owner_id,
        delivery: "cookie".to_owned(),
        user_agent: "Firefox".to_owned(),
        address: "127.0.0.1".to_owned(),
        created_at: NOON,
        last_used_at: NOON,
        revoked_at: None,
    }
}

on_both! {
    async fn a_credential_is_found_by_contract_and_by_login(store) {
        let id = account(&store, "0000").await;
        let other = account(&store, "0001").await;
        let mut tx = store.write().await.unwrap();
        assert!(credentials::set_login(&mut tx, id, "Ivan").await.unwrap());
        tx.commit().await.unwrap();

        let mut view = store.view().await.unwrap();
        for name in ["0000", "ivan", "IVAN"] {
            assert_eq!(credentials::named(&mut view, name).await.unwrap().unwrap().owner_id, id, "{name}");
        }
        assert!(credentials::named(&mut view, "ivan'--").await.unwrap().is_none());
        let own = credentials::of(&mut view, id).await.unwrap().unwrap();
        assert_eq!((own.contract.as_deref(), own.login.as_deref(), own.must_change), (Some("0000"), Some("ivan"), true));
        drop(view);

        let mut tx = store.write().await.unwrap();
        let taken = credentials::set_login(&mut tx, other, "ivan").await;
        assert!(matches!(taken, Err(StoreError::Conflict)));
    }

    async fn staff_sign_in_beside_subscribers_under_logins_of_their_own(store) {
        let id = account(&store, "0000").await;
        let (olha, taras) = (Uuid::now_v7(), Uuid::now_v7());
        let mut tx = store.write().await.unwrap();
        credentials::set_login(&mut tx, id, "ivan").await.unwrap();
        staff::add(&mut tx, olha, "Ольга", "cashier", NOON).await.unwrap();
        credentials::insert_staff(&mut tx, olha, "Olha", "$argon2id$first", NOON).await.unwrap();
        staff::add(&mut tx, taras, "Тарас", "admin", after(1)).await.unwrap();
        credentials::insert_staff(&mut tx, taras, "taras", "$argon2id$first", NOON).await.unwrap();
        tx.commit().await.unwrap();
        for (owner, taken) in [(Uuid::now_v7(), "IVAN"), (Uuid::now_v7(), "olha")] {
            let mut tx = store.write().await.unwrap();
            staff::add(&mut tx, owner, "Хтось", "support", NOON).await.unwrap();
            assert!(matches!(credentials::insert_staff(&mut tx, owner, taken, "", NOON).await, Err(StoreError::Conflict)));
        }
        let mut tx = store.write().await.unwrap();
        assert!(!credentials::set_login(&mut tx, olha, "other").await.unwrap(), "a login of staff stays");
        assert!(matches!(credentials::set_login(&mut tx, id, "olha").await, Err(StoreError::Conflict)));
        drop(tx);

        let mut tx = store.write().await.unwrap();
        let named = credentials::named(&mut tx, "OLHA").await.unwrap().unwrap();
        assert_eq!((named.owner_id, named.contract, named.role.as_deref(), named.must_change), (olha, None, Some("cashier"), true));
        let members: Vec<_> = staff::all(&mut tx).await.unwrap().into_iter().map(|one| (one.login, one.name, one.role)).collect();
        let told = |login: &str, name: &str, role: &str| (login.to_owned(), name.to_owned(), role.to_owned());
        assert_eq!(members, [told("olha", "Ольга", "cashier"), told("taras", "Тарас", "admin")]);
        assert_eq!(staff::named(&mut tx, "Olha").await.unwrap(), staff::find(&mut tx, olha).await.unwrap());
        assert_eq!(staff::named(&mut tx, "ivan").await.unwrap(), None);

        let opened = session(olha);
        sessions::open(&mut tx, &opened, b"one").await.unwrap();
        assert!(staff::set_disabled(&mut tx, olha, Some(after(5))).await.unwrap());
        assert!(!staff::set_disabled(&mut tx, olha, Some(after(6))).await.unwrap());
        let alive = sessions::liveness(&mut tx, olha, opened.id).await.unwrap().unwrap();
        assert_eq!((alive.disabled_at, alive.role.as_deref(), alive.closed_on), (Some(after(5)), Some("cashier"), None));
        assert!(staff::set_disabled(&mut tx, olha, None).await.unwrap());
        assert_eq!(staff::find(&mut tx, olha).await.unwrap().unwrap().disabled_at, None);
    }

    async fn the_log_tells_which_member_of_staff_it_was(store) {
        let (id, olha) = (account(&store, "0000").await, Uuid::now_v7());
        let mut tx = store.write().await.unwrap();
        staff::add(&mut tx, olha, "Ольга", "cashier", NOON).await.unwrap();
        credentials::insert_staff(&mut tx, olha, "olha", "", NOON).await.unwrap();
        let row = |second: i64, account_id: Option<Uuid>, staff_id: Option<Uuid>| audit::AuditRow {
            id: Uuid::now_v7(), account_id, at: after(second), actor: "staff".to_owned(), staff_id, staff_login: None,
            act: format!("act.{second}"), details: "{}".to_owned(),
        };
        let rows = [row(1, Some(id), Some(olha)), row(2, Some(id), None), row(2, Some(id), Some(olha)), row(3, None, Some(olha))];
        for one in &rows {
            audit::write(&mut tx, one).await.unwrap();
        }
        let whole = audit::of_account(&mut tx, id, 10).await.unwrap();
        assert_eq!(whole.iter().map(|one| one.id).collect::<Vec<_>>(), [rows[2].id, rows[1].id, rows[0].id]);
        assert_eq!(whole.iter().map(|one| one.staff_login.as_deref()).collect::<Vec<_>>(), [Some("olha"), None, Some("olha")]);
        let first = audit::page(&mut tx, id, None, 2).await.unwrap();
        let place = audit::place(&mut tx, id, first[1].id).await.unwrap().unwrap();
        let second = audit::page(&mut tx, id, Some((place, first[1].id)), 2).await.unwrap();
        assert_eq!(first.iter().chain(&second).map(|one| one.id).collect::<Vec<_>>(), whole.iter().map(|one| one.id).collect::<Vec<_>>());
        assert_eq!(audit::place(&mut tx, olha, first[1].id).await.unwrap(), None);
        let office = audit::of_office(&mut tx, 10).await.unwrap();
        assert_eq!(office.iter().map(|one| (one.id, one.staff_login.as_deref())).collect::<Vec<_>>(), [(rows[3].id, Some("olha"))]);
    }

    async fn a_password_is_exchanged_only_for_the_one_that_was_checked(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        assert!(!credentials::exchange_password(&mut tx, id, "other", "second", NOON).await.unwrap());
        assert!(credentials::exchange_password(&mut tx, id, "$argon2id$first", "second", NOON).await.unwrap());
        credentials::strengthen(&mut tx, id, "$argon2id$first", "never").await.unwrap();
        let own = credentials::of(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((own.password_hash.as_str(), own.must_change), ("second", false));
        assert!(credentials::replace_password(&mut tx, id, "third", true, NOON).await.unwrap());
        assert!(credentials::of(&mut tx, id).await.unwrap().unwrap().must_change);
        assert!(!credentials::lock_checked(&mut tx, id, "second").await.unwrap());
        assert!(credentials::lock_checked(&mut tx, id, "third").await.unwrap());
    }

    async fn a_family_has_one_live_token(store) {
        let id = account(&store, "0000").await;
        let opened = session(id);
        let mut tx = store.write().await.unwrap();
        sessions::open(&mut tx, &opened, b"one").await.unwrap();
        let locked = sessions::lock_by_token(&mut tx, b"one").await.unwrap().unwrap();
        assert_eq!(locked.id, opened.id);
        assert!(sessions::lock_by_token(&mut tx, b"none").await.unwrap().is_none());
        sessions::rotate(&mut tx, &locked, b"one", b"two", after(5)).await.unwrap();
        assert_eq!(sessions::token(&mut tx, b"one").await.unwrap().unwrap().replaced_at, Some(after(5)));
        assert_eq!(sessions::token(&mut tx, b"two").await.unwrap().unwrap().replaced_at, None);
        sessions::reissue(&mut tx, opened.id, b"three", after(9)).await.unwrap();
        assert_eq!(sessions::token(&mut tx, b"two").await.unwrap().unwrap().replaced_at, Some(after(5)));
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        let twin = tx.run(
            "INSERT INTO refresh_token (hash, session_id, issued_at) VALUES ($1, $2, $3)",
            (&b"four"[..], opened.id, NOON),
        ).await;
        assert!(matches!(twin, Err(StoreError::Conflict)));
        drop(tx);

        let mut tx = store.write().await.unwrap();
        assert_eq!(sessions::twin_family(&mut tx).await.unwrap(), None);
        tx.run("DROP INDEX refresh_token_live", ()).await.unwrap();
        tx.run("UPDATE refresh_token SET replaced_at = NULL", ()).await.unwrap();
        assert_eq!(sessions::twin_family(&mut tx).await.unwrap(), Some(("0000".to_owned(), opened.id)));
    }

    async fn sessions_are_ended_by_their_owner_only(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let (first, second, third) = (session(id), session(id), session(id));
        let mut tx = store.write().await.unwrap();
        for (n, one) in [&first, &second, &third].into_iter().enumerate() {
            sessions::open(&mut tx, one, &[n as u8]).await.unwrap();
        }
        assert!(!sessions::revoke(&mut tx, other, first.id, NOON).await.unwrap());
        assert!(!sessions::was_ended(&mut tx, id, first.id).await.unwrap());
        assert!(sessions::liveness(&mut tx, other, first.id).await.unwrap().is_none());
        assert!(sessions::find(&mut tx, other, first.id).await.unwrap().is_none());
        assert!(sessions::revoke(&mut tx, id, first.id, NOON).await.unwrap());
        assert!(!sessions::revoke(&mut tx, id, first.id, NOON).await.unwrap());
        assert!(sessions::was_ended(&mut tx, id, first.id).await.unwrap());
        assert!(!sessions::was_ended(&mut tx, id, second.id).await.unwrap());
        assert_eq!(sessions::liveness(&mut tx, id, first.id).await.unwrap().unwrap().revoked_at, Some(NOON));
        assert_eq!(sessions::open_ones(&mut tx, id, after(-1), after(-1)).await.unwrap().len(), 2);
        assert!(sessions::open_ones(&mut tx, id, NOON, after(-1)).await.unwrap().is_empty());
        assert_eq!(sessions::revoke_others(&mut tx, id, second.id, NOON).await.unwrap(), 1);
        assert_eq!(sessions::revoke_all(&mut tx, id, NOON).await.unwrap(), 1);
        assert_eq!(sessions::forget_before(&mut tx, after(1)).await.unwrap(), 3);
    }

    async fn a_code_is_tried_a_few_times_and_taken_once(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        recovery::put(&mut tx, id, b"old", after(600)).await.unwrap();
        recovery::put(&mut tx, id, b"code", after(600)).await.unwrap();
        assert_eq!(recovery::good(&mut tx, id, after(599)).await.unwrap(), Some(b"code".to_vec()));
        assert_eq!(recovery::good(&mut tx, id, after(600)).await.unwrap(), None);
        assert_eq!(recovery::count_try(&mut tx, id, 2, after(600)).await.unwrap(), None, "expired");
        assert_eq!(recovery::count_try(&mut tx, id, 2, NOON).await.unwrap(), Some(b"code".to_vec()));
        assert_eq!(recovery::count_try(&mut tx, id, 2, NOON).await.unwrap(), Some(b"code".to_vec()));
        assert_eq!(recovery::count_try(&mut tx, id, 2, NOON).await.unwrap(), None, "tries used up");
        recovery::return_try(&mut tx, id, b"old").await.unwrap();
        assert_eq!(recovery::count_try(&mut tx, id, 2, NOON).await.unwrap(), None, "another code's try");
        recovery::return_try(&mut tx, id, b"code").await.unwrap();
        assert_eq!(recovery::count_try(&mut tx, id, 2, NOON).await.unwrap(), Some(b"code".to_vec()), "one given back");
        assert!(!recovery::take(&mut tx, id, b"old").await.unwrap());
        assert!(recovery::take(&mut tx, id, b"code").await.unwrap());
        assert!(!recovery::take(&mut tx, id, b"code").await.unwrap());
        recovery::put(&mut tx, id, b"last", after(600)).await.unwrap();
        assert_eq!(recovery::forget_before(&mut tx, after(600)).await.unwrap(), 0);
        assert_eq!(recovery::forget_before(&mut tx, after(601)).await.unwrap(), 1);
    }

    async fn parallel_failures_are_all_counted(store) {
        let mut tasks = Vec::new();
        for _ in 0..20 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let mut tx = store.write().await.unwrap();
                let mut bucket = throttle::lock(&mut tx, "contract 0000", NOON).await.unwrap();
                bucket.failures += 1;
                bucket.open_at = after(bucket.failures);
                throttle::put(&mut tx, "contract 0000", &bucket).await.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        let bucket = throttle::find(&mut tx, "contract 0000").await.unwrap().unwrap();
        assert_eq!((bucket.failures, bucket.open_at), (20, after(20)));
        // What another failure set stays; what this one set goes with it.
        throttle::forgive_one(&mut tx, "contract 0000", after(19), NOON).await.unwrap();
        let bucket = throttle::find(&mut tx, "contract 0000").await.unwrap().unwrap();
        assert_eq!((bucket.failures, bucket.open_at), (19, after(20)));
        throttle::forgive_one(&mut tx, "contract 0000", after(20), after(7)).await.unwrap();
        let bucket = throttle::find(&mut tx, "contract 0000").await.unwrap().unwrap();
        assert_eq!((bucket.failures, bucket.open_at), (18, after(7)));
        throttle::clear(&mut tx, "contract 0000").await.unwrap();
        assert!(throttle::find(&mut tx, "contract 0000").await.unwrap().is_none());
        throttle::lock(&mut tx, "other", NOON).await.unwrap();
        assert_eq!(throttle::forget_before(&mut tx, after(1)).await.unwrap(), 1);
    }

    async fn a_device_is_known_to_its_own_account(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        devices::remember(&mut tx, id, b"device", NOON).await.unwrap();
        devices::remember(&mut tx, id, b"device", after(1)).await.unwrap();
        assert!(devices::is_known(&mut tx, id, b"device").await.unwrap());
        assert!(!devices::is_known(&mut tx, other, b"device").await.unwrap());
        devices::remember(&mut tx, other, b"device", after(1)).await.unwrap();
        assert!(devices::is_known(&mut tx, id, b"device").await.unwrap(), "a browser of two contracts is known to both");
        assert_eq!(devices::forget_all(&mut tx, other).await.unwrap(), 1);
        assert_eq!(devices::forget_before(&mut tx, after(1)).await.unwrap(), 0);
        assert_eq!(devices::forget_all(&mut tx, id).await.unwrap(), 1);
    }

    async fn one_instance_makes_the_first_key(store) {
        let mut tasks = Vec::new();
        for n in 0..6u8 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                let key = SigningKey { kid: format!("key-{n}"), public_key: vec![n; 32], sealed: vec![n; 60], created_at: NOON };
                let mut tx = store.write().await.unwrap();
                signing_keys::insert_first(&mut tx, &key).await.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        assert_eq!(signing_keys::all(&mut tx).await.unwrap().len(), 1);
        let newer = SigningKey { kid: "newer".to_owned(), public_key: vec![1], sealed: vec![2], created_at: after(60) };
        signing_keys::insert(&mut tx, &newer).await.unwrap();
        assert_eq!(signing_keys::all(&mut tx).await.unwrap()[0].kid, "newer");
        assert_eq!(signing_keys::remove_before(&mut tx, after(1), "newer").await.unwrap(), 1);
    }
}
