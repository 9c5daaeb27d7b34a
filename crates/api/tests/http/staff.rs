//! Staff: whose each operation is, and that nobody else's sign-in opens it.

use crate::conform::{self, Operation};
use crate::harness::{Cabinet, PASSWORD, Person};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabinet_core::staff::{Duty, OPERATIONS, Role};
use cabinet_service::Actor;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

/// An id that was never given.
const ABSENT: &str = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7";

/// A key that was not used before.
fn key() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("staff-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn of_staff() -> Vec<Operation> {
    conform::operations().into_iter().filter(|one| one.path.starts_with("/api/v1/staff/")).collect()
}

/// Its address with ids of nothing.
fn somewhere(operation: &Operation) -> String {
    operation.parameters("path").iter().fold(operation.path.clone(), |path, parameter| {
        let name = parameter["name"].as_str().unwrap();
        let value = match parameter["schema"]["type"].as_str() {
            Some("integer") => "1",
            _ if parameter["schema"]["format"] == "uuid" => ABSENT,
            _ => "nothing",
        };
        path.replace(&format!("{{{name}}}"), value)
    })
}

/// Asks it as somebody; its body is the document's example.
async fn asked(cabinet: &Cabinet, operation: &Operation, person: Option<&Person>) -> (u16, String) {
    let mut call = cabinet.call(operation.method.clone(), &somewhere(operation)).key(&key());
    if let Some(person) = person {
        call = call.by(person);
    }
    if let Some(content) = operation.told["requestBody"]["content"].as_object() {
        let (kind, media) = content.iter().next().unwrap();
        call = match kind.as_str() {
            "application/json" => call.json(&media["example"]),
            kind => call.header("content-type", kind).raw(media["example"].as_str().unwrap().to_owned()),
        };
    }
    let answer = call.send().await;
    let code = if answer.status < 400 { String::new() } else { answer.json()["code"].as_str().unwrap().to_owned() };
    (answer.status, code)
}

#[test]
fn every_operation_of_staff_names_its_roles() {
    let told: BTreeSet<String> = of_staff().into_iter().map(|one| one.id).collect();
    let known: BTreeSet<String> = OPERATIONS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(told, known);
    for operation in of_staff() {
        let roles: Vec<&str> = Duty::of(&operation.id).unwrap().roles().iter().map(|role| role.code()).collect();
        assert_eq!(operation.told["x-roles"], json!(roles), "{}", operation.id);
    }
}

on_both! {
    async fn each_operation_is_open_to_its_roles_and_to_nobody_else(store) {
        let cabinet = Cabinet::open_with(store, |config| config.access.requests_per_minute = 0).await;
        let subscriber = cabinet.person("1001", "home-20", 100_00).await;
        let mut staff = Vec::new();
        for role in Role::ALL {
            staff.push((role, cabinet.employee(role).await));
        }
        // Whoever changes a password last must not end the sessions the others are asked by.
        let (of_passwords, others): (Vec<_>, Vec<_>) = of_staff().into_iter().partition(|one| one.id == "changeStaffPassword");
        for operation in others.into_iter().chain(of_passwords) {
            assert_eq!(asked(&cabinet, &operation, None).await, (401, "unauthenticated".to_owned()), "{}", operation.id);
            assert_eq!(asked(&cabinet, &operation, Some(&subscriber)).await, (403, "not_permitted".to_owned()), "{}", operation.id);
            let duty = Duty::of(&operation.id).unwrap();
            for (role, person) in &staff {
                let (status, code) = asked(&cabinet, &operation, Some(person)).await;
                let refused = (status, code.as_str()) == (403, "not_permitted");
                assert_ne!(refused, role.may(duty), "{} by {role:?}: {status} {code}", operation.id);
                assert!(status < 500 && status != 401, "{} by {role:?}: {status} {code}", operation.id);
            }
        }
        cabinet.close().await;
    }

    async fn staff_have_no_account_of_their_own(store) {
        let cabinet = Cabinet::open(store).await;
        let admin = cabinet.employee(Role::Admin).await;
        for operation in conform::operations().into_iter().filter(|one| one.path.starts_with("/api/v1/me")) {
            let told = asked(&cabinet, &operation, Some(&admin)).await;
            assert_eq!(told, (403, "not_permitted".to_owned()), "{}", operation.id);
        }
        cabinet.close().await;
    }

    async fn a_first_password_of_staff_is_good_only_for_changing_it(store) {
        let cabinet = Cabinet::open_with(store, |config| config.access.requests_per_minute = 0).await;
        let first = cabinet.hire("admin", Role::Admin).await;
        let tokens = cabinet.sign_in("admin", &first).await.json();
        assert_eq!(tokens["must_change_password"], true);
        let newcomer = Person::of("admin", &tokens);
        for operation in of_staff().into_iter().filter(|one| one.id != "changeStaffPassword") {
            let told = asked(&cabinet, &operation, Some(&newcomer)).await;
            assert_eq!(told, (403, "must_change_password".to_owned()), "{}", operation.id);
        }
        let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
        let put = |body: Value| cabinet.call(Method::PUT, "/api/v1/staff/password").by(&newcomer).json(&body).send();
        assert_eq!(put(change("wrong", PASSWORD)).await.problem(), "422 password_wrong");
        assert_eq!(put(change(&first, "administrator")).await.problem(), "422 password_weak");
        let tokens = put(change(&first, PASSWORD)).await.json();
        assert_eq!(tokens["must_change_password"], false);
        let me = cabinet.get("/api/v1/staff/me").by(&Person::of("admin", &tokens)).send().await.json();
        assert_eq!((&me["login"], &me["role"]), (&json!("admin"), &json!("admin")));
        cabinet.close().await;
    }

    async fn a_role_cannot_be_written_into_a_token(store) {
        let cabinet = Cabinet::open(store).await;
        let subscriber = cabinet.person("1001", "home-20", 100_00).await;
        let cashier = cabinet.employee(Role::Cashier).await;
        for person in [&subscriber, &cashier] {
            let mut parts: Vec<String> = person.token.split('.').map(str::to_owned).collect();
            let bytes = URL_SAFE_NO_PAD.decode(&parts[1]).unwrap();
            let mut claims: Value = serde_json::from_slice(&bytes).unwrap();
            claims["role"] = json!("admin");
            parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
            let forged = Person::of("admin", &json!({ "access_token": parts.join("."), "refresh_token": "" }));
            assert_eq!(cabinet.get("/api/v1/staff/me").by(&forged).send().await.problem(), "401 session_ended");
        }
        cabinet.close().await;
    }

    async fn whoever_left_is_told_so_at_once(store) {
        let cabinet = Cabinet::open(store).await;
        let cashier = cabinet.employee(Role::Cashier).await;
        assert_eq!(cabinet.get("/api/v1/staff/me").by(&cashier).send().await.status, 200);
        cabinet.service().disable_staff(Actor::Staff, "cashier").await.unwrap();
        assert_eq!(cabinet.get("/api/v1/staff/me").by(&cashier).send().await.problem(), "401 session_ended");
        let renew = json!({ "refresh_token": cashier.refresh });
        assert_eq!(cabinet.post("/api/v1/auth/renew").json(&renew).send().await.problem(), "401 session_ended");
        assert_eq!(cabinet.sign_in("cashier", PASSWORD).await.problem(), "401 sign_in_failed");
        cabinet.close().await;
    }
}
