//! Connections to PostgreSQL that readers hand to each other.
//!
//! The pool tries each connection that comes back by a round trip, which takes as long as most reads. A connection whose
//! statements all came to their end needs no such trial: it waits here for the next reader.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The connections that wait for a reader, the last one back first.
pub(crate) struct Lane {
    pool: PgPool,
    waiting: Mutex<Vec<(PoolConnection<Postgres>, Instant)>>,
    most: usize,
    trusted_rest: Duration,
}

impl Lane {
    /// Of this pool, with at most so many waiting; whichever rested longer than `trusted_rest` goes back to be tried.
    pub(crate) fn new(pool: PgPool, most: usize, trusted_rest: Duration) -> Arc<Lane> {
        Arc::new(Lane { pool, waiting: Mutex::default(), most, trusted_rest })
    }

    /// A connection for a reader.
    pub(crate) async fn lend(self: &Arc<Lane>) -> Result<Loan, sqlx::Error> {
        let connection = match self.take() {
            Some((connection, since)) if since.elapsed() < self.trusted_rest => connection,
            // A connection that rested too long goes back to the pool here.
            _ => self.pool.acquire().await?,
        };
        Ok(Loan { connection: Some(connection), sound: true, lane: self.clone() })
    }

    /// Lets the pool have one of those that wait, if it has none to give.
    pub(crate) fn make_room(&self) {
        if self.pool.num_idle() == 0 {
            drop(self.take());
        }
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.locked().len()
    }

    /// Gives all that wait back to a pool that is being closed.
    pub(crate) fn clear(&self) {
        let all = std::mem::take(&mut *self.locked());
        drop(all);
    }

    fn take(&self) -> Option<(PoolConnection<Postgres>, Instant)> {
        self.locked().pop()
    }

    fn give(&self, connection: PoolConnection<Postgres>) {
        let mut waiting = self.locked();
        // Asked under the lock: whoever closes the pool clears the lane after it.
        if waiting.len() < self.most && !self.pool.is_closed() {
            waiting.push((connection, Instant::now()));
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<(PoolConnection<Postgres>, Instant)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection lent to a reader.
pub(crate) struct Loan {
    /// There until it is given back.
    connection: Option<PoolConnection<Postgres>>,
    sound: bool,
    lane: Arc<Lane>,
}

impl Loan {
    /// The connection, which is unsound until [`Loan::ended`]: a reader may go away in the middle of a statement.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.sound = false;
        self.connection.as_mut().expect("it is given back by drop alone")
    }

    /// The statement came to its end.
    pub(crate) fn ended(&mut self) {
        self.sound = true;
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take().filter(|_| self.sound) {
            self.lane.give(connection);
        }
    }
}
