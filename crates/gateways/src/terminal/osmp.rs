//! OSMP and its kin: GET parameters in, a short XML out. iBox and monobank's utility payments differ by one tag.
//!
//! `command=check|pay&txn_id=…&account=…&sum=…`, `pay` with `txn_date=YYYYMMDDHHMMSS`; also `command=cancel&prv_txn=…`
//! and `command=status&txn_id=…`. Sums are hryvnias.

use super::moment;
use super::outcome::{DONE, Found, Outcome, Receipt, Refusal, State};
use super::query::Query;
use super::request::{Call, Echo, Payment, PaymentRef, Request, TxnId, Verb};
use super::settings::Codes;
use super::xml::Element;
use super::{Answer, Dialect, DialectName, RawRequest, positive};
use crate::amount::hryvnias;
use time::PrimitiveDateTime;

#[derive(Debug)]
pub(super) struct Osmp {
    pub(super) name: DialectName,
    pub(super) codes: Codes,
}

/// OSMP's codes, which City24 shares.
pub(super) fn usual_codes(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::TryLater => 1,
        Refusal::BadAccount => 4,
        Refusal::NoAccount => 5,
        Refusal::NotAllowed | Refusal::BadSignature | Refusal::CannotCancel => 7,
        Refusal::Inactive => 79,
        Refusal::InProgress => 90,
        Refusal::TooSmall => 241,
        Refusal::TooLarge => 242,
        Refusal::BadFormat | Refusal::Changed | Refusal::Cancelled | Refusal::NoPayment | Refusal::Unsupported => 300,
    }
}

/// Up to 20 digits.
fn txn_id(text: &str) -> Option<TxnId> {
    let plain = text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

impl Osmp {
    fn read(&self, raw: &RawRequest<'_>, echo: &mut Echo) -> Result<Request, Refusal> {
        let names = ["command", "txn_id", "account", "sum", "txn_date", "prv_txn"];
        let query = Query::read(raw, &names).map_err(|_| Refusal::BadFormat)?;
        echo.verb = match query.get("command").ok_or(Refusal::BadFormat)? {
            "check" => Some(Verb::Check),
            "pay" => Some(Verb::Pay),
            "cancel" => Some(Verb::Cancel),
            "status" => Some(Verb::Status),
            _ => None,
        };
        echo.txn = query.get("txn_id").and_then(txn_id);
        echo.account = query.get("account").and_then(|text| text.parse().ok());
        echo.amount = query.get("sum").and_then(|text| hryvnias(text).ok());

        let txn = || echo.txn.clone().ok_or(Refusal::BadFormat);
        let account = || match query.get("account") {
            None => Err(Refusal::BadFormat),
            Some(_) => echo.account.clone().ok_or(Refusal::BadAccount),
        };
        let amount = || echo.amount.ok_or(Refusal::BadFormat);
        match echo.verb.ok_or(Refusal::Unsupported)? {
            Verb::Check => {
                txn()?;
                Ok(Request::Check { account: account()?, amount: Some(amount()?) })
            }
            Verb::Pay => Ok(Request::Pay(Payment {
                txn: txn()?,
                account: account()?,
                amount: positive(amount()?)?,
                at: query.get("txn_date").and_then(moment::from_compact),
            })),
            Verb::Cancel => {
                let number = query.get("prv_txn").and_then(|text| text.parse().ok()).ok_or(Refusal::BadFormat)?;
                Ok(Request::Cancel { payment: PaymentRef::Number(number), account: None, amount: None })
            }
            _ => Ok(Request::Status { txn: txn()? }),
        }
    }
}

impl Dialect for Osmp {
    fn name(&self) -> DialectName {
        self.name
    }

    fn parse(&self, raw: &RawRequest<'_>) -> Call {
        let mut echo = Echo::default();
        let request = self.read(raw, &mut echo);
        Call { echo, request }
    }

    fn render(&self, echo: &Echo, outcome: &Outcome, _: PrimitiveDateTime) -> Answer {
        let tag = if self.name == DialectName::Osmp { "osmp_txn_id" } else { "ibox_txn_id" };
        let response = Element::new("response").value(tag, echo.txn.as_ref().map_or("", TxnId::as_str));
        let paid = |response: Element, receipt: &Receipt| {
            response
                .value("prv_txn", receipt.number)
                .value("prv_txn_date", moment::spaced(receipt.at))
                .value("sum", receipt.amount)
                .value("result", 0)
                .value("comment", DONE)
        };
        let refused = |response: Element, refusal: Refusal| {
            response.value("result", self.codes.of(refusal)).value("comment", refusal.comment())
        };
        let response = match outcome {
            Outcome::Found(found) => response.value("result", 0).child(fields(found)),
            Outcome::Paid(receipt)
            | Outcome::Already(receipt)
            | Outcome::Confirmed(receipt)
            | Outcome::Cancelled(receipt)
            | Outcome::Status(receipt, State::Paid) => paid(response, receipt),
            Outcome::Reserved(_) | Outcome::Status(_, State::Reserved) => refused(response, Refusal::InProgress),
            Outcome::Status(_, State::Cancelled) => refused(response, Refusal::Cancelled),
            Outcome::Reconciled(_) => refused(response, Refusal::Unsupported),
            Outcome::Refused(refusal) => refused(response, *refusal),
        };
        Answer::xml(response.document())
    }
}

fn fields(found: &Found) -> Element {
    Element::new("fields")
        .child(Element::text("field1", found.balance).with("name", "balance"))
        .child(Element::text("field2", &found.name).with("name", "name"))
        .child(Element::text("field3", &found.address).with("name", "address"))
}
