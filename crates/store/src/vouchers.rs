//! Vouchers, known by the keyed hash of their code only.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Vouchers printed together, and how many of them were redeemed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Series {
    /// Its id.
    pub id: Uuid,
    /// Kopecks of each.
    pub nominal: i64,
    /// How many there are.
    pub vouchers: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for, for people.
    pub note: String,
    /// When they were made.
    pub created_at: OffsetDateTime,
    /// When they were taken out of use.
    pub cancelled_at: Option<OffsetDateTime>,
    /// How many were redeemed.
    pub redeemed: i64,
}

/// A voucher, as redeeming asks for it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Voucher {
    /// Its series.
    pub series_id: Uuid,
    /// Kopecks.
    pub nominal: i64,
    /// The last day it is good on.
    pub good_through: Date,
    /// When its series was taken out of use.
    pub cancelled_at: Option<OffsetDateTime>,
    /// Whose it became.
    pub account_id: Option<Uuid>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.nominal, s.vouchers, s.good_through, s.note, s.created_at, s.cancelled_at, \
             (SELECT COUNT(*) FROM voucher v WHERE v.series_id = s.id AND v.account_id IS NOT NULL) AS redeemed \
             FROM voucher_series s ",
            $rest
        )
    };
}

/// Keeps a new series, asked for under a key; [`StoreError::Conflict`] if another was asked for under it.
pub async fn add_series(tx: &mut Tx, series: &Series, key: Option<&str>) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO voucher_series (id, nominal, vouchers, good_through, note, created_at, request_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        (
            series.id,
            series.nominal,
            series.vouchers,
            series.good_through,
            series.note.as_str(),
            series.created_at,
            key.map(str::to_owned),
        ),
    )
    .await
    .map(drop)
}

/// The series that was asked for under a key.
pub async fn asked_under(view: &mut View, key: &str) -> Result<Option<Series>, StoreError> {
    view.maybe(select!("WHERE s.request_key = $1"), (key,)).await
}

/// Keeps a voucher of a series; [`StoreError::Conflict`] if there is one of that code.
pub async fn add(tx: &mut Tx, series: Uuid, code_hash: &[u8]) -> Result<(), StoreError> {
    tx.run("INSERT INTO voucher (code_hash, series_id) VALUES ($1, $2)", (code_hash, series)).await.map(drop)
}

/// The voucher of a code.
pub async fn find(view: &mut View, code_hash: &[u8]) -> Result<Option<Voucher>, StoreError> {
    view.maybe(
        "SELECT v.series_id, s.nominal, s.good_through, s.cancelled_at, v.account_id \
         FROM voucher v JOIN voucher_series s ON s.id = v.series_id WHERE v.code_hash = $1",
        (code_hash,),
    )
    .await
}

/// Gives a voucher to an account; `false` if it was somebody's before.
pub async fn redeem(
    tx: &mut Tx,
    code_hash: &[u8],
    account: Uuid,
    entry_seq: i64,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE voucher SET account_id = $2, entry_seq = $3, redeemed_at = $4 \
             WHERE code_hash = $1 AND account_id IS NULL",
            (code_hash, account, entry_seq, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Locks a series that is in use, so that none of its vouchers is redeemed beside its end; answers whether it is in use.
pub async fn lock_series(tx: &mut Tx, id: Uuid) -> Result<bool, StoreError> {
    let sql = "UPDATE voucher_series SET nominal = nominal WHERE id = $1 AND cancelled_at IS NULL";
    Ok(tx.run(sql, (id,)).await? == 1)
}

/// Takes a series out of use; `false` if it was before.
pub async fn cancel_series(tx: &mut Tx, id: Uuid, at: OffsetDateTime) -> Result<bool, StoreError> {
    let sql = "UPDATE voucher_series SET cancelled_at = $2 WHERE id = $1 AND cancelled_at IS NULL";
    Ok(tx.run(sql, (id, at)).await? == 1)
}

/// A series.
pub async fn series(view: &mut View, id: Uuid) -> Result<Option<Series>, StoreError> {
    view.maybe(select!("WHERE s.id = $1"), (id,)).await
}

/// Series, newest first, those before `cursor`.
pub async fn page(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Series>, StoreError> {
    view.all(select!("WHERE s.id < $1 ORDER BY s.id DESC LIMIT $2"), (cursor.unwrap_or(Uuid::max()), limit)).await
}
