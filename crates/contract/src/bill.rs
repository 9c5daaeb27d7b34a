//! Bills.

use crate::money::Currency;
use crate::statement::EntryKind;
use cabinet_core::{Money, Month};
use serde::{Deserialize, Serialize};
use time::Date;

/// A bill in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillBrief {
    /// The month of its date: its id among the contract's bills.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText, example = "2015-01"))]
    pub id: Month,
    /// Its number on paper.
    #[cfg_attr(feature = "openapi", schema(example = "0000-2015-01"))]
    pub number: String,
    /// The 1st of the month it asks for.
    #[serde(with = "crate::day")]
    pub date: Date,
    /// The month it closes, the one before.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub closes: Month,
    /// What it asks, 0.00 or more.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub to_pay: Money,
    /// Until when to pay; absent when there is nothing to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub due_on: Option<Date>,
    /// How it stands.
    pub status: BillStatus,
    /// What is still missing of it; absent unless it is `open`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub missing: Option<Money>,
}

/// How a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillStatus {
    /// What was put in since its date reaches what it asks.
    Paid,
    /// It waits.
    Open,
    /// It was not paid, and a later bill asks for what it asked.
    Replaced,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// `GET /me/bills/{id}`: a month closed, and what the next one asks. Nothing but `status` and `missing` ever changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bill {
    /// The bill in a line.
    pub brief: BillBrief,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Balance before the first entry of the month closed.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub opening: Money,
    /// What was taken; what came back of it is below zero.
    pub charges: Vec<BillLine>,
    /// The sum of `charges`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// What was put in; what went back of it is below zero.
    pub credits: Vec<BillLine>,
    /// The sum of `credits`: `opening − charged + paid = closing`.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// Balance after the last entry of the month closed.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub closing: Money,
    /// What the month that begins costs, planned changes included.
    pub ahead: Vec<BillLine>,
    /// The sum of `ahead`: `to_pay` is what `closing` does not cover of it.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub ahead_sum: Money,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillLine {
    /// What it is for.
    pub kind: EntryKind,
    /// In the caller's language.
    #[cfg_attr(feature = "openapi", schema(example = "Абонплата"))]
    pub title: String,
    /// The tariff concerned, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// The first day covered by daily charges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub covers_from: Option<Date>,
    /// The last day covered by daily charges, of the same month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub covers_to: Option<Date>,
    /// Charged days for daily charges, otherwise how many times.
    pub quantity: i64,
    /// The fee of the whole month for daily charges, the price of one for what else was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub price: Option<Money>,
    /// What the line adds to its sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
}
