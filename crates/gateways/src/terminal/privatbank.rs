//! PrivatBank "Debt", for Privat24 and the bank's terminals: POST `<Transfer interface="Debt" action="…">`, answered in
//! kind. A-Bank speaks the same without the namespace. Sums are hryvnias, some with a comma.
//!
//! A payment is known by the bank's `id`. The reference of a `Check` is the contract number, since nothing is noted yet;
//! that of a `Pay` is our number.

use super::moment;
use super::outcome::{Found, Outcome, Refusal};
use super::request::{Call, Echo, Payment, PaymentRef, Request, Verb};
use super::settings::Codes;
use super::xml::{self, Element};
use super::{Answer, Dialect, DialectName, Method, RawRequest, positive};
use crate::amount::hryvnias;
use cabinet_core::{ContractNumber, Money};
use roxmltree::Node;
use time::PrimitiveDateTime;

#[derive(Debug)]
pub(super) struct Privatbank {
    pub(super) name: DialectName,
    pub(super) service: Option<String>,
    pub(super) service_name: Option<String>,
    pub(super) company: Option<String>,
    pub(super) repeat_is_error: bool,
    pub(super) codes: Codes,
}

/// "Duplicate payment".
const DUPLICATE: i32 = 7;

pub(super) fn usual_codes(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::NoAccount | Refusal::BadAccount | Refusal::NoPayment => 2,
        _ => 99,
    }
}

const NAMESPACE: &str = "http://debt.privatbank.ua/Transfer";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attribute(name).map(str::trim).filter(|value| !value.is_empty())
}

/// The contract number of a `Search`: the value of the only unit that names a payer.
fn searched<'a>(data: Node<'a, '_>) -> Result<Option<&'a str>, Refusal> {
    let mut units = data.children().filter(|node| {
        node.is_element()
            && node.tag_name().name() == "Unit"
            && matches!(attribute(*node, "name"), Some("bill_identifier" | "billIdentifier" | "ls"))
    });
    match (units.next(), units.next()) {
        (Some(unit), None) => Ok(attribute(unit, "value")),
        _ => Err(Refusal::BadFormat),
    }
}

impl Privatbank {
    /// The total, which the services it is made of must add up to.
    fn total(&self, data: Node<'_, '_>) -> Result<Option<Money>, Refusal> {
        let sum = |text: &str| hryvnias(text).map_err(|_| Refusal::BadFormat);
        let total = xml::value(data, "TotalSum")?.map(sum).transpose()?;
        let Some(group) = xml::child(data, "ServiceGroup")? else { return Ok(total) };
        let mut parts = Money::ZERO;
        let mut is_split = false;
        for service in group.children().filter(|node| node.is_element() && node.tag_name().name() == "Service") {
            if let (Some(ours), Some(given)) = (&self.service, attribute(service, "serviceCode"))
                && ours != given
            {
                return Err(Refusal::NotAllowed);
            }
            if let Some(text) = attribute(service, "sum") {
                parts = parts.checked_add(sum(text)?).ok_or(Refusal::BadFormat)?;
                is_split = true;
            }
        }
        if is_split && total.is_some_and(|total| total != parts) { Err(Refusal::BadFormat) } else { Ok(total) }
    }

    fn read(&self, raw: &RawRequest<'_>, echo: &mut Echo) -> Result<Request, Refusal> {
        if raw.method != Method::Post {
            return Err(Refusal::BadFormat);
        }
        let document = xml::parse(xml::text(raw)?)?;
        let transfer = document.root_element();
        if transfer.tag_name().name() != "Transfer" || attribute(transfer, "interface") != Some("Debt") {
            return Err(Refusal::BadFormat);
        }
        echo.verb = match attribute(transfer, "action").ok_or(Refusal::BadFormat)? {
            "Presearch" => Some(Verb::Presearch),
            "Search" => Some(Verb::Search),
            "Check" => Some(Verb::Check),
            "Pay" => Some(Verb::Pay),
            "Cancel" => Some(Verb::Cancel),
            _ => None,
        };
        let verb = echo.verb.filter(|verb| *verb != Verb::Presearch).ok_or(Refusal::Unsupported)?;
        let data = xml::child(transfer, "Data")?.ok_or(Refusal::BadFormat)?;
        let account = match verb {
            Verb::Search => searched(data)?,
            _ => xml::child(data, "PayerInfo")?.and_then(|payer| attribute(payer, "billIdentifier")),
        };
        echo.account = account.and_then(|text| text.parse().ok());
        echo.txn = attribute(data, "id").and_then(|text| text.parse().ok());

        let txn = || echo.txn.clone().ok_or(Refusal::BadFormat);
        let account = || -> Result<ContractNumber, Refusal> {
            account.ok_or(Refusal::BadFormat)?.parse().map_err(|_| Refusal::BadAccount)
        };
        match verb {
            Verb::Search => Ok(Request::Check { account: account()?, amount: None }),
            Verb::Check => Ok(Request::Check { account: account()?, amount: self.total(data)? }),
            Verb::Pay => Ok(Request::Pay(Payment {
                txn: txn()?,
                account: account()?,
                amount: positive(self.total(data)?.ok_or(Refusal::BadFormat)?)?,
                at: xml::value(data, "CreateTime")?.and_then(moment::from_iso),
            })),
            _ => {
                let payer = xml::child(data, "PayerInfo")?.map(|_| account()).transpose()?;
                Ok(Request::Cancel { payment: PaymentRef::Txn(txn()?), account: payer, amount: self.total(data)? })
            }
        }
    }

    fn debt(&self, found: &Found, now: PrimitiveDateTime) -> Element {
        // Phones stay at home, but the element is expected.
        let payer = || {
            Element::new("PayerInfo")
                .with("billIdentifier", &found.account)
                .with("ls", &found.account)
                .value("Fio", &found.name)
                .value("Phone", "")
                .value("Address", &found.address)
        };
        let debt = Element::new("DebtInfo")
            .with("amountToPay", found.to_pay)
            .with("debt", -found.balance)
            .value("Balance", found.balance);
        let service = Element::new("DebtService")
            .with("serviceCode", self.service.as_deref().unwrap_or("1"))
            .child(Element::new("CompanyInfo").value("CompanyCode", self.company.as_deref().unwrap_or("1")))
            .child(debt)
            .value("ServiceName", self.service_name.as_deref().unwrap_or("Інтернет"))
            .child(payer());
        data("DebtPack")
            .with("billPeriod", moment::month(now))
            .child(payer())
            .child(Element::new("ServiceGroup").child(service))
    }
}

fn data(kind: &'static str) -> Element {
    Element::new("Data").with("xmlns:xsi", SCHEMA_INSTANCE).with("xsi:type", kind)
}

fn error(code: i32, message: &str) -> Element {
    data("ErrorInfo").with("code", code).value("Message", message)
}

impl Dialect for Privatbank {
    fn name(&self) -> DialectName {
        self.name
    }

    fn parse(&self, raw: &RawRequest<'_>) -> Call {
        let mut echo = Echo::default();
        let request = self.read(raw, &mut echo);
        Call { echo, request }
    }

    fn render(&self, echo: &Echo, outcome: &Outcome, now: PrimitiveDateTime) -> Answer {
        let gateway = |reference: String| data("Gateway").with("reference", reference);
        let refused = |refusal: Refusal| error(self.codes.of(refusal), refusal.comment());
        let data = match outcome {
            Outcome::Found(found) if echo.verb == Some(Verb::Check) => gateway(found.account.to_string()),
            Outcome::Found(found) => self.debt(found, now),
            Outcome::Already(_) if self.repeat_is_error => error(DUPLICATE, "Дублювання платежу"),
            Outcome::Paid(receipt)
            | Outcome::Already(receipt)
            | Outcome::Reserved(receipt)
            | Outcome::Confirmed(receipt)
            | Outcome::Cancelled(receipt) => gateway(receipt.number.to_string()),
            Outcome::Status(..) | Outcome::Reconciled(_) => refused(Refusal::Unsupported),
            Outcome::Refused(refusal) => refused(*refusal),
        };
        let action = match echo.verb {
            Some(Verb::Presearch) => Some("Presearch"),
            Some(Verb::Search) => Some("Search"),
            Some(Verb::Check) => Some("Check"),
            Some(Verb::Pay) => Some("Pay"),
            Some(Verb::Cancel) => Some("Cancel"),
            _ => None,
        };
        let mut transfer = Element::new("Transfer");
        if self.name == DialectName::Privatbank {
            transfer = transfer.with("xmlns", NAMESPACE);
        }
        transfer = transfer.with("interface", "Debt");
        if let Some(action) = action {
            transfer = transfer.with("action", action);
        }
        Answer::xml(transfer.child(data).document())
    }
}
