//! WayForPay: vectors, states, forged notifications, and requests over HTTP.

use super::stub::{Act, Stub};
use super::{NOW, asked, checkout, only, turned, uah, verify};
use cabinet_core::Language;
use cabinet_gateways::acquirer::{
    Acquirer, AcquirerSettings, Checkout, Doubt, Event, Fault, Kind, Redirect, Refund, Refunded, Rejected,
    WayforpaySettings,
};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::datetime;

const SECRET: &str = "flk3409refn54t54t*FNJRET";

/// The notification of the vector, with fields that are not signed around it.
const NOTIFICATION: &str = r#"{"merchantAccount":"test_merch_n1","orderReference":"ISP-0001","merchantSignature":"3c92f74d0a7b55a11528213a3f0cda8d","amount":100,"currency":"UAH","authCode":"767147","email":"a@example.com","createdDate":1700000000,"processingDate":1700000060,"cardPan":"471***8181","transactionStatus":"Approved","reason":"Ok","reasonCode":1100,"fee":2.2,"products":[{"name":"x"}]}"#;

pub fn settings(url: &str) -> AcquirerSettings {
    let mut settings = AcquirerSettings::default();
    settings.wayforpay.enabled = true;
    settings.wayforpay.merchant_account = "test_merch_n1".to_owned();
    settings.wayforpay.merchant_domain = "lk.example.ua".to_owned();
    settings.wayforpay.secret_key = Some(SECRET.into());
    settings.wayforpay.api_url = url.to_owned();
    settings
}

fn wayforpay() -> Arc<dyn Acquirer> {
    only(&settings("https://api.wayforpay.com"))
}

fn sign(values: &[&str]) -> String {
    let mut mac = Hmac::<Md5>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(values.join(";").as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A notification of these literal values, rightly signed.
fn signed(account: &str, amount: &str, currency: &str, status: &str, code: &str) -> String {
    let bare = |literal: &str| literal.trim_matches('"').to_owned();
    let signature = sign(&[account, "ISP-0001", &bare(amount), currency, "", "4***1", status, &bare(code)]);
    format!(
        r#"{{"merchantAccount":"{account}","orderReference":"ISP-0001","merchantSignature":"{signature}","amount":{amount},"currency":"{currency}","authCode":null,"cardPan":"4***1","transactionStatus":"{status}","reasonCode":{code},"reason":"Insufficient funds"}}"#
    )
}

async fn told(json: &str) -> Result<Event, Rejected> {
    verify(&*wayforpay(), &[("content-type", "application/x-www-form-urlencoded")], json.as_bytes()).await
}

#[tokio::test]
async fn the_notification_of_the_vector_is_believed_and_accepted() {
    let event = told(NOTIFICATION).await.expect("a true notification");
    assert_eq!(
        event,
        Event {
            acquirer: "wayforpay",
            provider_txn_id: "ISP-0001".to_owned(),
            reference: "ISP-0001".to_owned(),
            kind: Kind::Paid,
            amount: uah("100.00"),
            currency: "UAH".to_owned(),
            occurred_at: Some(datetime!(2023-11-14 22:14:20 UTC)),
            fiscal_url: None,
            reason: None,
            doubts: Vec::new(),
        }
    );
    let at = OffsetDateTime::from_unix_timestamp(1_700_000_001).expect("an instant");
    let answer = wayforpay().acknowledge(&event, at);
    assert_eq!((answer.status, answer.content_type), (200, "application/json"));
    assert_eq!(
        String::from_utf8(answer.body).expect("utf-8"),
        r#"{"orderReference":"ISP-0001","status":"accept","time":1700000001,"signature":"768192194ef39db7700dfee62733de08"}"#
    );
}

#[tokio::test]
async fn amounts_sign_as_they_were_written() {
    for amount in ["100", "100.0", "100.00", "\"100.00\""] {
        let event = told(&signed("test_merch_n1", amount, "UAH", "Approved", "1100")).await.expect(amount);
        assert_eq!(event.amount, uah("100.00"));
    }
    let other = NOTIFICATION.replace(r#""amount":100,"#, r#""amount":100.00,"#);
    assert_eq!(told(&other).await, Err(Rejected::BadSignature), "the same sum, signed otherwise");
    for amount in ["1e2", "-100", "100.001", "1000000000"] {
        let refused = told(&signed("test_merch_n1", amount, "UAH", "Approved", "1100")).await;
        assert_eq!(refused, Err(Rejected::Malformed("amount")), "{amount}");
    }
}

#[tokio::test]
async fn states_become_kinds() {
    for (status, kind, doubts) in [
        ("Approved", Kind::Paid, vec![]),
        ("Refunded", Kind::Reversed { returned: uah("37.10") }, vec![]),
        ("Voided", Kind::Reversed { returned: uah("37.10") }, vec![]),
        ("Declined", Kind::Failed, vec![]),
        ("Expired", Kind::Failed, vec![]),
        ("Created", Kind::Pending, vec![]),
        ("InProcessing", Kind::Pending, vec![]),
        ("WaitingAuthComplete", Kind::Pending, vec![]),
        ("Pending", Kind::Pending, vec![]),
        ("RefundInProcessing", Kind::Pending, vec![]),
        ("approved", Kind::Pending, vec![Doubt::Status("approved".to_owned())]),
        ("Blessed", Kind::Pending, vec![Doubt::Status("Blessed".to_owned())]),
    ] {
        let event = told(&signed("test_merch_n1", "37.10", "UAH", status, "\"1104\"")).await.expect(status);
        assert_eq!((event.kind, event.doubts), (kind, doubts), "{status}");
        let reason = (kind == Kind::Failed).then_some("1104 Insufficient funds");
        assert_eq!(event.reason.as_deref(), reason, "{status}");
    }
}

#[tokio::test]
async fn another_merchant_or_currency_is_doubted() {
    let event = told(&signed("someone_else", "1", "UAH", "Approved", "1100")).await.expect("an event");
    assert_eq!(event.doubts, [Doubt::Merchant]);
    let event = told(&signed("test_merch_n1", "1", "USD", "Approved", "1100")).await.expect("an event");
    assert_eq!(event.doubts, [Doubt::Currency]);
}

#[tokio::test]
async fn a_turned_bit_never_changes_what_is_signed() {
    let event = told(NOTIFICATION).await.expect("the right one");
    let wayforpay = wayforpay();
    let mut believed = 0;
    for body in turned(NOTIFICATION.as_bytes()) {
        let Ok(other) = verify(&*wayforpay, &[], &body).await else { continue };
        believed += 1;
        // Dates and words are not signed by this protocol; all that moves money is.
        let money = |event: Event| (event.provider_txn_id, event.reference, event.kind, event.amount, event.doubts);
        assert_eq!(money(other), money(event.clone()), "{}", String::from_utf8_lossy(&body));
    }
    assert!(believed < NOTIFICATION.len() / 2, "most of it is signed or form");
}

#[tokio::test]
async fn odd_notifications_are_refused() {
    for (odd, why) in [
        (String::new(), Rejected::Malformed("json")),
        ("{}".to_owned(), Rejected::NoSignature),
        (NOTIFICATION.replace("merchantSignature", "signature"), Rejected::NoSignature),
        (NOTIFICATION.replace("3c92", "3C92"), Rejected::BadSignature),
        (NOTIFICATION.replace("3c92f7", ""), Rejected::BadSignature),
        (NOTIFICATION.replace("Approved", "Voided"), Rejected::BadSignature),
        (
            NOTIFICATION.replace(r#""UAH","authCode":"767147""#, r#""UAH;767147","authCode":null"#),
            Rejected::BadSignature,
        ),
        (NOTIFICATION.replace(r#""amount":100"#, r#""amount":100,"amount":1"#), Rejected::Malformed("json")),
        (NOTIFICATION.replace(r#""amount":100"#, r#""amount":[100]"#), Rejected::Malformed("json")),
        (" ".repeat(64 * 1024 + 1), Rejected::TooLarge),
    ] {
        let refused = told(&odd).await;
        let separator = Rejected::Malformed("a separator within a value");
        assert!(
            refused == Err(why.clone()) || (odd.contains(";767147") && refused == Err(separator)),
            "{odd}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn values_divided_otherwise_are_refused_although_the_signature_fits() {
    let line = ["test_merch_n1", "ISP-0001", "1", "UAH", "", "Approved;1100", "Declined", "1101"];
    let signature = sign(&line);
    let divided = format!(
        r#"{{"merchantAccount":"test_merch_n1","orderReference":"ISP-0001","merchantSignature":"{signature}","amount":1,"currency":"UAH","authCode":null,"cardPan":"","transactionStatus":"Approved","reasonCode":"1100;Declined;1101"}}"#
    );
    assert_eq!(told(&divided).await, Err(Rejected::Malformed("a separator within a value")));
}

#[tokio::test]
async fn the_form_of_a_payment_fits_the_vector() {
    let now = OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("an instant");
    let checkout = Checkout {
        reference: "ISP-0001".to_owned(),
        amount: uah("100.00"),
        description: "Internet 0000".to_owned(),
        language: Language::Ru,
        expires_at: now + time::Duration::minutes(90),
        ..checkout()
    };
    let Redirect::Form { url, fields } = wayforpay().create(&checkout, now).await.expect("a form").redirect else {
        panic!("a form")
    };
    assert_eq!(url, "https://secure.wayforpay.com/pay");
    for (name, value) in [
        ("merchantAccount", "test_merch_n1"),
        ("merchantDomainName", "lk.example.ua"),
        ("merchantSignature", "b8326095462e80c68756b27faf4e7bed"),
        ("orderReference", "ISP-0001"),
        ("orderDate", "1700000000"),
        ("amount", "100.00"),
        ("currency", "UAH"),
        ("language", "UA"),
        ("orderTimeout", "5400"),
        ("returnUrl", &checkout.return_url),
        ("serviceUrl", &checkout.notify_url),
        ("productName[]", "Internet 0000"),
        ("productCount[]", "1"),
        ("productPrice[]", "100.00"),
    ] {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name}: {fields:?}");
    }
    assert!(fields.iter().all(|(_, value)| !value.contains(SECRET)));
    let english = Checkout { language: Language::En, ..checkout };
    let Redirect::Form { fields, .. } = wayforpay().create(&english, now).await.expect("a form").redirect else {
        panic!("a form")
    };
    assert!(fields.contains(&("language".to_owned(), "EN".to_owned())));
}

#[tokio::test]
async fn a_poll_asks_signed_and_believes_only_what_is_signed() {
    let answers = vec![
        NOTIFICATION.to_owned(),
        NOTIFICATION.replace("Approved", "Refunded"),
        NOTIFICATION.replace(r#""merchantSignature":"3c92f74d0a7b55a11528213a3f0cda8d","#, ""),
        r#"{"orderReference":"ISP-0001","reason":"Order Not Found","reasonCode":1127}"#.to_owned(),
        r#"{"reason":"Invalid signature","reasonCode":1113}"#.to_owned(),
        "nothing".to_owned(),
    ];
    let mut rest = answers.into_iter();
    let stub = Stub::start(move |_| Act::Answer(200, rest.next().expect("an answer"))).await;
    let wayforpay = only(&settings(&stub.url));
    let paid = wayforpay.poll(asked("ISP-0001"), NOW).await.expect("an event");
    assert!(paid.kind == Kind::Paid && paid.is_sound());
    for fault in [
        Fault::BadAnswer("signature"),
        Fault::BadAnswer("no signature"),
        Fault::NotFound,
        Fault::Refused { code: "1113".to_owned() },
        Fault::BadAnswer("not its JSON"),
    ] {
        assert_eq!(wayforpay.poll(asked("ISP-0001"), NOW).await, Err(fault));
    }
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/api"));
    assert_eq!(
        seen.json(),
        serde_json::json!({
            "transactionType": "CHECK_STATUS", "merchantAccount": "test_merch_n1", "orderReference": "ISP-0001",
            "merchantSignature": "aee373cce83fc730620cec11eb2d8468", "apiVersion": 1
        })
    );
    let stub = Stub::answering(200, NOTIFICATION).await;
    let answer = only(&settings(&stub.url)).poll(asked("ISP-0002"), NOW).await;
    assert_eq!(answer, Err(Fault::BadAnswer("another payment")));
}

#[tokio::test]
async fn a_refund_is_asked_for_exactly() {
    let answers = [("Refunded", "1100"), ("RefundInProcessing", "1131"), ("Declined", "1130")];
    let mut rest = answers.into_iter();
    let stub = Stub::start(move |_| {
        let (status, code) = rest.next().expect("an answer");
        Act::Answer(200, format!(r#"{{"transactionStatus":"{status}","reasonCode":{code}}}"#))
    })
    .await;
    let wayforpay = only(&settings(&stub.url));
    let refund = Refund { asked: asked("ISP-0001"), amount: uah("12.30"), key: "r1", reason: "помилка" };
    assert_eq!(wayforpay.refund(refund, NOW).await, Ok(Refunded::Done));
    assert_eq!(wayforpay.refund(refund, NOW).await, Ok(Refunded::Pending));
    assert_eq!(wayforpay.refund(refund, NOW).await, Err(Fault::Refused { code: "1130".to_owned() }));
    let seen = &stub.seen()[0];
    assert!(seen.body.contains(r#""amount":12.30,"#), "{}", seen.body);
    assert_eq!(seen.json()["merchantSignature"], sign(&["test_merch_n1", "ISP-0001", "12.30", "UAH"]));
    assert_eq!(seen.json()["transactionType"], "REFUND");
}

#[tokio::test]
async fn a_large_sum_is_asked_after() {
    let mut settings = settings("https://api.wayforpay.com");
    for (from, sum, asked) in [("1000.00", "999.99", false), ("1000.00", "1000.00", true), ("0.00", "1.00", true)] {
        settings.wayforpay.asked_from = uah(from);
        let event = told(&signed("test_merch_n1", sum, "UAH", "Approved", "1100")).await.expect("an event");
        assert_eq!(only(&settings).is_asked_after(&event), asked, "{from} {sum}");
    }
    assert_eq!(WayforpaySettings::default().asked_from, uah("1000.00"));
    let declined = told(&signed("test_merch_n1", "5000.00", "UAH", "Declined", "1101")).await.expect("an event");
    assert!(!only(&settings).is_asked_after(&declined), "which moves nothing");
}
