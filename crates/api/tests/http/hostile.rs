//! Requests that mean no good, and those that do not know better.

use crate::harness::{Cabinet, PASSWORD};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::json;

on_both! {
    async fn bodies_are_weighed_at_the_door(store) {
        let cabinet = Cabinet::open(store).await;
        let sign_in = |kind: &'static str, body: String| {
            cabinet.post("/api/v1/auth/sign-in").header("content-type", kind).raw(body).send()
        };
        let good = json!({ "login": "1001", "password": PASSWORD, "delivery": "body" }).to_string();
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (kind, body, expected) in [
            ("application/json", "{".to_owned(), "400 bad_request"),
            ("application/json", String::new(), "400 bad_request"),
            ("application/json", deep, "400 bad_request"),
            ("application/json", "\u{feff}{}".to_owned(), "400 bad_request"),
            ("application/json", "{\"login\":1e309}".to_owned(), "400 bad_request"),
            ("application/json", "[]".to_owned(), "422 invalid"),
            ("application/json", good.replace("}", ",\"login\":\"1002\"}"), "400 bad_request"),
            ("application/json", good.replace("}", ",\"role\":\"admin\"}"), "422 invalid"),
            ("application/json", good.replace("\"1001\"", "1001"), "422 invalid"),
            ("application/json", good.replace("1001", "1\\u0000"), "422 invalid"),
            ("application/json", good.replace("\"body\"", "\"smoke\""), "422 invalid"),
            ("application/json", format!("{{\"login\":\"{}\"}}", "x".repeat(2000)), "422 invalid"),
            ("application/json", format!("{{\"login\":\"{}\"}}", "x".repeat(70_000)), "413 too_large"),
            ("application/xml", "<login/>".to_owned(), "415 unsupported_media_type"),
            ("text/plain", good.clone(), "415 unsupported_media_type"),
            ("application/x-www-form-urlencoded", "login=1001".to_owned(), "415 unsupported_media_type"),
        ] {
            let short: String = body.chars().take(60).collect();
            assert_eq!(sign_in(kind, body).await.problem(), expected, "{kind} {short}");
        }
        let latin = cabinet.post("/api/v1/auth/sign-in").header("content-type", "application/json").raw(vec![b'{', b'"', 0xff, b'"', b'}']).send().await;
        assert_eq!(latin.problem(), "400 bad_request");
        cabinet.close().await;
    }

    async fn strange_texts_are_texts(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for text in ["' OR 1=1--", "%", "_", "1001' --", "\\", "\"", "../../etc/passwd", "{{7*7}}", "$1", "\u{202e}", "١٠٠١", "100１"] {
            let answer = cabinet.sign_in(text, text).await;
            assert!(matches!(answer.status, 401 | 429), "{text}: {answer:?}");
            let query: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for path in ["/api/v1/me/statement?month=", "/api/v1/me/entries?cursor=", "/api/v1/me/quotes/", "/api/v1/me/entries/"] {
                let answer = cabinet.get(&format!("{path}{query}")).by(&person).send().await;
                assert!(matches!(answer.status, 400 | 404), "{path}{text}: {answer:?}");
                answer.problem();
            }
            let answer = cabinet.get("/api/v1/me").by(&person).header("idempotency-key", "x").header("accept-language", "'\"<>;q=x").send().await;
            assert_eq!(answer.status, 200);
        }
        cabinet.close().await;
    }

    async fn keys_are_needed_and_bounded(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let cancel = || cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person);
        assert_eq!(cancel().send().await.problem(), "400 bad_request");
        for key in ["", " ", "\"\"", "a b", &"x".repeat(256)] {
            assert_eq!(cancel().key(key).send().await.problem(), "400 bad_request", "{key}");
        }
        assert_eq!(cancel().key(&"x".repeat(255)).send().await.problem(), "409 nothing_planned");
        assert_eq!(cancel().key("a").key("b").send().await.problem(), "400 bad_request");
        cabinet.close().await;
    }

    async fn without_a_token_there_is_nothing_to_see(store) {
        let cabinet = Cabinet::open(store).await;
        for (path, item) in cabinet_api::openapi::document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let secured = operation["security"].as_array().is_some_and(|needs| !needs.is_empty());
                if !secured {
                    continue;
                }
                let path = path.replace("{id}", "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7").replace("{seq}", "1").replace("{year}", "2014");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let answer = cabinet.call(method.clone(), &path).key("k").header("content-type", "application/json").send().await;
                assert_eq!(answer.problem(), "401 unauthenticated", "{method} {path}");
            }
        }
        cabinet.close().await;
    }
}
