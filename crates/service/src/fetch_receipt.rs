//! The fiscal receipt of a payment: gateways that make one make it after the money, and tell of it only when asked.

use crate::account_tx::Actor;
use crate::work_outbox::{Done, Job};
use crate::{Error, Service};
use cabinet_core::payment;
use cabinet_gateways::acquirer::Asked;
use cabinet_store::Tx;
use cabinet_store::outbox::Claimed;
use cabinet_store::payments::{self, Held};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Has the gateway asked for the receipt of what was just credited, where it makes receipts and told of none yet.
    pub(crate) async fn want_receipt(&self, tx: &mut Tx, held: &Held) -> Result<(), Error> {
        let makes = self.acquirers.get(&held.provider).is_some_and(|acquirer| acquirer.capabilities().fiscal);
        let now = self.clock.now();
        match payment::next_receipt(now, now).filter(|_| makes && held.fiscal_url.is_none()) {
            Some(at) => self.later(tx, Some(held.account_id), &Job::FiscalReceipt { payment: held.id }, at).await,
            None => Ok(()),
        }
    }

    /// Asks for it, and again ever more rarely while there is none.
    pub(crate) async fn fetch_receipt(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let held = payments::find(&mut self.store.read().await?, account, id).await?;
        let Some(held) = held.filter(|held| held.fiscal_url.is_none()) else { return Ok(Done::Finished) };
        let reference = held.id.to_string();
        let asked = Asked { reference: &reference, provider_ref: held.provider_ref.as_deref() };
        let told = match self.acquirers.get(&held.provider) {
            Some(acquirer) => acquirer.receipt(asked, self.clock.now()).await,
            None => Ok(None),
        };
        let url = told.unwrap_or_else(|fault| {
            tracing::warn!(%fault, gateway = held.provider, payment = %id, "a fiscal receipt was asked for in vain");
            None
        });
        match url {
            Some(url) => self.keep_receipt(account, id, url).await,
            None => Ok(payment::next_receipt(task.created_at, self.clock.now()).map_or(Done::Finished, Done::Again)),
        }
    }

    async fn keep_receipt(&self, account: Uuid, id: Uuid, url: String) -> Result<Done, Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let Some(mut held) = payments::find(&mut work.tx, account, id).await? else { return Ok(Done::Finished) };
        held.fiscal_url = Some(url);
        payments::save(&mut work.tx, &held, now).await?;
        work.audit(Actor::System, "payment.fiscal_receipt", json!({ "payment": id })).await?;
        work.commit().await?;
        Ok(Done::Finished)
    }
}
