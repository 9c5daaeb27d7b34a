//! The connection over the wire.

use crate::harness::{Cabinet, Person};
use cabinet_core::staff::Role;
use cabinet_gateways::network::Driver;
use cabinet_service::Actor;
use cabinet_service::manage_routers::NewRouter;
use cabinet_store::on_both;
use serde_json::{Value, json};
use time::Duration;

async fn network(cabinet: &Cabinet, person: &Person) -> Value {
    cabinet.get("/api/v1/me/network").by(person).send().await.json()
}

async fn turbo(cabinet: &Cabinet, person: &Person) {
    let quoted = cabinet.post("/api/v1/me/turbo/quote").by(person).json(&json!({ "option": "3h" })).send().await.json();
    let path = format!("/api/v1/me/quotes/{}/confirm", quoted["id"].as_str().expect("an id"));
    assert_eq!(cabinet.post(&path).by(person).key("k").send().await.status, 200);
}

on_both! {
    async fn turbo_is_on_its_way_until_the_network_was_told(store) {
        let cabinet = Cabinet::open_with(store, |config| config.network.driver = Driver::Log).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let before = network(&cabinet, &person).await;
        assert_eq!((&before["state"], &before["wished"], &before["applied"]), (&json!("applied"), &json!({ "access": "open", "down_kbit": 20_000, "up_kbit": 20_000 }), &before["wished"]));
        turbo(&cabinet, &person).await;
        let waits = network(&cabinet, &person).await;
        assert_eq!((&waits["state"], &waits["wished"]["down_kbit"], &waits["applied"]["down_kbit"]), (&json!("pending"), &json!(100_000), &json!(20_000)));
        assert_eq!(waits["turbo_until"], waits["next_change_at"]);
        let of = async |path: &str| cabinet.get(path).by(&person).send().await.json()["network"].clone();
        assert_eq!((of("/api/v1/me").await, of("/api/v1/me/services").await), (json!("pending"), json!("pending")));
        while cabinet.service().work_network().await.unwrap() > 0 {}
        let told = network(&cabinet, &person).await;
        assert_eq!((&told["state"], &told["applied"]["down_kbit"]), (&json!("applied"), &json!(100_000)));
        assert_eq!(of("/api/v1/me").await, "applied");
        cabinet.clock.step(Duration::hours(3));
        let person = cabinet.again(&person).await;
        let over = network(&cabinet, &person).await;
        assert_eq!((&over["state"], &over["wished"]["down_kbit"]), (&json!("pending"), &json!(20_000)), "over, and not told yet");
        cabinet.close().await;
    }

    async fn where_nobody_is_told_nobody_claims_to_know(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        turbo(&cabinet, &person).await;
        let untold = network(&cabinet, &person).await;
        assert_eq!((&untold["state"], &untold["wished"]["down_kbit"], untold.get("applied")), (&json!("untold"), &json!(100_000), None));
        assert_eq!(cabinet.get("/api/v1/me").by(&person).send().await.json().get("network"), None);
        cabinet.close().await;
    }

    async fn whoever_registers_a_contract_is_told_with_what_its_equipment_signs_in(store) {
        let cabinet = Cabinet::open_with(store, |config| config.network.driver = Driver::Log).await;
        let support = cabinet.employee(Role::Support).await;
        let wish = |contract: &str| json!({ "contract": contract, "last_name": "Іваненко", "first_name": "Іван", "address": "вул. Миру 1", "tariff": "home-20" });
        let registered = async |contract: &str| {
            let path = "/api/v1/staff/subscribers";
            cabinet.post(path).by(&support).json(&wish(contract)).send().await.json()
        };
        assert_eq!(registered("0042").await.get("connection"), None, "there is no router to sign in at");
        let router = NewRouter {
            name: "core".to_owned(),
            address: std::net::Ipv4Addr::new(192, 0, 2, 1).into(),
            kind: "mikrotik".to_owned(),
            secret: "a-secret-of-routers".to_owned(),
            coa_port: 3799,
            signs: true,
            demands: false,
        };
        cabinet.service().put_router(Actor::Staff, router).await.unwrap();
        let told = registered("0043").await;
        let kept = cabinet.service().show_network_login(told["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
        assert_eq!(told["connection"], json!({ "name": "0043", "secret": kept.secret }));
        assert_ne!(told["connection"]["secret"], told["first_password"]);
        cabinet.close().await;
    }
}
