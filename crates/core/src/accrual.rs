//! The day's charge (RULES §1): cumulative rounding, catch-up, forgiveness, blocking.
//!
//! [`settle`] posts everything uncharged through today; the daily run, every act and every payment call it. The
//! forecast runs the same [`step`] forward, so what is foretold is what will be charged.

use crate::Now;
use crate::account::{Account, Count, TariffService};
use crate::calendar::{Month, days, tomorrow};
use crate::ledger::{Cover, Draft, Entry, EntryKind, post};
use crate::money::Money;
use crate::policy::{ChargeWhen, MissedDays, Policy};
use crate::tariff::{Catalogue, TariffCode};
use time::Date;

/// What settling an account did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The charges posted, oldest days first.
    pub entries: Vec<Entry>,
    /// Missed days the money did not cover and their sum.
    pub forgiven: Forgiven,
    /// The account became blocked today.
    pub blocked: bool,
    /// The account had been blocked since this day and is not any more.
    pub unblocked_since: Option<Date>,
    /// The planned tariff that started.
    pub started: Option<TariffCode>,
    /// A promised payment that had run out is paid back: nothing is owed, so another may be asked for.
    pub promise_paid: bool,
    /// Days were served, forgiven, or found to lie after the contract: `charged_through` moved for good, be it without
    /// any entry (a share of 0.00 makes none). Days skipped while blocked or suspended need not be written.
    pub advanced: bool,
}

/// Missed days that were forgiven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgiven {
    /// How many.
    pub days: i64,
    /// What they would have cost.
    pub amount: Money,
    /// The first and the last of them.
    pub span: Option<(Date, Date)>,
}

impl Settlement {
    /// Nothing to write: no day served or forgiven, no change of standing or tariff, no promise paid.
    pub fn is_empty(&self) -> bool {
        !self.advanced
            && !self.blocked
            && self.unblocked_since.is_none()
            && self.started.is_none()
            && !self.promise_paid
    }
}

impl Forgiven {
    fn add(&mut self, day: Date, amount: Money) {
        self.days += 1;
        self.amount += amount;
        self.span = Some((self.span.map_or(day, |(first, _)| first), day));
    }
}

/// The charge of one day, not yet taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCharge {
    /// Kopecks of the day, zero or more.
    pub amount: Money,
    /// The count with this day in it.
    pub count: Count,
}

/// Starts the planned tariff if its day has come, and weighs the day's charge.
pub fn step(service: &mut TariffService, catalogue: &Catalogue, day: Date) -> DayCharge {
    start_planned(service, day);
    let month = Month::of(day);
    let fee = catalogue.get(&service.tariff).fee(month);
    let before = match service.count {
        count if count.month == month && count.fee == fee => count.days,
        _ => 0,
    };
    let length = month.days();
    let amount = fee.share(before + 1, length) - fee.share(before, length);
    DayCharge { amount, count: Count { fee, month, days: before + 1 } }
}

fn start_planned(service: &mut TariffService, day: Date) -> bool {
    let Some(planned) = service.planned.take_if(|planned| planned.starts_on <= day) else { return false };
    service.tariff = planned.tariff;
    service.changed_on = Some(planned.starts_on);
    true
}

/// Whether the money serves the charge.
pub fn covers(balance: Money, credit: Money, charge: Money, policy: &Policy) -> bool {
    match policy.charge_when {
        ChargeWhen::Covers => balance + credit >= charge,
        ChargeWhen::NonNegative => !(balance + credit).is_negative(),
        ChargeWhen::Always => true,
    }
}

/// Forgets a promised payment once it has run out and nothing of it is owed before `day` is charged; `pending` is
/// charged already and not posted yet.
fn forget_paid_promise(account: &mut Account, pending: Money, day: Date) -> bool {
    let owes = (account.balance - pending).is_negative();
    account.promise.take_if(|promise| promise.until < day && !owes).is_some()
}

/// Posts the account's uncharged days through today, oldest first; only today's charge can block. Repeating it on the
/// same day does nothing.
pub fn settle(account: &mut Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Settlement {
    let mut done = Settlement::default();
    let mut group: Option<Group> = None;
    for day in days(tomorrow(account.service.charged_through), now.today) {
        let is_today = day == now.today;
        let pending = group.as_ref().map_or(Money::ZERO, |g| g.amount);
        done.promise_paid |= forget_paid_promise(account, pending, day);
        if start_planned(&mut account.service, day) {
            done.started = Some(account.service.tariff.clone());
        }
        if account.closed_on.is_some_and(|closed| closed <= day) {
            account.service.charged_through = day;
            done.advanced = true;
            break;
        }
        let stopped = account.suspended_since.is_some_and(|since| since <= day)
            || !is_today && account.blocked_since.is_some_and(|since| since <= day);
        if stopped {
            if !is_today {
                account.service.charged_through = day;
            }
            continue;
        }
        let charge = step(&mut account.service, catalogue, day);
        let covered = covers(account.balance - pending, account.credit_on(day), charge.amount, policy);
        if !covered && is_today {
            done.blocked = account.blocked_since.is_none();
            account.blocked_since.get_or_insert(day);
            break;
        }
        account.service.charged_through = day;
        done.advanced = true;
        if !covered && policy.missed_days == MissedDays::Forgive {
            done.forgiven.add(day, charge.amount);
            continue;
        }
        account.service.count = charge.count;
        let continues =
            group.as_ref().is_some_and(|g| g.count.fee == charge.count.fee && g.count.month == charge.count.month);
        if !continues {
            close(&mut group, account, now, &mut done.entries);
        }
        let open = group.get_or_insert_with(|| Group {
            tariff: account.service.tariff.clone(),
            from: day,
            to: day,
            count: charge.count,
            days_before: charge.count.days - 1,
            amount: Money::ZERO,
        });
        open.to = day;
        open.count = charge.count;
        open.amount += charge.amount;
        if is_today {
            done.unblocked_since = account.blocked_since.take();
        }
    }
    close(&mut group, account, now, &mut done.entries);
    done.promise_paid |= forget_paid_promise(account, Money::ZERO, now.today);
    done
}

/// Days of one fee and month that become one entry.
struct Group {
    /// Of the first day: by the time the group is closed, the next tariff may have started.
    tariff: TariffCode,
    from: Date,
    to: Date,
    count: Count,
    days_before: u8,
    amount: Money,
}

fn close(group: &mut Option<Group>, account: &mut Account, now: Now, entries: &mut Vec<Entry>) {
    let Some(group) = group.take().filter(|group| !group.amount.is_zero()) else { return };
    let draft = Draft {
        cover: Some(Cover {
            from: group.from,
            to: group.to,
            fee: group.count.fee,
            days_before: group.days_before,
            days_after: group.count.days,
        }),
        tariff: Some(group.tariff),
        ..Draft::new(EntryKind::TariffCharge, -group.amount)
    };
    entries.push(post(account, draft, now, "system"));
}
