//! Turbo, a pause and a static address over the wire: quoted, confirmed, taken back, refused.

use crate::harness::{Answer, Cabinet, Person, TODAY};
use cabinet_core::staff::Role;
use cabinet_service::Actor;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

async fn quote(cabinet: &Cabinet, person: &Person, of: &str, wish: Value) -> Answer {
    cabinet.post(&format!("/api/v1/me/{of}/quote")).by(person).json(&wish).send().await
}

async fn confirm(cabinet: &Cabinet, person: &Person, quote: &Value, key: &str) -> Answer {
    let path = format!("/api/v1/me/quotes/{}/confirm", quote["id"].as_str().expect("an id"));
    cabinet.post(&path).by(person).key(key).send().await
}

async fn services(cabinet: &Cabinet, person: &Person) -> Value {
    cabinet.get("/api/v1/me/services").by(person).send().await.json()
}

async fn balance(cabinet: &Cabinet, person: &Person) -> Value {
    cabinet.get("/api/v1/me").by(person).send().await.json()["balance"].clone()
}

on_both! {
    async fn turbo_is_quoted_runs_and_is_undone(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let before = services(&cabinet, &person).await;
        assert_eq!(before["turbo"]["runs"], json!([]));
        let options: Vec<_> = before["turbo"]["options"].as_array().unwrap().iter().map(|of| (of["code"].clone(), of["price"].clone(), of["outcome"]["cost"].clone())).collect();
        assert_eq!(options, [("3h", "5.00"), ("12h", "12.00"), ("24h", "20.00")].map(|(code, price)| (json!(code), json!(price), json!(price))));

        let quoted = quote(&cabinet, &person, "turbo", json!({ "option": "3h" })).await.json();
        assert_eq!((&quoted["act"], &quoted["lines"][0]["amount"], &quoted["undo_minutes"]), (&json!("turbo"), &json!("5.00"), &json!(10)));
        let order = confirm(&cabinet, &person, &quoted, "k-1").await.json();
        assert_eq!((&order["act"], &order["status"], &order["entries"][0]["kind"]), (&json!("turbo"), &json!("done"), &json!("turbo")));
        assert!(order["undo_until"].is_string());
        let me = cabinet.get("/api/v1/me").by(&person).send().await.json();
        assert_eq!(me["turbo_until"], order["ends_at"]);
        let forecast = cabinet.get("/api/v1/me/forecast?days=30").by(&person).send().await.json();
        let ends: Vec<_> = forecast["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "turbo_ends").collect();
        assert_eq!(ends, [&json!({ "date": TODAY.to_string(), "kind": "turbo_ends", "at": order["ends_at"] })]);
        let after = services(&cabinet, &person).await;
        assert_eq!((after["turbo"]["runs"].as_array().unwrap().len(), &after["undoable"][0]["id"]), (1, &order["id"]));

        let undo = format!("/api/v1/me/orders/{}/undo", order["id"].as_str().unwrap());
        let stranger = cabinet.person("1002", "home-20", 100_00).await;
        assert_eq!(cabinet.post(&undo).by(&stranger).key("k-2").send().await.problem(), "404 not_found");
        assert_eq!(cabinet.post(&undo).by(&person).send().await.status, 400, "without a key");
        let undone = cabinet.post(&undo).by(&person).key("k-2").send().await;
        assert_eq!((undone.status, &undone.json()["status"]), (200, &json!("undone")));
        assert_eq!(cabinet.post(&undo).by(&person).key("k-2").send().await.header("idempotency-replayed"), "true");
        assert_eq!(cabinet.post(&undo).by(&person).key("k-3").send().await.problem(), "409 undo_over");
        assert_eq!(balance(&cabinet, &person).await, "98.33");
        cabinet.close().await;
    }

    async fn a_pause_is_planned_moved_and_taken_back(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let day = |ahead: i64| (TODAY + Duration::days(ahead)).to_string();
        let wish = |from, until| json!({ "from": day(from), "until": day(until) });
        let short = quote(&cabinet, &person, "pause", wish(1, 3)).await;
        assert_eq!((short.problem(), &short.json()["details"]["least_days"]), ("409 pause_length".to_owned(), &json!(7)));
        assert_eq!(quote(&cabinet, &person, "pause", wish(0, 9)).await.json()["details"]["possible_from"], day(1));
        assert_eq!(quote(&cabinet, &person, "pause", wish(9, 3)).await.problem(), "409 pause_length");
        for bad in [json!({ "from": "2026-13-01", "until": day(9) }), json!({ "from": day(1) }), json!({ "from": day(1), "until": day(9), "x": 1 })] {
            assert_eq!(quote(&cabinet, &person, "pause", bad).await.status, 422);
        }
        assert_eq!(quote(&cabinet, &person, "pause/end", json!({})).await.problem(), "409 not_paused");

        let quoted = quote(&cabinet, &person, "pause", wish(1, 14)).await.json();
        assert_eq!((&quoted["starts_on"], &quoted["until"], &quoted["lines"][0]["amount"]), (&json!(day(1)), &json!(day(14)), &json!("10.00")));
        assert_eq!(confirm(&cabinet, &person, &quoted, "k-1").await.status, 200);
        let me = cabinet.get("/api/v1/me").by(&person).send().await.json();
        assert_eq!(me["pause"], wish(1, 14));
        let events = cabinet.get("/api/v1/me/forecast?days=30").by(&person).send().await.json();
        let kinds: Vec<_> = events["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
        assert!(kinds.contains(&"pause_starts".to_owned()) && kinds.contains(&"pause_ends".to_owned()), "{kinds:?}");
        let turbo = quote(&cabinet, &person, "turbo", json!({ "option": "24h" })).await;
        assert_eq!((turbo.problem(), &turbo.json()["details"]["starts_on"]), ("409 pause_planned".to_owned(), &json!(day(1))));

        let moved = cabinet.call(Method::PATCH, "/api/v1/me/pause").by(&person).key("k-2").json(&wish(5, 20)).send().await;
        assert_eq!((moved.status, &moved.json()["starts_on"], &moved.json()["until"]), (200, &json!(day(5)), &json!(day(20))));
        let other = cabinet.call(Method::PATCH, "/api/v1/me/pause").by(&person).key("k-2").json(&wish(6, 20)).send().await;
        assert_eq!(other.problem(), "422 key_reused");
        let cancelled = cabinet.call(Method::DELETE, "/api/v1/me/pause").by(&person).key("k-3").send().await;
        assert_eq!((cancelled.status, &cancelled.json()["status"]), (200, &json!("cancelled")));
        assert_eq!(cabinet.call(Method::DELETE, "/api/v1/me/pause").by(&person).key("k-4").send().await.problem(), "409 nothing_planned");
        assert_eq!(balance(&cabinet, &person).await, "98.33");
        cabinet.close().await;
    }

    async fn a_static_address_is_connected_and_given_up(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let empty = quote(&cabinet, &person, "static-ip", json!({ "wish": "connect" })).await;
        assert_eq!(empty.problem(), "409 pool_empty");
        cabinet.service().add_addresses(Actor::Staff, "main", "203.0.113.7").await.unwrap();
        let manager = cabinet.employee(Role::Manager).await;
        let prefix = cabinet.call(Method::PUT, "/api/v1/staff/addresses/203.0.113.7/ipv6-prefix").by(&manager);
        assert_eq!(prefix.json(&json!({ "prefix": "2001:db8:7::/56" })).send().await.status, 204);
        assert_eq!(quote(&cabinet, &person, "static-ip", json!({ "wish": "release" })).await.problem(), "409 static_ip_absent");
        assert_eq!(quote(&cabinet, &person, "static-ip", json!({ "wish": "borrow" })).await.status, 422);
        let quoted = quote(&cabinet, &person, "static-ip", json!({ "wish": "connect" })).await.json();
        let order = confirm(&cabinet, &person, &quoted, "k-1").await.json();
        assert_eq!((&order["address"], &order["entries"][0]["kind"]), (&json!("203.0.113.7"), &json!("static_ip_charge")));
        let had = &services(&cabinet, &person).await["static_ip"];
        assert_eq!((&had["address"], &had["ipv6_prefix"]), (&json!("203.0.113.7"), &json!("2001:db8:7::/56")));
        let quoted = quote(&cabinet, &person, "static-ip", json!({ "wish": "release" })).await.json();
        assert_eq!(confirm(&cabinet, &person, &quoted, "k-2").await.status, 200);
        assert_eq!(services(&cabinet, &person).await["static_ip"]["serves_until"], TODAY.to_string());
        cabinet.close().await;
    }
}
