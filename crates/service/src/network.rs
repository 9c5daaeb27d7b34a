//! How the network is told what to give a subscriber, and what is to be told: written in the transaction of its cause.
//!
//! One place compares what an account's network was to be with what it is to be now ([`AccountTx::wish_of_network`], when
//! the account is committed), so no use case has to think of it; the daily run's bulk has its own words for the one thing it
//! does ([`Service::stop_in_network`]). A task of the outbox names an account and nothing else: whoever does it reads what is
//! wished by then, so that any number of changes is one push.

use crate::account_tx::AccountTx;
use crate::clock::Clock;
use crate::work_outbox::Job;
use crate::{Error, Ground, Service};
use cabinet_core::Now;
use cabinet_core::network::{self, Profile, State, Turbo};
use cabinet_gateways::network::Webhook;
use cabinet_gateways::radius::push::PATIENCE;
use cabinet_store::accounts::Held;
use cabinet_store::network_states::{self, NetworkState};
use cabinet_store::{Tx, View, outbox, turbos};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration as StdDuration;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a router that does not answer is left alone, so that those who wait for it do not keep the others waiting.
const REST: Duration = Duration::seconds(30);

/// How the network is told.
pub enum Way {
    /// To the log only, and it counts as done.
    Log,
    /// Routers, by changes of their live sessions.
    Radius,
    /// Another system, by a signed POST.
    Webhook(Webhook),
}

/// What the network is told with.
pub struct Network {
    /// How.
    pub way: Way,
    /// How many subscribers at once.
    pub parallel: usize,
    pub(crate) patience: Vec<StdDuration>,
    next: AtomicU8,
    resting: Mutex<HashMap<String, OffsetDateTime>>,
}

impl Network {
    /// In this way, to so many subscribers at once.
    pub fn new(way: Way, parallel: usize) -> Network {
        let (next, resting) = (AtomicU8::default(), Mutex::default());
        Network { way, parallel: parallel.max(1), patience: PATIENCE.to_vec(), next, resting }
    }

    /// The same with other waits for a router's answer: one for each try.
    pub fn with_patience(self, patience: Vec<StdDuration>) -> Network {
        Network { patience, ..self }
    }

    /// The id of a request: it tells those apart that are under way.
    pub(crate) fn next_id(&self) -> u8 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn resting(&self) -> MutexGuard<'_, HashMap<String, OffsetDateTime>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a router is left alone. A rest that ends later than [`REST`] from now was begun by a clock since set back.
    pub(crate) fn rests(&self, router: &str, now: OffsetDateTime) -> bool {
        self.resting().get(router).is_some_and(|until| now < *until && *until - now <= REST)
    }

    /// It did not answer.
    pub(crate) fn rest(&self, router: &str, now: OffsetDateTime) {
        self.resting().insert(router.to_owned(), now + REST);
    }
}

/// What an account's network is to be at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wished {
    /// What it is to give.
    pub(crate) profile: Profile,
    /// The next moment for which something is planned.
    pub(crate) turns_at: Option<OffsetDateTime>,
}

impl Wished {
    pub(crate) fn of(held: &Held, turbos: &[Turbo], ground: &Ground, clock: &dyn Clock, now: Now) -> Wished {
        let (address, prefix) = given(held);
        let state = State { account: &held.account, turbos, address, prefix };
        Wished {
            profile: network::profile(&state, &ground.catalogue, now),
            turns_at: network::next_change(&state, now, |day| clock.day_start(day)),
        }
    }
}

/// The static address of an account, with the IPv6 prefix that goes with it.
pub(crate) fn given(held: &Held) -> (Option<&str>, Option<&str>) {
    let of = held.address.as_ref();
    (of.map(|of| of.address.as_str()), of.and_then(|of| of.prefix.as_deref()))
}

/// What is to be written where something else is wished than was.
pub(crate) struct Following {
    /// The state to be.
    pub(crate) state: NetworkState,
    /// Routers are to be told.
    pub(crate) push: bool,
    /// A task is to wait for that moment.
    pub(crate) turn: Option<OffsetDateTime>,
}

/// What follows from what is wished now, if anything. Without a row, routers have what was to be `before`.
pub(crate) fn follow(
    account: Uuid,
    known: Option<NetworkState>,
    before: &Profile,
    wished: &Wished,
    at: OffsetDateTime,
) -> Option<Following> {
    let mut state = known.unwrap_or_else(|| {
        let profile = Some(before.to_string());
        NetworkState {
            account_id: account,
            generation: 1,
            changed_at: at,
            applied: profile.clone(),
            profile,
            turns_at: None,
            applied_generation: Some(1),
            applied_at: Some(at),
            failure: None,
        }
    });
    let profile = wished.profile.to_string();
    let push = state.profile.as_deref() != Some(profile.as_str());
    let turned = state.turns_at != wished.turns_at;
    if push {
        state.generation += 1;
        state.changed_at = at;
        state.profile = Some(profile);
        state.failure = None;
    }
    state.turns_at = wished.turns_at;
    (push || turned).then_some(Following { state, push, turn: wished.turns_at.filter(|_| turned) })
}

impl Service {
    /// What an account's network is to be.
    pub(crate) async fn wished_network(
        &self,
        view: &mut View,
        held: &Held,
        ground: &Ground,
        now: Now,
    ) -> Result<Wished, Error> {
        let runs = match held.account.turbo_at(now.instant) {
            Some(_) => turbos::ending_after(view, held.id, now.instant).await?,
            None => Vec::new(),
        };
        let turbos: Vec<Turbo> = runs.iter().map(turbos::TurboRun::speed).collect();
        Ok(Wished::of(held, &turbos, ground, &*self.clock, now))
    }

    /// What the network gives an account that is about to change; nothing where nobody is told.
    pub(crate) async fn network_before(
        &self,
        view: &mut View,
        held: &Held,
        ground: &Ground,
        now: Now,
    ) -> Result<Option<Profile>, Error> {
        match &self.network {
            Some(_) => Ok(Some(self.wished_network(view, held, ground, now).await?.profile)),
            None => Ok(None),
        }
    }

    /// The network stops for accounts that the daily run blocked in bulk, in the transaction that blocks them.
    pub(crate) async fn stop_in_network(
        &self,
        tx: &mut Tx,
        blocked: &HashSet<Uuid>,
        at: OffsetDateTime,
    ) -> Result<(), Error> {
        if self.network.is_none() || blocked.is_empty() {
            return Ok(());
        }
        let mut blocked: Vec<Uuid> = blocked.iter().copied().collect();
        blocked.sort_unstable();
        let changed = network_states::wish_one(tx, &blocked, &Profile::GARDEN.to_string(), at).await?;
        let tasks = blocked.iter().filter(|id| changed.contains(*id)).map(|id| self.task(Some(*id), &Job::Network, at));
        Ok(outbox::put_bulk(tx, &tasks.collect::<Result<Vec<_>, _>>()?).await?)
    }
}

impl AccountTx<'_> {
    /// Writes what the network is to give after this transaction, where that is something else than before it, with the
    /// tasks to tell so: at once, and when something is planned.
    pub(crate) async fn wish_of_network(&mut self) -> Result<(), Error> {
        let Some(before) = self.network_before.take() else { return Ok(()) };
        let (service, id, at) = (self.service, self.held.id, self.now.instant);
        let wished = service.wished_network(&mut self.tx, &self.held, &self.ground, self.now).await?;
        let known = network_states::find(&mut self.tx, id).await?;
        if follow(id, known, &before, &wished, at).is_none() {
            return Ok(());
        }
        // Read again under its lock: a task may be about to write it.
        let known = network_states::lock(&mut self.tx, id).await?;
        let Some(following) = follow(id, known, &before, &wished, at) else { return Ok(()) };
        network_states::wish(&mut self.tx, &following.state).await?;
        for due_at in [following.push.then_some(at), following.turn].into_iter().flatten() {
            service.later(&mut self.tx, Some(id), &Job::Network, due_at).await?;
        }
        Ok(())
    }
}
