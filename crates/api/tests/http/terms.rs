//! The catalogue and the policy as staff edit them, and a subscriber's bills as staff read them.

use crate::bills::billed;
use crate::conform;
use crate::documents::with_requisites;
use crate::harness::{Answer, Cabinet, PASSWORD, Person};
use cabinet_client::Client;
use cabinet_contract::staff_catalogue::ReplaceCatalogue;
use cabinet_contract::staff_policy::ReplacePolicy;
use cabinet_core::staff::Role;
use cabinet_core::{Money, Policy};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};
use uuid::Uuid;

const CATALOGUE: &str = "/api/v1/staff/catalogue";
const POLICY: &str = "/api/v1/staff/policy";

async fn read(cabinet: &Cabinet, who: &Person, path: &str) -> Value {
    cabinet.get(path).by(who).send().await.json()
}

async fn put(cabinet: &Cabinet, who: &Person, path: &str, body: &Value) -> Answer {
    cabinet.call(Method::PUT, path).by(who).json(body).send().await
}

/// What is sent back of what was read.
fn edited(read: &Value, part: &str) -> Value {
    json!({ "revision": read["revision"], part: read[part] })
}

/// Rows of the log of an act, the newest first.
async fn log(cabinet: &Cabinet, admin: &Person, act: &str) -> Vec<Value> {
    let rows = read(cabinet, admin, &format!("/api/v1/staff/audit?act={act}")).await;
    rows["items"].as_array().unwrap().clone()
}

/// The one field a refusal names, with the rule it breaks.
fn field(answer: &Answer) -> (String, String) {
    assert_eq!(answer.problem(), "422 invalid", "{answer:?}");
    let details = &answer.json()["details"];
    let fields = details["fields"].as_object().unwrap();
    assert_eq!(fields.len(), 1, "{fields:?}");
    let (name, what) = fields.iter().next().unwrap();
    (format!("{name} {}", what.as_str().unwrap()), details["why"].as_str().unwrap_or_default().to_owned())
}

/// A member somewhere below.
fn at<'v>(value: &'v mut Value, pointer: &str) -> &'v mut Value {
    value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"))
}

async fn quote(cabinet: &Cabinet, who: &Person, tariff: &str) -> Value {
    let wish = json!({ "tariff": tariff });
    cabinet.post("/api/v1/me/tariff-change/quote").by(who).json(&wish).send().await.json()
}

/// The public fee of a tariff; nothing where it is not offered.
async fn fee(cabinet: &Cabinet, code: &str) -> Option<String> {
    let told = cabinet.get("/api/v1/tariffs").send().await.json();
    let found = told["items"].as_array().unwrap().iter().find(|one| one["code"] == code)?;
    Some(found["monthly_fee"].as_str().unwrap().to_owned())
}

on_both! {
    async fn a_fee_is_changed_from_the_first_and_quoted_so(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 300_00).await;
        let manager = cabinet.employee(Role::Manager).await;
        let admin = cabinet.employee(Role::Admin).await;
        let before = read(&cabinet, &manager, CATALOGUE).await;
        assert_eq!((&before["fees_from"], &before["announced"]), (&json!("2026-12-01"), &json!([])));
        let mut wished = edited(&before, "tariffs");
        *at(&mut wished, "/tariffs/2/monthly_fee") = json!("70.00");
        *at(&mut wished, "/tariffs/0/name") = json!(" Легкий ");
        let tariffs = wished["tariffs"].as_array_mut().unwrap();
        let mut new = tariffs.remove(3);
        new["code"] = json!("home-200");
        new["free_turbo"] = json!({ "option": "3h", "per_month": 2 });
        tariffs.insert(0, new);
        let after = put(&cabinet, &manager, CATALOGUE, &wished).await;
        assert_eq!(after.status, 200, "{after:?}");
        let after = after.json();
        assert_eq!(after, read(&cabinet, &admin, CATALOGUE).await);
        assert_ne!(after["revision"], before["revision"]);
        assert_eq!(after["announced"], json!([{ "tariff": "home-50", "before": "65.00", "after": "70.00" }]));
        let tariffs = after["tariffs"].as_array().unwrap();
        let codes: Vec<&str> = tariffs.iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["home-200", "home-10", "home-20", "home-50", "home-100"]);
        assert_eq!((&tariffs[1]["name"], &tariffs[4]["offered"]), (&json!("Легкий"), &json!(false)));
        assert_eq!(tariffs[0]["free_turbo"], json!({ "option": "3h", "per_month": 2 }));

        let rows = log(&cabinet, &admin, "catalogue.import").await;
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0]["staff"], &rows[0]["actor"]), (&json!("manager"), &json!("staff")));
        assert_eq!(rows[0]["details"]["fees_changed"], "1");

        assert_eq!(fee(&cabinet, "home-50").await.as_deref(), Some("65.00"), "the present month is left alone");
        assert_eq!(fee(&cabinet, "home-200").await.as_deref(), Some("80.00"), "what is new holds at once");
        assert_eq!(fee(&cabinet, "home-100").await, None, "what is missing is no longer offered");
        let quoted = quote(&cabinet, &person, "home-50").await;
        assert_eq!((&quoted["starts_on"], &quoted["per_day_after"]["max"]), (&json!("2026-11-11"), &json!("2.17")));
        cabinet.at(date!(2026 - 11 - 30), time!(12:00));
        let person = cabinet.again(&person).await;
        let quoted = quote(&cabinet, &person, "home-50").await;
        assert_eq!((&quoted["starts_on"], &quoted["per_day_after"]["max"]), (&json!("2026-12-01"), &json!("2.26")));
        cabinet.at(date!(2026 - 12 - 01), time!(12:00));
        assert_eq!(fee(&cabinet, "home-50").await.as_deref(), Some("70.00"));
        cabinet.close().await;
    }

    async fn a_catalogue_edited_twice_loses_neither_edit(store) {
        let cabinet = Cabinet::open(store).await;
        let manager = cabinet.employee(Role::Manager).await;
        let admin = cabinet.employee(Role::Admin).await;
        let before = read(&cabinet, &manager, CATALOGUE).await;
        let (mut one, mut other) = (edited(&before, "tariffs"), edited(&before, "tariffs"));
        *at(&mut one, "/tariffs/0/monthly_fee") = json!("45.00");
        *at(&mut other, "/tariffs/1/name") = json!("Інша назва");
        let first = put(&cabinet, &manager, CATALOGUE, &one).await.json();
        assert_eq!(put(&cabinet, &admin, CATALOGUE, &other).await.problem(), "409 edit_stale");
        assert_eq!(read(&cabinet, &admin, CATALOGUE).await, first, "nothing of the second was taken");
        let again = put(&cabinet, &manager, CATALOGUE, &one).await;
        assert_eq!((again.status, again.json()), (200, first.clone()), "an answer that was lost is given again");
        assert_eq!(log(&cabinet, &admin, "catalogue.import").await.len(), 1);
        other["revision"] = first["revision"].clone();
        *at(&mut other, "/tariffs/0/monthly_fee") = json!("45.00");
        assert_eq!(put(&cabinet, &admin, CATALOGUE, &other).await.status, 200);

        let november = read(&cabinet, &manager, CATALOGUE).await;
        let mut late = edited(&november, "tariffs");
        *at(&mut late, "/tariffs/3/monthly_fee") = json!("90.00");
        cabinet.at(date!(2026 - 12 - 01), time!(0:01));
        let manager = cabinet.again(&manager).await;
        let told = put(&cabinet, &manager, CATALOGUE, &late).await;
        assert_eq!(told.problem(), "409 edit_stale", "a fee meant for December is not one of January");
        cabinet.close().await;
    }

    async fn a_catalogue_is_taken_whole_or_not_at_all(store) {
        let cabinet = Cabinet::open(store).await;
        let manager = cabinet.employee(Role::Manager).await;
        let before = read(&cabinet, &manager, CATALOGUE).await;
        let long = "я".repeat(81);
        let free = json!({ "option": "3h", "per_month": 0 });
        for (pointer, value, named, why) in [
            ("/tariffs/1/code", json!("Home 20"), "tariffs[1].code invalid", "1 to 40 of a-z"),
            ("/tariffs/1/code", json!("home-10"), "tariffs[1].code invalid", "named twice"),
            ("/tariffs/0/name", json!("  "), "tariffs[0].name invalid", "1 to 80 characters"),
            ("/tariffs/0/name", json!(long), "tariffs[0].name invalid", "1 to 80 characters"),
            ("/tariffs/3/monthly_fee", json!("-1.00"), "tariffs[3].monthly_fee invalid", "between 0.00"),
            ("/tariffs/3/monthly_fee", json!("1000000.01"), "tariffs[3].monthly_fee invalid", "between 0.00"),
            ("/tariffs/3/monthly_fee", json!("80.005"), "tariffs[3].monthly_fee invalid", ""),
            ("/tariffs/3/monthly_fee", json!(80), "tariffs[3].monthly_fee wrong_type", ""),
            ("/tariffs/2/down_mbps", json!(0), "tariffs[2].down_mbps invalid", "between 1"),
            ("/tariffs/2/up_mbps", json!(1_000_001), "tariffs[2].up_mbps invalid", "between 1"),
            ("/tariffs/2/group", json!("г".repeat(41)), "tariffs[2].group invalid", "40 characters"),
            ("/tariffs/2/free_turbo", free, "tariffs[2].free_turbo invalid", "1 to 1000"),
            ("/tariffs", json!([]), "tariffs invalid", "no tariff"),
        ] {
            let mut wished = edited(&before, "tariffs");
            *at(&mut wished, "/tariffs/0/monthly_fee") = json!("41.00");
            match pointer.rsplit_once('/') {
                Some((parent, "free_turbo")) => at(&mut wished, parent)["free_turbo"] = value,
                _ => *at(&mut wished, pointer) = value,
            }
            let (told, rule) = field(&put(&cabinet, &manager, CATALOGUE, &wished).await);
            assert_eq!(told, named);
            assert!(rule.contains(why), "{named}: {rule}");
        }
        for (member, gone) in [("offered", true), ("group", true), ("color", false)] {
            let mut wished = edited(&before, "tariffs");
            let tariff = at(&mut wished, "/tariffs/1").as_object_mut().unwrap();
            let named = match gone {
                true => tariff.remove(member).map(|_| "missing"),
                false => tariff.insert(member.to_owned(), json!("red")).is_none().then_some("unknown"),
            };
            let (told, _) = field(&put(&cabinet, &manager, CATALOGUE, &wished).await);
            assert_eq!(told, format!("tariffs[1].{member} {}", named.unwrap()));
        }
        let without = json!({ "tariffs": before["tariffs"] });
        assert_eq!(field(&put(&cabinet, &manager, CATALOGUE, &without).await).0, "revision missing");
        assert_eq!(read(&cabinet, &manager, CATALOGUE).await, before);
        cabinet.close().await;
    }

    async fn a_policy_is_in_force_at_the_next_quote(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 300_00).await;
        let manager = cabinet.employee(Role::Manager).await;
        let admin = cabinet.employee(Role::Admin).await;
        let old = quote(&cabinet, &person, "home-10").await;
        assert_eq!(old["lines"][0]["amount"], "25.00");
        let before = read(&cabinet, &manager, POLICY).await;
        let (mut one, mut other) = (edited(&before, "settings"), edited(&before, "settings"));
        one["settings"]["downgrade_price"] = json!("30.05");
        one["settings"]["downgrade_start"] = json!("next_day");
        other["settings"]["pause_price"] = json!("15.00");
        let first = put(&cabinet, &manager, POLICY, &one).await;
        assert_eq!(first.status, 200, "{first:?}");
        let first = first.json();
        assert_eq!((&first["settings"], first["revision"] == before["revision"]), (&one["settings"], false));
        let fresh = quote(&cabinet, &person, "home-10").await;
        assert_eq!((&fresh["lines"][0]["amount"], &fresh["starts_on"]), (&json!("30.05"), &json!("2026-11-11")));
        let path = format!("/api/v1/me/quotes/{}/confirm", old["id"].as_str().unwrap());
        assert_eq!(cabinet.post(&path).by(&person).key("old").send().await.problem(), "409 quote_stale");

        assert_eq!(put(&cabinet, &admin, POLICY, &other).await.problem(), "409 edit_stale");
        assert_eq!(put(&cabinet, &manager, POLICY, &one).await.json(), first, "an answer that was lost is given again");
        assert_eq!(read(&cabinet, &admin, POLICY).await, first);
        let rows = log(&cabinet, &admin, "policy.import").await;
        assert_eq!((rows.len(), &rows[0]["staff"]), (1, &json!("manager")));
        assert_eq!(rows[0]["details"]["settings"], "[\"downgrade_price\",\"downgrade_start\"]");
        cabinet.close().await;
    }

    async fn a_policy_is_taken_whole_or_not_at_all(store) {
        let cabinet = Cabinet::open_with(store, |config| config.access.requests_per_minute = 0).await;
        let manager = cabinet.employee(Role::Manager).await;
        let before = read(&cabinet, &manager, POLICY).await;
        let settings = before["settings"].as_object().unwrap();
        assert!(settings.len() >= 45);
        for name in settings.keys() {
            let mut wished = edited(&before, "settings");
            wished["settings"].as_object_mut().unwrap().remove(name);
            let told = field(&put(&cabinet, &manager, POLICY, &wished).await).0;
            assert_eq!(told, format!("settings.{name} missing"), "none falls back to its default unnoticed");
        }
        for (name, value, what, why) in [
            ("pause_least_days", json!(181), "invalid", "1 day to pause_most_days"),
            ("password_min", json!(-1), "invalid", "8 to 64 characters"),
            ("promise_price", json!("-5.00"), "invalid", "0.00 or more"),
            ("missed_days", json!("sometimes"), "invalid", ""),
            ("undo_minutes", json!("10"), "wrong_type", ""),
            ("color", json!("red"), "unknown", ""),
        ] {
            let mut wished = edited(&before, "settings");
            wished["settings"][name] = value;
            let told = field(&put(&cabinet, &manager, POLICY, &wished).await);
            assert_eq!(told, (format!("settings.{name} {what}"), why.to_owned()));
        }
        assert_eq!(read(&cabinet, &manager, POLICY).await, before);
        cabinet.close().await;
    }

    async fn staff_read_a_subscribers_bills_as_the_subscriber_does(store) {
        let cabinet = Cabinet::open_with(store, with_requisites).await;
        let person = billed(&cabinet).await;
        cabinet.at(date!(2026 - 12 - 01), time!(12:00));
        cabinet.service().run_day(date!(2026 - 12 - 01), |_, _| ()).await.unwrap();
        let person = cabinet.again(&person).await;
        let bills = format!("/api/v1/staff/subscribers/{}/bills", person.id);
        for role in Role::ALL {
            let member = cabinet.employee(role).await;
            let get = async |rest: &str| cabinet.get(&format!("{bills}{rest}")).by(&member).send().await;
            let own = async |rest: &str| cabinet.get(&format!("/api/v1/me/bills{rest}")).by(&person).send().await;
            let listed = get("").await.json();
            assert_eq!(listed, own("").await.json());
            assert_eq!(listed["items"].as_array().unwrap().len(), 2);
            let first = get("?limit=1").await.json();
            assert_eq!((&first["items"][0]["id"], &first["next"]), (&json!("2026-12"), &json!("2026-12")));
            let second = get("?limit=1&cursor=2026-12").await.json();
            assert_eq!((&second["items"][0]["id"], &second["next"]), (&json!("2026-11"), &json!(null)));
            assert_eq!(get("/2026-11").await.json(), own("/2026-11").await.json());
            let pdf = get("/2026-11/pdf").await;
            assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
            assert_eq!(pdf.header("content-disposition"), "attachment; filename=\"bill-1001-2026-11.pdf\"");
            assert!(pdf.bytes == own("/2026-11/pdf").await.bytes, "the same file");
            for (path, problem) in [
                ("/2026-10", "404 not_found"), ("/2026-10/pdf", "404 not_found"), ("/november", "400 bad_request"),
                ("/november/pdf", "400 bad_request"), ("?limit=0", "400 bad_request"), ("?cursor=x", "400 bad_request"),
            ] {
                assert_eq!(get(path).await.problem(), problem, "{path}");
            }
            let nobody = format!("/api/v1/staff/subscribers/{}/bills/2026-11", Uuid::nil());
            assert_eq!(cabinet.get(&nobody).by(&member).send().await.problem(), "404 not_found");
        }
        assert_eq!(cabinet.get(&bills).by(&person).send().await.problem(), "403 not_permitted");
        cabinet.close().await;
    }

    async fn the_typed_client_edits_and_reads(store) {
        let cabinet = Cabinet::open_with(store, with_requisites).await;
        let person = billed(&cabinet).await;
        cabinet.employee(Role::Manager).await;
        let client = Client::new(&cabinet.base);
        client.sign_in("manager", PASSWORD).await.unwrap();
        let read = client.catalogue().await.unwrap();
        let mut wished = ReplaceCatalogue { revision: read.revision, tariffs: read.tariffs };
        wished.tariffs[0].monthly_fee = Money::from_kopecks(45_00);
        let answer = client.replace_catalogue(&wished).await.unwrap();
        assert_eq!((&answer.tariffs, answer.announced.len()), (&wished.tariffs, 1));
        wished.tariffs[0].monthly_fee = Money::from_kopecks(46_00);
        assert_eq!(client.replace_catalogue(&wished).await.unwrap_err().code(), Some("edit_stale"));
        let read = client.policy().await.unwrap();
        assert_eq!(read.settings.clone().policy(), Ok(Policy::default()));
        let mut wished = ReplacePolicy { revision: read.revision, settings: read.settings };
        wished.settings.notices_per_day = 7;
        assert_eq!(client.replace_policy(&wished).await.unwrap().settings, wished.settings);
        let page = client.subscriber_bills(person.id, None).await.unwrap();
        let bill = client.subscriber_bill(person.id, page.items[0].id).await.unwrap();
        assert_eq!(bill.brief, page.items[0]);
        assert_eq!(client.subscriber_bill_pdf(person.id, bill.brief.id).await.unwrap().name, "bill-1001-2026-11.pdf");
        cabinet.close().await;
    }
}

#[test]
fn the_document_tells_the_ranges_that_are_checked() {
    let schema = &conform::document()["components"]["schemas"]["PolicySettings"]["properties"];
    let default = serde_json::to_value(Policy::default()).unwrap();
    let checked = |name: &str, value: i64| {
        let mut policy = default.clone();
        policy[name] = json!(value);
        let read = serde_json::from_value::<Policy>(policy).map_err(|_| name.to_owned());
        read.and_then(|policy| policy.check().map_err(|wrong| wrong.name.to_owned()))
    };
    let mut numbers = 0;
    for (name, told) in schema.as_object().unwrap().iter().filter(|(_, told)| told["type"] == "integer") {
        numbers += 1;
        let (least, most) = (told["minimum"].as_i64().unwrap(), told["maximum"].as_i64().unwrap());
        assert!(checked(name, least - 1).is_err() && checked(name, most + 1).is_err(), "{name}: {least} to {most}");
        // The shortest pause is bounded by the longest one.
        let inside = if name == "pause_least_days" { vec![least] } else { vec![least, most] };
        assert!(inside.iter().all(|value| checked(name, *value) != Err(name.clone())), "{name}: {least} to {most}");
    }
    assert!(numbers >= 30, "{numbers}");
}
