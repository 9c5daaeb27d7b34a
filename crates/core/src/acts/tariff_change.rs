//! Change of tariff (RULES §4): up or equal from the next day for nothing, down from the 1st for a price.

use crate::Now;
use crate::account::{Account, PlannedTariff, Standing};
use crate::accrual::step;
use crate::calendar::{Month, tomorrow, yesterday};
use crate::forecast::outlook;
use crate::ledger::{Draft, Entry, EntryKind, post};
use crate::money::Money;
use crate::policy::{DowngradeStart, Policy};
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, TariffCode};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};

/// The least and the greatest a day costs in a month: cumulative rounding makes them differ by at most a kopeck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerDay {
    /// The least.
    pub min: Money,
    /// The greatest.
    pub max: Money,
}

impl PerDay {
    /// Of a fee in a month.
    pub fn of(fee: Money, month: Month) -> PerDay {
        let days = i64::from(month.days());
        let floor = fee.kopecks() / days;
        let ceiling = floor + i64::from(fee.kopecks() % days != 0);
        PerDay { min: Money::from_kopecks(floor), max: Money::from_kopecks(ceiling) }
    }
}

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
    /// Balance before the price.
    pub balance_before: Money,
    /// Balance after the price.
    pub balance_after: Money,
    /// A day's charge this month.
    pub per_day_before: PerDay,
    /// A day's charge in the month of the start.
    pub per_day_after: PerDay,
    /// The last day covered as things are.
    pub enough_until_before: Option<Date>,
    /// The last day covered after the act.
    pub enough_until_after: Option<Date>,
    /// What would keep the service on after the act.
    pub recommended_after: Money,
}

/// Whether a planned change may still be taken back, after so many cancellations this calendar month. Every planned
/// change starts by the next 1st, so what holds today holds until its start.
pub fn may_cancel(cancelled_this_month: i64, policy: &Policy) -> bool {
    cancelled_this_month < policy.cancels_per_month
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
    match account.standing(now.today) {
        // One that closes tonight has no day for another tariff.
        _ if account.closed_on.is_some() => return Err(Refusal::AccountClosed),
        Standing::Closed => return Err(Refusal::AccountClosed),
        Standing::Suspended => return Err(Refusal::AccountSuspended),
        Standing::Blocked => {
            return Err(Refusal::AccountBlocked { missing: missing_for_today(account, catalogue, now) });
        }
        Standing::Active => {}
    }
    let present = catalogue.get(account.tariff_on(now.today));
    let wished = catalogue.find(wish).filter(|tariff| tariff.offered).ok_or(Refusal::TariffUnavailable)?;
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
    if account.balance < price {
        return Err(Refusal::FundsShort { missing: price - account.balance });
    }
    // A tariff that is cheaper for the rest of the month only is no free discount: it too waits for the 1st.
    let starts_on = if down || cheaper_on(next_day) { down_from } else { next_day };
    let mut after = account.clone();
    after.balance -= price;
    after.service.planned = Some(PlannedTariff { tariff: wish.clone(), starts_on });
    let outlook_after = outlook(&after, catalogue, policy, now);
    let start_month = Month::of(starts_on);
    Ok(Decision {
        before: present.code.clone(),
        after: wish.clone(),
        starts_on,
        cancellable_until: may_cancel(cancelled_this_month, policy).then(|| yesterday(starts_on)),
        price,
        taken_on: now.today,
        balance_before: account.balance,
        balance_after: after.balance,
        per_day_before: PerDay::of(present.fee(Month::of(now.today)), Month::of(now.today)),
        per_day_after: PerDay::of(wished.fee(start_month), start_month),
        enough_until_before: outlook(account, catalogue, policy, now).enough_until,
        enough_until_after: outlook_after.enough_until,
        recommended_after: outlook_after.recommended_payment,
    })
}

/// What a blocked account lacks for today's charge.
fn missing_for_today(account: &Account, catalogue: &Catalogue, now: Now) -> Money {
    let charge = step(&mut account.service.clone(), catalogue, now.today);
    (charge.amount - account.balance - account.credit_on(now.today)).max(Money::ZERO)
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
    let reversal = price.map(|entry| Draft {
        tariff: entry.tariff.clone(),
        reverses: Some(entry.seq),
        ..Draft::new(EntryKind::Reversal, -entry.amount)
    });
    Ok(reversal.into_iter().map(|draft| post(account, draft, now, "subscriber")).collect())
}
