//! What every decision stands on: the catalogue and the policy.

use crate::{Error, Service};
use cabinet_core::calendar::Month;
use cabinet_core::tariff::{FeeVersion, Tariff};
use cabinet_core::{Account, Catalogue, Money, Policy, TariffCode};
use cabinet_store::{Tx, View, catalogue};
use std::sync::{Arc, RwLock};
use time::{Duration, OffsetDateTime};

/// Catalogue and policy, read together.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Every tariff.
    pub catalogue: Catalogue,
    /// The policy in force.
    pub policy: Policy,
    /// Its version.
    pub policy_version: i64,
}

impl Ground {
    /// Reads it. A database without a policy stands on the defaults.
    pub async fn load(view: &mut View) -> Result<Ground, Error> {
        let (policy_version, policy) = catalogue::policy(view).await?.unwrap_or_default();
        Ok(Ground { catalogue: catalogue::catalogue(view).await?, policy, policy_version })
    }
}

/// The ground as last read, for reads that may be a few seconds behind; writes read their own.
#[derive(Default)]
pub struct GroundCache(RwLock<Option<(OffsetDateTime, Arc<Ground>)>>);

/// How long a read may stand on what was read before.
const FRESH_FOR: Duration = Duration::seconds(5);

impl Service {
    /// The ground for reading.
    pub async fn ground(&self) -> Result<Arc<Ground>, Error> {
        let now = self.clock.now();
        let cached = self.ground_cache.0.read().expect("no writer panics").clone();
        if let Some((_, ground)) = cached.filter(|(read_at, _)| (now - *read_at).abs() < FRESH_FOR) {
            return Ok(ground);
        }
        let ground = Arc::new(Ground::load(&mut self.store.read().await?).await?);
        self.remember_ground(now, &ground);
        Ok(ground)
    }

    /// The ground a transaction decides on, remembered: the answer to it knows what it knew.
    pub(crate) async fn ground_within(&self, tx: &mut Tx) -> Result<Arc<Ground>, Error> {
        let ground = Arc::new(Ground::load(tx).await?);
        self.remember_ground(self.clock.now(), &ground);
        Ok(ground)
    }

    fn remember_ground(&self, now: OffsetDateTime, ground: &Arc<Ground>) {
        *self.ground_cache.0.write().expect("no writer panics") = Some((now, ground.clone()));
    }

    /// The ground for reading an account, read again if it is older than the account's tariff.
    pub async fn ground_of(&self, account: &Account) -> Result<Arc<Ground>, Error> {
        let planned = account.service.planned.as_ref().map(|planned| &planned.tariff);
        self.ground_naming([&account.service.tariff].into_iter().chain(planned)).await
    }

    /// The ground for reading, read again if it is older than one of these tariffs.
    pub async fn ground_naming<'a>(
        &self,
        tariffs: impl IntoIterator<Item = &'a TariffCode>,
    ) -> Result<Arc<Ground>, Error> {
        let ground = self.ground().await?;
        if tariffs.into_iter().all(|code| ground.catalogue.find(code).is_some()) {
            return Ok(ground);
        }
        self.forget_ground();
        self.ground().await
    }

    /// The public catalogue.
    pub async fn catalogue(&self) -> Result<Catalogue, Error> {
        Ok(self.ground().await?.catalogue.clone())
    }

    /// Fills an empty database with the default policy and the four tariffs; a filled one is left as it is.
    pub async fn fill_defaults(&self) -> Result<(), Error> {
        let mut view = self.store.read().await?;
        let filled =
            catalogue::policy(&mut view).await?.is_some() && !catalogue::catalogue(&mut view).await?.tariffs.is_empty();
        drop(view);
        if filled {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        self.lock_ground(&mut tx).await?;
        if catalogue::policy(&mut tx).await?.is_none() {
            catalogue::put_policy(&mut tx, 1, &Policy::default(), self.clock.now()).await?;
        }
        if catalogue::catalogue(&mut tx).await?.tariffs.is_empty() {
            for (position, tariff) in default_tariffs().iter().enumerate() {
                catalogue::put_tariff(&mut tx, tariff, position as i64).await?;
            }
        }
        tx.commit().await?;
        self.forget_ground();
        Ok(())
    }

    /// Whoever changes the catalogue or the policy does so alone.
    pub(crate) async fn lock_ground(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = self.clock.now().unix_timestamp();
        Ok(catalogue::put_fact(tx, "ground_changed_at", &now.to_string()).await?)
    }

    pub(crate) fn forget_ground(&self) {
        *self.ground_cache.0.write().expect("no writer panics") = None;
    }
}

/// The tariffs a new installation begins with; their fees hold since long before any contract.
pub fn default_tariffs() -> Vec<Tariff> {
    let since = Month::new(2000, 1).expect("a month");
    let tariff = |mbps: i64, fee: i64| Tariff {
        code: TariffCode::new(format!("home-{mbps}")),
        name: format!("Домашній {mbps}"),
        down_mbps: mbps,
        up_mbps: mbps,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees: vec![FeeVersion { from: since, fee: Money::from_kopecks(fee) }],
    };
    vec![tariff(10, 40_00), tariff(20, 50_00), tariff(50, 65_00), tariff(100, 80_00)]
}
