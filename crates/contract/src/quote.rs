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
    /// The last day it is lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub until: Option<Date>,
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
    /// Taken back after it started.
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
    /// The last day it was lent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub until: Option<Date>,
    /// When it was confirmed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What it posted.
    pub entries: Vec<Entry>,
}
