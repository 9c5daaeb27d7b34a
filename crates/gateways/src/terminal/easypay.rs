//! EasyPay Provider 3.1: POST `<Request>` with one of `Check`, `Payment`, `Confirm`, `Cancel`. A payment is noted and
//! then credited by its confirmation; sums are hryvnias.
//!
//! With keys, a request's `Sign` is verified over the body's exact bytes with `<Sign></Sign>` left empty, and our
//! answer is signed the same way.

use super::moment;
use super::outcome::{DONE, Outcome, Refusal};
use super::request::{Call, Echo, OurNumber, Payment, PaymentRef, Request, Verb};
use super::settings::Codes;
use super::signature::{OurKey, TheirKey};
use super::xml::{self, Element};
use super::{Answer, Dialect, DialectName, Method, RawRequest, positive};
use crate::amount::hryvnias;
use roxmltree::Node;
use time::PrimitiveDateTime;

#[derive(Debug)]
pub(super) struct Easypay {
    pub(super) service: String,
    pub(super) keys: Option<Keys>,
    pub(super) codes: Codes,
}

#[derive(Debug)]
pub(super) struct Keys {
    pub(super) theirs: TheirKey,
    pub(super) ours: OurKey,
}

/// The protocol leaves negative codes to be agreed; these are those of a common installation.
pub(super) fn usual_codes(refusal: Refusal) -> i32 {
    match refusal {
        Refusal::NoAccount | Refusal::BadAccount => -1,
        Refusal::Changed => -3,
        Refusal::NoPayment => -4,
        Refusal::BadSignature => -5,
        _ => -2,
    }
}

const EMPTY_SIGN: &str = "<Sign></Sign>";

/// The parts of the text around the only signature, and the signature. `None` when there is none written as the
/// protocol writes it.
fn signed<'t>(text: &'t str, request: Node<'_, 't>) -> Option<([&'t str; 3], &'t str)> {
    let sign = xml::child(request, "Sign").ok()??.range();
    let signature = text.get(sign.clone())?.strip_prefix("<Sign>")?.strip_suffix("</Sign>")?;
    Some(([text.get(..sign.start)?, EMPTY_SIGN, text.get(sign.end..)?], signature))
}

impl Easypay {
    fn verify(&self, raw: &RawRequest<'_>, text: &str, request: Node<'_, '_>) -> Result<(), Refusal> {
        let Some(keys) = &self.keys else { return Ok(()) };
        let ([before, empty, after], signature) = signed(text, request).ok_or(Refusal::BadSignature)?;
        let mark = &raw.body[..raw.body.len() - text.len()];
        let parts = [mark, before.as_bytes(), empty.as_bytes(), after.as_bytes()];
        if keys.theirs.verifies(&parts, signature) { Ok(()) } else { Err(Refusal::BadSignature) }
    }

    fn read(&self, raw: &RawRequest<'_>, echo: &mut Echo) -> Result<Request, Refusal> {
        if raw.method != Method::Post {
            return Err(Refusal::BadFormat);
        }
        let text = xml::text(raw)?;
        let document = xml::parse(text)?;
        let request = document.root_element();
        if request.tag_name().name() != "Request" {
            return Err(Refusal::BadFormat);
        }
        self.verify(raw, text, request)?;

        let verbs =
            [("Check", Verb::Check), ("Payment", Verb::Pay), ("Confirm", Verb::Confirm), ("Cancel", Verb::Cancel)];
        let mut asked = None;
        for (name, verb) in verbs {
            if let Some(element) = xml::child(request, name)?
                && asked.replace((verb, element)).is_some()
            {
                return Err(Refusal::BadFormat);
            }
        }
        let (verb, asked) = asked.ok_or(Refusal::BadFormat)?;
        echo.verb = Some(verb);
        echo.account = xml::value(asked, "Account")?.and_then(|text| text.parse().ok());
        echo.txn = xml::value(asked, "OrderId")?.and_then(|text| text.parse().ok());
        if xml::value(asked, "ServiceId")? != Some(self.service.as_str()) {
            return Err(Refusal::NotAllowed);
        }

        let account = || match xml::value(asked, "Account")? {
            None => Err(Refusal::BadFormat),
            Some(text) => text.parse().map_err(|_| Refusal::BadAccount),
        };
        let number = || -> Result<OurNumber, Refusal> {
            let text = xml::value(asked, "PaymentId")?.ok_or(Refusal::BadFormat)?;
            text.parse().map_err(|_| Refusal::NoPayment)
        };
        match verb {
            Verb::Check => Ok(Request::Check { account: account()?, amount: None }),
            Verb::Pay => {
                let amount = xml::value(asked, "Amount")?.and_then(|text| hryvnias(text).ok());
                echo.amount = amount;
                Ok(Request::Reserve(Payment {
                    txn: echo.txn.clone().ok_or(Refusal::BadFormat)?,
                    account: account()?,
                    amount: positive(amount.ok_or(Refusal::BadFormat)?)?,
                    at: xml::value(request, "DateTime")?.and_then(moment::from_iso),
                }))
            }
            Verb::Confirm => Ok(Request::Confirm { number: number()? }),
            _ => Ok(Request::Cancel { payment: PaymentRef::Number(number()?), account: None, amount: None }),
        }
    }
}

impl Dialect for Easypay {
    fn name(&self) -> DialectName {
        DialectName::Easypay
    }

    fn parse(&self, raw: &RawRequest<'_>) -> Call {
        let mut echo = Echo::default();
        let request = self.read(raw, &mut echo);
        Call { echo, request }
    }

    fn render(&self, _: &Echo, outcome: &Outcome, now: PrimitiveDateTime) -> Answer {
        let answer = |code: i32, detail: &str| {
            Element::new("Response")
                .value("StatusCode", code)
                .value("StatusDetail", detail)
                .value("DateTime", moment::iso(now))
                .value("Sign", "")
        };
        let refused = |refusal: Refusal| answer(self.codes.of(refusal), refusal.comment());
        let response = match outcome {
            Outcome::Found(found) => answer(0, DONE).child(
                Element::new("AccountInfo")
                    .value("Account", &found.account)
                    .value("Name", &found.name)
                    .value("Address", &found.address)
                    .value("Balance", found.balance),
            ),
            Outcome::Reserved(receipt) | Outcome::Paid(receipt) | Outcome::Already(receipt) => {
                answer(0, DONE).value("PaymentId", receipt.number)
            }
            Outcome::Confirmed(receipt) => answer(0, DONE).value("OrderDate", moment::iso(receipt.at)),
            Outcome::Cancelled(receipt) => answer(0, DONE).value("CancelDate", moment::iso(receipt.at)),
            Outcome::Status(..) | Outcome::Reconciled(_) => refused(Refusal::Unsupported),
            Outcome::Refused(refusal) => refused(*refusal),
        };
        let text = response.document();
        let Some(keys) = &self.keys else { return Answer::xml(text) };
        let sign = format!("<Sign>{}</Sign>", keys.ours.sign(text.as_bytes()));
        // No value can hold this text: its brackets would be escaped.
        Answer::xml(text.replacen(EMPTY_SIGN, &sign, 1))
    }
}
