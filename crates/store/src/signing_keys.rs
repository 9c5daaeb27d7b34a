//! Keys that sign access tokens. The private part is sealed before it comes here.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;

/// A key pair of the installation.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct SigningKey {
    /// The name tokens carry.
    pub kid: String,
    /// Ed25519 public key, 32 bytes.
    pub public_key: Vec<u8>,
    /// Nonce and sealed private key.
    pub sealed: Vec<u8>,
    /// When it was made; the newest one signs.
    pub created_at: OffsetDateTime,
}

/// Every key, newest first.
pub async fn all(view: &mut View) -> Result<Vec<SigningKey>, StoreError> {
    view.all("SELECT kid, public_key, sealed, created_at FROM signing_key ORDER BY created_at DESC, kid DESC", ()).await
}

/// Adds a key.
pub async fn insert(tx: &mut Tx, key: &SigningKey) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO signing_key (kid, public_key, sealed, created_at) VALUES ($1, $2, $3, $4)",
        (key.kid.as_str(), key.public_key.as_slice(), key.sealed.as_slice(), key.created_at),
    )
    .await
    .map(drop)
}

/// Adds the very first key, unless another instance did; the caller reads afterwards which one won.
pub async fn insert_first(tx: &mut Tx, key: &SigningKey) -> Result<(), StoreError> {
    // The installation row is the lock: the first of several instances starting at once makes the key.
    let first: Option<(String,)> = tx
        .maybe(
            "INSERT INTO installation (name, value) VALUES ('first_signing_key', $1) ON CONFLICT (name) DO NOTHING
             RETURNING value",
            (key.kid.as_str(),),
        )
        .await?;
    if first.is_some() { insert(tx, key).await } else { Ok(()) }
}

/// Takes keys away whose every token has expired.
pub async fn remove_before(tx: &mut Tx, before: OffsetDateTime, keep: &str) -> Result<u64, StoreError> {
    tx.run("DELETE FROM signing_key WHERE created_at < $1 AND kid <> $2", (before, keep)).await
}
