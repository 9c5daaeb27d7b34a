//! City24, both ways.

use super::book::Book;
use super::{asked, assert_holds, get, post, refused, terminal, told};
use cabinet_core::Money;
use cabinet_gateways::terminal::{Outcome, Payment, PaymentRef, Refusal, Request};
use time::macros::datetime;

const GET: &str = "dialect = 'city24_get'";
const XML: &str = "dialect = 'city24_xml'\nlogin = 'city'\npassword = 'secret'";

#[test]
fn by_get_a_payment_is_checked_paid_and_reconciled() {
    let terminal = terminal(GET);
    let mut book = Book::new();
    let check = get(&terminal, "QueryType=check&TransactionId=77&Account=0042&Amount=10,5");
    assert_eq!(
        book.serve(&terminal, check),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <TransactionId>77</TransactionId>
  <TransactionExt></TransactionExt>
  <Amount>10.50</Amount>
  <ResultCode>0</ResultCode>
  <Comment>OK</Comment>
</Response>"#
    );
    let query = "QueryType=pay&TransactionId=77&Account=0042&Amount=10.50&TransactionDate=20261122143000";
    let pay = get(&terminal, query);
    assert_eq!(
        asked(pay.clone()),
        Request::Pay(Payment {
            txn: "77".parse().expect("an id"),
            account: "0042".parse().expect("a number"),
            amount: Money::from_kopecks(10_50),
            at: Some(datetime!(2026-11-22 14:30)),
        })
    );
    let first = book.serve(&terminal, pay.clone());
    assert_holds(&first, &[("TransactionExt", "1001"), ("Amount", "10.50"), ("ResultCode", "0")]);
    assert_eq!(book.serve(&terminal, pay), first);
    let changed = book.serve(&terminal, get(&terminal, &query.replace("10.50", "105.0")));
    assert_holds(&changed, &[("TransactionExt", ""), ("ResultCode", "300")]);
    assert_eq!(book.balance, Money::from_kopecks(-1_80));

    let day = get(&terminal, "CheckDateBegin=20261122000000&CheckDateEnd=20261123000000");
    assert_eq!(
        book.serve(&terminal, day),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Payment>
    <TransactionId>77</TransactionId>
    <Account>0042</Account>
    <TransactionDate>20261122143100</TransactionDate>
    <Amount>10.50</Amount>
  </Payment>
</Response>"#
    );
    let earlier = get(&terminal, "CheckDateBegin=20261121000000&CheckDateEnd=20261122000000");
    assert_eq!(book.serve(&terminal, earlier), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response></Response>");
}

#[test]
fn by_get_what_is_missing_or_malformed_is_refused() {
    let terminal = terminal(GET);
    for (query, expected) in [
        ("", Refusal::BadFormat),
        ("QueryType=cancel&TransactionId=1", Refusal::Unsupported),
        ("QueryType=check&TransactionId=1", Refusal::BadFormat),
        ("QueryType=check&Account=0042", Refusal::BadFormat),
        ("QueryType=check&TransactionId=1&Account=x", Refusal::BadAccount),
        ("QueryType=check&TransactionId=1&Account=0042&Amount=1e3", Refusal::BadFormat),
        ("QueryType=pay&TransactionId=1&Account=0042", Refusal::BadFormat),
        ("QueryType=pay&TransactionId=1&Account=0042&Amount=0.001", Refusal::BadFormat),
        ("QueryType=pay&TransactionId=1&Account=0042&Amount=0", Refusal::TooSmall),
        ("QueryType=pay&TransactionId=1&Account=0042&Amount=1&CheckDateBegin=20261122000000", Refusal::BadFormat),
        ("CheckDateBegin=20261122000000", Refusal::BadFormat),
        ("CheckDateBegin=20261123000000&CheckDateEnd=20261122000000", Refusal::BadFormat),
        ("CheckDateBegin=20260101000000&CheckDateEnd=20261122000000", Refusal::BadFormat),
        ("CheckDateBegin=00010101000000&CheckDateEnd=99991231235959", Refusal::BadFormat),
        ("CheckDateBegin=20260229000000&CheckDateEnd=20260301000000", Refusal::BadFormat),
    ] {
        assert_eq!(refused(&get(&terminal, query)), Some(expected), "{query}");
    }
    assert!(get(&terminal, "QueryType=check&TransactionId=1&Account=0042").request.is_ok());
    let call = get(&terminal, "QueryType=check&TransactionId=1&Account=0043");
    let body = Book::new().serve(&terminal, call.clone());
    assert_holds(&body, &[("ResultCode", "21")]);
    assert_holds(&told(&terminal, &call, &Outcome::Refused(Refusal::TryLater)), &[("ResultCode", "1")]);
}

fn call(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<commandCall>\n  <login>city</login>\n  \
         <password>secret</password>\n  {inside}\n</commandCall>"
    )
}

const PAY: &str = "<command>pay</command><transactionID>1234567890123</transactionID>\
    <payTimestamp>20101008162022</payTimestamp><payID>5510</payID><payElementID>0</payElementID>\
    <account>0042</account><amount>1050</amount><terminalId>11352</terminalId>";

#[test]
fn by_xml_sums_are_kopecks() {
    let terminal = terminal(XML);
    let mut book = Book::new();
    let check = call(
        "<command>check</command><transactionID>3362935524</transactionID><payElementID>1</payElementID>\
         <account>0042</account><payID>5510</payID><userEnterAmount>1050</userEnterAmount>",
    );
    let check = post(&terminal, check);
    assert_eq!(
        asked(check.clone()),
        Request::Check { account: "0042".parse().expect("a number"), amount: Some(Money::from_kopecks(10_50)) }
    );
    assert_eq!(
        book.serve(&terminal, check),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<commandResponse>
  <extTransactionID>0</extTransactionID>
  <account>0042</account>
  <result>0</result>
  <fields>
    <field1 name="FIO">Л***о М.</field1>
    <field2 name="Balance">-12.30</field2>
  </fields>
  <comment>OK</comment>
</commandResponse>"#
    );
    let pay = post(&terminal, call(PAY));
    assert_eq!(
        asked(pay.clone()),
        Request::Pay(Payment {
            txn: "5510".parse().expect("an id"),
            account: "0042".parse().expect("a number"),
            amount: Money::from_kopecks(10_50),
            at: Some(datetime!(2010-10-08 16:20:22)),
        })
    );
    let first = book.serve(&terminal, pay);
    assert_holds(&first, &[("extTransactionID", "1001"), ("account", "0042"), ("result", "0")]);
    let again = call(&PAY.replace("1234567890123", "1234567890124"));
    assert_eq!(book.serve(&terminal, post(&terminal, again)), first);
    let changed = book.serve(&terminal, post(&terminal, call(&PAY.replace(">1050<", ">105000<"))));
    assert_holds(&changed, &[("extTransactionID", "0"), ("result", "300")]);
    assert_eq!(book.balance, Money::from_kopecks(-1_80));

    let status = "<command>check_status</command><transactionID>1111</transactionID><PayID>5510</PayID>";
    let told = book.serve(&terminal, post(&terminal, call(status)));
    assert_holds(&told, &[("extTransactionID", "1001"), ("result", "0")]);

    let cancel = "<command>cancel</command><transactionID>1111</transactionID><cancelPayID>5510</cancelPayID>\
        <payElementID>1</payElementID><account>0042</account><amount>1050</amount>";
    let asked = asked(post(&terminal, call(cancel)));
    let payment = PaymentRef::Txn("5510".parse().expect("an id"));
    assert!(matches!(asked, Request::Cancel { payment: named, .. } if named == payment));
    let part = book.serve(&terminal, post(&terminal, call(&cancel.replace(">1050<", ">1000<"))));
    assert_holds(&part, &[("result", "300")]);
    let cancelled = book.serve(&terminal, post(&terminal, call(cancel)));
    assert_holds(&cancelled, &[("extTransactionID", "1001"), ("result", "0")]);
    assert_eq!(book.balance, Money::from_kopecks(-12_30));
}

#[test]
fn by_xml_only_the_right_login_and_password_are_heard() {
    let terminal = terminal(XML);
    assert!(post(&terminal, call(PAY)).request.is_ok());
    for (is, becomes) in [
        ("<login>city</login>", "<login>City</login>"),
        ("<login>city</login>", "<login></login>"),
        ("<login>city</login>", ""),
        ("secret", "secre"),
        ("secret", "secrets"),
        ("<password>secret</password>", "<password/>"),
    ] {
        let body = call(PAY).replace(is, becomes);
        let stranger = post(&terminal, &body);
        assert_eq!(refused(&stranger), Some(Refusal::NotAllowed), "{body}");
        assert_holds(&super::refusal(&terminal, &stranger), &[("result", "7")]);
    }
    let doubled = call(&format!("<password>secret</password>{PAY}"));
    assert_eq!(refused(&post(&terminal, doubled)), Some(Refusal::BadFormat));
}

#[test]
fn by_xml_what_is_missing_or_malformed_is_refused() {
    let terminal = terminal(XML);
    for amount in ["10.50", "10,5", "-1", "1e3", "NaN", "0.001", "", "99999999999999"] {
        let body = call(&PAY.replace(">1050<", &format!(">{amount}<")));
        assert_eq!(refused(&post(&terminal, body)), Some(Refusal::BadFormat), "{amount}");
    }
    for (is, becomes, expected) in [
        (">1050<", ">0<", Refusal::TooSmall),
        (">0042<", ">x<", Refusal::BadAccount),
        ("<account>0042</account>", "", Refusal::BadFormat),
        ("<payID>5510</payID>", "", Refusal::BadFormat),
        (">5510<", ">55 10<", Refusal::BadFormat),
        (">pay<", ">refund<", Refusal::Unsupported),
        ("<command>pay</command>", "", Refusal::BadFormat),
        ("<amount>1050</amount>", "<amount>1050</amount><amount>1</amount>", Refusal::BadFormat),
    ] {
        let body = call(&PAY.replace(is, becomes));
        assert_eq!(refused(&post(&terminal, &body)), Some(expected), "{body}");
    }
    let other = call(PAY).replace("commandCall", "commandBall");
    assert_eq!(refused(&post(&terminal, other)), Some(Refusal::BadFormat));
    assert_eq!(refused(&get(&terminal, "command=pay")), Some(Refusal::BadFormat));

    let one_service = super::terminal(&format!("{XML}\nservice = '3'"));
    assert_eq!(refused(&post(&one_service, call(PAY))), Some(Refusal::NotAllowed));
    let ours = call(&PAY.replace("<payElementID>0<", "<payElementID>3<"));
    assert!(post(&one_service, ours).request.is_ok());
}
