//! The check of the whole book.

use crate::acts::Order;
use crate::{Error, Ground, Service};
use cabinet_core::audit::{Audit, Promised};
use cabinet_core::bill;
use cabinet_core::ledger::{Broken, EntryKind};
use cabinet_core::statement::Spell;
use cabinet_store::accounts::{self, Held};
use cabinet_store::bills;
use cabinet_store::ledger::{self, Posted};
use cabinet_store::{StoreError, View, acts, sessions, spells};
use std::iter::Peekable;
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

/// Accounts of one snapshot. PostgreSQL keeps every old row that a snapshot could still read, and SQLite its log.
const CHUNK: i64 = 500;
/// Entries in memory at once.
const BATCH: i64 = 5_000;

impl Service {
    /// Checks every account's book, in snapshots of a few hundred accounts, stopping at the first broken row. `progress`
    /// hears accounts done and in all.
    pub async fn audit_book(&self, mut progress: impl FnMut(i64, i64)) -> Result<AuditReport, Error> {
        let mut report = AuditReport { accounts: 0, entries: 0, broken: None };
        let mut view = self.store.view().await?;
        let total = accounts::count(&mut view).await?;
        let free_days = Ground::load(&mut view).await?.catalogue.has_free_days();
        if let Some(contract) = accounts::unconnected(&mut view).await? {
            report.broken = Some((contract, Fault::Unconnected));
            return Ok(report);
        }
        drop(view);
        let mut after = Uuid::nil();
        loop {
            let mut view = self.store.view().await?;
            let page = accounts::page(&mut view, after, CHUNK).await?;
            let Some(last) = page.last().map(|held| held.id) else { break };
            let spells = spells::stretch(&mut view, after, last).await?.into_iter().peekable();
            let promises = acts::promises(&mut view, after, last).await?.into_iter().peekable();
            let rows = Rows { view, after: (after, i64::MAX), last, batch: Vec::new().into_iter(), more: true };
            let mut chunk = Chunk { rows, spells, promises, free_days };
            for held in &page {
                report.accounts += 1;
                if let Some(fault) = chunk.check(held, &mut report.entries).await? {
                    report.broken = Some((held.contract.clone(), fault));
                    return Ok(report);
                }
            }
            after = last;
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

/// The accounts of one snapshot, checked in order of id.
struct Chunk {
    rows: Rows,
    spells: Peekable<vec::IntoIter<(Uuid, Spell)>>,
    promises: Peekable<vec::IntoIter<(Uuid, String)>>,
    free_days: bool,
}

impl Chunk {
    /// Checks one account; counts its entries.
    async fn check(&mut self, held: &Held, entries: &mut i64) -> Result<Option<Fault>, Error> {
        let mut book = Audit::new(self.free_days);
        while let Some(row) = self.rows.next_of(held.id).await? {
            *entries += 1;
            let connection = row.service_id;
            let entry = match row.entry() {
                Err(StoreError::Corrupt(why)) => return Ok(Some(Fault::Unreadable(why))),
                read => read?,
            };
            if let Err(broken) = book.entry(connection, &entry) {
                return Ok(Some(broken.into()));
            }
        }
        let spells: Vec<Spell> = std::iter::from_fn(|| self.spells.next_if(|(account, _)| *account == held.id))
            .map(|(_, spell)| spell)
            .collect();
        let mut promised = Vec::new();
        while let Some((_, body)) = self.promises.next_if(|(account, _)| *account == held.id) {
            match promised_of(&body) {
                Ok(order) => promised.push(order),
                Err(why) => return Ok(Some(Fault::Unreadable(why))),
            }
        }
        let ended = book.end(&held.service_id, &held.account, &spells);
        Ok(ended.and_then(|()| book.promises(&held.account, &promised)).err().map(Fault::from))
    }
}

/// A promised payment as its order says.
fn promised_of(body: &str) -> Result<Promised, String> {
    let order: Order = serde_json::from_str(body).map_err(|why| format!("an order that is none: {why}"))?;
    let promise = order.promise.ok_or_else(|| format!("order {} of a promised payment without one", order.id))?;
    let price = order.entries.iter().find(|entry| entry.kind == EntryKind::PromisedPayment).map(|entry| entry.seq);
    Ok(Promised { promise, price })
}

/// The entries of a chunk as a stream, in order of account and number.
struct Rows {
    view: View,
    after: (Uuid, i64),
    last: Uuid,
    batch: vec::IntoIter<Posted>,
    more: bool,
}

impl Rows {
    /// The next entry, if it is this account's.
    async fn next_of(&mut self, account: Uuid) -> Result<Option<Posted>, Error> {
        if self.more && self.batch.as_slice().is_empty() {
            let batch = ledger::stretch(&mut self.view, self.after, self.last, BATCH).await?;
            self.more = batch.len() as i64 == BATCH;
            self.after = batch.last().map_or(self.after, |row| (row.account_id, row.seq()));
            self.batch = batch.into_iter();
        }
        let is_next = self.batch.as_slice().first().is_some_and(|row| row.account_id == account);
        Ok(if is_next { self.batch.next() } else { None })
    }
}
