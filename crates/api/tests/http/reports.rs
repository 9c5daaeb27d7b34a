//! Reports of the office over the API.

use crate::harness::{Cabinet, TODAY};
use cabinet_core::Money;
use cabinet_core::staff::Role;
use cabinet_service::Actor;
use cabinet_store::on_both;
use serde_json::json;

on_both! {
    async fn a_days_money_the_tariffs_and_the_debtors_are_told(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 60_00).await;
        let other = cabinet.person("1002", "home-50", 10_00).await;
        let kopecks = Money::from_kopecks;
        let paid = cabinet.service().pay_cash(Actor::Staff, person.id, kopecks(5_00), None).await.unwrap().value;
        cabinet.service().refund_payment(Actor::Staff, person.id, paid.seq, kopecks(2_00), "забагато").await.unwrap();
        cabinet.service().adjust(Actor::Staff, other.id, kopecks(-50_00), "обладнання").await.unwrap();
        let manager = cabinet.employee(Role::Manager).await;
        let get = async |path: &str| cabinet.get(&format!("/api/v1/staff/reports/{path}")).by(&manager).send().await;

        let told = get("money").await.json();
        let takings = json!([{ "date": TODAY, "method": "cash:office", "payments": 3, "paid": "75.00", "returned": "2.00" }]);
        assert_eq!(told, json!({ "from": TODAY, "to": TODAY, "items": takings, "paid": "75.00", "returned": "2.00", "vouchers": "0.00" }));
        let told = get("charges?from=2026-11-01").await.json();
        let of = |tariff: &str, name: &str, charged: &str| json!({ "tariff": tariff, "name": name, "contracts": 1, "days": 1, "charged": charged, "returned": "0.00" });
        let items = json!([of("home-20", "Домашній 20", "1.67"), of("home-50", "Домашній 50", "2.17")]);
        assert_eq!(told, json!({ "from": "2026-11-01", "to": TODAY, "items": items, "earned": "3.84" }));
        let told = get("debtors").await.json();
        assert_eq!((&told["items"][0]["contract"], &told["items"][0]["debt"]), (&json!("1002"), &json!("42.17")));
        assert_eq!((told["items"].as_array().unwrap().len(), &told["next"]), (1, &json!(null)));

        for bad in ["money?from=2026-11-11", "money?from=1", "charges?from=2024-11-09", "charges?day=2026-11-09", "debtors?cursor=5.00_x"] {
            assert_eq!(get(bad).await.problem(), "400 bad_request", "{bad}");
        }
        cabinet.service().adjust(Actor::Staff, person.id, kopecks(-500_00), "обладнання").await.unwrap();
        let first = get("debtors?limit=1").await.json();
        let next = first["next"].as_str().unwrap();
        let second = get(&format!("debtors?limit=1&cursor={next}")).await.json();
        assert_eq!((&first["items"][0]["contract"], &second["items"][0]["contract"], &second["next"]), (&json!("1001"), &json!("1002"), &json!(null)));
        cabinet.close().await;
    }
}
