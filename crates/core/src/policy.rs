//! The installation's policy: every number of RULES, with the defaults that work as they stand.

use crate::calendar::Month;
use crate::money::Money;
use crate::tariff::{FeeVersion, fee_of};
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

/// A length of Turbo that can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurboOption {
    /// Stable code, 1 to 20 characters: `3h`.
    pub code: String,
    /// Elapsed hours, 1 to 720.
    pub hours: i64,
    /// Its price.
    pub price: Money,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
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
    /// What Turbo can be bought, in the order shown; none where it is not sold.
    pub turbo_options: Vec<TurboOption>,
    /// Price of a pause, taken when it is planned.
    pub pause_price: Money,
    /// Days of the shortest pause.
    pub pause_least_days: i64,
    /// Days of the longest.
    pub pause_most_days: i64,
    /// Days from the last day of a pause to the first of the next.
    pub pause_rest_days: i64,
    /// How many days ahead a pause may begin.
    pub pause_ahead_days: i64,
    /// Fee of a static address a calendar month, with versions from the 1st like a tariff's; none where it is not sold.
    pub static_ip_fees: Vec<FeeVersion>,
    /// A static address is charged during a pause, if the money covers it.
    pub static_ip_in_pause: bool,
    /// Days an address rests after it was given up.
    pub static_ip_rest_days: i64,
    /// Minutes within which Turbo, a pause and a static address may be undone.
    pub undo_minutes: i64,
    /// How many of each may be undone in a calendar month.
    pub undos_per_month: i64,
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
    /// The hour from which nobody is woken by notices, local time.
    pub quiet_from_hour: i64,
    /// The hour until which; the same one: notices go at any hour.
    pub quiet_until_hour: i64,
    /// How many short messages are sent to a contract a day, codes aside.
    pub notices_per_day: i64,
    /// A confirmed phone or e-mail gets the code for a forgotten password by itself.
    pub recovery_by_contact: bool,
    /// How many tickets of a contract may wait for support's answer at once.
    pub tickets_waiting: i64,
    /// How many messages to support are taken from a contract a day.
    pub ticket_messages_per_day: i64,
    /// How many files.
    pub ticket_files_per_day: i64,
    /// How many days what routers told of a session is kept once it ended.
    pub network_session_days: i64,
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
            turbo_options: [(3, 5_00), (12, 12_00), (24, 20_00)].map(default_turbo).to_vec(),
            pause_price: Money::from_kopecks(10_00),
            pause_least_days: 7,
            pause_most_days: 180,
            pause_rest_days: 90,
            pause_ahead_days: 180,
            static_ip_fees: vec![FeeVersion {
                from: Month::of(time::macros::date!(2000 - 01 - 01)),
                fee: Money::from_kopecks(30_00),
            }],
            static_ip_in_pause: true,
            static_ip_rest_days: 7,
            undo_minutes: 10,
            undos_per_month: 1,
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
            quiet_from_hour: 21,
            quiet_until_hour: 9,
            notices_per_day: 5,
            recovery_by_contact: false,
            tickets_waiting: 5,
            ticket_messages_per_day: 30,
            ticket_files_per_day: 10,
            // As long as a bill may be disputed (Civil Code of Ukraine, 257).
            network_session_days: 1_096,
        }
    }
}

fn default_turbo((hours, kopecks): (i64, i64)) -> TurboOption {
    let price = Money::from_kopecks(kopecks);
    TurboOption { code: format!("{hours}h"), hours, price, down_mbps: 100, up_mbps: 100 }
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
    /// The option of Turbo of a code.
    pub fn turbo(&self, code: &str) -> Option<&TurboOption> {
        self.turbo_options.iter().find(|option| option.code == code)
    }

    /// The fee of a static address in a month; none where it is not sold.
    pub fn static_ip_fee(&self, month: Month) -> Option<Money> {
        fee_of(&self.static_ip_fees, month)
    }

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
            (
                "turbo_options",
                turbo_options_hold(&self.turbo_options),
                "codes of 1 to 20 letters, digits and -, each once; 1 to 720 hours; prices of 0.00 or more; 1 to 1000000 Mbit/s; 12 at most",
            ),
            ("pause_price", !self.pause_price.is_negative(), "0.00 or more"),
            (
                "pause_least_days",
                (1..=self.pause_most_days).contains(&self.pause_least_days),
                "1 day to pause_most_days",
            ),
            ("pause_most_days", (1..=366).contains(&self.pause_most_days), "1 to 366 days"),
            ("pause_rest_days", (0..=3660).contains(&self.pause_rest_days), "0 to 3660 days"),
            ("pause_ahead_days", (1..=366).contains(&self.pause_ahead_days), "1 to 366 days"),
            ("static_ip_fees", fees_hold(&self.static_ip_fees), "0.00 or more, each from a later month"),
            ("static_ip_rest_days", (0..=366).contains(&self.static_ip_rest_days), "0 to 366 days"),
            ("undo_minutes", (0..=60).contains(&self.undo_minutes), "0 to 60 minutes"),
            ("undos_per_month", (0..=100).contains(&self.undos_per_month), "0 to 100"),
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
            ("quiet_from_hour", (0..=23).contains(&self.quiet_from_hour), "0 to 23"),
            ("quiet_until_hour", (0..=23).contains(&self.quiet_until_hour), "0 to 23"),
            ("notices_per_day", (1..=100).contains(&self.notices_per_day), "1 to 100"),
            ("tickets_waiting", (1..=100).contains(&self.tickets_waiting), "1 to 100"),
            ("ticket_messages_per_day", (1..=1000).contains(&self.ticket_messages_per_day), "1 to 1000"),
            ("ticket_files_per_day", (1..=100).contains(&self.ticket_files_per_day), "1 to 100"),
            ("network_session_days", (31..=3660).contains(&self.network_session_days), "31 to 3660 days"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((name, _, what)) => Err(PolicyWrong { name, what }),
            None => Ok(()),
        }
    }
}

fn turbo_options_hold(options: &[TurboOption]) -> bool {
    let written = |code: &str| {
        (1..=20).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let sound = |option: &TurboOption| {
        written(&option.code)
            && (1..=720).contains(&option.hours)
            && !option.price.is_negative()
            && [option.down_mbps, option.up_mbps].iter().all(|mbps| (1..=1_000_000).contains(mbps))
    };
    let once = |option: &TurboOption| options.iter().filter(|other| other.code == option.code).count() == 1;
    options.len() <= 12 && options.iter().all(|option| sound(option) && once(option))
}

fn fees_hold(versions: &[FeeVersion]) -> bool {
    versions.iter().all(|version| !version.fee.is_negative())
        && versions.windows(2).all(|pair| pair[0].from < pair[1].from)
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
