//! The document's examples of answers that went well are what the demo answers.

use crate::conform;
use crate::harness::{Answer, Cabinet, Call, Person};
use cabinet_service::demo;
use cabinet_store::testing::{Bench, block_on};
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples.json");
/// `CABINET_WRITE_EXAMPLES=1` writes the file anew.
const WRITE: &str = "CABINET_WRITE_EXAMPLES";

/// Answers by operation, as they stand in the document.
#[derive(Default)]
struct Shown {
    answers: Map<String, Value>,
    ids: Vec<String>,
}

impl Shown {
    /// Notes an answer and gives it whole.
    async fn note(&mut self, id: &str, call: Call<'_>) -> Answer {
        let answer = call.header("accept-language", "en").send().await;
        assert!((200..300).contains(&answer.status), "{id}: {answer:?}");
        let shown = match answer.header("content-type").starts_with("application/json") {
            true => self.shortened(id, answer.json()),
            false => json!(answer.text),
        };
        self.answers.insert(id.to_owned(), shown);
        answer
    }

    /// Long lists cut, secrets and ids of this run replaced.
    fn shortened(&mut self, name: &str, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name.clone(), self.shortened(&name, value))).collect()
            }
            Value::Array(items) => {
                let longest = match name {
                    "weeks" => 2,
                    "days" => 7,
                    "past" | "coming" | "with_payment" | "sections" => 3,
                    _ => 4,
                };
                Value::Array(items.into_iter().take(longest).map(|item| self.shortened(name, item)).collect())
            }
            Value::String(_) if name == "url" => json!("https://bank.example.com/pay/one"),
            Value::String(_) if matches!(name, "access_token" | "refresh_token" | "x" | "kid") => {
                json!(match name {
                    "access_token" => "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJpc3MiOiJjYWJpbmV0In0.c2lnbmF0dXJl",
                    "refresh_token" => "0Zt3pq8V5m1cYkX2uHfWbS7dLrQeJnGa",
                    "x" => "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                    _ => "2026-11-10",
                })
            }
            Value::String(text) if Uuid::parse_str(&text).is_ok() => {
                let known = self.ids.iter().position(|id| *id == text);
                let place = known.unwrap_or_else(|| {
                    self.ids.push(text);
                    self.ids.len() - 1
                });
                json!(format!("0198f2a1-7c3e-7d51-9a53-{place:012}"))
            }
            other => other,
        }
    }
}

#[test]
fn examples_are_what_the_demo_answers() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open_demo(bench.store.clone()).await;
        let mut shown = Shown::default();
        for (id, path) in [
            ("getLiveness", "/api/v1/health/live"),
            ("getReadiness", "/api/v1/health/ready"),
            ("getProvider", "/api/v1/provider"),
            ("listTariffs", "/api/v1/tariffs"),
            ("getHelp", "/api/v1/help"),
            ("getKeys", "/.well-known/jwks.json"),
            ("getSecurityContact", "/.well-known/security.txt"),
        ] {
            shown.note(id, cabinet.get(path)).await;
        }
        let pair = json!({ "login": "0000", "password": demo::PASSWORD, "delivery": "body" });
        let tokens = shown.note("signIn", cabinet.post("/api/v1/auth/sign-in").json(&pair)).await.json();
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let tokens = shown.note("renewSession", cabinet.post("/api/v1/auth/renew").json(&refresh)).await.json();
        let text = |member: &str| tokens[member].as_str().expect("a token").to_owned();
        let person = Person {
            id: Uuid::nil(),
            contract: "0000".to_owned(),
            token: text("access_token"),
            refresh: text("refresh_token"),
        };
        for (id, path) in [
            ("getOverview", "/api/v1/me"),
            ("getStatement", "/api/v1/me/statement?month=2014-12"),
            ("getForecast", "/api/v1/me/forecast?days=45"),
            ("listEntries", "/api/v1/me/entries?from=2014-12-01&to=2014-12-31&limit=3"),
            ("getEntry", "/api/v1/me/entries/2"),
            ("getProfile", "/api/v1/me/profile"),
            ("getSettings", "/api/v1/me/settings"),
            ("listSessions", "/api/v1/me/sessions"),
            ("listMyTariffs", "/api/v1/me/tariffs"),
            ("listBills", "/api/v1/me/bills?limit=2"),
            ("getBill", "/api/v1/me/bills/2014-12"),
            ("previewPayment", "/api/v1/me/payments/preview?amount=100.00"),
        ] {
            shown.note(id, cabinet.get(path).by(&person)).await;
        }
        let of = |method: Method, path: &str, body: Value| cabinet.call(method, path).by(&person).json(&body);
        let profile = json!({ "phones": "0-00-00;000-00-00", "address": "вул. Миру 1" });
        shown.note("updateProfile", of(Method::PATCH, "/api/v1/me/profile", profile)).await;
        let settings = json!({ "language": "uk", "theme": "dark" });
        shown.note("updateSettings", of(Method::PUT, "/api/v1/me/settings", settings)).await;
        let wish = json!({ "amount": "100.00", "method": "sandbox" });
        let ordered = of(Method::POST, "/api/v1/me/payments", wish).key("pay");
        let ordered = shown.note("createPayment", ordered).await.json();
        let path = format!("/api/v1/me/payments/{}", ordered["id"].as_str().expect("an id"));
        shown.note("getPayment", cabinet.get(&path).by(&person)).await;
        shown.note("listPayments", cabinet.get("/api/v1/me/payments").by(&person)).await;
        let wish = json!({ "tariff": "home-10" });
        let quoted = of(Method::POST, "/api/v1/me/tariff-change/quote", wish);
        let quote = shown.note("quoteTariffChange", quoted).await.json();
        let path = format!("/api/v1/me/quotes/{}", quote["id"].as_str().expect("an id"));
        shown.note("getQuote", cabinet.get(&path).by(&person)).await;
        shown.note("confirmQuote", cabinet.post(&format!("{path}/confirm")).by(&person).key("one")).await;
        shown.note("listOrders", cabinet.get("/api/v1/me/orders").by(&person)).await;
        let cancel = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("two");
        shown.note("cancelTariffChange", cancel).await;
        let password = json!({ "old_password": demo::PASSWORD, "new_password": "tykha-richka-2015" });
        shown.note("changePassword", of(Method::PUT, "/api/v1/me/password", password)).await;
        shown.note("startRecovery", cabinet.post("/api/v1/auth/recovery").json(&json!({ "login": "0000" }))).await;
        cabinet.close().await;
        bench.close().await;

        let text = format!("{:#}\n", Value::Object(shown.answers));
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(FILE, &text).expect("writes");
        }
        let kept = std::fs::read_to_string(FILE).expect("reads");
        assert!(kept == text, "examples.json is old: run this test with {WRITE}=1 and look at the difference");
    });
}

#[test]
fn every_answer_has_an_example_that_fits_its_schema() {
    for operation in conform::operations() {
        let told = &operation.told;
        for (status, answer) in told["responses"].as_object().expect("responses") {
            for (kind, media) in answer["content"].as_object().into_iter().flatten() {
                let one = media.get("example").into_iter();
                let many = media["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                let examples: Vec<&Value> = one.chain(many).collect();
                assert!(!examples.is_empty(), "{} {status}: no example", operation.id);
                for example in examples {
                    let fits = conform::fits(&media["schema"], example, "$");
                    assert_eq!(fits, Ok(()), "{} {status} {kind}", operation.id);
                }
            }
        }
        if let Some(schema) = operation.body() {
            let example = &told["requestBody"]["content"]["application/json"]["example"];
            assert_eq!(conform::fits(schema, example, "$"), Ok(()), "{}", operation.id);
        }
        for parameter in ["path", "query", "header"].into_iter().flat_map(|kind| operation.parameters(kind)) {
            let name = &parameter["name"];
            let example = parameter.get("example").unwrap_or_else(|| panic!("{} {name}: no example", operation.id));
            assert_eq!(conform::fits(&parameter["schema"], example, "$"), Ok(()), "{} {name}", operation.id);
        }
    }
}

#[test]
fn every_problem_a_description_names_is_shown() {
    for operation in conform::operations() {
        for (status, answer) in operation.told["responses"].as_object().expect("responses") {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            let examples = answer["content"]["application/problem+json"]["examples"].as_object().expect("examples");
            let shown: Vec<&str> = examples.values().filter_map(|example| example["value"]["code"].as_str()).collect();
            for example in examples.values() {
                assert_eq!(example["value"]["status"].to_string(), *status, "{} {status}", operation.id);
            }
            let description = answer["description"].as_str().expect("a description");
            let word =
                |text: &&str| text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            for code in description.split('`').skip(1).step_by(2).filter(word).filter(|word| *word != "request_id") {
                assert!(shown.contains(&code), "{} {status}: {code} has no example", operation.id);
            }
        }
    }
}
