//! The account: its number, its money, its standing and its tariff.

use crate::calendar::Month;
use crate::money::Money;
use crate::tariff::TariffCode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use time::{Date, OffsetDateTime};

/// A contract number: 1 to 20 digits, leading zeros kept (`0000`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContractNumber(String);

/// The text is not a contract number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a contract number is 1 to 20 digits")]
pub struct ContractNumberError;

impl ContractNumber {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ContractNumber {
    type Err = ContractNumberError;
    fn from_str(text: &str) -> Result<ContractNumber, ContractNumberError> {
        if (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(ContractNumber(text.to_owned()))
        } else {
            Err(ContractNumberError)
        }
    }
}

impl fmt::Display for ContractNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the account is allowed now; the first that holds, from the last here (RULES §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Service runs.
    Active,
    /// Stopped for want of money.
    Blocked,
    /// Stopped for a while by the subscriber.
    Paused,
    /// Stopped by staff.
    Suspended,
    /// The contract ended.
    Closed,
}

/// Charged days of a month at one fee: the state of cumulative rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The fee counted at.
    pub fee: Money,
    /// The month counted in.
    pub month: Month,
    /// Days charged so far, 0 to 31.
    pub days: u8,
}

/// A tariff that waits for its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedTariff {
    /// The tariff to be.
    pub tariff: TariffCode,
    /// Its first day.
    pub starts_on: Date,
}

/// The connection: its tariff, the change planned, and how far it is charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffService {
    /// The tariff as of `charged_through`; ask [`Account::tariff_on`] for a day's.
    pub tariff: TariffCode,
    /// The day the last change took effect; registration is not a change.
    pub changed_on: Option<Date>,
    /// The change that waits.
    pub planned: Option<PlannedTariff>,
    /// The last day that is charged, skipped or forgiven.
    pub charged_through: Date,
    /// The running count.
    pub count: Count,
}

/// Days on which the subscriber asked not to be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first day without service.
    pub from: Date,
    /// The last one.
    pub until: Date,
}

impl Pause {
    /// Whether service rests on that day.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }

    /// How many days it lasts, both ends counted.
    pub fn days(&self) -> i64 {
        (self.until - self.from).whole_days() + 1
    }
}

/// A static address, charged by the day like a tariff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticIp {
    /// Its first day.
    pub connected_on: Date,
    /// Its last day, once it is given up.
    pub until: Option<Date>,
    /// The last day that is charged, skipped or forgiven.
    pub charged_through: Date,
    /// The running count.
    pub count: Count,
}

impl StaticIp {
    /// One connected today, of which nothing is charged yet.
    pub fn connect(today: Date) -> StaticIp {
        StaticIp {
            connected_on: today,
            until: None,
            charged_through: crate::calendar::yesterday(today),
            count: Count { fee: Money::ZERO, month: Month::of(today), days: 0 },
        }
    }

    /// Whether the address serves on that day.
    pub fn serves(&self, day: Date) -> bool {
        self.connected_on <= day && self.until.is_none_or(|last| day <= last)
    }
}

/// A promised payment: a month's fee lent for a few days, to be paid back by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The day it was taken.
    pub taken_on: Date,
    /// The last day the credit serves.
    pub until: Date,
    /// Lent above the balance, more than 0.00.
    pub credit: Money,
}

/// Everything the rules ask of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The first day of the contract.
    pub opened_on: Date,
    /// The first day after the contract.
    pub closed_on: Option<Date>,
    /// The first day not charged because staff suspended the account.
    pub suspended_since: Option<Date>,
    /// The first day the money did not cover.
    pub blocked_since: Option<Date>,
    /// Balance after the last entry.
    pub balance: Money,
    /// The promised payment that runs, or that ran out and is not paid back yet.
    pub promise: Option<Promise>,
    /// Number of entries, which is the `seq` of the last.
    pub entries: i64,
    /// The connection.
    pub service: TariffService,
    /// The pause that is planned or runs, or that is over and no day after it was settled yet.
    pub pause: Option<Pause>,
    /// The last day of the pause before that.
    pub paused_through: Option<Date>,
    /// When the last Turbo ends or ended.
    pub turbo_until: Option<OffsetDateTime>,
    /// The static address.
    pub static_ip: Option<StaticIp>,
}

impl Account {
    /// A new account: nothing posted, nothing charged before `opened_on`.
    pub fn open(opened_on: Date, tariff: TariffCode) -> Account {
        let month = Month::of(opened_on);
        Account {
            opened_on,
            closed_on: None,
            suspended_since: None,
            blocked_since: None,
            balance: Money::ZERO,
            promise: None,
            entries: 0,
            service: TariffService {
                tariff,
                changed_on: None,
                planned: None,
                charged_through: crate::calendar::yesterday(opened_on),
                count: Count { fee: Money::ZERO, month, days: 0 },
            },
            pause: None,
            paused_through: None,
            turbo_until: None,
            static_ip: None,
        }
    }

    /// The standing shown.
    pub fn standing(&self, today: Date) -> Standing {
        if self.closed_on.is_some_and(|day| day <= today) {
            Standing::Closed
        } else if self.suspended_since.is_some() {
            Standing::Suspended
        } else if self.paused_on(today).is_some() {
            Standing::Paused
        } else if self.blocked_since.is_some() {
            Standing::Blocked
        } else {
            Standing::Active
        }
    }

    /// The pause of a day: a planned one holds by its dates, whether or not a run saw them.
    pub fn paused_on(&self, day: Date) -> Option<Pause> {
        self.pause.filter(|pause| pause.holds(day))
    }

    /// The pause that has not begun by that day.
    pub fn pause_ahead(&self, day: Date) -> Option<Pause> {
        self.pause.filter(|pause| pause.from > day)
    }

    /// The last day of the last pause that is over by that day.
    pub fn last_pause_by(&self, day: Date) -> Option<Date> {
        self.pause.map(|pause| pause.until).filter(|until| *until < day).max(self.paused_through)
    }

    /// When the running Turbo ends.
    pub fn turbo_at(&self, instant: OffsetDateTime) -> Option<OffsetDateTime> {
        self.turbo_until.filter(|until| *until > instant)
    }

    /// Everything of it is charged, skipped or forgiven through this day.
    pub fn charged_through(&self) -> Date {
        self.static_ip.map_or(self.service.charged_through, |ip| ip.charged_through.min(self.service.charged_through))
    }

    /// Lent above the balance on a day: serves daily charges and the price of the promise itself.
    pub fn credit_on(&self, day: Date) -> Money {
        self.promise.filter(|promise| day <= promise.until).map_or(Money::ZERO, |promise| promise.credit)
    }

    /// What is missing of a promised payment that ran out; empty if there is none.
    pub fn promise_unpaid(&self, today: Date) -> Option<Money> {
        self.promise.filter(|promise| promise.until < today).map(|_| (-self.balance).max(Money::ZERO))
    }

    /// The tariff of a day from `charged_through` on: a planned one holds by its date, whether or not a run posted it.
    pub fn tariff_on(&self, day: Date) -> &TariffCode {
        match &self.service.planned {
            Some(planned) if planned.starts_on <= day => &planned.tariff,
            _ => &self.service.tariff,
        }
    }

    /// The change that has not started by that day.
    pub fn pending_on(&self, day: Date) -> Option<&PlannedTariff> {
        self.service.planned.as_ref().filter(|planned| planned.starts_on > day)
    }

    /// The day the last change took effect, a planned one that has come included.
    pub fn changed_by(&self, day: Date) -> Option<Date> {
        match &self.service.planned {
            Some(planned) if planned.starts_on <= day => Some(planned.starts_on),
            _ => self.service.changed_on,
        }
    }
}
