//! Bills, from the list to the payment.

use crate::harness::{Cabinet, Person, TODAY};
use cabinet_core::Money;
use cabinet_store::on_both;
use serde_json::{Value, json};
use time::macros::{date, time};

/// Registered on 20 October with 30.00; the run of 1 November was missed, the next one made its bill.
pub async fn billed(cabinet: &Cabinet) -> Person {
    cabinet.at(date!(2026 - 10 - 20), time!(12:00));
    let person = cabinet.person("1001", "home-20", 30_00).await;
    for day in [date!(2026 - 10 - 31), TODAY] {
        cabinet.at(day, time!(12:00));
        cabinet.service().run_day(day, |_, _| ()).await.unwrap();
    }
    cabinet.again(&person).await
}

on_both! {
    async fn a_bill_is_listed_shown_paid_and_then_needs_no_payment(store) {
        let cabinet = Cabinet::open(store).await;
        let person = billed(&cabinet).await;
        let listed = cabinet.get("/api/v1/me/bills").by(&person).send().await;
        assert_eq!(listed.header("cache-control"), "no-store");
        let listed = listed.json();
        insta::assert_json_snapshot!("bills", listed);
        let path = "/api/v1/me/bills/2026-11";
        let shown = cabinet.get(path).by(&person).header("accept-language", "en").send().await.json();
        insta::assert_json_snapshot!("bill", shown);
        assert_eq!(shown["brief"], listed["items"][0]);

        let orders = |key: &'static str, wish: Value| cabinet.post("/api/v1/me/payments").by(&person).key(key).json(&wish).send();
        let ordered = orders("k-1", json!({ "bill": "2026-11", "method": "sandbox" })).await.json();
        assert_eq!(ordered["amount"], shown["brief"]["missing"], "what is missing of it");
        let page = cabinet.get(ordered["redirect"]["url"].as_str().unwrap()).send().await.text;
        assert!(page.contains("договір 1001, рахунок 1001-2026-11"), "{page}");
        let other = orders("k-2", json!({ "bill": "2026-11", "amount": "5.00", "method": "sandbox" })).await.json();
        assert_eq!(other["amount"], "5.00", "a sum of one's own");
        assert_eq!(orders("k-3", json!({ "bill": "2026-10", "method": "sandbox" })).await.problem(), "404 not_found");
        assert_eq!(orders("k-4", json!({ "method": "sandbox" })).await.problem(), "422 amount_invalid");
        assert_eq!(orders("k-5", json!({ "bill": "November", "method": "sandbox" })).await.problem(), "422 invalid");

        let due: Money = shown["brief"]["missing"].as_str().unwrap().parse().unwrap();
        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, due - Money::from_kopecks(40), None).await.unwrap();
        let left = cabinet.get(path).by(&person).send().await.json();
        assert_eq!((&left["brief"]["status"], &left["brief"]["missing"]), (&json!("open"), &json!("0.40")));
        let least = orders("k-6", json!({ "bill": "2026-11", "method": "sandbox" })).await.json();
        assert_eq!(least["amount"], "1.00", "no less than may be paid");
        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(40), None).await.unwrap();
        let paid = cabinet.get(path).by(&person).send().await.json();
        assert_eq!((&paid["brief"]["status"], paid["brief"].get("missing")), (&json!("paid"), None));
        assert_eq!((&paid["closing"], &paid["ahead_sum"]), (&shown["closing"], &shown["ahead_sum"]), "made once");
        assert_eq!(orders("k-7", json!({ "bill": "2026-11", "method": "sandbox" })).await.problem(), "409 bill_settled");
        cabinet.close().await;
    }

    async fn bills_are_ones_own_and_asked_for_properly(store) {
        let cabinet = Cabinet::open(store).await;
        let person = billed(&cabinet).await;
        let other = cabinet.person("1002", "home-20", 30_00).await;
        assert_eq!(cabinet.get("/api/v1/me/bills").by(&other).send().await.json(), json!({ "items": [], "next": null }));
        assert_eq!(cabinet.get("/api/v1/me/bills/2026-11").by(&other).send().await.problem(), "404 not_found");
        let wish = json!({ "bill": "2026-11", "method": "sandbox" });
        let foreign = cabinet.post("/api/v1/me/payments").by(&other).key("k").json(&wish).send().await;
        assert_eq!(foreign.problem(), "404 not_found");
        assert_eq!(cabinet.get("/api/v1/me/bills/2026-13").by(&person).send().await.problem(), "400 bad_request");
        for query in ["limit=0", "limit=101", "cursor=x", "cursor=2026-13", "month=2026-11"] {
            let answer = cabinet.get(&format!("/api/v1/me/bills?{query}")).by(&person).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{query}");
        }
        let page = cabinet.get("/api/v1/me/bills?cursor=2026-11").by(&person).send().await.json();
        assert_eq!(page["items"], json!([]), "those before November's");
        cabinet.close().await;
    }
}
