//! What a subscriber is told without asking, by SMS and by e-mail.

use cabinet_core::notice::{Period, Wishes};
use serde::{Deserialize, Serialize};

/// `GET /me/services/sms-balance`, and the answer of its change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmsBalance {
    /// What is wished.
    pub wishes: SmsBalanceWishes,
    /// The confirmed phone that messages go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "+380501234567"))]
    pub phone: Option<String>,
    /// The phone's owner told the operator to let no messages through: it is to be confirmed anew.
    #[serde(default)]
    pub phone_stopped: bool,
    /// The confirmed e-mail that letters go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "ivan@example.com"))]
    pub address: Option<String>,
}

/// `PUT /me/services/sms-balance`: all of it, as it is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SmsBalanceWishes {
    /// Messages go to the confirmed phone.
    pub enabled: bool,
    /// The same goes by letters to the confirmed e-mail.
    pub email: bool,
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

/// When the balance is told by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Periodic {
    /// How often.
    pub every: Every,
    /// The day: of a week 1 to 7, Monday being 1; of a month 1 to 28.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 28, example = 1))]
    pub day: u8,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each week.
    Week,
    /// Each month.
    Month,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl SmsBalanceWishes {
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
    pub fn of(enabled: bool, email: bool, wishes: &Wishes) -> SmsBalanceWishes {
        SmsBalanceWishes {
            enabled,
            email,
            threshold_days: wishes.threshold_days,
            periodic: wishes.period.map(Periodic::of),
            on_payment: wishes.on_payment,
            on_block: wishes.on_block,
            on_unblock: wishes.on_unblock,
            on_change: wishes.on_change,
        }
    }
}

impl Periodic {
    /// As the rules have it.
    pub(crate) fn period(self) -> Period {
        match self.every {
            Every::Week => Period::Weekly(self.day),
            Every::Month => Period::Monthly(self.day),
            // No month has such a day, so that it is refused.
            Every::Unknown => Period::Monthly(0),
        }
    }

    /// From what the rules have.
    pub(crate) fn of(period: Period) -> Periodic {
        match period {
            Period::Weekly(day) => Periodic { every: Every::Week, day },
            Period::Monthly(day) => Periodic { every: Every::Month, day },
        }
    }
}
