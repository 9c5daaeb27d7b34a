//! Change of tariff: decided for a quote, ordered by its confirmation, cancelled while it waits.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, OrderStatus, Quote, Wish, reference};
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::account::PlannedTariff;
use cabinet_core::acts::PerDay;
use cabinet_core::acts::tariff_change::{self, Decision};
use cabinet_core::calendar::{Month, tomorrow};
use cabinet_core::forecast::outlook;
use cabinet_core::policy::Policy;
use cabinet_core::tariff::Tariff;
use cabinet_core::{Account, Money, Now, Refusal, TariffCode};
use cabinet_store::accounts::Held;
use cabinet_store::{View, accounts, acts, ledger};
use time::Date;
use uuid::Uuid;

/// A change that waits for its day.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What waits.
    pub planned: PlannedTariff,
    /// What taking it back returns; none when the month's cancellations are used up.
    pub cancel_refund: Option<Money>,
}

/// A tariff as offered to an account.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The tariff.
    pub tariff: Tariff,
    /// Its fee in the month it would start, or this month's for the present one.
    pub fee: Money,
    /// A day's charge in that month.
    pub per_day: PerDay,
    /// Whether it is the present one.
    pub current: bool,
    /// Fee less the present fee.
    pub difference: Money,
    /// The last day covered with it.
    pub enough_until: Option<Date>,
    /// What changing means, or why it cannot be; empty for the present one.
    pub change: Option<Result<Decision, Refusal>>,
}

/// The catalogue compared with what one has.
#[derive(Clone, Debug)]
pub struct Offers {
    /// The account.
    pub account: Account,
    /// The moment.
    pub now: Now,
    /// The change that waits.
    pub pending: Option<Pending>,
    /// The tariffs in the provider's order.
    pub offers: Vec<Offer>,
    /// Days between two changes.
    pub days_between_changes: i64,
}

/// Changes taken back in the calendar month.
async fn cancelled_this_month(view: &mut View, account: Uuid, now: Now) -> Result<i64, Error> {
    let month = Month::of(now.today);
    let cancelled = (Act::TariffChange.code(), OrderStatus::Cancelled.code());
    Ok(acts::taken_back_between(view, account, cancelled, month.first(), month.last()).await?)
}

impl Service {
    /// The tariffs offered to the account, the present one among them.
    pub async fn list_tariffs(&self, account: Uuid) -> Result<Offers, Error> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let cancelled = cancelled_this_month(&mut view, account, now).await?;
        drop(view);
        let ground = self.ground_of(&held.account).await?;
        let pending = self.pending(&held, &ground.policy, now).await?;
        // Decided as after the day's charge; shown as the header shows it.
        let mut account = held.account.clone();
        cabinet_core::accrual::settle(&mut account, &ground.catalogue, &ground.policy, now);
        let this_month = Month::of(now.today);
        let present = ground.catalogue.get(account.tariff_on(now.today)).clone();
        let enough_until = outlook(&account, &ground.catalogue, &ground.policy, now).enough_until;
        let shown = ground.catalogue.tariffs.iter().filter(|tariff| tariff_change::may_follow(&present, tariff));
        let offers = shown
            .map(|tariff| {
                let current = tariff.code == present.code;
                let change = (!current).then(|| {
                    let (catalogue, policy) = (&ground.catalogue, &ground.policy);
                    tariff_change::decide(&account, &tariff.code, catalogue, policy, cancelled, now)
                });
                let month = match &change {
                    Some(Ok(decision)) => Month::of(decision.starts_on),
                    Some(Err(_)) => Month::of(tomorrow(now.today)),
                    None => this_month,
                };
                let fee = tariff.fee(month);
                Offer {
                    fee,
                    per_day: PerDay::of(fee, month),
                    current,
                    difference: fee - present.fee(month),
                    enough_until: match &change {
                        Some(change) => change.as_ref().ok().and_then(|decision| decision.effect.enough_until_after),
                        None => enough_until,
                    },
                    change,
                    tariff: tariff.clone(),
                }
            })
            .collect();
        let days_between_changes = ground.policy.days_between_changes;
        Ok(Offers { account: held.account, now, pending, offers, days_between_changes })
    }

    /// Quotes a change: what now, what a day, from when.
    pub async fn quote_tariff_change(&self, account: Uuid, wish: TariffCode) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::Tariff(wish)).await
    }

    /// The change that waits, and what taking it back returns.
    pub(crate) async fn pending(&self, held: &Held, policy: &Policy, now: Now) -> Result<Option<Pending>, Error> {
        let Some(planned) = held.account.pending_on(now.today).cloned() else { return Ok(None) };
        let mut view = self.store.read().await?;
        if !tariff_change::may_cancel(cancelled_this_month(&mut view, held.id, now).await?, policy) {
            return Ok(Some(Pending { planned, cancel_refund: None }));
        }
        let price = match held.planned_order {
            Some(order) => ledger::by_reference(&mut view, held.id, &reference(order)).await?,
            None => None,
        };
        Ok(Some(Pending { planned, cancel_refund: Some(price.map_or(Money::ZERO, |entry| -entry.amount)) }))
    }

    pub(crate) async fn decide_tariff_change(
        &self,
        work: &mut AccountTx<'_>,
        wish: &TariffCode,
    ) -> Result<Decision, Error> {
        let cancelled = cancelled_this_month(&mut work.tx, work.held.id, work.now).await?;
        let ground = &work.ground;
        Ok(tariff_change::decide(&work.held.account, wish, &ground.catalogue, &ground.policy, cancelled, work.now)?)
    }

    pub(crate) async fn order_tariff_change(
        &self,
        work: &mut AccountTx<'_>,
        decision: &Decision,
    ) -> Result<Order, Error> {
        let id = self.new_id();
        let entries = tariff_change::apply(&mut work.held.account, decision, reference(id), work.now);
        for entry in &entries {
            work.append(entry).await?;
        }
        work.held.planned_order = Some(id);
        let of = Order::new(id, Act::TariffChange, decision.starts_on, work);
        let order = Order { tariff: Some(decision.after.clone()), entries, ..of };
        self.put_order(work, &order).await?;
        let details = serde_json::json!({
            "order": id, "from": decision.before, "to": decision.after,
            "starts_on": decision.starts_on, "price": decision.price,
        });
        work.audit(Actor::Subscriber, "tariff_change.confirm", details).await?;
        Ok(order)
    }

    /// Takes the planned change back; its price returns by a reversal.
    pub async fn cancel_tariff_change(&self, account: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        self.once(account, &key, async |work: &mut AccountTx<'_>| self.cancel(work).await).await
    }

    async fn cancel(&self, work: &mut AccountTx<'_>) -> Result<Order, Error> {
        let (account, now) = (work.held.id, work.now);
        let planned = work.held.planned_order.filter(|_| work.held.account.pending_on(now.today).is_some());
        let id = planned.ok_or(Refusal::NothingPlanned)?;
        let row = acts::order(&mut work.tx, account, id).await?.ok_or(Refusal::NothingPlanned)?;
        let price = ledger::by_reference(&mut work.tx, account, &reference(id)).await?;
        let cancelled = cancelled_this_month(&mut work.tx, account, now).await?;
        let returned =
            tariff_change::cancel(&mut work.held.account, price.as_ref(), cancelled, &work.ground.policy, now)?;
        for entry in &returned {
            work.append(entry).await?;
        }
        // The price that came back may be what today's charge lacked.
        work.settle().await?;
        let mut order = Order { status: OrderStatus::Cancelled, ..serde_json::from_str(&row.body)? };
        order.entries.extend(returned);
        self.take_back_order(work, &order).await?;
        work.audit(Actor::Subscriber, "tariff_change.cancel", serde_json::json!({ "order": id })).await?;
        Ok(order)
    }
}
