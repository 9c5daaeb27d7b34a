//! Cash at the office.

use crate::desk::{Asked, desk};
use crate::office::ANY_PAYMENT;
use crate::{Answered, Error, Service};
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::{Money, Refusal};
use cabinet_store::ledger;
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Records cash. The same receipt again answers the first entry; with another amount it is refused. A payment that
    /// makes a blocked account able again charges today and unblocks it in the same transaction.
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
        let reference = receipt.map(|receipt| format!("cash:{receipt}"));
        if let Some(reference) = &reference
            && let Some(entry) = ledger::by_reference(&mut desk.work.tx, account, reference).await?
        {
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
