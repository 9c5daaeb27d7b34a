//! How the e-mail of a subscriber stands, and the codes that confirm it. The address itself is a part of the profile.

use crate::{StoreError, Tx, View};
use cabinet_core::email::EmailState;
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
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

/// A code that was sent, without its digits.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Code {
    /// What its digits are made of.
    pub id: Uuid,
    /// Where it was sent.
    pub address: String,
    /// Tries it has had.
    pub tries: i64,
    /// It has confirmed the address.
    pub used: bool,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
}

/// The newest code of an account, be it good or not.
pub async fn code(view: &mut View, account: Uuid) -> Result<Option<Code>, StoreError> {
    view.maybe("SELECT id, address, tries, used, sent_at, expires_at FROM email_code WHERE account_id = $1", (account,))
        .await
}

/// Puts a new code in the place of any older one.
pub async fn put_code(tx: &mut Tx, account: Uuid, code: &Code) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO email_code (account_id, id, address, tries, used, sent_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id) DO UPDATE \
         SET id = excluded.id, address = excluded.address, tries = excluded.tries, used = excluded.used, \
         sent_at = excluded.sent_at, expires_at = excluded.expires_at",
        (account, code.id, code.address.as_str(), code.tries, code.used, code.sent_at, code.expires_at),
    )
    .await
    .map(drop)
}

/// Counts a try and gives the code to compare with; `None` when there is none, it is used or old, its tries are used up,
/// or it was sent to another address.
pub async fn count_try(
    tx: &mut Tx,
    account: Uuid,
    address: &str,
    tries_max: i64,
    now: OffsetDateTime,
) -> Result<Option<Code>, StoreError> {
    tx.maybe(
        "UPDATE email_code SET tries = tries + 1 \
         WHERE account_id = $1 AND address = $2 AND tries < $3 AND expires_at > $4 AND NOT used \
         RETURNING id, address, tries, used, sent_at, expires_at",
        (account, address, tries_max, now),
    )
    .await
}

/// Uses this very code up; `false` if it was used, or another one took its place.
pub async fn use_code(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    let rows = tx
        .run("UPDATE email_code SET used = TRUE WHERE account_id = $1 AND id = $2 AND NOT used", (account, id))
        .await?;
    Ok(rows == 1)
}

/// Counts a code sent under a name on a day; answers how many were before it.
pub async fn count_sent(tx: &mut Tx, bucket: &str, day: Date) -> Result<i64, StoreError> {
    let (sent,): (i64,) = tx
        .one(
            "INSERT INTO email_codes_sent (bucket, day, sent) VALUES ($1, $2, 1) \
             ON CONFLICT (bucket, day) DO UPDATE SET sent = email_codes_sent.sent + 1 RETURNING sent",
            (bucket, day),
        )
        .await?;
    Ok(sent - 1)
}

/// Housekeeping: forgets codes that are old by `before`, and counts of days before `day`.
pub async fn forget_codes(tx: &mut Tx, before: OffsetDateTime, day: Date) -> Result<u64, StoreError> {
    let codes = tx.run("DELETE FROM email_code WHERE expires_at < $1", (before,)).await?;
    Ok(codes + tx.run("DELETE FROM email_codes_sent WHERE day < $1", (day,)).await?)
}
