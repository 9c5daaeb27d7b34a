//! What staff send and are told.

use crate::account::Overview;
use crate::payment::Payment;
use crate::profile::{Profile, RequestField};
use crate::statement::Entry;
use crate::support::{NewsKind, Ticket, TicketMessage};
use cabinet_core::staff::Role;
use cabinet_core::{Language, Money, payment};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// `GET /staff/me`: the member of staff who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffMember {
    /// Its id.
    pub id: Uuid,
    /// What they sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "cashier"))]
    pub login: String,
    /// As colleagues know them.
    pub name: String,
    /// What they are there for.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::RoleCode))]
    pub role: Role,
    /// When they were added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A subscriber in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubscriberFound {
    /// The account, by which all else asks.
    pub id: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// Full name.
    pub name: String,
    /// Address of the connection.
    pub address: String,
    /// Phones as written.
    pub phones: String,
    /// Money on the account after its last entry.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
}

/// `POST /staff/subscribers`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterSubscriber {
    /// Contract number to be: 1 to 20 digits.
    #[cfg_attr(feature = "openapi", schema(example = "0042", pattern = "^[0-9]{1,20}$"))]
    pub contract: String,
    /// Family name.
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub last_name: String,
    /// Given name.
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub first_name: String,
    /// Patronymic.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub middle_name: String,
    /// Address of the connection.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub address: String,
    /// Phones, free text, several with `;`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub phones: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: Option<String>,
    /// Code of the tariff.
    #[cfg_attr(feature = "openapi", schema(example = "home-20", max_length = 40))]
    pub tariff: String,
    /// Language of texts.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::LanguageCode))]
    pub language: Language,
    /// Cash paid with it; without it the account begins blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub paid: Option<Money>,
}

/// A new contract, with what is told this once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// The account.
    pub id: Uuid,
    /// Good until changed at the first sign-in.
    pub first_password: String,
}

/// `GET /staff/subscribers/{id}`: the header, the profile, the last entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Subscriber {
    /// The account.
    pub id: Uuid,
    /// The header, as the subscriber sees it.
    pub overview: Overview,
    /// The profile, as the subscriber sees it.
    pub profile: Profile,
    /// The last entries of the book, newest first.
    pub entries: Vec<Entry>,
}

/// `PATCH /staff/subscribers/{id}/profile`: absent members stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditSubscriber {
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub last_name: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub first_name: Option<String>,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub middle_name: Option<String>,
    /// Address of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub address: Option<String>,
    /// Phones, free text, several with `;`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub phones: Option<String>,
    /// E-mail; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: Option<String>,
}

/// Why something is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// 1 to 200 characters on one line.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: String,
}

/// When a contract ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closed {
    /// The first day without service.
    pub closed_on: Date,
}

/// When everything personal of a subscriber was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Erased {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub erased_at: OffsetDateTime,
}

/// A one-time code for a forgotten password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCode {
    /// Told this once; good for ten minutes and five tries.
    #[cfg_attr(feature = "openapi", schema(example = "12345678"))]
    pub code: String,
}

/// What a subscriber asked of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenRequest {
    /// Its id.
    pub id: Uuid,
    /// The account that asked.
    pub subscriber: Uuid,
    /// Its contract number.
    pub contract: String,
    /// What is to change.
    pub field: RequestField,
    /// Into what.
    pub wish: String,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Whether the wish holds from now on.
    pub granted: bool,
    /// For the log, 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: Option<String>,
}

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

/// A finished day of the daily run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DailyRun {
    /// The day.
    pub day: Date,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it was done.
    #[serde(with = "time::serde::rfc3339")]
    pub finished_at: OffsetDateTime,
    /// Accounts looked at.
    pub accounts: i64,
    /// Accounts charged.
    pub charged: i64,
    /// What they were charged together.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub total: Money,
}

/// A task that was given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadTask {
    /// Its id.
    pub id: Uuid,
    /// Which kind.
    #[cfg_attr(feature = "openapi", schema(example = "payment_poll"))]
    pub topic: String,
    /// Whom it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<Uuid>,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was given up.
    #[serde(with = "time::serde::rfc3339")]
    pub ended_at: OffsetDateTime,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What tasks are about that were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Letters of bills.
    Bill,
    /// Other letters and messages, codes among them.
    Notice,
    /// Notices.
    Message,
    /// Payments asked after.
    PaymentPoll,
}

impl Topic {
    /// The word of [`DeadTask::topic`].
    pub fn code(&self) -> &'static str {
        match self {
            Topic::Bill => "bill",
            Topic::Notice => "notice",
            Topic::Message => "message",
            Topic::PaymentPoll => "payment_poll",
        }
    }
}

/// Which tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OfTopic {
    /// Of this topic; without it, of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

/// Tasks that are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepeatedTasks {
    /// How many.
    pub tasks: i64,
}

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// `system`, `subscriber` or `staff`.
    #[cfg_attr(feature = "openapi", schema(example = "staff"))]
    pub actor: String,
    /// The login of the member of staff; absent at the office's own console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// The account it is about; absent for what concerns the office itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<Uuid>,
    /// Its contract number, where rows of several are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: Option<String>,
    /// What was done.
    #[cfg_attr(feature = "openapi", schema(example = "payment.cash"))]
    pub act: String,
    /// What belongs to it.
    pub details: BTreeMap<String, String>,
}

/// What a subscriber was told without asking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentNotice {
    /// Its id.
    pub id: Uuid,
    /// The way it went: `sms`, `email` or `push`.
    #[cfg_attr(feature = "openapi", schema(example = "sms"))]
    pub channel: String,
    /// What it is about: `low`, `balance`, `paid`, `blocked`, `restored`, `paid_restored`, `changed`, `turbo`, `paused`,
    /// `resumed`, `address` or `address_gone`.
    #[cfg_attr(feature = "openapi", schema(example = "paid"))]
    pub kind: String,
    /// What became of it.
    pub status: NoticeStatus,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was sent, or given up.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// How many short messages it is charged as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<i64>,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoticeStatus {
    /// It waits, for the morning perhaps.
    Queued,
    /// It was taken; whether it came nobody told.
    Sent,
    /// It came.
    Delivered,
    /// It was taken and never came.
    Failed,
    /// It may have been taken.
    Uncertain,
    /// It was refused.
    Refused,
    /// There was nowhere to send it to.
    Unreachable,
    /// It was one too many that day.
    Spent,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl NoticeStatus {
    /// Of a state and what the gateway told later.
    pub fn of(state: &str, delivery: Option<&str>) -> NoticeStatus {
        match (state, delivery) {
            (_, Some("delivered")) => NoticeStatus::Delivered,
            (_, Some("failed")) => NoticeStatus::Failed,
            ("queued", _) => NoticeStatus::Queued,
            ("sent", _) => NoticeStatus::Sent,
            ("unknown", _) => NoticeStatus::Uncertain,
            ("refused", _) => NoticeStatus::Refused,
            ("unreachable", _) => NoticeStatus::Unreachable,
            ("spent", _) => NoticeStatus::Spent,
            _ => NoticeStatus::Unknown,
        }
    }

    /// As it is called on the wire.
    pub fn code(self) -> &'static str {
        match self {
            NoticeStatus::Queued => "queued",
            NoticeStatus::Sent => "sent",
            NoticeStatus::Delivered => "delivered",
            NoticeStatus::Failed => "failed",
            NoticeStatus::Uncertain => "uncertain",
            NoticeStatus::Refused => "refused",
            NoticeStatus::Unreachable => "unreachable",
            NoticeStatus::Spent => "spent",
            NoticeStatus::Unknown => "unknown",
        }
    }
}

/// `POST /staff/voucher-series`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateVouchers {
    /// What each is worth.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub nominal: Money,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub vouchers: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: String,
}

/// Vouchers printed together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoucherSeries {
    /// Its id.
    pub id: Uuid,
    /// What each is worth.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub nominal: Money,
    /// How many there are.
    pub vouchers: i64,
    /// How many of them were redeemed.
    pub redeemed: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for.
    pub note: String,
    /// When they were made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When they were taken out of use.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
}

/// A series with its codes, which are told this once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintedVouchers {
    /// The series.
    pub series: VoucherSeries,
    /// The codes, to be printed.
    pub codes: Vec<String>,
}

/// `POST /staff/addresses`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddAddresses {
    /// The pool's name.
    #[cfg_attr(feature = "openapi", schema(example = "main", max_length = 40))]
    pub pool: String,
    /// One address, `FIRST-LAST` or `NET/LENGTH`.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.16/28", max_length = 40))]
    pub range: String,
}

/// `PUT /staff/addresses/{address}/ipv6-prefix`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressPrefix {
    /// `PREFIX/LENGTH` of 32 to 64 bits; none takes it away.
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56", max_length = 43))]
    pub prefix: Option<String>,
}

/// How many addresses were new.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddedAddresses {
    /// How many.
    pub added: i64,
}

/// A static address of the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaticAddress {
    /// The address.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.17"))]
    pub address: String,
    /// The pool it belongs to.
    pub pool: String,
    /// The IPv6 prefix that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56"))]
    pub ipv6_prefix: Option<String>,
    /// The contract that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The first day it may be given to somebody.
    pub free_from: Date,
    /// It is given to nobody any more.
    pub withdrawn: bool,
}

/// A line of a file and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineNote {
    /// Its number, the first being 1.
    pub line: u64,
    /// What is to be said, in English.
    pub why: String,
}

/// What became of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Lines credited now.
    pub credited: u64,
    /// Their sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub sum: Money,
    /// Lines that wait for a person.
    pub waiting: Vec<LineNote>,
    /// Lines taken in before.
    pub known: u64,
    /// Lines of money that left the account, or of none.
    pub outgoing: u64,
    /// Lines that could not be read: nothing was taken of them.
    pub faults: Vec<LineNote>,
}

/// A line of a bank's register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankLine {
    /// Its id.
    pub id: Uuid,
    /// Name of the register.
    pub register: String,
    /// What tells it from the others: the document's number, where the bank gives one.
    pub document: String,
    /// The bank's day.
    pub paid_on: Date,
    /// How much.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// What the payer wrote.
    pub purpose: String,
    /// Who paid.
    pub payer: String,
    /// Where it stands.
    pub status: BankLineStatus,
    /// Why it waits, or was dismissed.
    pub why: String,
    /// Whose it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<Uuid>,
    /// When it was taken in.
    #[serde(with = "time::serde::rfc3339")]
    pub imported_at: OffsetDateTime,
}

/// Where a line of a register stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BankLineStatus {
    /// The money is on a balance.
    Credited,
    /// A person is to say whose it is.
    Waiting,
    /// Put aside.
    Dismissed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// Whose a line is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignLine {
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042", pattern = "^[0-9]{1,20}$"))]
    pub contract: String,
}

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

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentTo {
    /// Hearing of promotions and offers.
    Promotions,
    /// Taking part in prize draws.
    Draws,
}

/// A contract that agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consenting {
    /// The account.
    pub id: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// Full name.
    pub name: String,
    /// Phones as written.
    pub phones: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When phones or e-mail last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub contacts_updated_at: OffsetDateTime,
    /// When a consent last changed.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub consents_changed_at: Option<OffsetDateTime>,
    /// Which wording it was given to; empty for a consent from before it was kept.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11"))]
    pub wording: String,
}

/// `POST /staff/draws`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldDraw {
    /// What is drawn: a title is drawn once.
    #[cfg_attr(feature = "openapi", schema(example = "Роутер до Нового року", min_length = 1, max_length = 120))]
    pub title: String,
    /// Those take part whose contacts were renewed on this day or later.
    pub updated_since: Date,
}

/// A prize draw that was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrizeDraw {
    /// Its id.
    pub id: Uuid,
    /// What was drawn.
    pub title: String,
    /// Those took part whose contacts were renewed on this day or later.
    pub updated_since: Date,
    /// Among how many contracts.
    pub contracts: i64,
    /// Who won.
    pub winner: Uuid,
    /// The winner's contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// When it was held.
    #[serde(with = "time::serde::rfc3339")]
    pub held_at: OffsetDateTime,
}

/// A ticket in support's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffTicket {
    /// Whose it is.
    pub subscriber: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// The ticket.
    pub ticket: Ticket,
}

/// A ticket with everything in it, as support sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffThread {
    /// Whose it is.
    pub subscriber: Uuid,
    /// The ticket.
    pub ticket: Ticket,
    /// What was said, the first message first.
    pub messages: Vec<TicketMessage>,
}

/// `POST /staff/subscribers/{id}/tickets/{ticket}/messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerTicket {
    /// Plain text, lines apart by `\n`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub text: String,
    /// Ids of files sent before by `keepStaffTicketFile`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 3))]
    pub files: Vec<Uuid>,
    /// Whether nothing is left to say.
    #[serde(default)]
    pub close: bool,
}

/// The words of a notice in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsWords {
    /// One line.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120))]
    pub title: String,
    /// Plain text, lines apart by `\n`; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    pub text: String,
}

/// `POST /staff/news`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddNews {
    /// What is told.
    #[cfg_attr(feature = "openapi", schema(value_type = NewsKind))]
    pub kind: cabinet_core::support::NewsKind,
    /// In Ukrainian.
    pub uk: NewsWords,
    /// In Russian; whoever reads it is told the Ukrainian without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<NewsWords>,
    /// In English; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<NewsWords>,
    /// Whom it concerns: streets or houses as addresses have them, several with `;`. Everybody without any.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 400, example = "вул. Іванова; вул. Миру 1"))]
    pub places: String,
    /// From when it is shown; at once without.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub from: Option<OffsetDateTime>,
    /// Until when; to the end of the works without, thirty days for news.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// When works begin: asked of planned works.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When they end: likewise.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
}

/// A notice as the office sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffNews {
    /// Its id.
    pub id: Uuid,
    /// What is told.
    pub kind: NewsKind,
    /// In Ukrainian.
    pub uk: NewsWords,
    /// In Russian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<NewsWords>,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<NewsWords>,
    /// Whom it concerns; everybody if empty.
    pub places: String,
    /// From when it is shown.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// When works begin.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When they end.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub withdrawn_at: Option<OffsetDateTime>,
}
