//! What is to come: the same accrual run forward.

use crate::Now;
use crate::account::{Account, Standing};
use crate::accrual::{self, covers, due, settle};
use crate::calendar::{Month, days, tomorrow};
use crate::money::Money;
use crate::policy::Policy;
use crate::tariff::Catalogue;
use time::{Date, Duration};

/// The header's foresight (RULES §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The last day the balance covers; empty beyond the horizon and for stopped accounts.
    pub enough_until: Option<Date>,
    /// The day after.
    pub stops_on: Option<Date>,
    /// What keeps the service through `recommended_until`, 0.00 or more.
    pub recommended_payment: Money,
    /// The last day of the month that holds today plus `policy.recommend_days`; empty for suspended and closed.
    pub recommended_until: Option<Date>,
}

/// A coming day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayAhead {
    /// The day.
    pub date: Date,
    /// Balance at its end.
    pub balance: Money,
    /// Whether the service runs.
    pub served: bool,
}

/// One month's part of the recommended sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The month.
    pub month: Month,
    /// Days to be served in it.
    pub days: i64,
    /// What they cost, a static address included.
    pub amount: Money,
}

/// The account as it will stand once today is settled.
fn settled(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Account {
    let mut account = account.clone();
    settle(&mut account, catalogue, policy, now);
    account
}

/// How long the money lasts and what would be right to pay.
pub fn outlook(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Outlook {
    let account = settled(account, catalogue, policy, now);
    let none =
        Outlook { enough_until: None, stops_on: None, recommended_payment: Money::ZERO, recommended_until: None };
    let standing = account.standing(now.today);
    if matches!(standing, Standing::Suspended | Standing::Closed) {
        return none;
    }
    let stops_on = match standing {
        Standing::Active | Standing::Paused => first_unserved(&account, catalogue, policy, now.today),
        _ => None,
    };
    let until = recommended_until(policy, now.today);
    let need: Money = parts(&account, catalogue, policy, now).iter().map(|part| part.amount).sum();
    Outlook {
        enough_until: stops_on.map(crate::calendar::yesterday),
        stops_on,
        // A contract that ends needs no money for days that will not come.
        recommended_payment: match account.closed_on {
            None => (need - account.balance - account.credit_on(until)).max(Money::ZERO),
            Some(_) => Money::ZERO,
        },
        recommended_until: Some(until).filter(|_| account.closed_on.is_none()),
    }
}

fn recommended_until(policy: &Policy, today: Date) -> Date {
    Month::of(today + Duration::days(policy.recommend_days)).last()
}

fn first_unserved(account: &Account, catalogue: &Catalogue, policy: &Policy, today: Date) -> Option<Date> {
    let mut account = account.clone();
    days(tomorrow(today), today + Duration::days(policy.forecast_days)).find(|day| {
        account.closed_on.is_some_and(|closed| closed <= *day) || !pass(&mut account, catalogue, policy, *day)
    })
}

/// Charges a coming day if the money covers it; answers whether the tariff rests that day or was paid.
fn pass(account: &mut Account, catalogue: &Catalogue, policy: &Policy, day: Date) -> bool {
    let due = due(account, catalogue, policy, day);
    let covered = covers(account.balance, account.credit_on(day), due.amount(), policy);
    if covered {
        account.balance -= due.amount();
        accrual::count(account, &due, day);
    }
    covered || due.tariff.is_none()
}

/// What the days through the recommended horizon cost, month by month; a blocked account's begin with today.
pub fn parts(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Vec<Part> {
    parts_through(account, catalogue, policy, now, recommended_until(policy, now.today))
}

/// Sums worth paying and the day through which each keeps the service: through the recommended horizon and the ends of
/// the months after it, those that need no payment left out; raised to the least payable, none above the most, none for
/// suspended and closed, and none for a contract that ends.
pub fn suggestions(
    account: &Account,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
    count: usize,
    (least, most): (Money, Money),
) -> Vec<(Money, Date)> {
    let account = settled(account, catalogue, policy, now);
    let stopped = matches!(account.standing(now.today), Standing::Suspended | Standing::Closed);
    if stopped || account.closed_on.is_some() {
        return Vec::new();
    }
    let first = Month::of(recommended_until(policy, now.today));
    let ends = std::iter::successors(Some(first), |month| Some(month.next())).map(|month| month.last());
    let within = |end: &Date| *end <= now.today + Duration::days(policy.forecast_days);
    let worth = ends.take_while(within).filter_map(|end| {
        let need: Money = parts_through(&account, catalogue, policy, now, end).iter().map(|part| part.amount).sum();
        let missing = need - account.balance - account.credit_on(end);
        (missing > Money::ZERO).then(|| (missing.max(least), end))
    });
    let mut suggested: Vec<(Money, Date)> = Vec::new();
    for (amount, end) in worth.take_while(|(amount, _)| *amount <= most) {
        // Raised to the least, two of them may be the same sum: the later day is what it is good for.
        let offered = suggested.len();
        match suggested.last_mut() {
            Some(last) if last.0 == amount => last.1 = end,
            _ if offered == count => break,
            _ => suggested.push((amount, end)),
        }
    }
    suggested
}

/// The account as it will stand once `payment` has come in today and today is settled, and how long it will last.
pub fn after_payment(
    account: &Account,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
    payment: Money,
) -> (Account, Outlook) {
    let mut paid = settled(account, catalogue, policy, now);
    paid.balance += payment;
    let paid = settled(&paid, catalogue, policy, now);
    let outlook = outlook(&paid, catalogue, policy, now);
    (paid, outlook)
}

fn parts_through(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now, through: Date) -> Vec<Part> {
    let mut account = settled(account, catalogue, policy, now);
    let mut parts: Vec<Part> = Vec::new();
    let first = tomorrow(account.charged_through()).max(now.today);
    for day in days(first, through) {
        let due = due(&mut account, catalogue, policy, day);
        accrual::count(&mut account, &due, day);
        let (month, served) = (Month::of(day), i64::from(due.tariff.is_some()));
        match parts.last_mut().filter(|part| part.month == month) {
            Some(part) => {
                part.days += served;
                part.amount += due.amount();
            }
            None => parts.push(Part { month, days: served, amount: due.amount() }),
        }
    }
    parts
}

/// What the balance lacks to serve a coming `day`, all days before it having been charged; empty if it lacks nothing.
pub fn missing_on(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now, day: Date) -> Option<Money> {
    // A month's fees pay for any day of it, so with them the day is served, and what is left of them was not needed.
    let month = Month::of(day);
    let fee = catalogue.get(account.tariff_on(day)).fee(month) + policy.static_ip_fee(month).unwrap_or(Money::ZERO);
    let last = forecast(account, catalogue, policy, now, (day - now.today).whole_days(), fee).pop()?;
    Some(fee - last.balance - account.credit_on(day)).filter(|missing| last.served && *missing > Money::ZERO)
}

/// The coming `count` days from tomorrow, `payment` having been made today: each day's balance and whether it is
/// served. A blocked account is tried again each day, as the daily run does: a cheaper month or a planned cheaper tariff
/// may be covered by money that did not cover the day before.
pub fn forecast(
    account: &Account,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
    count: i64,
    payment: Money,
) -> Vec<DayAhead> {
    let mut paid = account.clone();
    paid.balance += payment;
    let mut account = settled(&paid, catalogue, policy, now);
    let charged = !matches!(account.standing(now.today), Standing::Suspended | Standing::Closed);
    days(tomorrow(now.today), now.today + Duration::days(count))
        .map(|date| {
            let open = charged && account.closed_on.is_none_or(|closed| date < closed);
            let served = open && pass(&mut account, catalogue, policy, date) && account.paused_on(date).is_none();
            DayAhead { date, balance: account.balance, served }
        })
        .collect()
}
