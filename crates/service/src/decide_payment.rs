//! What a person decides of a payment that was looked at.

use crate::desk::{Asked, desk};
use crate::office::{ANY_PAYMENT, check_reason};
use crate::take_notification::{CLAIM, Told};
use crate::{Answered, Error, Service};
use cabinet_core::Refusal;
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::payment::Decision;
use cabinet_store::payments::{self, ProviderTxn};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Ends the looking at a payment: the sum that came goes to the balance, or nothing more is to be done. The gateway's
    /// same words call nobody again. Answers the entry, if one was posted.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] where nobody waits for a decision, [`Refusal::AmountInvalid`],
    /// [`Refusal::FieldInvalid`].
    pub async fn decide_payment(
        &self,
        asked: impl Into<Asked>,
        id: Uuid,
        decision: Decision,
        reason: &str,
    ) -> Result<Answered<Option<Entry>>, Error> {
        let reason = check_reason(reason)?;
        if matches!(decision, Decision::Credit(sum) if !sum.is_payable()) {
            return Err(ANY_PAYMENT.into());
        }
        let account = payments::owner(&mut self.store.read().await?, id).await?.ok_or(Refusal::NotFound)?;
        let mut desk = desk!(self, asked.into(), account);
        let now = desk.work.now.instant;
        let mut held = payments::find(&mut desk.work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        let why = held.attention.take().ok_or(Refusal::AlreadyDecided)?;
        held.attention_at = None;
        let was = held.payment;
        let entry = match held.payment.decide(decision) {
            None => None,
            Some(sum) => {
                let number = desk.work.held.account.entries + 1;
                let reference = match was.credited {
                    true => format!("payment:{}:{id}:{number}", held.provider),
                    false => format!("payment:{}:{id}", held.provider),
                };
                let draft = Draft { reference: Some(reference), ..Draft::new(EntryKind::OnlinePayment, sum) };
                let entry = desk.work.post(draft, desk.asked.by).await?;
                if !was.credited {
                    held.credited_seq = Some(entry.seq);
                    // The money credited is the one that was doubted, as far as it is nobody's yet.
                    let said = payments::events(&mut desk.work.tx, id).await?;
                    let doubted = said.iter().rev().find(|event| event.attention.is_some());
                    let told: Told =
                        doubted.map(|event| serde_json::from_str(&event.told)).transpose()?.unwrap_or_default();
                    if let Some(transaction) = told.transaction {
                        let claim = ProviderTxn { account_id: account, number, amount: sum.kopecks(), created_at: now };
                        payments::claim_txn(&mut desk.work.tx, &held.provider, &transaction, CLAIM, &claim).await?;
                    }
                }
                Some(entry)
            }
        };
        held.changed_at = now;
        payments::save(&mut desk.work.tx, &held, now).await?;
        if entry.is_some() && !was.credited {
            self.want_receipt(&mut desk.work.tx, &held).await?;
        }
        desk.work.settle().await?;
        let details = json!({
            "payment": id, "why": why, "credited": entry.as_ref().map(|entry| entry.amount),
            "seq": entry.as_ref().map(|entry| entry.seq), "state": held.payment.state.code(), "reason": reason,
        });
        desk.end(entry, "payment.decide", details).await
    }
}
