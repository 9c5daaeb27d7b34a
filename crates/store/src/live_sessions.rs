//! Sessions that run, with the router that holds each: what a change of profile is told to.

use crate::{StoreError, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A session that runs.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LiveSession {
    /// Whose it is.
    pub account_id: Uuid,
    /// Who signed in.
    pub username: String,
    /// Its name at the router.
    pub session: String,
    /// The subscriber's address.
    pub address: Option<String>,
    /// What the sign-in was answered.
    pub class: Option<String>,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// Address of the router.
    pub router: String,
    /// What the router is called; nothing where none of this address is known.
    pub name: Option<String>,
    /// Which kind it is.
    pub kind: Option<String>,
    /// What it shares with the billing.
    pub secret: Option<String>,
    /// Where it listens for changes.
    pub coa_port: Option<i64>,
    /// Requests carry a signature of their own.
    pub signs: Option<bool>,
    /// Answers must.
    pub demands: Option<bool>,
}

/// Those of many accounts that were heard of since a moment: what a router that vanished left open is none.
pub async fn of_many(
    view: &mut View,
    accounts: &[Uuid],
    heard_since: OffsetDateTime,
) -> Result<Vec<LiveSession>, StoreError> {
    macro_rules! select {
        ($ids:literal) => {
            concat!(
                "SELECT s.account_id, s.username, s.session, s.address, s.class, s.started_at, s.router, r.name, r.kind, \
                 r.secret, r.coa_port, r.signs, r.demands FROM network_session s \
                 LEFT JOIN router r ON r.address = s.router WHERE s.account_id ",
                $ids,
                " AND s.stopped_at IS NULL AND s.updated_at >= $2"
            )
        };
    }
    let (postgres, sqlite) = (select!("= ANY($1)"), select!("IN (SELECT unhex(value) FROM json_each($1))"));
    view.all_of([postgres, sqlite], accounts, Some(heard_since)).await
}

/// Accounts behind `after` that have a session which runs, in order of id.
pub async fn accounts(
    view: &mut View,
    after: Uuid,
    heard_since: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = view
        .all(
            "SELECT DISTINCT account_id FROM network_session WHERE account_id > $1 AND stopped_at IS NULL \
             AND updated_at >= $2 ORDER BY account_id LIMIT $3",
            (after, heard_since, limit),
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A line by which a kind of router is told who is served.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ServedLine {
    /// The kind.
    pub kind: String,
    /// The attribute.
    pub attribute: String,
    /// How it is put.
    pub op: String,
    /// Its value, with places.
    pub value: String,
}

/// How each kind of router is told who is served, in the order of lines.
pub async fn served_lines(view: &mut View) -> Result<Vec<ServedLine>, StoreError> {
    view.all("SELECT kind, attribute, op, value FROM router_line WHERE access = 'open' ORDER BY kind, position", ())
        .await
}
