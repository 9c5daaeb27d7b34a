//! The policy, as staff edit it: read whole, sent back whole.

use cabinet_core::calendar::Month;
use cabinet_core::{Money, Policy, policy, tariff};
use serde::{Deserialize, Serialize};

/// `GET /staff/policy`, and the answer of its change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditedPolicy {
    /// What it is known by until it changes: sent back with the edited one.
    #[cfg_attr(feature = "openapi", schema(example = "3"))]
    pub revision: String,
    /// Every setting.
    pub settings: PolicySettings,
}

/// `PUT /staff/policy`: all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplacePolicy {
    /// `revision` of the policy that was read and edited.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub revision: String,
    /// Every setting: one that is missing is refused, so that none falls back to its default unnoticed.
    pub settings: PolicySettings,
}

/// The numbers of the business rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicySettings {
    /// When a day is charged.
    pub charge_when: ChargeWhen,
    /// What becomes of missed days that the money cannot cover.
    pub missed_days: MissedDays,
    /// Price of a change to a cheaper tariff, taken at confirmation.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub downgrade_price: Money,
    /// When such a change starts.
    pub downgrade_start: DowngradeStart,
    /// Days between two changes of tariff, counted from the day the last took effect.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 3660))]
    pub days_between_changes: i64,
    /// How many planned changes may be cancelled in a calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1000))]
    pub cancels_per_month: i64,
    /// Price of a promised payment, taken at confirmation.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub promise_price: Money,
    /// Days the credit serves after the day it was taken.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 31))]
    pub promise_days: i64,
    /// A promise is given once the money lasts so many days or fewer.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 31))]
    pub promise_needed_days: i64,
    /// How many promises may be taken in a calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 31))]
    pub promises_per_month: i64,
    /// How many days old a contract must be.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 3660))]
    pub promise_contract_days: i64,
    /// What Turbo can be bought, in the order shown; none where it is not sold.
    pub turbo_options: Vec<SoldTurbo>,
    /// Price of a pause, taken when it is planned.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub pause_price: Money,
    /// Days of the shortest pause.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 366))]
    pub pause_least_days: i64,
    /// Days of the longest.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 366))]
    pub pause_most_days: i64,
    /// Days from the last day of a pause to the first of the next.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 3660))]
    pub pause_rest_days: i64,
    /// How many days ahead a pause may begin.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 366))]
    pub pause_ahead_days: i64,
    /// Fee of a static address a calendar month, with versions from the 1st like a tariff's; none where it is not sold.
    pub static_ip_fees: Vec<FeeVersion>,
    /// A static address is charged during a pause, if the money covers it.
    pub static_ip_in_pause: bool,
    /// Days an address rests after it was given up.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 366))]
    pub static_ip_rest_days: i64,
    /// Minutes within which Turbo, a pause and a static address may be undone.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 60))]
    pub undo_minutes: i64,
    /// How many of each may be undone in a calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    pub undos_per_month: i64,
    /// Minutes a quote holds; midnight ends it earlier.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1440))]
    pub quote_minutes: i64,
    /// How many days the forecast looks ahead.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 400))]
    pub forecast_days: i64,
    /// The recommended payment lasts through the month that holds today plus this many days.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 366))]
    pub recommend_days: i64,
    /// Fewest characters of a password, 8 or more.
    #[cfg_attr(feature = "openapi", schema(minimum = 8, maximum = 64))]
    pub password_min: i64,
    /// Minutes a one-time code for a forgotten password is good.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1440))]
    pub recovery_minutes: i64,
    /// Tries such a code has, the right one included.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 20))]
    pub recovery_tries: i64,
    /// Minutes a code that confirms a contact is good.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1440))]
    pub contact_code_minutes: i64,
    /// Tries such a code has, the right one included.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 20))]
    pub contact_code_tries: i64,
    /// Seconds after which another one may be sent.
    #[cfg_attr(feature = "openapi", schema(minimum = 10, maximum = 3600))]
    pub contact_code_again_seconds: i64,
    /// How many are sent to a contract a day.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub contact_codes_per_day: i64,
    /// How many are sent to an address a day, whoever asks.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub contact_codes_per_address: i64,
    /// How many are sent a day in all.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub contact_codes_in_all: i64,
    /// Wrong codes of vouchers in a row before an account rests.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub voucher_tries: i64,
    /// Minutes it then rests.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1440))]
    pub voucher_rest_minutes: i64,
    /// A new name or address needs no decision of staff.
    pub profile_changes_at_once: bool,
    /// The hour from which nobody is woken by notices, local time.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 23))]
    pub quiet_from_hour: i64,
    /// The hour until which; the same one: notices go at any hour.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 23))]
    pub quiet_until_hour: i64,
    /// How many short messages are sent to a contract a day, codes aside.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub notices_per_day: i64,
    /// A confirmed phone or e-mail gets the code for a forgotten password by itself.
    pub recovery_by_contact: bool,
    /// How many tickets of a contract may wait for support's answer at once.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub tickets_waiting: i64,
    /// How many messages to support are taken from a contract a day.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub ticket_messages_per_day: i64,
    /// How many files.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub ticket_files_per_day: i64,
    /// How many days what routers told of a session is kept once it ended.
    #[cfg_attr(feature = "openapi", schema(minimum = 31, maximum = 3660))]
    pub network_session_days: i64,
}

/// When a day is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChargeWhen {
    /// If balance and credit cover the whole charge.
    Covers,
    /// If balance and credit are not below zero before it.
    NonNegative,
    /// Always, into any debt.
    Always,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// What becomes of missed days that the money does not cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissedDays {
    /// They are not charged, and the run reports them.
    Forgive,
    /// They are charged into debt.
    Charge,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// When a change to a cheaper tariff starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DowngradeStart {
    /// On the 1st of the next month.
    NextMonth,
    /// On the next day.
    NextDay,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// A length of Turbo that can be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SoldTurbo {
    /// Stable code: letters, digits and `-`.
    #[cfg_attr(feature = "openapi", schema(example = "3h", max_length = 20))]
    pub code: String,
    /// Elapsed hours.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 720))]
    pub hours: i64,
    /// Its price.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub price: Money,
    /// Mbit/s to the subscriber.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub up_mbps: i64,
}

/// A fee in force from the 1st of a month until the next version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeVersion {
    /// The first month it is charged.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::MonthText))]
    pub from: Month,
    /// Fee a calendar month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub fee: Money,
}

impl PolicySettings {
    /// From what the rules have.
    pub fn of(policy: &Policy) -> PolicySettings {
        PolicySettings {
            charge_when: ChargeWhen::of(policy.charge_when),
            missed_days: MissedDays::of(policy.missed_days),
            downgrade_price: policy.downgrade_price,
            downgrade_start: DowngradeStart::of(policy.downgrade_start),
            days_between_changes: policy.days_between_changes,
            cancels_per_month: policy.cancels_per_month,
            promise_price: policy.promise_price,
            promise_days: policy.promise_days,
            promise_needed_days: policy.promise_needed_days,
            promises_per_month: policy.promises_per_month,
            promise_contract_days: policy.promise_contract_days,
            turbo_options: policy.turbo_options.iter().map(SoldTurbo::of).collect(),
            pause_price: policy.pause_price,
            pause_least_days: policy.pause_least_days,
            pause_most_days: policy.pause_most_days,
            pause_rest_days: policy.pause_rest_days,
            pause_ahead_days: policy.pause_ahead_days,
            static_ip_fees: policy.static_ip_fees.iter().map(FeeVersion::of).collect(),
            static_ip_in_pause: policy.static_ip_in_pause,
            static_ip_rest_days: policy.static_ip_rest_days,
            undo_minutes: policy.undo_minutes,
            undos_per_month: policy.undos_per_month,
            quote_minutes: policy.quote_minutes,
            forecast_days: policy.forecast_days,
            recommend_days: policy.recommend_days,
            password_min: i64::try_from(policy.password_min).unwrap_or(i64::MAX),
            recovery_minutes: policy.recovery_minutes,
            recovery_tries: policy.recovery_tries,
            contact_code_minutes: policy.contact_code_minutes,
            contact_code_tries: policy.contact_code_tries,
            contact_code_again_seconds: policy.contact_code_again_seconds,
            contact_codes_per_day: policy.contact_codes_per_day,
            contact_codes_per_address: policy.contact_codes_per_address,
            contact_codes_in_all: policy.contact_codes_in_all,
            voucher_tries: policy.voucher_tries,
            voucher_rest_minutes: policy.voucher_rest_minutes,
            profile_changes_at_once: policy.profile_changes_at_once,
            quiet_from_hour: policy.quiet_from_hour,
            quiet_until_hour: policy.quiet_until_hour,
            notices_per_day: policy.notices_per_day,
            recovery_by_contact: policy.recovery_by_contact,
            tickets_waiting: policy.tickets_waiting,
            ticket_messages_per_day: policy.ticket_messages_per_day,
            ticket_files_per_day: policy.ticket_files_per_day,
            network_session_days: policy.network_session_days,
        }
    }

    /// As the rules have it; whether its numbers hold is [`Policy::check`]'s to say.
    ///
    /// # Errors
    /// The setting whose word is none of its words.
    pub fn policy(self) -> Result<Policy, &'static str> {
        Ok(Policy {
            charge_when: self.charge_when.rule()?,
            missed_days: self.missed_days.rule()?,
            downgrade_price: self.downgrade_price,
            downgrade_start: self.downgrade_start.rule()?,
            days_between_changes: self.days_between_changes,
            cancels_per_month: self.cancels_per_month,
            promise_price: self.promise_price,
            promise_days: self.promise_days,
            promise_needed_days: self.promise_needed_days,
            promises_per_month: self.promises_per_month,
            promise_contract_days: self.promise_contract_days,
            turbo_options: self.turbo_options.into_iter().map(SoldTurbo::option).collect(),
            pause_price: self.pause_price,
            pause_least_days: self.pause_least_days,
            pause_most_days: self.pause_most_days,
            pause_rest_days: self.pause_rest_days,
            pause_ahead_days: self.pause_ahead_days,
            static_ip_fees: self.static_ip_fees.into_iter().map(FeeVersion::version).collect(),
            static_ip_in_pause: self.static_ip_in_pause,
            static_ip_rest_days: self.static_ip_rest_days,
            undo_minutes: self.undo_minutes,
            undos_per_month: self.undos_per_month,
            quote_minutes: self.quote_minutes,
            forecast_days: self.forecast_days,
            recommend_days: self.recommend_days,
            // A length below zero is refused as one that is too short.
            password_min: usize::try_from(self.password_min).unwrap_or_default(),
            recovery_minutes: self.recovery_minutes,
            recovery_tries: self.recovery_tries,
            contact_code_minutes: self.contact_code_minutes,
            contact_code_tries: self.contact_code_tries,
            contact_code_again_seconds: self.contact_code_again_seconds,
            contact_codes_per_day: self.contact_codes_per_day,
            contact_codes_per_address: self.contact_codes_per_address,
            contact_codes_in_all: self.contact_codes_in_all,
            voucher_tries: self.voucher_tries,
            voucher_rest_minutes: self.voucher_rest_minutes,
            profile_changes_at_once: self.profile_changes_at_once,
            quiet_from_hour: self.quiet_from_hour,
            quiet_until_hour: self.quiet_until_hour,
            notices_per_day: self.notices_per_day,
            recovery_by_contact: self.recovery_by_contact,
            tickets_waiting: self.tickets_waiting,
            ticket_messages_per_day: self.ticket_messages_per_day,
            ticket_files_per_day: self.ticket_files_per_day,
            network_session_days: self.network_session_days,
        })
    }
}

impl ChargeWhen {
    fn of(rule: policy::ChargeWhen) -> ChargeWhen {
        match rule {
            policy::ChargeWhen::Covers => ChargeWhen::Covers,
            policy::ChargeWhen::NonNegative => ChargeWhen::NonNegative,
            policy::ChargeWhen::Always => ChargeWhen::Always,
        }
    }

    fn rule(self) -> Result<policy::ChargeWhen, &'static str> {
        match self {
            ChargeWhen::Covers => Ok(policy::ChargeWhen::Covers),
            ChargeWhen::NonNegative => Ok(policy::ChargeWhen::NonNegative),
            ChargeWhen::Always => Ok(policy::ChargeWhen::Always),
            ChargeWhen::Unknown => Err("charge_when"),
        }
    }
}

impl MissedDays {
    fn of(rule: policy::MissedDays) -> MissedDays {
        match rule {
            policy::MissedDays::Forgive => MissedDays::Forgive,
            policy::MissedDays::Charge => MissedDays::Charge,
        }
    }

    fn rule(self) -> Result<policy::MissedDays, &'static str> {
        match self {
            MissedDays::Forgive => Ok(policy::MissedDays::Forgive),
            MissedDays::Charge => Ok(policy::MissedDays::Charge),
            MissedDays::Unknown => Err("missed_days"),
        }
    }
}

impl DowngradeStart {
    fn of(rule: policy::DowngradeStart) -> DowngradeStart {
        match rule {
            policy::DowngradeStart::NextMonth => DowngradeStart::NextMonth,
            policy::DowngradeStart::NextDay => DowngradeStart::NextDay,
        }
    }

    fn rule(self) -> Result<policy::DowngradeStart, &'static str> {
        match self {
            DowngradeStart::NextMonth => Ok(policy::DowngradeStart::NextMonth),
            DowngradeStart::NextDay => Ok(policy::DowngradeStart::NextDay),
            DowngradeStart::Unknown => Err("downgrade_start"),
        }
    }
}

impl SoldTurbo {
    fn of(option: &policy::TurboOption) -> SoldTurbo {
        let policy::TurboOption { code, hours, price, down_mbps, up_mbps } = option.clone();
        SoldTurbo { code, hours, price, down_mbps, up_mbps }
    }

    fn option(self) -> policy::TurboOption {
        let SoldTurbo { code, hours, price, down_mbps, up_mbps } = self;
        policy::TurboOption { code, hours, price, down_mbps, up_mbps }
    }
}

impl FeeVersion {
    fn of(version: &tariff::FeeVersion) -> FeeVersion {
        FeeVersion { from: version.from, fee: version.fee }
    }

    fn version(self) -> tariff::FeeVersion {
        tariff::FeeVersion { from: self.from, fee: self.fee }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_travels_there_and_back() {
        let other = Policy {
            charge_when: policy::ChargeWhen::NonNegative,
            missed_days: policy::MissedDays::Charge,
            downgrade_start: policy::DowngradeStart::NextDay,
            password_min: 12,
            ..Policy::default()
        };
        for policy in [Policy::default(), other] {
            let settings = PolicySettings::of(&policy);
            let written = serde_json::to_value(&settings).expect("JSON");
            assert_eq!(written, serde_json::to_value(&policy).expect("JSON"), "the file and the wire name them alike");
            assert_eq!(serde_json::from_value::<PolicySettings>(written).expect("settings"), settings);
            assert_eq!(settings.policy(), Ok(policy));
        }
        let unknown = PolicySettings { missed_days: MissedDays::Unknown, ..PolicySettings::of(&Policy::default()) };
        assert_eq!(unknown.policy(), Err("missed_days"));
    }
}
