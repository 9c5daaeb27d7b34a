//! An account at work: locked, settled through today, and written back in one transaction.

use crate::{Error, Ground, Service};
use cabinet_core::accrual::{Settlement, settle};
use cabinet_core::ledger::{Draft, Entry, post};
use cabinet_core::network::Profile;
use cabinet_core::notice::{Happened, Notice};
use cabinet_core::statement::SpellKind;
use cabinet_core::{Now, Refusal, calendar};
use cabinet_store::accounts::{self, Held};
use cabinet_store::{Tx, addresses, ledger, spells};
use serde_json::{Value, json};
use std::sync::Arc;
use time::{Date, Duration};
use uuid::Uuid;

/// Who does something, as it stands in the book and the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The daily run and its like.
    System,
    /// The subscriber of the account.
    Subscriber,
    /// The office, at its own console.
    Staff,
    /// A member of staff who signed in.
    Member(Uuid),
}

impl Actor {
    /// The word written.
    pub fn code(self) -> &'static str {
        match self {
            Actor::System => "system",
            Actor::Subscriber => "subscriber",
            Actor::Staff | Actor::Member(_) => "staff",
        }
    }

    /// The member of staff, for the audit log.
    pub fn member(self) -> Option<Uuid> {
        match self {
            Actor::Member(id) => Some(id),
            Actor::System | Actor::Subscriber | Actor::Staff => None,
        }
    }
}

/// The open transaction of one account. Dropped without [`AccountTx::commit`] it leaves no trace.
pub struct AccountTx<'s> {
    pub(crate) service: &'s Service,
    /// The transaction.
    pub tx: Tx,
    /// The account, as it is and as it will be.
    pub held: Held,
    /// Catalogue and policy as of this transaction.
    pub ground: Arc<Ground>,
    /// The moment of the whole transaction.
    pub now: Now,
    /// The business day of the last entry before this transaction; the contract's first one without any.
    pub(crate) last_day: Date,
    /// What of this transaction may be told.
    pub(crate) happened: Happened,
    /// What the network gave before it; nothing where nobody is told.
    pub(crate) network_before: Option<Profile>,
}

impl Service {
    /// Locks an account and settles it through today: every act begins so (RULES §1).
    pub async fn open_account(&self, id: Uuid) -> Result<AccountTx<'_>, Error> {
        let mut work = self.lock_account(id).await?;
        work.settle().await?;
        Ok(work)
    }

    /// Locks an account as it is.
    pub(crate) async fn lock_account(&self, id: Uuid) -> Result<AccountTx<'_>, Error> {
        let tx = self.store.write().await?;
        self.lock_within(tx, id).await
    }

    /// Locks an account inside a transaction that has begun already.
    pub(crate) async fn lock_within(&self, mut tx: Tx, id: Uuid) -> Result<AccountTx<'_>, Error> {
        let held = accounts::lock(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        let ground = self.ground_within(&mut tx).await?;
        // Another instance's clock may be ahead, or this one's was set back: no entry goes before the last one's day.
        let mut now = self.now();
        let last_day = ledger::last_day(&mut tx, id, held.account.entries).await?.unwrap_or(held.account.opened_on);
        now.today = now.today.max(last_day);
        let network_before = self.network_before(&mut tx, &held, &ground, now).await?;
        Ok(AccountTx { service: self, tx, held, ground, now, last_day, happened: Happened::default(), network_before })
    }
}

impl AccountTx<'_> {
    /// Posts the uncharged days through today and writes what that means for the standing.
    pub async fn settle(&mut self) -> Result<Settlement, Error> {
        let (promise, static_ip) = (self.held.account.promise, self.held.account.static_ip);
        let done = settle(&mut self.held.account, &self.ground.catalogue, &self.ground.policy, self.now);
        for entry in &done.entries {
            self.append(entry).await?;
        }
        self.happened.settled(&done);
        if let Some((first, last)) = done.forgiven.span {
            let (days, amount) = (done.forgiven.days, done.forgiven.amount);
            let details = json!({ "days": days, "from": first, "to": last, "amount": amount });
            self.audit(Actor::System, "days.forgiven", details).await?;
        }
        if let Some(promise) = promise.filter(|_| done.promise_paid) {
            let details = json!({ "taken_on": promise.taken_on, "credit": promise.credit });
            self.audit(Actor::System, "promised_payment.paid", details).await?;
        }
        if let Some(last) = static_ip.and_then(|ip| ip.until).filter(|_| done.released) {
            let gone = self.held.address.as_ref().map(|of| Notice::address_gone(&of.address, self.now.today));
            self.happened.changed.extend(gone);
            self.release_address(last).await?;
        }
        if done.blocked {
            spells::begin(&mut self.tx, self.held.id, SpellKind::Blocked, self.now.today).await?;
        }
        if done.unblocked_since.is_some() {
            let last = calendar::yesterday(self.now.today);
            spells::end(&mut self.tx, self.held.id, SpellKind::Blocked, last).await?;
        }
        Ok(done)
    }

    /// Posts one entry.
    pub async fn post(&mut self, draft: Draft, actor: Actor) -> Result<Entry, Error> {
        let entry = post(&mut self.held.account, draft, self.now, actor.code());
        self.append(&entry).await?;
        Ok(entry)
    }

    /// Writes an entry that core has posted already.
    pub async fn append(&mut self, entry: &Entry) -> Result<(), Error> {
        self.happened.entry(entry);
        let connection = self.held.connection(entry.kind);
        Ok(ledger::append(&mut self.tx, self.held.id, connection, entry).await?)
    }

    /// Takes the static address, which served until `last`, from the account; it rests before another gets it.
    pub(crate) async fn release_address(&mut self, last: Date) -> Result<(), Error> {
        self.held.account.static_ip = None;
        let Some(address) = self.held.address.take() else { return Ok(()) };
        let free_from = calendar::tomorrow(last) + Duration::days(self.ground.policy.static_ip_rest_days);
        addresses::release(&mut self.tx, self.held.id, free_from).await?;
        let details = json!({ "order": address.order_id, "address": address.address, "served_until": last });
        self.audit(Actor::System, "static_ip.released", details).await
    }

    /// Writes a row of the audit log.
    pub async fn audit(&mut self, actor: Actor, act: &str, details: Value) -> Result<(), Error> {
        let (at, account) = (self.now.instant, Some(self.held.id));
        Ok(self.service.audit(&mut self.tx, at, account, actor, act, details).await?)
    }

    /// Saves the account and makes everything durable.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.tell().await?;
        self.wish_of_network().await?;
        accounts::save(&mut self.tx, &self.held).await?;
        Ok(self.tx.commit().await?)
    }
}
