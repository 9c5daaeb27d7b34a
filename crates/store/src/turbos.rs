//! Hours of more speed, by the order that bought them.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One Turbo.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TurboRun {
    /// The order that bought it.
    pub order_id: Uuid,
    /// Code of the option.
    pub option_code: String,
    /// The business day it was bought.
    pub taken_on: Date,
    /// When it begins.
    pub starts_at: OffsetDateTime,
    /// When it ends.
    pub ends_at: OffsetDateTime,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
    /// It came with the tariff.
    pub free: bool,
}

/// Keeps one.
pub async fn put(tx: &mut Tx, account: Uuid, run: &TurboRun) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO turbo_run (account_id, order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (
            account,
            run.order_id,
            run.option_code.as_str(),
            run.taken_on,
            run.starts_at,
            run.ends_at,
            run.down_mbps,
            run.up_mbps,
            run.free,
        ),
    )
    .await?;
    Ok(())
}

/// Those of an account that end after `instant`, in the order they run.
pub async fn ending_after(
    view: &mut View,
    account: Uuid,
    instant: OffsetDateTime,
) -> Result<Vec<TurboRun>, StoreError> {
    view.all(
        "SELECT order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free FROM turbo_run \
         WHERE account_id = $1 AND ends_at > $2 ORDER BY ends_at",
        (account, instant),
    )
    .await
}

/// When the last Turbo but the one of `order` ends or ended.
pub async fn last_but(view: &mut View, account: Uuid, order: Uuid) -> Result<Option<OffsetDateTime>, StoreError> {
    let (last,): (Option<OffsetDateTime>,) = view
        .one("SELECT MAX(ends_at) FROM turbo_run WHERE account_id = $1 AND order_id <> $2", (account, order))
        .await?;
    Ok(last)
}

/// Forgets one that was undone.
pub async fn remove(tx: &mut Tx, account: Uuid, order: Uuid) -> Result<(), StoreError> {
    tx.run("DELETE FROM turbo_run WHERE account_id = $1 AND order_id = $2", (account, order)).await?;
    Ok(())
}

/// How many free ones were taken from `from` to `to`.
pub async fn free_between(view: &mut View, account: Uuid, from: Date, to: Date) -> Result<i64, StoreError> {
    let (count,): (i64,) = view
        .one(
            "SELECT COUNT(*) FROM turbo_run WHERE account_id = $1 AND free AND taken_on >= $2 AND taken_on <= $3",
            (account, from, to),
        )
        .await?;
    Ok(count)
}
