use crate::house::{House, OTHER, caller, refusal};
use cabinet_core::Refusal;
use cabinet_core::refusal::FieldFault;
use cabinet_core::staff::Role;
use cabinet_service::Actor;
use cabinet_service::access::{Delivery, Owner, SignedIn};
use cabinet_service::manage_staff::NewMember;
use cabinet_store::{audit, on_both};

fn member(login: &str, role: Role) -> NewMember {
    NewMember { login: login.to_owned(), name: "Бондаренко Ніна".to_owned(), role }
}

/// A member of staff past the first password.
async fn employed(house: &House, login: &str, role: Role) -> SignedIn {
    house.service.fill_defaults().await.unwrap();
    let first = house.service.add_staff(Actor::Staff, &member(login, role)).await.unwrap();
    let signed = house.sign_in(login, &first).await.unwrap();
    assert!(signed.must_change && house.reads(&signed.access_token).await.unwrap().must_change);
    house.service.change_password(&signed.principal(), &first, OTHER).await.unwrap()
}

on_both! {
    async fn staff_sign_in_as_subscribers_do_and_their_tokens_tell_the_role(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let nina = employed(&house, "nina", Role::Cashier).await;
        assert_eq!(nina.owner.role(), Some(Role::Cashier));
        assert_eq!(house.writes(&nina.access_token).await.unwrap().owner, nina.owner);
        let payload = nina.access_token.split('.').nth(1).unwrap();
        use base64::Engine;
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["role"], claims["sub"].as_str()), (&"cashier".into(), Some(&*nina.owner.id().to_string())));

        // The same sessions: renewed, given again within the grace, ended by a copy used after it.
        let next = house.renew(&nina.refresh_token).await.unwrap();
        assert_eq!(house.renew(&nina.refresh_token).await.unwrap().refresh_token, next.refresh_token);
        assert_eq!(house.service.list_sessions(&next.principal()).await.unwrap().len(), 1);
        house.step(21);
        assert_eq!(refusal(house.renew(&nina.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.writes(&next.access_token).await), Refusal::SessionEnded);
        let again = house.sign_in("NINA", OTHER).await.unwrap();
        house.service.sign_out(&again.refresh_token).await.unwrap();
        assert_eq!(refusal(house.reads(&again.access_token).await), Refusal::SessionEnded);

        let office = audit::of_office(&mut house.store.read().await.unwrap(), 100).await.unwrap();
        let by_nina: Vec<_> = office.iter().filter(|row| row.staff_login.as_deref() == Some("nina")).map(|row| row.act.as_str()).collect();
        assert_eq!(by_nina, ["session.end", "session.open", "password.change", "session.open"]);
        assert!(house.audited(id).await.is_empty(), "no subscriber hears of it");
    }

    async fn no_login_is_two_peoples(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let subscriber = house.sign_in("0000", crate::house::PASSWORD).await.unwrap().principal();
        house.service.change_login(&subscriber, "ivan", crate::house::PASSWORD).await.unwrap();
        for (login, told) in [("ivan", Refusal::LoginTaken), ("IVAN", Refusal::LoginTaken), ("0000", Refusal::LoginInvalid), ("12", Refusal::LoginInvalid), ("каса", Refusal::LoginInvalid)] {
            assert_eq!(refusal(house.service.add_staff(Actor::Staff, &member(login, Role::Admin)).await), told, "{login}");
        }
        let nameless = NewMember { name: " ".to_owned(), ..member("nobody", Role::Admin) };
        let missing = Refusal::FieldInvalid { field: "name", fault: FieldFault::Missing };
        assert_eq!(refusal(house.service.add_staff(Actor::Staff, &nameless).await), missing);
        assert!(house.service.list_staff().await.unwrap().is_empty(), "what was refused left nothing");

        employed(&house, "nina", Role::Cashier).await;
        assert_eq!(refusal(house.service.change_login(&subscriber, "nina", crate::house::PASSWORD).await), Refusal::LoginTaken);
        // A code of support is for subscribers.
        assert_eq!(refusal(house.service.issue_recovery_code(cabinet_service::Actor::Staff, "nina").await), Refusal::NotFound);
    }

    async fn whoever_left_is_out_at_once(store) {
        let house = House::new(&store);
        let nina = employed(&house, "nina", Role::Cashier).await;
        let twin = house.twin();
        twin.reads(&nina.access_token).await.unwrap();
        house.service.disable_staff(Actor::Staff, "Nina").await.unwrap();
        assert_eq!(refusal(house.service.disable_staff(Actor::Staff, "nina").await), Refusal::AlreadyDecided);
        assert_eq!(refusal(house.reads(&nina.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(twin.writes(&nina.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(twin.reads(&nina.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(twin.renew(&nina.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.sign_in("nina", OTHER).await), Refusal::SignInFailed);

        house.service.enable_staff(Actor::Staff, "nina").await.unwrap();
        assert_eq!(refusal(house.renew(&nina.refresh_token).await), Refusal::SessionEnded, "old sessions stay ended");
        let back = house.sign_in("nina", OTHER).await.unwrap();
        let first = house.service.reset_staff_password(Actor::Staff, "nina").await.unwrap();
        assert_eq!(refusal(house.writes(&back.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.sign_in("nina", OTHER).await), Refusal::SignInFailed);
        assert!(house.sign_in("nina", &first).await.unwrap().must_change);
        for unknown in ["0000", "nobody"] {
            assert_eq!(refusal(house.service.reset_staff_password(Actor::Staff, unknown).await), Refusal::NotFound);
        }
    }

    async fn a_wrong_pair_of_staff_looks_and_waits_like_any_other(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        employed(&house, "nina", Role::Cashier).await;
        employed(&house, "left", Role::Cashier).await;
        house.service.disable_staff(Actor::Staff, "left").await.unwrap();
        let passwords = house.service.access.hasher.clone();
        for (login, password) in [("nina", "wrong"), ("0000", "wrong"), ("nobody", "wrong"), ("left", OTHER), ("left", "wrong")] {
            let before = passwords.hashed();
            assert_eq!(refusal(house.sign_in(login, password).await), Refusal::SignInFailed, "{login}");
            assert_eq!(passwords.hashed() - before, 1, "{login}: the same work");
        }
        for _ in 0..5 {
            assert_eq!(refusal(house.sign_in("nina", "wrong").await), Refusal::SignInFailed);
        }
        assert!(matches!(refusal(house.sign_in("nina", OTHER).await), Refusal::Throttled { .. }));
    }

    async fn a_token_of_a_role_one_no_longer_has_is_renewed_first(store) {
        let house = House::new(&store);
        let nina = employed(&house, "nina", Role::Manager).await;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE staff SET role = 'cashier' WHERE id = $1", (nina.owner.id(),)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refusal(house.writes(&nina.access_token).await), Refusal::SessionEnded);
        let renewed = house.service.renew_session(&nina.refresh_token, Delivery::Cookie, &caller()).await.unwrap();
        let who = house.writes(&renewed.access_token).await.unwrap();
        assert_eq!(who.owner, Owner::Staff(nina.owner.id(), Role::Cashier));
    }
}
