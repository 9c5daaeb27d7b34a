//! The check of the whole book.

use crate::{Error, Service};
use cabinet_core::ledger::{self as rules, Broken};
use cabinet_store::{accounts, ledger};
use uuid::Uuid;

/// What the audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Accounts checked.
    pub accounts: i64,
    /// Entries checked.
    pub entries: i64,
    /// The first broken row, by contract number.
    pub broken: Option<(String, Broken)>,
}

const CHUNK: i64 = 500;

impl Service {
    /// Checks every account's book, stopping at the first broken row. `progress` hears accounts done and in all.
    pub async fn audit_book(&self, mut progress: impl FnMut(i64, i64)) -> Result<AuditReport, Error> {
        let mut view = self.store.view().await?;
        let total = accounts::count(&mut view).await?;
        let mut report = AuditReport { accounts: 0, entries: 0, broken: None };
        let mut after = Uuid::nil();
        loop {
            let page = accounts::page(&mut view, after, CHUNK).await?;
            let Some(last) = page.last() else { return Ok(report) };
            after = last.id;
            for held in &page {
                let entries = ledger::whole(&mut view, held.id).await?;
                report.accounts += 1;
                report.entries += entries.len() as i64;
                if let Err(broken) = rules::audit(&entries, held.account.balance, held.account.entries) {
                    report.broken = Some((held.contract.clone(), broken));
                    return Ok(report);
                }
            }
            progress(report.accounts, total);
        }
    }
}
