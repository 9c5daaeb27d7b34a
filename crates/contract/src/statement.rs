//! A month on the calendar, and the book page by page.

use crate::money::Currency;
use cabinet_core::{Money, Month};
use serde::{Deserialize, Serialize};
use time::Date;

/// `GET /me/statement?month=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statement {
    /// The month shown.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub month: Month,
    /// The contract's first month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub first_month: Month,
    /// The present month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub last_month: Month,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Balance before the first entry of the month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub opening: Money,
    /// Balance after the last entry of the month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub closing: Money,
    /// Taken and not given back within the month, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// Put in and not withdrawn within the month, positive: `opening − charged + paid = closing`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// Monday to Sunday, days of the neighbouring months as `outside`.
    pub weeks: Vec<StatementWeek>,
}

/// `GET /me/statement/years/{year}`: a year, month by month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Year {
    /// The year shown.
    pub year: i32,
    /// The contract's first month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub first_month: Month,
    /// The present month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub last_month: Month,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Balance before the first entry of the year.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub opening: Money,
    /// Balance after the last entry of the year.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub closing: Money,
    /// The sum of what the months took.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// The sum of what was put in: `opening − charged + paid = closing`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// Its months that are the contract's and have begun, in order.
    pub months: Vec<YearMonth>,
}

/// A month in sums.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct YearMonth {
    /// The month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub month: Month,
    /// Balance before its first entry.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub opening: Money,
    /// Taken and not given back within it, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// Put in and not withdrawn within it, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// Balance after its last entry.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub closing: Money,
}

/// A row of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementWeek {
    /// ISO 8601 week number.
    #[cfg_attr(feature = "openapi", schema(example = 49))]
    pub iso_week: u8,
    /// Seven days.
    pub days: Vec<StatementDay>,
}

/// A cell of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementDay {
    /// The day.
    #[serde(with = "crate::day")]
    pub date: Date,
    /// Where it stands to today and the month.
    pub state: DayState,
    /// Why no charge was posted that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<EmptyReason>,
    /// The later day on which this day was charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub charged_on: Option<Date>,
    /// 0 nothing charged; 1 up to 1.5 times the month's median day, 2 up to 3, 3 up to 8, 4 more.
    pub level: u8,
    /// Taken and not given back that day, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// Put in and not withdrawn that day, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// What was posted that day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
}

/// Where a day stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// Before today.
    Past,
    /// The business day.
    Today,
    /// After today.
    Future,
    /// Of a neighbouring month.
    Outside,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// Why a day carries no charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EmptyReason {
    /// Charged with a later day: see `charged_on`.
    ChargedLater,
    /// Paused by the subscriber.
    Paused,
    /// Suspended by staff.
    Suspended,
    /// Blocked for want of money.
    Blocked,
    /// Before the contract.
    NotStarted,
    /// After the contract.
    Closed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The daily charge of the tariff.
    TariffCharge,
    /// The price of a change of tariff.
    TariffChange,
    /// The price of a promised payment.
    PromisedPayment,
    /// The price of Turbo.
    Turbo,
    /// The price of a pause.
    Pause,
    /// The daily charge of a static address.
    StaticIpCharge,
    /// Cash at the office.
    CashPayment,
    /// Money through a gateway.
    OnlinePayment,
    /// Money paid by contract number at a terminal or a bank.
    TerminalPayment,
    /// Money that came to the provider's account at a bank.
    BankTransfer,
    /// The nominal of a voucher.
    Voucher,
    /// What staff put in or took off, with a reason.
    Adjustment,
    /// A part of a payment that went back to the payer.
    Refund,
    /// An entry that undoes another.
    Reversal,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// A line of the book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// Number within the account, gapless from 1.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// In the caller's language.
    #[cfg_attr(feature = "openapi", schema(example = "Абонплата"))]
    pub title: String,
    /// Negative is taken, positive is put in.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// The day it was posted.
    #[serde(with = "crate::day")]
    pub posted: Date,
    /// The first day it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub covers_from: Option<Date>,
    /// The last day it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub covers_to: Option<Date>,
    /// Balance after it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance_after: Money,
    /// The tariff charged, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// The arithmetic of a daily charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// `charged_after − charged_before`, where each is `round_half_up(fee × days / days_in_month, 2)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explanation {
    /// Fee a calendar month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub fee: Money,
    /// Days of the month covered.
    pub days_in_month: u8,
    /// Charged days of the month up to and with this entry.
    pub charged_days: u8,
    /// Charged for the days before this entry.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged_before: Money,
    /// Charged with this entry.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged_after: Money,
}
