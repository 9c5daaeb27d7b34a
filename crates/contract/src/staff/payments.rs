//! Payments: cash, corrections and refunds, what came of the gateways' word.

use crate::payment::Payment;
use cabinet_core::{Money, payment};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Cash at the office.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TakeCash {
    /// How much.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// Number of the receipt: the same one is never recorded twice for a contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub receipt: Option<String>,
}

/// A sum and why it moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SumWithReason {
    /// How much; below zero takes off.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// 1 to 200 characters on one line; the subscriber reads it in the history of the contract.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: String,
}

/// Money of a payment to be given back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundPayment {
    /// How much.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// 1 to 200 characters on one line; the subscriber reads it in the history of the contract.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: String,
    /// Whether the gateway of an online payment is to give it back; without it the money was given back otherwise.
    #[serde(default)]
    pub send: bool,
}

/// A payment that a person must look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentInReview {
    /// Whose it is.
    pub subscriber: Uuid,
    /// The payment.
    pub payment: Payment,
    /// Why.
    pub why: PaymentAttention,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

/// Why a person must look at a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaymentAttention {
    /// Money came that does not fit the order: its sum, currency or merchant.
    Mismatch,
    /// A word that decides nothing, and whose state or merchant is in doubt.
    Uncertain,
    /// The payer was charged twice; once is on the balance.
    ChargedTwice,
    /// The gateway's transaction paid another payment before.
    TransactionTaken,
    /// What went back does not fit the payment.
    ReturnDoubtful,
    /// The gateway did not give back what the office had it give back, or did not say so: the entry stands, and whether the
    /// payer has the money is to be found out.
    RefundFailed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl From<payment::Attention> for PaymentAttention {
    fn from(why: payment::Attention) -> PaymentAttention {
        match why {
            payment::Attention::Mismatch => PaymentAttention::Mismatch,
            payment::Attention::Uncertain => PaymentAttention::Uncertain,
            payment::Attention::ChargedTwice => PaymentAttention::ChargedTwice,
            payment::Attention::TransactionTaken => PaymentAttention::TransactionTaken,
            payment::Attention::ReturnDoubtful => PaymentAttention::ReturnDoubtful,
            payment::Attention::RefundFailed => PaymentAttention::RefundFailed,
        }
    }
}

/// `GET /staff/payments/{id}`: a payment with everything its gateway said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffPayment {
    /// Whose it is.
    pub subscriber: Uuid,
    /// Their contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// The payment.
    pub payment: Payment,
    /// Why a person must look at it; absent once that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<PaymentAttention>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// What the gateway said, oldest first; each of its words once.
    pub events: Vec<PaymentWord>,
}

/// What a gateway said of a payment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentWord {
    /// `paid`, `failed`, `pending` or `reversed`.
    pub kind: String,
    /// The sum it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub amount: Option<Money>,
    /// Its currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "UAH"))]
    pub currency: Option<String>,
    /// What went back by then, all in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub returned: Option<Money>,
    /// The gateway's id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The gateway's words on a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it is in doubt by itself; a sum other than the ordered one is not said here.
    pub doubts: Vec<String>,
    /// What was made of it.
    pub note: String,
    /// When it happened, as the gateway says.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub occurred_at: Option<OffsetDateTime>,
    /// When it was told.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}

/// `POST /staff/payments/{id}/decision`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecidePayment {
    /// What is decided.
    pub outcome: DecidedPayment,
    /// The sum to credit, which is told with that outcome alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub amount: Option<Money>,
    /// Why: 1 to 200 characters on one line.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: String,
}

/// What a person decides of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DecidedPayment {
    /// The sum came, and goes to the balance.
    Credit,
    /// Nothing more is to be done here.
    Settled,
}

/// What a gateway said of no payment of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrphanedEvent {
    /// Its id.
    pub id: Uuid,
    /// Code of the gateway.
    #[cfg_attr(feature = "openapi", schema(example = "liqpay"))]
    pub gateway: String,
    /// What it said: `paid`, `failed`, `pending` or `reversed`.
    pub kind: String,
    /// What was made of it.
    pub note: String,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
}
