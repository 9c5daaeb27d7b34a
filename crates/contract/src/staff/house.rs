//! What the house does by itself: runs, tasks, the log.

use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

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
