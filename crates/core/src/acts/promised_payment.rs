//! Promised payment (RULES §4): a month's fee lent for a few days at a price.
//!
//! The credit serves daily charges and the promise's own price until its last day, whatever is paid meanwhile. What is
//! then owed is a balance below zero: it is paid back by any money that lifts the balance to zero, and until then no
//! other promise is given.

use crate::Now;
use crate::account::{Account, Promise, Standing};
use crate::accrual::{due, settle};
use crate::acts::{Effect, at_hand, take};
use crate::calendar::{Month, tomorrow};
use crate::forecast::outlook;
use crate::ledger::{Entry, EntryKind};
use crate::money::Money;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, TariffCode};
use serde::{Deserialize, Serialize};
use time::Duration;

/// Exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What is lent, from the day of the quote.
    pub promise: Promise,
    /// The present tariff, whose fee is lent.
    pub tariff: TariffCode,
    /// Taken at confirmation.
    pub price: Money,
    /// Charged for today right after it, where that brings the service back; 0.00 if today is charged already.
    pub charge_today: Money,
    /// What it does to the money, the price and today's charge both taken; what is recommended after it includes the debt.
    #[serde(flatten)]
    pub effect: Effect,
}

/// What would happen, the account being settled through today. `taken_this_month` counts the promises of the calendar
/// month.
///
/// # Errors
/// The first reason why it cannot be.
pub fn decide(
    account: &Account,
    catalogue: &Catalogue,
    policy: &Policy,
    taken_this_month: i64,
    now: Now,
) -> Result<Decision, Refusal> {
    let today = now.today;
    // Nobody is lent money for days that will not come.
    at_hand(account, today)?;
    if let Some(pause) = account.paused_on(today) {
        return Err(Refusal::AccountPaused { until: pause.until, possible_from: tomorrow(pause.until) });
    }
    let blocked = account.standing(today) == Standing::Blocked;
    let next_month = Month::of(today).next().first();
    let used_up = taken_this_month >= policy.promises_per_month;
    match (account.promise, account.promise_unpaid(today)) {
        (Some(Promise { taken_on, .. }), Some(missing)) => {
            let possible_from = used_up.then_some(next_month);
            return Err(Refusal::PromiseUnpaid { taken_on, missing, possible_from });
        }
        (Some(Promise { until, .. }), None) => {
            let over = tomorrow(until);
            let possible_from = if used_up { over.max(next_month) } else { over };
            return Err(Refusal::PromiseActive { until, possible_from });
        }
        (None, _) => {}
    }
    if used_up {
        return Err(Refusal::PromiseLimit { possible_from: next_month });
    }
    let known_from = account.opened_on + Duration::days(policy.promise_contract_days);
    if today < known_from {
        return Err(Refusal::ContractYoung { possible_from: known_from });
    }
    if !blocked {
        let lasts = outlook(account, catalogue, policy, now).enough_until;
        let needed_from = lasts.map(|until| until - Duration::days(policy.promise_needed_days));
        if needed_from.is_none_or(|day| today < day) {
            return Err(Refusal::PromiseNotNeeded { possible_from: needed_from });
        }
    }
    let (tariff, month) = (catalogue.get(account.tariff_on(today)), Month::of(today));
    let fee = tariff.fee(month);
    let due_today = if blocked { due(&mut account.clone(), catalogue, policy, today).amount() } else { Money::ZERO };
    let short = policy.promise_price + due_today - account.balance - fee;
    if short > Money::ZERO {
        return Err(Refusal::FundsShort { missing: short });
    }
    let promise = Promise { taken_on: today, until: today + Duration::days(policy.promise_days), credit: fee };
    let mut after =
        Account { promise: Some(promise), balance: account.balance - policy.promise_price, ..account.clone() };
    settle(&mut after, catalogue, policy, now);
    Ok(Decision {
        promise,
        tariff: tariff.code.clone(),
        price: policy.promise_price,
        charge_today: account.balance - policy.promise_price - after.balance,
        effect: Effect::between((account, &after), today, catalogue, policy, now),
    })
}

/// Does what was decided but for today's charge, which settling the account takes; `reference` makes the price's entry
/// unique. Answers the entry of the price, none where it is 0.00.
pub fn apply(account: &mut Account, decision: &Decision, reference: String, now: Now) -> Option<Entry> {
    account.promise = Some(decision.promise);
    take(account, EntryKind::PromisedPayment, decision.price, reference, now)
}
