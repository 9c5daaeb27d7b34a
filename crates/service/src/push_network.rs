//! The network is told: tasks are taken many at once, what is wished is read again, and routers, the log or another system
//! hear of it, as many subscribers at once as the settings say.

use crate::network::{Following, Network, Way, Wished, follow};
use crate::work_outbox::{Job, LEASE};
use crate::{Error, Service};
use cabinet_core::network::{Access, Profile, Step, Turbo, step};
use cabinet_gateways::network::Told;
use cabinet_gateways::radius::attribute::{ACCT_SESSION_ID, Attribute, FRAMED_IP_ADDRESS, USER_NAME};
use cabinet_gateways::radius::packet::Ask;
use cabinet_gateways::radius::push::{Router, Verdict, ask};
use cabinet_gateways::radius::template::{Line, Values};
use cabinet_store::live_sessions::{self, LiveSession};
use cabinet_store::network_states::{self, NetworkState, Taken};
use cabinet_store::outbox::{self, Claimed};
use cabinet_store::{accounts, turbos};
use futures_util::{FutureExt, StreamExt, stream};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A session that was not heard of for so long is none: routers tell of each every few minutes.
pub(crate) const HEARD_WITHIN: Duration = Duration::minutes(15);
/// How many tasks are taken for each subscriber told at once.
const TURNS: usize = 4;
/// The least and the most a subscriber waits whom the network could not be told of; in between, half of how long they wait
/// already.
const WAITS: [Duration; 2] = [Duration::seconds(5), Duration::minutes(10)];
/// From when on staff is alarmed.
const ALARM: Duration = Duration::minutes(15);
/// What is given at sign-in only: a session cannot be told it as it runs.
const AT_SIGN_IN: [&str; 8] = [
    "Framed-IP-Address",
    "Framed-IPv6-Prefix",
    "Delegated-IPv6-Prefix",
    "Framed-Pool",
    "Framed-Route",
    "Class",
    "Session-Timeout",
    "Acct-Interim-Interval",
];

/// What the network is to be told of a subscriber.
struct Push {
    account: Uuid,
    contract: String,
    state: NetworkState,
    wished: Profile,
    /// What routers are believed to hold.
    held: Option<Profile>,
    sessions: Vec<LiveSession>,
}

/// How each kind of router is told who is served.
type Templates = HashMap<String, Vec<Line>>;

impl Service {
    /// Tells the network what is due, once. Answers how many tasks it took: a worker that took any comes again at once.
    ///
    /// # Errors
    /// Those of the store; what the network refuses is tried again.
    pub async fn work_network(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        if !outbox::network_due(&mut self.store.read().await?, now).await? {
            return Ok(0);
        }
        let parallel = self.network.as_ref().map_or(1, |network| network.parallel);
        let mut tx = self.store.write().await?;
        let limit = i64::try_from(parallel * TURNS).unwrap_or(i64::MAX);
        let claimed = outbox::claim_network(&mut tx, now, now + LEASE, limit).await?;
        tx.commit().await?;
        let (mut told, mut others): (BTreeMap<Uuid, Vec<&Claimed>>, Vec<&Claimed>) = Default::default();
        for task in &claimed {
            // One that a later build wrote must not keep the others waiting.
            match (serde_json::from_str(&task.body), task.account_id) {
                (Ok(Job::Network), Some(account)) => told.entry(account).or_default().push(task),
                _ => others.push(task),
            }
        }
        match &self.network {
            Some(network) => self.tell_network(network, told).await?,
            None => self.forget_network(told).await?,
        }
        // Whether a Turbo was taken is asked once what waits was told.
        for task in others {
            let outcome = AssertUnwindSafe(self.work_on(task)).catch_unwind().await;
            self.conclude(task, outcome.unwrap_or_else(|_| Err(Error::internal("a task panicked")))).await?;
        }
        Ok(claimed.len())
    }

    /// Nobody is told any more: what waits is forgotten, and what was told with it.
    async fn forget_network(&self, told: BTreeMap<Uuid, Vec<&Claimed>>) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        for (account, tasks) in &told {
            network_states::forget(&mut tx, *account).await?;
            for task in tasks {
                outbox::finish(&mut tx, task, self.clock.now()).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    async fn tell_network(&self, network: &Network, told: BTreeMap<Uuid, Vec<&Claimed>>) -> Result<(), Error> {
        if told.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = told.keys().copied().collect();
        let pushes = self.bring_up(&ids).await?;
        let templates = match network.way {
            Way::Radius => templates(live_sessions::served_lines(&mut self.store.read().await?).await?),
            Way::Log | Way::Webhook(_) => Templates::new(),
        };
        let templates = &templates;
        let outcomes: Vec<(&Push, Result<(), String>)> = stream::iter(&pushes)
            .map(|push| async move {
                // One that panics is one of the failures: the others must be told.
                let outcome = AssertUnwindSafe(self.push(network, templates, push)).catch_unwind().await;
                (push, outcome.unwrap_or_else(|_| Err("a push panicked".to_owned())))
            })
            .buffer_unordered(network.parallel)
            .collect()
            .await;
        self.note_pushes(&told, outcomes).await
    }

    /// Brings what is wished of these accounts up to now, and answers what is to be told of each.
    async fn bring_up(&self, ids: &[Uuid]) -> Result<Vec<Push>, Error> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        let states = network_states::lock_many(&mut tx, ids).await?;
        let found = accounts::find_many(&mut tx, ids).await?;
        let runs = turbos::ending_after_of(&mut tx, ids, now.instant).await?;
        let ground = self.ground_within(&mut tx).await?;
        let mut states: HashMap<Uuid, NetworkState> =
            states.into_iter().map(|state| (state.account_id, state)).collect();
        let mut speeds: HashMap<Uuid, Vec<Turbo>> = HashMap::new();
        for owned in runs {
            speeds.entry(owned.account_id).or_default().push(owned.run.speed());
        }
        let (mut changed, mut tasks, mut pushes) = (Vec::new(), Vec::new(), Vec::new());
        for held in found {
            let turbos = speeds.remove(&held.id).unwrap_or_default();
            let wished = Wished::of(&held, &turbos, &ground, &*self.clock, now);
            let known = states.remove(&held.id);
            let following = follow(held.id, known.clone(), &wished.profile, &wished, now.instant);
            if let Some(Following { state, turn, .. }) = &following {
                changed.push(state.clone());
                tasks.extend(turn.map(|at| self.task(Some(held.id), &Job::Network, at)).transpose()?);
            }
            let Some(state) = following.map(|following| following.state).or(known) else { continue };
            let held_profile = state.applied.as_deref().and_then(|text| text.parse().ok());
            pushes.push(Push {
                account: held.id,
                contract: held.contract,
                state,
                wished: wished.profile,
                held: held_profile,
                sessions: Vec::new(),
            });
        }
        network_states::wish_many(&mut tx, &changed).await?;
        outbox::put_bulk(&mut tx, &tasks).await?;
        tx.commit().await?;
        let waiting: Vec<Uuid> = pushes.iter().filter(|push| !push.state.is_taken()).map(|push| push.account).collect();
        let since = now.instant - HEARD_WITHIN;
        let mut sessions: HashMap<Uuid, Vec<LiveSession>> = HashMap::new();
        for session in live_sessions::of_many(&mut self.store.read().await?, &waiting, since).await? {
            sessions.entry(session.account_id).or_default().push(session);
        }
        for push in &mut pushes {
            push.sessions = sessions.remove(&push.account).unwrap_or_default();
        }
        Ok(pushes)
    }

    /// Tells the network of a subscriber; nobody to be told is success too.
    async fn push(&self, network: &Network, templates: &Templates, push: &Push) -> Result<(), String> {
        if push.state.is_taken() {
            return Ok(());
        }
        let Profile { access, down_kbit, up_kbit, address, prefix } = &push.wished;
        match &network.way {
            Way::Log => {
                tracing::info!(contract = push.contract, profile = %push.wished, "the network is told");
                Ok(())
            }
            Way::Webhook(webhook) => {
                let told = Told {
                    contract: &push.contract,
                    generation: push.state.generation,
                    access: access.code(),
                    down_kbit: *down_kbit,
                    up_kbit: *up_kbit,
                    address: address.as_deref(),
                    ipv6_prefix: prefix.as_deref(),
                };
                webhook.tell(&told, self.clock.now()).await
            }
            Way::Radius => {
                // A subscriber has one session, seldom two: one after the other, so that the limit holds.
                let mut outcome = Ok(());
                for session in &push.sessions {
                    outcome = outcome.and(self.tell_session(network, templates, push, session).await);
                }
                outcome
            }
        }
    }

    /// Changes a session, or ends it where that cannot be or is not taken.
    async fn tell_session(
        &self,
        network: &Network,
        templates: &Templates,
        push: &Push,
        session: &LiveSession,
    ) -> Result<(), String> {
        if generation(session) == Some(push.state.generation) {
            return Ok(());
        }
        let (name, router) = router(session).ok_or_else(|| format!("no router of address {}", session.router))?;
        let now = self.clock.now();
        if network.rests(&session.router, now) {
            return Err(format!("router {name} does not answer and is left alone for a while"));
        }
        let failed = |why: &dyn std::fmt::Display| format!("router {name}: {why}");
        let who = identity(session).map_err(|why| failed(&why))?;
        let tell = async |what: Ask, attributes: &[Attribute]| {
            ask(&router, what, network.next_id(), attributes, &network.patience).await.map_err(|why| failed(&why))
        };
        if step(push.held.as_ref(), &push.wished) == Step::Change {
            let lines = session.kind.as_ref().and_then(|kind| templates.get(kind));
            let change = changes(lines.map_or(&[], Vec::as_slice), &push.wished).map_err(|why| failed(&why))?;
            // A kind that knows no change of a running session is told at the next sign-in.
            if !change.is_empty() {
                match tell(Ask::Change, &[who.clone(), change].concat()).await? {
                    Verdict::Done | Verdict::Gone => return Ok(()),
                    Verdict::Refused(cause) => return Err(failed(&refused(cause))),
                    Verdict::Unable | Verdict::Silent => {}
                }
            }
        }
        match tell(Ask::Disconnect, &who).await? {
            Verdict::Done | Verdict::Gone => Ok(()),
            Verdict::Refused(cause) => Err(failed(&refused(cause))),
            Verdict::Unable => Err(failed(&"it cannot end a session")),
            Verdict::Silent => {
                network.rest(&session.router, self.clock.now());
                Err(failed(&"it does not answer"))
            }
        }
    }

    /// Keeps what became of it, all in one transaction.
    async fn note_pushes(
        &self,
        told: &BTreeMap<Uuid, Vec<&Claimed>>,
        outcomes: Vec<(&Push, Result<(), String>)>,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let (mut taken, mut served, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (push, outcome) in outcomes {
            if let Err(why) = outcome {
                failed.push((push, why));
                continue;
            }
            if push.wished.access == Access::Open {
                served.push(push.account);
            }
            if !push.state.is_taken() {
                let (generation, profile) = (push.state.generation, push.wished.to_string());
                taken.push(Taken { account: push.account, generation, profile });
            }
        }
        // First what an account's own transaction writes first, so that neither waits for the other.
        turbos::take_many(&mut tx, &served, now).await?;
        for (push, why) in &failed {
            self.put_push_off(&mut tx, push, &told[&push.account], why, now).await?;
        }
        // Told of a later one meanwhile, by another instance: whichever came last, they are told once more.
        for account in network_states::take_many(&mut tx, &taken, now).await? {
            if network_states::doubt(&mut tx, account).await? {
                self.later(&mut tx, Some(account), &Job::Network, now).await?;
            }
        }
        let failed: HashSet<Uuid> = failed.iter().map(|(push, _)| push.account).collect();
        let done: Vec<&Claimed> =
            told.iter().filter(|(id, _)| !failed.contains(*id)).flat_map(|(_, tasks)| tasks.iter().copied()).collect();
        if let Some(leased_until) = done.first().map(|task| task.leased_until) {
            let ids: Vec<Uuid> = done.iter().map(|task| task.id).collect();
            outbox::finish_many(&mut tx, &ids, leased_until, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// One of the tasks waits, however long: it ends when the network takes what is wished, or holds no session any more.
    async fn put_push_off(
        &self,
        tx: &mut cabinet_store::Tx,
        push: &Push,
        tasks: &[&Claimed],
        why: &str,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let late = now - push.state.changed_at;
        if late >= ALARM {
            tracing::error!(
                contract = push.contract,
                why,
                minutes = late.whole_minutes(),
                "the network does not follow"
            );
        } else {
            tracing::warn!(contract = push.contract, why, "the network was told in vain");
        }
        network_states::fail(tx, push.account, push.state.generation, why).await?;
        let [least, most] = WAITS;
        for (place, task) in tasks.iter().enumerate() {
            match place {
                0 => outbox::wait(tx, task, now + (late / 2_i32).clamp(least, most), why).await?,
                _ => outbox::finish(tx, task, now).await?,
            };
        }
        Ok(())
    }
}

/// The generation a session began with, where its router gives its class back.
pub(crate) fn generation(session: &LiveSession) -> Option<i64> {
    session.class.as_deref()?.strip_prefix('g')?.parse().ok()
}

fn refused(cause: Option<u32>) -> String {
    cause.map_or_else(|| "it refuses".to_owned(), |cause| format!("it refuses with cause {cause}"))
}

/// The router of a session, with its name.
fn router(session: &LiveSession) -> Option<(&str, Router)> {
    let address: IpAddr = session.router.parse().ok()?;
    let port = u16::try_from(session.coa_port?).ok()?;
    let router = Router {
        address: SocketAddr::new(address, port),
        secret: session.secret.clone()?.into(),
        signs: session.signs?,
        demands: session.demands?,
    };
    Some((session.name.as_deref()?, router))
}

/// What names a session to its router. Its own address does not stand in it: one behind a translation would not know it.
fn identity(session: &LiveSession) -> Result<Vec<Attribute>, String> {
    let mut known = vec![(USER_NAME, session.username.as_str()), (ACCT_SESSION_ID, session.session.as_str())];
    known.extend(session.address.as_deref().filter(|address| address.contains('.')).map(|of| (FRAMED_IP_ADDRESS, of)));
    known.into_iter().map(|(of, text)| of.with(text).map_err(|why| format!("{}: {why}", of.name))).collect()
}

/// What a session that runs is told.
fn changes(lines: &[Line], wished: &Profile) -> Result<Vec<Attribute>, String> {
    let kbit = |kbit: i64| u64::try_from(kbit).unwrap_or_default();
    let values = Values { down_kbit: kbit(wished.down_kbit), up_kbit: kbit(wished.up_kbit), ..Values::default() };
    let told = lines.iter().filter(|line| !AT_SIGN_IN.contains(&line.attribute.name));
    let filled = told.filter_map(|line| Some((line.attribute.name, line.attribute(&values)?)));
    filled.map(|(name, attribute)| attribute.map_err(|why| format!("{name}: {why}"))).collect()
}

fn templates(lines: Vec<live_sessions::ServedLine>) -> Templates {
    let mut templates = Templates::new();
    for line in lines {
        match format!("{} {} {}", line.attribute, line.op, line.value).parse() {
            Ok(known) => templates.entry(line.kind).or_default().push(known),
            Err(error) => {
                tracing::error!(kind = line.kind, attribute = line.attribute, %error, "a line of a router is none")
            }
        }
    }
    templates
}
