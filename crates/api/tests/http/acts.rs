//! Quote, confirm, cancel: what may be repeated and what may not.

use crate::harness::{Answer, Cabinet, Person, TODAY};
use cabinet_core::Money;
use cabinet_core::calendar::days;
use cabinet_service::Clock;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};
use time::{Date, Duration};

async fn quote(cabinet: &Cabinet, person: &Person, tariff: &str) -> Answer {
    cabinet.post("/api/v1/me/tariff-change/quote").by(person).json(&json!({ "tariff": tariff })).send().await
}

async fn confirm(cabinet: &Cabinet, person: &Person, quote: &Value, key: &str) -> Answer {
    let path = format!("/api/v1/me/quotes/{}/confirm", quote["id"].as_str().expect("an id"));
    cabinet.post(&path).by(person).key(key).send().await
}

async fn balance(cabinet: &Cabinet, person: &Person) -> Value {
    cabinet.get("/api/v1/me").by(person).send().await.json()["balance"].clone()
}

on_both! {
    async fn many_who_write_at_once_wait_for_each_other(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let neighbour = cabinet.person("1002", "home-20", 100_00).await;
        let quotes = (0..32).map(|number| quote(&cabinet, if number % 2 == 0 { &person } else { &neighbour }, "home-10"));
        for quoted in futures_util::future::join_all(quotes).await {
            assert_eq!(quoted.status, 200, "{}", quoted.text);
        }
        cabinet.close().await;
    }

    async fn a_downgrade_is_quoted_confirmed_once_and_cancelled(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let offers = cabinet.get("/api/v1/me/tariffs").by(&person).send().await.json();
        insta::assert_json_snapshot!("offers", offers);
        let quoted = quote(&cabinet, &person, "home-10").await.json();
        insta::assert_json_snapshot!("quote", quoted, { ".id" => "[id]" });
        let shown = cabinet.get(&format!("/api/v1/me/quotes/{}", quoted["id"].as_str().unwrap())).by(&person).send().await;
        assert_eq!(shown.json(), quoted);

        let first = confirm(&cabinet, &person, &quoted, "k-1").await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (200, ""));
        insta::assert_json_snapshot!("order", first.json(), { ".id" => "[id]" });
        let twin = confirm(&cabinet, &person, &quoted, "\"k-1\"").await;
        assert_eq!((twin.status, twin.header("idempotency-replayed")), (200, "true"));
        assert_eq!(twin.json(), first.json());
        let second = confirm(&cabinet, &person, &quoted, "k-2").await;
        assert_eq!(second.problem(), "409 quote_used");
        assert_eq!(second.json()["details"]["order"], first.json());
        assert_eq!(balance(&cabinet, &person).await, "73.33");

        let other = quote(&cabinet, &person, "home-50").await;
        assert_eq!(other.problem(), "409 change_planned");
        assert_eq!(other.json()["details"]["starts_on"], "2026-12-01");
        assert_eq!(other.json()["details"]["possible_from"], "2026-12-31");
        let reused = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("k-1").send().await;
        assert_eq!(reused.problem(), "422 key_reused");
        let cancelled = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("k-3").send().await;
        assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("cancelled")));
        let again = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("k-3").send().await;
        assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", cancelled.json()));
        let nothing = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("k-4").send().await;
        assert_eq!(nothing.problem(), "409 nothing_planned");
        assert_eq!(balance(&cabinet, &person).await, "98.33");
        let orders = cabinet.get("/api/v1/me/orders").by(&person).send().await.json();
        assert_eq!(orders["items"].as_array().unwrap().len(), 1);
        assert_eq!(orders["items"][0]["status"], "cancelled");
        cabinet.close().await;
    }

    async fn what_cannot_be_is_refused_with_its_reason(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 20_00).await;
        let short = quote(&cabinet, &person, "home-10").await;
        assert_eq!(short.problem(), "409 funds_short");
        insta::assert_json_snapshot!("funds_short", short.json(), { ".request_id" => "[id]" });
        assert_eq!(quote(&cabinet, &person, "home-20").await.problem(), "409 tariff_same");
        assert_eq!(quote(&cabinet, &person, "' OR 1=1--").await.problem(), "409 tariff_unavailable");
        assert_eq!(quote(&cabinet, &person, &"x".repeat(41)).await.problem(), "422 invalid");
        cabinet.service().suspend(cabinet_service::Actor::Staff, person.id, "на прохання").await.unwrap();
        assert_eq!(quote(&cabinet, &person, "home-50").await.problem(), "409 account_suspended");
        cabinet.close().await;
    }

    async fn a_quote_is_its_owners_and_ends(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let stranger = cabinet.person("1002", "home-20", 100_00).await;
        let quoted = quote(&cabinet, &person, "home-50").await.json();
        assert_eq!(confirm(&cabinet, &stranger, &quoted, "k").await.problem(), "404 not_found");
        let path = format!("/api/v1/me/quotes/{}", quoted["id"].as_str().unwrap());
        let foreign = cabinet.get(&path).by(&stranger).send().await;
        let absent = cabinet.get("/api/v1/me/quotes/0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7").by(&stranger).send().await;
        let told = |answer: &Answer| (answer.problem(), answer.json()["detail"].clone(), answer.json()["details"].clone());
        assert_eq!(told(&foreign), told(&absent));

        let no_key = cabinet.post(&format!("{path}/confirm")).by(&person).send().await;
        assert_eq!(no_key.problem(), "400 bad_request");

        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(5_00), None).await.unwrap();
        let stale = confirm(&cabinet, &person, &quoted, "k").await;
        assert_eq!(stale.problem(), "409 quote_stale");
        let fresh = stale.json()["details"]["quote"].clone();
        assert_ne!(fresh["id"], quoted["id"]);
        cabinet.clock.step(Duration::minutes(11));
        let person = cabinet.again(&person).await;
        let expired = confirm(&cabinet, &person, &fresh, "k").await;
        assert_eq!(expired.problem(), "409 quote_expired");
        let fresh = expired.json()["details"]["quote"].clone();
        let done = confirm(&cabinet, &person, &fresh, "k").await;
        assert_eq!((done.status, &done.json()["status"]), (200, &json!("planned")));
        assert_eq!(done.json()["starts_on"], json!(TODAY.next_day().unwrap()));
        cabinet.close().await;
    }

    async fn a_promised_payment_is_offered_given_and_told_until_it_is_paid(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 60_00).await;
        let lives_to = async |last: Date| {
            for day in days(cabinet.clock.today(), last) {
                cabinet.at(day, time!(12:00));
                cabinet.service().run_day(day, |_, _| ()).await.unwrap();
            }
            cabinet.again(&person).await
        };
        let path = "/api/v1/me/promised-payment";
        let asked = async |person: &Person| cabinet.post(&format!("{path}/quote")).by(person).send().await;
        let young = asked(&person).await;
        assert_eq!((young.problem(), &young.json()["details"]["possible_from"]), ("409 contract_young".to_owned(), &json!("2026-12-10")));

        let person = lives_to(date!(2026 - 12 - 11)).await;
        let offer = cabinet.get(path).by(&person).send().await.json();
        assert_eq!((&offer["refusal"]["code"], &offer["balance_after"]), (&json!("promise_not_needed"), &Value::Null));
        assert_eq!(offer["refusal"]["details"], json!({ "possible_from": "2026-12-12" }));

        let person = lives_to(date!(2026 - 12 - 16)).await;
        let offer = cabinet.get(path).by(&person).send().await.json();
        let told = json!({
            "currency": "UAH", "today": "2026-12-16", "price": "5.00", "credit": "50.00", "until": "2026-12-19",
            "charge_today": "1.62", "balance_after": "-5.81",
        });
        assert_eq!(offer, told);
        let quoted = asked(&person).await.json();
        assert_eq!((&quoted["act"], &quoted["credit"], &quoted["until"]), (&json!("promised_payment"), &json!("50.00"), &json!("2026-12-19")));
        assert_eq!((&quoted["balance_before"], &quoted["balance_after"]), (&json!("0.81"), &json!("-5.81")));
        let lines: Vec<_> = quoted["lines"].as_array().unwrap().iter().map(|line| (line["title"].as_str().unwrap(), line["amount"].as_str().unwrap())).collect();
        assert_eq!(lines, [("Обіцяний платіж, плата", "5.00"), ("Абонплата", "1.62")]);
        let shown = cabinet.get(&format!("/api/v1/me/quotes/{}", quoted["id"].as_str().unwrap())).by(&person).send().await;
        assert_eq!(shown.json(), quoted);
        let order = confirm(&cabinet, &person, &quoted, "p-1").await.json();
        assert_eq!((&order["status"], &order["credit"], &order["until"]), (&json!("done"), &json!("50.00"), &json!("2026-12-19")));
        assert_eq!(order["entries"].as_array().unwrap().len(), 2);
        let me = cabinet.get("/api/v1/me").by(&person).send().await.json();
        assert_eq!((&me["standing"], &me["credit"], &me["enough_until"]), (&json!("active"), &json!("50.00"), &json!("2026-12-19")));
        let promise = json!({ "taken_on": "2026-12-16", "until": "2026-12-19", "credit": "50.00", "unpaid": false, "debt": "5.81" });
        assert_eq!(me["promise"], promise);
        assert_eq!(asked(&person).await.problem(), "409 promise_active");

        let person = lives_to(date!(2026 - 12 - 20)).await;
        let me = cabinet.get("/api/v1/me").by(&person).send().await.json();
        assert_eq!((&me["standing"], &me["credit"], &me["promise"]["unpaid"]), (&json!("blocked"), &json!("0.00"), &json!(true)));
        let unpaid = asked(&person).await;
        assert_eq!(unpaid.problem(), "409 promise_unpaid");
        let details = json!({ "missing": "10.65", "taken_on": "2026-12-16", "possible_from": "2027-01-01" });
        assert_eq!(unpaid.json()["details"], details);
        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(20_00), None).await.unwrap();
        let me = cabinet.get("/api/v1/me").by(&person).send().await.json();
        assert_eq!((&me["standing"], &me["promise"]), (&json!("active"), &Value::Null));
        assert_eq!(asked(&person).await.problem(), "409 promise_limit");
        cabinet.close().await;
    }

    async fn twins_at_once_do_it_once(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let quoted = quote(&cabinet, &person, "home-10").await.json();
        let twin = || confirm(&cabinet, &person, &quoted, "same");
        let (a, b, c, d) = tokio::join!(twin(), twin(), twin(), twin());
        for answer in [a, b, c, d] {
            assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("planned")), "{answer:?}");
        }
        assert_eq!(balance(&cabinet, &person).await, "73.33");
        cabinet.close().await;
    }
}
