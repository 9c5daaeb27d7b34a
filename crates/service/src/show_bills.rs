//! Bills: reads. How a bill stands is told from what the book took in since its date.

use crate::{Error, Ground, Service};
use cabinet_core::bill::{Bill, BillState, credits};
use cabinet_core::ledger::Entry;
use cabinet_core::{Month, Refusal};
use cabinet_store::{View, bills, ledger};
use std::sync::Arc;
use uuid::Uuid;

/// A bill and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillFacts {
    /// As it was made.
    pub bill: Bill,
    /// Now.
    pub state: BillState,
}

impl Service {
    /// Bills of this account, newest first, those dated before the month of the cursor, and the cursor of the next page.
    pub async fn list_bills(
        &self,
        account: Uuid,
        cursor: Option<Month>,
        limit: i64,
    ) -> Result<(Vec<BillFacts>, Option<Month>), Error> {
        let mut view = self.store.view().await?;
        let mut found = bills::page(&mut view, account, cursor.map(Month::previous), limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|bill| Month::of(bill.date()));
        Ok((stand(&mut view, account, found).await?, next))
    }

    /// The bill dated the 1st of a month, and the names of its tariffs.
    pub async fn show_bill(&self, account: Uuid, dated: Month) -> Result<(BillFacts, Arc<Ground>), Error> {
        let facts = bill_of(&mut self.store.view().await?, account, dated).await?;
        let lines = [&facts.bill.charges, &facts.bill.ahead].into_iter().flatten();
        let ground = self.ground_naming(lines.filter_map(|line| line.tariff.as_ref())).await?;
        Ok((facts, ground))
    }
}

/// The bill of this account dated the 1st of a month.
///
/// # Errors
/// [`Refusal::NotFound`].
pub(crate) async fn bill_of(view: &mut View, account: Uuid, dated: Month) -> Result<BillFacts, Error> {
    let found = bills::find(view, account, dated.previous()).await?.ok_or(Refusal::NotFound)?;
    stand(view, account, vec![found]).await?.pop().ok_or_else(|| Refusal::NotFound.into())
}

/// How these bills, newest first, stand.
async fn stand(view: &mut View, account: Uuid, found: Vec<Bill>) -> Result<Vec<BillFacts>, Error> {
    let Some(oldest) = found.last() else { return Ok(Vec::new()) };
    let entries: Vec<Entry> = ledger::moved_since(view, account, oldest.date()).await?;
    let newest = bills::newest(view, account).await?;
    let of = |bill: Bill| {
        let put_in = credits(entries.iter().filter(|entry| entry.posted_on >= bill.date()));
        let state = bill.state(put_in, newest.is_some_and(|newest| newest > bill.closes));
        BillFacts { bill, state }
    };
    Ok(found.into_iter().map(of).collect())
}
