//! What is to be done outside: written with its cause, claimed with a lease, done at least once.

use crate::{StoreError, Tx, View};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A task to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// `notice`, `network`, `bill`, `webhook` or `payment_poll`.
    pub topic: String,
    /// Whom it concerns.
    pub account_id: Option<Uuid>,
    /// What to do, as JSON of the service.
    pub body: String,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// From when it may be done.
    pub due_at: OffsetDateTime,
}

/// A task somebody works on.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Claimed {
    /// Its id.
    pub id: Uuid,
    /// Which kind.
    pub topic: String,
    /// Whom it concerns.
    pub account_id: Option<Uuid>,
    /// What to do.
    pub body: String,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// Writes a task, in the transaction of its cause.
pub async fn put(tx: &mut Tx, task: &Task) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO outbox (id, topic, account_id, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)",
        (task.id, task.topic.as_str(), task.account_id, task.body.as_str(), task.created_at, task.due_at),
    )
    .await?;
    Ok(())
}

/// Whether anything waits to be claimed.
pub async fn any_due(view: &mut View, now: OffsetDateTime) -> Result<bool, StoreError> {
    let due: Option<(Uuid,)> = view
        .maybe(
            "SELECT id FROM outbox WHERE ended_at IS NULL AND due_at <= $1 \
             AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1",
            (now,),
        )
        .await?;
    Ok(due.is_some())
}

/// Claims up to `limit` tasks that are due, until `lease_until`: one whose worker died is claimed again after it. Two
/// workers never hold the same task at once: each row is compared as it is claimed.
pub async fn claim(
    tx: &mut Tx,
    now: OffsetDateTime,
    lease_until: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let due: Vec<(Uuid, i64)> = tx
        .all(
            "SELECT id, attempts FROM outbox WHERE ended_at IS NULL AND due_at <= $1 \
             AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $2",
            (now, limit),
        )
        .await?;
    let mut claimed = Vec::with_capacity(due.len());
    for (id, attempts) in due {
        let task: Option<Claimed> = tx
            .maybe(
                "UPDATE outbox SET leased_until = $3, attempts = attempts + 1 \
                 WHERE id = $1 AND attempts = $2 AND ended_at IS NULL \
                 RETURNING id, topic, account_id, body, created_at, attempts",
                (id, attempts, lease_until),
            )
            .await?;
        claimed.extend(task);
    }
    Ok(claimed)
}

/// The task is done.
pub async fn finish(tx: &mut Tx, id: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run("UPDATE outbox SET ended_at = $2, outcome = 'done', error = NULL WHERE id = $1", (id, at)).await?;
    Ok(())
}

/// The task is to be tried again, or once more asked, at `due_at`.
pub async fn postpone(tx: &mut Tx, id: Uuid, due_at: OffsetDateTime, error: Option<&str>) -> Result<(), StoreError> {
    tx.run(
        "UPDATE outbox SET due_at = $2, leased_until = NULL, error = $3 WHERE id = $1",
        (id, due_at, error.map(str::to_owned)),
    )
    .await?;
    Ok(())
}

/// The task is given up: staff sees it.
pub async fn bury(tx: &mut Tx, id: Uuid, at: OffsetDateTime, error: &str) -> Result<(), StoreError> {
    tx.run("UPDATE outbox SET ended_at = $2, outcome = 'dead', error = $3 WHERE id = $1", (id, at, error)).await?;
    Ok(())
}

/// Housekeeping: forgets tasks done before a moment; dead ones stay.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM outbox WHERE outcome = 'done' AND ended_at < $1", (before,)).await
}
