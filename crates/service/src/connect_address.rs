//! Static address: decided for a quote, connected and given up by its confirmation.

use crate::account_tx::{AccountTx, Actor};
use crate::acts::{Act, Order, Quote, Wish};
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::acts::static_ip::{self, Connect, Release};
use cabinet_core::ledger::EntryKind;
use cabinet_core::notice::Notice;
use cabinet_store::accounts::Address;
use cabinet_store::addresses;
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Quotes a static address: what today and the rest of the month cost.
    ///
    /// # Errors
    /// The refusals of [`static_ip::decide_connect`].
    pub async fn quote_static_ip(&self, account: Uuid) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::StaticIp).await
    }

    /// Quotes giving the static address up.
    ///
    /// # Errors
    /// The refusals of [`static_ip::decide_release`].
    pub async fn quote_static_ip_release(&self, account: Uuid) -> Result<Quote, Error> {
        self.quote_act(account, &Wish::StaticIpRelease).await
    }

    pub(crate) async fn decide_static_ip(&self, work: &mut AccountTx<'_>) -> Result<Connect, Error> {
        let available = addresses::any_free(&mut work.tx, work.now.today).await?;
        let ground = &work.ground;
        Ok(static_ip::decide_connect(&work.held.account, available, &ground.catalogue, &ground.policy, work.now)?)
    }

    pub(crate) fn decide_static_ip_release(&self, work: &AccountTx<'_>) -> Result<Release, Error> {
        let ground = &work.ground;
        Ok(static_ip::decide_release(&work.held.account, &ground.catalogue, &ground.policy, work.now)?)
    }

    pub(crate) async fn order_static_ip(&self, work: &mut AccountTx<'_>, decision: &Connect) -> Result<Order, Error> {
        let (order_id, account) = (self.new_id(), work.held.id);
        let address = addresses::take(&mut work.tx, account, work.now.today).await?.ok_or(Refusal::PoolEmpty)?;
        let prefix = addresses::prefix_of(&mut work.tx, account).await?;
        let of = Address { service_id: self.new_id(), order_id, address: address.clone(), prefix };
        static_ip::connect(&mut work.held.account, work.now);
        let ip = work.held.account.static_ip.ok_or_else(|| Error::internal("an address connected is there"))?;
        addresses::connect(&mut work.tx, account, &of, &ip).await?;
        work.held.address = Some(of);
        work.happened.changed.push(Notice::address(&address, work.now.today));
        let mut entries = work.settle().await?.entries;
        entries.retain(|entry| entry.kind == EntryKind::StaticIpCharge);
        let of = Order::new(order_id, Act::StaticIp, decision.connects_on, work);
        let order = Order { address: Some(address.clone()), entries, ..of };
        self.put_order(work, &order).await?;
        let details = json!({ "order": order_id, "address": address, "fee": decision.fee });
        work.audit(Actor::Subscriber, "static_ip.confirm", details).await?;
        Ok(order)
    }

    pub(crate) async fn order_static_ip_release(
        &self,
        work: &mut AccountTx<'_>,
        decision: &Release,
    ) -> Result<Order, Error> {
        static_ip::release(&mut work.held.account, work.now);
        let address = work.held.address.as_ref().map(|of| of.address.clone());
        let of = Order::new(self.new_id(), Act::StaticIpRelease, decision.serves_until, work);
        let order = Order { address: address.clone(), ..of };
        self.put_order(work, &order).await?;
        let details = json!({ "order": order.id, "address": address, "serves_until": decision.serves_until });
        work.audit(Actor::Subscriber, "static_ip_release.confirm", details).await?;
        Ok(order)
    }
}
