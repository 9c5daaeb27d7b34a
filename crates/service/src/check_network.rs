//! The backstop: every session that runs is looked at, whether it began with what is wished by now, or was told since.

use crate::network::{Way, Wished, follow};
use crate::push_network::{HEARD_WITHIN, generation};
use crate::work_outbox::Job;
use crate::{Error, Service};
use cabinet_core::network::Turbo;
use cabinet_store::live_sessions::{self, LiveSession};
use cabinet_store::network_states::{self, NetworkState};
use cabinet_store::{accounts, outbox, runs, turbos};
use std::collections::HashMap;
use time::Duration;
use uuid::Uuid;

/// How often.
pub const EVERY: Duration = Duration::minutes(5);
/// How many accounts are looked at together.
const CHUNK: i64 = 500;
const LEASE: &str = "network_check";
/// A session that began so shortly before routers were told may not have been known then.
const OVERLAP: Duration = Duration::seconds(10);

impl Service {
    /// Looks at every account that has a session which runs: whoever is to have something else than was wished last (a
    /// tariff's speed that changed, what was planned before anybody was told), or whose session began with less than that,
    /// is told. Answers how many were looked at and how many are told; one instance does so at a time.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check_network(&self) -> Result<(usize, usize), Error> {
        let Some(network) = &self.network else { return Ok((0, 0)) };
        let (now, holder) = (self.clock.now(), self.new_id());
        let mut tx = self.store.write().await?;
        let alone = runs::lease(&mut tx, LEASE, holder, now, now + EVERY / 2_i32).await?;
        tx.commit().await?;
        if !alone {
            return Ok((0, 0));
        }
        let by_class = matches!(network.way, Way::Radius);
        let (mut after, mut seen, mut told) = (Uuid::nil(), 0, 0);
        loop {
            let since = self.clock.now() - HEARD_WITHIN;
            let ids = live_sessions::accounts(&mut self.store.read().await?, after, since, CHUNK).await?;
            let Some(last) = ids.last() else { break };
            after = *last;
            seen += ids.len();
            told += self.check_accounts(&ids, by_class).await?;
        }
        let mut tx = self.store.write().await?;
        runs::release(&mut tx, LEASE, holder).await?;
        tx.commit().await?;
        Ok((seen, told))
    }

    async fn check_accounts(&self, ids: &[Uuid], by_class: bool) -> Result<usize, Error> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        let states = network_states::lock_many(&mut tx, ids).await?;
        let runs = turbos::ending_after_of(&mut tx, ids, now.instant).await?;
        let ground = self.ground_within(&mut tx).await?;
        let mut states: HashMap<Uuid, NetworkState> =
            states.into_iter().map(|state| (state.account_id, state)).collect();
        let mut speeds: HashMap<Uuid, Vec<Turbo>> = HashMap::new();
        for owned in runs {
            speeds.entry(owned.account_id).or_default().push(owned.run.speed());
        }
        let mut sessions: HashMap<Uuid, Vec<LiveSession>> = HashMap::new();
        if by_class {
            for session in live_sessions::of_many(&mut tx, ids, now.instant - HEARD_WITHIN).await? {
                sessions.entry(session.account_id).or_default().push(session);
            }
        }
        let (mut changed, mut tasks, mut told) = (Vec::new(), Vec::new(), 0);
        for held in accounts::find_many(&mut tx, ids).await? {
            let turbos = speeds.remove(&held.id).unwrap_or_default();
            let wished = Wished::of(&held, &turbos, &ground, &*self.clock, now);
            let known = states.remove(&held.id);
            // Whoever has no row yet has what was to be when they signed in.
            let following = follow(held.id, known.clone(), &wished.profile, &wished, now.instant);
            let pushed = following.as_ref().is_some_and(|following| following.push);
            if let Some(following) = following {
                tasks.extend(following.turn.map(|at| self.task(Some(held.id), &Job::Network, at)).transpose()?);
                changed.push(following.state);
            }
            let missed = || {
                let of = sessions.remove(&held.id).unwrap_or_default();
                known.is_some_and(|state| state.is_taken() && of.iter().any(|session| missed(session, &state)))
            };
            if pushed || missed() && network_states::doubt(&mut tx, held.id).await? {
                tasks.push(self.task(Some(held.id), &Job::Network, now.instant)?);
                told += 1;
            }
        }
        network_states::wish_many(&mut tx, &changed).await?;
        outbox::put_bulk(&mut tx, &tasks).await?;
        tx.commit().await?;
        Ok(told)
    }
}

/// Whether a session began with less than is wished, and after the routers were told of that.
fn missed(session: &LiveSession, state: &NetworkState) -> bool {
    let older = generation(session).is_some_and(|began| began < state.generation);
    older && state.applied_at.is_none_or(|told| session.started_at + OVERLAP > told)
}
