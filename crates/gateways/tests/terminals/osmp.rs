//! OSMP, iBox, monobank.

use super::book::Book;
use super::{asked, assert_holds, get, refusal, refused, terminal, told};
use cabinet_core::Money;
use cabinet_gateways::terminal::{Outcome, Payment, Refusal, Request};
use time::macros::datetime;

const CHECK: &str = "command=check&txn_id=1234567&account=0042&sum=1.00";
const PAY: &str = "command=pay&txn_id=1234567&txn_date=20050815120133&account=0042&sum=10.45";

#[test]
fn a_payer_is_found_and_masked() {
    let terminal = terminal("dialect = 'osmp'");
    let call = get(&terminal, CHECK);
    assert_eq!(
        asked(call.clone()),
        Request::Check { account: "0042".parse().expect("a number"), amount: Some(Money::from_kopecks(1_00)) }
    );
    assert_eq!(
        Book::new().serve(&terminal, call),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<response>
  <osmp_txn_id>1234567</osmp_txn_id>
  <result>0</result>
  <fields>
    <field1 name="balance">-12.30</field1>
    <field2 name="name">Л***о М.</field2>
    <field3 name="address">вул. Л*** У*** *, кв. *</field3>
  </fields>
</response>"#
    );
}

#[test]
fn a_payment_is_credited_once_and_answered_the_same() {
    let terminal = terminal("dialect = 'ibox'");
    let mut book = Book::new();
    let call = get(&terminal, PAY);
    assert_eq!(
        asked(call.clone()),
        Request::Pay(Payment {
            txn: "1234567".parse().expect("an id"),
            account: "0042".parse().expect("a number"),
            amount: Money::from_kopecks(10_45),
            at: Some(datetime!(2005-08-15 12:01:33)),
        })
    );
    let first = book.serve(&terminal, call.clone());
    assert_eq!(
        first,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<response>
  <ibox_txn_id>1234567</ibox_txn_id>
  <prv_txn>1001</prv_txn>
  <prv_txn_date>2026-11-22 14:31:00</prv_txn_date>
  <sum>10.45</sum>
  <result>0</result>
  <comment>OK</comment>
</response>"#
    );
    assert_eq!(book.serve(&terminal, call), first);
    assert_eq!(book.serve(&terminal, get(&terminal, &PAY.replace("10.45", "10,45"))), first);
    assert_eq!(book.balance, Money::from_kopecks(-1_85));

    let changed = book.serve(&terminal, get(&terminal, &PAY.replace("10.45", "10.46")));
    assert_holds(&changed, &[("ibox_txn_id", "1234567"), ("result", "300")]);
    let moved = book.serve(&terminal, get(&terminal, &PAY.replace("0042", "42")));
    assert_holds(&moved, &[("result", "300")]);
    assert_eq!(book.balance, Money::from_kopecks(-1_85));
}

#[test]
fn a_payment_is_asked_after_and_taken_back() {
    let terminal = terminal("dialect = 'monobank'");
    let mut book = Book::new();
    let mut serve = |query: &str| book.serve(&terminal, get(&terminal, query));
    assert_holds(&serve("command=status&txn_id=1234567"), &[("ibox_txn_id", "1234567"), ("result", "300")]);
    serve(PAY);
    assert_holds(&serve("command=status&txn_id=1234567"), &[("result", "0"), ("prv_txn", "1001"), ("sum", "10.45")]);
    assert_holds(&serve("command=cancel&prv_txn=1001"), &[("result", "0"), ("prv_txn", "1001")]);
    assert_holds(&serve("command=cancel&prv_txn=1001"), &[("result", "0"), ("prv_txn", "1001")]);
    assert_holds(&serve("command=cancel&prv_txn=1002"), &[("result", "300")]);
    assert_holds(&serve("command=status&txn_id=1234567"), &[("result", "300")]);
    assert_holds(&serve(PAY), &[("result", "300")]);
    assert_eq!(book.balance, Money::from_kopecks(-12_30));
}

#[test]
fn limits_hold_for_new_payments_only() {
    let terminal = terminal("dialect = 'osmp'\nmin = '10.00'\nmax = '20.00'");
    let narrower = super::terminal("dialect = 'osmp'\nmin = '15.00'\nmax = '20.00'");
    let mut book = Book::new();
    assert_holds(&book.serve(&terminal, get(&terminal, &PAY.replace("10.45", "9.99"))), &[("result", "241")]);
    assert_holds(&book.serve(&terminal, get(&terminal, &PAY.replace("10.45", "20.01"))), &[("result", "242")]);
    for (txn, edge) in [("1", "10.00"), ("2", "20.00")] {
        let query = PAY.replace("1234567", txn).replace("10.45", edge);
        assert_holds(&book.serve(&terminal, get(&terminal, &query)), &[("result", "0"), ("sum", edge)]);
    }
    let first = book.serve(&terminal, get(&terminal, PAY));
    assert_holds(&first, &[("result", "0")]);
    assert_eq!(book.serve(&narrower, get(&narrower, PAY)), first);
}

#[test]
fn every_refusal_has_its_code() {
    let terminal = terminal("dialect = 'osmp'");
    let call = get(&terminal, PAY);
    for (refusal, code) in [
        (Refusal::NoAccount, "5"),
        (Refusal::BadAccount, "4"),
        (Refusal::BadFormat, "300"),
        (Refusal::Inactive, "79"),
        (Refusal::TooSmall, "241"),
        (Refusal::TooLarge, "242"),
        (Refusal::Changed, "300"),
        (Refusal::InProgress, "90"),
        (Refusal::TryLater, "1"),
        (Refusal::NotAllowed, "7"),
    ] {
        let body = told(&terminal, &call, &Outcome::Refused(refusal));
        assert_holds(&body, &[("osmp_txn_id", "1234567"), ("result", code), ("comment", refusal.comment())]);
    }
    let agreed = super::terminal("dialect = 'osmp'\ncodes = { changed = 8, no_account = 4 }");
    let body = told(&agreed, &call, &Outcome::Refused(Refusal::Changed));
    assert_holds(&body, &[("result", "8")]);
}

#[test]
fn what_is_missing_or_malformed_is_refused() {
    let terminal = terminal("dialect = 'osmp'");
    for (query, expected) in [
        ("", Refusal::BadFormat),
        ("command=check", Refusal::BadFormat),
        ("command=refund&txn_id=1&account=0042&sum=1.00", Refusal::Unsupported),
        ("command=check&txn_id=1&account=0042", Refusal::BadFormat),
        ("command=check&account=0042&sum=1.00", Refusal::BadFormat),
        ("command=check&txn_id=1&sum=1.00", Refusal::BadFormat),
        ("command=check&txn_id=1&account=ivan&sum=1.00", Refusal::BadAccount),
        ("command=check&txn_id=1&account=0042%00&sum=1.00", Refusal::BadAccount),
        ("command=check&txn_id=1&account=%D9%A1%D9%A2&sum=1.00", Refusal::BadAccount),
        ("command=check&txn_id=1&account=123456789012345678901&sum=1.00", Refusal::BadAccount),
        ("command=pay&txn_id=123456789012345678901&account=0042&sum=1.00", Refusal::BadFormat),
        ("command=pay&txn_id=1a&account=0042&sum=1.00", Refusal::BadFormat),
        ("command=pay&txn_id=1&account=0042&sum=1.00&sum=2.00", Refusal::BadFormat),
        ("command=pay&command=check&txn_id=1&account=0042&sum=1.00", Refusal::BadFormat),
        ("command=cancel&txn_id=1", Refusal::BadFormat),
        ("command=cancel&prv_txn=-1", Refusal::BadFormat),
        ("command=status", Refusal::BadFormat),
    ] {
        let call = get(&terminal, query);
        assert_eq!(refused(&call), Some(expected), "{query}");
        assert_ne!(refusal(&terminal, &call).find("<result>"), None);
    }
    for sum in
        ["10.4.5", "0.001", "1e3", "-1", "%2B1", "NaN", "", "1%20000", "1000000000", "0x10", "9223372036854775808"]
    {
        let call = get(&terminal, &PAY.replace("10.45", sum));
        assert_eq!(refused(&call), Some(Refusal::BadFormat), "{sum}");
    }
    for sum in ["0", "0.00", "0,0"] {
        assert_eq!(refused(&get(&terminal, &PAY.replace("10.45", sum))), Some(Refusal::TooSmall), "{sum}");
        assert!(get(&terminal, &CHECK.replace("1.00", sum)).request.is_ok(), "{sum}");
    }
    assert_eq!(refused(&super::post(&terminal, PAY)), Some(Refusal::BadFormat));
    let undated = asked(get(&terminal, &PAY.replace("20050815120133", "yesterday")));
    assert!(matches!(undated, Request::Pay(Payment { at: None, .. })));
}

#[test]
fn nothing_of_a_request_is_repeated_unchecked() {
    let terminal = terminal("dialect = 'osmp'");
    let call = get(&terminal, "command=check&txn_id=%3Cscript%3E&account=%22%3E%3Cx%3E&sum=%26amp;");
    let body = refusal(&terminal, &call);
    assert_holds(&body, &[("osmp_txn_id", ""), ("result", "300")]);
    assert!(!body.contains("script"));
}
