//! How the installation does, for those who watch it: no account stands in it.

use crate::{Error, Service};
use cabinet_store::network_states::{self, Behind};
use cabinet_store::{PoolUse, outbox, payments, runs};
use std::sync::atomic::Ordering;
use time::Duration;

/// How the installation does.
#[derive(Clone, Debug)]
pub struct Vitals {
    /// Tasks of the outbox that wait, by topic.
    pub outbox: Vec<outbox::Depth>,
    /// Tasks given up.
    pub dead_tasks: i64,
    /// How long the first of the tasks that are due is overdue; nothing if none is due.
    pub overdue: Option<Duration>,
    /// Payments a person must look at.
    pub in_review: i64,
    /// Accounts the network does not follow.
    pub network: Behind,
    /// How long ago the last daily run was done; nothing before the first.
    pub since_run: Option<Duration>,
    /// How many days lie between the last day charged and today.
    pub days_behind: Option<i64>,
}

impl Service {
    /// Reads how the installation does.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn vitals(&self) -> Result<Vitals, Error> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let oldest = outbox::oldest(&mut view).await?;
        let last = runs::recent(&mut view, None, 1).await?.into_iter().next();
        Ok(Vitals {
            outbox: outbox::depths(&mut view, now.instant).await?,
            dead_tasks: outbox::count_dead(&mut view).await?,
            overdue: oldest.map(|due| now.instant - due).filter(|overdue| !overdue.is_negative()),
            in_review: payments::count_in_review(&mut view).await?,
            network: network_states::behind(&mut view).await?,
            since_run: last.as_ref().map(|run| now.instant - run.finished_at),
            days_behind: last.map(|run| (now.today - run.day).whole_days()),
        })
    }

    /// How often since the process began a terminal asked what staff should hear of: another sum for a known transaction, a
    /// payment taken back too late, a forged signature.
    pub fn terminal_doubts(&self) -> u64 {
        self.terminal_doubts.load(Ordering::Relaxed)
    }

    /// How the connections to the database are used.
    pub fn pools(&self) -> Vec<PoolUse> {
        self.store.pools_in_use()
    }
}
