//! Terminals and banks that pay "by contract number": they call us. One parsed [`Request`], one [`Outcome`] of the
//! cabinet's core, one [`Answer`] per dialect; only the dialect differs.
//!
//! ```text
//! bytes ─ Terminal::receive ─> Call { echo, request } ─ the book ─> Outcome ─ Terminal::answer ─> bytes, HTTP 200
//! ```
//!
//! The rules that hold for every dialect:
//! - the answer is always HTTP 200 with the dialect's own code, an unknown account included;
//! - a payment is known by the terminal's name and the provider's transaction id: the same again is
//!   [`Outcome::Already`] with the first answer's number and moment and credits nothing, with another account or sum
//!   it is [`Refusal::Changed`] ([`Held::repeat`] decides);
//! - a database out of reach is [`Refusal::TryLater`], never a final code;
//! - limits are asked for new payments only ([`Limits::check`]): a repetition gets its first answer even if the
//!   limits changed meanwhile;
//! - names and addresses go out masked ([`mask`]).
//!
//! Moments are wall-clock time of the provider's zone: the dialects know no offsets.

mod city24_get;
mod city24_xml;
mod easypay;
pub mod mask;
mod moment;
mod osmp;
mod outcome;
mod privatbank;
mod query;
mod request;
mod settings;
mod signature;
mod xml;

pub use outcome::{Found, Held, Line, Outcome, Receipt, Refusal, State};
pub use request::{Call, Echo, IdError, OurNumber, Payment, PaymentRef, RECONCILED_DAYS_MAX, Request, TxnId, Verb};
pub use settings::{DialectName, Settings, SettingsError};
pub use signature::KeyError;

use cabinet_core::Money;
use ipnet::IpNet;
use secrecy::ExposeSecret;
use settings::Codes;
use std::fmt;
use std::net::IpAddr;
use time::PrimitiveDateTime;

/// The longest body a server need read: 64 KiB. A longer one is refused unread.
pub const BODY_MAX: usize = 64 * 1024;

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// A request as the server received it.
#[derive(Clone, Copy, Debug)]
pub struct RawRequest<'r> {
    /// How.
    pub method: Method,
    /// The query string as it was sent, without the question mark.
    pub query: &'r str,
    /// The body's bytes.
    pub body: &'r [u8],
    /// The `Content-Type` header.
    pub content_type: Option<&'r str>,
}

/// What to send back, always with HTTP 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The body, byte for byte: it may be signed.
    pub body: String,
}

impl Answer {
    fn xml(body: String) -> Answer {
        Answer { content_type: "text/xml; charset=utf-8", body }
    }
}

/// A protocol: what bytes mean and how outcomes are told. No I/O, no book, no clock.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// Its name.
    fn name(&self) -> DialectName;

    /// Understands a request; any bytes at all give a call, an unreadable one a refusal. Credentials and signatures
    /// are verified here.
    fn parse(&self, raw: &RawRequest<'_>) -> Call;

    /// Tells an outcome. `now` is for the dialects that date their answers.
    fn render(&self, echo: &Echo, outcome: &Outcome, now: PrimitiveDateTime) -> Answer;
}

/// The sums a terminal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The least.
    pub min: Money,
    /// The greatest.
    pub max: Money,
}

impl Limits {
    /// Whether a new payment may be of this sum. Not to be asked of a repetition.
    ///
    /// # Errors
    /// [`Refusal::TooSmall`], [`Refusal::TooLarge`].
    pub fn check(&self, amount: Money) -> Result<(), Refusal> {
        if amount < self.min {
            Err(Refusal::TooSmall)
        } else if amount > self.max {
            Err(Refusal::TooLarge)
        } else {
            Ok(())
        }
    }
}

/// A terminal as it is served.
#[derive(Debug)]
pub struct Terminal {
    name: String,
    allow: Vec<IpNet>,
    limits: Limits,
    dialect: Box<dyn Dialect>,
}

impl Terminal {
    /// From its section of the settings; whether it is switched on is the caller's to ask ([`Settings::on`]). `name`
    /// is the section's: the last part of the path, and the provider in the book.
    ///
    /// # Errors
    /// [`SettingsError`] names the key that is wrong, absent or of no use.
    pub fn new(name: &str, settings: &Settings) -> Result<Terminal, SettingsError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(SettingsError::Name);
        }
        settings.check()?;
        Ok(Terminal {
            name: name.to_owned(),
            allow: settings.allow.clone(),
            limits: Limits { min: settings.min, max: settings.max },
            dialect: dialect(settings)?,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its protocol.
    pub fn dialect(&self) -> DialectName {
        self.dialect.name()
    }

    /// The sums it takes.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether this address may ask. An IPv4 address within IPv6 counts as itself.
    pub fn admits(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.allow.iter().any(|network| network.contains(&peer))
    }

    /// Understands a request of this address; a stranger's is not even read.
    pub fn receive(&self, peer: IpAddr, raw: &RawRequest<'_>) -> Call {
        if self.admits(peer) {
            self.dialect.parse(raw)
        } else {
            Call { echo: Echo::default(), request: Err(Refusal::NotAllowed) }
        }
    }

    /// Tells an outcome in the terminal's dialect.
    pub fn answer(&self, echo: &Echo, outcome: &Outcome, now: PrimitiveDateTime) -> Answer {
        self.dialect.render(echo, outcome, now)
    }
}

fn dialect(settings: &Settings) -> Result<Box<dyn Dialect>, SettingsError> {
    let name = settings.dialect;
    let codes = |usual| Codes::new(usual, &settings.codes);
    Ok(match name {
        DialectName::Osmp | DialectName::Ibox | DialectName::Monobank => {
            Box::new(osmp::Osmp { name, codes: codes(osmp::usual_codes) })
        }
        DialectName::City24Get => Box::new(city24_get::City24Get { codes: codes(city24_get::usual_codes) }),
        DialectName::City24Xml => Box::new(city24_xml::City24Xml {
            login: settings.login.clone().ok_or(SettingsError::Missing(name, "login"))?,
            password: settings.password.clone().ok_or(SettingsError::Missing(name, "password"))?,
            service: settings.service.clone(),
            codes: codes(osmp::usual_codes),
        }),
        DialectName::Easypay => Box::new(easypay::Easypay {
            service: settings.service.clone().ok_or(SettingsError::Missing(name, "service"))?,
            keys: easypay_keys(settings)?,
            codes: codes(easypay::usual_codes),
        }),
        DialectName::Privatbank | DialectName::Abank => Box::new(privatbank::Privatbank {
            name,
            service: settings.service.clone(),
            service_name: settings.service_name.clone(),
            company: settings.company.clone(),
            repeat_is_error: settings.repeat_is_error,
            codes: codes(privatbank::usual_codes),
        }),
    })
}

fn easypay_keys(settings: &Settings) -> Result<Option<easypay::Keys>, SettingsError> {
    let (Some(theirs), Some(ours)) = (&settings.their_key, &settings.our_key) else { return Ok(None) };
    Ok(Some(easypay::Keys {
        theirs: signature::TheirKey::from_pem(theirs).map_err(|error| SettingsError::Key("their_key", error))?,
        ours: signature::OurKey::from_pem(ours.expose_secret())
            .map_err(|error| SettingsError::Key("our_key", error))?,
    }))
}

/// A payment of nothing was never credited under any limits, so it can be refused without asking the book.
fn positive(amount: Money) -> Result<Money, Refusal> {
    if amount > Money::ZERO { Ok(amount) } else { Err(Refusal::TooSmall) }
}
