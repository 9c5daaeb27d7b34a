//! Subscribers: found, registered, looked after; the notices they were sent.

use crate::account::Overview;
use crate::profile::{Profile, RequestField};
use crate::statement::Entry;
use cabinet_core::{Language, Money};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

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
    /// With what the subscriber's equipment signs in; absent where there is no router to sign in at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionLogin>,
}

/// With what a subscriber's equipment signs in at a router. It opens the network and nothing of the cabinet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionLogin {
    /// Its name.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub name: String,
    /// Its secret.
    #[cfg_attr(feature = "openapi", schema(example = "abcd-efgh-jkmn"))]
    pub secret: String,
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
    /// It never came: nobody took it, or it was lost on its way.
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
