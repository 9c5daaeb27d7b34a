//! What the office keeps an eye on: payments that wait for a person, runs, tasks given up, and who did what.

use crate::account_tx::Actor;
use crate::office::paged;
use crate::take_notification::Told;
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_store::accounts;
use cabinet_store::audit::{self, AuditRow};
use cabinet_store::network_states::{self, Lagging};
use cabinet_store::outbox::{self, Dead};
use cabinet_store::payments::{self, Event, Held};
use cabinet_store::runs::{self, DayRun};
use serde_json::json;
use time::Date;
use uuid::Uuid;

/// A payment as the office sees it.
#[derive(Clone, Debug)]
pub struct LookedAt {
    /// The payment.
    pub held: Held,
    /// Whose it is, by contract number.
    pub contract: String,
    /// What its gateway said, oldest first.
    pub events: Vec<(Told, Event)>,
}

impl Service {
    /// Payments a person must look at, whatever their state, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_in_review(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Held>, Option<Uuid>), Error> {
        let found = payments::in_review(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |held| held.id))
    }

    /// A payment, whosever it is, with the contract and everything its gateway said, oldest first.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn look_at_payment(&self, id: Uuid) -> Result<LookedAt, Error> {
        let mut view = self.store.view().await?;
        let account = payments::owner(&mut view, id).await?.ok_or(Refusal::NotFound)?;
        let held = payments::find(&mut view, account, id).await?.ok_or(Refusal::NotFound)?;
        let owner = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let events = payments::events(&mut view, id).await?;
        let events = events.into_iter().map(|event| Ok((serde_json::from_str(&event.told)?, event)));
        Ok(LookedAt { held, contract: owner.contract, events: events.collect::<Result<_, Error>>()? })
    }

    /// What gateways said of no payment of ours, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_orphans(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Event>, Option<Uuid>), Error> {
        let found = payments::orphaned_events(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |event| event.id))
    }

    /// Finished days of the daily run, the last first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_runs(&self, cursor: Option<Date>, limit: i64) -> Result<(Vec<DayRun>, Option<Date>), Error> {
        let found = runs::recent(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |run| run.day))
    }

    /// Tasks of the outbox that were given up, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_dead(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Dead>, Option<Uuid>), Error> {
        let found = outbox::dead(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |task| task.id))
    }

    /// Tries a task that was given up again, from its beginning.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it is not given up.
    pub async fn repeat_task(&self, by: Actor, task: Uuid) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        if !outbox::revive(&mut tx, task, now).await? {
            return Err(Refusal::NotFound.into());
        }
        self.audit(&mut tx, now, None, by, "outbox.repeat", json!({ "task": task })).await?;
        Ok(tx.commit().await?)
    }

    /// Accounts the network does not follow, the longest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_lagging(&self, limit: i64) -> Result<Vec<Lagging>, Error> {
        Ok(network_states::lagging(&mut self.store.read().await?, limit).await?)
    }

    /// What was done to an account and by whom, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a cursor of another account.
    pub async fn list_audit(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<AuditRow>, Option<Uuid>), Error> {
        let mut view = self.store.read().await?;
        let place = match cursor {
            Some(id) => Some((audit::place(&mut view, account, id).await?.ok_or(Refusal::NotFound)?, id)),
            None => None,
        };
        let found = audit::page(&mut view, account, place, limit + 1).await?;
        Ok(paged(found, limit, |row| row.id))
    }
}
