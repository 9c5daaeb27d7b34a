//! Promised payment: offered, decided for a quote, and given by its confirmation.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, Quote, Wish, reference};
use crate::{Error, Service};
use cabinet_core::account::Promise;
use cabinet_core::accrual::settle;
use cabinet_core::acts::promised_payment::{self, Decision};
use cabinet_core::calendar::Month;
use cabinet_core::{Account, Money, Now, Refusal};
use cabinet_store::{View, accounts, acts};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

/// The promised payment as it stands to an account.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The account, today's charge taken.
    pub account: Account,
    /// The moment.
    pub now: Now,
    /// What one costs.
    pub price: Money,
    /// What one taken now would lend.
    pub promise: Promise,
    /// What taking one would do, or why it cannot be.
    pub outcome: Result<Decision, Refusal>,
}

/// Promises taken in the calendar month.
async fn taken_this_month(view: &mut View, account: Uuid, now: Now) -> Result<i64, Error> {
    let month = Month::of(now.today);
    Ok(acts::promised_between(view, account, month.first(), month.last()).await?)
}

impl Service {
    /// What a promised payment would be, or the refusal it would meet.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn offer_promise(&self, account: Uuid) -> Result<Offer, Error> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let taken = taken_this_month(&mut view, account, now).await?;
        drop(view);
        let ground = self.ground_of(&held.account).await?;
        let (catalogue, policy) = (&ground.catalogue, &ground.policy);
        // Decided as after the day's charge, like its quote.
        let mut account = held.account;
        settle(&mut account, catalogue, policy, now);
        let outcome = promised_payment::decide(&account, catalogue, policy, taken, now);
        let credit = catalogue.get(account.tariff_on(now.today)).fee(Month::of(now.today));
        let promise = Promise { taken_on: now.today, until: now.today + Duration::days(policy.promise_days), credit };
        Ok(Offer { account, now, price: policy.promise_price, promise, outcome })
    }

    /// Quotes a promised payment: what is lent, until when, what it costs.
    ///
    /// # Errors
    /// The refusals of [`promised_payment::decide`].
    pub async fn quote_promise(&self, account: Uuid) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::Promise).await
    }

    pub(crate) async fn decide_promise(&self, work: &mut AccountTx<'_>) -> Result<Decision, Error> {
        let taken = taken_this_month(&mut work.tx, work.held.id, work.now).await?;
        let ground = &work.ground;
        Ok(promised_payment::decide(&work.held.account, &ground.catalogue, &ground.policy, taken, work.now)?)
    }

    /// Lends, takes the price, and charges today where that brings the service back.
    pub(crate) async fn order_promise(&self, work: &mut AccountTx<'_>, decision: &Decision) -> Result<Order, Error> {
        let id = self.new_id();
        let price = promised_payment::apply(&mut work.held.account, decision, reference(id), work.now);
        if let Some(entry) = &price {
            work.append(entry).await?;
        }
        let settled = work.settle().await?;
        let of = Order::new(id, Act::PromisedPayment, decision.promise.taken_on, work);
        let entries = price.into_iter().chain(settled.entries).collect();
        let order = Order { promise: Some(decision.promise), entries, ..of };
        self.put_order(work, &order).await?;
        let details = json!({
            "order": id, "credit": decision.promise.credit, "until": decision.promise.until, "price": decision.price,
        });
        work.audit(Actor::Subscriber, "promised_payment.confirm", details).await?;
        Ok(order)
    }
}
