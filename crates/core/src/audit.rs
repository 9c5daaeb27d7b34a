//! The check of a whole book: each row against the rules that make rows (RULES §1–2), then the account against its rows.

use crate::Month;
use crate::account::{Account, Promise};
use crate::ledger::{Broken, Cover, Entry, EntryKind};
use crate::money::Money;
use crate::statement::{Spell, SpellKind};
use time::Date;

/// One account's book under check: every entry in order, then [`Audit::end`]. `S` names a connection.
///
/// It holds an amount an entry and a row a connection, so a book of any length is checked as it streams by.
#[derive(Debug)]
pub struct Audit<S> {
    free_days: bool,
    /// What each entry moved; zero once it is undone.
    amounts: Vec<Money>,
    balance: Money,
    day: Date,
    charges: Vec<(S, Cover)>,
    /// The prices of promised payments.
    promised: Vec<(i64, Date)>,
}

/// A promised payment as it was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    /// What was lent.
    pub promise: Promise,
    /// `seq` of the entry that took its price; none where it cost nothing.
    pub price: Option<i64>,
}

impl<S: PartialEq> Audit<S> {
    /// Nothing seen yet. `free_days` is [`crate::Catalogue::has_free_days`]: a count may then begin anew behind days
    /// that made no entry, as if the fee had never changed.
    pub fn new(free_days: bool) -> Audit<S> {
        Audit {
            free_days,
            amounts: Vec::new(),
            balance: Money::ZERO,
            day: Date::MIN,
            charges: Vec::new(),
            promised: Vec::new(),
        }
    }

    /// Takes the next entry; `connection` is the one it charges.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn entry(&mut self, connection: Option<S>, entry: &Entry) -> Result<(), Broken> {
        let seq = self.amounts.len() as i64 + 1;
        if entry.seq != seq {
            return Err(Broken::Gap { expected: seq, found: entry.seq });
        }
        let sum = self.balance.checked_add(entry.amount);
        if sum != Some(entry.balance_after) {
            let expected = sum.unwrap_or(self.balance);
            return Err(Broken::Balance { seq, expected, found: entry.balance_after });
        }
        if entry.posted_on < self.day {
            return Err(Broken::Order { seq });
        }
        if (entry.kind == EntryKind::Reversal) != entry.reverses.is_some() || !self.undo(entry) {
            return Err(Broken::Reversal { seq, amount: -entry.amount });
        }
        match (&entry.cover, connection) {
            (Some(cover), Some(connection)) => self.charge(connection, cover, entry)?,
            (None, _) if entry.kind != EntryKind::TariffCharge => {}
            _ => return Err(Broken::Days { seq }),
        }
        if entry.kind == EntryKind::PromisedPayment {
            self.promised.push((seq, entry.posted_on));
        }
        self.amounts.push(entry.amount);
        self.balance = entry.balance_after;
        self.day = entry.posted_on;
        Ok(())
    }

    /// Holds promised payments against the book and the account, after its last entry; `orders` in order of their days.
    ///
    /// # Errors
    /// The first that does not fit.
    pub fn promises(&self, account: &Account, orders: &[Promised]) -> Result<(), Broken> {
        let broken = |taken_on| Err(Broken::Promise { taken_on });
        let ordered = orders.iter().filter_map(|order| Some((order.price?, order.promise.taken_on)));
        let posted = self.promised.iter().copied();
        let mut pairs = ordered.map(Some).chain([None]).zip(posted.map(Some).chain([None]));
        if let Some((order, entry)) = pairs.find(|(order, entry)| order != entry) {
            return broken(order.or(entry).map_or(self.day, |(_, day)| day));
        }
        if let Some(pair) = orders.windows(2).find(|pair| pair[1].promise.taken_on <= pair[0].promise.until) {
            return broken(pair[1].promise.taken_on);
        }
        let last = orders.last().map(|order| order.promise);
        match (account.promise, last) {
            (Some(held), last) if last != Some(held) || held.credit <= Money::ZERO => broken(held.taken_on),
            // One that still ran on the last day settled cannot have been paid back and forgotten.
            (None, Some(last)) if last.until > account.service.charged_through => broken(last.taken_on),
            _ => Ok(()),
        }
    }

    fn undo(&mut self, entry: &Entry) -> bool {
        let Some(undone) = entry.reverses else { return true };
        let Ok(at) = usize::try_from(undone - 1) else { return false };
        let stands = self.amounts.get_mut(at).filter(|amount| **amount == -entry.amount);
        stands.map(|amount| *amount = Money::ZERO).is_some()
    }

    fn charge(&mut self, connection: S, cover: &Cover, entry: &Entry) -> Result<(), Broken> {
        let seq = entry.seq;
        let month = Month::of(cover.to);
        let span = (cover.to - cover.from).whole_days() + 1;
        let counted = i64::from(cover.days_after) - i64::from(cover.days_before);
        let possible = month.contains(cover.from)
            && (1..=span).contains(&counted)
            && cover.days_after <= cover.to.day()
            && cover.to <= entry.posted_on
            && !cover.fee.is_negative();
        if !possible {
            return Err(Broken::Days { seq });
        }
        let expected = cover.charged_before() - cover.charged_after();
        if entry.amount != expected {
            return Err(Broken::Charge { seq, expected, found: entry.amount });
        }
        let last = self.charges.iter().position(|(known, _)| *known == connection);
        let Some(last) = last else {
            self.charges.push((connection, *cover));
            return follows(seq, 0, cover);
        };
        let (_, before) = &mut self.charges[last];
        if cover.from <= before.to {
            return Err(Broken::Overlap { seq, through: before.to });
        }
        let same_count = Month::of(before.to) == month && before.fee == cover.fee;
        let may_restart = self.free_days && (cover.from - before.to).whole_days() > 1;
        let days = if same_count { before.days_after } else { 0 };
        *before = *cover;
        follows(seq, days, cover).or_else(|broken| if may_restart { follows(seq, 0, cover) } else { Err(broken) })
    }

    /// Compares the account's own figures with its book; `connection` is its tariff's, `spells` its days without
    /// charge in order of their first day.
    ///
    /// # Errors
    /// What differs.
    pub fn end(&self, connection: &S, account: &Account, spells: &[Spell]) -> Result<(), Broken> {
        let book_entries = self.amounts.len() as i64;
        if (book_entries, self.balance) != (account.entries, account.balance) {
            return Err(Broken::Account {
                entries: account.entries,
                balance: account.balance,
                book_entries,
                book_balance: self.balance,
            });
        }
        let service = &account.service;
        let last = self.charges.iter().find(|(known, _)| known == connection).map(|(_, cover)| cover);
        let count = service.count;
        let counted = |days| count.fee.share(days, count.month.days());
        let days = match last {
            Some(cover) if (Month::of(cover.to), cover.fee) == (count.month, count.fee) => cover.days_after,
            _ => 0,
        };
        let sound = !count.fee.is_negative()
            && count.days >= days
            && counted(count.days) == counted(days)
            && last.is_none_or(|cover| cover.to <= service.charged_through);
        if !sound {
            return Err(Broken::Connection { through: service.charged_through });
        }
        standing(SpellKind::Suspended, account.suspended_since, spells)?;
        standing(SpellKind::Blocked, account.blocked_since, spells)
    }
}

/// The charge begins where `expected` charged days of its month and fee end. Days that cost nothing count without an
/// entry of their own.
fn follows(seq: i64, expected: u8, cover: &Cover) -> Result<(), Broken> {
    let (found, charged) = (cover.days_before, cover.fee.share(expected, cover.days_in_month()));
    let sound = found >= expected && cover.charged_before() == charged;
    if sound { Ok(()) } else { Err(Broken::Count { seq, expected, found }) }
}

/// Spells of one kind follow one another, and the open one is the last and the account's.
fn standing(kind: SpellKind, since: Option<Date>, spells: &[Spell]) -> Result<(), Broken> {
    let mut spells = spells.iter().filter(|spell| spell.kind == kind).peekable();
    let mut open = None;
    while let Some(spell) = spells.next() {
        let (from, next) = (spell.first_day, spells.peek());
        let sound = match spell.last_day {
            Some(last) => from <= last && next.is_none_or(|next| last < next.first_day),
            None => next.is_none(),
        };
        if !sound {
            return Err(Broken::Spell { from });
        }
        open = spell.last_day.is_none().then_some(from);
    }
    match open.or(since) {
        Some(from) if open != since => Err(Broken::Spell { from }),
        _ => Ok(()),
    }
}
