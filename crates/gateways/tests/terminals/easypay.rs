//! EasyPay Provider 3.1. Requests under `easypay/` were signed by openssl with a key thrown away since, and so was the
//! expected answer, with `keys/ours.test.pem`.

use super::book::Book;
use super::{asked, assert_holds, get, post, refused, terminal};
use cabinet_core::Money;
use cabinet_gateways::terminal::{Payment, Refusal, Request, Terminal};
use time::macros::datetime;

const CHECK: &str = include_str!("easypay/check.xml");
const PAYMENT: &str = include_str!("easypay/payment.xml");
const CHANGED: &str = include_str!("easypay/payment-changed.xml");
const CONFIRM: &str = include_str!("easypay/confirm.xml");
const CANCEL: &str = include_str!("easypay/cancel.xml");

fn with_keys(theirs: &str, ours: &str) -> Terminal {
    terminal(&format!("dialect = 'easypay'\nservice = '256'\ntheir_key = '''{theirs}'''\nour_key = '''{ours}'''"))
}

fn signed() -> Terminal {
    with_keys(include_str!("keys/theirs.public.pem"), include_str!("keys/ours.test.pem"))
}

fn unsigned() -> Terminal {
    terminal("dialect = 'easypay'\nservice = '256'")
}

/// The request without its signature.
fn bare(request: &str) -> String {
    let (before, rest) = request.split_once("<Sign>").expect("a signature");
    let (_, after) = rest.split_once("</Sign>").expect("a signature");
    format!("{before}<Sign></Sign>{after}")
}

/// The published vector: key, text and signature of the protocol's PHP library.
const VECTOR: &str = "<Request>\n  <DateTime>2017-10-01T12:00:00</DateTime>\n  <Sign>59DE8A1A2FBC5DA79E50718A98140F9A\
    39AB597E2DEA7E8923DA9F249CFE023EE23A45994F7FEDD426760DFB82B56F2F2F4D0D5AACF54D3BBA8F2F103568C95D675BC278C08BD13E08\
    67F13805A0967FA247D407F48C954F1D85EDC9A3108C64A7FB4F815C9566ACE6ABE817EBF40306893588D394FB12E599F81C2EA1805A8D\
    </Sign>\n  <Check>\n    <ServiceId>256</ServiceId>\n    <Account>1024256</Account>\n  </Check>\n</Request>";

#[test]
fn the_published_vector_verifies() {
    let terminal = with_keys(include_str!("keys/vector.public.pem"), include_str!("keys/ours.test.pem"));
    let request = asked(post(&terminal, VECTOR));
    assert_eq!(request, Request::Check { account: "1024256".parse().expect("a number"), amount: None });
    assert_eq!(refused(&post(&terminal, VECTOR.replace("1024256", "1024257"))), Some(Refusal::BadSignature));
    assert_eq!(refused(&post(&signed(), VECTOR)), Some(Refusal::BadSignature));
}

#[test]
fn a_payment_is_noted_then_confirmed_each_once() {
    let terminal = signed();
    let mut book = Book::new();
    let payment = post(&terminal, PAYMENT);
    assert_eq!(
        asked(payment.clone()),
        Request::Reserve(Payment {
            txn: "6223372036854775807".parse().expect("an id"),
            account: "0042".parse().expect("a number"),
            amount: Money::from_kopecks(50_50),
            at: Some(datetime!(2026-11-22 14:30)),
        })
    );
    let noted = book.serve(&terminal, payment.clone());
    assert_eq!(noted, include_str!("easypay/payment-answer.xml"));
    assert_eq!(book.serve(&terminal, payment.clone()), noted);
    assert_eq!(book.balance, Money::from_kopecks(-12_30));

    let confirmed = book.serve(&terminal, post(&terminal, CONFIRM));
    assert_holds(&confirmed, &[("StatusCode", "0"), ("OrderDate", "2026-11-22T14:31:00")]);
    assert_eq!(book.serve(&terminal, post(&terminal, CONFIRM)), confirmed);
    assert_eq!(book.serve(&terminal, payment), noted);
    assert_eq!(book.balance, Money::from_kopecks(38_20));

    let changed = book.serve(&terminal, post(&terminal, CHANGED));
    assert_holds(&changed, &[("StatusCode", "-3")]);
    let cancelled = book.serve(&terminal, post(&terminal, CANCEL));
    assert_holds(&cancelled, &[("StatusCode", "0"), ("CancelDate", "2026-11-22T14:31:00")]);
    assert_holds(&book.serve(&terminal, post(&terminal, CONFIRM)), &[("StatusCode", "-2")]);
    assert_eq!(book.balance, Money::from_kopecks(-12_30));
}

#[test]
fn an_account_is_told_masked() {
    let terminal = unsigned();
    assert_eq!(
        Book::new().serve(&terminal, post(&terminal, bare(CHECK))),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <StatusCode>0</StatusCode>
  <StatusDetail>OK</StatusDetail>
  <DateTime>2026-11-22T14:31:00</DateTime>
  <Sign></Sign>
  <AccountInfo>
    <Account>0042</Account>
    <Name>Л***о М.</Name>
    <Address>вул. Л*** У*** *, кв. *</Address>
    <Balance>-12.30</Balance>
  </AccountInfo>
</Response>"#
    );
    let unknown = bare(CHECK).replace("0042", "0043");
    assert_holds(&Book::new().serve(&terminal, post(&terminal, unknown)), &[("StatusCode", "-1")]);
}

#[test]
fn every_flipped_byte_of_a_signed_request_is_noticed() {
    let terminal = signed();
    assert!(post(&terminal, PAYMENT).request.is_ok());
    for at in 0..PAYMENT.len() {
        let mut body = PAYMENT.as_bytes().to_vec();
        body[at] ^= 1;
        assert!(post(&terminal, body).request.is_err(), "byte {at}");
    }
}

#[test]
fn a_signature_is_of_this_text_and_there() {
    let terminal = signed();
    let sign = PAYMENT.split(['<', '>']).max_by_key(|part| part.len()).expect("a signature");
    let others = CONFIRM.split(['<', '>']).max_by_key(|part| part.len()).expect("a signature");
    let wrapped = format!("<Request><x>{}</x>{}</Request>", &PAYMENT, "<Check><ServiceId>256</ServiceId></Check>");
    for body in [
        bare(PAYMENT),
        bare(PAYMENT).replace("<Sign></Sign>", "<Sign/>"),
        bare(PAYMENT).replace("<Sign></Sign>", ""),
        PAYMENT.replace(sign, others),
        PAYMENT.replace(sign, &sign[2..]),
        PAYMENT.replace(sign, &format!("{sign}00")),
        PAYMENT.replace(sign, &"0".repeat(sign.len())),
        PAYMENT.replace(sign, &format!("<![CDATA[{sign}]]>")),
        PAYMENT.replace(sign, &format!("{sign}<!-- -->")),
        PAYMENT.replace("<Sign>", "<Sign x=\"\">"),
        PAYMENT.replace("<Sign>", "<Sign></Sign><Sign>"),
        PAYMENT.replace('\n', "\r\n"),
        PAYMENT.replace("  ", ""),
        format!("{PAYMENT}\n"),
        format!("\u{feff}{PAYMENT}"),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{PAYMENT}"),
        wrapped,
    ] {
        assert_eq!(refused(&post(&terminal, &body)), Some(Refusal::BadSignature), "{body}");
    }
    assert!(post(&terminal, PAYMENT.replace(sign, &sign.to_lowercase())).request.is_ok());
    let refused = super::refusal(&terminal, &post(&terminal, bare(PAYMENT)));
    assert_holds(&refused, &[("StatusCode", "-5")]);
    assert!(!refused.contains("<Sign></Sign>"), "the refusal is signed too");
}

#[test]
fn a_mark_of_byte_order_is_a_part_of_the_signed_text() {
    let terminal = with_keys(include_str!("keys/theirs.public.pem"), include_str!("keys/ours.test.pem"));
    assert!(post(&terminal, include_str!("easypay/check-with-mark.xml")).request.is_ok());
    let without = include_str!("easypay/check-with-mark.xml").trim_start_matches('\u{feff}');
    assert_eq!(refused(&post(&terminal, without)), Some(Refusal::BadSignature));
}

#[test]
fn keys_of_the_older_form_will_do() {
    let terminal = with_keys(include_str!("keys/theirs.public.pem"), include_str!("keys/ours.test.pkcs1.pem"));
    let noted = Book::new().serve(&terminal, post(&terminal, PAYMENT));
    assert_eq!(noted, include_str!("easypay/payment-answer.xml"));
    let older = with_keys(include_str!("keys/ours.public.pkcs1.pem"), include_str!("keys/ours.test.pem"));
    assert_eq!(refused(&post(&older, PAYMENT)), Some(Refusal::BadSignature));
}

#[test]
fn what_is_missing_or_malformed_is_refused() {
    let terminal = unsigned();
    let (payment, confirm) = (bare(PAYMENT), bare(CONFIRM));
    for amount in ["10.4.5", "0.001", "1e3", "-1", "+1", "NaN", "", "1 000"] {
        let body = payment.replace("50.50", amount);
        assert_eq!(refused(&post(&terminal, body)), Some(Refusal::BadFormat), "{amount}");
    }
    let comma = asked(post(&terminal, payment.replace("50.50", "50,5")));
    assert_eq!(comma, asked(post(&terminal, &payment)));
    for (body, expected) in [
        (payment.replace("50.50", "0.00"), Refusal::TooSmall),
        (payment.replace(">0042<", ">x<"), Refusal::BadAccount),
        (payment.replace(">256<", ">257<"), Refusal::NotAllowed),
        (payment.replace("<ServiceId>256</ServiceId>", ""), Refusal::NotAllowed),
        (payment.replace("6223372036854775807", ""), Refusal::BadFormat),
        (payment.replace("</Payment>", "</Payment><Cancel/>"), Refusal::BadFormat),
        (payment.replace("Payment>", "Refund>"), Refusal::BadFormat),
        (payment.replace("Request>", "Response>"), Refusal::BadFormat),
        (confirm.replace("1001", ""), Refusal::BadFormat),
        (confirm.replace("1001", "x"), Refusal::NoPayment),
        (confirm.replace("1001", "1<!-- -->001"), Refusal::BadFormat),
    ] {
        assert_eq!(refused(&post(&terminal, &body)), Some(expected), "{body}");
    }
    assert_eq!(refused(&get(&terminal, "")), Some(Refusal::BadFormat));
    let unknown = Book::new().serve(&terminal, post(&terminal, confirm));
    assert_holds(&unknown, &[("StatusCode", "-4")]);
}
