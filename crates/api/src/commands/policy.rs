//! `cabinet policy`: the numbers of the business rules as a file people can edit.

use super::file::{Source, Target};
use super::{Failure, say};
use crate::config::Config;
use crate::serve;
use clap::Subcommand;
use std::fmt::Write;

#[derive(Subcommand)]
pub(super) enum Policy {
    /// Write the policy in force to a TOML file, which explains every setting
    Export(Target),
    /// Take a policy over from a TOML file: a new version, in force at once; settings that are missing get their
    /// defaults
    Import(Source),
}

/// What the file tells of a setting.
struct Told {
    name: &'static str,
    about: &'static str,
    may_be: MayBe,
}

enum MayBe {
    /// In the words of `Policy::check`.
    Range(&'static str),
    /// Each with its meaning.
    Words(&'static [(&'static str, &'static str)]),
}

const fn range(name: &'static str, about: &'static str, range: &'static str) -> Told {
    Told { name, about, may_be: MayBe::Range(range) }
}

const fn words(name: &'static str, about: &'static str, words: &'static [(&'static str, &'static str)]) -> Told {
    Told { name, about, may_be: MayBe::Words(words) }
}

/// Every setting, in the order of the file; a test holds this list beside the fields of the policy.
const SETTINGS: [Told; 45] = [
    words(
        "charge_when",
        "When a day is charged",
        &[
            ("\"covers\"", "if balance and credit cover the whole charge"),
            ("\"non_negative\"", "if balance and credit are not below zero before it"),
            ("\"always\"", "always, into any debt"),
        ],
    ),
    words(
        "missed_days",
        "What becomes of missed days that the money does not cover",
        &[
            ("\"forgive\"", "they are not charged, and the run reports them"),
            ("\"charge\"", "they are charged into debt"),
        ],
    ),
    range(
        "downgrade_price",
        "Price of a change to a cheaper tariff, in hryvnias, two decimals in quotes",
        "0.00 or more",
    ),
    words(
        "downgrade_start",
        "When such a change starts",
        &[("\"next_month\"", "on the 1st of the next month"), ("\"next_day\"", "on the next day")],
    ),
    range(
        "days_between_changes",
        "Days between two changes of tariff, counted from the day the last took effect",
        "0 to 3660 days",
    ),
    range("cancels_per_month", "Planned changes that may be taken back in a calendar month", "0 to 1000"),
    range("promise_price", "Price of a promised payment, in hryvnias, two decimals in quotes", "0.00 or more"),
    range("promise_days", "Days the credit of a promised payment serves after the day it was taken", "0 to 31 days"),
    range(
        "promise_needed_days",
        "A promised payment is given once the money lasts so many days or fewer",
        "0 to 31 days",
    ),
    range("promises_per_month", "Promised payments that may be taken in a calendar month", "0 to 31"),
    range("promise_contract_days", "Days old a contract must be for a promised payment", "0 to 3660 days"),
    range(
        "turbo_options",
        "What Turbo can be bought, in the order shown; none where it is not sold",
        "codes of 1 to 20 letters, digits and -, each once; 1 to 720 hours; prices of 0.00 or more; 1 to 1000000 Mbit/s; 12 at most",
    ),
    range(
        "pause_price",
        "Price of a pause, taken when it is planned, in hryvnias, two decimals in quotes",
        "0.00 or more",
    ),
    range("pause_least_days", "Days of the shortest pause", "1 day to pause_most_days"),
    range("pause_most_days", "Days of the longest pause", "1 to 366 days"),
    range("pause_rest_days", "Days from the last day of a pause to the first of the next", "0 to 3660 days"),
    range("pause_ahead_days", "How many days ahead a pause may begin", "1 to 366 days"),
    range(
        "static_ip_fees",
        "Fee of a static address a calendar month, charged by the day, each from the 1st of a month; none where it is not sold",
        "0.00 or more, each from a later month",
    ),
    words(
        "static_ip_in_pause",
        "Whether a static address is charged during a pause",
        &[("true", "on days the money covers it; it never blocks"), ("false", "it is not")],
    ),
    range("static_ip_rest_days", "Days an address rests after it was given up", "0 to 366 days"),
    range("undo_minutes", "Minutes within which Turbo, a pause and a static address may be undone", "0 to 60 minutes"),
    range("undos_per_month", "How many of each may be undone in a calendar month", "0 to 100"),
    range("quote_minutes", "Minutes for which a quoted price holds; midnight ends it earlier", "1 to 1440 minutes"),
    range("forecast_days", "Days the forecast looks ahead", "1 to 400 days"),
    range(
        "recommend_days",
        "The recommended payment lasts through the present month and so many days more",
        "0 to 366 days",
    ),
    range("password_min", "Fewest characters of a password", "8 to 64 characters"),
    range("recovery_minutes", "Minutes a one-time code for a forgotten password is good", "1 to 1440 minutes"),
    range("recovery_tries", "Tries such a code has, the right one included", "1 to 20"),
    range("contact_code_minutes", "Minutes a code that confirms an e-mail is good", "1 to 1440 minutes"),
    range("contact_code_tries", "Tries such a code has, the right one included", "1 to 20"),
    range("contact_code_again_seconds", "Seconds after which another one may be sent", "10 to 3600 seconds"),
    range("contact_codes_per_day", "Such codes sent to a contract a day", "1 to 100"),
    range("contact_codes_per_address", "Such codes sent to an address a day, whoever asks", "1 to 100"),
    range("contact_codes_in_all", "Such codes sent a day in all", "1 to 1000000"),
    range("voucher_tries", "Wrong codes of vouchers in a row before an account rests", "1 to 100"),
    range("voucher_rest_minutes", "Minutes it then rests", "1 to 1440 minutes"),
    words(
        "profile_changes_at_once",
        "What becomes of a subscriber's wish for another name or address",
        &[("true", "it holds at once"), ("false", "it waits for staff")],
    ),
    range("quiet_from_hour", "The hour from which notices wait for the morning, local time", "0 to 23"),
    range("quiet_until_hour", "The hour until which they wait; the same one: they never do", "0 to 23"),
    range("notices_per_day", "Short messages sent to a contract a day, codes aside", "1 to 100"),
    words(
        "recovery_by_contact",
        "Who gets a code for a forgotten password",
        &[
            ("true", "a confirmed phone or e-mail gets it by itself"),
            ("false", "support gives it to a person they have checked"),
        ],
    ),
    range("tickets_waiting", "Tickets of a contract that may wait for support's answer at once", "1 to 100"),
    range("ticket_messages_per_day", "Messages to support taken from a contract a day", "1 to 1000"),
    range("ticket_files_per_day", "Files sent to support taken from a contract a day", "1 to 100"),
    range("network_session_days", "Days what routers told of a session is kept once it ended", "31 to 3660 days"),
];

impl Policy {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Policy::Export(target) => target.write("policy", &export(&service.ground().await?.policy)?)?,
            Policy::Import(source) => {
                let policy: cabinet_core::Policy = toml::from_str(&source.read()?).map_err(|why| source.wrong(why))?;
                policy.check().map_err(|why| source.wrong(why))?;
                let changed = service.import_policy(&policy).await?;
                say(if changed { "policy taken over" } else { "the policy is this one already: nothing changed" })?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

fn table(policy: &cabinet_core::Policy) -> Result<toml::Table, Failure> {
    toml::Table::try_from(policy).map_err(|why| Failure::Told(why.to_string()))
}

fn export(policy: &cabinet_core::Policy) -> Result<String, Failure> {
    let (present, default) = (table(policy)?, table(&cabinet_core::Policy::default())?);
    let mut text = "# The policy: the numbers of the business rules. Edit, then: cabinet policy import FILE\n\
                    # It holds at once; a setting taken out of this file gets its default.\n"
        .to_owned();
    for Told { name, about, may_be } in &SETTINGS {
        let (value, default) = (&present[*name], &default[*name]);
        let told = match may_be {
            MayBe::Range(range) => write!(text, "\n# {about}: {range}.\n# Default: {default}\n"),
            MayBe::Words(words) => {
                let width = words.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
                let lines = words.iter().map(|(word, meaning)| format!("#   {word:width$}  {meaning}\n"));
                write!(text, "\n# {about}:\n{}# Default: {default}\n", lines.collect::<String>())
            }
        };
        told.and_then(|()| writeln!(text, "{name} = {value}")).expect("a text grows");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_core::policy::{ChargeWhen, DowngradeStart, MissedDays};
    use cabinet_core::{Money, Policy};

    #[test]
    fn what_is_exported_is_imported_alike() {
        let other = Policy {
            charge_when: ChargeWhen::NonNegative,
            missed_days: MissedDays::Charge,
            downgrade_price: Money::from_kopecks(30_05),
            downgrade_start: DowngradeStart::NextDay,
            profile_changes_at_once: true,
            ..Policy::default()
        };
        for policy in [Policy::default(), other] {
            let text = export(&policy).unwrap();
            assert_eq!(toml::from_str::<Policy>(&text).unwrap(), policy, "{text}");
        }
    }

    #[test]
    fn every_setting_is_explained_as_it_is_checked() {
        let fields = table(&Policy::default()).unwrap();
        let mut told: Vec<&str> = SETTINGS.iter().map(|one| one.name).collect();
        told.sort_unstable();
        assert_eq!(told, fields.keys().map(String::as_str).collect::<Vec<_>>(), "SETTINGS tells of every field");
        for Told { name, may_be, .. } in &SETTINGS {
            let read = |value: &str| toml::from_str::<Policy>(&format!("{name} = {value}"));
            match may_be {
                MayBe::Range(range) => {
                    let outside = match *name {
                        "turbo_options" => {
                            "[{ code = \"3h\", hours = 0, price = \"5.00\", down_mbps = 100, up_mbps = 100 }]"
                        }
                        "static_ip_fees" => "[{ from = \"2026-01\", fee = \"-1.00\" }]",
                        _ if fields[*name].is_str() => "\"-1.00\"",
                        _ => "1000000000",
                    };
                    assert_eq!(read(outside).unwrap().check().unwrap_err().what, *range, "{name}");
                }
                MayBe::Words(words) => {
                    assert!(words.iter().all(|(word, _)| read(word).is_ok()), "{name}");
                    let known = read("\"nothing like it\"").unwrap_err().to_string();
                    let among = known.matches('`').count() / 2;
                    assert!(fields[*name].is_bool() || among == words.len() + 1, "{name}: {known}");
                }
            }
        }
    }
}
