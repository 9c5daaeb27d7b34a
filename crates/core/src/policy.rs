//! The installation's policy: every number of RULES, with the defaults that work as they stand.

use crate::money::Money;
use serde::{Deserialize, Serialize};

/// When a day is charged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeWhen {
    /// `balance + credit` covers the whole charge.
    #[default]
    Covers,
    /// `balance + credit` is not negative before the charge.
    NonNegative,
    /// Always, into any debt.
    Always,
}

/// What becomes of missed days that the money cannot cover.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedDays {
    /// They are forgiven and reported.
    #[default]
    Forgive,
    /// They are charged into debt.
    Charge,
}

/// When a change to a cheaper tariff starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DowngradeStart {
    /// The 1st of the next month.
    #[default]
    NextMonth,
    /// The next local day.
    NextDay,
}

/// Settings of the business rules; versioned in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// When a day is charged.
    pub charge_when: ChargeWhen,
    /// What becomes of missed days that the money cannot cover.
    pub missed_days: MissedDays,
    /// Price of a change to a cheaper tariff, taken at confirmation.
    pub downgrade_price: Money,
    /// When such a change starts.
    pub downgrade_start: DowngradeStart,
    /// Days between two changes of tariff, counted from the day the last took effect.
    pub days_between_changes: i64,
    /// How many planned changes may be cancelled in a calendar month.
    pub cancels_per_month: i64,
    /// Price of a promised payment, taken at confirmation.
    pub promise_price: Money,
    /// Days the credit serves after the day it was taken.
    pub promise_days: i64,
    /// A promise is given once the money lasts so many days or fewer.
    pub promise_needed_days: i64,
    /// How many promises may be taken in a calendar month.
    pub promises_per_month: i64,
    /// How many days old a contract must be.
    pub promise_contract_days: i64,
    /// Minutes a quote holds; midnight ends it earlier.
    pub quote_minutes: i64,
    /// How many days the forecast looks ahead.
    pub forecast_days: i64,
    /// The recommended payment lasts through the month that holds today plus this many days.
    pub recommend_days: i64,
    /// Fewest characters of a password, 8 or more.
    pub password_min: usize,
    /// Minutes a one-time code for a forgotten password is good.
    pub recovery_minutes: i64,
    /// Tries such a code has, the right one included.
    pub recovery_tries: i64,
    /// Minutes a code that confirms a contact is good.
    pub contact_code_minutes: i64,
    /// Tries such a code has, the right one included.
    pub contact_code_tries: i64,
    /// Seconds after which another one may be sent.
    pub contact_code_again_seconds: i64,
    /// How many are sent to a contract a day.
    pub contact_codes_per_day: i64,
    /// How many are sent to an address a day, whoever asks.
    pub contact_codes_per_address: i64,
    /// How many are sent a day in all.
    pub contact_codes_in_all: i64,
    /// Wrong codes of vouchers in a row before an account rests.
    pub voucher_tries: i64,
    /// Minutes it then rests.
    pub voucher_rest_minutes: i64,
    /// A new name or address needs no decision of staff.
    pub profile_changes_at_once: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            charge_when: ChargeWhen::Covers,
            missed_days: MissedDays::Forgive,
            downgrade_price: Money::from_kopecks(25_00),
            downgrade_start: DowngradeStart::NextMonth,
            days_between_changes: 30,
            cancels_per_month: 3,
            promise_price: Money::from_kopecks(5_00),
            promise_days: 3,
            promise_needed_days: 3,
            promises_per_month: 1,
            promise_contract_days: 30,
            quote_minutes: 10,
            forecast_days: 400,
            recommend_days: 15,
            password_min: 10,
            recovery_minutes: 10,
            recovery_tries: 5,
            contact_code_minutes: 10,
            contact_code_tries: 5,
            contact_code_again_seconds: 60,
            contact_codes_per_day: 5,
            contact_codes_per_address: 10,
            contact_codes_in_all: 2000,
            voucher_tries: 5,
            voucher_rest_minutes: 60,
            profile_changes_at_once: false,
        }
    }
}

/// A number of the policy outside what makes sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {what}")]
pub struct PolicyWrong {
    /// The setting.
    pub name: &'static str,
    /// What it may be.
    pub what: &'static str,
}

impl Policy {
    /// Whether every number makes sense.
    ///
    /// # Errors
    /// The first setting that does not, and its range.
    pub fn check(&self) -> Result<(), PolicyWrong> {
        let rules = [
            ("downgrade_price", !self.downgrade_price.is_negative(), "0.00 or more"),
            ("days_between_changes", (0..=3660).contains(&self.days_between_changes), "0 to 3660 days"),
            ("cancels_per_month", (0..=1000).contains(&self.cancels_per_month), "0 to 1000"),
            ("promise_price", !self.promise_price.is_negative(), "0.00 or more"),
            ("promise_days", (0..=31).contains(&self.promise_days), "0 to 31 days"),
            ("promise_needed_days", (0..=31).contains(&self.promise_needed_days), "0 to 31 days"),
            ("promises_per_month", (0..=31).contains(&self.promises_per_month), "0 to 31"),
            ("promise_contract_days", (0..=3660).contains(&self.promise_contract_days), "0 to 3660 days"),
            ("quote_minutes", (1..=1440).contains(&self.quote_minutes), "1 to 1440 minutes"),
            ("forecast_days", (1..=400).contains(&self.forecast_days), "1 to 400 days"),
            ("recommend_days", (0..=366).contains(&self.recommend_days), "0 to 366 days"),
            ("password_min", (8..=64).contains(&self.password_min), "8 to 64 characters"),
            ("recovery_minutes", (1..=1440).contains(&self.recovery_minutes), "1 to 1440 minutes"),
            ("recovery_tries", (1..=20).contains(&self.recovery_tries), "1 to 20"),
            ("contact_code_minutes", (1..=1440).contains(&self.contact_code_minutes), "1 to 1440 minutes"),
            ("contact_code_tries", (1..=20).contains(&self.contact_code_tries), "1 to 20"),
            (
                "contact_code_again_seconds",
                (10..=3600).contains(&self.contact_code_again_seconds),
                "10 to 3600 seconds",
            ),
            ("contact_codes_per_day", (1..=100).contains(&self.contact_codes_per_day), "1 to 100"),
            ("contact_codes_per_address", (1..=100).contains(&self.contact_codes_per_address), "1 to 100"),
            ("contact_codes_in_all", (1..=1_000_000).contains(&self.contact_codes_in_all), "1 to 1000000"),
            ("voucher_tries", (1..=100).contains(&self.voucher_tries), "1 to 100"),
            ("voucher_rest_minutes", (1..=1440).contains(&self.voucher_rest_minutes), "1 to 1440 minutes"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((name, _, what)) => Err(PolicyWrong { name, what }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_and_nonsense_is_named() {
        assert_eq!(Policy::default().check(), Ok(()));
        let wrong = |policy: Policy| policy.check().unwrap_err().name;
        assert_eq!(wrong(Policy { password_min: 7, ..Policy::default() }), "password_min");
        assert_eq!(wrong(Policy { quote_minutes: 0, ..Policy::default() }), "quote_minutes");
        assert_eq!(wrong(Policy { downgrade_price: Money::from_kopecks(-1), ..Policy::default() }), "downgrade_price");
    }
}
