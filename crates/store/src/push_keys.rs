//! The pair of keys that notifications to browsers are signed with. The secret part is sealed before it comes here.

use crate::{StoreError, Tx, View};
use time::OffsetDateTime;

/// The pair of this installation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct PushKey {
    /// A point of P-256 in URL-safe base64, as browsers are given it.
    pub public_key: String,
    /// Nonce and sealed secret key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// The pair, once it was made.
pub async fn find(view: &mut View) -> Result<Option<PushKey>, StoreError> {
    view.maybe("SELECT public_key, sealed, created_at FROM push_key ORDER BY created_at LIMIT 1", ()).await
}

/// Keeps the pair, unless another instance was first; the caller reads afterwards which one won.
pub async fn insert_first(tx: &mut Tx, key: &PushKey) -> Result<(), StoreError> {
    // The installation row is the lock, as for the keys of access tokens.
    let first: Option<(String,)> = tx
        .maybe(
            "INSERT INTO installation (name, value) VALUES ('push_key', $1) ON CONFLICT (name) DO NOTHING \
             RETURNING value",
            (key.public_key.as_str(),),
        )
        .await?;
    if first.is_some() {
        tx.run(
            "INSERT INTO push_key (public_key, sealed, created_at) VALUES ($1, $2, $3)",
            (key.public_key.as_str(), key.sealed.as_slice(), key.created_at),
        )
        .await?;
    }
    Ok(())
}
