//! Notices: what each subscriber wishes to be told, and what was.

use crate::engine::Raw;
use crate::{StoreError, Tx, View};
use cabinet_core::notice::{Memory, Period, Ways, Wishes};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What an account wishes to be told, and how it can be. Notifications to browsers are wished by having one that takes
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// By short messages; never of notifications to browsers.
    pub sms: bool,
    /// By letters; likewise.
    pub email: bool,
    /// Of what.
    pub wishes: Wishes,
    /// What is remembered.
    pub memory: Memory,
}

/// A wish with whom it is of and which of its ways are open: the phone or e-mail is confirmed and takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whose it is.
    pub account: Uuid,
    /// Which ways it is for.
    pub ways: Ways,
    /// The wish.
    pub wish: Wish,
    /// Short messages are wished and reach somebody.
    pub sms: bool,
    /// So do letters.
    pub email: bool,
    /// Some browser takes notifications.
    pub push: bool,
}

impl Reach {
    /// Whether anything that is told reaches somebody.
    pub fn is_open(&self) -> bool {
        self.sms || self.email || self.push
    }
}

#[derive(FromRow)]
struct Row {
    account_id: Uuid,
    ways: String,
    sms: bool,
    email: bool,
    threshold_days: Option<i64>,
    period: Option<String>,
    period_day: Option<i64>,
    on_payment: bool,
    on_block: bool,
    on_unblock: bool,
    on_change: bool,
    armed: bool,
    crossings: i64,
    told_on: Date,
    phone_reached: bool,
    email_reached: bool,
    push_reached: bool,
}

impl From<Row> for Reach {
    fn from(row: Row) -> Reach {
        let period = row.period.zip(row.period_day.and_then(|day| u8::try_from(day).ok()));
        let wish = Wish {
            sms: row.sms,
            email: row.email,
            wishes: Wishes {
                threshold_days: row.threshold_days,
                period: period.map(|(period, day)| match period.as_str() {
                    "weekly" => Period::Weekly(day),
                    _ => Period::Monthly(day),
                }),
                on_payment: row.on_payment,
                on_block: row.on_block,
                on_unblock: row.on_unblock,
                on_change: row.on_change,
            },
            memory: Memory { armed: row.armed, crossings: row.crossings, told_on: row.told_on },
        };
        let ways = if row.ways == Ways::Push.code() { Ways::Push } else { Ways::Messages };
        Reach {
            account: row.account_id,
            ways,
            sms: row.sms && row.phone_reached,
            email: row.email && row.email_reached,
            push: ways == Ways::Push && row.push_reached,
            wish,
        }
    }
}

macro_rules! reaches {
    ($where:literal) => {
        concat!(
            "SELECT w.account_id, w.ways, w.sms, w.email, w.threshold_days, w.period, w.period_day, w.on_payment, w.on_block, \
             w.on_unblock, w.on_change, w.armed, w.crossings, w.told_on, \
             p.sms_phone IS NOT NULL AND p.sms_phone_stopped_at IS NULL AS phone_reached, \
             p.email IS NOT NULL AND p.email_confirmed_at IS NOT NULL AS email_reached, \
             EXISTS (SELECT 1 FROM push_device d WHERE d.account_id = w.account_id) AS push_reached \
             FROM notice_wish w JOIN profile p ON p.account_id = w.account_id ",
            $where
        )
    };
}

/// What an account wishes by some ways; nothing if it never did.
pub async fn wish(view: &mut View, account: Uuid, ways: Ways) -> Result<Option<Reach>, StoreError> {
    let sql = reaches!("WHERE w.account_id = $1 AND w.ways = $2");
    let row: Option<Row> = view.maybe(sql, (account, ways.code())).await?;
    Ok(row.map(Reach::from))
}

/// What it wishes by all of them.
pub async fn wishes_of(view: &mut View, account: Uuid) -> Result<Vec<Reach>, StoreError> {
    let rows: Vec<Row> = view.all(reaches!("WHERE w.account_id = $1 ORDER BY w.ways"), (account,)).await?;
    Ok(rows.into_iter().map(Reach::from).collect())
}

/// The wishes of accounts behind `after` by some ways, those that are switched on, in order.
pub async fn wishes(view: &mut View, ways: Ways, after: Uuid, limit: i64) -> Result<Vec<Reach>, StoreError> {
    let rows: Vec<Row> = view
        .all(
            reaches!(
                "WHERE (w.sms OR w.email OR w.ways = 'push') AND w.ways = $1 AND w.account_id > $2 \
                 ORDER BY w.account_id LIMIT $3"
            ),
            (ways.code(), after, limit),
        )
        .await?;
    Ok(rows.into_iter().map(Reach::from).collect())
}

/// Those of the accounts behind `after` through `last` that wish to be told when they are blocked.
pub async fn wishing_blocks(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Reach>, StoreError> {
    let rows: Vec<Row> = view
        .all(
            reaches!(
                "WHERE (w.sms OR w.email OR w.ways = 'push') AND w.on_block AND w.account_id > $1 \
                 AND w.account_id <= $2 ORDER BY w.account_id, w.ways"
            ),
            (after, last),
        )
        .await?;
    Ok(rows.into_iter().map(Reach::from).collect())
}

/// Writes what an account wishes by some ways, and what is remembered with it.
pub async fn put_wish(tx: &mut Tx, account: Uuid, ways: Ways, wish: &Wish) -> Result<(), StoreError> {
    let Wishes { threshold_days, period, on_payment, on_block, on_unblock, on_change } = wish.wishes;
    let period = period.map(|period| match period {
        Period::Weekly(day) => ("weekly", i64::from(day)),
        Period::Monthly(day) => ("monthly", i64::from(day)),
    });
    let Memory { armed, crossings, told_on } = wish.memory;
    tx.run(
        "INSERT INTO notice_wish (account_id, ways, sms, email, threshold_days, period, period_day, on_payment, on_block, \
         on_unblock, on_change, armed, crossings, told_on) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (account_id, ways) DO UPDATE \
         SET sms = excluded.sms, email = excluded.email, threshold_days = excluded.threshold_days, \
         period = excluded.period, period_day = excluded.period_day, on_payment = excluded.on_payment, \
         on_block = excluded.on_block, on_unblock = excluded.on_unblock, on_change = excluded.on_change, \
         armed = excluded.armed, crossings = excluded.crossings, told_on = excluded.told_on",
        (
            account,
            ways.code(),
            wish.sms,
            wish.email,
            threshold_days,
            period.map(|(name, _)| name),
            period.map(|(_, day)| day),
            on_payment,
            on_block,
            on_unblock,
            on_change,
            armed,
            crossings,
            told_on,
        ),
    )
    .await
    .map(drop)
}

/// Writes what is remembered after a day, if nobody wrote it since it was read; `false` if somebody did.
pub async fn remember(tx: &mut Tx, account: Uuid, ways: Ways, was: &Memory, now: &Memory) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE notice_wish SET armed = $6, crossings = $7, told_on = $8 \
             WHERE account_id = $1 AND ways = $2 AND armed = $3 AND crossings = $4 AND told_on = $5",
            (account, ways.code(), was.armed, was.crossings, was.told_on, now.armed, now.crossings, now.told_on),
        )
        .await?;
    Ok(rows == 1)
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Notice {
    /// Whose it is.
    pub account_id: Uuid,
    /// Its id, and its name at a gateway that tells twins.
    pub id: Uuid,
    /// `sms`, `email` or `push`.
    pub channel: String,
    /// What it is about.
    pub kind: String,
    /// What it tells, as JSON of core.
    pub facts: String,
    /// What causes it.
    pub dedup_key: String,
    /// The business day it was written.
    pub day: Date,
    /// `queued`, and still so once it was given up ([`give_up`]), since it may be tried again; then `sent`, `unknown` (it may have
    /// been), `refused`, `unreachable`, or `spent` from the beginning.
    pub state: String,
    /// When it was written.
    pub created_at: OffsetDateTime,
}

/// Writes notices; answers the ids of those whose cause had none yet.
pub async fn put_bulk(tx: &mut Tx, notices: &[Notice]) -> Result<Vec<Uuid>, StoreError> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = match tx.raw() {
        Raw::Postgres(connection) => {
            sqlx::query_as(
                "INSERT INTO notice (account_id, id, channel, kind, facts, dedup_key, day, state, created_at) \
                 SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], \
                 $7::date[], $8::text[], $9::timestamptz[]) \
                 ON CONFLICT (account_id, dedup_key) DO NOTHING RETURNING id",
            )
            .bind(notices.iter().map(|notice| notice.account_id).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.id).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.channel.as_str()).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.kind.as_str()).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.facts.as_str()).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.dedup_key.as_str()).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.day).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.state.as_str()).collect::<Vec<_>>())
            .bind(notices.iter().map(|notice| notice.created_at).collect::<Vec<_>>())
            .fetch_all(connection)
            .await?
        }
        // SQLite has no list of instants to bind, and a statement that stays prepared costs it microseconds.
        Raw::Sqlite(_) => {
            let mut rows = Vec::with_capacity(notices.len());
            for notice in notices {
                let row: Option<(Uuid,)> = tx
                    .maybe(
                        "INSERT INTO notice (account_id, id, channel, kind, facts, dedup_key, day, state, created_at) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                         ON CONFLICT (account_id, dedup_key) DO NOTHING RETURNING id",
                        (
                            notice.account_id,
                            notice.id,
                            notice.channel.as_str(),
                            notice.kind.as_str(),
                            notice.facts.as_str(),
                            notice.dedup_key.as_str(),
                            notice.day,
                            notice.state.as_str(),
                            notice.created_at,
                        ),
                    )
                    .await?;
                rows.extend(row);
            }
            rows
        }
    };
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many short messages were written for an account on a day, those that were one too many left out.
pub async fn count_of_day(view: &mut View, account: Uuid, day: Date) -> Result<i64, StoreError> {
    let (count,): (i64,) = view
        .one(
            "SELECT COUNT(*) FROM notice WHERE account_id = $1 AND day = $2 AND channel = 'sms' AND state <> 'spent'",
            (account, day),
        )
        .await?;
    Ok(count)
}

/// A notice of an account.
pub async fn find(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<Notice>, StoreError> {
    view.maybe(
        "SELECT account_id, id, channel, kind, facts, dedup_key, day, state, created_at FROM notice \
         WHERE account_id = $1 AND id = $2",
        (account, id),
    )
    .await
}

/// Notices of an account, the newest first.
pub async fn of_account(view: &mut View, account: Uuid, limit: i64) -> Result<Vec<Notice>, StoreError> {
    view.all(
        "SELECT account_id, id, channel, kind, facts, dedup_key, day, state, created_at FROM notice \
         WHERE account_id = $1 ORDER BY id DESC LIMIT $2",
        (account, limit),
    )
    .await
}

/// How a notice ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// `sent`, `unknown`, `refused` or `unreachable`.
    pub state: &'static str,
    /// When.
    pub at: OffsetDateTime,
    /// The gateway's own name of the message.
    pub gateway_id: Option<String>,
    /// How many messages it is charged as.
    pub parts: Option<i64>,
}

/// Ends a notice, once; one that was given up and is tried again ends as any other.
pub async fn end(tx: &mut Tx, account: Uuid, id: Uuid, end: &End) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE notice SET state = $3, ended_at = $4, gateway_id = $5, parts = $6, delivery = NULL \
             WHERE account_id = $1 AND id = $2 AND state = 'queued'",
            (account, id, end.state, end.at, end.gateway_id.clone(), end.parts),
        )
        .await?;
    Ok(rows == 1)
}

/// Notes that a notice which waits still was given up. It stays one that may be sent: staff can have it tried again, and
/// another browser may take it yet.
pub async fn give_up(tx: &mut Tx, account: Uuid, id: Uuid, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE notice SET delivery = 'failed', ended_at = $3 WHERE account_id = $1 AND id = $2 AND state = 'queued'",
            (account, id, at),
        )
        .await?;
    Ok(rows == 1)
}

/// A short message that a gateway took and of which it is not known yet what became: its name there, and when it was taken.
pub async fn undelivered(
    view: &mut View,
    account: Uuid,
    id: Uuid,
) -> Result<Option<(String, OffsetDateTime)>, StoreError> {
    view.maybe(
        "SELECT gateway_id, ended_at FROM notice WHERE account_id = $1 AND id = $2 AND state = 'sent' \
         AND delivery IS NULL AND gateway_id IS NOT NULL AND ended_at IS NOT NULL",
        (account, id),
    )
    .await
}

/// Notes what became of a short message, once: `delivered` or `failed`.
pub async fn put_delivery(tx: &mut Tx, account: Uuid, id: Uuid, delivery: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE notice SET delivery = $3 WHERE account_id = $1 AND id = $2 AND delivery IS NULL";
    Ok(tx.run(sql, (account, id, delivery)).await? == 1)
}

/// A notice as it was told, or was not.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Told {
    /// Its id.
    pub id: Uuid,
    /// The way it went.
    pub channel: String,
    /// What it is about.
    pub kind: String,
    /// As of [`Notice::state`].
    pub state: String,
    /// `delivered` or `failed`, where the gateway told; `failed` too where it was given up.
    pub delivery: Option<String>,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// When it was sent, or given up.
    pub ended_at: Option<OffsetDateTime>,
    /// How many messages it is charged as.
    pub parts: Option<i64>,
}

/// What an account was told, the newest first, that before `cursor`.
pub async fn told(view: &mut View, account: Uuid, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Told>, StoreError> {
    view.all(
        "SELECT id, channel, kind, state, delivery, created_at, ended_at, parts FROM notice \
         WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        (account, cursor.unwrap_or(Uuid::max()), limit),
    )
    .await
}

/// Housekeeping: forgets notices written before.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM notice WHERE created_at < $1", (before,)).await
}
