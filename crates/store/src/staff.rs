//! People of the office. How they sign in stands with everybody's credentials.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Member {
    /// Its id.
    pub id: Uuid,
    /// What they sign in with.
    pub login: String,
    /// As colleagues know them.
    pub name: String,
    /// Code of `core::staff::Role`.
    pub role: String,
    /// When they were added.
    pub created_at: OffsetDateTime,
    /// When they lost access, if so.
    pub disabled_at: Option<OffsetDateTime>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, c.login, m.name, m.role, m.created_at, m.disabled_at \
             FROM staff m JOIN credential c ON c.owner_id = m.id ",
            $rest
        )
    };
}

/// Adds a member; how they sign in is added beside it.
pub async fn add(tx: &mut Tx, id: Uuid, name: &str, role: &str, at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run("INSERT INTO staff (id, name, role, created_at) VALUES ($1, $2, $3, $4)", (id, name, role, at))
        .await
        .map(drop)
}

/// A member of staff.
pub async fn find(view: &mut View, id: Uuid) -> Result<Option<Member>, StoreError> {
    view.maybe(select!("WHERE m.id = $1"), (id,)).await
}

/// The member who signs in with a login.
pub async fn named(view: &mut View, login: &str) -> Result<Option<Member>, StoreError> {
    view.maybe(select!("WHERE c.login = $1"), (login.to_lowercase(),)).await
}

/// Everybody, in order of login.
pub async fn all(view: &mut View) -> Result<Vec<Member>, StoreError> {
    view.all(select!("ORDER BY c.login"), ()).await
}

/// Takes access away at a moment, or gives it back; answers whether anything changed.
pub async fn set_disabled(tx: &mut Tx, id: Uuid, at: Option<OffsetDateTime>) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE staff SET disabled_at = $2 WHERE id = $1 AND (disabled_at IS NULL) <> ($3)",
            (id, at, at.is_none()),
        )
        .await?;
    Ok(rows == 1)
}
