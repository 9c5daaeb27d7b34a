//! Tariffs as offered.

use crate::money::Currency;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::Date;

/// `GET /tariffs`: the public catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tariffs {
    /// Currency of the fees.
    pub currency: Currency,
    /// The tariffs in the provider's order.
    pub items: Vec<crate::account::TariffBrief>,
}

/// `GET /me/tariffs`: the catalogue compared with what one has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyTariffs {
    /// Currency of the amounts.
    pub currency: Currency,
    /// Money on the account.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
    /// The tariffs in the provider's order, the present one among them.
    pub items: Vec<TariffOffer>,
    /// The change that waits for its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_change: Option<crate::account::PendingChange>,
    /// Days between two changes.
    pub days_between_changes: i64,
}

/// A tariff as offered to the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffOffer {
    /// Stable code.
    #[cfg_attr(feature = "openapi", schema(example = "home-10"))]
    pub code: String,
    /// Name.
    pub name: String,
    /// Fee a calendar month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub monthly_fee: Money,
    /// The least and the greatest a day costs in the month it would start.
    pub per_day: PerDay,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
    /// The present tariff.
    pub current: bool,
    /// Fee less the present fee.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub difference: Money,
    /// The last day the balance would cover after changing to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until_after: Option<Date>,
    /// What changing to it means; empty for the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<OfferedChange>,
}

/// A day's charge within a month: cumulative rounding makes it differ by at most a kopeck.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PerDay {
    /// The least.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub min: Money,
    /// The greatest.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub max: Money,
}

/// What a change costs and when it starts, or why it cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferedChange {
    /// Taken at confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub cost: Option<Money>,
    /// Its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub starts_on: Option<Date>,
    /// Why it cannot be now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
}

/// A refusal told beforehand: the members of the problem it would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusalView {
    /// The stable code.
    #[cfg_attr(feature = "openapi", schema(example = "funds_short"))]
    pub code: String,
    /// In the caller's language.
    pub detail: String,
    /// `missing`, `possible_from`, …
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Details))]
    pub details: serde_json::Map<String, serde_json::Value>,
}

/// `POST /me/tariff-change/quote`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteTariffChange {
    /// Code of the wished tariff.
    #[cfg_attr(feature = "openapi", schema(example = "home-10", max_length = 40))]
    pub tariff: String,
}
