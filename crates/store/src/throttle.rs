//! Counters of failed tries, shared by every instance and kept over restarts.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;

/// What is counted under one name (a contract, an address, everybody).
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Bucket {
    /// Failures within the window.
    pub failures: i64,
    /// When the last one was.
    pub last_at: OffsetDateTime,
    /// From when the next try is weighed.
    pub open_at: OffsetDateTime,
}

/// The counter, if anything was counted.
pub async fn find(view: &mut View, bucket: &str) -> Result<Option<Bucket>, StoreError> {
    view.maybe("SELECT failures, last_at, open_at FROM throttle WHERE bucket = $1", (bucket,)).await
}

/// Locks the counter (making it if need be) and reads it: tries under one name are weighed one after another.
pub async fn lock(tx: &mut Tx, bucket: &str, now: OffsetDateTime) -> Result<Bucket, StoreError> {
    tx.one(
        "INSERT INTO throttle (bucket, failures, last_at, open_at) VALUES ($1, 0, $2, $2)
         ON CONFLICT (bucket) DO UPDATE SET failures = throttle.failures
         RETURNING failures, last_at, open_at",
        (bucket, now),
    )
    .await
}

/// Writes a counter that [`lock`] holds.
pub async fn put(tx: &mut Tx, bucket: &str, state: &Bucket) -> Result<(), StoreError> {
    tx.run(
        "UPDATE throttle SET failures = $2, last_at = $3, open_at = $4 WHERE bucket = $1",
        (bucket, state.failures, state.last_at, state.open_at),
    )
    .await
    .map(drop)
}

/// Takes one failure back: the try turned out right.
pub async fn forgive_one(tx: &mut Tx, bucket: &str, now: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "UPDATE throttle SET failures = failures - 1, open_at = $2 WHERE bucket = $1 AND failures > 0",
        (bucket, now),
    )
    .await
    .map(drop)
}

/// Starts the counter afresh.
pub async fn clear(tx: &mut Tx, bucket: &str) -> Result<(), StoreError> {
    tx.run("DELETE FROM throttle WHERE bucket = $1", (bucket,)).await.map(drop)
}

/// Housekeeping: forgets counters that were not touched since.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM throttle WHERE last_at < $1", (before,)).await
}
