//! What a gateway says of a payment, told by itself or asked for: verified, weighed in core, written once.

use crate::account_tx::{AccountTx, Actor};
use crate::{Error, Service};
use cabinet_core::Money;
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::payment::{Attention, Effect, News, NewsKind, PaymentState};
use cabinet_gateways::acquirer::{Acquirer, Answer, Asked, Doubt, Event, Fault, Kind, Notification, Rejected};
use cabinet_store::payments::{self, Held, ProviderTxn};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The kind under which the transactions of gateways are claimed.
pub(crate) const CLAIM: &str = "credit";
/// What is signed of an event that was asked for.
pub(crate) const ASKED: &[u8] = b"";

/// What a gateway said, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// The gateway's id of the payment.
    pub transaction: Option<String>,
    /// The payment's sum.
    pub amount: Option<Money>,
    /// Its currency.
    pub currency: Option<String>,
    /// What went back by then, all in all.
    pub returned: Option<Money>,
    /// The gateway's words on a failure.
    pub reason: Option<String>,
    /// Why it is in doubt.
    pub doubts: Vec<String>,
}

/// What was made of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Note {
    Credited,
    Noted,
    Review,
}

impl Note {
    fn of(effect: &Effect) -> Note {
        match effect {
            Effect { alert: Some(_), .. } => Note::Review,
            Effect { credit: Some(_), .. } => Note::Credited,
            _ => Note::Noted,
        }
    }

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
        let signed = acquirer.signed_part(raw);
        let (id, digest) = (Uuid::parse_str(&event.reference).ok(), Sha256::digest(&signed));
        let known = payments::known(&mut self.store.read().await?, id, event.acquirer, &digest).await?;
        // What was taken in before moved what it could.
        if !known.said {
            self.ask_after(&**acquirer, &event).await?;
            self.take_event(&event, &signed, id.zip(known.owner)).await?;
        }
        Ok(acquirer.acknowledge(&event, self.clock.now()))
    }

    /// What is signed too weakly for its sum is taken once the gateway, asked, says the same. Where it does not, or does not
    /// answer, nothing is written: the gateway comes again, and payments are asked after anyway.
    async fn ask_after(&self, acquirer: &dyn Acquirer, event: &Event) -> Result<(), NotTaken> {
        if !acquirer.is_asked_after(event) {
            return Ok(());
        }
        let asked = Asked { reference: &event.reference, provider_ref: None };
        let fault = match acquirer.poll(asked, self.clock.now()).await {
            Ok(said) if (said.kind, said.amount, &said.currency) == (event.kind, event.amount, &event.currency) => {
                return Ok(());
            }
            Ok(said) => {
                let (gateway, reference) = (event.acquirer, &event.reference);
                tracing::error!(gateway, reference, ?said, "a notification says what its gateway, asked, does not");
                Fault::BadAnswer("not what its notification says")
            }
            Err(fault) => fault,
        };
        Err(NotTaken::Rejected(Rejected::Unavailable(fault)))
    }

    /// Writes what an event means for its payment, in one transaction: entries, the state, the event itself with what the
    /// gateway signed of it, once. `of` is the payment it names, and whose that is; an event of no payment of ours is kept
    /// for people to look at.
    pub(crate) async fn take_event(
        &self,
        event: &Event,
        signed: &[u8],
        of: Option<(Uuid, Uuid)>,
    ) -> Result<Option<Held>, Error> {
        let Some((id, account)) = of else {
            let mut tx = self.store.write().await?;
            let new = payments::record(&mut tx, &self.said(event, None, signed, "no such payment", None)?).await?;
            tx.commit().await?;
            if new {
                tracing::error!(gateway = event.acquirer, reference = event.reference, "money for no payment of ours");
            }
            return Ok(None);
        };
        let mut work = self.open_account(account).await?;
        let mut held =
            payments::find(&mut work.tx, account, id).await?.ok_or_else(|| Error::internal("a payment left"))?;
        let was = held.clone();
        let effect = self.learn(&mut work, &mut held, event).await?;
        let note = Note::of(&effect);
        if let Some(why) = effect.alert {
            (held.attention, held.attention_at) = (Some(why), Some(work.now.instant));
            tracing::error!(gateway = held.provider, payment = %id, why = why.code(), "a payment waits for a person");
        }
        if held != was || effect.alert.is_some() {
            held.changed_at = work.now.instant;
            payments::save(&mut work.tx, &held, held.changed_at).await?;
            if effect.credit.is_some() {
                self.want_receipt(&mut work.tx, &held).await?;
            }
            let details = serde_json::json!({
                "payment": id, "told": told(event), "kind": kind(event), "state": held.payment.state.code(),
                "credited": effect.credit, "reversed": effect.reverse, "review": effect.alert.map(Attention::code),
            });
            work.audit(Actor::System, "payment.news", details).await?;
        }
        // Asked again and again, a gateway mostly says that nothing has changed.
        if held != was || note != Note::Noted || signed != ASKED {
            let said = self.said(event, Some(id), signed, note.text(), effect.alert)?;
            payments::record(&mut work.tx, &said).await?;
        }
        work.commit().await?;
        Ok(Some(held))
    }

    async fn learn(&self, work: &mut AccountTx<'_>, held: &mut Held, event: &Event) -> Result<Effect, Error> {
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
            effect.alert = Some(Attention::ChargedTwice);
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
                effect = Effect { alert: Some(Attention::TransactionTaken), ..Effect::default() };
            }
        }
        let words = serde_json::to_string(&told(event))?;
        if effect.alert.is_some() && payments::was_alerted(&mut work.tx, held.id, &words).await? {
            // A person was called by these words before, and may have decided since.
            held.payment = was;
            return Ok(Effect::default());
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
        Ok(effect)
    }

    /// Whether a success told again is of the transaction that was credited.
    async fn is_same_money(&self, work: &mut AccountTx<'_>, held: &Held, event: &Event) -> Result<bool, Error> {
        let known = payments::find_txn(&mut work.tx, &held.provider, &event.provider_txn_id, CLAIM).await?;
        Ok(known.is_some_and(|txn| txn.account_id == held.account_id && Some(txn.number) == held.credited_seq))
    }

    fn said(
        &self,
        event: &Event,
        payment_id: Option<Uuid>,
        signed: &[u8],
        note: &str,
        attention: Option<Attention>,
    ) -> Result<payments::Event, Error> {
        Ok(payments::Event {
            id: self.new_id(),
            provider: event.acquirer.to_owned(),
            payment_id,
            kind: kind(event).to_owned(),
            body: signed.to_owned(),
            digest: (signed != ASKED).then(|| Sha256::digest(signed).to_vec()),
            told: serde_json::to_string(&told(event))?,
            occurred_at: event.occurred_at,
            note: note.to_owned(),
            attention: attention.map(|why| why.code().to_owned()),
            received_at: self.clock.now(),
        })
    }
}

fn told(event: &Event) -> Told {
    let returned = match event.kind {
        Kind::Reversed { returned } => Some(returned),
        Kind::Paid | Kind::Failed | Kind::Pending => None,
    };
    Told {
        transaction: Some(event.provider_txn_id.clone()),
        amount: Some(event.amount),
        currency: Some(event.currency.clone()),
        returned,
        reason: event.reason.clone(),
        doubts: event.doubts.iter().map(doubt).collect(),
    }
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
