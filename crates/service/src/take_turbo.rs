//! Turbo: decided for a quote, switched on by its confirmation.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, Quote, TurboSpan, Wish, reference};
use crate::work_outbox::Job;
use crate::{Clock, Error, Service};
use cabinet_core::acts::turbo::{self, Beside, Decision};
use cabinet_core::calendar::Month;
use cabinet_core::notice::Notice;
use cabinet_core::{Account, Now, network};
use cabinet_store::View;
use cabinet_store::turbos::{self, TurboRun};
use serde_json::json;
use uuid::Uuid;

/// What Turbo is decided by beside the account.
pub(crate) async fn beside(
    clock: &dyn Clock,
    view: &mut View,
    id: Uuid,
    account: &Account,
    now: Now,
) -> Result<Beside, Error> {
    let month = Month::of(now.today);
    Ok(Beside {
        free_taken: turbos::free_between(view, id, month.first(), month.last()).await?,
        pause_at: account.pause_ahead(now.today).map(|pause| clock.day_start(pause.from)),
    })
}

impl Service {
    /// Quotes Turbo: from when until when, and its price.
    ///
    /// # Errors
    /// The refusals of [`turbo::decide`].
    pub async fn quote_turbo(&self, account: Uuid, option: String) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::Turbo(option)).await
    }

    pub(crate) async fn decide_turbo(&self, work: &mut AccountTx<'_>, option: &str) -> Result<Decision, Error> {
        let beside = beside(&*self.clock, &mut work.tx, work.held.id, &work.held.account, work.now).await?;
        let ground = &work.ground;
        Ok(turbo::decide(&work.held.account, option, beside, &ground.catalogue, &ground.policy, work.now)?)
    }

    pub(crate) async fn order_turbo(&self, work: &mut AccountTx<'_>, decision: &Decision) -> Result<Order, Error> {
        let (id, now) = (self.new_id(), work.now);
        let (starts_at, ends_at) = turbo::span(decision, now.instant);
        let price = turbo::apply(&mut work.held.account, decision, reference(id), now);
        if let Some(entry) = &price {
            work.append(entry).await?;
        }
        let run = TurboRun {
            order_id: id,
            option_code: decision.turbo.code.clone(),
            taken_on: now.today,
            starts_at,
            ends_at,
            down_mbps: decision.turbo.down_mbps,
            up_mbps: decision.turbo.up_mbps,
            free: decision.free,
            applied_at: None,
        };
        turbos::put(&mut work.tx, work.held.id, &run).await?;
        work.happened.changed.push(Notice::turbo(ends_at));
        let span = TurboSpan { option: run.option_code, starts_at, ends_at };
        let of = Order::new(id, Act::Turbo, now.today, work);
        let order = Order { turbo: Some(span), entries: price.into_iter().collect(), ..of };
        self.put_order(work, &order).await?;
        if self.network.is_some() {
            let judged_at = starts_at + network::TAKEN_WITHIN;
            self.later(&mut work.tx, Some(work.held.id), &Job::TurboTaken { order: id }, judged_at).await?;
        }
        let details =
            json!({ "order": id, "option": decision.turbo.code, "price": decision.price, "free": decision.free });
        work.audit(Actor::Subscriber, "turbo.confirm", details).await?;
        Ok(order)
    }
}
