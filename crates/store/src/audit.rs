//! Who did what to which account.

use crate::{StoreError, Tx, View};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A row of the audit log.
#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// The account concerned.
    pub account_id: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
    /// `system`, `subscriber` or `staff`.
    pub actor: String,
    /// What was done: `tariff_change.confirm`.
    pub act: String,
    /// Its numbers as JSON.
    pub details: String,
}

/// Writes a row; in the transaction of the act it tells of.
pub async fn write(tx: &mut Tx, row: &AuditRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO audit (id, account_id, at, actor, act, details) VALUES ($1, $2, $3, $4, $5, $6)",
        (row.id, row.account_id, row.at, row.actor.as_str(), row.act.as_str(), row.details.as_str()),
    )
    .await?;
    Ok(())
}

/// What happened to an account, newest first.
pub async fn of_account(view: &mut View, account: Uuid, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    view.all(
        "SELECT id, account_id, at, actor, act, details FROM audit WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
        (account, limit),
    )
    .await
}
