//! What a subscriber may do: each act one file with a `decide` that answers a decision or a refusal.

pub mod pause;
pub mod promised_payment;
pub mod static_ip;
pub mod tariff_change;
pub mod turbo;
pub mod undo;

use crate::Now;
use crate::account::{Account, Standing};
use crate::accrual::due;
use crate::calendar::Month;
use crate::forecast::outlook;
use crate::ledger::{Draft, Entry, EntryKind, post};
use crate::money::Money;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::tariff::Catalogue;
use serde::{Deserialize, Serialize};
use time::Date;

/// The least and the greatest a day costs in a month: cumulative rounding makes them differ by at most a kopeck for each
/// service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Of everything an account pays for on a day.
    pub fn on(account: &Account, catalogue: &Catalogue, policy: &Policy, day: Date) -> PerDay {
        let (month, paused) = (Month::of(day), account.paused_on(day).is_some());
        let tariff = (!paused).then(|| catalogue.get(account.tariff_on(day)).fee(month));
        let address = account.static_ip.filter(|ip| ip.serves(day) && (!paused || policy.static_ip_in_pause));
        let address = address.and_then(|_| policy.static_ip_fee(month));
        let each = [tariff, address].into_iter().flatten().map(|fee| PerDay::of(fee, month));
        each.fold(PerDay::default(), |sum, day| PerDay { min: sum.min + day.min, max: sum.max + day.max })
    }
}

/// What an act does to the money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Balance before.
    pub balance_before: Money,
    /// Balance after everything taken at confirmation.
    pub balance_after: Money,
    /// What today costs.
    pub per_day_before: PerDay,
    /// What a day costs once the act has taken effect.
    pub per_day_after: PerDay,
    /// The last day covered as things are.
    pub enough_until_before: Option<Date>,
    /// The last day covered after the act.
    pub enough_until_after: Option<Date>,
    /// What would keep the service on after the act.
    pub recommended_after: Money,
}

impl Effect {
    /// Compares the account before with the account after, which takes effect on `from`.
    pub fn between(
        (before, after): (&Account, &Account),
        from: Date,
        catalogue: &Catalogue,
        policy: &Policy,
        now: Now,
    ) -> Effect {
        let ahead = outlook(after, catalogue, policy, now);
        Effect {
            balance_before: before.balance,
            balance_after: after.balance,
            per_day_before: PerDay::on(before, catalogue, policy, now.today),
            per_day_after: PerDay::on(after, catalogue, policy, from),
            enough_until_before: outlook(before, catalogue, policy, now).enough_until,
            enough_until_after: ahead.enough_until,
            recommended_after: ahead.recommended_payment,
        }
    }
}

/// An account of which nothing can be asked: it is closed, closes tonight, or is suspended.
///
/// # Errors
/// Why.
fn at_hand(account: &Account, today: Date) -> Result<(), Refusal> {
    if account.closed_on.is_some() {
        return Err(Refusal::AccountClosed);
    }
    match account.standing(today) {
        Standing::Closed => Err(Refusal::AccountClosed),
        Standing::Suspended => Err(Refusal::AccountSuspended),
        Standing::Active | Standing::Blocked | Standing::Paused => Ok(()),
    }
}

/// An account that is not served now.
///
/// # Errors
/// Why.
fn served(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Result<(), Refusal> {
    at_hand(account, now.today)?;
    if let Some(pause) = account.paused_on(now.today) {
        let possible_from = crate::calendar::tomorrow(pause.until);
        return Err(Refusal::AccountPaused { until: pause.until, possible_from });
    }
    match account.blocked_since {
        Some(_) => Err(Refusal::AccountBlocked { missing: missing_today(account, catalogue, policy, now) }),
        None => Ok(()),
    }
}

/// What a blocked account lacks for today's charge.
fn missing_today(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Money {
    let due = due(&mut account.clone(), catalogue, policy, now.today).amount();
    (due - account.balance - account.credit_on(now.today)).max(Money::ZERO)
}

/// What the balance lacks of a price; acts are paid from one's own money (RULES §4).
///
/// # Errors
/// [`Refusal::FundsShort`].
fn pays(balance: Money, price: Money) -> Result<(), Refusal> {
    if balance < price { Err(Refusal::FundsShort { missing: price - balance }) } else { Ok(()) }
}

/// Takes the price of an act from the balance; `reference` makes its entry unique. No entry where it is 0.00.
fn take(account: &mut Account, kind: EntryKind, price: Money, reference: String, now: Now) -> Option<Entry> {
    let draft = || Draft { reference: Some(reference), ..Draft::new(kind, -price) };
    (!price.is_zero()).then(|| post(account, draft(), now, "subscriber"))
}

/// Reverses what an act took.
pub fn give_back(account: &mut Account, entry: &Entry, now: Now) -> Entry {
    let draft = Draft {
        tariff: entry.tariff.clone(),
        reverses: Some(entry.seq),
        ..Draft::new(EntryKind::Reversal, -entry.amount)
    };
    post(account, draft, now, "subscriber")
}
