//! Quotes, the orders they become, and remembered answers.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What was shown, and what it was bound to.
#[derive(Clone, Debug, FromRow)]
pub struct QuoteRow {
    /// Its id.
    pub id: Uuid,
    /// The decision shown, as JSON of the service.
    pub body: String,
    /// Entries, tariffs, policy and day it rests on.
    pub binding: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// Until when it holds.
    pub expires_at: OffsetDateTime,
    /// The order it became.
    pub order_id: Option<Uuid>,
}

/// A confirmed act.
#[derive(Clone, Debug, FromRow)]
pub struct OrderRow {
    /// Its id.
    pub id: Uuid,
    /// Which act.
    pub act: String,
    /// `planned`, `done`, `cancelled` or `undone`; a planned one whose day has come is done.
    pub status: String,
    /// The order as JSON of the service.
    pub body: String,
    /// The first day of effect.
    pub starts_on: Option<Date>,
    /// When it was confirmed.
    pub created_at: OffsetDateTime,
    /// The day it was taken back.
    pub cancelled_on: Option<Date>,
}

/// Keeps a quote.
pub async fn put_quote(tx: &mut Tx, account: Uuid, quote: &QuoteRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO quote (id, account_id, body, binding, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        (quote.id, account, quote.body.as_str(), quote.binding.as_str(), quote.created_at, quote.expires_at),
    )
    .await?;
    Ok(())
}

/// A quote of this account.
pub async fn quote(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<QuoteRow>, StoreError> {
    view.maybe(
        "SELECT id, body, binding, created_at, expires_at, order_id FROM quote WHERE account_id = $1 AND id = $2",
        (account, id),
    )
    .await
}

/// The quote became an order.
pub async fn use_quote(tx: &mut Tx, account: Uuid, id: Uuid, order: Uuid) -> Result<(), StoreError> {
    tx.run("UPDATE quote SET order_id = $3 WHERE account_id = $1 AND id = $2", (account, id, order)).await?;
    Ok(())
}

/// Forgets quotes that ended before `before` and answers older than `answered_before`.
pub async fn forget(tx: &mut Tx, before: OffsetDateTime, answered_before: OffsetDateTime) -> Result<u64, StoreError> {
    let quotes = tx.run("DELETE FROM quote WHERE expires_at < $1", (before,)).await?;
    Ok(quotes + tx.run("DELETE FROM idempotency WHERE created_at < $1", (answered_before,)).await?)
}

/// Keeps an order.
pub async fn put_order(tx: &mut Tx, account: Uuid, order: &OrderRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO act_order (id, account_id, act, status, body, starts_on, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        (
            order.id,
            account,
            order.act.as_str(),
            order.status.as_str(),
            order.body.as_str(),
            order.starts_on,
            order.created_at,
        ),
    )
    .await?;
    Ok(())
}

/// An order of this account.
pub async fn order(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<OrderRow>, StoreError> {
    view.maybe(
        "SELECT id, act, status, body, starts_on, created_at, cancelled_on FROM act_order \
         WHERE account_id = $1 AND id = $2",
        (account, id),
    )
    .await
}

/// Orders of this account, newest first, those before `cursor`.
pub async fn orders(
    view: &mut View,
    account: Uuid,
    cursor: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    view.all(
        "SELECT id, act, status, body, starts_on, created_at, cancelled_on FROM act_order \
         WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        (account, cursor.unwrap_or(Uuid::max()), limit),
    )
    .await
}

/// An order is taken back, and how: `cancelled` before it started, `undone` after.
pub async fn take_back_order(
    tx: &mut Tx,
    account: Uuid,
    id: Uuid,
    status: &str,
    body: &str,
    today: Date,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE act_order SET status = $3, body = $4, cancelled_on = $5 WHERE account_id = $1 AND id = $2",
        (account, id, status, body, today),
    )
    .await?;
    Ok(())
}

/// An order that waits gets another day.
pub async fn move_order(tx: &mut Tx, account: Uuid, id: Uuid, body: &str, starts_on: Date) -> Result<(), StoreError> {
    tx.run(
        "UPDATE act_order SET body = $3, starts_on = $4 WHERE account_id = $1 AND id = $2",
        (account, id, body, starts_on),
    )
    .await?;
    Ok(())
}

/// How many orders of an act were taken back in this way from `from` to `to`.
pub async fn taken_back_between(
    view: &mut View,
    account: Uuid,
    (act, status): (&str, &str),
    from: Date,
    to: Date,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = view
        .one(
            "SELECT COUNT(*) FROM act_order \
             WHERE account_id = $1 AND act = $2 AND status = $3 AND cancelled_on >= $4 AND cancelled_on <= $5",
            (account, act, status, from, to),
        )
        .await?;
    Ok(count)
}

/// How many promised payments were taken from `from` to `to`.
pub async fn promised_between(view: &mut View, account: Uuid, from: Date, to: Date) -> Result<i64, StoreError> {
    let (count,): (i64,) = view
        .one(
            "SELECT COUNT(*) FROM act_order \
             WHERE account_id = $1 AND act = 'promised_payment' AND starts_on >= $2 AND starts_on <= $3",
            (account, from, to),
        )
        .await?;
    Ok(count)
}

/// The bodies of every promised payment of the accounts behind `after` through `last`, by account and day: for the
/// audit.
pub async fn promises(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<(Uuid, String)>, StoreError> {
    view.all(
        "SELECT account_id, body FROM act_order \
         WHERE account_id > $1 AND account_id <= $2 AND act = 'promised_payment' ORDER BY account_id, starts_on",
        (after, last),
    )
    .await
}

/// The remembered request and answer of a key.
pub async fn answer(view: &mut View, account: Uuid, key: &str) -> Result<Option<(String, String)>, StoreError> {
    view.maybe("SELECT request, answer FROM idempotency WHERE account_id = $1 AND key = $2", (account, key)).await
}

/// Remembers the answer of a key; written in the transaction of the work it answers.
pub async fn remember(
    tx: &mut Tx,
    account: Uuid,
    key: &str,
    request: &str,
    answer: &str,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO idempotency (account_id, key, request, answer, created_at) VALUES ($1, $2, $3, $4, $5)",
        (account, key, request, answer, at),
    )
    .await?;
    Ok(())
}
