//! City24 by XML: POST `<commandCall>` with a login and a password, commands check, pay, cancel and check_status; sums
//! in kopecks, codes as OSMP's.
//!
//! A payment is known by `payID`: its requests each have a `transactionID` of their own, and a cancellation names the
//! payment as `cancelPayID`.

use super::moment;
use super::outcome::{DONE, Outcome, Receipt, Refusal, State};
use super::request::{Call, Echo, Payment, PaymentRef, Request, TxnId, Verb};
use super::settings::Codes;
use super::xml::{self, BadXml, Element};
use super::{Answer, Dialect, DialectName, Method, RawRequest, positive};
use crate::amount::kopecks;
use roxmltree::Node;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use time::PrimitiveDateTime;

#[derive(Debug)]
pub(super) struct City24Xml {
    pub(super) login: String,
    pub(super) password: SecretString,
    pub(super) service: Option<String>,
    pub(super) codes: Codes,
}

/// Compares digests, so that neither content nor length shows in the time it takes.
fn is_same(given: &str, ours: &str) -> bool {
    Sha256::digest(given).ct_eq(&Sha256::digest(ours)).into()
}

impl City24Xml {
    fn knows(&self, call: Node<'_, '_>) -> Result<bool, BadXml> {
        let login = is_same(xml::value(call, "login")?.unwrap_or_default(), &self.login);
        let password = is_same(xml::value(call, "password")?.unwrap_or_default(), self.password.expose_secret());
        Ok(login & password)
    }

    fn read(&self, raw: &RawRequest<'_>, echo: &mut Echo) -> Result<Request, Refusal> {
        if raw.method != Method::Post {
            return Err(Refusal::BadFormat);
        }
        let document = xml::parse(xml::text(raw)?)?;
        let call = document.root_element();
        if call.tag_name().name() != "commandCall" {
            return Err(Refusal::BadFormat);
        }
        let command = xml::value(call, "command")?;
        echo.verb = match command {
            Some("check") => Some(Verb::Check),
            Some("pay") => Some(Verb::Pay),
            Some("cancel") => Some(Verb::Cancel),
            Some("check_status") => Some(Verb::Status),
            _ => None,
        };
        let account = xml::value(call, "account")?;
        echo.account = account.and_then(|text| text.parse().ok());
        if !self.knows(call)? {
            return Err(Refusal::NotAllowed);
        }

        let sum = |name: &str| match xml::value(call, name)? {
            None => Ok(None),
            Some(text) => kopecks(text).map(Some).map_err(|_| Refusal::BadFormat),
        };
        let account = || match account {
            None => Err(Refusal::BadFormat),
            Some(text) => text.parse().map_err(|_| Refusal::BadAccount),
        };
        let id = |name: &str| -> Result<Option<TxnId>, Refusal> {
            xml::value(call, name)?.map(|text| text.parse().map_err(|_| Refusal::BadFormat)).transpose()
        };
        let of_service = || match (&self.service, xml::value(call, "payElementID")?) {
            (Some(ours), given) if given != Some(ours.as_str()) => Err(Refusal::NotAllowed),
            _ => Ok(()),
        };
        match echo.verb.ok_or(if command.is_some() { Refusal::Unsupported } else { Refusal::BadFormat })? {
            Verb::Check => {
                of_service()?;
                Ok(Request::Check { account: account()?, amount: sum("userEnterAmount")? })
            }
            Verb::Pay => {
                of_service()?;
                Ok(Request::Pay(Payment {
                    txn: id("payID")?.ok_or(Refusal::BadFormat)?,
                    account: account()?,
                    amount: positive(sum("amount")?.ok_or(Refusal::BadFormat)?)?,
                    at: xml::value(call, "payTimestamp")?.and_then(moment::from_compact),
                }))
            }
            Verb::Cancel => {
                of_service()?;
                let txn = id("cancelPayID")?.ok_or(Refusal::BadFormat)?;
                let account = xml::value(call, "account")?.map(|_| account()).transpose()?;
                Ok(Request::Cancel { payment: PaymentRef::Txn(txn), account, amount: sum("amount")? })
            }
            _ => {
                // Written with a capital in this command alone.
                let txn = id("PayID")?.map_or_else(|| id("payID"), |txn| Ok(Some(txn)))?;
                Ok(Request::Status { txn: txn.ok_or(Refusal::BadFormat)? })
            }
        }
    }
}

impl Dialect for City24Xml {
    fn name(&self) -> DialectName {
        DialectName::City24Xml
    }

    fn parse(&self, raw: &RawRequest<'_>) -> Call {
        let mut echo = Echo::default();
        let request = self.read(raw, &mut echo);
        Call { echo, request }
    }

    fn render(&self, echo: &Echo, outcome: &Outcome, _: PrimitiveDateTime) -> Answer {
        // The number of our side is an integer even where there is none.
        let answer = |ours: Option<&Receipt>, code: i32, fields: Option<Element>, comment: &str| {
            let account = echo.account.as_ref().map(|account| Element::text("account", account));
            Element::new("commandResponse")
                .value("extTransactionID", ours.map_or(0, |receipt| receipt.number.get()))
                .child(account)
                .value("result", code)
                .child(fields)
                .value("comment", comment)
        };
        let refused = |refusal: Refusal| answer(None, self.codes.of(refusal), None, refusal.comment());
        let response = match outcome {
            Outcome::Found(found) => {
                let fields = Element::new("fields")
                    .child(Element::text("field1", &found.name).with("name", "FIO"))
                    .child(Element::text("field2", found.balance).with("name", "Balance"));
                answer(None, 0, Some(fields), DONE)
            }
            Outcome::Paid(receipt)
            | Outcome::Already(receipt)
            | Outcome::Confirmed(receipt)
            | Outcome::Cancelled(receipt)
            | Outcome::Status(receipt, State::Paid) => answer(Some(receipt), 0, None, DONE),
            Outcome::Reserved(_) | Outcome::Status(_, State::Reserved) => refused(Refusal::InProgress),
            Outcome::Status(_, State::Cancelled) => refused(Refusal::Cancelled),
            Outcome::Reconciled(_) => refused(Refusal::Unsupported),
            Outcome::Refused(refusal) => refused(*refusal),
        };
        Answer::xml(response.document())
    }
}
