//! Lines of banks' registers, each kept once.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BankLine {
    /// Name of the register.
    pub register: String,
    /// What tells the line from all others of the register.
    pub document: String,
    /// Its id.
    pub id: Uuid,
    /// The bank's day.
    pub paid_on: Date,
    /// Kopecks.
    pub amount: i64,
    /// What the payer wrote.
    pub purpose: String,
    /// Who paid, as the bank names them.
    pub payer: String,
    /// `credited`, `waiting` or `dismissed`.
    pub state: String,
    /// Why it waits, or was dismissed.
    pub why: String,
    /// Whose it became.
    pub account_id: Option<Uuid>,
    /// The entry that credited it.
    pub entry_seq: Option<i64>,
    /// When it was taken in.
    pub imported_at: OffsetDateTime,
    /// When a person decided it.
    pub decided_at: Option<OffsetDateTime>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT register, document, id, paid_on, amount, purpose, payer, state, why, account_id, entry_seq, \
             imported_at, decided_at FROM bank_line ",
            $rest
        )
    };
}

/// Lines credited to an account, oldest first.
pub async fn of_account(view: &mut View, account: Uuid) -> Result<Vec<BankLine>, StoreError> {
    view.all(select!("WHERE account_id = $1 ORDER BY entry_seq"), (account,)).await
}

/// Keeps a line; `false` if it is kept already.
pub async fn add(tx: &mut Tx, line: &BankLine) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO bank_line (register, document, id, paid_on, amount, purpose, payer, state, why, account_id, \
             entry_seq, imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            (
                line.register.as_str(),
                line.document.as_str(),
                line.id,
                line.paid_on,
                line.amount,
                line.purpose.as_str(),
                line.payer.as_str(),
                line.state.as_str(),
                line.why.as_str(),
                line.account_id,
                line.entry_seq,
                line.imported_at,
            ),
        )
        .await?;
    Ok(rows == 1)
}

/// The line a register has under a document.
pub async fn of_document(view: &mut View, register: &str, document: &str) -> Result<Option<BankLine>, StoreError> {
    view.maybe(select!("WHERE register = $1 AND document = $2"), (register, document)).await
}

/// A line.
pub async fn find(view: &mut View, id: Uuid) -> Result<Option<BankLine>, StoreError> {
    view.maybe(select!("WHERE id = $1"), (id,)).await
}

/// Lines that wait for a person, oldest first, those after `cursor`.
pub async fn waiting(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<BankLine>, StoreError> {
    let sql = select!("WHERE state = 'waiting' AND id > $1 ORDER BY id LIMIT $2");
    view.all(sql, (cursor.unwrap_or_default(), limit)).await
}

/// Gives a waiting line to an account; `false` if it waits no more.
pub async fn credit(
    tx: &mut Tx,
    id: Uuid,
    account: Uuid,
    entry_seq: i64,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE bank_line SET state = 'credited', account_id = $2, entry_seq = $3, decided_at = $4 \
             WHERE id = $1 AND state = 'waiting'",
            (id, account, entry_seq, at),
        )
        .await?;
    Ok(rows == 1)
}

/// Puts a waiting line aside for good; `false` if it waits no more.
pub async fn dismiss(tx: &mut Tx, id: Uuid, why: &str, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE bank_line SET state = 'dismissed', why = $2, decided_at = $3 WHERE id = $1 AND state = 'waiting'",
            (id, why, at),
        )
        .await?;
    Ok(rows == 1)
}

/// The line that an entry credited waits again: the entry was undone. `false` if no line was behind the entry.
pub async fn reopen(tx: &mut Tx, account: Uuid, entry_seq: i64, why: &str) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE bank_line SET state = 'waiting', why = $3, account_id = NULL, entry_seq = NULL, decided_at = NULL \
             WHERE account_id = $1 AND entry_seq = $2",
            (account, entry_seq, why),
        )
        .await?;
    Ok(rows == 1)
}
