//! Cash at the office.

use crate::desk::{Asked, desk};
use crate::office::ANY_PAYMENT;
use crate::{Answered, Error, Service};
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::{Money, Refusal};
use cabinet_store::{Tx, ledger};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Records cash. The same receipt again answers the first entry; with another amount it is refused. Once that entry
    /// was undone, the receipt is recorded anew, as after a mistake in its sum. A payment that makes a blocked account
    /// able again charges today and unblocks it in the same transaction.
    ///
    /// # Errors
    /// [`Refusal::AmountInvalid`], [`Refusal::ReferenceTaken`].
    pub async fn pay_cash(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        amount: Money,
        receipt: Option<&str>,
    ) -> Result<Answered<Entry>, Error> {
        if !amount.is_payable() {
            return Err(ANY_PAYMENT.into());
        }
        let mut desk = desk!(self, asked.into(), account);
        let (reference, recorded) = match receipt {
            Some(receipt) => {
                let (reference, recorded) = standing_receipt(&mut desk.work.tx, account, receipt).await?;
                (Some(reference), recorded)
            }
            None => (None, None),
        };
        if let Some(entry) = recorded {
            let same = entry.amount == amount;
            return if same {
                Ok(Answered { value: entry, replayed: true })
            } else {
                Err(Refusal::ReferenceTaken.into())
            };
        }
        let draft = Draft { reference, ..Draft::new(EntryKind::CashPayment, amount) };
        let entry = desk.work.post(draft, desk.asked.by).await?;
        desk.work.settle().await?;
        let details = json!({ "amount": amount, "seq": entry.seq, "receipt": receipt });
        desk.end(entry, "payment.cash", details).await
    }
}

/// The reference under which a receipt stands in the book, or will: behind an entry that was undone, one that names that
/// entry. And the entry that stands there, if the receipt is recorded.
async fn standing_receipt(tx: &mut Tx, account: Uuid, receipt: &str) -> Result<(String, Option<Entry>), Error> {
    let mut reference = format!("cash:{receipt}");
    loop {
        let Some(entry) = ledger::by_reference(tx, account, &reference).await? else { return Ok((reference, None)) };
        if ledger::reversal_of(tx, account, entry.seq).await?.is_none() {
            return Ok((reference, Some(entry)));
        }
        reference = format!("cash-again:{}", entry.seq);
    }
}
