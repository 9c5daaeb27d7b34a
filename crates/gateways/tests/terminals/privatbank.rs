//! PrivatBank "Debt" and A-Bank.

use super::book::Book;
use super::{asked, get, post, refused, terminal, told};
use cabinet_core::Money;
use cabinet_gateways::terminal::{Outcome, Payment, PaymentRef, Refusal, Request};
use time::macros::datetime;

const BANK: &str = "dialect = 'privatbank'\nservice = '101'\ncompany = '5'";

const SEARCH: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Transfer xmlns="http://debt.privatbank.ua/Transfer" interface="Debt" action="Search">
<Data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Payer">
<Unit name="bill_identifier" value="0042" />
</Data>
</Transfer>"#;

const PAY: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Transfer action="Pay" interface="Debt" xmlns="http://debt.privatbank.ua/Transfer">
    <Data xsi:type="Payment" id="4490021" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
        <CompanyInfo><CheckReference>0042</CheckReference></CompanyInfo>
        <PayerInfo billIdentifier="0042"/>
        <BankInfo/>
        <TotalSum>50.50</TotalSum>
        <CreateTime>2021-05-27T14:39:38.783+03:00</CreateTime>
        <ServiceGroup>
            <Service serviceCode="101" sum="50.50">
                <PayerInfo/>
                <CompanyInfo/>
                <BankInfo/>
            </Service>
        </ServiceGroup>
    </Data>
</Transfer>"#;

const CANCEL: &str = r#"<Transfer xmlns="http://debt.privatbank.ua/Transfer" interface="Debt" action="Cancel">
<Data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Payment" id="4490021"/>
</Transfer>"#;

fn check() -> String {
    PAY.replace("action=\"Pay\"", "action=\"Check\"").replace(" id=\"4490021\"", "")
}

/// The `Data` element's attribute of this name; `xsi:type` stands under `type`.
fn data(body: &str, name: &str) -> String {
    let document = roxmltree::Document::parse(body).expect("well-formed");
    let data = document.root_element().first_element_child().expect("Data");
    let attribute = data.attributes().find(|attribute| attribute.name() == name);
    attribute.expect(name).value().to_owned()
}

#[test]
fn a_payer_is_searched() {
    let terminal = terminal(BANK);
    for name in ["bill_identifier", "billIdentifier", "ls"] {
        let request = asked(post(&terminal, SEARCH.replace("bill_identifier", name)));
        assert_eq!(request, Request::Check { account: "0042".parse().expect("a number"), amount: None });
    }
    assert_eq!(
        Book::new().serve(&terminal, post(&terminal, SEARCH)),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Transfer xmlns="http://debt.privatbank.ua/Transfer" interface="Debt" action="Search">
  <Data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="DebtPack" billPeriod="202611">
    <PayerInfo billIdentifier="0042" ls="0042">
      <Fio>Л***о М.</Fio>
      <Phone></Phone>
      <Address>вул. Л*** У*** *, кв. *</Address>
    </PayerInfo>
    <ServiceGroup>
      <DebtService serviceCode="101">
        <CompanyInfo>
          <CompanyCode>5</CompanyCode>
        </CompanyInfo>
        <DebtInfo amountToPay="50.00" debt="12.30">
          <Balance>-12.30</Balance>
        </DebtInfo>
        <ServiceName>Інтернет</ServiceName>
        <PayerInfo billIdentifier="0042" ls="0042">
          <Fio>Л***о М.</Fio>
          <Phone></Phone>
          <Address>вул. Л*** У*** *, кв. *</Address>
        </PayerInfo>
      </DebtService>
    </ServiceGroup>
  </Data>
</Transfer>"#
    );
    let unknown = Book::new().serve(&terminal, post(&terminal, SEARCH.replace("0042", "0043")));
    assert_eq!(
        unknown,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Transfer xmlns="http://debt.privatbank.ua/Transfer" interface="Debt" action="Search">
  <Data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="ErrorInfo" code="2">
    <Message>Абонента не знайдено</Message>
  </Data>
</Transfer>"#
    );
}

#[test]
fn a_payment_is_checked_paid_and_taken_back_each_once() {
    let terminal = terminal(BANK);
    let mut book = Book::new();
    let checked = book.serve(&terminal, post(&terminal, check()));
    assert_eq!((data(&checked, "type"), data(&checked, "reference")), ("Gateway".into(), "0042".into()));

    let pay = post(&terminal, PAY);
    assert_eq!(
        asked(pay.clone()),
        Request::Pay(Payment {
            txn: "4490021".parse().expect("an id"),
            account: "0042".parse().expect("a number"),
            amount: Money::from_kopecks(50_50),
            at: Some(datetime!(2021-05-27 14:39:38.783)),
        })
    );
    let first = book.serve(&terminal, pay.clone());
    assert_eq!(
        first,
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Transfer xmlns="http://debt.privatbank.ua/Transfer" interface="Debt" action="Pay">
  <Data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Gateway" reference="1001"></Data>
</Transfer>"#
    );
    assert_eq!(book.serve(&terminal, pay.clone()), first);
    assert_eq!(book.serve(&terminal, post(&terminal, PAY.replace("50.50", "50,50"))), first);
    let strict = super::terminal(&format!("{BANK}\nrepeat_is_error = true"));
    assert_eq!(data(&book.serve(&strict, pay), "code"), "7");
    let changed = book.serve(&terminal, post(&terminal, PAY.replace("50.50", "50.51")));
    assert_eq!((data(&changed, "type"), data(&changed, "code")), ("ErrorInfo".into(), "99".into()));
    assert_eq!(book.balance, Money::from_kopecks(38_20));

    let cancel = post(&terminal, CANCEL);
    let payment = PaymentRef::Txn("4490021".parse().expect("an id"));
    assert_eq!(asked(cancel.clone()), Request::Cancel { payment, account: None, amount: None });
    assert_eq!(data(&book.serve(&terminal, cancel.clone()), "reference"), "1001");
    assert_eq!(data(&book.serve(&terminal, cancel), "reference"), "1001");
    assert_eq!(book.balance, Money::from_kopecks(-12_30));
    let absent = book.serve(&terminal, post(&terminal, CANCEL.replace("4490021", "4490022")));
    assert_eq!(data(&absent, "code"), "2");
}

#[test]
fn a_bank_is_the_same_without_the_namespace() {
    let terminal = terminal("dialect = 'abank'");
    let pay = PAY.replace(" xmlns=\"http://debt.privatbank.ua/Transfer\"", "");
    let body = Book::new().serve(&terminal, post(&terminal, pay));
    assert!(body.contains("<Transfer interface=\"Debt\" action=\"Pay\">"), "{body}");
    assert_eq!(data(&body, "reference"), "1001");
    let named = super::terminal("dialect = 'abank'\nservice_name = 'Зв\"язок & <ТБ>'");
    let body = Book::new().serve(&named, post(&named, SEARCH));
    super::assert_holds(&body, &[("ServiceName", "Зв\"язок & <ТБ>"), ("CompanyCode", "1")]);
}

#[test]
fn what_is_missing_or_malformed_is_refused() {
    let terminal = terminal(BANK);
    for (body, expected) in [
        (SEARCH.replace("\"Search\"", "\"Presearch\""), Refusal::Unsupported),
        (SEARCH.replace("\"Search\"", "\"Drop\""), Refusal::Unsupported),
        (SEARCH.replace("action=\"Search\"", ""), Refusal::BadFormat),
        (SEARCH.replace("\"Debt\"", "\"Card\""), Refusal::BadFormat),
        (SEARCH.replace("Transfer", "Transport"), Refusal::BadFormat),
        (SEARCH.replace("bill_identifier", "phone"), Refusal::BadFormat),
        (SEARCH.replace("<Unit", "<Unit name=\"ls\" value=\"1\"/><Unit"), Refusal::BadFormat),
        (SEARCH.replace("0042", ""), Refusal::BadFormat),
        (SEARCH.replace("0042", "0042'"), Refusal::BadAccount),
        (PAY.replace(" id=\"4490021\"", ""), Refusal::BadFormat),
        (PAY.replace("<PayerInfo billIdentifier=\"0042\"/>", ""), Refusal::BadFormat),
        (PAY.replace("<TotalSum>50.50</TotalSum>", ""), Refusal::BadFormat),
        (PAY.replace("sum=\"50.50\"", "sum=\"50.49\""), Refusal::BadFormat),
        (PAY.replace("sum=\"50.50\"", "sum=\"-50.50\""), Refusal::BadFormat),
        (PAY.replace("50.50", "0,00"), Refusal::TooSmall),
        (PAY.replace("\"101\"", "\"102\""), Refusal::NotAllowed),
        (CANCEL.replace("4490021", ""), Refusal::BadFormat),
    ] {
        assert_eq!(refused(&post(&terminal, &body)), Some(expected), "{body}");
    }
    for sum in ["0.001", "1e3", "-1", "NaN", "1 000,00", ""] {
        assert_eq!(refused(&post(&terminal, PAY.replace("50.50", sum))), Some(Refusal::BadFormat), "{sum}");
    }
    assert_eq!(refused(&get(&terminal, "action=Search")), Some(Refusal::BadFormat));
    let presearch = post(&terminal, SEARCH.replace("\"Search\"", "\"Presearch\""));
    let body = super::refusal(&terminal, &presearch);
    assert_eq!(data(&body, "code"), "99");
    assert!(body.contains("action=\"Presearch\""));
    let later = told(&terminal, &post(&terminal, PAY), &Outcome::Refused(Refusal::TryLater));
    assert_eq!(data(&later, "code"), "99");
}
