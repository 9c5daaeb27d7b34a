//! How the e-mail of a subscriber stands. The address itself is a part of the profile.

use crate::{StoreError, Tx, View};
use cabinet_core::email::EmailState;
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// The e-mail of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// The profile's address.
    pub address: Option<String>,
    /// How it stands.
    pub state: EmailState,
    /// ISO 639-1 code of the language letters are written in.
    pub language: String,
    /// Contract number.
    pub contract: String,
}

#[derive(FromRow)]
struct Row {
    email: Option<String>,
    email_confirmed_at: Option<OffsetDateTime>,
    email_refusals: i64,
    email_failing_since: Option<OffsetDateTime>,
    email_bills: bool,
    language: String,
    contract: String,
}

/// The e-mail of an account.
pub async fn find(view: &mut View, account: Uuid) -> Result<Option<Email>, StoreError> {
    let row: Option<Row> = view
        .maybe(
            "SELECT p.email, p.email_confirmed_at, p.email_refusals, p.email_failing_since, p.email_bills, p.language, \
             a.contract FROM profile p JOIN account a ON a.id = p.account_id WHERE p.account_id = $1",
            (account,),
        )
        .await?;
    Ok(row.map(|row| Email {
        address: row.email,
        state: EmailState {
            confirmed_at: row.email_confirmed_at,
            refusals: row.email_refusals,
            failing_since: row.email_failing_since,
            bills: row.email_bills,
        },
        language: row.language,
        contract: row.contract,
    }))
}

/// Writes how it stands.
pub async fn save(tx: &mut Tx, account: Uuid, state: &EmailState) -> Result<(), StoreError> {
    tx.run(
        "UPDATE profile SET email_confirmed_at = $2, email_refusals = $3, email_failing_since = $4, email_bills = $5 \
         WHERE account_id = $1",
        (account, state.confirmed_at, state.refusals, state.failing_since, state.bills),
    )
    .await
    .map(drop)
}

/// Those of the accounts behind `after` through `last` whose bills go by e-mail now, in order.
pub async fn taking_bills(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = view
        .all(
            "SELECT account_id FROM profile WHERE email_bills AND email_confirmed_at IS NOT NULL AND email IS NOT NULL \
             AND account_id > $1 AND account_id <= $2 ORDER BY account_id",
            (after, last),
        )
        .await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}
