//! What a gateway says of a payment, told by itself or asked for: verified, weighed in core, written once.

use crate::account_tx::{AccountTx, Actor};
use crate::{Error, Service};
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::payment::{News, NewsKind};
use cabinet_gateways::acquirer::{Answer, Doubt, Event, Kind, Notification, Rejected};
use cabinet_store::payments::{self, Held, ProviderTxn};
use uuid::Uuid;

/// Why a notification was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// No such gateway here.
    Unknown,
    /// It is not believed, or cannot be checked now.
    Rejected(Rejected),
    /// The store failed: the gateway is to repeat it.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotTaken {
    fn from(error: E) -> NotTaken {
        NotTaken::Failed(error.into())
    }
}

impl Service {
    /// Takes a gateway's notification; what it wants to hear is answered only when everything is durable.
    ///
    /// # Errors
    /// [`NotTaken`]; nothing is written then.
    pub async fn take_notification(&self, gateway: &str, raw: Notification<'_>) -> Result<Answer, NotTaken> {
        let acquirer = self.acquirers.get(gateway).ok_or(NotTaken::Unknown)?;
        let event = acquirer.verify(raw, self.clock.now()).await.map_err(NotTaken::Rejected)?;
        self.take_event(&event, raw.body).await?;
        Ok(acquirer.acknowledge(&event, self.clock.now()))
    }

    /// Writes what an event means for its payment, in one transaction: entries, the state, the event itself. An event
    /// of no payment of ours is kept for people to look at.
    pub(crate) async fn take_event(&self, event: &Event, body: &[u8]) -> Result<Option<Held>, Error> {
        let id = Uuid::parse_str(&event.reference).ok();
        let owner = match id {
            Some(id) => payments::owner(&mut self.store.read().await?, id).await?.map(|account| (id, account)),
            None => None,
        };
        let Some((id, account)) = owner else {
            let mut tx = self.store.write().await?;
            payments::record(&mut tx, &self.said(event, None, body, "no such payment")).await?;
            tx.commit().await?;
            tracing::error!(gateway = event.acquirer, reference = event.reference, "money for no payment of ours");
            return Ok(None);
        };
        let mut work = self.open_account(account).await?;
        let mut held =
            payments::find(&mut work.tx, account, id).await?.ok_or_else(|| Error::internal("a payment left"))?;
        let note = self.learn(&mut work, &mut held, event).await?;
        payments::record(&mut work.tx, &self.said(event, Some(id), body, note)).await?;
        work.commit().await?;
        Ok(Some(held))
    }

    async fn learn(&self, work: &mut AccountTx<'_>, held: &mut Held, event: &Event) -> Result<&'static str, Error> {
        let now = work.now.instant;
        let kind = match event.kind {
            Kind::Paid => NewsKind::Paid,
            Kind::Failed => NewsKind::Failed,
            Kind::Pending => NewsKind::Pending,
            Kind::Reversed { returned } => NewsKind::Reversed(returned),
        };
        let fits = event.acquirer == held.provider && event.is_sound();
        let was = held.payment;
        let mut effect = held.payment.learn(News { kind, amount: event.amount, fits });
        if let Some(amount) = effect.credit {
            let claim = ProviderTxn {
                account_id: held.account_id,
                number: work.held.account.entries + 1,
                amount: amount.kopecks(),
                created_at: now,
            };
            let provider = held.provider.as_str();
            if payments::claim_txn(&mut work.tx, provider, &event.provider_txn_id, "credit", &claim).await? {
                let reference = Some(format!("payment:{}:{}", held.provider, held.id));
                let draft = Draft { reference, ..Draft::new(EntryKind::OnlinePayment, amount) };
                let entry = work.post(draft, Actor::System).await?;
                held.credited_seq = Some(entry.seq);
                // The money may bring the account back, and pays for today at once.
                work.settle().await?;
            } else {
                // The gateway told one transaction of two payments of ours.
                held.payment = was;
                held.payment.state = cabinet_core::payment::PaymentState::Review;
                effect.alert = true;
                effect.reverse = None;
            }
        }
        if let Some(amount) = effect.reverse {
            let whole = held.payment.amount == amount;
            let draft =
                Draft { reverses: held.credited_seq.filter(|_| whole), ..Draft::new(EntryKind::Reversal, -amount) };
            let total = held.payment.reversed;
            let partial = Draft {
                reference: Some(format!("refund:{}:{total}", held.id)),
                ..Draft::new(EntryKind::Refund, -amount)
            };
            work.post(if whole { draft } else { partial }, Actor::System).await?;
        }
        if let Some(url) = &event.fiscal_url {
            held.fiscal_url = Some(url.clone());
        }
        payments::save(&mut work.tx, held, now).await?;
        if effect.credit.is_some() || effect.reverse.is_some() || effect.alert {
            let details = serde_json::json!({
                "payment": held.id, "gateway": held.provider, "transaction": event.provider_txn_id,
                "credited": effect.credit, "reversed": effect.reverse, "review": effect.alert,
                "doubts": event.doubts.iter().map(doubt).collect::<Vec<_>>(),
            });
            work.audit(Actor::System, "payment.news", details).await?;
        }
        if effect.alert {
            tracing::error!(gateway = held.provider, payment = %held.id, "a payment waits for a person");
            return Ok("waits for a person");
        }
        Ok(if effect.credit.is_some() { "credited" } else { "noted" })
    }

    fn said(&self, event: &Event, payment_id: Option<Uuid>, body: &[u8], note: &str) -> payments::Event {
        let kind = match event.kind {
            Kind::Paid => "paid",
            Kind::Failed => "failed",
            Kind::Pending => "pending",
            Kind::Reversed { .. } => "reversed",
        };
        payments::Event {
            id: self.new_id(),
            provider: event.acquirer.to_owned(),
            payment_id,
            verified: true,
            kind: kind.to_owned(),
            body: body.to_owned(),
            note: note.to_owned(),
            received_at: self.clock.now(),
        }
    }
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::Merchant => "merchant".to_owned(),
        Doubt::Currency => "currency".to_owned(),
        Doubt::Action(action) => format!("action {action}"),
        Doubt::Status(status) => format!("status {status}"),
        Doubt::TestMoney => "test money".to_owned(),
        Doubt::MerchantNotApproved => "merchant not approved".to_owned(),
    }
}
