//! Requests made of the document: other people's ids, fields nobody declared, and odd requests of every operation.

use crate::conform::{self, Operation};
use crate::harness::{Answer, Cabinet, Call, Person, TODAY};
use cabinet_contract::paths;
use cabinet_core::staff::Role;
use cabinet_core::support::NewsKind;
use cabinet_service::Chance;
use cabinet_service::tell_news::{NewNotice, Words};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use time::macros::{date, time};

/// An id that was never given.
const ABSENT: &str = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7";

/// A problem without what names its request.
fn told(answer: &Answer) -> Value {
    let mut problem = answer.json();
    problem["request_id"] = Value::Null;
    problem["instance"] = Value::Null;
    problem
}

/// A key that was not used before.
fn key() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

fn is_of_staff(operation: &Operation) -> bool {
    operation.path.starts_with(paths::STAFF)
}

/// A call of an operation by somebody, with the example of its body.
fn call<'c>(cabinet: &'c Cabinet, operation: &Operation, path: &str, person: &Person) -> Call<'c> {
    let mut call = cabinet.call(operation.method.clone(), path).by(person).key(&key());
    if operation.body().is_some() {
        call = call.json(&operation.told["requestBody"]["content"]["application/json"]["example"]);
    }
    call
}

/// What a subscriber has, to see that nothing of it moved.
async fn everything(cabinet: &Cabinet, person: &Person) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in ["", "/profile", "/settings", "/orders", "/sessions", "/entries", "/payments", "/bills", "/tariffs"] {
        let answer = cabinet.get(&format!("/api/v1/me{path}")).by(person).send().await;
        assert_eq!(answer.status, 200, "{path}");
        seen.push(answer.json());
    }
    seen
}

on_both! {
    async fn the_ids_of_others_are_as_good_as_none(store) {
        let cabinet = Cabinet::open(store).await;
        // The owner has a bill of November, the other has none.
        cabinet.at(date!(2026 - 10 - 20), time!(12:00));
        let owner = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.at(TODAY, time!(12:00));
        cabinet.service().run_day(TODAY, |_, _| ()).await.unwrap();
        let owner = cabinet.again(&owner).await;
        let other = cabinet.person("1002", "home-20", 100_00).await;
        for _ in 0..3 {
            cabinet.service().pay_cash(cabinet_service::Actor::Staff, owner.id, cabinet_core::Money::from_kopecks(1_00), None).await.unwrap();
        }
        let turbo = cabinet.post("/api/v1/me/turbo/quote").by(&owner).json(&json!({ "option": "3h" })).send().await.json();
        let turbo = cabinet.post(&format!("/api/v1/me/quotes/{}/confirm", turbo["id"].as_str().unwrap())).by(&owner).key("t").send().await.json();
        let quote = cabinet.post("/api/v1/me/tariff-change/quote").by(&owner).json(&json!({ "tariff": "home-50" })).send().await.json();
        let wish = json!({ "amount": "10.00", "method": "sandbox" });
        let payment = cabinet.post("/api/v1/me/payments").by(&owner).key("p").json(&wish).send().await.json();
        let file = cabinet.post("/api/v1/me/ticket-files").by(&owner).header("content-type", "application/octet-stream").raw("x").send().await.json();
        let asked = json!({ "topic": "other", "text": "Питання", "files": [file["id"]] });
        let ticket = cabinet.post("/api/v1/me/tickets").by(&owner).key("ticket").json(&asked).send().await.json();
        let elsewhere = NewNotice {
            kind: NewsKind::News,
            uk: Words { title: "Чуже".to_owned(), body: String::new() },
            ru: None,
            en: None,
            places: "вул. Чужа".to_owned(),
            from: None,
            until: None,
            works: None,
        };
        let elsewhere = cabinet.service().add_news(cabinet_service::Actor::Staff, &elsewhere).await.unwrap().value.id;
        let browser = cabinet_gateways::testing::push_service::Browser::new(1);
        let keys = json!({ "p256dh": browser.p256dh(), "auth": browser.auth() });
        let browser = json!({ "endpoint": "https://fcm.googleapis.com/fcm/send/1", "keys": keys });
        let push = cabinet.post("/api/v1/me/push").by(&owner).json(&browser).send().await.json();
        let sessions = cabinet.get("/api/v1/me/sessions").by(&owner).send().await.json();
        let entries = cabinet.get("/api/v1/me/entries").by(&owner).send().await.json();
        let before = everything(&cabinet, &owner).await;
        let has_id = |one: &Operation| one.path.contains("{id}") || one.path.contains("{seq}");
        for operation in conform::operations().into_iter().filter(|one| has_id(one) && !is_of_staff(one)) {
            let (name, owned, absent) = match operation.id.as_str() {
                "getQuote" | "confirmQuote" => ("{id}", quote["id"].clone(), ABSENT),
                "undoOrder" => ("{id}", turbo["id"].clone(), ABSENT),
                "getPayment" | "getReceiptPdf" => ("{id}", payment["id"].clone(), ABSENT),
                "getTicket" | "writeMessage" | "markTicketRead" | "getTicketFile" => ("{id}", ticket["ticket"].clone(), ABSENT),
                "markNewsRead" => ("{id}", json!(elsewhere), ABSENT),
                "removePushDevice" => ("{id}", push["devices"][0]["id"].clone(), ABSENT),
                "endSession" => ("{id}", sessions["items"][0]["id"].clone(), ABSENT),
                "getBill" | "getBillPdf" => ("{id}", json!("2026-11"), "1999-01"),
                "getEntry" => ("{seq}", entries["items"][0]["seq"].clone(), "999999"),
                unknown => panic!("{unknown} takes an id: name one that belongs to somebody else"),
            };
            let owned = owned.as_str().map_or_else(|| owned.to_string(), str::to_owned);
            let path = operation.path.replace("{file}", file["id"].as_str().unwrap());
            let foreign = call(&cabinet, &operation, &path.replace(name, &owned), &other).send().await;
            let absent = call(&cabinet, &operation, &path.replace(name, absent), &other).send().await;
            assert_eq!(foreign.problem(), "404 not_found", "{}", operation.id);
            assert_eq!(told(&foreign), told(&absent), "{}", operation.id);
        }
        assert_eq!(everything(&cabinet, &owner).await, before);
        let own = cabinet.post(&format!("/api/v1/me/quotes/{}/confirm", quote["id"].as_str().unwrap())).by(&owner).key("k").send().await;
        assert_eq!(own.status, 200);
        cabinet.close().await;
    }

    async fn fields_that_are_not_declared_are_refused(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let admin = cabinet.employee(Role::Admin).await;
        let before = everything(&cabinet, &person).await;
        let mut bodies = 0;
        for operation in conform::operations() {
            let caller = if is_of_staff(&operation) { &admin } else { &person };
            let Some(schema) = operation.body() else { continue };
            bodies += 1;
            let declared = conform::properties(schema);
            let example = &operation.told["requestBody"]["content"]["application/json"]["example"];
            for extra in ["balance", "credit", "tariff_id", "role", "price", "account_id", "must_change", "contract", "__proto__"] {
                if is_of_staff(&operation) && declared.iter().any(|name| name == extra) {
                    continue;
                }
                assert!(!declared.iter().any(|name| name == extra), "{}: {extra}", operation.id);
                let mut body = example.clone();
                body[extra] = json!("1000.00");
                let path = operation.path.replace("{id}", ABSENT).replace("{request}", ABSENT).replace("{ticket}", ABSENT).replace("{seq}", "1");
                let answer = call(&cabinet, &operation, &path, caller).json(&body).send().await;
                assert_eq!(answer.problem(), "422 invalid", "{} {extra}", operation.id);
                assert_eq!(answer.json()["details"]["fields"], json!({ extra: "unknown" }), "{}", operation.id);
            }
        }
        assert!(bodies >= 10, "{bodies}");
        assert_eq!(everything(&cabinet, &person).await, before);
        cabinet.close().await;
    }

    async fn odd_requests_are_answered_as_the_document_tells(store) {
        // Sign-ins that fail by the hundred must not slow the others down here.
        let cabinet = Cabinet::open_with(store, |config| {
            config.access.requests_per_minute = 0;
            config.access.contract_free_failures = 100_000;
            config.access.address_free_failures = 100_000;
            config.access.global_failures_per_minute = 100_000;
        }).await;
        let odd = Odd(Chance::seeded(2014));
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let admin = cabinet.employee(Role::Admin).await;
        for operation in conform::operations() {
            // A fresh session for each: some of these requests end the one they come by.
            let person = cabinet.again(if is_of_staff(&operation) { &admin } else { &person }).await;
            for number in 0..ROUNDS {
                let answer = odd.request(&cabinet, &operation, &person).send().await;
                assert!(answer.status < 500, "{} {number}: {answer:?}", operation.id);
            }
        }
        cabinet.close().await;
    }
}

/// Odd requests of each operation.
const ROUNDS: usize = 30;

/// Chooses, by a seed, what is odd about a request.
struct Odd(Chance);

const TEXTS: [&str; 22] = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "9223372036854775808",
    "1e309",
    "NaN",
    "null",
    "true",
    "2014-12",
    "2014-02-30",
    "9999-12",
    "' OR 1=1--",
    "%00",
    "%",
    "..",
    "\u{202e}",
    "🦊",
    "1\r\n2",
    ABSENT,
    "home-50",
];

impl Odd {
    fn one_in(&self, many: u64) -> bool {
        self.0.below(many) == 0
    }

    fn text(&self) -> String {
        match self.0.below(24) {
            22 => "x".repeat(self.0.below(3000) as usize),
            23 => (0..self.0.below(20)).filter_map(|_| char::from_u32(self.0.below(0x11_0000) as u32)).collect(),
            place => TEXTS[place as usize].to_owned(),
        }
    }

    fn value(&self) -> Value {
        match self.0.below(9) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => json!(-1),
            3 => json!(1.5),
            4 => json!(u64::MAX),
            5 => json!([self.text()]),
            6 => json!({ "a": self.text() }),
            _ => json!(self.text()),
        }
    }

    /// The example, with some members changed, taken away or added.
    fn body(&self, example: &Value) -> Value {
        let mut body = example.clone();
        if self.one_in(12) {
            return self.value();
        }
        let names: Vec<String> = body.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        for name in names {
            match self.0.below(4) {
                0 => body[&name] = self.value(),
                1 => body[&name] = json!(self.text()),
                2 if self.one_in(2) => drop(body.as_object_mut().and_then(|members| members.remove(&name))),
                _ => {}
            }
        }
        if self.one_in(8) {
            body["more"] = self.value();
        }
        body
    }

    fn request<'c>(&self, cabinet: &'c Cabinet, operation: &Operation, person: &Person) -> Call<'c> {
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let mut path = operation.path.clone();
        for parameter in operation.parameters("path") {
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap_or_default());
            let text = if self.one_in(2) { ABSENT.to_owned() } else { escaped(&self.text()) };
            path = path.replace(&name, &text);
        }
        let mut query = Vec::new();
        for parameter in operation.parameters("query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            match self.0.below(3) {
                0 => query.push(format!("{name}={}", escaped(&self.text()))),
                1 => query.push(format!("{name}={}", parameter["example"].to_string().trim_matches('"'))),
                _ => {}
            }
        }
        if self.one_in(8) {
            query.push(format!("{}={}", escaped(&self.text()), escaped(&self.text())));
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let mut call = cabinet.call(operation.method.clone(), &path);
        match self.0.below(8) {
            0 => {}
            1 => call = call.header("authorization", "Bearer x.y.z"),
            _ => call = call.by(person),
        }
        match self.0.below(4) {
            0 => {}
            1 => call = call.key("a b"),
            _ => call = call.key(&self.0.uuid_v7(cabinet.state.service.now().instant).to_string()),
        }
        if self.one_in(6) {
            call = call.header("accept-language", "en;q=2,*;q=x").header("if-none-match", "*");
        }
        let sends = operation.body().is_some() || (operation.method != Method::GET && self.one_in(4));
        match (sends, self.0.below(10)) {
            (false, _) => call,
            (true, 0) => call.header("content-type", "text/plain").raw(self.text()),
            (true, 1) => call.header("content-type", "application/json").raw(self.text()),
            (true, _) => {
                let example = &operation.told["requestBody"]["content"]["application/json"]["example"];
                call.json(&self.body(example))
            }
        }
    }
}
