//! Payments through gateways.

use cabinet_core::{Money, Month, payment};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A way to pay online.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentMethod {
    /// Stable code, for `createPayment`.
    #[cfg_attr(feature = "openapi", schema(example = "liqpay"))]
    pub code: String,
    /// Its name, in the caller's language where it has one.
    #[cfg_attr(feature = "openapi", schema(example = "LiqPay"))]
    pub name: String,
    /// Its money is not real: a demo or a trial.
    pub test: bool,
    /// The least that may be paid at once.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount, example = "1.00"))]
    pub least: Money,
    /// The most that may be paid at once.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount, example = "14999.00"))]
    pub most: Money,
}

/// `GET /me/payments/preview?amount=`: what a payment would be good for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentPreview {
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// Money on the account, today's charge taken.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
    /// The last day the balance covers; absent beyond 400 days and for stopped accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until: Option<Date>,
    /// Sums worth paying, each with the day through which it keeps the service; the smallest first.
    pub suggestions: Vec<PaymentSuggestion>,
    /// What the sum asked about would do; absent when none was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<PaymentOutcome>,
}

/// A sum and what it is good for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentSuggestion {
    /// The sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// The last day it covers.
    #[serde(with = "crate::day")]
    pub until: Date,
}

/// What a payment made today would do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentOutcome {
    /// The sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// Money on the account after it, and after the charge of today if it brings the service back.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance_after: Money,
    /// The last day covered; absent beyond 400 days, and where the service stays stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until_after: Option<Date>,
    /// Whether the service runs after it.
    pub served: bool,
}

/// What to pay, and how: a sum, a bill, or a sum for a bill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePayment {
    /// How much; of a bill, what is still missing of it unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub amount: Option<Money>,
    /// The id of an open bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MonthText>))]
    pub bill: Option<Month>,
    /// Code of a method that `getProvider` lists.
    #[cfg_attr(feature = "openapi", schema(example = "liqpay", max_length = 40))]
    pub method: String,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// Its id, which the gateway knows as its reference.
    pub id: Uuid,
    /// Code of the method.
    #[cfg_attr(feature = "openapi", schema(example = "liqpay"))]
    pub method: String,
    /// Name of the method.
    #[cfg_attr(feature = "openapi", schema(example = "LiqPay"))]
    pub method_name: String,
    /// How much.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// Where it stands.
    pub status: PaymentStatus,
    /// When it was ordered.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub changed_at: OffsetDateTime,
    /// Until when the gateway waits for its payer; a payment that arrives later still counts.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Where the payer goes, while the payment waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
    /// The id of the bill it was ordered for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::MonthText>))]
    pub bill: Option<Month>,
    /// `seq` of the entry that credited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// What went back to the payer so far; absent when nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub returned: Option<Money>,
    /// Where the fiscal receipt lies, if the gateway made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^https://"))]
    pub fiscal_url: Option<String>,
}

/// A voucher to be redeemed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemVoucher {
    /// Its code, with or without what stands between its groups.
    #[cfg_attr(feature = "openapi", schema(example = "ABCD-EFGH-JKMN-PQRS", max_length = 64))]
    pub code: String,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Waits for its payer.
    Created,
    /// The gateway is working on it.
    Pending,
    /// The money is on the balance.
    Paid,
    /// The gateway said no.
    Failed,
    /// Nobody paid in time.
    Expired,
    /// Something did not fit: staff look at it.
    Review,
    /// Paid, and wholly taken back.
    Reversed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl PaymentStatus {
    /// Whether the gateway may still have something to tell.
    pub fn is_open(self) -> bool {
        matches!(self, PaymentStatus::Created | PaymentStatus::Pending)
    }
}

impl From<payment::PaymentState> for PaymentStatus {
    fn from(state: payment::PaymentState) -> PaymentStatus {
        match state {
            payment::PaymentState::Created => PaymentStatus::Created,
            payment::PaymentState::Pending => PaymentStatus::Pending,
            payment::PaymentState::Paid => PaymentStatus::Paid,
            payment::PaymentState::Failed => PaymentStatus::Failed,
            payment::PaymentState::Expired => PaymentStatus::Expired,
            payment::PaymentState::Review => PaymentStatus::Review,
            payment::PaymentState::Reversed => PaymentStatus::Reversed,
        }
    }
}

/// How a browser gets to the gateway's page: by going to `url`, or, when there are `fields`, by posting a form of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Redirect {
    /// Where to.
    pub url: String,
    /// Names and values of the form, in order; empty for a plain address.
    #[serde(default)]
    pub fields: Vec<FormField>,
}

/// A hidden field of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormField {
    /// Its name; names may repeat.
    pub name: String,
    /// Its value.
    pub value: String,
}
