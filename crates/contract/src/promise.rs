//! Promised payment: a month's fee lent for a few days.

use crate::money::Currency;
use crate::tariff::RefusalView;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::Date;

/// A promised payment that runs, or that ran out and is not paid back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promise {
    /// The day it was taken.
    #[serde(with = "crate::day")]
    pub taken_on: Date,
    /// The last day the credit serves.
    #[serde(with = "crate::day")]
    pub until: Date,
    /// What it lends above the balance through that day.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub credit: Money,
    /// Its last day is over and the debt is not paid.
    pub unpaid: bool,
    /// What would pay the debt of this moment; 0.00 while there is none.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub debt: Money,
}

/// `GET /me/promised-payment`: what one taken now would be, and why it cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromisedPayment {
    /// Currency of the amounts.
    pub currency: Currency,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// What it costs, taken at confirmation.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub price: Money,
    /// What it lends above the balance: one monthly fee.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub credit: Money,
    /// The last day one taken now would serve.
    #[serde(with = "crate::day")]
    pub until: Date,
    /// Charged for today right after the price, where it brings the service back; absent where it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub charge_today: Option<Money>,
    /// Balance after the price and that charge; absent where it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub balance_after: Option<Money>,
    /// The one that runs, or is not paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<Promise>,
    /// Why it cannot be now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
}
