//! Counters of failed tries, shared by every instance and kept over restarts.

use crate::{StoreError, Tx, View};
use cabinet_core::throttle::Tally;
use time::OffsetDateTime;

/// Failures, since when they are being forgotten, and from when the next try is weighed.
type Row = (i64, OffsetDateTime, OffsetDateTime);

fn tally((failures, last_at, open_at): Row) -> Tally {
    Tally { failures, last_at, open_at }
}

/// The counter, if anything was counted.
pub async fn find(view: &mut View, bucket: &str) -> Result<Option<Tally>, StoreError> {
    let row = view.maybe("SELECT failures, last_at, open_at FROM throttle WHERE bucket = $1", (bucket,)).await?;
    Ok(row.map(tally))
}

/// Locks the counter (making it if need be) and reads it: tries under one name are weighed one after another.
pub async fn lock(tx: &mut Tx, bucket: &str, now: OffsetDateTime) -> Result<Tally, StoreError> {
    let row = tx
        .one(
            "INSERT INTO throttle (bucket, failures, last_at, open_at) VALUES ($1, 0, $2, $2)
             ON CONFLICT (bucket) DO UPDATE SET failures = throttle.failures
             RETURNING failures, last_at, open_at",
            (bucket, now),
        )
        .await?;
    Ok(tally(row))
}

/// Writes a counter that [`lock`] holds.
pub async fn put(tx: &mut Tx, bucket: &str, tally: &Tally) -> Result<(), StoreError> {
    tx.run(
        "UPDATE throttle SET failures = $2, last_at = $3, open_at = $4 WHERE bucket = $1",
        (bucket, tally.failures, tally.last_at, tally.open_at),
    )
    .await
    .map(drop)
}

/// Takes one failure back. The wait goes back to what it was before that failure set it to `open_at`; a wait that
/// another one set stays.
pub async fn forgive_one(
    tx: &mut Tx,
    bucket: &str,
    open_at: OffsetDateTime,
    open_before: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE throttle SET failures = failures - 1, open_at = CASE WHEN open_at = $2 THEN $3 ELSE open_at END
         WHERE bucket = $1 AND failures > 0",
        (bucket, open_at, open_before),
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
