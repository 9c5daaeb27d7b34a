//! Pause (RULES §4): days without service and without the tariff's charge, planned for a price, changed and taken back for
//! nothing until it begins, ended early from the next day.

use crate::Now;
use crate::account::{Account, Pause};
use crate::accrual::due;
use crate::acts::{Effect, at_hand, give_back, pays, take};
use crate::calendar::{days, tomorrow};
use crate::ledger::{Entry, EntryKind};
use crate::money::Money;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, TariffCode};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

/// Exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The days without service.
    pub pause: Pause,
    /// The present tariff.
    pub tariff: TariffCode,
    /// Taken at confirmation.
    pub price: Money,
    /// What the tariff would charge on these days.
    pub saved: Money,
    /// What it does to the money.
    pub effect: Effect,
}

/// The early end of a pause: exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The day service goes on.
    pub resumes_on: Date,
    /// The present tariff.
    pub tariff: TariffCode,
    /// What it does to the money.
    pub effect: Effect,
}

/// The Turbo that runs: when it ends, and on which business day.
pub type TurboEnd = Option<(OffsetDateTime, Date)>;

/// What would happen, the account being settled through today.
///
/// # Errors
/// The first reason why it cannot be.
pub fn decide(
    account: &Account,
    wish: Pause,
    turbo: TurboEnd,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
) -> Result<Decision, Refusal> {
    at_hand(account, now.today)?;
    not_twice(account, now.today)?;
    fits(account, wish, turbo, policy, now.today)?;
    pays(account.balance, policy.pause_price)?;
    let balance = account.balance - policy.pause_price;
    let after = Account { balance, pause: Some(wish), ..account.clone() };
    Ok(Decision {
        pause: wish,
        tariff: account.tariff_on(now.today).clone(),
        price: policy.pause_price,
        saved: saved(account, wish, catalogue, policy, now.today),
        effect: Effect::between((account, &after), wish.from, catalogue, policy, now),
    })
}

fn not_twice(account: &Account, today: Date) -> Result<(), Refusal> {
    match account.pause.filter(|pause| pause.until >= today) {
        Some(pause) if pause.from > today => {
            Err(Refusal::PausePlanned { starts_on: pause.from, possible_from: tomorrow(pause.until) })
        }
        Some(pause) => Err(Refusal::AccountPaused { until: pause.until, possible_from: tomorrow(pause.until) }),
        None => Ok(()),
    }
}

/// Whether these days may be a pause, whatever is planned.
fn fits(account: &Account, wish: Pause, turbo: TurboEnd, policy: &Policy, today: Date) -> Result<(), Refusal> {
    let (least, most) = (policy.pause_least_days, policy.pause_most_days);
    if !(least..=most).contains(&wish.days()) {
        return Err(Refusal::PauseLength { least, most });
    }
    let (possible_from, latest) = (tomorrow(today), today + Duration::days(policy.pause_ahead_days));
    if wish.from < possible_from || wish.from > latest {
        return Err(Refusal::PauseStart { possible_from, latest });
    }
    if let Some(last) = account.last_pause_by(today) {
        let possible_from = last + Duration::days(policy.pause_rest_days);
        if wish.from < possible_from {
            return Err(Refusal::PauseTooSoon { possible_from });
        }
    }
    match turbo {
        Some((until, day)) if wish.from <= day => Err(Refusal::TurboRunning { until, possible_from: tomorrow(day) }),
        _ => Ok(()),
    }
}

/// The days on which a pause can begin as things are, from the first to the last; none while one is planned or runs.
pub fn window(account: &Account, turbo: TurboEnd, policy: &Policy, today: Date) -> Option<(Date, Date)> {
    let latest = today + Duration::days(policy.pause_ahead_days);
    let rested = account.last_pause_by(today).map(|last| last + Duration::days(policy.pause_rest_days));
    let first = tomorrow(turbo.map_or(today, |(_, day)| day.max(today))).max(rested.unwrap_or(today));
    (not_twice(account, today).is_ok() && first <= latest).then_some((first, latest))
}

/// What the tariff would charge on the days of a pause, were it not paused.
fn saved(account: &Account, pause: Pause, catalogue: &Catalogue, policy: &Policy, today: Date) -> Money {
    let mut account = Account { pause: None, static_ip: None, ..account.clone() };
    let coming = days(tomorrow(today), pause.until).map(|day| {
        let due = due(&mut account, catalogue, policy, day);
        crate::accrual::count(&mut account, &due, day);
        if pause.holds(day) { due.amount() } else { Money::ZERO }
    });
    coming.sum()
}

/// Plans the pause; `reference` makes the price's entry unique. Answers the entry of the price, none where it is 0.00.
pub fn apply(account: &mut Account, decision: &Decision, reference: String, now: Now) -> Option<Entry> {
    account.paused_through = account.last_pause_by(now.today);
    account.pause = Some(decision.pause);
    take(account, EntryKind::Pause, decision.price, reference, now)
}

/// The pause that waits, which is changed and taken back for nothing.
fn planned(account: &Account, today: Date) -> Result<Pause, Refusal> {
    at_hand(account, today)?;
    match account.paused_on(today) {
        Some(_) => Err(Refusal::PauseStarted),
        None => account.pause_ahead(today).ok_or(Refusal::NothingPlanned),
    }
}

/// Moves a pause that waits to other days.
///
/// # Errors
/// [`Refusal::NothingPlanned`], [`Refusal::PauseStarted`], or why these days cannot be a pause.
pub fn change(account: &mut Account, wish: Pause, turbo: TurboEnd, policy: &Policy, now: Now) -> Result<(), Refusal> {
    planned(account, now.today)?;
    let without = Account { pause: None, ..account.clone() };
    fits(&without, wish, turbo, policy, now.today)?;
    account.pause = Some(wish);
    Ok(())
}

/// Takes a pause that waits back; its price, of which `price` is the entry, returns.
///
/// # Errors
/// [`Refusal::NothingPlanned`], [`Refusal::PauseStarted`].
pub fn cancel(account: &mut Account, price: Option<&Entry>, now: Now) -> Result<Option<Entry>, Refusal> {
    planned(account, now.today)?;
    account.pause = None;
    Ok(price.map(|entry| give_back(account, entry, now)))
}

/// What ending the pause early would do: today is its last day.
///
/// # Errors
/// [`Refusal::NotPaused`], [`Refusal::PauseEnding`] where it ends today anyway.
pub fn decide_end(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Result<End, Refusal> {
    at_hand(account, now.today)?;
    let pause = account.paused_on(now.today).ok_or(Refusal::NotPaused)?;
    let resumes_on = tomorrow(now.today);
    if pause.until == now.today {
        return Err(Refusal::PauseEnding { resumes_on });
    }
    let after = Account { pause: Some(Pause { until: now.today, ..pause }), ..account.clone() };
    let effect = Effect::between((account, &after), resumes_on, catalogue, policy, now);
    Ok(End { resumes_on, tariff: account.tariff_on(now.today).clone(), effect })
}

/// Ends the pause with today.
pub fn end(account: &mut Account, now: Now) {
    account.pause = account.pause.map(|pause| Pause { until: pause.until.min(now.today), ..pause });
}
