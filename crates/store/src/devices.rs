//! Browsers and apps that signed in before: the wrong tries of others do not slow them.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whether this device signed in to this account before.
pub async fn is_known(view: &mut View, account: Uuid, token_hash: &[u8]) -> Result<bool, StoreError> {
    let row: Option<(OffsetDateTime,)> = view
        .maybe("SELECT seen_at FROM known_device WHERE account_id = $1 AND token_hash = $2", (account, token_hash))
        .await?;
    Ok(row.is_some())
}

/// Remembers the device of a successful sign-in.
pub async fn remember(tx: &mut Tx, account: Uuid, token_hash: &[u8], at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO known_device (account_id, token_hash, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, token_hash) DO UPDATE SET seen_at = excluded.seen_at",
        (account, token_hash, at),
    )
    .await
    .map(drop)
}

/// Forgets every device of the account: its password was lost or set anew by code.
pub async fn forget_all(tx: &mut Tx, account: Uuid) -> Result<u64, StoreError> {
    tx.run("DELETE FROM known_device WHERE account_id = $1", (account,)).await
}

/// Housekeeping: forgets devices not seen since.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM known_device WHERE seen_at < $1", (before,)).await
}
