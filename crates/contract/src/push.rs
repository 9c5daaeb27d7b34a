//! Notifications to browsers and installed apps.

use crate::sms_balance::Periodic;
use cabinet_core::notice::Wishes;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// `GET /me/push`, and the answer of its changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Push {
    /// What a browser subscribes with: `applicationServerKey` in URL-safe base64. Absent where no notifications are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// What is told.
    pub wishes: PushWishes,
    /// The browsers and apps that are told, the newest first.
    pub devices: Vec<PushDevice>,
}

/// A browser or an installed app that takes notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushDevice {
    /// Its id.
    pub id: Uuid,
    /// It asked in the session this request came by.
    pub current: bool,
    /// What it calls itself.
    pub user_agent: String,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its push service last took a notification.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub told_at: Option<OffsetDateTime>,
}

/// `PUT /me/push`: all of it, as it is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PushWishes {
    /// Tells once the money lasts so many days or fewer, and again only after it lasted longer; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 30, example = 3))]
    pub threshold_days: Option<i64>,
    /// Tells the balance by the calendar; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic: Option<Periodic>,
    /// Tells of payments.
    pub on_payment: bool,
    /// Tells when access is stopped for want of money.
    pub on_block: bool,
    /// Tells when it runs again.
    pub on_unblock: bool,
    /// Tells of changes that took effect: another tariff, Turbo, a pause that begins or ends, a static address.
    pub on_change: bool,
}

/// `POST /me/push`: a browser's `PushSubscription`, as it puts itself into JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPushDevice {
    /// Where its push service takes notifications.
    #[cfg_attr(feature = "openapi", schema(max_length = 1024, example = "https://fcm.googleapis.com/fcm/send/dDw8"))]
    pub endpoint: String,
    /// Not looked at: a browser that has left is noticed when it is told something.
    #[serde(default, rename = "expirationTime", skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<i64>,
    /// What notifications are sealed with.
    pub keys: PushKeys,
}

/// What notifications to a browser are sealed with, in URL-safe base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// Its public key.
    pub p256dh: String,
    /// Its secret.
    pub auth: String,
}

impl PushWishes {
    /// As the rules have them.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            threshold_days: self.threshold_days,
            period: self.periodic.map(Periodic::period),
            on_payment: self.on_payment,
            on_block: self.on_block,
            on_unblock: self.on_unblock,
            on_change: self.on_change,
        }
    }

    /// From what the rules have.
    pub fn of(wishes: &Wishes) -> PushWishes {
        PushWishes {
            threshold_days: wishes.threshold_days,
            periodic: wishes.period.map(Periodic::of),
            on_payment: wishes.on_payment,
            on_block: wishes.on_block,
            on_unblock: wishes.on_unblock,
            on_change: wishes.on_change,
        }
    }
}
