//! A gateway within the process, for the demo and for tests: the server's own page plays the bank.
//!
//! [`Acquirer::create`] sends the browser to that page with a signed [`Ticket`]; the page reads it
//! ([`Sandbox::ticket`]), shows the [`Choice`]s and passes the one taken to [`Sandbox::choose`], which makes the signed
//! notification the real way round. What was chosen is remembered in this process only, for polls.

use super::settings::{SandboxSettings, SettingsError, secret};
use super::{
    Acquirer, Answer, Asked, CURRENCY, Capabilities, Checkout, Created, Doubt, Event, Fault, Kind, Later, Notification,
    Redirect, Refund, Refunded, Rejected, bounded, clip, hex, identifier, same,
};
use crate::amount::hryvnias;
use cabinet_core::{Language, Money};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

const CODE: &str = "sandbox";
/// The header of a notification's signature.
const HEADER: &str = "x-sandbox-sign";
/// Payments remembered for polls; beyond it all are forgotten.
const REMEMBERED: usize = 10_000;

/// The gateway of the demo.
pub struct Sandbox {
    secret: SecretString,
    page_url: String,
    later: Duration,
    chosen: Mutex<HashMap<String, Chosen>>,
}

/// What a payer may do on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Pays: the notification comes at once.
    Paid,
    /// Is declined: the notification comes at once.
    Declined,
    /// Closes the tab: nothing ever comes.
    ClosedTab,
    /// Pays, and the notification is lost: only a poll learns it, after [`SandboxSettings::later_seconds`].
    PaidLater,
}

impl Choice {
    /// All of them, in the page's order.
    pub const ALL: [Choice; 4] = [Choice::Paid, Choice::Declined, Choice::ClosedTab, Choice::PaidLater];
}

/// What the page knows of the payment, signed by [`Acquirer::create`] so that nobody may alter it on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The payment's reference.
    pub reference: String,
    /// Its sum.
    pub amount: Money,
    /// What it is for.
    pub description: String,
    /// The payer's language.
    pub language: Language,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// Where the notification goes.
    pub notify_url: String,
}

/// A notification ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The body, JSON.
    pub body: Vec<u8>,
    /// The header's name.
    pub header: &'static str,
    /// The header's value.
    pub signature: String,
}

#[derive(Clone)]
struct Chosen {
    amount: Money,
    at: OffsetDateTime,
    choice: Choice,
    returned: Money,
}

/// A notification's content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    transaction: String,
    reference: String,
    status: String,
    amount: String,
    currency: String,
    at: String,
}

impl Sandbox {
    /// From its settings.
    pub fn new(settings: &SandboxSettings) -> Result<Sandbox, SettingsError> {
        const SECRET: &str = "sandbox.secret or sandbox.secret_file";
        let secret = secret(&settings.secret, &settings.secret_file, SECRET)?;
        if secret.expose_secret().len() < 16 {
            return Err(SettingsError::Unfit(SECRET, "at least 16 bytes"));
        }
        Ok(Sandbox {
            secret,
            page_url: super::settings::text(&settings.page_url, "sandbox.page_url")?,
            later: Duration::seconds(settings.later_seconds.into()),
            chosen: Mutex::default(),
        })
    }

    /// The signature of a text for one purpose, so that a ticket's is never a notification's.
    fn sign(&self, purpose: &str, text: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.secret.expose_secret().as_bytes()).expect("a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(text);
        hex(&mac.finalize().into_bytes())
    }

    fn seal(&self, ticket: &Ticket) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("reference", &ticket.reference)
            .append_pair("amount", &ticket.amount.to_string())
            .append_pair("description", &ticket.description)
            .append_pair("language", ticket.language.code())
            .append_pair("return_url", &ticket.return_url)
            .append_pair("notify_url", &ticket.notify_url);
        let query = query.finish();
        let sign = self.sign("ticket", query.as_bytes());
        format!("{query}&sign={sign}")
    }

    /// The ticket in the page's raw query, if its signature fits.
    pub fn ticket(&self, query: &str) -> Option<Ticket> {
        let (signed, sign) = query.rsplit_once("&sign=")?;
        if !same(self.sign("ticket", signed.as_bytes()).as_bytes(), sign.as_bytes()) {
            return None;
        }
        let fields: HashMap<_, _> = form_urlencoded::parse(signed.as_bytes()).into_owned().collect();
        let field = |name: &str| fields.get(name).cloned();
        Some(Ticket {
            reference: field("reference")?,
            amount: hryvnias(&field("amount")?).ok()?,
            description: field("description")?,
            language: Language::from_code(&field("language")?)?,
            return_url: field("return_url")?,
            notify_url: field("notify_url")?,
        })
    }

    /// Acts as the payer chose. The notification is to be posted to the ticket's `notify_url`; `None` when there is
    /// none. A payment that was paid stays paid whatever is chosen after it.
    pub fn choose(&self, ticket: &Ticket, choice: Choice, now: OffsetDateTime) -> Option<Signed> {
        let chosen = {
            let mut known = self.chosen();
            if known.len() >= REMEMBERED && !known.contains_key(&ticket.reference) {
                known.clear();
            }
            let fresh = Chosen { amount: ticket.amount, at: now, choice, returned: Money::ZERO };
            let chosen = known.entry(ticket.reference.clone()).or_insert_with(|| fresh.clone());
            if !matches!(chosen.choice, Choice::Paid | Choice::PaidLater) {
                *chosen = fresh;
            }
            chosen.clone()
        };
        match choice {
            Choice::Paid | Choice::Declined => Some(self.notification(&ticket.reference, &chosen, now)),
            Choice::ClosedTab | Choice::PaidLater => None,
        }
    }

    /// The signed notification of how a payment stands.
    fn notification(&self, reference: &str, chosen: &Chosen, now: OffsetDateTime) -> Signed {
        let event = self.event(reference, chosen, now);
        let (status, amount) = match event.kind {
            Kind::Paid => ("paid", event.amount),
            Kind::Failed => ("failed", event.amount),
            Kind::Pending => ("pending", event.amount),
            Kind::Reversed { returned } => ("reversed", returned),
        };
        let word = Word {
            transaction: event.provider_txn_id,
            reference: event.reference,
            status: status.to_owned(),
            amount: amount.to_string(),
            currency: event.currency,
            at: now.format(&Rfc3339).unwrap_or_default(),
        };
        let body = serde_json::to_vec(&word).expect("a notification is JSON");
        let signature = self.sign("notification", &body);
        Signed { body, header: HEADER, signature }
    }

    fn event(&self, reference: &str, chosen: &Chosen, now: OffsetDateTime) -> Event {
        let kind = match chosen.choice {
            Choice::Paid | Choice::PaidLater if chosen.returned > Money::ZERO => {
                Kind::Reversed { returned: chosen.returned }
            }
            Choice::Paid => Kind::Paid,
            Choice::PaidLater if now - chosen.at >= self.later => Kind::Paid,
            Choice::Declined => Kind::Failed,
            Choice::PaidLater | Choice::ClosedTab => Kind::Pending,
        };
        Event {
            acquirer: CODE,
            provider_txn_id: format!("sandbox-{reference}"),
            reference: reference.to_owned(),
            kind,
            amount: chosen.amount,
            currency: CURRENCY.to_owned(),
            occurred_at: Some(now),
            fiscal_url: None,
            reason: None,
            doubts: Vec::new(),
        }
    }

    fn read(&self, notification: Notification<'_>) -> Result<Event, Rejected> {
        let body = bounded(notification.body)?;
        let sign = notification.header(HEADER).ok_or(Rejected::NoSignature)?;
        if !same(self.sign("notification", body).as_bytes(), sign.as_bytes()) {
            return Err(Rejected::BadSignature);
        }
        let word: Word = serde_json::from_slice(body).map_err(|_| Rejected::Malformed("json"))?;
        let amount = hryvnias(&word.amount)?;
        let mut doubts = Vec::new();
        if word.currency != CURRENCY {
            doubts.push(Doubt::Currency);
        }
        let kind = match word.status.as_str() {
            "paid" => Kind::Paid,
            "failed" => Kind::Failed,
            "pending" => Kind::Pending,
            "reversed" => Kind::Reversed { returned: amount },
            unknown => {
                doubts.push(Doubt::Status(clip(unknown, 32)));
                Kind::Pending
            }
        };
        Ok(Event {
            acquirer: CODE,
            provider_txn_id: identifier(word.transaction, "transaction")?,
            reference: identifier(word.reference, "reference")?,
            kind,
            amount,
            currency: clip(&word.currency, 8),
            occurred_at: OffsetDateTime::parse(&word.at, &Rfc3339).ok(),
            fiscal_url: None,
            reason: None,
            doubts,
        })
    }

    fn chosen(&self) -> MutexGuard<'_, HashMap<String, Chosen>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Acquirer for Sandbox {
    fn code(&self) -> &'static str {
        CODE
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: true, partial_refund: true, fiscal: false, test: true }
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, now: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        Box::pin(async move {
            checkout.check(now)?;
            let query = self.seal(&Ticket {
                reference: checkout.reference.clone(),
                amount: checkout.amount,
                description: checkout.description.clone(),
                language: checkout.language,
                return_url: checkout.return_url.clone(),
                notify_url: checkout.notify_url.clone(),
            });
            Ok(Created { redirect: Redirect::Url(format!("{}?{query}", self.page_url)), provider_ref: None })
        })
    }

    fn verify<'a>(
        &'a self,
        notification: Notification<'a>,
        _now: OffsetDateTime,
    ) -> Later<'a, Result<Event, Rejected>> {
        Box::pin(std::future::ready(self.read(notification)))
    }

    fn acknowledge(&self, _event: &Event, _now: OffsetDateTime) -> Answer {
        Answer::ok()
    }

    fn poll<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        let chosen = self.chosen().get(asked.reference).cloned();
        let event = chosen.map(|chosen| self.event(asked.reference, &chosen, now)).ok_or(Fault::NotFound);
        Box::pin(std::future::ready(event))
    }

    fn refund<'a>(&'a self, refund: Refund<'a>, now: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        let mut known = self.chosen();
        let answer = match known.get_mut(refund.asked.reference) {
            None => Err(Fault::NotFound),
            Some(chosen) => {
                let paid =
                    matches!(self.event(refund.asked.reference, chosen, now).kind, Kind::Paid | Kind::Reversed { .. });
                let returned = chosen.returned.checked_add(refund.amount).filter(|sum| *sum <= chosen.amount);
                match returned {
                    Some(returned) if paid && refund.amount.is_payable() => {
                        chosen.returned = returned;
                        Ok(Refunded::Done)
                    }
                    _ => Err(Fault::Refused { code: "amount".to_owned() }),
                }
            }
        };
        Box::pin(std::future::ready(answer))
    }
}
