//! Acquirers: gateways that take a payment on a page of their own and tell of it afterwards.
//!
//! One trait, [`Acquirer`]; an adapter a file: [`Liqpay`], [`Monobank`], [`Wayforpay`], and the [`Sandbox`] of the
//! demo. [`AcquirerSettings::build`] makes those that are switched on.
//!
//! An [`Event`] is what a gateway says, read and checked against the merchant's own settings, never against the
//! payment: that the sum is the one asked for is decided where the payment is known. Only a [`Kind::Paid`] without
//! [`Doubt`]s may be credited ([`Event::is_sound`]); a doubtful one waits for a person.

mod liqpay;
mod monobank;
mod sandbox;
mod settings;
mod token;
mod wayforpay;

pub use liqpay::Liqpay;
pub use monobank::Monobank;
pub use sandbox::{Choice, Sandbox, Signed, Ticket};
pub use settings::{
    AcquirerSettings, Acquirers, LiqpaySettings, MonobankSettings, SandboxSettings, SettingsError, WayforpaySettings,
};
pub(crate) use settings::{base_url, secret, text, told_to_nobody};
pub use wayforpay::Wayforpay;

pub use crate::http::{Patience, Unreached};

use crate::amount::AmountError;
use cabinet_core::{Language, Money};
use std::pin::Pin;
use time::OffsetDateTime;

/// The currency every payment is in.
pub const CURRENCY: &str = "UAH";
/// The largest notification read, in bytes.
pub const NOTIFICATION_MAX: usize = 64 * 1024;
/// The longest reference of ours a gateway is given.
pub const REFERENCE_MAX: usize = 64;

/// What comes of asking the world outside.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A gateway that takes payments on its own page. Instants are passed in; nothing here keeps time.
pub trait Acquirer: Send + Sync {
    /// Its name in addresses, in payments and in the book: `liqpay`.
    fn code(&self) -> &'static str;

    /// What it can do, and whether its money is real.
    fn capabilities(&self) -> Capabilities;

    /// Where it has browsers post its form, without a path; none if it sends them to an address.
    fn form_origin(&self) -> Option<&str> {
        None
    }

    /// Prepares the page the payer is sent to. Repeating it may make a second page at the gateway, so it is not
    /// repeated by itself.
    fn create<'a>(&'a self, checkout: &'a Checkout, now: OffsetDateTime) -> Later<'a, Result<Created, Fault>>;

    /// Reads a notification: its signature over the raw bytes first, its content after.
    fn verify<'a>(&'a self, notification: Notification<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Rejected>>;

    /// What of a notification its signature covers, by which a repetition is known whatever was put around it.
    fn signed_part(&self, notification: Notification<'_>) -> Vec<u8> {
        notification.body.to_vec()
    }

    /// What the gateway wants to hear once the event is safely stored.
    fn acknowledge(&self, event: &Event, now: OffsetDateTime) -> Answer;

    /// Asks how a payment stands.
    fn poll<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Fault>>;

    /// Whether a notification of this is believed only once the gateway, asked, says the same: where what it signs with is
    /// weak and the sum is large.
    fn is_asked_after(&self, _event: &Event) -> bool {
        false
    }

    /// The address of the fiscal receipt of a payment, once it is made ([`Capabilities::fiscal`]).
    fn receipt<'a>(&'a self, _asked: Asked<'a>, _now: OffsetDateTime) -> Later<'a, Result<Option<String>, Fault>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Asks to give money back.
    fn refund<'a>(&'a self, _refund: Refund<'a>, _now: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        Box::pin(std::future::ready(Err(Fault::Unsupported)))
    }
}

/// What an acquirer can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// [`Acquirer::refund`] works.
    pub refund: bool,
    /// A refund may be of a part.
    pub partial_refund: bool,
    /// It may name the address of a fiscal receipt.
    pub fiscal: bool,
    /// Its money is not real.
    pub test: bool,
}

/// A payment to be made.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Our payment's id: 1 to [`REFERENCE_MAX`] Latin letters, digits, `-` and `_`.
    pub reference: String,
    /// How much, in hryvnias; payable ([`Money::is_payable`]).
    pub amount: Money,
    /// What the payer reads at the gateway; at most 200 characters.
    pub description: String,
    /// The payer's language; where a gateway lacks it, Ukrainian.
    pub language: Language,
    /// Where the browser comes back to, by GET or POST, with no meaning of its own.
    pub return_url: String,
    /// Where the gateway's notifications go.
    pub notify_url: String,
    /// When the page stops taking money.
    pub expires_at: OffsetDateTime,
}

impl Checkout {
    /// Whether any gateway could take it.
    fn check(&self, now: OffsetDateTime) -> Result<(), Fault> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let reference = (1..=REFERENCE_MAX).contains(&self.reference.len()) && self.reference.bytes().all(plain);
        let description = (1..=200).contains(&self.description.chars().count());
        let absolute = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        match () {
            () if !reference => Err(Fault::Unfit("reference")),
            () if !self.amount.is_payable() => Err(Fault::Unfit("amount")),
            () if !description => Err(Fault::Unfit("description")),
            () if !absolute(&self.return_url) => Err(Fault::Unfit("return_url")),
            () if !absolute(&self.notify_url) => Err(Fault::Unfit("notify_url")),
            () if self.expires_at <= now => Err(Fault::Unfit("expires_at")),
            () => Ok(()),
        }
    }

    /// Whole seconds left, at least one.
    fn seconds_left(&self, now: OffsetDateTime) -> i64 {
        (self.expires_at - now).whole_seconds().max(1)
    }
}

/// A page is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// How the browser gets there.
    pub redirect: Redirect,
    /// The gateway's own name of the payment, if it has given one: kept, and passed to [`Acquirer::poll`].
    pub provider_ref: Option<String>,
}

/// How a browser gets to a gateway's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// By going to an address.
    Url(String),
    /// By posting a form of these fields, in this order; names may repeat.
    Form {
        /// Where to.
        url: String,
        /// Names and values, not escaped.
        fields: Vec<(String, String)>,
    },
}

/// A notification as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'a> {
    /// The raw body.
    pub body: &'a [u8],
    /// Names in any case, and values.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw query, without `?`.
    pub query: &'a str,
}

impl<'a> Notification<'a> {
    /// A header named once; one that is repeated is as good as absent.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// Which payment is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Our payment's id.
    pub reference: &'a str,
    /// What [`Created::provider_ref`] told.
    pub provider_ref: Option<&'a str>,
}

/// Money to be given back.
#[derive(Clone, Copy, Debug)]
pub struct Refund<'a> {
    /// Of which payment.
    pub asked: Asked<'a>,
    /// How much.
    pub amount: Money,
    /// Our id of this refund: a repeated one gives nothing twice where the gateway knows such keys (monobank).
    pub key: &'a str,
    /// Why, for the gateway's records.
    pub reason: &'a str,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunded {
    /// The money is on its way back.
    Done,
    /// Accepted; a notification or a poll tells the end.
    Pending,
}

/// What a gateway says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose word it is ([`Acquirer::code`]).
    pub acquirer: &'static str,
    /// The gateway's id of the payment; the same in every event about it.
    pub provider_txn_id: String,
    /// Our payment's id.
    pub reference: String,
    /// What happened.
    pub kind: Kind,
    /// The payment's sum.
    pub amount: Money,
    /// Its currency: [`CURRENCY`], or else [`Doubt::Currency`] stands in `doubts`.
    pub currency: String,
    /// When the gateway last changed the payment, by its clock: of two events the later one tells how it stands.
    pub occurred_at: Option<OffsetDateTime>,
    /// The fiscal receipt, an https address.
    pub fiscal_url: Option<String>,
    /// The gateway's words on a failure, for staff.
    pub reason: Option<String>,
    /// Why a person must look; nothing with a doubt is credited.
    pub doubts: Vec<Doubt>,
}

impl Event {
    /// Whether nothing speaks against acting on it, as far as the gateway's word alone can tell. The sum and the
    /// reference are still to be compared with the payment.
    pub fn is_sound(&self) -> bool {
        self.doubts.is_empty()
    }
}

/// What happened to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The money is the merchant's.
    Paid,
    /// It will not come.
    Failed,
    /// Not known yet.
    Pending,
    /// It came and was given back, wholly or in part.
    Reversed {
        /// How much has been given back by now, all in all.
        returned: Money,
    },
}

/// Why an event that is truly the gateway's must be looked at by a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It names another merchant.
    Merchant,
    /// It names another currency than [`CURRENCY`].
    Currency,
    /// It is about something else than a payment.
    Action(String),
    /// A state this adapter does not know; taken as pending.
    Status(String),
    /// Test money while real money is expected; taken as pending.
    TestMoney,
    /// The payer has paid and the gateway has not yet approved the merchant; taken as pending.
    MerchantNotApproved,
}

/// Why a notification is not believed. None of it is stored as verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// There is no signature, or more than one.
    #[error("no signature")]
    NoSignature,
    /// The signature does not fit the bytes.
    #[error("the signature does not fit")]
    BadSignature,
    /// Longer than [`NOTIFICATION_MAX`].
    #[error("too large")]
    TooLarge,
    /// Not in the gateway's form.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// It cannot be checked now, as the gateway's key is not to be had: to be answered so that the gateway repeats it.
    #[error("cannot be checked now: {0}")]
    Unavailable(Fault),
}

impl Rejected {
    /// What the gateway is answered: 503 makes it repeat what could not be checked, 413 and 400 are final.
    pub fn answer(&self) -> Answer {
        let status = match self {
            Rejected::Unavailable(_) => 503,
            Rejected::TooLarge => 413,
            Rejected::NoSignature | Rejected::BadSignature | Rejected::Malformed(_) => 400,
        };
        Answer { status, content_type: "text/plain; charset=utf-8", body: Vec::new() }
    }
}

/// Why a gateway did not do as asked. Texts carry no secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was not reached.
    #[error(transparent)]
    Unreached(#[from] Unreached),
    /// It answered, and not in its own form, or about something else.
    #[error("the gateway's answer is not to be believed: {0}")]
    BadAnswer(&'static str),
    /// It refused.
    #[error("the gateway refused: {code}")]
    Refused {
        /// Its code, or the HTTP status.
        code: String,
    },
    /// It knows no such payment.
    #[error("the gateway knows no such payment")]
    NotFound,
    /// The request cannot be made of this value.
    #[error("no gateway takes such a {0}")]
    Unfit(&'static str),
    /// This adapter cannot do it.
    #[error("this gateway cannot do that")]
    Unsupported,
}

/// What a gateway's notification is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A bare 200.
    fn ok() -> Answer {
        Answer { status: 200, content_type: "text/plain; charset=utf-8", body: b"OK".to_vec() }
    }
}

impl From<AmountError> for Rejected {
    fn from(_: AmountError) -> Rejected {
        Rejected::Malformed("amount")
    }
}

/// What an answer to a poll lacks, said as a fault.
impl From<Rejected> for Fault {
    fn from(rejected: Rejected) -> Fault {
        match rejected {
            Rejected::NoSignature => Fault::BadAnswer("no signature"),
            Rejected::BadSignature => Fault::BadAnswer("signature"),
            Rejected::TooLarge => Fault::BadAnswer("size"),
            Rejected::Malformed(part) => Fault::BadAnswer(part),
            Rejected::Unavailable(fault) => fault,
        }
    }
}

/// Whether two secrets' marks are the same, in a time that tells nothing of where they differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    left.ct_eq(right).into()
}

/// A body within bounds.
fn bounded(body: &[u8]) -> Result<&[u8], Rejected> {
    if body.len() > NOTIFICATION_MAX { Err(Rejected::TooLarge) } else { Ok(body) }
}

/// A gateway's text made fit to be kept: one line of at most `most` characters.
fn clip(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect()
}

/// A gateway's id or our reference come back: 1 to 255 characters without controls.
fn identifier(text: String, part: &'static str) -> Result<String, Rejected> {
    let fits = !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
    if fits { Ok(text) } else { Err(Rejected::Malformed(part)) }
}

/// The answer's JSON, or a fault that names nothing of it.
fn json<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| Fault::BadAnswer("not its JSON"))
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
