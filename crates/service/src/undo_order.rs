//! Undo: Turbo, a pause or a static address taken by mistake comes back whole, within minutes.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, OrderStatus, order_of, reference};
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::acts::{give_back, undo};
use cabinet_core::calendar::Month;
use cabinet_core::ledger::Entry;
use cabinet_core::{Now, Refusal};
use cabinet_store::{View, acts, ledger, turbos};
use serde_json::json;
use uuid::Uuid;

/// Acts of a kind undone in the calendar month.
pub(crate) async fn undone_this_month(view: &mut View, account: Uuid, act: Act, now: Now) -> Result<i64, Error> {
    let (month, undone) = (Month::of(now.today), (act.code(), OrderStatus::Undone.code()));
    Ok(acts::taken_back_between(view, account, undone, month.first(), month.last()).await?)
}

impl Service {
    /// Undoes an order: everything it took comes back by reversals, and what it switched on is off.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::UndoOver`] for what cannot be undone any more or at all,
    /// [`Refusal::UndoSpent`].
    pub async fn undo_order(&self, account: Uuid, id: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        self.once(account, &key, async |work: &mut AccountTx<'_>| self.undo(work, id).await).await
    }

    async fn undo(&self, work: &mut AccountTx<'_>, id: Uuid) -> Result<Order, Error> {
        let (account, now) = (work.held.id, work.now);
        let row = acts::order(&mut work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        let mut order = order_of(&row, now.today)?;
        let stands = matches!(order.status, OrderStatus::Planned | OrderStatus::Done);
        if !order.act.is_undoable() || !stands {
            return Err(Refusal::UndoOver.into());
        }
        let undone = undone_this_month(&mut work.tx, account, order.act, now).await?;
        undo::decide(order.created_at, undone, &work.ground.policy, now)?;
        let mut taken: Vec<Entry> = Vec::new();
        taken.extend(ledger::by_reference(&mut work.tx, account, &reference(id)).await?);
        match order.act {
            Act::Turbo => {
                // One that another follows carries it: only the last can go.
                let last = turbos::last_but(&mut work.tx, account, id).await?;
                if order.turbo.as_ref().is_none_or(|turbo| last.is_some_and(|last| last > turbo.ends_at)) {
                    return Err(Refusal::UndoOver.into());
                }
                turbos::remove(&mut work.tx, account, id).await?;
                work.held.account.turbo_until = last;
            }
            Act::Pause => {
                if work.held.pause_order != Some(id) {
                    return Err(Refusal::UndoOver.into());
                }
                self.forget_pause(work).await?;
            }
            Act::StaticIp => {
                let address = work.held.address.clone().filter(|address| address.order_id == id);
                let address = address.ok_or(Refusal::UndoOver)?;
                taken.extend(ledger::of_connection(&mut work.tx, account, address.service_id).await?);
                work.release_address(now.today).await?;
            }
            Act::TariffChange | Act::PromisedPayment | Act::PauseEnd | Act::StaticIpRelease => {
                return Err(Refusal::UndoOver.into());
            }
        }
        for entry in taken {
            let back = give_back(&mut work.held.account, &entry, now);
            work.append(&back).await?;
            order.entries.push(back);
        }
        // What came back may be what today's charge lacked; a day of the pause that is no more is charged.
        work.settle().await?;
        order.status = OrderStatus::Undone;
        self.take_back_order(work, &order).await?;
        work.audit(Actor::Subscriber, "order.undo", json!({ "order": id, "of": order.act.code() })).await?;
        Ok(order)
    }
}
