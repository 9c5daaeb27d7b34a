//! What the book comes to.

use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// `GET /staff/reports/money`: what came in and went back, by day and way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoneyReport {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// By day, then by way; days on which nothing came in are left out.
    pub items: Vec<DayTakings>,
    /// What was paid in all, vouchers not counted: their money came when they were sold, if at all.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// What went back in all, vouchers not counted.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub returned: Money,
    /// What vouchers put on balances, less what was taken off again.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub vouchers: Money,
}

/// What came in one way on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayTakings {
    /// The day it was posted.
    pub date: Date,
    /// The way, as the journal names its account: `cash:office`, `gateway:liqpay`, `terminal:kyiv-osmp`, `bank:privat`,
    /// `promotions:vouchers`.
    #[cfg_attr(feature = "openapi", schema(example = "gateway:liqpay"))]
    pub method: String,
    /// How many payments.
    pub payments: i64,
    /// Their sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub paid: Money,
    /// What went back that day of payments made this way, whenever they were made.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub returned: Money,
}

/// `GET /staff/reports/charges`: what each tariff earned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChargesReport {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// By code of the tariff.
    pub items: Vec<TariffEarned>,
    /// What was charged in all, less what was given back.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub earned: Money,
}

/// What a tariff earned by its daily charges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffEarned {
    /// Its code.
    #[cfg_attr(feature = "openapi", schema(example = "home-20"))]
    pub tariff: String,
    /// Its name.
    pub name: String,
    /// How many contracts were charged.
    pub contracts: i64,
    /// Charged days.
    pub days: i64,
    /// What was charged.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub charged: Money,
    /// What was given back of charges.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub returned: Money,
}

/// Whose balance is below zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Debtor {
    /// The account, by which all else asks.
    pub id: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// Full name.
    pub name: String,
    /// Telephones as they are kept.
    pub phones: String,
    /// What is owed, positive.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub debt: Money,
    /// The first day the money did not cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_since: Option<Date>,
    /// The last day of a promised payment, be it over or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_until: Option<Date>,
    /// The contract's last day, once its end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
}
