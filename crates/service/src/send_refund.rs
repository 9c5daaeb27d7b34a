//! A payment given back through its gateway: the entry is posted first, the gateway asked after it, once. Most gateways
//! know no keys, so what was asked and not answered is never asked again: a person finds out what became of it.

use crate::account_tx::Actor;
use crate::work_outbox::{Done, Job};
use crate::{Error, Service};
use cabinet_core::payment::Attention;
use cabinet_core::{Money, Refusal};
use cabinet_gateways::acquirer::{Asked, Fault, Refund, Unreached};
use cabinet_store::Tx;
use cabinet_store::gateway_refunds::{self, GatewayRefund};
use cabinet_store::outbox::Claimed;
use cabinet_store::payments::{self, Held};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A gateway that is away is waited for so long.
const PATIENCE: Duration = Duration::hours(6);

const WAITS: &str = "waits";
const ASKED: &str = "asked";

impl Service {
    /// Whether a gateway can give so much of a payment back by itself.
    ///
    /// # Errors
    /// [`Refusal::RefundUnsendable`].
    pub(crate) fn check_sendable(&self, held: Option<&Held>, amount: Money) -> Result<Uuid, Refusal> {
        let no = |whole_only| Refusal::RefundUnsendable { whole_only };
        let held = held.ok_or(no(false))?;
        let able = self.acquirers.get(&held.provider).ok_or(no(false))?.capabilities();
        let whole = amount == held.payment.amount && held.payment.reversed_posted.is_zero();
        match () {
            () if !able.refund => Err(no(false)),
            () if !able.partial_refund && !whole => Err(no(held.payment.reversed_posted.is_zero())),
            () => Ok(held.id),
        }
    }

    /// Writes that the gateway is to be asked, in the transaction that posts the entry.
    pub(crate) async fn order_refund(
        &self,
        tx: &mut Tx,
        account: Uuid,
        seq: i64,
        (payment_id, amount, reason): (Uuid, Money, &str),
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let refund = GatewayRefund {
            account_id: account,
            seq,
            payment_id,
            amount: amount.kopecks(),
            reason: reason.to_owned(),
            state: WAITS.to_owned(),
            created_at: now,
            changed_at: now,
        };
        gateway_refunds::put(tx, &refund).await?;
        self.later(tx, Some(account), &Job::Refund { entry: seq }, now).await
    }

    /// Asks the gateway.
    pub(crate) async fn send_refund(&self, task: &Claimed, entry: i64) -> Result<Done, Error> {
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let mut view = self.store.read().await?;
        let Some(refund) = gateway_refunds::find(&mut view, account, entry).await? else { return Ok(Done::Finished) };
        let held = payments::find(&mut view, account, refund.payment_id).await?.ok_or(Refusal::NotFound)?;
        drop(view);
        if refund.state == ASKED {
            // Whoever asked did not live to hear.
            return self.refund_failed(&refund, "asked, and the answer was lost").await;
        }
        if refund.state != WAITS {
            return Ok(Done::Finished);
        }
        let Some(acquirer) = self.acquirers.get(&held.provider) else {
            return self.refund_away(&refund, "the gateway is switched off").await;
        };
        if !self.turn(&refund, WAITS, ASKED).await? {
            return Ok(Done::Finished);
        }
        let (reference, key) = (held.id.to_string(), format!("{account}-{entry}"));
        let asked = Asked { reference: &reference, provider_ref: held.provider_ref.as_deref() };
        let amount = Money::from_kopecks(refund.amount);
        let wish = Refund { asked, amount, key: &key, reason: &refund.reason };
        match acquirer.refund(wish, self.clock.now()).await {
            Ok(_) => self.refund_done(&refund).await,
            // Nothing was asked, so nothing was done.
            Err(Fault::Unreached(Unreached::Resting)) => {
                self.turn(&refund, ASKED, WAITS).await?;
                self.refund_away(&refund, "the gateway rests after failures").await
            }
            Err(fault) => self.refund_failed(&refund, &fault.to_string()).await,
        }
    }

    async fn turn(&self, refund: &GatewayRefund, from: &str, to: &str) -> Result<bool, Error> {
        let mut tx = self.store.write().await?;
        let now = self.clock.now();
        let turned = gateway_refunds::turn(&mut tx, refund.account_id, refund.seq, (from, to), now).await?;
        tx.commit().await?;
        Ok(turned)
    }

    async fn refund_away(&self, refund: &GatewayRefund, why: &str) -> Result<Done, Error> {
        match self.clock.now() - refund.created_at > PATIENCE {
            true => self.refund_failed(refund, why).await,
            false => Ok(Done::Waits(why.to_owned())),
        }
    }

    async fn refund_done(&self, refund: &GatewayRefund) -> Result<Done, Error> {
        let mut work = self.lock_account(refund.account_id).await?;
        let (account, now) = (refund.account_id, work.now.instant);
        if gateway_refunds::turn(&mut work.tx, account, refund.seq, (ASKED, "done"), now).await? {
            let amount = Money::from_kopecks(refund.amount);
            let details = json!({ "payment": refund.payment_id, "seq": refund.seq, "amount": amount, "done": true });
            work.audit(Actor::System, "payment.refund_sent", details).await?;
            work.commit().await?;
        }
        Ok(Done::Finished)
    }

    /// A person is called: the entry stands, and whether the payer has the money is to be found out.
    async fn refund_failed(&self, refund: &GatewayRefund, why: &str) -> Result<Done, Error> {
        let account = refund.account_id;
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let mut turned = false;
        for from in [WAITS, ASKED] {
            turned |= gateway_refunds::turn(&mut work.tx, account, refund.seq, (from, "failed"), now).await?;
        }
        if turned {
            let found = payments::find(&mut work.tx, account, refund.payment_id).await?;
            let mut held = found.ok_or(Refusal::NotFound)?;
            if held.attention.is_none() {
                (held.attention, held.attention_at) = (Some(Attention::RefundFailed), Some(now));
                payments::save(&mut work.tx, &held, now).await?;
            }
            tracing::error!(payment = %held.id, gateway = held.provider, why, "a refund was not carried out");
            let amount = Money::from_kopecks(refund.amount);
            let details = json!({
                "payment": refund.payment_id, "seq": refund.seq, "amount": amount, "done": false, "why": why,
            });
            work.audit(Actor::System, "payment.refund_sent", details).await?;
            work.commit().await?;
        }
        Ok(Done::Finished)
    }
}
