//! One-time codes for people who forgot their password: one an account, a few tries, a short life.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;
use uuid::Uuid;

/// Puts a new code in the place of any older one.
pub async fn put(tx: &mut Tx, account: Uuid, code_hash: &[u8], expires_at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO recovery_code (account_id, code_hash, tries, expires_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (account_id) DO UPDATE
         SET code_hash = excluded.code_hash, tries = 0, expires_at = excluded.expires_at",
        (account, code_hash, expires_at),
    )
    .await
    .map(drop)
}

/// The code of an account that is not old yet, be its tries used up or not.
pub async fn good(view: &mut View, account: Uuid, now: OffsetDateTime) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = view
        .maybe("SELECT code_hash FROM recovery_code WHERE account_id = $1 AND expires_at > $2", (account, now))
        .await?;
    Ok(row.map(|(code_hash,)| code_hash))
}

/// Counts a try and gives the code to compare with; `None` when there is no code, it is old, or its tries are used up.
pub async fn count_try(
    tx: &mut Tx,
    account: Uuid,
    tries_max: i64,
    now: OffsetDateTime,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = tx
        .maybe(
            "UPDATE recovery_code SET tries = tries + 1
             WHERE account_id = $1 AND tries < $2 AND expires_at > $3 RETURNING code_hash",
            (account, tries_max, now),
        )
        .await?;
    Ok(row.map(|(code_hash,)| code_hash))
}

/// Gives a try of this very code back.
pub async fn return_try(tx: &mut Tx, account: Uuid, code_hash: &[u8]) -> Result<(), StoreError> {
    tx.run(
        "UPDATE recovery_code SET tries = tries - 1 WHERE account_id = $1 AND code_hash = $2 AND tries > 0",
        (account, code_hash),
    )
    .await
    .map(drop)
}

/// Takes this very code away; answers whether it was still there, so that a code is used once.
pub async fn take(tx: &mut Tx, account: Uuid, code_hash: &[u8]) -> Result<bool, StoreError> {
    let rows =
        tx.run("DELETE FROM recovery_code WHERE account_id = $1 AND code_hash = $2", (account, code_hash)).await?;
    Ok(rows == 1)
}

/// Housekeeping: forgets codes that expired.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM recovery_code WHERE expires_at < $1", (before,)).await
}
