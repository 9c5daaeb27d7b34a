//! Sessions and their refresh tokens. A session is a family: each use of its token replaces it, and the one live
//! token is held by a unique index.

use crate::{StoreError, Tx, View};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A signed-in browser or app.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Session {
    /// UUIDv7, `sid` of the access tokens.
    pub id: Uuid,
    /// The account or the member of staff it belongs to.
    pub owner_id: Uuid,
    /// `cookie` or `body`: how the refresh token travels.
    pub delivery: String,
    /// What the browser or the app calls itself.
    pub user_agent: String,
    /// The address it was last used from.
    pub address: String,
    /// When it was opened.
    pub created_at: OffsetDateTime,
    /// When its token was last renewed.
    pub last_used_at: OffsetDateTime,
    /// When it ended, if it did.
    pub revoked_at: Option<OffsetDateTime>,
}

/// A refresh token, known by its hash only.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// Its family.
    pub session_id: Uuid,
    /// When it was given out.
    pub issued_at: OffsetDateTime,
    /// When its successor was given out.
    pub replaced_at: Option<OffsetDateTime>,
}

/// Whether tokens of a session are still good.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Liveness {
    /// When the session ended, if it did.
    pub revoked_at: Option<OffsetDateTime>,
    /// When the contract closed, if it did.
    pub closed_on: Option<Date>,
    /// When the member of staff lost access, if so.
    pub disabled_at: Option<OffsetDateTime>,
    /// The role of a member of staff; empty for a subscriber.
    pub role: Option<String>,
    /// Whether a first password still waits to be changed.
    pub must_change: bool,
}

/// Opens a session with its first token.
pub async fn open(tx: &mut Tx, session: &Session, token_hash: &[u8]) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO session (id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
        (
            session.id,
            session.owner_id,
            session.delivery.as_str(),
            session.user_agent.as_str(),
            session.address.as_str(),
            session.created_at,
            session.last_used_at,
        ),
    )
    .await?;
    issue(tx, session.id, token_hash, session.created_at).await
}

async fn issue(tx: &mut Tx, session: Uuid, token_hash: &[u8], at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO refresh_token (hash, session_id, issued_at, replaced_at) VALUES ($1, $2, $3, NULL)",
        (token_hash, session, at),
    )
    .await
    .map(drop)
}

/// Locks the session that a token belongs to, and reads it: two uses of one family wait for each other here.
pub async fn lock_by_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Session>, StoreError> {
    tx.maybe(
        "UPDATE session SET last_used_at = last_used_at
         WHERE id = (SELECT session_id FROM refresh_token WHERE hash = $1)
         RETURNING id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at",
        (token_hash,),
    )
    .await
}

/// The token itself; read it after the session is locked.
pub async fn token(view: &mut View, token_hash: &[u8]) -> Result<Option<RefreshToken>, StoreError> {
    view.maybe("SELECT hash, session_id, issued_at, replaced_at FROM refresh_token WHERE hash = $1", (token_hash,))
        .await
}

/// Replaces the live token by its successor and notes the use.
pub async fn rotate(
    tx: &mut Tx,
    session: &Session,
    token_hash: &[u8],
    successor_hash: &[u8],
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run("UPDATE refresh_token SET replaced_at = $2 WHERE hash = $1", (token_hash, at)).await?;
    issue(tx, session.id, successor_hash, at).await?;
    tx.run(
        "UPDATE session SET last_used_at = $2, user_agent = $3, address = $4 WHERE id = $1",
        (session.id, at, session.user_agent.as_str(), session.address.as_str()),
    )
    .await
    .map(drop)
}

/// Whether tokens of this session are still good; `None` when the owner has no such session.
pub async fn liveness(view: &mut View, owner: Uuid, session: Uuid) -> Result<Option<Liveness>, StoreError> {
    view.maybe(
        "SELECT s.revoked_at, a.closed_on, m.disabled_at, m.role, c.must_change
         FROM session s JOIN credential c ON c.owner_id = s.owner_id
         LEFT JOIN account a ON a.id = c.account_id LEFT JOIN staff m ON m.id = c.staff_id
         WHERE s.id = $2 AND s.owner_id = $1",
        (owner, session),
    )
    .await
}

/// The owner's sessions that are not ended and were used since, newest use first.
pub async fn open_ones(
    view: &mut View,
    owner: Uuid,
    used_since: OffsetDateTime,
    opened_since: OffsetDateTime,
) -> Result<Vec<Session>, StoreError> {
    view.all(
        "SELECT id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at FROM session
         WHERE owner_id = $1 AND revoked_at IS NULL AND last_used_at > $2 AND created_at > $3
         ORDER BY last_used_at DESC, id DESC",
        (owner, used_since, opened_since),
    )
    .await
}

/// The owner's session, ended or not.
pub async fn find(view: &mut View, owner: Uuid, session: Uuid) -> Result<Option<Session>, StoreError> {
    view.maybe(
        "SELECT id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at FROM session
         WHERE owner_id = $1 AND id = $2",
        (owner, session),
    )
    .await
}

/// Whether a session was ended. Nobody ends it from here to the end of the transaction.
pub async fn was_ended(tx: &mut Tx, owner: Uuid, session: Uuid) -> Result<bool, StoreError> {
    tx.run("UPDATE session SET last_used_at = last_used_at WHERE owner_id = $1 AND id = $2", (owner, session)).await?;
    Ok(find(tx, owner, session).await?.is_some_and(|session| session.revoked_at.is_some()))
}

/// Ends one session; answers whether it was open. What is told to the browser it was of ends with it, here and below: no
/// use case can forget that. The session is ended first, so that a browser being added to it is seen or refused.
pub async fn revoke(tx: &mut Tx, owner: Uuid, session: Uuid, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE session SET revoked_at = $3 WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL",
            (owner, session, at),
        )
        .await?;
    tx.run("DELETE FROM push_device WHERE account_id = $1 AND session_id = $2", (owner, session)).await?;
    Ok(rows == 1)
}

/// Ends every session of the owner but one; answers how many were open.
pub async fn revoke_others(tx: &mut Tx, owner: Uuid, keep: Uuid, at: OffsetDateTime) -> Result<u64, StoreError> {
    let ended = "UPDATE session SET revoked_at = $3 WHERE owner_id = $1 AND id <> $2 AND revoked_at IS NULL";
    let rows = tx.run(ended, (owner, keep, at)).await?;
    tx.run("DELETE FROM push_device WHERE account_id = $1 AND session_id <> $2", (owner, keep)).await?;
    Ok(rows)
}

/// Ends every session of the owner; answers how many were open.
pub async fn revoke_all(tx: &mut Tx, owner: Uuid, at: OffsetDateTime) -> Result<u64, StoreError> {
    let ended = "UPDATE session SET revoked_at = $2 WHERE owner_id = $1 AND revoked_at IS NULL";
    let rows = tx.run(ended, (owner, at)).await?;
    tx.run("DELETE FROM push_device WHERE account_id = $1", (owner,)).await?;
    Ok(rows)
}

/// Replaces whatever token of the session is live, without one being shown: a changed password gives new tokens.
pub async fn reissue(tx: &mut Tx, session: Uuid, token_hash: &[u8], at: OffsetDateTime) -> Result<(), StoreError> {
    // Backdated past any grace: the token of before the change must not fetch a successor.
    tx.run(
        "UPDATE refresh_token SET replaced_at = issued_at WHERE session_id = $1 AND replaced_at IS NULL",
        (session,),
    )
    .await?;
    issue(tx, session, token_hash, at).await?;
    tx.run("UPDATE session SET last_used_at = $2 WHERE id = $1", (session, at)).await.map(drop)
}

/// A family with more than one live token, if there is one: its contract, or the login of a member of staff, and session.
pub async fn twin_family(view: &mut View) -> Result<Option<(String, Uuid)>, StoreError> {
    view.maybe(
        "SELECT COALESCE(a.contract, c.login), s.id
         FROM session s JOIN credential c ON c.owner_id = s.owner_id LEFT JOIN account a ON a.id = c.account_id
         WHERE s.id IN (SELECT session_id FROM refresh_token WHERE replaced_at IS NULL
                        GROUP BY session_id HAVING COUNT(*) > 1)
         ORDER BY s.id LIMIT 1",
        (),
    )
    .await
}

/// Housekeeping: forgets sessions that ended or were last used before, and their tokens.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM refresh_token WHERE session_id IN
         (SELECT id FROM session WHERE last_used_at < $1 OR revoked_at < $1)",
        (before,),
    )
    .await?;
    tx.run("DELETE FROM session WHERE last_used_at < $1 OR revoked_at < $1", (before,)).await
}
