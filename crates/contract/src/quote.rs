//! Quotes and the orders they become.

use crate::statement::Entry;
use crate::tariff::PerDay;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Another tariff.
    TariffChange,
    /// A month's fee lent for a few days.
    PromisedPayment,
    /// More speed for some hours.
    Turbo,
    /// Days without service.
    Pause,
    /// The early end of a pause.
    PauseEnd,
    /// A static address.
    StaticIp,
    /// The static address given up.
    StaticIpRelease,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// Exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Give it to `confirm`.
    pub id: Uuid,
    /// What would be done.
    pub act: Act,
    /// Until when the quote holds.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// The first day of effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub starts_on: Option<Date>,
    /// The last day it may be taken back, and what it cost with it; absent when the month's cancellations are used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub cancellable_until: Option<Date>,
    /// What is lent above the balance, by a promised payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub credit: Option<Money>,
    /// The last day of it: of what is lent, of a pause, of a static address that is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub until: Option<Date>,
    /// When Turbo begins, confirmed now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When Turbo ends, confirmed now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// Mbit/s to the subscriber, with Turbo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down_mbps: Option<i64>,
    /// What the tariff does not charge for the days of a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub saved: Option<Money>,
    /// Minutes within which it can be undone once it is confirmed; absent for what cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_minutes: Option<i64>,
    /// What is taken, and when.
    pub lines: Vec<QuoteLine>,
    /// Balance before.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance_before: Money,
    /// Balance after what is taken now.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance_after: Money,
    /// What a day costs today.
    pub per_day_before: PerDay,
    /// What a day will cost.
    pub per_day_after: PerDay,
    /// The last day covered as things are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until_before: Option<Date>,
    /// The last day covered after the act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until_after: Option<Date>,
    /// What would keep the service on after the act.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub recommended_payment_after: Money,
    /// The tariff left; the present one for an act that changes none.
    pub tariff_before: crate::account::TariffBrief,
    /// The tariff taken; the present one for an act that changes none.
    pub tariff_after: crate::account::TariffBrief,
}

/// A sum of a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteLine {
    /// In the caller's language.
    pub title: String,
    /// Positive is taken.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// The day it is taken.
    #[serde(with = "crate::day")]
    pub when: Date,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Waits for its day.
    Planned,
    /// In effect, or over.
    Done,
    /// Taken back before it started.
    Cancelled,
    /// Undone within minutes of confirming it.
    Undone,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// A confirmed act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// What was done.
    pub act: Act,
    /// Where it stands.
    pub status: OrderStatus,
    /// The first day of effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub starts_on: Option<Date>,
    /// The tariff taken, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// What was lent, by a promised payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub credit: Option<Money>,
    /// The last day of it: of what was lent, of a pause, of a static address that was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub until: Option<Date>,
    /// When Turbo begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When Turbo ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// The static address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub address: Option<String>,
    /// The last moment it can be undone; absent for what cannot be, or not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub undo_until: Option<OffsetDateTime>,
    /// When it was confirmed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What it posted.
    pub entries: Vec<Entry>,
}
