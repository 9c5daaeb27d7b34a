//! Browsers and installed apps that asked for notifications.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A browser that takes notifications of an account.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PushDevice {
    /// Whose it is.
    pub account_id: Uuid,
    /// Its id.
    pub id: Uuid,
    /// The session it asked in.
    pub session_id: Uuid,
    /// Where its push service takes notifications.
    pub endpoint: String,
    /// Its public key, in URL-safe base64.
    pub p256dh: String,
    /// Its secret, likewise.
    pub auth: String,
    /// What it calls itself.
    pub user_agent: String,
    /// When it asked.
    pub created_at: OffsetDateTime,
    /// When its push service last took a notification.
    pub told_at: Option<OffsetDateTime>,
    /// How often in a row it was refused one.
    pub failures: i64,
}

macro_rules! devices {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, id, session_id, endpoint, p256dh, auth, user_agent, created_at, told_at, failures \
             FROM push_device ",
            $rest
        )
    };
}

/// Those of an account, the newest first.
pub async fn of_account(view: &mut View, account: Uuid) -> Result<Vec<PushDevice>, StoreError> {
    view.all(devices!("WHERE account_id = $1 ORDER BY id DESC"), (account,)).await
}

/// One of them.
pub async fn find(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<PushDevice>, StoreError> {
    view.maybe(devices!("WHERE account_id = $1 AND id = $2"), (account, id)).await
}

/// Keeps a browser, known by its endpoint: another account's it is no longer, and one that is kept already follows the
/// session it asks in now. Answers whether it is new to this account.
pub async fn put(tx: &mut Tx, device: &PushDevice) -> Result<bool, StoreError> {
    let theirs = "DELETE FROM push_device WHERE endpoint = $2 AND account_id <> $1";
    tx.run(theirs, (device.account_id, device.endpoint.as_str())).await?;
    let known = tx
        .run(
            "UPDATE push_device SET session_id = $3, p256dh = $4, auth = $5, user_agent = $6, failures = 0 \
             WHERE account_id = $1 AND endpoint = $2",
            (
                device.account_id,
                device.endpoint.as_str(),
                device.session_id,
                device.p256dh.as_str(),
                device.auth.as_str(),
                device.user_agent.as_str(),
            ),
        )
        .await?;
    if known == 0 {
        tx.run(
            "INSERT INTO push_device (account_id, id, session_id, endpoint, p256dh, auth, user_agent, created_at, \
             told_at, failures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            (
                device.account_id,
                device.id,
                device.session_id,
                device.endpoint.as_str(),
                device.p256dh.as_str(),
                device.auth.as_str(),
                device.user_agent.as_str(),
                device.created_at,
                device.told_at,
                device.failures,
            ),
        )
        .await?;
    }
    Ok(known == 0)
}

/// Its push service took a notification.
pub async fn told(tx: &mut Tx, account: Uuid, id: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
    let sql = "UPDATE push_device SET told_at = $3, failures = 0 WHERE account_id = $1 AND id = $2";
    tx.run(sql, (account, id, at)).await.map(drop)
}

/// Its push service refused one; answers how often in a row, nothing where the browser has left meanwhile.
pub async fn refused(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = tx
        .maybe(
            "UPDATE push_device SET failures = failures + 1 WHERE account_id = $1 AND id = $2 RETURNING failures",
            (account, id),
        )
        .await?;
    Ok(row.map(|(failures,)| failures))
}

/// Forgets a browser; `false` if the account has no such one.
pub async fn remove(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let rows = tx.run("DELETE FROM push_device WHERE account_id = $1 AND id = $2", (account, id)).await?;
    Ok(rows == 1)
}
