//! Pause: decided for a quote and planned by its confirmation, changed and taken back while it waits, ended early.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, OrderStatus, Quote, Wish, reference};
use crate::{Answered, Clock, Error, RequestKey, Service};
use cabinet_core::account::Pause;
use cabinet_core::acts::pause::{self, Decision, End, TurboEnd};
use cabinet_core::{Account, Now, Refusal};
use cabinet_store::{acts, ledger, spells};
use serde_json::json;
use time::{Date, Duration};
use uuid::Uuid;

/// When the Turbo that runs ends, and on which business day.
pub(crate) fn turbo_end(clock: &dyn Clock, account: &Account, now: Now) -> TurboEnd {
    let until = account.turbo_at(now.instant)?;
    Some((until, clock.day_of(until - Duration::SECOND)))
}

impl Service {
    /// Quotes a pause: its price, what it saves, how long the money then lasts.
    ///
    /// # Errors
    /// The refusals of [`pause::decide`].
    pub async fn quote_pause(&self, account: Uuid, wish: Pause) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::Pause(wish)).await
    }

    /// Quotes the early end of the pause that runs.
    ///
    /// # Errors
    /// The refusals of [`pause::decide_end`].
    pub async fn quote_pause_end(&self, account: Uuid) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::PauseEnd).await
    }

    pub(crate) fn decide_pause(&self, work: &AccountTx<'_>, wish: Pause) -> Result<Decision, Error> {
        let (account, ground, now) = (&work.held.account, &work.ground, work.now);
        let turbo = turbo_end(&*self.clock, account, now);
        Ok(pause::decide(account, wish, turbo, &ground.catalogue, &ground.policy, now)?)
    }

    pub(crate) fn decide_pause_end(&self, work: &AccountTx<'_>) -> Result<End, Error> {
        let ground = &work.ground;
        Ok(pause::decide_end(&work.held.account, &ground.catalogue, &ground.policy, work.now)?)
    }

    pub(crate) async fn order_pause(&self, work: &mut AccountTx<'_>, decision: &Decision) -> Result<Order, Error> {
        let id = self.new_id();
        let price = pause::apply(&mut work.held.account, decision, reference(id), work.now);
        if let Some(entry) = &price {
            work.append(entry).await?;
        }
        work.held.pause_order = Some(id);
        spells::plan(&mut work.tx, work.held.id, None, Some(decision.pause)).await?;
        let of = Order::new(id, Act::Pause, decision.pause.from, work);
        let order = Order { pause: Some(decision.pause), entries: price.into_iter().collect(), ..of };
        self.put_order(work, &order).await?;
        let Pause { from, until } = decision.pause;
        let details = json!({ "order": id, "from": from, "until": until, "price": decision.price });
        work.audit(Actor::Subscriber, "pause.confirm", details).await?;
        Ok(order)
    }

    pub(crate) async fn order_pause_end(&self, work: &mut AccountTx<'_>, decision: &End) -> Result<Order, Error> {
        let (id, before) = (self.new_id(), work.held.account.pause);
        pause::end(&mut work.held.account, work.now);
        spells::plan(&mut work.tx, work.held.id, before, work.held.account.pause).await?;
        let of = Order::new(id, Act::PauseEnd, decision.resumes_on, work);
        let order = Order { pause: work.held.account.pause, ..of };
        self.put_order(work, &order).await?;
        let details = json!({ "order": id, "resumes_on": decision.resumes_on });
        work.audit(Actor::Subscriber, "pause_end.confirm", details).await?;
        Ok(order)
    }

    /// Moves the pause that waits to other days, for nothing.
    ///
    /// # Errors
    /// The refusals of [`pause::change`].
    pub async fn change_pause(&self, account: Uuid, wish: Pause, key: RequestKey) -> Result<Answered<Order>, Error> {
        self.once(account, &key, async |work: &mut AccountTx<'_>| {
            let turbo = turbo_end(&*self.clock, &work.held.account, work.now);
            let before = work.held.account.pause;
            pause::change(&mut work.held.account, wish, turbo, &work.ground.policy, work.now)?;
            spells::plan(&mut work.tx, account, before, Some(wish)).await?;
            let order = Order { pause: Some(wish), starts_on: wish.from, ..self.pause_order(work).await? };
            acts::move_order(&mut work.tx, account, order.id, &serde_json::to_string(&order)?, wish.from).await?;
            let details = json!({ "order": order.id, "from": wish.from, "until": wish.until });
            work.audit(Actor::Subscriber, "pause.change", details).await?;
            Ok(order)
        })
        .await
    }

    /// Takes the pause that waits back; its price returns by a reversal.
    ///
    /// # Errors
    /// The refusals of [`pause::cancel`].
    pub async fn cancel_pause(&self, account: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        self.once(account, &key, async |work: &mut AccountTx<'_>| {
            let before = work.held.account.pause;
            let mut order = self.pause_order(work).await.map_err(|fault| match fault {
                Error::Refused(Refusal::NotFound) => Refusal::NothingPlanned.into(),
                other => other,
            })?;
            let price = ledger::by_reference(&mut work.tx, account, &reference(order.id)).await?;
            let returned = pause::cancel(&mut work.held.account, price.as_ref(), work.now)?;
            if let Some(entry) = &returned {
                work.append(entry).await?;
            }
            spells::plan(&mut work.tx, account, before, None).await?;
            // The price that came back may be what today's charge lacked.
            work.settle().await?;
            order.status = OrderStatus::Cancelled;
            order.entries.extend(returned);
            self.take_back_order(work, &order).await?;
            work.audit(Actor::Subscriber, "pause.cancel", json!({ "order": order.id })).await?;
            Ok(order)
        })
        .await
    }

    /// The order that planned the pause the account has.
    async fn pause_order(&self, work: &mut AccountTx<'_>) -> Result<Order, Error> {
        let id = work.held.pause_order.ok_or(Refusal::NotFound)?;
        let row = acts::order(&mut work.tx, work.held.id, id).await?.ok_or(Refusal::NotFound)?;
        crate::acts::order_of(&row, work.now.today)
    }

    /// Forgets the pause of an order that is undone: days of it that are over stay as they were.
    pub(crate) async fn forget_pause(&self, work: &mut AccountTx<'_>) -> Result<(), Error> {
        let before = work.held.account.pause.take();
        let yesterday: Date = cabinet_core::calendar::yesterday(work.now.today);
        let over = before.map(|pause| Pause { until: pause.until.min(yesterday), ..pause });
        Ok(spells::plan(&mut work.tx, work.held.id, before, over).await?)
    }
}
