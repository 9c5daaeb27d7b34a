//! Change of tariff (RULES §4): up or equal from the next day for nothing, down from the 1st for a price.

use crate::Now;
use crate::account::{Account, PlannedTariff, Standing};
use crate::acts::{Effect, give_back, pays, served};
use crate::calendar::{Month, tomorrow, yesterday};
use crate::ledger::{Draft, Entry, EntryKind, post};
use crate::money::Money;
use crate::policy::{DowngradeStart, Policy};
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, Tariff, TariffCode};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};

/// Exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The tariff left.
    pub before: TariffCode,
    /// The tariff taken.
    pub after: TariffCode,
    /// Its first day.
    pub starts_on: Date,
    /// The last day it may be taken back, price and all; none when the month's cancellations are used up.
    pub cancellable_until: Option<Date>,
    /// Taken at confirmation, 0.00 for up and equal.
    pub price: Money,
    /// The day it is taken: the quote's.
    pub taken_on: Date,
    /// What it does to the money.
    #[serde(flatten)]
    pub effect: Effect,
}

/// Whether a planned change may still be taken back, after so many cancellations this calendar month. Every planned
/// change starts by the next 1st, so what holds today holds until its start.
pub fn may_cancel(cancelled_this_month: i64, policy: &Policy) -> bool {
    cancelled_this_month < policy.cancels_per_month
}

/// Whether a tariff may be taken after another: it is offered, and of the same group.
pub fn may_follow(present: &Tariff, wished: &Tariff) -> bool {
    wished.code == present.code || wished.offered && wished.group == present.group
}

/// What would happen, the account being settled through today. `cancelled_this_month` counts the cancellations of the
/// calendar month.
///
/// # Errors
/// The first reason why it cannot be.
pub fn decide(
    account: &Account,
    wish: &TariffCode,
    catalogue: &Catalogue,
    policy: &Policy,
    cancelled_this_month: i64,
    now: Now,
) -> Result<Decision, Refusal> {
    served(account, catalogue, policy, now)?;
    let present = catalogue.get(account.tariff_on(now.today));
    let wished = catalogue.find(wish).filter(|tariff| may_follow(present, tariff)).ok_or(Refusal::TariffUnavailable)?;
    if wished.code == present.code {
        return Err(Refusal::TariffSame);
    }
    if let Some(planned) = account.pending_on(now.today) {
        let starts_on = planned.starts_on;
        let possible_from = starts_on + Duration::days(policy.days_between_changes);
        return Err(Refusal::ChangePlanned { starts_on, possible_from });
    }
    if let Some(changed) = account.changed_by(now.today) {
        let possible_from = changed + Duration::days(policy.days_between_changes);
        if now.today < possible_from {
            return Err(Refusal::ChangeTooSoon { possible_from });
        }
    }
    let next_day = tomorrow(now.today);
    let down_from = match policy.downgrade_start {
        DowngradeStart::NextMonth => Month::of(now.today).next().first(),
        DowngradeStart::NextDay => next_day,
    };
    // Fees may be announced to change on the 1st: what counts is which tariff is cheaper when the change would start.
    let cheaper_on = |day| wished.fee(Month::of(day)) < present.fee(Month::of(day));
    let down = cheaper_on(down_from);
    let price = if down { policy.downgrade_price } else { Money::ZERO };
    pays(account.balance, price)?;
    // A tariff that is cheaper for the rest of the month only is no free discount: it too waits for the 1st.
    let starts_on = if down || cheaper_on(next_day) { down_from } else { next_day };
    let mut after = account.clone();
    after.balance -= price;
    after.service.planned = Some(PlannedTariff { tariff: wish.clone(), starts_on });
    Ok(Decision {
        before: present.code.clone(),
        after: wish.clone(),
        starts_on,
        cancellable_until: may_cancel(cancelled_this_month, policy).then(|| yesterday(starts_on)),
        price,
        taken_on: now.today,
        effect: Effect::between((account, &after), starts_on, catalogue, policy, now),
    })
}

/// Does what was decided; `reference` makes the price's entry unique. Answers the entries posted.
pub fn apply(account: &mut Account, decision: &Decision, reference: String, now: Now) -> Vec<Entry> {
    account.service.planned = Some(PlannedTariff { tariff: decision.after.clone(), starts_on: decision.starts_on });
    if decision.price.is_zero() {
        return Vec::new();
    }
    let draft = Draft {
        tariff: Some(decision.after.clone()),
        reference: Some(reference),
        ..Draft::new(EntryKind::TariffChange, -decision.price)
    };
    vec![post(account, draft, now, "subscriber")]
}

/// Takes a planned change back: the price, if one was taken, comes back by a reversal. `cancelled_this_month` counts
/// earlier cancellations of the calendar month; `price` is the entry that took the price.
///
/// # Errors
/// [`Refusal::NothingPlanned`] once it has started, [`Refusal::CancelLimit`].
pub fn cancel(
    account: &mut Account,
    price: Option<&Entry>,
    cancelled_this_month: i64,
    policy: &Policy,
    now: Now,
) -> Result<Vec<Entry>, Refusal> {
    if account.standing(now.today) == Standing::Closed {
        return Err(Refusal::AccountClosed);
    }
    if account.pending_on(now.today).is_none() {
        return Err(Refusal::NothingPlanned);
    }
    if !may_cancel(cancelled_this_month, policy) {
        return Err(Refusal::CancelLimit { possible_from: Month::of(now.today).next().first() });
    }
    account.service.planned = None;
    Ok(price.map(|entry| give_back(account, entry, now)).into_iter().collect())
}
