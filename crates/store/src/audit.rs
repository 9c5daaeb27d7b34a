//! Who did what to which account.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A row of the audit log.
#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// The account concerned.
    pub account_id: Option<Uuid>,
    /// When.
    pub at: OffsetDateTime,
    /// `system`, `subscriber` or `staff`.
    pub actor: String,
    /// Which member of staff; empty at the office's own console.
    pub staff_id: Option<Uuid>,
    /// With what they sign in; only read.
    #[sqlx(default)]
    pub staff_login: Option<String>,
    /// What was done: `tariff_change.confirm`.
    pub act: String,
    /// Its numbers as JSON.
    pub details: String,
}

/// Writes a row; in the transaction of the act it tells of.
pub async fn write(tx: &mut Tx, row: &AuditRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO audit (id, account_id, at, actor, staff_id, act, details) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        (row.id, row.account_id, row.at, row.actor.as_str(), row.staff_id, row.act.as_str(), row.details.as_str()),
    )
    .await?;
    Ok(())
}

/// What happened to an account, newest first.
pub async fn of_account(view: &mut View, account: Uuid, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    view.all(
        "SELECT u.id, u.account_id, u.at, u.actor, u.staff_id, c.login AS staff_login, u.act, u.details \
         FROM audit u LEFT JOIN credential c ON c.owner_id = u.staff_id \
         WHERE u.account_id = $1 ORDER BY u.at DESC, u.id DESC LIMIT $2",
        (account, limit),
    )
    .await
}

/// What happened to an account, newest first, before the row `cursor`.
pub async fn page(
    view: &mut View,
    account: Uuid,
    cursor: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<AuditRow>, StoreError> {
    let (at, id) = cursor.unwrap_or((time::macros::datetime!(9999-12-31 00:00 UTC), Uuid::max()));
    view.all(
        "SELECT u.id, u.account_id, u.at, u.actor, u.staff_id, c.login AS staff_login, u.act, u.details \
         FROM audit u LEFT JOIN credential c ON c.owner_id = u.staff_id \
         WHERE u.account_id = $1 AND (u.at, u.id) < ($2, $3) ORDER BY u.at DESC, u.id DESC LIMIT $4",
        (account, at, id, limit),
    )
    .await
}

/// Rows about accounts written since then: each one's id and account.
pub async fn since(view: &mut View, from: OffsetDateTime) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    view.all("SELECT id, account_id FROM audit WHERE at >= $1 AND account_id IS NOT NULL ORDER BY at, id", (from,))
        .await
}

/// When a row of the account's was written: ids and instants order the log together.
pub async fn place(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<OffsetDateTime>, StoreError> {
    let row: Option<(OffsetDateTime,)> =
        view.maybe("SELECT at FROM audit WHERE account_id = $1 AND id = $2", (account, id)).await?;
    Ok(row.map(|(at,)| at))
}

/// Which rows of the whole log are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// About this account.
    pub account: Option<Uuid>,
    /// Of this act.
    pub act: Option<String>,
    /// By this member of staff.
    pub staff: Option<Uuid>,
    /// Written then or later.
    pub from: Option<OffsetDateTime>,
    /// Written before.
    pub before: Option<OffsetDateTime>,
}

/// A row of the whole log with the contract it is about.
#[derive(Clone, Debug, FromRow)]
pub struct Logged {
    /// The row.
    #[sqlx(flatten)]
    pub row: AuditRow,
    /// Contract number of its account.
    pub contract: Option<String>,
}

macro_rules! logged {
    ($whose:literal) => {
        concat!(
            "SELECT u.id, u.account_id, u.at, u.actor, u.staff_id, c.login AS staff_login, u.act, u.details, a.contract \
             FROM audit u LEFT JOIN credential c ON c.owner_id = u.staff_id LEFT JOIN account a ON a.id = u.account_id \
             WHERE (u.at, u.id) < ($1, $2) AND u.at >= $3 AND ($4 = '' OR u.act = $4) ",
            $whose,
            " ORDER BY u.at DESC, u.id DESC LIMIT $5"
        )
    };
}

/// Rows of the whole log, newest first, before the row `cursor`. An account and a member of staff have an index each; of
/// both together the account's is read.
pub async fn search(
    view: &mut View,
    wanted: &Wanted,
    cursor: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<Logged>, StoreError> {
    let end = wanted.before.unwrap_or(time::macros::datetime!(9999-12-31 00:00 UTC));
    // Of the instant `before` itself nothing is meant, so no id of it comes before the least one.
    let (at, id) = cursor.unwrap_or((end, if wanted.before.is_some() { Uuid::nil() } else { Uuid::max() }));
    let from = wanted.from.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let act = wanted.act.as_deref().unwrap_or_default();
    match (wanted.account, wanted.staff) {
        (None, None) => view.all(logged!(""), (at, id, from, act, limit)).await,
        (Some(account), None) => view.all(logged!("AND u.account_id = $6"), (at, id, from, act, limit, account)).await,
        (None, Some(staff)) => view.all(logged!("AND u.staff_id = $6"), (at, id, from, act, limit, staff)).await,
        (Some(account), Some(staff)) => {
            let sql = logged!("AND u.account_id = $6 AND u.staff_id = $7");
            view.all(sql, (at, id, from, act, limit, account, staff)).await
        }
    }
}

/// When a row of the log was written, whatever it is about.
pub async fn place_in_log(view: &mut View, id: Uuid) -> Result<Option<OffsetDateTime>, StoreError> {
    let row: Option<(OffsetDateTime,)> = view.maybe("SELECT at FROM audit WHERE id = $1", (id,)).await?;
    Ok(row.map(|(at,)| at))
}

/// How often an act was done to an account since then.
pub async fn count_since(view: &mut View, account: Uuid, act: &str, since: OffsetDateTime) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM audit WHERE account_id = $1 AND at >= $2 AND act = $3";
    let (count,): (i64,) = view.one(sql, (account, since, act)).await?;
    Ok(count)
}

/// Replaces the details of a row of this account, for whoever is to be forgotten.
pub async fn reword(tx: &mut Tx, account: Uuid, id: Uuid, details: &str) -> Result<(), StoreError> {
    tx.run("UPDATE audit SET details = $3 WHERE account_id = $1 AND id = $2", (account, id, details)).await.map(drop)
}

/// What members of staff and the console did to the office itself, newest first.
pub async fn of_office(view: &mut View, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    view.all(
        "SELECT u.id, u.account_id, u.at, u.actor, u.staff_id, c.login AS staff_login, u.act, u.details \
         FROM audit u LEFT JOIN credential c ON c.owner_id = u.staff_id \
         WHERE u.account_id IS NULL ORDER BY u.at DESC, u.id DESC LIMIT $1",
        (limit,),
    )
    .await
}
