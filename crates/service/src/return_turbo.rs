//! A Turbo that the network did not take in time is paid back (RULES §9).

use crate::account_tx::Actor;
use crate::acts::{OrderStatus, order_of, reference};
use crate::work_outbox::Done;
use crate::{Error, Service};
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::network::TAKEN_WITHIN;
use cabinet_core::{Money, Refusal};
use cabinet_store::outbox::Claimed;
use cabinet_store::{acts, ledger, network_states, turbos};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Asks whether the network took a Turbo in time. One that it did not take is off and paid back, a free one given back;
    /// one that it took late stays on and is paid back all the same. Staff sees it among the tasks given up.
    pub(crate) async fn judge_turbo(&self, task: &Claimed, order: Uuid) -> Result<Done, Error> {
        let Some(account) = task.account_id.filter(|_| self.network.is_some()) else { return Ok(Done::Finished) };
        let mut work = self.open_account(account).await?;
        let row = acts::order(&mut work.tx, account, order).await?.ok_or(Refusal::NotFound)?;
        let mut order = order_of(&row, work.now.today)?;
        let run = turbos::find(&mut work.tx, account, order.id).await?;
        let stands = matches!(order.status, OrderStatus::Planned | OrderStatus::Done);
        let Some(run) = run.filter(|_| stands) else { return Ok(Done::Finished) };
        let state = network_states::find(&mut work.tx, account).await?;
        let on = match run.applied_at {
            Some(at) if at <= run.starts_at + TAKEN_WITHIN => return Ok(Done::Finished),
            // The network follows; what it gives is no Turbo for another reason, as a contract that was stopped.
            None if state.is_none_or(|state| state.is_taken()) => return Ok(Done::Finished),
            taken => taken.is_some(),
        };
        let mut amount = Money::ZERO;
        let price = ledger::by_reference(&mut work.tx, account, &reference(order.id)).await?;
        let back_already = match &price {
            Some(entry) => ledger::reversal_of(&mut work.tx, account, entry.seq).await?.is_some(),
            None => false,
        };
        if let Some(entry) = price.filter(|_| !back_already) {
            amount = -entry.amount;
            let back =
                Draft { tariff: entry.tariff, reverses: Some(entry.seq), ..Draft::new(EntryKind::Reversal, amount) };
            order.entries.push(work.post(back, Actor::System).await?);
        }
        if on && amount.is_zero() {
            return Ok(Done::Finished);
        }
        if !on {
            turbos::remove(&mut work.tx, account, order.id).await?;
            work.held.account.turbo_until = turbos::last_but(&mut work.tx, account, order.id).await?;
        }
        // What came back may be what today's charge lacked.
        work.settle().await?;
        if on {
            acts::move_order(&mut work.tx, account, order.id, &serde_json::to_string(&order)?, order.starts_on).await?;
        } else {
            order.status = OrderStatus::Cancelled;
            self.take_back_order(&mut work, &order).await?;
        }
        work.audit(Actor::System, "turbo.returned", json!({ "order": order.id, "amount": amount, "on": on })).await?;
        work.happened.returned = Some((amount, work.held.account.entries));
        let contract = work.held.contract.clone();
        work.commit().await?;
        let ending = if on { "was taken late" } else { "was not taken" };
        Ok(Done::GivenUp(format!("Turbo of contract {contract} {ending} by the network: {amount} is given back")))
    }
}
