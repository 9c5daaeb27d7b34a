//! The day's charge (RULES §1): cumulative rounding, catch-up, forgiveness, blocking.
//!
//! [`settle`] posts everything uncharged through today; the daily run, every act and every payment call it. The
//! forecast asks the same [`due`] of days to come, so what is foretold is what will be charged.

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
    /// The static address was given up and its last day is over: it is the account's no more.
    pub released: bool,
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
            && !self.released
    }
}

impl Forgiven {
    fn add(&mut self, day: Date, amount: Money) {
        self.days += 1;
        self.amount += amount;
        self.span = Some((self.span.map_or(day, |(first, _)| first), day));
    }
}

/// The charge of a service's day, not yet taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCharge {
    /// Kopecks of the day, zero or more.
    pub amount: Money,
    /// The count with this day in it.
    pub count: Count,
}

impl DayCharge {
    /// The next day of a count: only a change of fee or month starts a new one.
    fn next(before: Count, fee: Money, day: Date) -> DayCharge {
        let month = Month::of(day);
        let counted = if before.month == month && before.fee == fee { before.days } else { 0 };
        let length = month.days();
        let amount = fee.share(counted + 1, length) - fee.share(counted, length);
        DayCharge { amount, count: Count { fee, month, days: counted + 1 } }
    }
}

/// What a day takes: all of it or nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// For the tariff; none on days of a pause and on those charged already.
    pub tariff: Option<DayCharge>,
    /// For the static address; none without one.
    pub static_ip: Option<DayCharge>,
}

impl Due {
    /// The whole of it.
    pub fn amount(&self) -> Money {
        [self.tariff, self.static_ip].into_iter().flatten().map(|charge| charge.amount).sum()
    }
}

/// Starts the planned tariff if its day has come, and weighs what the day takes of an account that is neither closed nor
/// suspended then.
pub fn due(account: &mut Account, catalogue: &Catalogue, policy: &Policy, day: Date) -> Due {
    start_planned(&mut account.service, day);
    let (month, paused) = (Month::of(day), account.paused_on(day).is_some());
    let service = &account.service;
    let tariff = (!paused && service.charged_through < day)
        .then(|| DayCharge::next(service.count, catalogue.get(&service.tariff).fee(month), day));
    let address = account.static_ip.filter(|ip| ip.charged_through < day && ip.serves(day));
    let address = address.filter(|_| !paused || policy.static_ip_in_pause);
    let static_ip = address.zip(policy.static_ip_fee(month)).map(|(ip, fee)| DayCharge::next(ip.count, fee, day));
    Due { tariff, static_ip }
}

/// Counts a day as charged.
pub fn count(account: &mut Account, due: &Due, day: Date) {
    if let Some(charge) = due.tariff {
        account.service.charged_through = day;
        account.service.count = charge.count;
    }
    if let (Some(charge), Some(ip)) = (due.static_ip, &mut account.static_ip) {
        ip.charged_through = day;
        ip.count = charge.count;
    }
}

/// Passes a day without charging it.
fn skip(account: &mut Account, day: Date) {
    account.service.charged_through = account.service.charged_through.max(day);
    if let Some(ip) = &mut account.static_ip {
        ip.charged_through = ip.charged_through.max(day);
    }
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
    let mut open = Groups::default();
    for day in days(tomorrow(account.charged_through()), now.today) {
        let is_today = day == now.today;
        done.promise_paid |= forget_paid_promise(account, open.amount(), day);
        if start_planned(&mut account.service, day) {
            done.started = Some(account.service.tariff.clone());
        }
        if let Some(over) = account.pause.take_if(|pause| pause.until < day) {
            account.paused_through = Some(over.until);
        }
        done.released |= account.static_ip.take_if(|ip| ip.until.is_some_and(|last| last < day)).is_some();
        if account.closed_on.is_some_and(|closed| closed <= day) {
            skip(account, day);
            done.advanced = true;
            break;
        }
        let paused = account.paused_on(day).is_some();
        let stopped = account.suspended_since.is_some_and(|since| since <= day)
            || !is_today && !paused && account.blocked_since.is_some_and(|since| since <= day);
        if stopped {
            if !is_today {
                skip(account, day);
            }
            continue;
        }
        let due = due(account, catalogue, policy, day);
        let covered = covers(account.balance - open.amount(), account.credit_on(day), due.amount(), policy);
        // Only a tariff that cannot be paid stops the account; an address alone waits for the next day.
        if !covered && is_today && due.tariff.is_some() {
            done.blocked = account.blocked_since.is_none();
            account.blocked_since.get_or_insert(day);
            break;
        }
        let forgiven = due.tariff.is_some() && policy.missed_days == MissedDays::Forgive;
        if !covered && (forgiven || due.tariff.is_none()) {
            if due.tariff.is_some() {
                done.forgiven.add(day, due.amount());
                done.advanced = true;
            }
            if !is_today {
                skip(account, day);
            }
            continue;
        }
        count(account, &due, day);
        done.advanced |= due != Due::default();
        open.add(account, &due, day, now, &mut done.entries);
        if !is_today {
            skip(account, day);
        } else if due.tariff.is_some() {
            done.unblocked_since = account.blocked_since.take();
        }
    }
    open.close(account, now, &mut done.entries);
    done.promise_paid |= forget_paid_promise(account, Money::ZERO, now.today);
    done
}

/// Days of one service, fee and month that become one entry.
struct Group {
    kind: EntryKind,
    /// Of the first day: by the time the group is closed, the next tariff may have started.
    tariff: Option<TariffCode>,
    from: Date,
    to: Date,
    count: Count,
    days_before: u8,
    amount: Money,
}

/// The group of each service that is not posted yet.
#[derive(Default)]
struct Groups {
    tariff: Option<Group>,
    static_ip: Option<Group>,
}

impl Groups {
    /// Charged and not posted yet.
    fn amount(&self) -> Money {
        [&self.tariff, &self.static_ip].into_iter().flatten().map(|group| group.amount).sum()
    }

    fn add(&mut self, account: &mut Account, due: &Due, day: Date, now: Now, entries: &mut Vec<Entry>) {
        if let Some(charge) = due.tariff {
            let tariff = Some(account.service.tariff.clone());
            extend(&mut self.tariff, (EntryKind::TariffCharge, tariff), charge, day, account, now, entries);
        }
        if let Some(charge) = due.static_ip {
            extend(&mut self.static_ip, (EntryKind::StaticIpCharge, None), charge, day, account, now, entries);
        }
    }

    fn close(mut self, account: &mut Account, now: Now, entries: &mut Vec<Entry>) {
        close(&mut self.tariff, account, now, entries);
        close(&mut self.static_ip, account, now, entries);
    }
}

/// Adds a day to the group of its fee and month, or posts that and begins another.
fn extend(
    group: &mut Option<Group>,
    (kind, tariff): (EntryKind, Option<TariffCode>),
    charge: DayCharge,
    day: Date,
    account: &mut Account,
    now: Now,
    entries: &mut Vec<Entry>,
) {
    let continues = |g: &Group| (g.count.fee, g.count.month) == (charge.count.fee, charge.count.month);
    if !group.as_ref().is_some_and(continues) {
        close(group, account, now, entries);
    }
    let open = group.get_or_insert_with(|| Group {
        kind,
        tariff,
        from: day,
        to: day,
        count: charge.count,
        days_before: charge.count.days - 1,
        amount: Money::ZERO,
    });
    open.to = day;
    open.count = charge.count;
    open.amount += charge.amount;
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
        tariff: group.tariff,
        ..Draft::new(group.kind, -group.amount)
    };
    entries.push(post(account, draft, now, "system"));
}
