//! Who may sign in, and with what.

use crate::{StoreError, Tx, View};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// How an account or a member of staff signs in.
#[derive(Clone, sqlx_macros::FromRow)]
pub struct Credential {
    /// The account or the member of staff.
    pub owner_id: Uuid,
    /// The contract number, which always works as a subscriber's login; staff have none.
    pub contract: Option<String>,
    /// A login of one's own choosing, folded to lower case; staff always have one.
    pub login: Option<String>,
    /// PHC string.
    pub password_hash: String,
    /// A first password or one reset by staff: good only for choosing another.
    pub must_change: bool,
    /// When the password was last set.
    pub changed_at: OffsetDateTime,
    /// A closed contract has no access.
    pub closed_on: Option<Date>,
    /// The role of a member of staff; empty for a subscriber.
    pub role: Option<String>,
    /// A member of staff who left has no access.
    pub disabled_at: Option<OffsetDateTime>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Credential").field("owner_id", &self.owner_id).finish_non_exhaustive()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.owner_id, a.contract, c.login, c.password_hash, c.must_change, c.changed_at, a.closed_on, m.role, \
             m.disabled_at FROM credential c \
             LEFT JOIN account a ON a.id = c.account_id LEFT JOIN staff m ON m.id = c.staff_id ",
            $rest
        )
    };
}

/// The owner's credential.
pub async fn of(view: &mut View, owner: Uuid) -> Result<Option<Credential>, StoreError> {
    view.maybe(select!("WHERE c.owner_id = $1"), (owner,)).await
}

/// The credential that a contract number or a login names.
pub async fn named(view: &mut View, name: &str) -> Result<Option<Credential>, StoreError> {
    // Two index look-ups; an OR over two tables would read them whole. A login never has a contract's form.
    view.maybe(
        select!(
            "WHERE c.owner_id IN (SELECT id FROM account WHERE contract = $1 \
                                  UNION SELECT owner_id FROM credential WHERE login = $2) \
             ORDER BY c.owner_id LIMIT 1"
        ),
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
        "INSERT INTO credential (owner_id, account_id, password_hash, must_change, changed_at) VALUES ($1, $1, $2, $3, $4)",
        (account, password_hash, must_change, at),
    )
    .await
    .map(drop)
}

/// Gives a new member of staff a credential, its password to be changed; [`StoreError::Conflict`] when the login is
/// taken by anybody.
pub async fn insert_staff(
    tx: &mut Tx,
    staff: Uuid,
    login: &str,
    password_hash: &str,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO credential (owner_id, staff_id, login, password_hash, must_change, changed_at) \
         VALUES ($1, $1, $2, $3, TRUE, $4)",
        (staff, login.to_lowercase(), password_hash, at),
    )
    .await
    .map(drop)
}

/// Replaces the password; answers whether the owner has a credential.
pub async fn replace_password(
    tx: &mut Tx,
    owner: Uuid,
    password_hash: &str,
    must_change: bool,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET password_hash = $2, must_change = $3, changed_at = $4 WHERE owner_id = $1",
            (owner, password_hash, must_change, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Replaces the password only if it is still the one that was checked.
pub async fn exchange_password(
    tx: &mut Tx,
    owner: Uuid,
    checked_hash: &str,
    password_hash: &str,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET password_hash = $3, must_change = FALSE, changed_at = $4
             WHERE owner_id = $1 AND password_hash = $2",
            (owner, checked_hash, password_hash, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Keeps the same password under a stronger hash, unless it was changed meanwhile.
pub async fn strengthen(tx: &mut Tx, owner: Uuid, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
    tx.run(
        "UPDATE credential SET password_hash = $3 WHERE owner_id = $1 AND password_hash = $2",
        (owner, old_hash, new_hash),
    )
    .await
    .map(drop)
}

/// Sets the login of one's own; [`StoreError::Conflict`] when somebody else has it.
pub async fn set_login(tx: &mut Tx, account: Uuid, login: &str) -> Result<bool, StoreError> {
    Ok(tx
        .run(
            "UPDATE credential SET login = $2 WHERE owner_id = $1 AND account_id IS NOT NULL",
            (account, login.to_lowercase()),
        )
        .await?
        == 1)
}

/// Locks the credential if its password is still the one that was checked; answers whether it is.
pub async fn lock_checked(tx: &mut Tx, owner: Uuid, checked_hash: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE credential SET changed_at = changed_at WHERE owner_id = $1 AND password_hash = $2",
            (owner, checked_hash),
        )
        .await?;
    Ok(rows == 1)
}
