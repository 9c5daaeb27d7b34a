//! The check of the whole book.

use crate::acts::Order;
use crate::{Error, Ground, Service};
use cabinet_core::audit::{self, Audit, Promised, Summary};
use cabinet_core::bill;
use cabinet_core::ledger::{Broken, EntryKind};
use cabinet_core::statement::Spell;
use cabinet_store::accounts::{self, Held};
use cabinet_store::bills;
use cabinet_store::ledger::{self, EndOfBook, Odd};
use cabinet_store::{StoreError, View, acts, sessions, sources, spells, turbos};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::iter::{self, Peekable};
use std::vec;
use time::macros::date;
use uuid::Uuid;

/// What the audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Accounts checked.
    pub accounts: i64,
    /// Entries checked.
    pub entries: i64,
    /// The first broken row, by contract number.
    pub broken: Option<(String, Fault)>,
}

/// What is wrong with a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A row breaks the rules of the book.
    #[error(transparent)]
    Book(#[from] Broken),
    /// A row is not even an entry.
    #[error("{0}")]
    Unreadable(String),
    /// Nothing is connected, so nothing is ever charged.
    #[error("the account has no connection")]
    Unconnected,
    /// A bill fits neither itself nor the book.
    #[error("bill {number} {why}")]
    Bill {
        /// Its number.
        number: String,
        /// What is wrong.
        why: bill::Broken,
    },
    /// A stolen token would go unnoticed.
    #[error("session {session} has more than one live refresh token")]
    LiveTokens {
        /// The family.
        session: Uuid,
    },
}

/// Accounts of one snapshot: some hundred thousand rows of the book. PostgreSQL keeps every old row that a snapshot could
/// still read, and SQLite its log.
const CHUNK: i64 = 5_000;
/// Entries of an account, or bills, in memory at once.
const BATCH: i64 = 5_000;

impl Service {
    /// Checks every account's book, in snapshots of a few thousand accounts, stopping at the first broken row, by account
    /// and number. `progress` hears accounts done and in all.
    ///
    /// The database itself looks the rows through, by statements that keep the rules of [`Audit`]; an account in which it
    /// finds anything is read and judged by those rules themselves.
    pub async fn audit_book(&self, mut progress: impl FnMut(i64, i64)) -> Result<AuditReport, Error> {
        let mut report = AuditReport { accounts: 0, entries: 0, broken: None };
        let mut view = self.store.view().await?;
        let total = accounts::count(&mut view).await?;
        let free_days = Ground::load(&mut view).await?.catalogue.has_free_days();
        if let Some(contract) = accounts::unconnected(&mut view).await? {
            report.broken = Some((contract, Fault::Unconnected));
            return Ok(report);
        }
        let milestones = accounts::milestones(&mut view, CHUNK).await?;
        drop(view);
        let begins = iter::once(Uuid::nil()).chain(milestones.iter().copied());
        let ends = milestones.iter().copied().chain([Uuid::max()]);
        let looks = begins.zip(ends).map(|(after, last)| self.audit_stretch(after, last, free_days));
        let mut looks = stream::iter(looks).buffered(self.looks_at_once());
        while let Some(looked) = looks.try_next().await? {
            report.accounts += looked.accounts;
            report.entries += looked.entries;
            report.broken = looked.broken;
            if report.broken.is_some() {
                return Ok(report);
            }
            progress(report.accounts, total);
        }
        if let Some(broken) = self.audit_bills().await? {
            report.broken = Some(broken);
            return Ok(report);
        }
        let twins = sessions::twin_family(&mut self.store.read().await?).await?;
        report.broken = twins.map(|(contract, session)| (contract, Fault::LiveTokens { session }));
        Ok(report)
    }

    /// Stretches looked through at once: one a core, with a connection each, and some left to others.
    fn looks_at_once(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let connections = self.store.pools_in_use().first().map_or(1, |pool| pool.most / 2);
        cores.min(connections as usize).max(1)
    }

    /// Checks the accounts behind `after` through `last` in a snapshot of their own, through the first broken row.
    async fn audit_stretch(&self, after: Uuid, last: Uuid, free_days: bool) -> Result<AuditReport, Error> {
        let mut report = AuditReport { accounts: 0, entries: 0, broken: None };
        let mut view = self.store.view().await?;
        let accounts = accounts::stretch(&mut view, after, last).await?;
        let mut chunk = Chunk::read(&mut view, after, last).await?;
        for held in &accounts {
            report.accounts += 1;
            let (beside, summary, suspect) = chunk.of(held.id)?;
            report.entries += summary.entries;
            let fault = match suspect {
                true => judge(&mut view, held, &beside, free_days).await?,
                false => beside.check(held, &summary),
            };
            if let Some(fault) = fault {
                report.broken = Some((held.contract.clone(), fault));
                break;
            }
        }
        Ok(report)
    }

    /// The same by reading every row and asking [`Audit`] of each: what the statements are held against. Bills and sessions
    /// are not looked at.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn audit_row_by_row(&self) -> Result<Option<(String, Fault)>, Error> {
        let mut view = self.store.view().await?;
        let free_days = Ground::load(&mut view).await?.catalogue.has_free_days();
        for held in accounts::page(&mut view, Uuid::nil(), i64::MAX).await? {
            let before = Uuid::from_u128(held.id.as_u128().wrapping_sub(1));
            let beside = Beside::read(&mut view, before, held.id).await?;
            if let Some(fault) = judge(&mut view, &held, &beside, free_days).await? {
                return Ok(Some((held.contract, fault)));
            }
        }
        Ok(None)
    }

    /// The first bill, by contract number, that does not fit itself and the book.
    async fn audit_bills(&self) -> Result<Option<(String, Fault)>, Error> {
        let mut after = (Uuid::nil(), date!(0001 - 01 - 01));
        loop {
            let batch = bills::stretch(&mut self.store.read().await?, after, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(None) };
            after = (last.account_id, last.month);
            for beside in batch {
                let fault = match beside.bill {
                    Err(why) => Fault::Unreadable(why),
                    Ok(bill) => match bill.check(&beside.ends) {
                        Ok(()) => continue,
                        Err(why) => Fault::Bill { number: bill.number, why },
                    },
                };
                return Ok(Some((beside.contract, fault)));
            }
        }
    }
}

/// What stands beside the books of some accounts.
struct Beside {
    spells: Vec<(Uuid, Spell)>,
    promises: Vec<(Uuid, String)>,
}

impl Beside {
    async fn read(view: &mut View, after: Uuid, last: Uuid) -> Result<Beside, Error> {
        let spells = spells::stretch(view, after, last).await?;
        Ok(Beside { spells, promises: acts::promises(view, after, last).await? })
    }

    /// Holds one account, of which alone this is, against the summary of its book.
    fn check(&self, held: &Held, summary: &Summary) -> Option<Fault> {
        let spells: Vec<Spell> = self.spells.iter().map(|(_, spell)| *spell).collect();
        let promised: Result<Vec<Promised>, String> = self.promises.iter().map(|(_, body)| promised_of(body)).collect();
        let promised = match promised {
            Ok(promised) => promised,
            Err(why) => return Some(Fault::Unreadable(why)),
        };
        let ended = summary.end(&held.account, &spells);
        ended.and_then(|()| summary.promises(&held.account, &promised)).err().map(Fault::from)
    }
}

/// The accounts of one snapshot as the database looked them through, told in order of id.
struct Chunk {
    spells: Peekable<vec::IntoIter<(Uuid, Spell)>>,
    promises: Peekable<vec::IntoIter<(Uuid, String)>>,
    rows: Peekable<vec::IntoIter<Odd>>,
    reversals: Peekable<vec::IntoIter<(Uuid, i64)>>,
    ends: Peekable<vec::IntoIter<EndOfBook>>,
    turbos: Peekable<vec::IntoIter<Uuid>>,
    payments: Peekable<vec::IntoIter<Uuid>>,
}

impl Chunk {
    async fn read(view: &mut View, after: Uuid, last: Uuid) -> Result<Chunk, Error> {
        let Beside { spells, promises } = Beside::read(view, after, last).await?;
        Ok(Chunk {
            spells: spells.into_iter().peekable(),
            promises: promises.into_iter().peekable(),
            rows: ledger::odd_rows(view, after, last).await?.into_iter().peekable(),
            reversals: ledger::odd_reversals(view, after, last).await?.into_iter().peekable(),
            ends: ledger::ends(view, after, last).await?.into_iter().peekable(),
            turbos: turbos::odd(view, after, last).await?.into_iter().peekable(),
            payments: sources::odd(view, after, last).await?.into_iter().peekable(),
        })
    }

    /// What stands beside an account's book, the summary of the book, and whether it has to be read.
    fn of(&mut self, account: Uuid) -> Result<(Beside, Summary, bool), Error> {
        let beside = Beside {
            spells: of(&mut self.spells, |(id, _)| *id == account),
            promises: of(&mut self.promises, |(id, _)| *id == account),
        };
        let rows = of(&mut self.rows, |row| row.account_id == account);
        let reversals = of(&mut self.reversals, |(id, _)| *id == account);
        let end = of(&mut self.ends, |end| end.account_id == account).into_iter().next();
        let end = end.ok_or_else(|| Error::internal("an account has no end of its book"))?;
        let (promised, odd): (Vec<Odd>, Vec<Odd>) =
            rows.into_iter().partition(|row| !row.broken && row.kind == EntryKind::PromisedPayment.code());
        let turbos = of(&mut self.turbos, |id| *id == account);
        let payments = of(&mut self.payments, |id| *id == account);
        let clean = odd.is_empty() && reversals.is_empty() && turbos.is_empty() && payments.is_empty();
        let suspect = end.strange || !clean;
        let promised = promised.into_iter().map(|row| (row.seq, row.posted_on)).collect();
        // An account with charges of an address is strange, and read.
        let summary = Summary { entries: end.entries, balance: end.balance, last: end.charge, address: None, promised };
        Ok((beside, summary, suspect))
    }
}

/// Those at the head of a list that are of one account.
fn of<T>(list: &mut Peekable<vec::IntoIter<T>>, is_its: impl Fn(&T) -> bool) -> Vec<T> {
    std::iter::from_fn(|| list.next_if(&is_its)).collect()
}

/// Reads an account's book to its end and judges each row, then what stands beside it.
async fn judge(view: &mut View, held: &Held, beside: &Beside, free_days: bool) -> Result<Option<Fault>, Error> {
    let mut book = Audit::new(free_days);
    let mut after = 0;
    loop {
        let batch = ledger::stretch(view, (held.id, after), held.id, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = last.seq();
        for row in batch {
            let connection = row.service_id;
            let entry = match row.entry() {
                Err(StoreError::Corrupt(why)) => return Ok(Some(Fault::Unreadable(why))),
                read => read?,
            };
            if let Err(broken) = book.entry(connection, &entry) {
                return Ok(Some(broken.into()));
            }
        }
    }
    let address = held.address.as_ref().map(|of| &of.service_id);
    if let Some(fault) = beside.check(held, &book.summary(&held.service_id, address)) {
        return Ok(Some(fault));
    }
    if let Some(fault) = turbos_of(view, held).await? {
        return Ok(Some(fault));
    }
    let payments = book.payments(&sources::of_account(view, held.id).await?);
    Ok(payments.err().map(Fault::from))
}

/// What is wrong with an account's Turbos.
async fn turbos_of(view: &mut View, held: &Held) -> Result<Option<Fault>, Error> {
    let before = Uuid::from_u128(held.id.as_u128().wrapping_sub(1));
    let runs = turbos::stretch(view, before, held.id).await?.into_iter().map(|(_, run)| run);
    let orders = turbos::ordered(view, before, held.id).await?.into_iter().map(|(_, order, at)| (order, at));
    let judged = audit::turbos(&held.account, &runs.collect::<Vec<_>>(), &orders.collect::<Vec<_>>());
    Ok(judged.err().map(Fault::from))
}

/// A promised payment as its order says.
fn promised_of(body: &str) -> Result<Promised, String> {
    let order: Order = serde_json::from_str(body).map_err(|why| format!("an order that is none: {why}"))?;
    let promise = order.promise.ok_or_else(|| format!("order {} of a promised payment without one", order.id))?;
    let price = order.entries.iter().find(|entry| entry.kind == EntryKind::PromisedPayment).map(|entry| entry.seq);
    Ok(Promised { promise, price })
}
