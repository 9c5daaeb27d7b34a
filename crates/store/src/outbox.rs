//! What is to be done outside: written with its cause, claimed with a lease, done at least once.

use crate::engine::{Raw, id_list};
use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A task to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// `notice`, `network`, `message`, `bill`, `webhook` or `payment_poll`.
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
    /// When it was written, or asked for again after it was given up.
    pub created_at: OffsetDateTime,
    /// How often it was tried since it last went well, this time included; waiting counts no try.
    pub attempts: i64,
    /// Until when its worker holds it; whoever holds it longer has lost it.
    pub leased_until: OffsetDateTime,
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

/// Writes many tasks at once, in the transaction of their cause.
pub async fn put_bulk(tx: &mut Tx, tasks: &[Task]) -> Result<(), StoreError> {
    if tasks.is_empty() {
        return Ok(());
    }
    match tx.raw() {
        Raw::Postgres(connection) => {
            sqlx::query(
                "INSERT INTO outbox (id, topic, account_id, body, created_at, due_at) \
                 SELECT * FROM UNNEST($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])",
            )
            .bind(tasks.iter().map(|task| task.id).collect::<Vec<_>>())
            .bind(tasks.iter().map(|task| task.topic.as_str()).collect::<Vec<_>>())
            .bind(tasks.iter().map(|task| task.account_id).collect::<Vec<_>>())
            .bind(tasks.iter().map(|task| task.body.as_str()).collect::<Vec<_>>())
            .bind(tasks.iter().map(|task| task.created_at).collect::<Vec<_>>())
            .bind(tasks.iter().map(|task| task.due_at).collect::<Vec<_>>())
            .execute(connection)
            .await?;
        }
        // SQLite has no list of instants to bind, and a statement that stays prepared costs it microseconds.
        Raw::Sqlite(_) => {
            for task in tasks {
                put(tx, task).await?;
            }
        }
    }
    Ok(())
}

/// How many tasks of a topic wait.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Depth {
    /// Which kind.
    pub topic: String,
    /// All that are not ended.
    pub waiting: i64,
    /// Those of them that are due.
    pub due: i64,
}

/// How many tasks wait, by topic.
pub async fn depths(view: &mut View, now: OffsetDateTime) -> Result<Vec<Depth>, StoreError> {
    view.all(
        "SELECT topic, COUNT(*) AS waiting, CAST(SUM(CASE WHEN due_at <= $1 THEN 1 ELSE 0 END) AS BIGINT) AS due \
         FROM outbox WHERE ended_at IS NULL GROUP BY topic ORDER BY topic",
        (now,),
    )
    .await
}

/// When the first task that waits is due.
pub async fn oldest(view: &mut View) -> Result<Option<OffsetDateTime>, StoreError> {
    let sql = "SELECT due_at FROM outbox WHERE ended_at IS NULL AND due_at IS NOT NULL ORDER BY due_at LIMIT 1";
    let due: Option<(OffsetDateTime,)> = view.maybe(sql, ()).await?;
    Ok(due.map(|(due,)| due))
}

/// How many tasks were given up.
pub async fn count_dead(view: &mut View) -> Result<i64, StoreError> {
    let (count,): (i64,) = view.one("SELECT COUNT(*) FROM outbox WHERE outcome = 'dead'", ()).await?;
    Ok(count)
}

/// Whether anything waits to be claimed by [`claim`].
pub async fn any_due(view: &mut View, now: OffsetDateTime) -> Result<bool, StoreError> {
    let due: Option<(Uuid,)> = view
        .maybe(
            "SELECT id FROM outbox WHERE ended_at IS NULL AND due_at <= $1 AND topic <> $2 \
             AND (leased_until IS NULL OR leased_until <= $1) LIMIT 1",
            (now, NETWORK),
        )
        .await?;
    Ok(due.is_some())
}

/// Every topic of [`claim`], in the order tasks are begun.
const TOPICS: [&str; 5] = ["payment_poll", "notice", "webhook", MESSAGE, BILL];
/// The topic of what routers are told, which comes by the thousand when hours end together: claimed by
/// [`claim_network`] alone.
pub const NETWORK: &str = "network";
/// The topic of notices, which come by the thousand in the morning; codes that somebody waits for are of `notice`.
pub const MESSAGE: &str = "message";
/// The topic of letters that come by the hundred thousand and are of use for weeks.
pub const BILL: &str = "bill";

/// Claims up to `limit` tasks that are due of each topic, a third as many of [`BILL`], until `lease_until`: one whose worker
/// died is claimed again after it. They come topic by topic, and within one as they came due, so that whatever waits of one
/// topic, the others have their turn. Two workers never hold the same task at once: each row is compared as it is claimed.
pub async fn claim(
    tx: &mut Tx,
    now: OffsetDateTime,
    lease_until: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    for topic in TOPICS {
        let share = if topic == BILL { (limit + 2) / 3 } else { limit };
        let due: Vec<(Uuid, i64)> = tx
            .all(
                "SELECT id, attempts FROM outbox WHERE ended_at IS NULL AND topic = $3 AND due_at <= $1 \
                 AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $2",
                (now, share, topic),
            )
            .await?;
        for (id, attempts) in due {
            let task: Option<Claimed> = tx
                .maybe(
                    "UPDATE outbox SET leased_until = $3, attempts = attempts + 1 \
                     WHERE id = $1 AND attempts = $2 AND ended_at IS NULL AND due_at <= $4 \
                     AND (leased_until IS NULL OR leased_until <= $4) \
                     RETURNING id, topic, account_id, body, created_at, attempts, leased_until",
                    (id, attempts, lease_until, now),
                )
                .await?;
            claimed.extend(task);
        }
    }
    Ok(claimed)
}

/// Whether anything of [`NETWORK`] waits to be claimed.
pub async fn network_due(view: &mut View, now: OffsetDateTime) -> Result<bool, StoreError> {
    let due: Option<(Uuid,)> = view
        .maybe(
            "SELECT id FROM outbox WHERE topic = $2 AND ended_at IS NULL AND due_at <= $1 \
             AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at LIMIT 1",
            (now, NETWORK),
        )
        .await?;
    Ok(due.is_some())
}

/// Claims up to `limit` tasks of [`NETWORK`] that are due, the longest first, in one statement; in no order.
pub async fn claim_network(
    tx: &mut Tx,
    now: OffsetDateTime,
    lease_until: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    tx.all(
        "UPDATE outbox SET leased_until = $3, attempts = attempts + 1 WHERE id IN (SELECT id FROM outbox \
         WHERE topic = $4 AND ended_at IS NULL AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) \
         ORDER BY due_at, id LIMIT $2) AND ended_at IS NULL AND due_at <= $1 \
         AND (leased_until IS NULL OR leased_until <= $1) \
         RETURNING id, topic, account_id, body, created_at, attempts, leased_until",
        (now, limit, lease_until, NETWORK),
    )
    .await
}

/// Many tasks of one claim are done; those whose lease was lost are left to who has them.
pub async fn finish_many(
    tx: &mut Tx,
    tasks: &[Uuid],
    leased_until: OffsetDateTime,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    match tx.raw() {
        Raw::Postgres(connection) => {
            sqlx::query(
                "UPDATE outbox SET ended_at = $3, outcome = 'done', body = '', error = NULL \
                 WHERE id = ANY($1) AND leased_until = $2 AND ended_at IS NULL",
            )
            .bind(tasks)
            .bind(leased_until)
            .bind(at)
            .execute(connection)
            .await?;
        }
        Raw::Sqlite(connection) => {
            sqlx::query(
                "UPDATE outbox SET ended_at = $3, outcome = 'done', body = '', error = NULL \
                 WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND leased_until = $2 AND ended_at IS NULL",
            )
            .bind(id_list(tasks))
            .bind(leased_until)
            .bind(at)
            .execute(connection)
            .await?;
        }
    }
    Ok(())
}

/// The task is done, and what it was to do is forgotten. `false` if its lease was lost to another worker, who will
/// conclude it.
pub async fn finish(tx: &mut Tx, task: &Claimed, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET ended_at = $3, outcome = 'done', body = '', error = NULL \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, at),
        )
        .await?;
    Ok(rows == 1)
}

/// The task went well and is to be done again at `due_at`: its tries count from the beginning.
pub async fn repeat(tx: &mut Tx, task: &Claimed, due_at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET due_at = $3, leased_until = NULL, attempts = 0, error = NULL \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, due_at),
        )
        .await?;
    Ok(rows == 1)
}

/// The task failed and is to be tried again at `due_at`.
pub async fn postpone(tx: &mut Tx, task: &Claimed, due_at: OffsetDateTime, error: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET due_at = $3, leased_until = NULL, error = $4 \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, due_at, error),
        )
        .await?;
    Ok(rows == 1)
}

/// The task could not be tried for no fault of its own, and waits until `due_at`: this try does not count.
pub async fn wait(tx: &mut Tx, task: &Claimed, due_at: OffsetDateTime, error: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET due_at = $3, leased_until = NULL, attempts = attempts - 1, error = $4 \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, due_at, error),
        )
        .await?;
    Ok(rows == 1)
}

/// The task is given up: staff sees it.
pub async fn bury(tx: &mut Tx, task: &Claimed, at: OffsetDateTime, error: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET ended_at = $3, outcome = 'dead', error = $4 \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, at, error),
        )
        .await?;
    Ok(rows == 1)
}

/// The same, and what it was to do is forgotten: it cannot be tried again.
pub async fn bury_forgotten(tx: &mut Tx, task: &Claimed, at: OffsetDateTime, error: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET ended_at = $3, outcome = 'dead', body = '', error = $4 \
             WHERE id = $1 AND leased_until = $2 AND ended_at IS NULL",
            (task.id, task.leased_until, at, error),
        )
        .await?;
    Ok(rows == 1)
}

/// Housekeeping: forgets tasks done before a moment; dead ones stay.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM outbox WHERE outcome = 'done' AND ended_at < $1", (before,)).await
}

/// A task that was given up.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Dead {
    /// Its id.
    pub id: Uuid,
    /// Which kind.
    pub topic: String,
    /// Whom it concerns.
    pub account_id: Option<Uuid>,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// When it was given up.
    pub ended_at: OffsetDateTime,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed the last time.
    pub error: Option<String>,
}

/// Tasks given up, newest first, those before `cursor`.
pub async fn dead(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Dead>, StoreError> {
    dead_of(view, None, cursor, limit).await
}

/// The same of one topic, or of all.
pub async fn dead_of(
    view: &mut View,
    topic: Option<&str>,
    cursor: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Dead>, StoreError> {
    view.all(
        "SELECT id, topic, account_id, created_at, ended_at, attempts, error FROM outbox \
         WHERE outcome = 'dead' AND id < $1 AND ($3 = '' OR topic = $3) ORDER BY id DESC LIMIT $2",
        (cursor.unwrap_or(Uuid::max()), limit, topic.unwrap_or_default()),
    )
    .await
}

/// Tries a task that was given up once more from its beginning; `false` if it is not given up, or nobody knows any more
/// what it was to do.
pub async fn revive(tx: &mut Tx, id: Uuid, due_at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE outbox SET created_at = $2, due_at = $2, leased_until = NULL, attempts = 0, ended_at = NULL, \
             outcome = NULL, error = NULL WHERE id = $1 AND outcome = 'dead' AND body <> ''",
            (id, due_at),
        )
        .await?;
    Ok(rows == 1)
}

/// The same for every task given up, of one topic or of all; answers how many.
pub async fn revive_all(tx: &mut Tx, topic: Option<&str>, due_at: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run(
        "UPDATE outbox SET created_at = $2, due_at = $2, leased_until = NULL, attempts = 0, ended_at = NULL, \
         outcome = NULL, error = NULL WHERE outcome = 'dead' AND body <> '' AND ($1 = '' OR topic = $1)",
        (topic.unwrap_or_default(), due_at),
    )
    .await
}
