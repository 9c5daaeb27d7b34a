//! The check of a whole book: each row against the rules that make rows (RULES §1–2), then the account against its rows.

use crate::Month;
use crate::account::{Account, Count, Pause, Promise};
use crate::ledger::{Broken, Cover, Entry, EntryKind};
use crate::money::Money;
use crate::statement::{Spell, SpellKind};
use time::{Date, OffsetDateTime};

/// One account's book under check: every entry in order, then [`Audit::summary`]. `S` names a connection.
///
/// It holds an amount an entry, a reference a payment through a gateway and a row a connection, so a book of any length is
/// checked as it streams by. A whole installation's is looked through by SQL that keeps the same rules
/// (`cabinet_store::ledger::odd_rows`); what it finds is judged here.
#[derive(Debug)]
pub struct Audit<S> {
    free_days: bool,
    /// What is left of each entry: zero once it is undone, less what went back of a payment.
    amounts: Vec<Money>,
    /// Payments through gateways and terminals.
    named: Vec<Named>,
    /// What went back: the entry, the payment it is of, the sum.
    returned: Vec<(i64, usize, Money)>,
    /// Which entries are payments.
    payments: Vec<bool>,
    balance: Money,
    day: Date,
    charges: Vec<(S, Cover)>,
    /// The prices of promised payments.
    promised: Vec<(i64, Date)>,
}

/// An entry of a payment that stands beside the book too.
#[derive(Debug)]
struct Named {
    reference: String,
    at: usize,
    amount: Money,
}

/// How references of such entries begin.
const BESIDE: [&str; 2] = ["payment:", "terminal:"];

/// A payment as it stands beside the book, with its gateway or terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How references of its entries begin: `payment:GATEWAY:ID`, `terminal:NAME:TRANSACTION`.
    pub reference: String,
    /// Its sum.
    pub amount: Money,
    /// `seq` of the entry that credited it.
    pub entry: Option<i64>,
    /// What it says of itself.
    pub stands: Stands,
    /// What of it went back, by each that tells it to the kopeck.
    pub returned: Vec<Money>,
    /// What its gateway was asked to give back, by the entry that took it off.
    pub asked: Vec<(i64, Money)>,
}

/// What a payment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It never reached a balance.
    Uncredited,
    /// Some of it is left on the balance.
    Credited,
    /// All of it went back.
    Gone,
}

/// A promised payment as it was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    /// What was lent.
    pub promise: Promise,
    /// `seq` of the entry that took its price; none where it cost nothing.
    pub price: Option<i64>,
}

/// Hours of Turbo, by the order that bought them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours<S> {
    /// The order.
    pub order: S,
    /// When they begin.
    pub starts_at: OffsetDateTime,
    /// When they end.
    pub ends_at: OffsetDateTime,
}

impl<S: PartialEq> Audit<S> {
    /// Nothing seen yet. `free_days` is [`crate::Catalogue::has_free_days`]: a count may then begin anew behind days
    /// that made no entry, as if the fee had never changed.
    pub fn new(free_days: bool) -> Audit<S> {
        Audit {
            free_days,
            amounts: Vec::new(),
            named: Vec::new(),
            returned: Vec::new(),
            payments: Vec::new(),
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
        if entry.amount.is_zero() {
            return Err(Broken::Nothing { seq });
        }
        if entry.posted_on < self.day {
            return Err(Broken::Order { seq });
        }
        if (entry.kind == EntryKind::Reversal) != entry.reverses.is_some() || !self.undo(entry) {
            return Err(Broken::Reversal { seq, amount: -entry.amount });
        }
        match (&entry.cover, connection) {
            (Some(cover), Some(connection)) => self.charge(connection, cover, entry)?,
            (None, _) if !entry.kind.is_daily() => {}
            _ => return Err(Broken::Days { seq }),
        }
        if entry.kind == EntryKind::Refund && !self.give_back(entry) {
            return Err(Broken::Returned { seq });
        }
        if entry.kind == EntryKind::PromisedPayment {
            self.promised.push((seq, entry.posted_on));
        }
        let reference = entry.reference.as_deref().unwrap_or_default();
        if entry.kind.is_payment() && BESIDE.iter().any(|form| reference.starts_with(form)) {
            let named = Named { reference: reference.to_owned(), at: self.amounts.len(), amount: entry.amount };
            self.named.push(named);
        }
        self.payments.push(entry.kind.is_payment());
        self.amounts.push(entry.amount);
        self.balance = entry.balance_after;
        self.day = entry.posted_on;
        Ok(())
    }

    /// The book after its last entry, as the account is held against it; `connection` is the account's tariff's, `address`
    /// that of its static address.
    pub fn summary(&self, connection: &S, address: Option<&S>) -> Summary {
        let last = |of: &S| self.charges.iter().find(|(known, _)| known == of).map(|(_, cover)| *cover);
        Summary {
            entries: self.amounts.len() as i64,
            balance: self.balance,
            last: last(connection),
            address: address.and_then(last),
            promised: self.promised.clone(),
        }
    }

    /// Takes what went back off the payment it names: the number of an entry, or a payment through a gateway
    /// (`cabinet_core::journal::against` knows both forms).
    fn give_back(&mut self, entry: &Entry) -> bool {
        let Some(of) = entry.reference.as_deref().and_then(|text| text.strip_prefix("refund:")) else { return false };
        let (named, rest) = of.split_once(':').unwrap_or((of, ""));
        let at = match named.parse::<usize>() {
            Ok(seq) => seq.checked_sub(1),
            Err(_) => {
                let id = rest.split(':').next().unwrap_or_default();
                let reference = format!("payment:{named}:{id}");
                self.named.iter().find(|known| known.reference == reference).map(|known| known.at)
            }
        };
        let Some(at) = at.filter(|at| self.payments.get(*at) == Some(&true)) else { return false };
        let left = self.amounts[at].checked_add(entry.amount).filter(|left| !left.is_negative());
        self.returned.push((entry.seq, at, -entry.amount));
        left.map(|left| self.amounts[at] = left).is_some()
    }

    /// Holds every payment that stands beside the book against its entries, and those entries against the payments: a
    /// terminal's that was cancelled is undone in the book, what a gateway gave back is off the balance to the kopeck, and
    /// nothing was credited that no gateway or terminal told of.
    ///
    /// # Errors
    /// The first that does not fit.
    pub fn payments(&self, sources: &[Source]) -> Result<(), Broken> {
        if let Some(odd) = sources.iter().find(|source| !self.fits(source)) {
            return Err(Broken::Payment { named: odd.reference.clone() });
        }
        let told = |entry: &Named| {
            sources.iter().any(|source| match source.entry {
                Some(seq) if seq == entry.at as i64 + 1 => true,
                // Money that came beside what was credited, by a person's decision.
                Some(_) => {
                    let rest = entry.reference.strip_prefix(&source.reference);
                    source.reference.starts_with("payment:") && rest.is_some_and(|rest| rest.starts_with(':'))
                }
                None => false,
            })
        };
        match self.named.iter().find(|entry| !told(entry)) {
            Some(entry) => Err(Broken::Payment { named: entry.reference.clone() }),
            None => Ok(()),
        }
    }

    fn fits(&self, source: &Source) -> bool {
        let Some(seq) = source.entry else {
            let nothing = source.returned.iter().all(|sum| sum.is_zero());
            return source.stands == Stands::Uncredited && nothing && source.asked.is_empty();
        };
        let Some(entry) = self.named.iter().find(|entry| entry.at as i64 + 1 == seq) else { return false };
        let left = self.amounts[entry.at];
        let stands = if left.is_zero() { Stands::Gone } else { Stands::Credited };
        entry.reference == source.reference
            && entry.amount == source.amount
            && source.stands == stands
            && source.returned.iter().all(|returned| *returned == source.amount - left)
            && source.asked.iter().all(|(seq, sum)| self.returned.contains(&(*seq, entry.at, *sum)))
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
}

/// A book after its last entry: what the account's own figures are held against.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many entries there are.
    pub entries: i64,
    /// Balance after the last.
    pub balance: Money,
    /// What the last charge of the account's connection covers.
    pub last: Option<Cover>,
    /// What the last charge of its static address covers.
    pub address: Option<Cover>,
    /// The prices of promised payments: `seq` and day, in order.
    pub promised: Vec<(i64, Date)>,
}

impl Summary {
    /// Holds promised payments against the book and the account; `orders` in order of their days.
    ///
    /// # Errors
    /// The first that does not fit.
    pub fn promises(&self, account: &Account, orders: &[Promised]) -> Result<(), Broken> {
        let broken = |taken_on| Err(Broken::Promise { taken_on });
        let ordered = orders.iter().filter_map(|order| Some((order.price?, order.promise.taken_on)));
        let posted = self.promised.iter().copied();
        let mut pairs = ordered.map(Some).chain([None]).zip(posted.map(Some).chain([None]));
        if let Some((_, taken_on)) =
            pairs.find(|(order, entry)| order != entry).and_then(|(order, entry)| order.or(entry))
        {
            return broken(taken_on);
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

    /// Compares the account's own figures with its book; `spells` are its days without charge in order of their first
    /// day.
    ///
    /// # Errors
    /// What differs.
    pub fn end(&self, account: &Account, spells: &[Spell]) -> Result<(), Broken> {
        let book_entries = self.entries;
        if (book_entries, self.balance) != (account.entries, account.balance) {
            return Err(Broken::Account {
                entries: account.entries,
                balance: account.balance,
                book_entries,
                book_balance: self.balance,
            });
        }
        let service = &account.service;
        if !goes_on(service.count, service.charged_through, self.last.as_ref()) {
            return Err(Broken::Connection { through: service.charged_through });
        }
        if let Some(ip) = account.static_ip.filter(|ip| !goes_on(ip.count, ip.charged_through, self.address.as_ref())) {
            return Err(Broken::Address { through: ip.charged_through });
        }
        standing(SpellKind::Suspended, account.suspended_since, spells)?;
        standing(SpellKind::Blocked, account.blocked_since, spells)?;
        pauses(account, spells)
    }
}

/// Holds hours of Turbo against the orders that stand and the account; `runs` in order of their beginning, `orders` with
/// the moment each was confirmed. Statements that keep the same rules look a whole installation's through
/// (`cabinet_store::turbos::odd`).
///
/// # Errors
/// The first that does not fit.
pub fn turbos<S: PartialEq>(
    account: &Account,
    runs: &[Hours<S>],
    orders: &[(S, OffsetDateTime)],
) -> Result<(), Broken> {
    let broken = |at| Err(Broken::Turbo { at });
    if let Some((_, at)) = orders.iter().find(|(order, _)| runs.iter().all(|run| run.order != *order)) {
        return broken(*at);
    }
    let mut busy_until = None;
    for run in runs {
        let ordered = orders.iter().any(|(order, at)| *order == run.order && *at <= run.starts_at);
        if !ordered || busy_until.is_some_and(|until| run.starts_at < until) {
            return broken(run.starts_at);
        }
        busy_until = busy_until.max(Some(run.ends_at));
    }
    match (account.turbo_until, busy_until) {
        (known, last) if known == last => Ok(()),
        (known, last) => broken(known.or(last).unwrap_or(OffsetDateTime::UNIX_EPOCH)),
    }
}

/// A running count is where the last charge of its service left it. Days that cost nothing count without an entry.
fn goes_on(count: Count, through: Date, last: Option<&Cover>) -> bool {
    let counted = |days| count.fee.share(days, count.month.days());
    let days = match last {
        Some(cover) if (Month::of(cover.to), cover.fee) == (count.month, count.fee) => cover.days_after,
        _ => 0,
    };
    !count.fee.is_negative()
        && count.days >= days
        && counted(count.days) == counted(days)
        && last.is_none_or(|cover| cover.to <= through)
}

/// The days of pauses follow one another. The account's own pause is the last of them; without one, all of them were
/// settled. The day the one before ended is the end of one of them.
fn pauses(account: &Account, spells: &[Spell]) -> Result<(), Broken> {
    let mut last: Option<Pause> = None;
    let paused = || spells.iter().filter(|spell| spell.kind == SpellKind::Paused);
    for spell in paused() {
        let from = spell.first_day;
        let behind = last.is_none_or(|before| before.until < from);
        let until = spell.last_day.filter(|until| behind && from <= *until).ok_or(Broken::Spell { from })?;
        last = Some(Pause { from, until });
    }
    if let Some(day) = account.paused_through.filter(|day| paused().all(|spell| spell.last_day != Some(*day))) {
        return Err(Broken::Spell { from: day });
    }
    match (account.pause, last) {
        (Some(pause), last) if last != Some(pause) => Err(Broken::Spell { from: pause.from }),
        (None, Some(last)) if last.until > account.service.charged_through => Err(Broken::Spell { from: last.from }),
        _ => Ok(()),
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
