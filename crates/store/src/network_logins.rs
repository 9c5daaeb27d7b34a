//! With what subscribers' equipment signs in at routers.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use uuid::Uuid;

/// A name and its secret, in clear: CHAP needs it so. It opens the network and nothing of the cabinet.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Login {
    /// Who signs in.
    pub username: String,
    /// The secret.
    pub secret: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Of an account.
pub async fn of(view: &mut View, account: Uuid) -> Result<Option<Login>, StoreError> {
    view.maybe("SELECT username, secret FROM network_login WHERE account_id = $1", (account,)).await
}

/// Whose a name is.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Known {
    /// The account.
    pub account_id: Uuid,
    /// The secret.
    pub secret: String,
    /// The generation of the profile wished for the account; 0 where none was ever changed.
    pub generation: i64,
}

/// Whose a name is.
pub async fn by_name(view: &mut View, username: &str) -> Result<Option<Known>, StoreError> {
    view.maybe(
        "SELECT l.account_id, l.secret, CAST(COALESCE(n.generation, 0) AS BIGINT) AS generation FROM network_login l \
         LEFT JOIN network_state n ON n.account_id = l.account_id WHERE l.username = $1",
        (username,),
    )
    .await
}

/// Gives an account its name and secret. [`StoreError::Conflict`] if another has the name.
pub async fn put(tx: &mut Tx, account: Uuid, login: &Login) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO network_login (account_id, username, secret) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id) DO UPDATE SET username = excluded.username, secret = excluded.secret",
        (account, login.username.as_str(), login.secret.as_str()),
    )
    .await
    .map(drop)
}

/// Contracts without a name that are not closed by that day, a number behind `after`, in order.
pub async fn missing(
    view: &mut View,
    today: time::Date,
    after: &str,
    limit: i64,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    view.all(
        "SELECT a.id, a.contract FROM account a WHERE a.contract > $2 AND (a.closed_on IS NULL OR a.closed_on > $1) \
         AND NOT EXISTS (SELECT 1 FROM network_login l WHERE l.account_id = a.id) ORDER BY a.contract LIMIT $3",
        (today, after, limit),
    )
    .await
}
