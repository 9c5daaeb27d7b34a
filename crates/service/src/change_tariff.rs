//! Change of tariff: quote, confirm exactly that, cancel while it waits.

use crate::account_tx::{AccountTx, Actor};
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::account::PlannedTariff;
use cabinet_core::acts::tariff_change::{self, Decision, PerDay};
use cabinet_core::calendar::{Month, tomorrow};
use cabinet_core::forecast::outlook;
use cabinet_core::ledger::Entry;
use cabinet_core::policy::Policy;
use cabinet_core::tariff::Tariff;
use cabinet_core::{Account, Money, Now, Refusal, TariffCode};
use cabinet_store::accounts::Held;
use cabinet_store::acts::{self, OrderRow, QuoteRow};
use cabinet_store::{View, accounts, ledger};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// The act's code, in orders and on the wire.
pub const ACT: &str = "tariff_change";

/// What was shown and will be done exactly so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: Uuid,
    /// Until when it holds.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// What will be done.
    pub decision: Decision,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Waits for its day.
    Planned,
    /// In effect, or over.
    Done,
    /// Taken back before it started.
    Cancelled,
}

/// A confirmed act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// Where it stands.
    pub status: OrderStatus,
    /// The first day of effect.
    pub starts_on: Date,
    /// The tariff taken.
    pub tariff: TariffCode,
    /// When it was confirmed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What it posted, a reversal included.
    pub entries: Vec<Entry>,
}

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
    Ok(acts::cancelled_between(view, account, ACT, month.first(), month.last()).await?)
}

fn reference(order: Uuid) -> String {
    format!("order:{order}")
}

impl OrderStatus {
    fn on(row: &OrderRow, today: Date) -> OrderStatus {
        match row.status.as_str() {
            "cancelled" => OrderStatus::Cancelled,
            _ if row.starts_on.is_none_or(|day| day <= today) => OrderStatus::Done,
            _ => OrderStatus::Planned,
        }
    }
}

fn order_of(row: &OrderRow, today: Date) -> Result<Order, Error> {
    Ok(Order { status: OrderStatus::on(row, today), ..serde_json::from_str(&row.body)? })
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
        let shown = ground.catalogue.tariffs.iter().filter(|tariff| tariff.offered || tariff.code == present.code);
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
                        Some(change) => change.as_ref().ok().and_then(|decision| decision.enough_until_after),
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
        let mut work = self.open_account(account).await?;
        let quote = self.quote(&mut work, &wish).await;
        // A refusal leaves what settling posted; a fault of the store leaves nothing to commit.
        if matches!(quote, Ok(_) | Err(Error::Refused(_))) {
            work.commit().await?;
        }
        quote
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

    async fn decide(&self, work: &mut AccountTx<'_>, wish: &TariffCode) -> Result<Decision, Error> {
        let cancelled = cancelled_this_month(&mut work.tx, work.held.id, work.now).await?;
        let ground = &work.ground;
        Ok(tariff_change::decide(&work.held.account, wish, &ground.catalogue, &ground.policy, cancelled, work.now)?)
    }

    async fn quote(&self, work: &mut AccountTx<'_>, wish: &TariffCode) -> Result<Quote, Error> {
        let decision = self.decide(work, wish).await?;
        let lasts = work.now.instant + Duration::minutes(work.ground.policy.quote_minutes);
        let midnight = self.clock.day_start(tomorrow(work.now.today));
        let quote = Quote { id: self.new_id(), expires_at: lasts.min(midnight), decision };
        let row = QuoteRow {
            id: quote.id,
            body: serde_json::to_string(&quote)?,
            binding: binding(work, &quote.decision),
            created_at: work.now.instant,
            expires_at: quote.expires_at,
            order_id: None,
        };
        acts::put_quote(&mut work.tx, work.held.id, &row).await?;
        Ok(quote)
    }

    /// A quote as it was shown.
    pub async fn show_quote(&self, account: Uuid, id: Uuid) -> Result<Quote, Error> {
        let row = acts::quote(&mut self.store.read().await?, account, id).await?.ok_or(Refusal::NotFound)?;
        let quote: Quote = serde_json::from_str(&row.body)?;
        self.ground_naming([&quote.decision.before, &quote.decision.after]).await?;
        Ok(quote)
    }

    /// Does exactly what a quote said, once per key. A quote whose ground has moved is refused with a fresh one.
    pub async fn confirm_quote(&self, account: Uuid, id: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let row = acts::quote(&mut work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(order) = row.order_id {
            let row = acts::order(&mut work.tx, account, order).await?.ok_or(Refusal::NotFound)?;
            return Err(Error::QuoteUsed(Box::new(order_of(&row, work.now.today)?)));
        }
        let quoted: Quote = serde_json::from_str(&row.body)?;
        let refusal = match () {
            () if work.now.instant >= row.expires_at => Some(Refusal::QuoteExpired),
            () if binding(&work, &quoted.decision) != row.binding => Some(Refusal::QuoteStale),
            () => match self.decide(&mut work, &quoted.decision.after).await {
                Ok(decision) if decision == quoted.decision => None,
                Ok(_) | Err(Error::Refused(_)) => Some(Refusal::QuoteStale),
                Err(fault) => return Err(fault),
            },
        };
        if let Some(refusal) = refusal {
            let fresh = self.quote(&mut work, &quoted.decision.after).await;
            if matches!(fresh, Ok(_) | Err(Error::Refused(_))) {
                work.commit().await?;
            }
            return Err(Error::QuoteStale { refusal, quote: Box::new(fresh?) });
        }
        let order = self.order(&mut work, quoted).await?;
        acts::use_quote(&mut work.tx, account, id, order.id).await?;
        key.remember(&mut work.tx, account, &order, work.now.instant).await?;
        work.commit().await?;
        Ok(Answered { value: order, replayed: false })
    }

    async fn order(&self, work: &mut AccountTx<'_>, quoted: Quote) -> Result<Order, Error> {
        let id = self.new_id();
        let entries = tariff_change::apply(&mut work.held.account, &quoted.decision, reference(id), work.now);
        for entry in &entries {
            work.append(entry).await?;
        }
        work.held.planned_order = Some(id);
        let order = Order {
            id,
            status: OrderStatus::Planned,
            starts_on: quoted.decision.starts_on,
            tariff: quoted.decision.after.clone(),
            created_at: work.now.instant,
            entries,
        };
        let row = OrderRow {
            id,
            act: ACT.to_owned(),
            status: "planned".to_owned(),
            body: serde_json::to_string(&order)?,
            starts_on: Some(order.starts_on),
            created_at: order.created_at,
            cancelled_on: None,
        };
        acts::put_order(&mut work.tx, work.held.id, &row).await?;
        let details = serde_json::json!({
            "order": id, "from": quoted.decision.before, "to": quoted.decision.after,
            "starts_on": quoted.decision.starts_on, "price": quoted.decision.price,
        });
        work.audit(Actor::Subscriber, "tariff_change.confirm", details).await?;
        Ok(order)
    }

    /// Takes the planned change back; its price returns by a reversal.
    pub async fn cancel_tariff_change(&self, account: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let cancelled = self.cancel(&mut work, &key).await;
        if matches!(cancelled, Ok(_) | Err(Error::Refused(_))) {
            work.commit().await?;
        }
        cancelled.map(|value| Answered { value, replayed: false })
    }

    async fn cancel(&self, work: &mut AccountTx<'_>, key: &RequestKey) -> Result<Order, Error> {
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
        acts::cancel_order(&mut work.tx, account, id, &serde_json::to_string(&order)?, now.today).await?;
        work.audit(Actor::Subscriber, "tariff_change.cancel", serde_json::json!({ "order": id })).await?;
        key.remember(&mut work.tx, account, &order, now.instant).await?;
        Ok(order)
    }

    /// Orders, newest first, and the cursor of the next page.
    pub async fn list_orders(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Order>, Option<Uuid>), Error> {
        let rows = acts::orders(&mut self.store.read().await?, account, cursor, limit + 1).await?;
        let today = self.clock.today();
        let mut orders = rows.iter().map(|row| order_of(row, today)).collect::<Result<Vec<_>, _>>()?;
        let more = orders.len() as i64 > limit;
        orders.truncate(limit as usize);
        let next = orders.last().filter(|_| more).map(|order| order.id);
        Ok((orders, next))
    }
}

/// What a quote rests on: the book, the tariffs and their fees, the policy, the day (RULES §4).
fn binding(work: &AccountTx<'_>, decision: &Decision) -> String {
    let (account, catalogue) = (&work.held.account, &work.ground.catalogue);
    format!(
        "{}|{}|{}|{}|{}|{:?}|{:?}",
        account.entries,
        catalogue.fingerprint(&decision.before),
        catalogue.fingerprint(&decision.after),
        work.ground.policy_version,
        work.now.today,
        account.standing(work.now.today),
        (account.tariff_on(work.now.today), account.pending_on(work.now.today)),
    )
}
