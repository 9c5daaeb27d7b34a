//! Bills (RULES §6). The bill of the 1st closes the month before and asks for the month that begins.
//!
//! A month's entries belong to it by the day they were *posted*, as everywhere in totals: 31 December caught up on
//! 1 January stands on the bill that closes January, on a line of its own.

use crate::account::{Account, Count};
use crate::accrual::{count, covers, due};
use crate::calendar::{Month, days, yesterday};
use crate::ledger::{Cover, Entry, EntryKind};
use crate::money::Money;
use crate::policy::Policy;
use crate::statement::sides;
use crate::tariff::{Catalogue, TariffCode};
use serde::{Deserialize, Serialize};
use time::Date;

/// A bill as it was made; nothing of it changes later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// `0000-2015-01`: the contract and the month of [`Bill::date`].
    pub number: String,
    /// The month closed.
    pub closes: Month,
    /// `seq` of the first entry of the month closed, and of the last.
    pub entries: (i64, i64),
    /// Balance before the month's first entry.
    pub opening: Money,
    /// What was taken: by service, month covered and fee, then what else was taken. What came back of it is a line of kind
    /// [`EntryKind::Reversal`] below zero.
    pub charges: Vec<Line>,
    /// What was put in, by kind. What went back of it is a line of kind [`EntryKind::Refund`] below zero.
    pub credits: Vec<Line>,
    /// The sum of `charges`, never negative, as on the month's statement.
    pub charged: Money,
    /// The sum of `credits`, never negative, as on the month's statement: `opening − charged + paid = closing`.
    pub paid: Money,
    /// Balance after the month's last entry.
    pub closing: Money,
    /// What the month that begins will cost by what was known when the bill was made.
    pub ahead: Vec<Line>,
    /// `max(0, sum of ahead − closing)`.
    pub to_pay: Money,
    /// Until when to pay: the last day of the month that begins which the closing balance covers, but neither before the
    /// bill's date nor before the day it was made. Empty if there is nothing to pay.
    pub due_on: Option<Date>,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is for.
    pub kind: EntryKind,
    /// The tariff concerned.
    pub tariff: Option<TariffCode>,
    /// The first and the last day covered, of one month, for daily charges.
    pub span: Option<(Date, Date)>,
    /// Charged days for daily charges, otherwise how many times.
    pub quantity: i64,
    /// The fee of the whole month covered for daily charges, the price of one for what else was taken; empty for
    /// payments and for what came or went back.
    pub price: Option<Money>,
    /// What the line adds to its sum.
    pub amount: Money,
}

/// Entries of one kind and sign taken together; one entry is a tally too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// `seq` of the first of them, and of the last.
    pub seqs: (i64, i64),
    /// What they are.
    pub kind: EntryKind,
    /// The tariff concerned.
    pub tariff: Option<TariffCode>,
    /// For daily charges, which are of one fee and month.
    pub cover: Option<TallyCover>,
    /// How many entries.
    pub count: i64,
    /// Their sum, signed.
    pub amount: Money,
}

/// The days of several daily charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyCover {
    /// The first day covered.
    pub from: Date,
    /// The last day covered, of the same month.
    pub to: Date,
    /// Fee a calendar month.
    pub fee: Money,
    /// Charged days.
    pub days: i64,
}

impl From<&Entry> for Tally {
    fn from(entry: &Entry) -> Tally {
        let days = |cover: Cover| i64::from(cover.days_after) - i64::from(cover.days_before);
        Tally {
            seqs: (entry.seq, entry.seq),
            kind: entry.kind,
            tariff: entry.tariff.clone(),
            cover: entry.cover.map(|cover| TallyCover {
                from: cover.from,
                to: cover.to,
                fee: cover.fee,
                days: days(cover),
            }),
            count: 1,
            amount: entry.amount,
        }
    }
}

/// What a bill is made of.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// Contract number.
    pub contract: &'f str,
    /// The month to close.
    pub closes: Month,
    /// Balance before its first entry.
    pub opening: Money,
    /// Everything posted in it.
    pub tallies: Vec<Tally>,
    /// The account as it is now.
    pub account: &'f Account,
    /// The business day the bill is made, the 1st of the month after or later.
    pub made_on: Date,
}

/// The book around a bill's entries, as the audit reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Balance before the bill's first entry and after its last; empty if such an entry is not in the book.
    pub balances: (Option<Money>, Option<Money>),
    /// The days on which the entry before the first, the first, the last and the one after it were posted.
    pub days: [Option<Date>; 4],
}

/// What is wrong with a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Its figures do not follow from one another.
    #[error("does not add up")]
    Sum,
    /// Its opening or closing balance is not the book's.
    #[error("does not begin or end where the book does")]
    Balance,
    /// Its entries are not those of its month.
    #[error("holds other entries than its month's")]
    Entries,
}

/// The number of a contract's bill: the contract and the month of the bill's date.
pub fn number(contract: &str, dated: Month) -> String {
    format!("{contract}-{dated}")
}

impl Bill {
    /// The 1st of the month that begins, whenever it was made.
    pub fn date(&self) -> Date {
        self.closes.next().first()
    }

    /// Holds the bill against itself and the book.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, book: &Ends) -> Result<(), Broken> {
        let sum = |lines: &[Line]| lines.iter().map(|line| line.amount).sum::<Money>();
        let adds_up = self.opening - self.charged + self.paid == self.closing
            && (sum(&self.charges), sum(&self.credits)) == (self.charged, self.paid)
            && self.to_pay == (sum(&self.ahead) - self.closing).max(Money::ZERO)
            && self.due_on.is_none() == self.to_pay.is_zero();
        if !adds_up {
            return Err(Broken::Sum);
        }
        if book.balances != (Some(self.opening), Some(self.closing)) {
            return Err(Broken::Balance);
        }
        let [before, first, last, after] = book.days;
        let inside = |day: Option<Date>| day.is_some_and(|day| self.closes.contains(day));
        let outside = before.is_none_or(|day| day < self.closes.first()) && after.is_none_or(|day| day >= self.date());
        if inside(first) && inside(last) && outside { Ok(()) } else { Err(Broken::Entries) }
    }

    /// How the bill stands.
    ///
    /// `credits` is what was put in since its date ([`credits`]); `replaced` is whether the contract has a later bill.
    pub fn state(&self, credits: Money, replaced: bool) -> BillState {
        state(self.to_pay, credits, replaced)
    }
}

/// How a bill stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillState {
    /// What was put in since its date reaches what it asks, be that nothing.
    Paid,
    /// It waits.
    Open {
        /// What is still missing of it.
        missing: Money,
    },
    /// It was not paid, and a later bill asks for what it asked.
    Replaced,
}

/// How a bill that asks `to_pay` stands; see [`Bill::state`].
pub fn state(to_pay: Money, credits: Money, replaced: bool) -> BillState {
    match to_pay - credits {
        missing if missing <= Money::ZERO => BillState::Paid,
        _ if replaced => BillState::Replaced,
        missing => BillState::Open { missing },
    }
}

/// What was put in by these entries, less what went back of it. A price that came back is no payment.
pub fn credits<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Money {
    entries.into_iter().filter(|entry| !entry.is_charge()).map(|entry| entry.amount).sum()
}

/// Makes the bill; none of a month without entries.
///
/// The month that begins is counted whole, for a blocked account too: the bill says what brings its service back. No day
/// after the contract, and none of a suspension that lasts, costs anything. A change of tariff counts from its day, be it
/// planned or begun by the day the bill is made.
pub fn make(facts: &Facts<'_>, catalogue: &Catalogue, policy: &Policy) -> Option<Bill> {
    let mut tallies: Vec<&Tally> = facts.tallies.iter().collect();
    tallies.sort_unstable_by_key(|tally| tally.seqs.0);
    let entries = (tallies.first()?.seqs.0, tallies.iter().map(|tally| tally.seqs.1).max()?);
    let (charged, paid) = sides(tallies.iter().map(|tally| (tally.kind, tally.amount)));
    let (charges, credits) = lines(&tallies);
    let closing = facts.opening - charged + paid;
    let (ahead, covered) = ahead(facts, closing, catalogue, policy);
    let to_pay = (ahead.iter().map(|line| line.amount).sum::<Money>() - closing).max(Money::ZERO);
    let begins = facts.closes.next();
    Some(Bill {
        number: number(facts.contract, begins),
        closes: facts.closes,
        entries,
        opening: facts.opening,
        charges,
        credits,
        charged,
        paid,
        closing,
        ahead,
        to_pay,
        due_on: (!to_pay.is_zero()).then(|| covered.max(begins.first()).max(facts.made_on)),
    })
}

/// The charges and the credits. As in [`sides`], what came back beyond what the month took is a credit, and what went
/// back beyond what was put in is a charge, so both sums stay positive.
fn lines(tallies: &[&Tally]) -> (Vec<Line>, Vec<Line>) {
    let (mut charges, mut credits) = (Vec::new(), Vec::new());
    let (mut came_back, mut went_back) = (Tail::default(), Tail::default());
    for tally in tallies {
        match (tally.kind.is_charge(tally.amount), tally.amount.is_negative()) {
            (true, true) => add(&mut charges, charge_line(tally)),
            (true, false) => came_back.add(tally),
            (false, true) => went_back.add(tally),
            (false, false) => add(&mut credits, Line { price: None, ..plain(tally.kind, tally.count, tally.amount) }),
        }
    }
    let sum = |lines: &[Line]| lines.iter().map(|line| line.amount).sum::<Money>();
    let (taken, put_in) = (sum(&charges), sum(&credits));
    came_back.split(EntryKind::Reversal, taken, &mut charges, &mut credits);
    went_back.split(EntryKind::Refund, put_in, &mut credits, &mut charges);
    (charges, credits)
}

/// What is taken off a side's sum.
#[derive(Default)]
struct Tail {
    count: i64,
    amount: Money,
}

impl Tail {
    fn add(&mut self, tally: &Tally) {
        self.count += tally.count;
        self.amount += tally.amount.abs();
    }

    /// Off its own side as far as that reaches, onto the other beyond it.
    fn split(self, kind: EntryKind, most: Money, own: &mut Vec<Line>, other: &mut Vec<Line>) {
        let off = self.amount.min(most);
        let lines = [(own, -off), (other, self.amount - off)];
        for (side, amount) in lines.into_iter().filter(|(_, amount)| !amount.is_zero()) {
            side.push(plain(kind, self.count, amount));
        }
    }
}

fn plain(kind: EntryKind, quantity: i64, amount: Money) -> Line {
    Line { kind, tariff: None, span: None, quantity, price: None, amount }
}

fn charge_line(tally: &Tally) -> Line {
    let amount = -tally.amount;
    let line = Line { tariff: tally.tariff.clone(), ..plain(tally.kind, tally.count, amount) };
    match tally.cover {
        Some(cover) => {
            Line { span: Some((cover.from, cover.to)), quantity: cover.days, price: Some(cover.fee), ..line }
        }
        None => Line { price: (tally.count == 1).then_some(amount), ..line },
    }
}

/// Adds to the line of the same kind, tariff, month and price, or begins one.
fn add(lines: &mut Vec<Line>, new: Line) {
    let month = |line: &Line| line.span.map(|(_, to)| Month::of(to));
    let same = |line: &&mut Line| {
        (line.kind, &line.tariff, month(line), line.price) == (new.kind, &new.tariff, month(&new), new.price)
    };
    match lines.iter_mut().find(same) {
        Some(line) => {
            line.quantity += new.quantity;
            line.amount += new.amount;
            line.span = line.span.zip(new.span).map(|(old, new)| (old.0.min(new.0), old.1.max(new.1)));
        }
        None => lines.push(new),
    }
}

/// The lines of the month that begins, and the last of its days that the closing balance covers, the day before the
/// 1st if none.
fn ahead(facts: &Facts<'_>, closing: Money, catalogue: &Catalogue, policy: &Policy) -> (Vec<Line>, Date) {
    let month = facts.closes.next();
    let before = |end: Option<Date>, day: Date| end.is_none_or(|end| day < end);
    let mut account = facts.account.clone();
    // Anew from the 1st, however far the account is charged by the day the bill is made.
    let anew = Count { fee: Money::ZERO, month: facts.closes, days: 0 };
    (account.service.count, account.service.charged_through) = (anew, facts.closes.last());
    if let Some(ip) = &mut account.static_ip {
        (ip.count, ip.charged_through) = (anew, facts.closes.last());
    }
    let (mut lines, mut balance, mut covered) = (Vec::new(), closing, None);
    for day in days(month.first(), month.last()) {
        if !before(account.closed_on, day) || !before(account.suspended_since, day) {
            break;
        }
        let due = due(&mut account, catalogue, policy, day);
        count(&mut account, &due, day);
        if covered.is_none() && due.tariff.is_some() && !covers(balance, Money::ZERO, due.amount(), policy) {
            covered = Some(yesterday(day));
        }
        balance -= due.amount();
        let tariff = (EntryKind::TariffCharge, Some(account.service.tariff.clone()), due.tariff);
        for (kind, tariff, charge) in [tariff, (EntryKind::StaticIpCharge, None, due.static_ip)] {
            let Some(charge) = charge else { continue };
            let (price, amount) = (Some(charge.count.fee), charge.amount);
            let line = Line { tariff, span: Some((day, day)), price, ..plain(kind, 1, amount) };
            add(&mut lines, line);
        }
    }
    (lines, covered.unwrap_or(month.last()))
}
