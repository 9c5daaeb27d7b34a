//! What a gateway says of a payment, told by itself or asked for: verified, weighed in core, written once.

use crate::account_tx::{AccountTx, Actor};
use crate::{Error, Service};
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::payment::{Effect, News, NewsKind, PaymentState};
use cabinet_gateways::acquirer::{Answer, Doubt, Event, Kind, Notification, Rejected};
use cabinet_store::payments::{self, Held, ProviderTxn};
use serde_json::Value;
use uuid::Uuid;

/// The kind under which the transactions of gateways are claimed.
const CLAIM: &str = "credit";
/// The body of an event that was asked for: its words are kept instead.
pub(crate) const ASKED: &[u8] = b"";

/// What was made of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    Credited,
    Noted,
    Review,
}

impl Note {
    fn text(self) -> &'static str {
        match self {
            Note::Credited => "credited",
            Note::Noted => "noted",
            Note::Review => "waits for a person",
        }
    }
}

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
        let was = held.clone();
        let note = self.learn(&mut work, &mut held, event).await?;
        if held != was {
            held.changed_at = work.now.instant;
            payments::save(&mut work.tx, &held, held.changed_at).await?;
        }
        // Asked again and again, a gateway mostly says that nothing has changed.
        if held != was || note != Note::Noted || body != ASKED {
            payments::record(&mut work.tx, &self.said(event, Some(id), body, note.text())).await?;
        }
        work.commit().await?;
        Ok(Some(held))
    }

    async fn learn(&self, work: &mut AccountTx<'_>, held: &mut Held, event: &Event) -> Result<Note, Error> {
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
        if was.credited && event.kind == Kind::Paid && !self.is_same_money(work, held, event).await? {
            // The payer paid twice: once is on the balance, the other is for a person to give back.
            effect.alert = true;
        }
        if let Some(amount) = effect.credit {
            let claim = ProviderTxn {
                account_id: held.account_id,
                number: work.held.account.entries + 1,
                amount: amount.kopecks(),
                created_at: now,
            };
            let provider = held.provider.as_str();
            if payments::claim_txn(&mut work.tx, provider, &event.provider_txn_id, CLAIM, &claim).await? {
                let reference = Some(format!("payment:{}:{}", held.provider, held.id));
                let draft = Draft { reference, ..Draft::new(EntryKind::OnlinePayment, amount) };
                held.credited_seq = Some(work.post(draft, Actor::System).await?.seq);
            } else {
                // The gateway told one transaction of two payments of ours.
                held.payment = was;
                held.payment.state = PaymentState::Review;
                effect = Effect { alert: true, ..Effect::default() };
            }
        }
        if let Some(amount) = effect.reverse {
            let draft = match held.payment.amount == amount {
                true => Draft { reverses: held.credited_seq, ..Draft::new(EntryKind::Reversal, -amount) },
                false => Draft {
                    reference: Some(format!("refund:{}:{}:{}", held.provider, held.id, held.payment.reversed)),
                    ..Draft::new(EntryKind::Refund, -amount)
                },
            };
            work.post(draft, Actor::System).await?;
        }
        if effect.credit.is_some() {
            // What is left of the money may bring the account back, and pays for today at once.
            work.settle().await?;
        }
        if let Some(url) = event.fiscal_url.as_ref().filter(|_| fits) {
            held.fiscal_url = Some(url.clone());
        }
        if effect != Effect::default() {
            let details = serde_json::json!({
                "payment": held.id, "transaction": event.provider_txn_id, "told": told(event),
                "credited": effect.credit, "reversed": effect.reverse, "review": effect.alert,
            });
            work.audit(Actor::System, "payment.news", details).await?;
        }
        if effect.alert {
            tracing::error!(gateway = held.provider, payment = %held.id, "a payment waits for a person");
            return Ok(Note::Review);
        }
        Ok(if effect.credit.is_some() { Note::Credited } else { Note::Noted })
    }

    /// Whether a success told again is of the transaction that was credited.
    async fn is_same_money(&self, work: &mut AccountTx<'_>, held: &Held, event: &Event) -> Result<bool, Error> {
        let known = payments::find_txn(&mut work.tx, &held.provider, &event.provider_txn_id, CLAIM).await?;
        Ok(known.is_some_and(|txn| txn.account_id == held.account_id && Some(txn.number) == held.credited_seq))
    }

    fn said(&self, event: &Event, payment_id: Option<Uuid>, body: &[u8], note: &str) -> payments::Event {
        let body = if body == ASKED { told(event).to_string().into_bytes() } else { body.to_owned() };
        payments::Event {
            id: self.new_id(),
            provider: event.acquirer.to_owned(),
            payment_id,
            verified: true,
            kind: kind(event).to_owned(),
            body,
            note: note.to_owned(),
            received_at: self.clock.now(),
        }
    }
}

/// What an event says, for people.
fn told(event: &Event) -> Value {
    let returned = match event.kind {
        Kind::Reversed { returned } => Some(returned),
        Kind::Paid | Kind::Failed | Kind::Pending => None,
    };
    serde_json::json!({
        "gateway": event.acquirer, "kind": kind(event), "amount": event.amount, "currency": event.currency,
        "returned": returned, "reason": event.reason, "doubts": event.doubts.iter().map(doubt).collect::<Vec<_>>(),
        "at": event.occurred_at.map(|at| at.to_string()),
    })
}

fn kind(event: &Event) -> &'static str {
    match event.kind {
        Kind::Paid => "paid",
        Kind::Failed => "failed",
        Kind::Pending => "pending",
        Kind::Reversed { .. } => "reversed",
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
