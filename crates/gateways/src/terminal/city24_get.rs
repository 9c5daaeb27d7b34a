//! City24 by GET: `QueryType=check|pay`, `TransactionId`, `Account`, `Amount` in hryvnias, `TransactionDate`;
//! reconciliation by `CheckDateBegin` and `CheckDateEnd` (`yyyyMMddHHmmss`).
//!
//! The protocol names two codes, 0 and 21 (not found); the rest are OSMP's until agreed otherwise.

use super::moment;
use super::osmp;
use super::outcome::{DONE, Line, Outcome, Receipt, Refusal, State};
use super::query::Query;
use super::request::{Call, Echo, OurNumber, Payment, RECONCILED_DAYS_MAX, Request, TxnId, Verb};
use super::settings::Codes;
use super::xml::Element;
use super::{Answer, Dialect, DialectName, RawRequest, positive};
use crate::amount::hryvnias;
use time::{Duration, PrimitiveDateTime};

#[derive(Debug)]
pub(super) struct City24Get {
    pub(super) codes: Codes,
}

pub(super) fn usual_codes(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::NoAccount | Refusal::BadAccount => 21,
        other => osmp::usual_codes(other),
    }
}

fn read(raw: &RawRequest<'_>, echo: &mut Echo) -> Result<Request, Refusal> {
    let names =
        ["QueryType", "TransactionId", "Account", "Amount", "TransactionDate", "CheckDateBegin", "CheckDateEnd"];
    let query = Query::read(raw, &names).map_err(|_| Refusal::BadFormat)?;
    let period = (query.get("CheckDateBegin"), query.get("CheckDateEnd"));
    echo.verb = match (query.get("QueryType"), period) {
        (None, (Some(_), Some(_))) => Some(Verb::Reconcile),
        (Some("check"), (None, None)) => Some(Verb::Check),
        (Some("pay"), (None, None)) => Some(Verb::Pay),
        (Some(_), (None, None)) => return Err(Refusal::Unsupported),
        _ => return Err(Refusal::BadFormat),
    };
    echo.txn = query.get("TransactionId").and_then(|text| text.parse().ok());
    echo.account = query.get("Account").and_then(|text| text.parse().ok());
    let amount = query.get("Amount").map(hryvnias);
    echo.amount = amount.as_ref().and_then(|amount| amount.as_ref().ok().copied());

    if let Some(Verb::Reconcile) = echo.verb {
        let moment = |text: Option<&str>| text.and_then(moment::from_compact).ok_or(Refusal::BadFormat);
        let (from, to) = (moment(period.0)?, moment(period.1)?);
        return if from <= to && to - from <= Duration::days(RECONCILED_DAYS_MAX) {
            Ok(Request::Reconcile { from, to })
        } else {
            Err(Refusal::BadFormat)
        };
    }
    let txn = echo.txn.clone().ok_or(Refusal::BadFormat)?;
    let account = match query.get("Account") {
        None => return Err(Refusal::BadFormat),
        Some(_) => echo.account.clone().ok_or(Refusal::BadAccount)?,
    };
    let amount = amount.transpose().map_err(|_| Refusal::BadFormat)?;
    if let Some(Verb::Check) = echo.verb {
        return Ok(Request::Check { account, amount });
    }
    let at =
        query.get("TransactionDate").and_then(|text| moment::from_compact(text).or_else(|| moment::from_iso(text)));
    Ok(Request::Pay(Payment { txn, account, amount: positive(amount.ok_or(Refusal::BadFormat)?)?, at }))
}

impl Dialect for City24Get {
    fn name(&self) -> DialectName {
        DialectName::City24Get
    }

    fn parse(&self, raw: &RawRequest<'_>) -> Call {
        let mut echo = Echo::default();
        let request = read(raw, &mut echo);
        Call { echo, request }
    }

    fn render(&self, echo: &Echo, outcome: &Outcome, _: PrimitiveDateTime) -> Answer {
        let answer = |ours: Option<&Receipt>, code: i32, comment: &str| {
            let amount = ours.map(|receipt| receipt.amount).or(echo.amount);
            Element::new("Response")
                .value("TransactionId", echo.txn.as_ref().map_or("", TxnId::as_str))
                .value("TransactionExt", text_of(ours.map(|receipt| receipt.number)))
                .value("Amount", amount.map(|amount| amount.to_string()).unwrap_or_default())
                .value("ResultCode", code)
                .value("Comment", comment)
        };
        let refused = |refusal: Refusal| answer(None, self.codes.of(refusal), refusal.comment());
        let response = match outcome {
            Outcome::Found(_) => answer(None, 0, DONE),
            Outcome::Paid(receipt)
            | Outcome::Already(receipt)
            | Outcome::Confirmed(receipt)
            | Outcome::Cancelled(receipt)
            | Outcome::Status(receipt, State::Paid) => answer(Some(receipt), 0, DONE),
            Outcome::Reserved(_) | Outcome::Status(_, State::Reserved) => refused(Refusal::InProgress),
            Outcome::Status(_, State::Cancelled) => refused(Refusal::Cancelled),
            Outcome::Reconciled(lines) => {
                lines.iter().fold(Element::new("Response"), |response, line| response.child(payment(line)))
            }
            Outcome::Refused(refusal) => refused(*refusal),
        };
        Answer::xml(response.document())
    }
}

fn text_of(number: Option<OurNumber>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn payment(line: &Line) -> Element {
    Element::new("Payment")
        .value("TransactionId", &line.txn)
        .value("Account", &line.account)
        .value("TransactionDate", moment::compact(line.receipt.at))
        .value("Amount", line.receipt.amount)
}
