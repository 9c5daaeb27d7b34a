//! The header and the forecast.

use crate::money::Currency;
use cabinet_core::{Money, account};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// What the account is allowed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Service runs.
    Active,
    /// Stopped for want of money.
    Blocked,
    /// Resting at the subscriber's wish.
    Paused,
    /// Stopped by staff.
    Suspended,
    /// The contract ended.
    Closed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl From<account::Standing> for Standing {
    fn from(standing: account::Standing) -> Standing {
        match standing {
            account::Standing::Active => Standing::Active,
            account::Standing::Blocked => Standing::Blocked,
            account::Standing::Paused => Standing::Paused,
            account::Standing::Suspended => Standing::Suspended,
            account::Standing::Closed => Standing::Closed,
        }
    }
}

/// `GET /me`: the header of every page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0000"))]
    pub contract: String,
    /// Full name.
    pub name: String,
    /// What the account is allowed now.
    pub standing: Standing,
    /// Currency of every amount of the account.
    pub currency: Currency,
    /// Money on the account.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
    /// Lent above the balance today.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub credit: Money,
    /// The promised payment that runs, or that ran out and is not paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<crate::promise::Promise>,
    /// The present tariff.
    pub tariff: TariffBrief,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// The last day the balance covers; empty beyond 400 days and for stopped accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until: Option<Date>,
    /// The day the service stops for want of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub stops_on: Option<Date>,
    /// What keeps the service through [`Overview::recommended_until`].
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub recommended_payment: Money,
    /// The last day the recommended payment covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub recommended_until: Option<Date>,
    /// Why staff suspended the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_reason: Option<String>,
    /// The first day without service, for blocked and suspended accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub stopped_since: Option<Date>,
    /// The change of tariff that waits for its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_change: Option<PendingChange>,
    /// The pause that waits or runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<crate::services::PausePeriod>,
    /// When the Turbo that runs, with what follows it, ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub turbo_until: Option<OffsetDateTime>,
    /// Whether the network gives what is wished: more in `getNetwork`; absent where it is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<crate::network::NetworkState>,
    /// Letters to the e-mail are refused: it is to be put right, or confirmed anew.
    #[serde(default)]
    pub email_failing: bool,
    /// The first month of the statement.
    #[serde(with = "crate::day")]
    pub opened_on: Date,
    /// The contract's last day, once its end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub last_day: Option<Date>,
}

/// A tariff in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffBrief {
    /// Stable code.
    #[cfg_attr(feature = "openapi", schema(example = "home-20"))]
    pub code: String,
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "Домашній 20"))]
    pub name: String,
    /// Fee a calendar month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub monthly_fee: Money,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
}

/// A planned change of tariff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingChange {
    /// The tariff to be.
    pub tariff: TariffBrief,
    /// Its first day.
    #[serde(with = "crate::day")]
    pub starts_on: Date,
    /// What taking it back returns, 0.00 for a change that cost nothing; absent when the month's cancellations are used
    /// up and it can no longer be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub cancel_refund: Option<Money>,
}

/// `GET /me/forecast?days=`: the balance as it was this month and as it will be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// Currency of the amounts.
    pub currency: Currency,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// Balance at the end of each past day since the 1st of this month (or the contract's first day), today included.
    pub past: Vec<BalanceDay>,
    /// Balance at the end of each coming day without any payment; the days after the stop repeat its balance.
    pub coming: Vec<BalanceDay>,
    /// The same with the recommended payment made today.
    pub with_payment: Vec<BalanceDay>,
    /// The payment of `with_payment`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub recommended_payment: Money,
    /// What will happen, day by day of change: for the list "next".
    pub events: Vec<ForecastEvent>,
    /// The arithmetic of the recommended sum, a part a calendar month.
    pub parts: Vec<ForecastPart>,
}

/// A day and its closing balance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BalanceDay {
    /// The day.
    #[serde(with = "crate::day")]
    pub date: Date,
    /// Balance at its end.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
    /// Whether the service runs on that day.
    pub served: bool,
}

/// What will happen on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForecastEvent {
    /// The day.
    #[serde(with = "crate::day")]
    pub date: Date,
    /// What happens.
    pub kind: ForecastKind,
    /// The sum that belongs to it: a day's charge, a month's fee, what will be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub amount: Option<Money>,
    /// The tariff concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// The moment itself, of what does not happen with the day.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub at: Option<OffsetDateTime>,
}

/// Kinds of coming events; readers ignore those they do not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ForecastKind {
    /// The next daily charge.
    NextCharge,
    /// A new accounting month begins.
    NewMonth,
    /// A planned tariff starts.
    TariffStarts,
    /// A pause begins.
    PauseStarts,
    /// Service goes on after a pause.
    PauseEnds,
    /// Turbo, with what follows it, is over.
    TurboEnds,
    /// The last day the money covers.
    LastPaidDay,
    /// The service stops.
    ServiceStops,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// One calendar month's part of the recommended sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForecastPart {
    /// The month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub month: cabinet_core::Month,
    /// Days still to be charged in it.
    pub days: i64,
    /// Their charge.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
}

/// `GET /health/…`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`.
    #[cfg_attr(feature = "openapi", schema(example = "ok"))]
    pub status: String,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
}
