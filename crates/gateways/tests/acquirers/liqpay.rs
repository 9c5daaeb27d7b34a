//! LiqPay: vectors, states, forged notifications, and requests over HTTP.

use super::stub::{Act, Stub};
use super::{NOW, asked, checkout, only, turned, uah, verify};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_core::Language;
use cabinet_gateways::acquirer::{
    Acquirer, AcquirerSettings, Doubt, Event, Fault, Kind, Redirect, Refund, Refunded, Rejected,
};
use sha1::{Digest, Sha1};
use sha3::Sha3_256;
use std::sync::Arc;
use time::macros::datetime;

const PUBLIC: &str = "i00000000";
const PRIVATE: &str = "a4825234f4bae72a0be04eafe9e8e2bada209255";

const DATA_3: &str = "eyJhY3Rpb24iOiJwYXkiLCJwYXltZW50X2lkIjoxMDAwMDAxLCJzdGF0dXMiOiJzdWNjZXNzIiwidmVyc2lvbiI6MywidHlwZSI6ImJ1eSIsInBheXR5cGUiOiJjYXJkIiwicHVibGljX2tleSI6ImkwMDAwMDAwMCIsIm9yZGVyX2lkIjoicGF5XzAwMDEiLCJsaXFwYXlfb3JkZXJfaWQiOiJURVNUMDAwMSIsImRlc2NyaXB0aW9uIjoiMDAwMCIsImFtb3VudCI6MTAwLjAwLCJjdXJyZW5jeSI6IlVBSCIsInRyYW5zYWN0aW9uX2lkIjoxMDAwMDAxfQ==";
const SIGN_3: &str = "JtWBHBI2zZy9KIeI2y5NAp0uBDM=";
const DATA_7: &str = "eyJhY3Rpb24iOiJwYXkiLCJwYXltZW50X2lkIjoxMDAwMDAxLCJzdGF0dXMiOiJzdWNjZXNzIiwidmVyc2lvbiI6NywidHlwZSI6ImJ1eSIsInBheXR5cGUiOiJjYXJkIiwicHVibGljX2tleSI6ImkwMDAwMDAwMCIsIm9yZGVyX2lkIjoicGF5XzAwMDEiLCJsaXFwYXlfb3JkZXJfaWQiOiJURVNUMDAwMSIsImRlc2NyaXB0aW9uIjoiMDAwMCIsImFtb3VudCI6MTAwLjAwLCJjdXJyZW5jeSI6IlVBSCIsInRyYW5zYWN0aW9uX2lkIjoxMDAwMDAxfQ==";
const SIGN_7: &str = "mNi1U9iAp4M0IL0jT89CVW0iIEfJO4xhrxy2je6oPx4=";

pub fn settings(url: &str) -> AcquirerSettings {
    let mut settings = AcquirerSettings::default();
    settings.liqpay.enabled = true;
    settings.liqpay.public_key = PUBLIC.to_owned();
    settings.liqpay.private_key = Some(PRIVATE.into());
    settings.liqpay.api_url = url.to_owned();
    settings
}

fn of_version(version: u8) -> Arc<dyn Acquirer> {
    let mut settings = settings("https://www.liqpay.ua");
    settings.liqpay.version = version;
    only(&settings)
}

fn live() -> Arc<dyn Acquirer> {
    of_version(7)
}

fn sign_7(data: &str) -> String {
    STANDARD.encode(Sha3_256::digest(format!("{PRIVATE}{data}{PRIVATE}")))
}

fn form(data: &str, signature: &str) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("data", data).append_pair("signature", signature).finish().into_bytes()
}

/// A notification of this JSON, rightly signed.
fn signed(json: &str) -> Vec<u8> {
    let data = STANDARD.encode(json);
    form(&data, &sign_7(&data))
}

fn word(status: &str, amount: &str) -> String {
    format!(
        r#"{{"action":"pay","payment_id":1000001,"status":"{status}","version":7,"public_key":"{PUBLIC}","order_id":"pay_0001","amount":{amount},"currency":"UAH","create_date":1700000000000,"end_date":1700000001500}}"#
    )
}

async fn told(acquirer: &dyn Acquirer, json: &str) -> Result<Event, Rejected> {
    verify(acquirer, &[], &signed(json)).await
}

#[tokio::test]
async fn notifications_of_the_documentation() {
    for (version, data, sign) in [(3, DATA_3, SIGN_3), (7, DATA_7, SIGN_7)] {
        let event = verify(&*of_version(version), &[], &form(data, sign)).await.expect("a true notification");
        assert_eq!((event.acquirer, event.provider_txn_id.as_str()), ("liqpay", "1000001"));
        assert_eq!((event.reference.as_str(), event.kind), ("pay_0001", Kind::Paid));
        assert_eq!((event.amount, event.currency.as_str()), (uah("100.00"), "UAH"));
        assert!(event.is_sound());
    }
}

#[tokio::test]
async fn a_weaker_digest_is_never_taken_and_a_stronger_is() {
    let refused = verify(&*of_version(7), &[], &form(DATA_3, SIGN_3)).await;
    assert_eq!(refused, Err(Rejected::BadSignature));
    let weak = STANDARD.encode(Sha1::digest(format!("{PRIVATE}{DATA_7}{PRIVATE}")));
    assert_eq!(verify(&*of_version(7), &[], &form(DATA_7, &weak)).await, Err(Rejected::BadSignature));
    assert!(verify(&*of_version(3), &[], &form(DATA_7, SIGN_7)).await.is_ok());
}

#[tokio::test]
async fn states_become_kinds() {
    let live = live();
    for (status, kind, doubts) in [
        ("success", Kind::Paid, vec![]),
        ("failure", Kind::Failed, vec![]),
        ("error", Kind::Failed, vec![]),
        ("expired", Kind::Failed, vec![]),
        ("reversed", Kind::Reversed { returned: uah("37.10") }, vec![]),
        ("3ds_verify", Kind::Pending, vec![]),
        ("processing", Kind::Pending, vec![]),
        ("wait_accept", Kind::Pending, vec![Doubt::MerchantNotApproved]),
        ("sandbox", Kind::Pending, vec![Doubt::TestMoney]),
        ("subscribed", Kind::Pending, vec![Doubt::Status("subscribed".to_owned())]),
        ("SUCCESS", Kind::Pending, vec![Doubt::Status("SUCCESS".to_owned())]),
        ("", Kind::Pending, vec![Doubt::Status(String::new())]),
    ] {
        let event = told(&*live, &word(status, "37.10")).await.expect(status);
        assert_eq!((event.kind, event.doubts), (kind, doubts), "{status}");
    }
}

#[tokio::test]
async fn test_money_counts_only_in_test_mode() {
    let mut test = settings("https://www.liqpay.ua");
    test.liqpay.test_mode = true;
    let event = told(&*only(&test), &word("sandbox", "37.10")).await.expect("an event");
    assert!(event.kind == Kind::Paid && event.is_sound());
    let mut key = settings("https://www.liqpay.ua");
    key.liqpay.public_key = "sandbox_i00000000".to_owned();
    assert!(only(&key).capabilities().test);
    assert!(!live().capabilities().test);
}

#[tokio::test]
async fn another_merchant_currency_or_action_is_doubted() {
    let live = live();
    let good = word("success", "37.10");
    for (from, to, doubt) in [
        (PUBLIC, "i99999999", Doubt::Merchant),
        (r#""public_key":"i00000000","#, "", Doubt::Merchant),
        ("UAH", "USD", Doubt::Currency),
        (r#""action":"pay""#, r#""action":"hold""#, Doubt::Action("hold".to_owned())),
        (r#""action":"pay","#, "", Doubt::Action(String::new())),
    ] {
        let event = told(&*live, &good.replace(from, to)).await.expect("an event");
        assert_eq!((event.kind, event.doubts), (Kind::Paid, vec![doubt]), "{to}");
    }
}

#[tokio::test]
async fn an_event_tells_when_and_why() {
    let why = word("failure", "1").replace(r#""status""#, r#""err_code":"limit","err_description":"Ліміт\n","status""#);
    let event = told(&*live(), &why).await.expect("an event");
    assert_eq!(event.occurred_at, Some(datetime!(2023-11-14 22:13:21.5 UTC)));
    assert_eq!(event.reason.as_deref(), Some("limit Ліміт"));
}

#[tokio::test]
async fn odd_contents_are_refused_although_signed() {
    let live = live();
    for amount in ["1e2", "-1", "1.005", "1000000000", "null", "true", "[1]", "\"\"", "\"1,5.0\"", "\"NaN\""] {
        let refused = told(&*live, &word("success", amount)).await;
        assert!(matches!(refused, Err(Rejected::Malformed(_))), "{amount}: {refused:?}");
    }
    for (amount, sum) in [("100", "100.00"), ("7.3", "7.30"), ("\"37,10\"", "37.10")] {
        assert_eq!(told(&*live, &word("success", amount)).await.expect(amount).amount, uah(sum));
    }
    let good = word("success", "37.10");
    for odd in [
        String::new(),
        "[]".to_owned(),
        "{}".to_owned(),
        format!("{good}x"),
        good.replace("1000001", "null"),
        good.replace("pay_0001", ""),
        good.replace("pay_0001", &"x".repeat(256)),
        good.replace(r#""amount":37.10"#, r#""amount":37.10,"amount":1.00"#),
        good.replace("1700000000000", r#"{"a":1}"#),
    ] {
        let refused = told(&*live, &odd).await;
        assert!(matches!(refused, Err(Rejected::Malformed(_))), "{odd}: {refused:?}");
    }
}

#[tokio::test]
async fn forms_other_than_one_data_and_one_signature_are_refused() {
    let live = live();
    for (body, why) in [
        (Vec::new(), Rejected::NoSignature),
        (b"data=".to_vec(), Rejected::NoSignature),
        (format!("data={DATA_7}").into_bytes(), Rejected::NoSignature),
        (form(DATA_7, ""), Rejected::NoSignature),
        (form(DATA_7, "mNi1"), Rejected::BadSignature),
        (form(DATA_7, SIGN_3), Rejected::BadSignature),
        (form(DATA_3, SIGN_7), Rejected::BadSignature),
        (form(DATA_7, &SIGN_7.to_lowercase()), Rejected::BadSignature),
        ([form(DATA_7, SIGN_7), b"&data=e30=".to_vec()].concat(), Rejected::Malformed("a repeated field")),
        (vec![b'a'; 64 * 1024 + 1], Rejected::TooLarge),
    ] {
        assert_eq!(verify(&*live, &[], &body).await, Err(why), "{}", String::from_utf8_lossy(&body));
    }
    let folded = DATA_7.as_bytes().chunks(76).collect::<Vec<_>>().join(&b'\n');
    let folded = String::from_utf8(folded).expect("base64");
    assert_eq!(verify(&*live, &[], &form(&folded, SIGN_7)).await, Err(Rejected::BadSignature));
}

#[tokio::test]
async fn every_turned_bit_is_refused() {
    let live = live();
    for data in turned(DATA_7.as_bytes()) {
        let body = [b"signature=".as_slice(), form("", SIGN_7)[15..].as_ref(), b"&data=", &escape(&data)].concat();
        assert!(verify(&*live, &[], &body).await.is_err(), "{}", String::from_utf8_lossy(&data));
    }
    for sign in turned(SIGN_7.as_bytes()) {
        let body = [b"data=".as_slice(), &escape(DATA_7.as_bytes()), b"&signature=", &escape(&sign)].concat();
        assert!(verify(&*live, &[], &body).await.is_err(), "{}", String::from_utf8_lossy(&sign));
    }
    // Of the raw form, a turned bit may leave the meaning (%3D and %3d); it never gives another one.
    let good = form(DATA_7, SIGN_7);
    let event = verify(&*live, &[], &good).await.expect("the right one");
    for body in turned(&good) {
        if let Ok(same) = verify(&*live, &[], &body).await {
            assert_eq!(same, event);
        }
    }
}

/// Bytes in a form, whatever they are.
fn escape(bytes: &[u8]) -> Vec<u8> {
    form_urlencoded::byte_serialize(bytes).collect::<String>().into_bytes()
}

#[tokio::test]
async fn the_form_of_a_payment_is_signed_and_exact() {
    let mut checkout = checkout();
    checkout.description = "довгий опис ".repeat(16);
    let created = live().create(&checkout, NOW).await.expect("a form");
    assert_eq!(created.provider_ref, None);
    let Redirect::Form { url, fields } = created.redirect else { panic!("a form") };
    assert_eq!(url, "https://www.liqpay.ua/api/3/checkout");
    let [(first, data), (second, sign)] = fields.as_slice() else { panic!("two fields") };
    assert_eq!((first.as_str(), second.as_str()), ("data", "signature"));
    assert!(!data.contains(char::is_whitespace), "base64 in one line");
    assert_eq!(*sign, sign_7(data));
    let json = String::from_utf8(STANDARD.decode(data).expect("base64")).expect("utf-8");
    assert!(json.contains(r#""amount":37.10,"#), "{json}");
    let value: serde_json::Value = serde_json::from_str(&json).expect("json");
    for (name, text) in [
        ("public_key", PUBLIC),
        ("action", "pay"),
        ("currency", "UAH"),
        ("order_id", &checkout.reference),
        ("server_url", &checkout.notify_url),
        ("result_url", &checkout.return_url),
        ("description", &checkout.description),
        ("language", "uk"),
        ("expired_date", "2026-11-22 13:00:00"),
    ] {
        assert_eq!(value[name], text, "{name}");
    }
    assert_eq!((value["version"].as_u64(), value.get("sandbox")), (Some(7), None));
    assert!(!json.contains(PRIVATE));
}

#[tokio::test]
async fn the_form_speaks_the_payers_language_where_it_can_and_says_test() {
    let mut test = settings("https://www.liqpay.ua");
    (test.liqpay.test_mode, test.liqpay.version) = (true, 3);
    let liqpay = only(&test);
    for (language, code) in [(Language::Uk, "uk"), (Language::Ru, "uk"), (Language::En, "en")] {
        let checkout = cabinet_gateways::acquirer::Checkout { language, ..checkout() };
        let Redirect::Form { fields, .. } = liqpay.create(&checkout, NOW).await.expect("a form").redirect else {
            panic!("a form")
        };
        let sign = STANDARD.encode(Sha1::digest(format!("{PRIVATE}{}{PRIVATE}", fields[0].1)));
        assert_eq!(fields[1].1, sign, "version 3 signs with SHA-1");
        let value: serde_json::Value =
            serde_json::from_slice(&STANDARD.decode(&fields[0].1).expect("base64")).expect("json");
        assert_eq!((&value["language"], &value["sandbox"]), (&code.into(), &1.into()));
    }
}

#[tokio::test]
async fn no_page_is_made_of_what_no_gateway_takes() {
    let liqpay = live();
    let good = checkout();
    let odd = |change: &dyn Fn(&mut cabinet_gateways::acquirer::Checkout)| {
        let mut checkout = good.clone();
        change(&mut checkout);
        checkout
    };
    for (checkout, part) in [
        (odd(&|c| c.reference.clear()), "reference"),
        (odd(&|c| c.reference = "a;b".to_owned()), "reference"),
        (odd(&|c| c.reference = "a".repeat(65)), "reference"),
        (odd(&|c| c.amount = uah("0.00")), "amount"),
        (odd(&|c| c.amount = uah("-1.00")), "amount"),
        (odd(&|c| c.amount = uah("1000000.01")), "amount"),
        (odd(&|c| c.description.clear()), "description"),
        (odd(&|c| c.description = "ж".repeat(201)), "description"),
        (odd(&|c| c.return_url = "javascript:alert(1)".to_owned()), "return_url"),
        (odd(&|c| c.notify_url = "/notify".to_owned()), "notify_url"),
        (odd(&|c| c.expires_at = NOW), "expires_at"),
    ] {
        assert_eq!(liqpay.create(&checkout, NOW).await, Err(Fault::Unfit(part)));
    }
    assert!(liqpay.create(&good, NOW).await.is_ok());
}

#[tokio::test]
async fn a_poll_asks_signed_and_believes_only_its_own_payment() {
    let answers = vec![
        word("success", "37.10"),
        word("processing", "37.10").replace(r#""public_key":"i00000000","#, ""),
        word("success", "37.10").replace(PUBLIC, "i99999999"),
        word("success", "37.10").replace("pay_0001", "pay_0002"),
        r#"{"result":"error","status":"error","err_code":"payment_not_found","order_id":"pay_0001"}"#.to_owned(),
        r#"{"result":"error","status":"error","err_code":"invalid_signature"}"#.to_owned(),
        "<html>".to_owned(),
        word("success", "1e9"),
    ];
    let mut rest = answers.into_iter();
    let stub = Stub::start(move |_| Act::Answer(200, rest.next().expect("an answer"))).await;
    let liqpay = only(&settings(&stub.url));
    let mut results = Vec::new();
    for _ in 0..8 {
        results.push(liqpay.poll(asked("pay_0001"), NOW).await);
    }
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/api/request"));
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.field("signature"), sign_7(&seen.field("data")));
    let request: serde_json::Value =
        serde_json::from_slice(&STANDARD.decode(seen.field("data")).expect("base64")).expect("json");
    assert_eq!(
        request,
        serde_json::json!({"version": 7, "public_key": PUBLIC, "action": "status", "order_id": "pay_0001"})
    );
    let paid = results[0].as_ref().expect("an event");
    assert!(paid.kind == Kind::Paid && paid.is_sound() && paid.amount == uah("37.10"));
    let pending = results[1].as_ref().expect("an event");
    assert!(pending.kind == Kind::Pending && pending.is_sound());
    assert_eq!(results[2].as_ref().expect("an event").doubts, [Doubt::Merchant]);
    assert_eq!(results[3], Err(Fault::BadAnswer("another payment")));
    assert_eq!(results[4], Err(Fault::NotFound));
    assert_eq!(results[5], Err(Fault::Refused { code: "invalid_signature".to_owned() }));
    assert_eq!(results[6], Err(Fault::BadAnswer("not its JSON")));
    assert_eq!(results[7], Err(Fault::BadAnswer("amount")));
}

#[tokio::test]
async fn a_refund_is_asked_for_exactly() {
    let answers = [
        r#"{"result":"ok","status":"reversed"}"#,
        r#"{"result":"ok","status":"wait_reserve"}"#,
        r#"{"result":"error","err_code":"err_access"}"#,
        r#"{}"#,
    ];
    let mut rest = answers.into_iter();
    let stub = Stub::start(move |_| Act::Answer(200, rest.next().expect("an answer").to_owned())).await;
    let liqpay = only(&settings(&stub.url));
    let refund = Refund { asked: asked("pay_0001"), amount: uah("12.30"), key: "r1", reason: "помилка" };
    assert_eq!(liqpay.refund(refund, NOW).await, Ok(Refunded::Done));
    assert_eq!(liqpay.refund(refund, NOW).await, Ok(Refunded::Pending));
    assert_eq!(liqpay.refund(refund, NOW).await, Err(Fault::Refused { code: "err_access".to_owned() }));
    assert_eq!(liqpay.refund(refund, NOW).await, Err(Fault::BadAnswer("no result")));
    let data = String::from_utf8(STANDARD.decode(stub.seen()[0].field("data")).expect("base64")).expect("utf-8");
    assert_eq!(
        data,
        format!(r#"{{"version":7,"public_key":"{PUBLIC}","action":"refund","order_id":"pay_0001","amount":12.30}}"#)
    );
}
