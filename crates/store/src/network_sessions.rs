//! Sessions at routers, as accounting tells of them. On PostgreSQL FreeRADIUS writes them by itself, by the same rules
//! (`deploy/freeradius/sql.conf`).

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// What a router said of a session: that it began, that it runs, that it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The session among all: a digest of who has it, where, under which name.
    pub id: String,
    /// Whose it is, if anybody is called so.
    pub account: Option<Uuid>,
    /// Who signed in.
    pub username: String,
    /// Address of the router.
    pub router: String,
    /// Its name there.
    pub session: String,
    /// The port of the router.
    pub port: Option<String>,
    /// The subscriber's address.
    pub address: Option<String>,
    /// Where the subscriber's equipment is, as a MAC address.
    pub caller: Option<String>,
    /// What the sign-in was answered.
    pub class: Option<String>,
    /// When it began.
    pub began: OffsetDateTime,
    /// When this was said.
    pub at: OffsetDateTime,
    /// It stopped then.
    pub stopped: bool,
    /// How long it has lasted.
    pub seconds: i64,
    /// What the router received: the subscriber's upload.
    pub input_octets: i64,
    /// What the router sent: the subscriber's download.
    pub output_octets: i64,
    /// Why it stopped.
    pub ended: Option<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Session {
    /// The session among all.
    pub id: String,
    /// Who signed in.
    pub username: String,
    /// Address of the router.
    pub router: String,
    /// Its name there.
    pub session: String,
    /// The subscriber's address.
    pub address: Option<String>,
    /// Where the subscriber's equipment is, as a MAC address.
    pub caller: Option<String>,
    /// What the sign-in was answered.
    pub class: Option<String>,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it was last heard of.
    pub updated_at: OffsetDateTime,
    /// When it stopped.
    pub stopped_at: Option<OffsetDateTime>,
    /// What the router received: the subscriber's upload.
    pub input_octets: i64,
    /// What the router sent: the subscriber's download.
    pub output_octets: i64,
    /// Why it stopped.
    pub ended: Option<String>,
}

/// A session that runs, as far as anybody knows.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Open {
    /// The session among all.
    pub id: String,
    /// Whose it is.
    pub account_id: Uuid,
    /// Who signed in.
    pub username: String,
    /// Address of the router.
    pub router: String,
    /// Its name there.
    pub session: String,
    /// The subscriber's address.
    pub address: Option<String>,
    /// What the sign-in was answered.
    pub class: Option<String>,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it was last heard of.
    pub updated_at: OffsetDateTime,
}

/// Takes note of what a router said, in whatever order it comes and however often: what was counted only grows, and a
/// session that stopped stays so.
pub async fn record(tx: &mut Tx, heard: &Heard) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO network_session AS s (id, account_id, username, router, session, port, address, caller, class, \
         started_at, updated_at, stopped_at, seconds, input_octets, output_octets, ended) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO UPDATE SET \
         started_at = CASE WHEN excluded.started_at < s.started_at THEN excluded.started_at ELSE s.started_at END, \
         updated_at = CASE WHEN excluded.updated_at > s.updated_at THEN excluded.updated_at ELSE s.updated_at END, \
         stopped_at = COALESCE(s.stopped_at, excluded.stopped_at), \
         seconds = CASE WHEN excluded.seconds > s.seconds THEN excluded.seconds ELSE s.seconds END, \
         input_octets = CASE WHEN excluded.input_octets > s.input_octets THEN excluded.input_octets ELSE s.input_octets END, \
         output_octets = CASE WHEN excluded.output_octets > s.output_octets THEN excluded.output_octets ELSE s.output_octets END, \
         address = COALESCE(excluded.address, s.address), class = COALESCE(excluded.class, s.class), \
         ended = COALESCE(s.ended, excluded.ended)",
        (
            heard.id.as_str(),
            heard.account,
            heard.username.as_str(),
            heard.router.as_str(),
            heard.session.as_str(),
            heard.port.clone(),
            heard.address.clone(),
            heard.caller.clone(),
            heard.class.clone(),
            heard.began,
            heard.at,
            Some(heard.at).filter(|_| heard.stopped),
            heard.seconds,
            heard.input_octets,
            heard.output_octets,
            heard.ended.clone(),
        ),
    )
    .await
    .map(drop)
}

/// Ends every session of a router that began by then: it starts anew, or stops. Answers how many.
pub async fn end_all(tx: &mut Tx, router: &str, at: OffsetDateTime, why: &str) -> Result<u64, StoreError> {
    tx.run(
        "UPDATE network_session SET stopped_at = $2, updated_at = $2, ended = $3 \
         WHERE router = $1 AND stopped_at IS NULL AND started_at <= $2",
        (router, at, why),
    )
    .await
}

/// The latest sessions of an account, the last begun first.
pub async fn of(view: &mut View, account: Uuid, limit: i64) -> Result<Vec<Session>, StoreError> {
    view.all(
        "SELECT id, username, router, session, address, caller, class, started_at, updated_at, stopped_at, input_octets, \
         output_octets, ended FROM network_session WHERE account_id = $1 ORDER BY started_at DESC, id LIMIT $2",
        (account, limit),
    )
    .await
}

/// Sessions of an account that did not stop, the last begun first. One of a router that lost its power stays among them:
/// `updated_at` tells.
pub async fn open_of(view: &mut View, account: Uuid) -> Result<Vec<Open>, StoreError> {
    view.all(
        "SELECT id, account_id, username, router, session, address, class, started_at, updated_at FROM network_session \
         WHERE account_id = $1 AND stopped_at IS NULL ORDER BY started_at DESC, id",
        (account,),
    )
    .await
}

/// Sessions that did not stop, of accounts behind `after`, account by account: the last account of a full page may be cut.
pub async fn open_after(view: &mut View, after: Uuid, limit: i64) -> Result<Vec<Open>, StoreError> {
    view.all(
        "SELECT id, account_id, username, router, session, address, class, started_at, updated_at FROM network_session \
         WHERE account_id > $1 AND stopped_at IS NULL ORDER BY account_id, started_at DESC, id LIMIT $2",
        (after, limit),
    )
    .await
}

/// What an account's sessions that ran since an instant carried: from the subscriber, and to the subscriber.
pub async fn traffic_since(view: &mut View, account: Uuid, since: OffsetDateTime) -> Result<(i64, i64), StoreError> {
    view.one(
        "SELECT CAST(COALESCE(SUM(input_octets), 0) AS BIGINT), CAST(COALESCE(SUM(output_octets), 0) AS BIGINT) \
         FROM network_session WHERE account_id = $1 AND updated_at >= $2",
        (account, since),
    )
    .await
}

/// Forgets sessions that ended before an instant, or were last heard of then: so many at most. Answers how many.
pub async fn forget_before(tx: &mut Tx, before: OffsetDateTime, limit: i64) -> Result<u64, StoreError> {
    let ended = tx
        .run(
            "DELETE FROM network_session WHERE id IN (SELECT id FROM network_session WHERE stopped_at < $1 LIMIT $2)",
            (before, limit),
        )
        .await?;
    let vanished =
        tx.run("DELETE FROM network_session WHERE stopped_at IS NULL AND updated_at < $1", (before,)).await?;
    Ok(ended + vanished)
}
