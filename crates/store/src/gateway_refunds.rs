//! Refunds the office has a gateway carry out, by the entry that took each off the balance.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A refund as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct GatewayRefund {
    /// Whose payment it is of.
    pub account_id: Uuid,
    /// `seq` of the entry that took it off the balance.
    pub seq: i64,
    /// The payment.
    pub payment_id: Uuid,
    /// Kopecks.
    pub amount: i64,
    /// Why, for the gateway's records.
    pub reason: String,
    /// `waits`, `asked`, `done` or `failed`.
    pub state: String,
    /// When it was ordered.
    pub created_at: OffsetDateTime,
    /// When its state last changed.
    pub changed_at: OffsetDateTime,
}

/// Keeps a refund that waits to be asked for.
pub async fn put(tx: &mut Tx, refund: &GatewayRefund) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO gateway_refund (account_id, seq, payment_id, amount, reason, state, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            refund.account_id,
            refund.seq,
            refund.payment_id,
            refund.amount,
            refund.reason.as_str(),
            refund.state.as_str(),
            refund.created_at,
            refund.changed_at,
        ),
    )
    .await
    .map(drop)
}

/// The refund of an entry.
pub async fn find(view: &mut View, account: Uuid, seq: i64) -> Result<Option<GatewayRefund>, StoreError> {
    view.maybe(
        "SELECT account_id, seq, payment_id, amount, reason, state, created_at, changed_at FROM gateway_refund \
         WHERE account_id = $1 AND seq = $2",
        (account, seq),
    )
    .await
}

/// It goes from one state to another; `false` if it is not in the first: somebody else was quicker.
pub async fn turn(
    tx: &mut Tx,
    account: Uuid,
    seq: i64,
    (from, to): (&str, &str),
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let sql = "UPDATE gateway_refund SET state = $4, changed_at = $5 WHERE account_id = $1 AND seq = $2 AND state = $3";
    Ok(tx.run(sql, (account, seq, from, to, at)).await? == 1)
}
