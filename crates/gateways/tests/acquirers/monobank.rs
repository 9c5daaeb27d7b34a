//! monobank: vectors, the key's life, states, forged notifications, and requests over HTTP.

use super::stub::{Act, Seen, Stub};
use super::{NOW, asked, checkout, only, turned, uah, verify};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_gateways::acquirer::{
    Acquirer, AcquirerSettings, Asked, Doubt, Event, Fault, Kind, Notification, Redirect, Refund, Refunded, Rejected,
    Unreached,
};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePublicKey, LineEnding};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

const KEY_1: &str = "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFQUc1LzZ3NnZubGJZb0ZmRHlYWE4vS29CbVVjTgo3NWJSUWg4MFBhaEdldnJoanFCQnI3OXNSS0JSbnpHODFUZVQ5OEFOakU1c0R3RmZ5Znhub0ZJcmZBPT0KLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0tCg==";
const SIGN_1: &str = "MEUCIQC/mVKhi8FKoayul2Mim3E2oaIOCNJk5dEXxTqbkeJSOQIgOM0hsW0qcP2H8iXy1aQYpmY0SJWEaWur7nQXlKDCFxA=";
const BODY_1: &str = r#"{
  "invoiceId": "p2_9ZgpZVsl3",
  "status": "created",
  "failureReason": "string",
  "amount": 4200,
  "ccy": 980,
  "finalAmount": 4200,
  "createdDate": "2019-08-24T14:15:22Z",
  "modifiedDate": "2019-08-24T14:15:22Z",
  "reference": "84d0070ee4e44667b31371d8f8813947",
  "cancelList": [
    {
      "status": "processing",
      "amount": 4200,
      "ccy": 980,
      "createdDate": "2019-08-24T14:15:22Z",
      "modifiedDate": "2019-08-24T14:15:22Z",
      "approvalCode": "662476",
      "rrn": "060189181768",
      "extRef": "635ace02599849e981b2cd7a65f417fe"
    }
  ]
}"#;
const KEY_2: &str = "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFK0UxRnBVZzczYmhGdmp2SzlrMlhJeTZtQkU1MQpib2F0RU1qU053Z1l5ZW55blpZQWh3Z3dyTGhNY0FpT25SYzNXWGNyMGRrY2NvVnFXcVBhWVQ5T3hRPT0KLS0tLS1FTkQgUFVCTElDIEtFWS0tLS0tCg==";
const SIGN_2: &str = "MEQCIEaJMN/d0xcZoEgI1zya+yE6GYJb2f2osBZMPgjtXNUiAiAGVfUR9dxj2Ix7blF7MjMdAU2VZcpuyUuB6zncVoFadg==";
const BODY_2: &str = r#"{"invoiceId":"250811tUZjKAWjrnb9b","status":"success","payMethod":"wallet","amount":20200,"ccy":980,"finalAmount":20200,"createdDate":"2025-08-11T06:08:52Z","modifiedDate":"2025-08-11T06:08:54Z","reference":"ce223cb7-1c95-4f3b-8a3e-2a5fe21bce6c","destination":"Розрахунок за дату 2025-08-11 по картці {{masked_pan}} в торговій точці {{terminal_owner}} ({{terminal_retailer}})","paymentInfo":{"rrn":"061673331001","approvalCode":"117524","tranId":"19277588","terminal":"XPZ10001","bank":"Універсал Банк","paymentSystem":"visa","country":"804","fee":263,"paymentMethod":"wallet","maskedPan":"44440311******39"}}"#;

pub fn settings(url: &str) -> AcquirerSettings {
    let mut settings = AcquirerSettings::default();
    settings.monobank.enabled = true;
    settings.monobank.token = Some("uTestTokenOfNobody".into());
    settings.monobank.api_url = url.to_owned();
    settings
}

fn key_answer(key: &str) -> String {
    format!(r#"{{"key":"{key}"}}"#)
}

/// A gateway whose key may be changed, and an acquirer of it.
async fn gateway(key: &str) -> (Stub, Arc<dyn Acquirer>, Arc<Mutex<Act>>) {
    let answer = Arc::new(Mutex::new(Act::Answer(200, key_answer(key))));
    let now = answer.clone();
    let stub = Stub::start(move |_: &Seen| match &*now.lock().expect("the answer") {
        Act::Answer(status, body) => Act::Answer(*status, body.clone()),
        _ => Act::Close,
    })
    .await;
    let monobank = only(&settings(&stub.url));
    (stub, monobank, answer)
}

/// The key of a gateway that tests may sign for.
fn own_key(seed: u8) -> (SigningKey, String) {
    let key = SigningKey::from_slice(&[seed; 32]).expect("a key");
    let pem = key.verifying_key().to_public_key_pem(LineEnding::LF).expect("pem");
    (key, STANDARD.encode(pem))
}

fn sign(key: &SigningKey, body: &str) -> String {
    let sign: Signature = key.sign(body.as_bytes());
    STANDARD.encode(sign.to_der())
}

async fn told(monobank: &dyn Acquirer, sign: &str, body: &str) -> Result<Event, Rejected> {
    verify(monobank, &[("X-SIGN", sign)], body.as_bytes()).await
}

async fn told_at(monobank: &dyn Acquirer, sign: &str, body: &str, now: OffsetDateTime) -> Result<Event, Rejected> {
    monobank.verify(Notification { body: body.as_bytes(), headers: &[("x-sign", sign)], query: "" }, now).await
}

fn invoice(status: &str, more: &str) -> String {
    format!(
        r#"{{"invoiceId":"inv1","status":"{status}","amount":4200,"ccy":980,{more}"modifiedDate":"2026-11-22T10:00:00Z","reference":"pay1"}}"#
    )
}

#[tokio::test]
async fn notifications_of_the_documentation() {
    let digest = |body: &str| Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(digest(BODY_1), "b68de0ef3e300b8813f0c39f87feea8519bd2b0628b5c2400b7bd1256f3bf58f");
    assert_eq!(digest(BODY_2), "240fa7ed581a64ab35ad43a93ff81c5afe8cdf7c0c07717cd95f514640d81ada");

    let (stub, monobank, _) = gateway(KEY_1).await;
    let event = told(&*monobank, SIGN_1, BODY_1).await.expect("a true notification");
    assert_eq!((event.provider_txn_id.as_str(), event.kind), ("p2_9ZgpZVsl3", Kind::Pending));
    assert_eq!(event.reference, "84d0070ee4e44667b31371d8f8813947");
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", "/api/merchant/pubkey"));
    assert_eq!(seen.header("x-token"), Some("uTestTokenOfNobody"));

    let (_stub, monobank, _) = gateway(KEY_2).await;
    let event = told(&*monobank, SIGN_2, BODY_2).await.expect("a true notification");
    assert_eq!(
        event,
        Event {
            acquirer: "monobank",
            provider_txn_id: "250811tUZjKAWjrnb9b".to_owned(),
            reference: "ce223cb7-1c95-4f3b-8a3e-2a5fe21bce6c".to_owned(),
            kind: Kind::Paid,
            amount: uah("202.00"),
            currency: "UAH".to_owned(),
            occurred_at: Some(datetime!(2025-08-11 06:08:54 UTC)),
            fiscal_url: None,
            reason: None,
            doubts: Vec::new(),
        }
    );
    assert_eq!(monobank.acknowledge(&event, NOW).status, 200);
}

#[tokio::test]
async fn other_signatures_are_refused() {
    let (_stub, monobank, _) = gateway(KEY_1).await;
    assert!(told(&*monobank, SIGN_1, BODY_1).await.is_ok());
    let again: serde_json::Value = serde_json::from_str(BODY_1).expect("json");
    assert_eq!(told(&*monobank, SIGN_1, &again.to_string()).await, Err(Rejected::BadSignature));
    assert_eq!(told(&*monobank, SIGN_1, &format!("{BODY_1}\n")).await, Err(Rejected::BadSignature));
    assert_eq!(told(&*monobank, SIGN_1, BODY_2).await, Err(Rejected::BadSignature));
    assert_eq!(told(&*monobank, SIGN_2, BODY_1).await, Err(Rejected::BadSignature));
    let (r, s) = Signature::from_der(&STANDARD.decode(SIGN_1).expect("base64")).expect("der").split_bytes();
    let swapped = Signature::from_scalars(s, r).expect("scalars");
    assert_eq!(told(&*monobank, &STANDARD.encode(swapped.to_der()), BODY_1).await, Err(Rejected::BadSignature));
    assert_eq!(told(&*monobank, &STANDARD.encode([r, s].concat()), BODY_1).await, Err(Rejected::BadSignature));
    for sign in ["!", "AAAA", "MAYCAQACAQA=", SIGN_1.trim_end_matches('='), &format!("{SIGN_1} ")] {
        assert_eq!(told(&*monobank, sign, BODY_1).await, Err(Rejected::BadSignature), "{sign}");
    }
    assert_eq!(told(&*monobank, "", BODY_1).await, Err(Rejected::NoSignature));
    assert_eq!(verify(&*monobank, &[], BODY_1.as_bytes()).await, Err(Rejected::NoSignature));
    let twice = [("X-Sign", SIGN_1), ("x-sign", SIGN_1)];
    assert_eq!(verify(&*monobank, &twice, BODY_1.as_bytes()).await, Err(Rejected::NoSignature));
    let large = " ".repeat(64 * 1024 + 1);
    assert_eq!(told(&*monobank, SIGN_1, &large).await, Err(Rejected::TooLarge));
    assert!(told(&*monobank, SIGN_1, BODY_1).await.is_ok());
}

#[tokio::test]
async fn every_turned_bit_is_refused() {
    let (_stub, monobank, _) = gateway(KEY_1).await;
    assert!(told(&*monobank, SIGN_1, BODY_1).await.is_ok());
    for body in turned(BODY_1.as_bytes()) {
        assert!(verify(&*monobank, &[("x-sign", SIGN_1)], &body).await.is_err());
    }
    for sign in turned(&STANDARD.decode(SIGN_1).expect("base64")) {
        assert!(told(&*monobank, &STANDARD.encode(sign), BODY_1).await.is_err());
    }
    for sign in turned(SIGN_1.as_bytes()) {
        let sign = String::from_utf8_lossy(&sign).into_owned();
        assert!(told(&*monobank, &sign, BODY_1).await.is_err(), "{sign}");
    }
}

#[tokio::test]
async fn the_key_is_fetched_once_and_again_when_it_changes() {
    let ((old, old_pem), (new, new_pem)) = (own_key(1), own_key(2));
    let (stub, monobank, answer) = gateway(&old_pem).await;
    let body = invoice("success", "");
    for _ in 0..5 {
        assert!(told(&*monobank, &sign(&old, &body), &body).await.is_ok());
    }
    assert_eq!(stub.seen().len(), 1, "cached");
    *answer.lock().expect("the answer") = Act::Answer(200, key_answer(&new_pem));
    // Forged ones within the minute ask nobody.
    for _ in 0..5 {
        assert_eq!(told(&*monobank, &sign(&new, &body), &body).await, Err(Rejected::BadSignature));
    }
    assert_eq!(stub.seen().len(), 1);
    let later = NOW + Duration::MINUTE;
    assert!(told_at(&*monobank, &sign(&new, &body), &body, later).await.is_ok(), "the new key is fetched");
    assert_eq!(stub.seen().len(), 2);
    assert_eq!(told_at(&*monobank, &sign(&old, &body), &body, later).await, Err(Rejected::BadSignature));
    assert_eq!(stub.seen().len(), 2, "and not more than once a minute");
    let back = NOW - Duration::DAY;
    assert_eq!(told_at(&*monobank, &sign(&old, &body), &body, back).await, Err(Rejected::BadSignature));
    assert_eq!(stub.seen().len(), 3, "a clock set back does not bar the door");
}

#[tokio::test]
async fn many_at_once_fetch_the_key_once() {
    let (key, pem) = own_key(3);
    let (stub, monobank, _) = gateway(&pem).await;
    let body = invoice("success", "");
    let sign = sign(&key, &body);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (monobank, sign, body) = (monobank.clone(), sign.clone(), body.clone());
            tokio::spawn(async move { told(&*monobank, &sign, &body).await })
        })
        .collect();
    let mut events = Vec::new();
    for task in tasks {
        events.push(task.await.expect("no panic").expect("an event"));
    }
    assert!(events.windows(2).all(|pair| pair[0] == pair[1]), "repeated, it says the same");
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_checked_is_to_be_repeated() {
    let (key, pem) = own_key(4);
    let body = invoice("success", "");
    let sign = sign(&key, &body);
    for (answer, fault) in [
        (Act::Close, Fault::Unreached(Unreached::NoConnection)),
        (Act::Answer(403, "{}".to_owned()), Fault::Refused { code: "403".to_owned() }),
        (Act::Answer(500, "{}".to_owned()), Fault::Unreached(Unreached::Broken(500))),
        (Act::Answer(200, "{}".to_owned()), Fault::BadAnswer("not its JSON")),
        (Act::Answer(200, key_answer("!")), Fault::BadAnswer("its key")),
        (Act::Answer(200, key_answer("AAAA")), Fault::BadAnswer("its key")),
    ] {
        let (stub, monobank, now) = gateway("").await;
        *now.lock().expect("the answer") = answer;
        let refused = told(&*monobank, &sign, &body).await.expect_err("no key");
        assert_eq!(refused, Rejected::Unavailable(fault));
        assert_eq!(refused.answer().status, 503);
        *now.lock().expect("the answer") = Act::Answer(200, key_answer(&pem));
        assert_eq!(told(&*monobank, &sign, &body).await, Err(refused), "within the minute");
        assert_eq!(stub.seen().len(), 1);
        assert!(told_at(&*monobank, &sign, &body, NOW + Duration::MINUTE).await.is_ok());
    }
    assert_eq!(Rejected::BadSignature.answer().status, 400);
}

#[tokio::test]
async fn states_become_kinds() {
    let (key, pem) = own_key(5);
    let (_stub, monobank, _) = gateway(&pem).await;
    let sum = uah("42.00");
    for (status, more, kind, amount, doubts) in [
        ("success", r#""finalAmount":4200,"#, Kind::Paid, sum, vec![]),
        ("success", "", Kind::Paid, sum, vec![]),
        ("success", r#""finalAmount":4300,"#, Kind::Paid, uah("43.00"), vec![]),
        ("success", r#""finalAmount":4000,"#, Kind::Reversed { returned: uah("2.00") }, sum, vec![]),
        ("success", r#""finalAmount":0,"#, Kind::Reversed { returned: sum }, sum, vec![]),
        ("reversed", r#""finalAmount":0,"#, Kind::Reversed { returned: sum }, sum, vec![]),
        ("reversed", r#""finalAmount":4200,"#, Kind::Reversed { returned: sum }, sum, vec![]),
        ("reversed", r#""finalAmount":1000,"#, Kind::Reversed { returned: uah("32.00") }, sum, vec![]),
        ("reversed", "", Kind::Reversed { returned: sum }, sum, vec![]),
        ("failure", "", Kind::Failed, sum, vec![]),
        ("expired", "", Kind::Failed, sum, vec![]),
        ("created", "", Kind::Pending, sum, vec![]),
        ("processing", "", Kind::Pending, sum, vec![]),
        ("hold", "", Kind::Pending, sum, vec![]),
        ("SUCCESS", "", Kind::Pending, sum, vec![Doubt::Status("SUCCESS".to_owned())]),
        ("blessed", "", Kind::Pending, sum, vec![Doubt::Status("blessed".to_owned())]),
    ] {
        let body = invoice(status, more);
        let event = told(&*monobank, &sign(&key, &body), &body).await.expect(status);
        assert_eq!((event.kind, event.amount, event.doubts), (kind, amount, doubts), "{status} {more}");
    }
    let dollars = invoice("success", "").replace("980", "840");
    let event = told(&*monobank, &sign(&key, &dollars), &dollars).await.expect("an event");
    assert_eq!((event.currency.as_str(), event.doubts), ("840", vec![Doubt::Currency]));
    let failed = invoice("failure", r#""errCode":"59","failureReason":"Картка\nзаблокована","#);
    let event = told(&*monobank, &sign(&key, &failed), &failed).await.expect("an event");
    assert_eq!(event.reason.as_deref(), Some("59 Картка заблокована"));
}

#[tokio::test]
async fn events_out_of_order_tell_their_order() {
    let (key, pem) = own_key(6);
    let (_stub, monobank, _) = gateway(&pem).await;
    let paid = invoice("success", "");
    let before = invoice("processing", "").replace("10:00:00Z", "11:59:59.5+02:00");
    let paid = told(&*monobank, &sign(&key, &paid), &paid).await.expect("an event");
    let before = told(&*monobank, &sign(&key, &before), &before).await.expect("an event");
    assert!(before.occurred_at.expect("a date") < paid.occurred_at.expect("a date"));
    let undated = invoice("success", "").replace("2026-11-22T10:00:00Z", "yesterday");
    assert_eq!(told(&*monobank, &sign(&key, &undated), &undated).await.expect("an event").occurred_at, None);
}

#[tokio::test]
async fn odd_contents_are_refused_although_signed() {
    let (key, pem) = own_key(7);
    let (_stub, monobank, _) = gateway(&pem).await;
    let good = invoice("success", "");
    for (from, to) in [
        ("4200", "42.00"),
        ("4200", "-1"),
        ("4200", "1e3"),
        ("4200", "null"),
        ("4200", "100000000000"),
        (r#""invoiceId":"inv1","#, ""),
        (r#""pay1""#, "null"),
        (r#""amount":4200"#, r#""amount":4200,"amount":1"#),
        ("}", "]"),
    ] {
        let odd = good.replace(from, to);
        let refused = told(&*monobank, &sign(&key, &odd), &odd).await;
        assert!(matches!(refused, Err(Rejected::Malformed(_))), "{odd}: {refused:?}");
    }
}

#[tokio::test]
async fn a_page_is_created_with_kopecks() {
    let stub = Stub::answering(200, r#"{"invoiceId":"p2_1","pageUrl":"http://pay.example/p2_1"}"#).await;
    let created = only(&settings(&stub.url)).create(&checkout(), NOW).await.expect("a page");
    assert_eq!(created.redirect, Redirect::Url("http://pay.example/p2_1".to_owned()));
    assert_eq!(created.provider_ref.as_deref(), Some("p2_1"));
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/api/merchant/invoice/create"));
    assert_eq!(seen.header("x-token"), Some("uTestTokenOfNobody"));
    assert_eq!(
        seen.json(),
        serde_json::json!({
            "amount": 3710, "ccy": 980, "validity": 3600, "paymentType": "debit",
            "merchantPaymInfo": {
                "reference": "0199e8a0-7c00-7000-8000-000000000001", "destination": "Інтернет, договір 0000"
            },
            "redirectUrl": "https://lk.example.ua/pay/back",
            "webHookUrl": "https://lk.example.ua/api/v1/gateways/x/notify"
        })
    );
    let mut fiscal = settings(&stub.url);
    fiscal.monobank.fiscal = true;
    only(&fiscal).create(&checkout(), NOW).await.expect("a page");
    // Without lines the tax office's receipt is not made.
    assert_eq!(
        stub.seen()[1].json()["merchantPaymInfo"]["basketOrder"],
        serde_json::json!([{
            "name": "Інтернет, договір 0000", "qty": 1, "sum": 3710, "total": 3710, "unit": "послуга", "code": "internet"
        }])
    );
}

#[tokio::test]
async fn pages_that_are_no_pages_are_not_passed_on() {
    for (page, part) in [
        ("javascript:alert(1)", "pageUrl"),
        ("//evil.example", "pageUrl"),
        ("", "pageUrl"),
        ("https://pay.example/a b", "pageUrl"),
        ("https://pay.example/\\r\\nx: y", "pageUrl"),
    ] {
        let stub = Stub::answering(200, format!(r#"{{"invoiceId":"p2_1","pageUrl":"{page}"}}"#)).await;
        let refused = only(&settings(&stub.url)).create(&checkout(), NOW).await;
        assert_eq!(refused, Err(Fault::BadAnswer(part)), "{page}");
    }
    for (status, fault) in [(400, "400"), (403, "403"), (429, "429")] {
        let stub = Stub::answering(status, r#"{"errCode":"x"}"#).await;
        let refused = only(&settings(&stub.url)).create(&checkout(), NOW).await;
        assert_eq!(refused, Err(Fault::Refused { code: fault.to_owned() }));
    }
}

#[tokio::test]
async fn a_poll_believes_only_its_own_payment() {
    let answers = vec![
        (200, invoice("success", "")),
        (200, invoice("success", "").replace("pay1", "pay2")),
        (200, invoice("success", "").replace("inv1", "inv2")),
        (404, "{}".to_owned()),
        (429, "{}".to_owned()),
        (200, "[]".to_owned()),
    ];
    let mut rest = answers.into_iter();
    let stub = Stub::start(move |_| {
        let (status, body) = rest.next().expect("an answer");
        Act::Answer(status, body)
    })
    .await;
    let monobank = only(&settings(&stub.url));
    let asked = Asked { reference: "pay1", provider_ref: Some("inv1") };
    let paid = monobank.poll(asked, NOW).await.expect("an event");
    assert!(paid.kind == Kind::Paid && paid.amount == uah("42.00") && paid.fiscal_url.is_none());
    assert_eq!(stub.seen()[0].path, "/api/merchant/invoice/status?invoiceId=inv1");
    for fault in [
        Fault::BadAnswer("another payment"),
        Fault::BadAnswer("another payment"),
        Fault::NotFound,
        Fault::Refused { code: "429".to_owned() },
        Fault::BadAnswer("not its JSON"),
    ] {
        assert_eq!(monobank.poll(asked, NOW).await, Err(fault));
    }
    let unknown = Asked { provider_ref: None, ..asked };
    assert_eq!(monobank.poll(unknown, NOW).await, Err(Fault::NotFound));
    assert_eq!(stub.seen().len(), 6, "nobody is asked about an invoice without a name");
}

#[tokio::test]
async fn the_fiscal_receipt_is_told_once_it_is_made() {
    const DONE: &str = r#"{"checks":[{"id":"a","status":"process"},{"id":"b","type":"sale","status":"done","taxUrl":"https://cabinet.tax.gov.ua/cashregs/check?id=1","file":"JVBERi0="}]}"#;
    for (status, checks, url) in [
        (200, DONE.to_owned(), Some("https://cabinet.tax.gov.ua/cashregs/check?id=1")),
        (200, r#"{"checks":[]}"#.to_owned(), None),
        (200, DONE.replace("https:", "javascript:"), None),
        (200, DONE.replace("done", "failed"), None),
        (200, "nothing".to_owned(), None),
        (404, "{}".to_owned(), None),
        (500, "{}".to_owned(), None),
    ] {
        let stub = Stub::start(move |seen| match seen.path.as_str() {
            "/api/merchant/invoice/fiscal-checks?invoiceId=inv1" => Act::Answer(status, checks.clone()),
            _ => Act::Answer(200, invoice("success", "")),
        })
        .await;
        let mut settings = settings(&stub.url);
        settings.monobank.fiscal = true;
        let asked = Asked { reference: "pay1", provider_ref: Some("inv1") };
        let event = only(&settings).poll(asked, NOW).await.expect("an event");
        assert_eq!((event.kind, event.fiscal_url.as_deref()), (Kind::Paid, url));
        let asked_alone = only(&settings).receipt(asked, NOW).await;
        assert_eq!(asked_alone.ok().flatten().as_deref(), url);
    }
}

#[tokio::test]
async fn a_refund_is_asked_for_with_its_key() {
    let mut rest = ["success", "processing", "failure"].into_iter();
    let stub =
        Stub::start(move |_| Act::Answer(200, format!(r#"{{"status":"{}"}}"#, rest.next().expect("an answer")))).await;
    let monobank = only(&settings(&stub.url));
    let paid = Asked { reference: "pay1", provider_ref: Some("inv1") };
    let refund = Refund { asked: paid, amount: uah("12.30"), key: "r1", reason: "помилка" };
    assert_eq!(monobank.refund(refund, NOW).await, Ok(Refunded::Done));
    assert_eq!(monobank.refund(refund, NOW).await, Ok(Refunded::Pending));
    assert_eq!(monobank.refund(refund, NOW).await, Err(Fault::Refused { code: "failure".to_owned() }));
    assert_eq!(monobank.refund(Refund { asked: asked("pay1"), ..refund }, NOW).await, Err(Fault::NotFound));
    assert_eq!(stub.seen()[0].json(), serde_json::json!({"invoiceId": "inv1", "amount": 1230, "extRef": "r1"}));
}
