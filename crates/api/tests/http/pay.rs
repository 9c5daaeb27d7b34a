//! Paying online, from the sum to the balance.

use crate::harness::{Answer, Cabinet, Person, TODAY};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};

async fn orders(cabinet: &Cabinet, person: &Person, amount: &str, key: &str) -> Answer {
    let wish = json!({ "amount": amount, "method": "sandbox" });
    cabinet.post("/api/v1/me/payments").by(person).key(key).json(&wish).send().await
}

async fn payment(cabinet: &Cabinet, person: &Person, ordered: &Value) -> Value {
    let path = format!("/api/v1/me/payments/{}", ordered["id"].as_str().expect("an id"));
    cabinet.get(&path).by(person).send().await.json()
}

async fn balance(cabinet: &Cabinet, person: &Person) -> Value {
    cabinet.get("/api/v1/me").by(person).send().await.json()["balance"].clone()
}

fn page(ordered: &Value) -> String {
    let redirect = &ordered["redirect"];
    assert_eq!(redirect["fields"], json!([]));
    redirect["url"].as_str().expect("an address").to_owned()
}

async fn chooses(cabinet: &Cabinet, ordered: &Value, choice: &str) -> Answer {
    let form = format!("choice={choice}");
    cabinet.post(&page(ordered)).header("content-type", "application/x-www-form-urlencoded").raw(form).send().await
}

on_both! {
    async fn a_payment_goes_to_the_gateway_and_comes_back_as_money(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let methods = cabinet.get("/api/v1/provider").send().await.json()["payment_methods"].clone();
        assert_eq!(methods, json!([{ "code": "sandbox", "name": "Тестова оплата", "test": true, "least": "1.00", "most": "14999.00" }]));
        let preview = cabinet.get("/api/v1/me/payments/preview?amount=50.00").by(&person).send().await.json();
        insta::assert_json_snapshot!("payment_preview", preview);
        let ordered = orders(&cabinet, &person, "50.00", "k-1").await.json();
        assert_eq!((&ordered["status"], &ordered["amount"]), (&json!("created"), &json!("50.00")));
        let shown = cabinet.get(&page(&ordered)).send().await;
        assert_eq!((shown.status, shown.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(shown.header("content-security-policy").contains("form-action 'self'"));
        assert!(shown.text.contains("50,00\u{a0}₴") && shown.text.contains("договір 1001"), "{}", shown.text);
        let before = balance(&cabinet, &person).await;
        let home = chooses(&cabinet, &ordered, "paid").await;
        let id = ordered["id"].as_str().unwrap();
        assert_eq!((home.status, home.header("location")), (303, format!("{}/pay/{id}", cabinet.base).as_str()));
        let paid = payment(&cabinet, &person, &ordered).await;
        assert_eq!((&paid["status"], paid.get("redirect")), (&json!("paid"), None));
        assert_eq!((before, balance(&cabinet, &person).await), (json!("98.33"), json!("148.33")));
        assert_eq!(balance(&cabinet, &person).await, preview["outcome"]["balance_after"], "as the page had said");
        let entry = cabinet.get(&format!("/api/v1/me/entries/{}", paid["entry"])).by(&person).send().await.json();
        assert_eq!((&entry["kind"], &entry["title"], &entry["amount"]), (&json!("online_payment"), &json!("Онлайн-оплата"), &json!("50.00")));
        // Whatever is chosen afterwards, what was paid stays paid, once.
        chooses(&cabinet, &ordered, "declined").await;
        chooses(&cabinet, &ordered, "paid").await;
        assert_eq!(balance(&cabinet, &person).await, "148.33");
        let listed = cabinet.get("/api/v1/me/payments?limit=1").by(&person).send().await.json();
        assert_eq!((&listed["items"][0], &listed["next"]), (&paid, &Value::Null));
        cabinet.close().await;
    }

    async fn a_payment_is_ordered_once_a_key(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let first = orders(&cabinet, &person, "50.00", "k-1").await;
        let again = orders(&cabinet, &person, "50.00", "k-1").await;
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
        assert_eq!(first.json(), again.json());
        assert_eq!(orders(&cabinet, &person, "51.00", "k-1").await.problem(), "422 key_reused");
        let wish = json!({ "amount": "50.00", "method": "sandbox" });
        assert_eq!(cabinet.post("/api/v1/me/payments").by(&person).json(&wish).send().await.problem(), "400 bad_request");
        let little = orders(&cabinet, &person, "0.50", "k-2").await;
        assert_eq!(little.problem(), "422 amount_invalid");
        assert_eq!(little.json()["details"], json!({ "least": "1.00", "most": "14999.00", "fields": { "amount": "invalid" } }));
        let asked = cabinet.get("/api/v1/me/payments/preview?amount=0.50").by(&person).send().await;
        assert_eq!(asked.problem(), "400 bad_request");
        assert_eq!(asked.json()["details"]["parameters"], json!({ "amount": "invalid" }));
        let other = json!({ "amount": "50.00", "method": "purse" });
        let refused = cabinet.post("/api/v1/me/payments").by(&person).key("k-3").json(&other).send().await;
        assert_eq!(refused.problem(), "409 method_unavailable");
        let stranger = cabinet.person("1002", "home-20", 100_00).await;
        let path = format!("/api/v1/me/payments/{}", first.json()["id"].as_str().unwrap());
        assert_eq!(cabinet.get(&path).by(&stranger).send().await.problem(), "404 not_found");
        cabinet.close().await;
    }

    async fn what_the_bank_does_not_say_is_learned_by_asking(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let declined = orders(&cabinet, &person, "10.00", "k-1").await.json();
        assert_eq!(chooses(&cabinet, &declined, "declined").await.status, 303);
        assert_eq!(payment(&cabinet, &person, &declined).await["status"], "failed");
        let closed = orders(&cabinet, &person, "20.00", "k-2").await.json();
        assert_eq!(chooses(&cabinet, &closed, "closed_tab").await.status, 200);
        let later = orders(&cabinet, &person, "30.00", "k-3").await.json();
        assert_eq!(chooses(&cabinet, &later, "paid_later").await.status, 303);
        assert_eq!(payment(&cabinet, &person, &later).await["status"], "created");
        cabinet.at(TODAY, time!(12:02));
        while cabinet.service().work_outbox().await.unwrap() > 0 {}
        assert_eq!(payment(&cabinet, &person, &later).await["status"], "paid");
        assert_eq!(payment(&cabinet, &person, &closed).await["status"], "pending");
        cabinet.at(date!(2026 - 11 - 11), time!(12:30));
        while cabinet.service().work_outbox().await.unwrap() > 0 {}
        let person = cabinet.again(&person).await;
        let forgotten = payment(&cabinet, &person, &closed).await;
        assert_eq!((&forgotten["status"], forgotten.get("redirect")), (&json!("expired"), None));
        cabinet.close().await;
    }

    async fn a_payer_who_is_posted_back_sees_the_page(store) {
        let cabinet = Cabinet::open(store).await;
        let back = cabinet.post("/pay/0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7").raw("anything=1").send().await;
        assert_eq!((back.status, back.header("location")), (303, "/pay/0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"));
        assert_eq!(cabinet.post("/pay").send().await.problem(), "405 method_not_allowed");
        cabinet.close().await;
    }

    async fn a_gateway_that_wants_a_form_gets_it_and_the_pages_policy_lets_it(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            let liqpay = &mut config.payments.liqpay;
            (liqpay.enabled, liqpay.public_key) = (true, "sandbox_i1".to_owned());
            liqpay.private_key = Some("sandbox_key".into());
            config.web.public_url = Some("https://cabinet.example".to_owned());
        }).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let wish = json!({ "amount": "50.00", "method": "liqpay" });
        let ordered = cabinet.post("/api/v1/me/payments").by(&person).key("k").json(&wish).send().await.json();
        assert_eq!(ordered["redirect"]["url"], "https://www.liqpay.ua/api/3/checkout");
        let fields: Vec<&str> = ordered["redirect"]["fields"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(fields, ["data", "signature"]);
        let policy = cabinet.get("/").send().await.header("content-security-policy").to_owned();
        assert!(policy.contains("form-action 'self' https://www.liqpay.ua;"), "{policy}");
        cabinet.close().await;
    }

    async fn strangers_cannot_speak_for_a_gateway(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let ordered = orders(&cabinet, &person, "10.00", "k-1").await.json();
        let word = json!({ "transaction": "t", "reference": ordered["id"], "status": "paid", "amount": "10.00", "currency": "UAH", "at": "2026-11-10T10:00:00Z" });
        let notification = "/api/v1/gateways/sandbox/notification";
        for sign in ["", "00", &"0".repeat(64)] {
            let told = cabinet.post(notification).header("x-sandbox-sign", sign).json(&word).send().await;
            assert_eq!(told.status, 400, "{sign:?}");
        }
        assert_eq!(cabinet.post(notification).json(&word).send().await.status, 400);
        let large = cabinet.post(notification).raw("x".repeat(70_000)).send().await;
        assert_eq!(large.problem(), "413 too_large");
        assert_eq!(cabinet.post("/api/v1/gateways/liqpay/notification").json(&word).send().await.problem(), "404 not_found");
        let raised = page(&ordered).replace("amount=10.00", "amount=99.00");
        assert_ne!(raised, page(&ordered));
        assert_eq!(cabinet.get(&raised).send().await.problem(), "404 not_found");
        assert_eq!(cabinet.call(Method::POST, &raised).raw("choice=paid").send().await.problem(), "404 not_found");
        assert_eq!(chooses(&cabinet, &ordered, "everything").await.problem(), "422 invalid");
        assert_eq!(payment(&cabinet, &person, &ordered).await["status"], "created");
        assert_eq!(balance(&cabinet, &person).await, "98.33");
        cabinet.close().await;
    }
}
