//! Browsers and apps that signed in before: the wrong tries of others do not slow them.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;
use uuid::Uuid;

/// Whether this device of this owner signed in before.
pub async fn is_known(view: &mut View, owner: Uuid, token_hash: &[u8]) -> Result<bool, StoreError> {
    let row: Option<(OffsetDateTime,)> = view
        .maybe("SELECT seen_at FROM known_device WHERE owner_id = $1 AND token_hash = $2", (owner, token_hash))
        .await?;
    Ok(row.is_some())
}

/// Remembers the device of a successful sign-in.
pub async fn remember(tx: &mut Tx, owner: Uuid, token_hash: &[u8], at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO known_device (owner_id, token_hash, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (owner_id, token_hash) DO UPDATE SET seen_at = excluded.seen_at",
        (owner, token_hash, at),
    )
    .await
    .map(drop)
}

/// Forgets every device of the owner: its password was lost or set anew by code.
pub async fn forget_all(tx: &mut Tx, owner: Uuid) -> Result<u64, StoreError> {
    tx.run("DELETE FROM known_device WHERE owner_id = $1", (owner,)).await
}

/// Housekeeping: forgets devices not seen since.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM known_device WHERE seen_at < $1", (before,)).await
}
