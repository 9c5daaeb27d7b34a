//! Hours of more speed, by the order that bought them.

use crate::{StoreError, Tx, View};
use cabinet_core::audit::Hours;
use cabinet_core::network::Turbo;
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
    /// When the network took it; unknown until then, and where nothing is told to routers.
    pub applied_at: Option<OffsetDateTime>,
}

impl TurboRun {
    /// As the rule of the network asks for it.
    pub fn speed(&self) -> Turbo {
        let TurboRun { starts_at, ends_at, down_mbps, up_mbps, .. } = *self;
        Turbo { starts_at, ends_at, down_mbps, up_mbps }
    }
}

/// One Turbo of some account.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OwnedRun {
    /// Whose it is.
    pub account_id: Uuid,
    /// The Turbo.
    #[sqlx(flatten)]
    pub run: TurboRun,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free, applied_at \
             FROM turbo_run ",
            $rest
        )
    };
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
    view.all(select!("WHERE account_id = $1 AND ends_at > $2 ORDER BY ends_at"), (account, instant)).await
}

/// The same of many accounts.
pub async fn ending_after_of(
    view: &mut View,
    accounts: &[Uuid],
    instant: OffsetDateTime,
) -> Result<Vec<OwnedRun>, StoreError> {
    let postgres = select!("WHERE account_id = ANY($1) AND ends_at > $2");
    let sqlite = select!("WHERE account_id IN (SELECT unhex(value) FROM json_each($1)) AND ends_at > $2");
    view.all_of([postgres, sqlite], accounts, Some(instant)).await
}

/// That of an order.
pub async fn find(view: &mut View, account: Uuid, order: Uuid) -> Result<Option<TurboRun>, StoreError> {
    view.maybe(select!("WHERE account_id = $1 AND order_id = $2"), (account, order)).await
}

/// The network took what runs at `at` of these accounts.
pub async fn take_many(tx: &mut Tx, accounts: &[Uuid], at: OffsetDateTime) -> Result<(), StoreError> {
    let postgres = "UPDATE turbo_run SET applied_at = $2 WHERE account_id = ANY($1) AND starts_at <= $2 \
         AND ends_at > $2 AND applied_at IS NULL RETURNING account_id";
    let sqlite = "UPDATE turbo_run SET applied_at = $2 WHERE account_id IN (SELECT unhex(value) FROM json_each($1)) \
         AND starts_at <= $2 AND ends_at > $2 AND applied_at IS NULL RETURNING account_id";
    let _: Vec<(Uuid,)> = tx.all_of([postgres, sqlite], accounts, Some(at)).await?;
    Ok(())
}

/// Those of the accounts behind `after` through `last`, by account in the order they begin: for the audit.
pub async fn stretch(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<(Uuid, Hours<Uuid>)>, StoreError> {
    let rows: Vec<(Uuid, Uuid, OffsetDateTime, OffsetDateTime)> = view
        .all(
            "SELECT account_id, order_id, starts_at, ends_at FROM turbo_run \
             WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, starts_at, ends_at",
            (after, last),
        )
        .await?;
    let hours = |(account, order, starts_at, ends_at)| (account, Hours { order, starts_at, ends_at });
    Ok(rows.into_iter().map(hours).collect())
}

/// Orders of Turbo that stand, of the accounts behind `after` through `last`, with the moment each was confirmed, by
/// account in that order: for the audit.
pub async fn ordered(
    view: &mut View,
    after: Uuid,
    last: Uuid,
) -> Result<Vec<(Uuid, Uuid, OffsetDateTime)>, StoreError> {
    view.all(
        "SELECT account_id, id, created_at FROM act_order \
         WHERE account_id > $1 AND account_id <= $2 AND act = 'turbo' AND status NOT IN ('undone', 'cancelled') \
         ORDER BY account_id, created_at, id",
        (after, last),
    )
    .await
}

/// The accounts behind `after` through `last` whose Turbos [`cabinet_core::audit::turbos`] finds fault with, in order.
pub async fn odd(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = view
        .all(
            "SELECT r.account_id FROM turbo_run r LEFT JOIN act_order o ON o.account_id = r.account_id \
                 AND o.id = r.order_id AND o.act = 'turbo' AND o.status NOT IN ('undone', 'cancelled') AND o.created_at <= r.starts_at \
             WHERE r.account_id > $1 AND r.account_id <= $2 AND o.id IS NULL \
             UNION SELECT o.account_id FROM act_order o LEFT JOIN turbo_run r \
                 ON r.account_id = o.account_id AND r.order_id = o.id \
             WHERE o.account_id > $1 AND o.account_id <= $2 AND o.act = 'turbo' AND o.status NOT IN ('undone', 'cancelled') \
                 AND r.order_id IS NULL \
             UNION SELECT account_id FROM ( \
                 SELECT account_id, starts_at, MAX(ends_at) OVER (PARTITION BY account_id ORDER BY starts_at, ends_at \
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until \
                 FROM turbo_run WHERE account_id > $1 AND account_id <= $2) AS following \
             WHERE starts_at < busy_until \
             UNION SELECT a.id FROM account a LEFT JOIN ( \
                 SELECT account_id, MAX(ends_at) AS ends_at FROM turbo_run \
                 WHERE account_id > $1 AND account_id <= $2 GROUP BY account_id) AS l ON l.account_id = a.id \
             WHERE a.id > $1 AND a.id <= $2 \
                 AND (a.turbo_until <> l.ends_at OR (a.turbo_until IS NULL) <> (l.ends_at IS NULL)) \
             ORDER BY 1",
            (after, last),
        )
        .await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
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
