//! How a subscriber's network stands: what is wished, what the routers took, sessions and traffic.

use crate::{Error, Service};
use cabinet_core::network::{Profile, TAKEN_WITHIN, Turbo};
use cabinet_core::{Now, Refusal};
use cabinet_store::network_sessions::{self, Session};
use cabinet_store::network_states::{self, NetworkState};
use cabinet_store::{View, accounts, turbos};
use time::OffsetDateTime;
use uuid::Uuid;

/// How many sessions are shown.
const SESSIONS: i64 = 10;

/// Whether the network gives what is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    /// Nobody is told, so nobody knows.
    Unknown,
    /// It was told, or is about to be.
    Pending,
    /// It does.
    Applied,
    /// It could not be told for longer than it should take.
    Failed,
}

/// How a subscriber's network stands.
#[derive(Clone, Debug)]
pub struct NetworkFacts {
    /// The moment.
    pub now: Now,
    /// Whether the network gives what is wished.
    pub following: Following,
    /// What is wished.
    pub wished: Profile,
    /// What the network took last.
    pub applied: Option<Profile>,
    /// Since when this is wished.
    pub changed_at: Option<OffsetDateTime>,
    /// When the network took something last.
    pub applied_at: Option<OffsetDateTime>,
    /// The next moment for which something is planned.
    pub next_change_at: Option<OffsetDateTime>,
    /// The Turbo that runs or waits, in order.
    pub turbos: Vec<Turbo>,
    /// The latest sessions, newest first.
    pub sessions: Vec<Session>,
    /// Octets from and to the subscriber since the month began.
    pub traffic: (i64, i64),
    /// When it began.
    pub month_began: OffsetDateTime,
}

impl Service {
    /// How a subscriber's network stands.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn show_network(&self, id: Uuid) -> Result<NetworkFacts, Error> {
        let now = self.now();
        let month_began = self.clock.day_start(cabinet_core::Month::of(now.today).first());
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, id).await?.ok_or(Refusal::NotFound)?;
        let runs = turbos::ending_after(&mut view, id, now.instant).await?;
        let state = network_states::find(&mut view, id).await?;
        let sessions = network_sessions::of(&mut view, id, SESSIONS).await?;
        let traffic = network_sessions::traffic_since(&mut view, id, month_began).await?;
        drop(view);
        let ground = self.ground_of(&held.account).await?;
        let turbos: Vec<Turbo> = runs.iter().map(turbos::TurboRun::speed).collect();
        let wished = crate::network::Wished::of(&held, &turbos, &ground, &*self.clock, now);
        let parsed = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        let following = self.following(state.as_ref(), Some(&wished.profile), now);
        Ok(NetworkFacts {
            now,
            applied: match (&state, following) {
                (_, Following::Unknown) => None,
                (None, _) => Some(wished.profile.clone()),
                (Some(state), _) => parsed(&state.applied),
            },
            following,
            changed_at: state.as_ref().map(|state| state.changed_at),
            applied_at: state.as_ref().and_then(|state| state.applied_at),
            next_change_at: wished.turns_at,
            wished: wished.profile,
            turbos,
            sessions,
            traffic,
            month_began,
        })
    }

    /// Whether the network gives an account what is wished; read only where anybody is told.
    pub(crate) async fn network_of(&self, view: &mut View, id: Uuid, now: Now) -> Result<Following, Error> {
        if self.network.is_none() {
            return Ok(Following::Unknown);
        }
        Ok(self.following(network_states::find(view, id).await?.as_ref(), None, now))
    }

    /// What is wished may have changed by itself a moment ago, which no task has seen yet.
    fn following(&self, state: Option<&NetworkState>, wished: Option<&Profile>, now: Now) -> Following {
        match state {
            _ if self.network.is_none() => Following::Unknown,
            None => Following::Applied,
            Some(state) => {
                let turned = state.turns_at.is_some_and(|at| at <= now.instant)
                    && wished.is_some_and(|wished| state.profile.as_deref() != Some(wished.to_string().as_str()));
                match () {
                    () if turned => Following::Pending,
                    () if state.is_taken() => Following::Applied,
                    () if state.failure.is_some() && now.instant - state.changed_at > TAKEN_WITHIN => Following::Failed,
                    () => Following::Pending,
                }
            }
        }
    }
}
