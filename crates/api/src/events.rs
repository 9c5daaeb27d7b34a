//! Who listens to an account, and what they are told: that it moved, never how.

use actix_web::web::Bytes;
use cabinet_core::Refusal;
use cabinet_service::watch_changes::{Moved, Seen};
use cabinet_service::{Error, Service};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// So many streams of one account: tabs and devices of a household. One more ends the oldest.
const OF_ONE: usize = 10;
/// So many streams of a process; each is a connection kept open.
const OF_ALL: usize = 10_000;
/// A line that says nothing goes this often, so that no proxy takes the stream for a dead one.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How soon a browser comes back, in milliseconds, and the first line it hears.
const OPENING: &str = "retry: 3000\n\n";
const CHANGED: &str = "event: changed\ndata: {}\n\n";
const SILENCE: &str = ": \n\n";

/// The streams of this process.
#[derive(Default)]
pub struct Events {
    listeners: Mutex<Listeners>,
}

#[derive(Default)]
struct Listeners {
    accounts: HashMap<Uuid, VecDeque<watch::Sender<()>>>,
    closed: bool,
}

impl Events {
    /// A stream of an account, until `lasts` is over or the server is about to end.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many listen.
    pub fn listen(
        &self,
        account: Uuid,
        lasts: Duration,
    ) -> Result<impl Stream<Item = Result<Bytes, Infallible>> + use<>, Refusal> {
        let mut listeners = self.listeners();
        if listeners.accounts.values().map(VecDeque::len).sum::<usize>() >= OF_ALL {
            return Err(Refusal::Busy);
        }
        let (sender, heard) = watch::channel(());
        // After the close the sender is dropped at once, and the stream ends with its first line.
        if !listeners.closed {
            let streams = listeners.accounts.entry(account).or_default();
            streams.push_back(sender);
            if streams.len() > OF_ONE {
                // The oldest is most likely one whose tab was left behind.
                streams.pop_front();
            }
        }
        drop(listeners);
        Ok(stream(heard, lasts))
    }

    /// Tells everybody concerned of what moved since the last look. Nothing is read while nobody listens.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn look(&self, service: &Service, seen: &mut Seen) -> Result<(), Error> {
        {
            let mut listeners = self.listeners();
            listeners.accounts.retain(|_, streams| {
                streams.retain(|sender| sender.receiver_count() > 0);
                !streams.is_empty()
            });
            if listeners.accounts.is_empty() {
                *seen = Seen::default();
                return Ok(());
            }
        }
        let Moved { all, accounts } = service.changes(seen).await?;
        let listeners = self.listeners();
        let concerned = listeners.accounts.iter().filter(|(account, _)| all || accounts.binary_search(account).is_ok());
        concerned.flat_map(|(_, streams)| streams).for_each(|sender| _ = sender.send(()));
        Ok(())
    }

    /// Ends every stream: a server that waits for them would never end.
    pub fn close(&self) {
        let mut listeners = self.listeners();
        listeners.closed = true;
        listeners.accounts.clear();
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[allow(clippy::disallowed_methods, reason = "a connection is kept alive by real time")]
fn stream(heard: watch::Receiver<()>, lasts: Duration) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let ends = tokio::time::Instant::now() + lasts;
    unfold((heard, true), move |(mut heard, opening)| async move {
        if opening {
            return Some((Ok(Bytes::from_static(OPENING.as_bytes())), (heard, false)));
        }
        let line = tokio::select! {
            outcome = heard.changed() => outcome.ok().map(|()| CHANGED)?,
            () = tokio::time::sleep_until(ends) => return None,
            () = tokio::time::sleep(HEARTBEAT) => SILENCE,
        };
        Some((Ok(Bytes::from_static(line.as_bytes())), (heard, false)))
    })
}
