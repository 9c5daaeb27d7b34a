//! The rules of the cabinet, pure.
//!
//! Nouns, in reading order: [`money::Money`] and [`calendar::Month`]; a [`tariff::Catalogue`] of tariffs with
//! versions of fees; an [`account::Account`] with its [`account::TariffService`]; [`accrual::settle`], the day's
//! charge; [`ledger::post`], the only way a balance moves; [`acts`], what a subscriber may do, decided here;
//! [`forecast::forecast`], the same accrual run forward; [`statement::lay_out`], a month on the calendar;
//! [`audit::Audit`], the check of a whole book; and [`refusal::Refusal`], every reason to say no.
//!
//! Nothing here knows the machine's clock, HTTP or SQL: today and the instant are values passed in.

pub mod account;
pub mod accrual;
pub mod acts;
pub mod audit;
pub mod bill;
pub mod calendar;
pub mod email;
pub mod forecast;
pub mod format;
pub mod history;
pub mod ip_range;
pub mod journal;
pub mod language;
pub mod ledger;
pub mod money;
pub mod nbu_qr;
pub mod network;
pub mod notice;
pub mod password;
pub mod payment;
pub mod person;
pub mod phone;
pub mod policy;
pub mod recovery;
pub mod refusal;
pub mod register;
pub mod requisites;
pub mod session;
pub mod staff;
pub mod statement;
pub mod support;
pub mod tariff;
pub mod throttle;
pub mod voucher;
pub mod words;

pub use account::{Account, ContractNumber, Standing};
pub use calendar::Month;
pub use language::Language;
pub use money::Money;
pub use policy::Policy;
pub use refusal::Refusal;
pub use tariff::{Catalogue, TariffCode};

use time::{Date, OffsetDateTime};

/// The moment a rule is asked about: the instant and the local business day it falls on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// UTC, whole seconds.
    pub instant: OffsetDateTime,
    /// The business day in the provider's zone.
    pub today: Date,
}
