//! A month of the book laid on the calendar, and a year of it in sums.

use crate::calendar::{Month, days};
use crate::ledger::{Broken, Entry, EntryKind};
use crate::money::Money;
use time::{Date, Duration};

/// Days on which the account was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Why.
    pub kind: SpellKind,
    /// The first day without a charge.
    pub first_day: Date,
    /// The last one; empty while it lasts.
    pub last_day: Option<Date>,
}

/// Why an account was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpellKind {
    /// By staff.
    Suspended,
    /// For want of money.
    Blocked,
    /// By the subscriber; one that is planned, or that runs, has its last day already.
    Paused,
}

impl Spell {
    /// Whether the account was stopped on that day.
    pub fn holds(&self, day: Date) -> bool {
        self.first_day <= day && self.last_day.is_none_or(|last| day <= last)
    }
}

/// What a month is laid out from.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The month.
    pub month: Month,
    /// The business day.
    pub today: Date,
    /// The contract's first day.
    pub opened_on: Date,
    /// The first day after the contract.
    pub closed_on: Option<Date>,
    /// Balance before the first entry of the month.
    pub opening: Money,
    /// Entries posted in the month, in order.
    pub entries: Vec<Entry>,
    /// Entries posted after the month that may cover days of it.
    pub later: Vec<Entry>,
    /// Spells that touch the month.
    pub spells: Vec<Spell>,
}

/// The month, ready to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The month.
    pub month: Month,
    /// Balance before the first entry.
    pub opening: Money,
    /// Balance after the last entry.
    pub closing: Money,
    /// Taken and not given back within the month, positive.
    pub charged: Money,
    /// Put in and not withdrawn within the month, positive: `opening − charged + paid = closing`.
    pub paid: Money,
    /// The rows of the calendar.
    pub weeks: Vec<SheetWeek>,
}

/// A row of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetWeek {
    /// ISO 8601 week number.
    pub iso_week: u8,
    /// Monday to Sunday.
    pub days: Vec<SheetDay>,
}

/// A cell of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetDay {
    /// The day.
    pub date: Date,
    /// Where it stands.
    pub state: DayState,
    /// Why no charge was posted that day.
    pub empty: Option<Empty>,
    /// Height of the charge against the month's median day: 0 nothing, 1 up to ×1.5, 2 up to ×3, 3 up to ×8, 4 more.
    pub level: u8,
    /// Taken and not given back that day, positive.
    pub charged: Money,
    /// Put in and not withdrawn that day, positive.
    pub paid: Money,
    /// What was posted that day.
    pub entries: Vec<Entry>,
}

/// Where a day stands to today and the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// Before today.
    Past,
    /// The business day.
    Today,
    /// After today.
    Future,
    /// Of a neighbouring month.
    Outside,
}

/// Why a day carries no charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Charged by an entry posted on that later day.
    ChargedLater(Date),
    /// Suspended by staff.
    Suspended,
    /// Blocked for want of money.
    Blocked,
    /// Paused by the subscriber.
    Paused,
    /// Before the contract.
    NotStarted,
    /// After the contract.
    Closed,
}

/// Lays the month out.
///
/// # Errors
/// [`Broken::Balance`] if an entry's `balance_after` is not the balance before plus its amount.
pub fn lay_out(facts: &Facts) -> Result<Sheet, Broken> {
    let closing = follow(facts.opening, &facts.entries)?;
    let median = median_day(facts);
    let weeks = facts.month.weeks().into_iter().map(|week| SheetWeek {
        iso_week: week.iso_week,
        days: days(week.monday, week.monday + Duration::days(6)).map(|date| cell(facts, date, median)).collect(),
    });
    let weeks = weeks.collect();
    let (charged, paid) = sides(moved(&facts.entries));
    Ok(Sheet { month: facts.month, opening: facts.opening, closing, charged, paid, weeks })
}

/// A year in sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// Balance before the first entry.
    pub opening: Money,
    /// Balance after the last entry.
    pub closing: Money,
    /// The sum of the months' `charged`.
    pub charged: Money,
    /// The sum of the months' `paid`: `opening − charged + paid = closing`.
    pub paid: Money,
    /// The months, in order.
    pub months: Vec<YearMonth>,
}

/// A month in sums, as on its own sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearMonth {
    /// The month.
    pub month: Month,
    /// Balance before its first entry.
    pub opening: Money,
    /// Taken and not given back within it, positive.
    pub charged: Money,
    /// Put in and not withdrawn within it, positive.
    pub paid: Money,
    /// Balance after its last entry.
    pub closing: Money,
}

/// Sums up the months `first` through `last` of one year, from the balance before them and their entries in order.
///
/// # Errors
/// [`Broken::Balance`] if an entry's `balance_after` is not the balance before plus its amount.
pub fn sum_up((first, last): (Month, Month), opening: Money, entries: &[Entry]) -> Result<Year, Broken> {
    let mut balance = opening;
    let mut months = Vec::with_capacity(12);
    let mut rest = entries;
    for month in std::iter::successors(Some(first), |month| Some(month.next())).take_while(|month| *month <= last) {
        let (of_month, later) = rest.split_at(rest.partition_point(|entry| entry.posted_on <= month.last()));
        let (charged, paid) = sides(moved(of_month));
        let before = balance;
        balance = follow(balance, of_month)?;
        months.push(YearMonth { month, opening: before, charged, paid, closing: balance });
        rest = later;
    }
    Ok(Year {
        year: first.year(),
        opening,
        closing: balance,
        charged: months.iter().map(|month| month.charged).sum(),
        paid: months.iter().map(|month| month.paid).sum(),
        months,
    })
}

/// The balance after these entries, each of which must say the same.
fn follow(mut balance: Money, entries: &[Entry]) -> Result<Money, Broken> {
    for entry in entries {
        balance += entry.amount;
        if balance != entry.balance_after {
            return Err(Broken::Balance { seq: entry.seq, expected: balance, found: entry.balance_after });
        }
    }
    Ok(balance)
}

/// What was taken and what was put in, neither below zero. A reversal takes off what it undoes: a fee that came back is
/// neither a charge nor a payment of the period. What came back beyond what the period took counts as put in, and the
/// other way round, so `opening − charged + paid = closing` for any period.
pub fn sides(amounts: impl IntoIterator<Item = (EntryKind, Money)>) -> (Money, Money) {
    let (mut charges, mut payments) = (Money::ZERO, Money::ZERO);
    for (kind, amount) in amounts {
        *(if kind.is_charge(amount) { &mut charges } else { &mut payments }) += amount;
    }
    let below = |amount: Money| (-amount).max(Money::ZERO);
    let above = |amount: Money| amount.max(Money::ZERO);
    (below(charges) + below(payments), above(payments) + above(charges))
}

fn moved<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> impl Iterator<Item = (EntryKind, Money)> {
    entries.into_iter().map(|entry| (entry.kind, entry.amount))
}

fn posted_on(facts: &Facts, date: Date) -> impl Iterator<Item = &Entry> {
    facts.entries.iter().filter(move |entry| entry.posted_on == date)
}

/// The middle one of the month's charged days, the lower of two.
fn median_day(facts: &Facts) -> Money {
    let mut charges: Vec<Money> = days(facts.month.first(), facts.month.last())
        .map(|date| sides(moved(posted_on(facts, date))).0)
        .filter(|charged| !charged.is_zero())
        .collect();
    charges.sort_unstable();
    charges.get(charges.len().saturating_sub(1) / 2).copied().unwrap_or(Money::ZERO)
}

fn level(charged: Money, median: Money) -> u8 {
    let (charged, median) = (charged.kopecks(), median.kopecks());
    match charged {
        0 => 0,
        _ if charged * 2 <= median * 3 => 1,
        _ if charged <= median * 3 => 2,
        _ if charged <= median * 8 => 3,
        _ => 4,
    }
}

fn cell(facts: &Facts, date: Date, median: Money) -> SheetDay {
    let state = match date {
        _ if !facts.month.contains(date) => DayState::Outside,
        _ if date > facts.today => DayState::Future,
        _ if date == facts.today => DayState::Today,
        _ => DayState::Past,
    };
    let entries: Vec<Entry> = posted_on(facts, date).cloned().collect();
    let (charged, paid) = sides(moved(&entries));
    SheetDay {
        date,
        state,
        empty: match state {
            DayState::Outside => None,
            _ if entries.iter().any(|entry| entry.cover.is_some()) => None,
            _ => empty(facts, date, state),
        },
        level: level(charged, median),
        charged,
        paid,
        entries,
    }
}

fn empty(facts: &Facts, date: Date, state: DayState) -> Option<Empty> {
    if date < facts.opened_on {
        return Some(Empty::NotStarted);
    }
    if facts.closed_on.is_some_and(|closed| closed <= date) {
        return Some(Empty::Closed);
    }
    let stopped = |kind| facts.spells.iter().any(|spell| spell.kind == kind && spell.holds(date));
    if state != DayState::Future && stopped(SpellKind::Suspended) {
        return Some(Empty::Suspended);
    }
    if state != DayState::Future && stopped(SpellKind::Paused) {
        return Some(Empty::Paused);
    }
    if state != DayState::Future && stopped(SpellKind::Blocked) {
        return Some(Empty::Blocked);
    }
    let charge = facts.entries.iter().chain(&facts.later).find(|entry| {
        entry.posted_on > date && entry.cover.is_some_and(|cover| cover.from <= date && date <= cover.to)
    });
    charge.map(|entry| Empty::ChargedLater(entry.posted_on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::EntryKind;
    use time::macros::date;

    fn entries(amounts: &[(Date, EntryKind, i64)]) -> Vec<Entry> {
        let mut balance = Money::from_kopecks(10_00);
        let entry = |(place, (day, kind, kopecks)): (usize, &(Date, EntryKind, i64))| {
            balance += Money::from_kopecks(*kopecks);
            Entry {
                seq: place as i64 + 1,
                posted_on: *day,
                posted_at: day.midnight().assume_utc(),
                kind: *kind,
                amount: Money::from_kopecks(*kopecks),
                balance_after: balance,
                cover: None,
                tariff: None,
                reference: None,
                reverses: None,
                actor: String::new(),
            }
        };
        amounts.iter().enumerate().map(entry).collect()
    }

    fn month(number: u8) -> Month {
        Month::new(2014, number).expect("a month")
    }

    #[test]
    fn a_year_is_the_sum_of_its_months() {
        let book = entries(&[
            (date!(2014 - 10 - 31), EntryKind::TariffCharge, -3_00),
            (date!(2014 - 12 - 01), EntryKind::TariffCharge, -1_61),
            (date!(2014 - 12 - 10), EntryKind::CashPayment, 50_00),
            // What October took comes back in a month that took less.
            (date!(2014 - 12 - 31), EntryKind::Reversal, 3_00),
        ]);
        let year = sum_up((month(10), month(12)), Money::from_kopecks(10_00), &book).expect("adds up");
        let told: Vec<[i64; 4]> =
            year.months.iter().map(|of| [of.opening, of.charged, of.paid, of.closing].map(Money::kopecks)).collect();
        assert_eq!(told, [[10_00, 3_00, 0, 7_00], [7_00, 0, 0, 7_00], [7_00, 0, 51_39, 58_39]]);
        assert_eq!(
            [year.opening, year.charged, year.paid, year.closing].map(Money::kopecks),
            [10_00, 3_00, 51_39, 58_39]
        );
        assert_eq!((year.year, year.opening - year.charged + year.paid), (2014, year.closing));
    }

    #[test]
    fn a_broken_balance_is_told() {
        let mut book = entries(&[(date!(2014 - 12 - 01), EntryKind::TariffCharge, -1_61)]);
        book[0].balance_after += Money::from_kopecks(1);
        let told = sum_up((month(12), month(12)), Money::from_kopecks(10_00), &book);
        assert!(matches!(told, Err(Broken::Balance { seq: 1, .. })), "{told:?}");
    }
}
