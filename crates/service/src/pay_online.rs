//! A payment through a gateway: thought about, ordered, sent off, looked at.

use crate::account_tx::Actor;
use crate::idempotency::AtWork;
use crate::show_bills::bill_of;
use crate::work_outbox::Job;
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::bill::{BillState, number};
use cabinet_core::forecast::{self, Outlook};
use cabinet_core::payment::{self, Payment};
use cabinet_core::{Account, Language, Money, Month, Now, Refusal};
use cabinet_gateways::acquirer::{Checkout, Redirect};
use cabinet_store::accounts;
use cabinet_store::payments::{self, Held};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::Date;
use uuid::Uuid;

/// A payment to be.
#[derive(Clone, Debug)]
pub struct PaymentWish {
    /// How much; what is missing of the bill unless given.
    pub amount: Option<Money>,
    /// The bill it is for, by the month of its date.
    pub bill: Option<Month>,
    /// Code of the gateway.
    pub method: String,
    /// The payer's language.
    pub language: Language,
    /// The public address of this installation, without a slash at its end: gateways return and notify there.
    pub public_url: String,
}

/// Where the payer goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// To an address.
    Url {
        /// The address.
        url: String,
    },
    /// By posting a form.
    Form {
        /// Where to.
        url: String,
        /// Names and values in order.
        fields: Vec<(String, String)>,
    },
}

/// What a payment would be good for.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The moment.
    pub now: Now,
    /// The balance, today's charge taken.
    pub balance: Money,
    /// The last day it covers.
    pub enough_until: Option<Date>,
    /// Sums worth paying and the days they are good for.
    pub suggestions: Vec<(Money, Date)>,
    /// The sum asked about, the account after it and how long it would last.
    pub outcome: Option<(Money, Account, Outlook)>,
}

/// Sums offered beside one of one's own.
const SUGGESTED: usize = 3;
/// A twin looks for the first one's page after each of these…
const TWIN_STEP: Duration = Duration::from_millis(100);
/// …so often, five seconds in all.
const TWIN_LOOKS: u32 = 50;

impl From<Redirect> for Destination {
    fn from(redirect: Redirect) -> Destination {
        match redirect {
            Redirect::Url(url) => Destination::Url { url },
            Redirect::Form { url, fields } => Destination::Form { url, fields },
        }
    }
}

impl Service {
    /// What paying would be good for, and what `amount` would do.
    ///
    /// # Errors
    /// [`Refusal::AmountInvalid`].
    pub async fn preview_payment(&self, account: Uuid, amount: Option<Money>) -> Result<Preview, Error> {
        let amount = amount.map(payable).transpose()?;
        let held = accounts::find(&mut self.store.read().await?, account).await?.ok_or(Refusal::NotFound)?;
        let ground = self.ground_of(&held.account).await?;
        let (catalogue, policy, now) = (&ground.catalogue, &ground.policy, self.now());
        let after = |payment| forecast::after_payment(&held.account, catalogue, policy, now, payment);
        let (present, outlook) = after(Money::ZERO);
        let outcome = amount.map(|amount| {
            let (paid, outlook) = after(amount);
            (amount, paid, outlook)
        });
        Ok(Preview {
            now,
            balance: present.balance,
            enough_until: outlook.enough_until,
            suggestions: forecast::suggestions(
                &held.account,
                catalogue,
                policy,
                now,
                SUGGESTED,
                (payment::LEAST, payment::MOST),
            ),
            outcome,
        })
    }

    /// Orders a payment and fetches the page the payer goes to. The same key again answers the same payment, and
    /// fetches its page if that failed before.
    ///
    /// # Errors
    /// [`Refusal::AmountInvalid`], [`Refusal::BillSettled`], [`Refusal::MethodUnavailable`],
    /// [`Refusal::TooManyPayments`], [`Refusal::GatewayAway`], [`Refusal::KeyInProgress`].
    pub async fn create_payment(
        &self,
        account: Uuid,
        wish: &PaymentWish,
        key: RequestKey,
    ) -> Result<Answered<Held>, Error> {
        let (at_work, held, contract, replayed) = self.order_payment(account, wish, key).await?;
        if held.redirect.is_some() || !held.payment.state.is_open() {
            return Ok(Answered { value: held, replayed });
        }
        if at_work.has_twin() {
            // Its twin is fetching the page: a second one could be paid beside the first.
            return self.wait_for_page(held).await;
        }
        let acquirer = self.acquirers.get(&held.provider).ok_or(Refusal::MethodUnavailable)?;
        let checkout = Checkout {
            reference: held.id.to_string(),
            amount: held.payment.amount,
            description: purpose(&contract, wish.bill, wish.language),
            language: wish.language,
            return_url: format!("{}/pay/{}", wish.public_url, held.id),
            notify_url: format!("{}/api/v1/gateways/{}/notification", wish.public_url, acquirer.code()),
            expires_at: held.expires_at,
        };
        let created = match acquirer.create(&checkout, self.clock.now()).await {
            Ok(created) => created,
            Err(fault) => {
                tracing::warn!(%fault, gateway = acquirer.code(), payment = %held.id, "no page for a payment");
                let mut tx = self.store.write().await?;
                payments::note_no_page(&mut tx, account, held.id, self.clock.now()).await?;
                tx.commit().await?;
                return Err(Refusal::GatewayAway.into());
            }
        };
        let redirect = serde_json::to_string(&Destination::from(created.redirect))?;
        let mut tx = self.store.write().await?;
        payments::send_off(&mut tx, account, held.id, created.provider_ref.as_deref(), &redirect).await?;
        // What another instance kept before stays.
        let held = payments::find(&mut tx, account, held.id).await?.ok_or(Refusal::NotFound)?;
        tx.commit().await?;
        Ok(Answered { value: held, replayed })
    }

    /// The page that a twin of this request is fetching.
    #[allow(clippy::disallowed_methods, reason = "a twin may be another process's, which tells this one nothing")]
    async fn wait_for_page(&self, before: Held) -> Result<Answered<Held>, Error> {
        for _ in 0..TWIN_LOOKS {
            tokio::time::sleep(TWIN_STEP).await;
            let held = self.show_payment(before.account_id, before.id).await?;
            if held.redirect.is_some() || !held.payment.state.is_open() {
                return Ok(Answered { value: held, replayed: true });
            }
            if held.no_page_at.is_some() {
                return Err(Refusal::GatewayAway.into());
            }
        }
        Err(Refusal::KeyInProgress.into())
    }

    /// The payment of a key: the one ordered before, or a new one.
    async fn order_payment(
        &self,
        account: Uuid,
        wish: &PaymentWish,
        key: RequestKey,
    ) -> Result<(AtWork<'_>, Held, String, bool), Error> {
        let (at_work, mut work) = self.open_keyed(account, &key).await?;
        let contract = work.held.contract.clone();
        if let Some(answer) = key.recall::<Uuid>(&mut work.tx, account).await? {
            let held = payments::find(&mut work.tx, account, answer.value).await?.ok_or(Refusal::NotFound)?;
            return Ok((at_work, held, contract, true));
        }
        if self.acquirers.get(&wish.method).is_none() {
            return Err(Refusal::MethodUnavailable.into());
        }
        let now = work.now.instant;
        let missing = match wish.bill {
            Some(dated) => match bill_of(&mut work.tx, account, dated).await?.state {
                BillState::Open { missing } => Some(missing.max(payment::LEAST)),
                BillState::Paid | BillState::Replaced => return Err(Refusal::BillSettled.into()),
            },
            None => None,
        };
        let amount = payable(wish.amount.or(missing).unwrap_or(Money::ZERO))?;
        if payments::count_open(&mut work.tx, account, now).await? >= payment::OPEN_AT_ONCE {
            return Err(Refusal::TooManyPayments.into());
        }
        let held = Held {
            id: self.new_id(),
            account_id: account,
            provider: wish.method.clone(),
            payment: Payment::new(amount),
            bill: wish.bill,
            credited_seq: None,
            provider_ref: None,
            redirect: None,
            fiscal_url: None,
            attention: None,
            attention_at: None,
            no_page_at: None,
            created_at: now,
            expires_at: now + payment::LIFE,
            changed_at: now,
        };
        payments::open(&mut work.tx, &held).await?;
        let first = payment::next_poll(now, held.expires_at, now).unwrap_or(held.expires_at);
        self.later(&mut work.tx, Some(account), &Job::PaymentPoll { payment: held.id }, first).await?;
        key.remember(&mut work.tx, account, &held.id, now).await?;
        let details =
            serde_json::json!({ "payment": held.id, "amount": amount, "method": wish.method, "bill": wish.bill });
        work.audit(Actor::Subscriber, "payment.create", details).await?;
        work.commit().await?;
        Ok((at_work, held, contract, false))
    }

    /// A payment of this account.
    pub async fn show_payment(&self, account: Uuid, id: Uuid) -> Result<Held, Error> {
        Ok(payments::find(&mut self.store.read().await?, account, id).await?.ok_or(Refusal::NotFound)?)
    }

    /// Payments of this account, newest first, and the cursor of the next page.
    pub async fn list_payments(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Held>, Option<Uuid>), Error> {
        let mut found = payments::page(&mut self.store.read().await?, account, cursor, limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|held| held.id);
        Ok((found, next))
    }
}

/// A sum that may be paid online.
fn payable(amount: Money) -> Result<Money, Refusal> {
    let (least, most) = (payment::LEAST, payment::MOST);
    if (least..=most).contains(&amount) { Ok(amount) } else { Err(Refusal::AmountInvalid { least, most }) }
}

/// What the payer reads at the gateway and on the bank's statement.
fn purpose(contract: &str, bill: Option<Month>, language: Language) -> String {
    let (of_contract, of_bill) = match language {
        Language::Uk => ("Оплата за Інтернет, договір", "рахунок"),
        Language::Ru => ("Оплата за Интернет, договор", "счёт"),
        Language::En => ("Internet service, contract", "bill"),
    };
    match bill {
        Some(dated) => format!("{of_contract} {contract}, {of_bill} {}", number(contract, dated)),
        None => format!("{of_contract} {contract}"),
    }
}
