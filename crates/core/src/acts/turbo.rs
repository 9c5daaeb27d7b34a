//! Turbo (RULES §4): more speed for some hours, at once or after the Turbo that runs.

use crate::Now;
use crate::account::Account;
use crate::acts::{Effect, pays, served, take};
use crate::calendar::tomorrow;
use crate::ledger::{Entry, EntryKind};
use crate::money::Money;
use crate::policy::{Policy, TurboOption};
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, Tariff, TariffCode};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Exactly what confirming will do. It names no start of its own: Turbo begins when it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is taken.
    pub turbo: TurboOption,
    /// The present tariff.
    pub tariff: TariffCode,
    /// It comes with the tariff and costs nothing.
    pub free: bool,
    /// Taken at confirmation.
    pub price: Money,
    /// The end of the Turbo that runs, which this one follows; none begins at once.
    #[serde(with = "time::serde::rfc3339::option")]
    pub follows: Option<OffsetDateTime>,
    /// What it does to the money.
    pub effect: Effect,
}

/// What is known of an account beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    /// Free ones taken in the calendar month and not undone.
    pub free_taken: i64,
    /// When the pause that is planned begins.
    pub pause_at: Option<OffsetDateTime>,
}

/// The free ones of an option that a tariff still has this month.
pub fn free_left(tariff: &Tariff, option: &TurboOption, taken: i64) -> i64 {
    let given = tariff.free_turbo.as_ref().filter(|free| free.option == option.code);
    given.map_or(0, |free| (free.per_month - taken).max(0))
}

/// What would happen, the account being settled through today.
///
/// # Errors
/// The first reason why it cannot be.
pub fn decide(
    account: &Account,
    option: &str,
    beside: Beside,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
) -> Result<Decision, Refusal> {
    served(account, catalogue, policy, now)?;
    let turbo = policy.turbo(option).ok_or(Refusal::TurboUnavailable)?;
    let tariff = catalogue.get(account.tariff_on(now.today));
    if tariff.down_mbps >= turbo.down_mbps && tariff.up_mbps >= turbo.up_mbps {
        return Err(Refusal::TurboNotFaster);
    }
    let follows = account.turbo_at(now.instant);
    let ends_at = follows.unwrap_or(now.instant) + Duration::hours(turbo.hours);
    // Nobody pays for speed on days without service.
    if let Some(pause) = account.pause_ahead(now.today).filter(|_| beside.pause_at.is_some_and(|at| at < ends_at)) {
        return Err(Refusal::PausePlanned { starts_on: pause.from, possible_from: tomorrow(pause.until) });
    }
    let free = free_left(tariff, turbo, beside.free_taken) > 0;
    let price = if free { Money::ZERO } else { turbo.price };
    pays(account.balance, price)?;
    let after = Account { balance: account.balance - price, ..account.clone() };
    let effect = Effect::between((account, &after), now.today, catalogue, policy, now);
    Ok(Decision { turbo: turbo.clone(), tariff: tariff.code.clone(), free, price, follows, effect })
}

/// When it begins and ends, confirmed at that instant.
pub fn span(decision: &Decision, instant: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    let starts_at = decision.follows.unwrap_or(instant);
    (starts_at, starts_at + Duration::hours(decision.turbo.hours))
}

/// Does what was decided; `reference` makes the price's entry unique. Answers the entry of the price, none where it is
/// 0.00.
pub fn apply(account: &mut Account, decision: &Decision, reference: String, now: Now) -> Option<Entry> {
    account.turbo_until = Some(span(decision, now.instant).1);
    take(account, EntryKind::Turbo, decision.price, reference, now)
}
