//! Who may sign in, and with what.

use crate::{StoreError, Tx, View};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// How an account signs in.
#[derive(Clone, sqlx::FromRow)]
pub struct Credential {
    /// The owner.
    pub account_id: Uuid,
    /// The contract number, which always works as a login.
    pub contract: String,
    /// A login of one's own choosing, folded to lower case.
    pub login: Option<String>,
    /// PHC string.
    pub password_hash: String,
    /// A first password or one reset by staff: good only for choosing another.
    pub must_change: bool,
    /// When the password was last set.
    pub changed_at: OffsetDateTime,
    /// A closed contract has no access.
    pub closed_on: Option<Date>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credential").field("account_id", &self.account_id).finish_non_exhaustive()
    }
}

/// The account's credential.
pub async fn of(view: &mut View, account: Uuid) -> Result<Option<Credential>, StoreError> {
    view.maybe(
        "SELECT c.account_id, a.contract, c.login, c.password_hash, c.must_change, c.changed_at, a.closed_on
         FROM credential c JOIN account a ON a.id = c.account_id WHERE c.account_id = $1",
        (account,),
    )
    .await
}

/// The credential that a contract number or a login names.
pub async fn named(view: &mut View, name: &str) -> Result<Option<Credential>, StoreError> {
    // Two index look-ups; an OR over two tables would read them whole. A login never has a contract's form.
    view.maybe(
        "SELECT c.account_id, a.contract, c.login, c.password_hash, c.must_change, c.changed_at, a.closed_on
         FROM credential c JOIN account a ON a.id = c.account_id
         WHERE c.account_id IN (SELECT id FROM account WHERE contract = $1
                                UNION SELECT account_id FROM credential WHERE login = $2)
         ORDER BY a.contract LIMIT 1",
        (name, name.to_lowercase()),
    )
    .await
}

/// Gives a new account its first credential.
pub async fn insert(
    tx: &mut Tx,
    account: Uuid,
    password_hash: &str,
    must_change: bool,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO credential (account_id, login, password_hash, must_change, changed_at) VALUES ($1, NULL, $2, $3, $4)",
        (account, password_hash, must_change, at),
    )
    .await
    .map(drop)
}

/// Replaces the password; answers whether the account has a credential.
pub async fn replace_password(
    tx: &mut Tx,
    account: Uuid,
    password_hash: &str,
    must_change: bool,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET password_hash = $2, must_change = $3, changed_at = $4 WHERE account_id = $1",
            (account, password_hash, must_change, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Replaces the password only if it is still the one that was checked.
pub async fn exchange_password(
    tx: &mut Tx,
    account: Uuid,
    checked_hash: &str,
    password_hash: &str,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET password_hash = $3, must_change = FALSE, changed_at = $4
             WHERE account_id = $1 AND password_hash = $2",
            (account, checked_hash, password_hash, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Keeps the same password under a stronger hash, unless it was changed meanwhile.
pub async fn strengthen(tx: &mut Tx, account: Uuid, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
    tx.run(
        "UPDATE credential SET password_hash = $3 WHERE account_id = $1 AND password_hash = $2",
        (account, old_hash, new_hash),
    )
    .await
    .map(drop)
}

/// Sets the login of one's own; [`StoreError::Conflict`] when another account has it.
pub async fn set_login(tx: &mut Tx, account: Uuid, login: &str) -> Result<bool, StoreError> {
    Ok(tx.run("UPDATE credential SET login = $2 WHERE account_id = $1", (account, login.to_lowercase())).await? == 1)
}

/// Locks the credential if its password is still the one that was checked; answers whether it is.
pub async fn lock_checked(tx: &mut Tx, account: Uuid, checked_hash: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET changed_at = changed_at WHERE account_id = $1 AND password_hash = $2",
            (account, checked_hash),
        )
        .await?;
    Ok(rows == 1)
}
