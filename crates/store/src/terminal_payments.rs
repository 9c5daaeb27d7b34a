//! Payments by contract number as terminals and banks reported them. Whose transaction is taken already is told by
//! [`crate::payments::find_txn`].

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A payment of a terminal.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TerminalPayment {
    /// Whose it is.
    pub account_id: Uuid,
    /// Our number of it.
    pub number: i64,
    /// Name of the terminal.
    pub terminal: String,
    /// The provider's number of it.
    pub txn: String,
    /// Kopecks.
    pub amount: i64,
    /// `reserved`, `paid` or `cancelled`.
    pub state: String,
    /// `seq` of the entry that credited it.
    pub entry_seq: Option<i64>,
    /// When it was first told.
    pub created_at: OffsetDateTime,
    /// When it was credited, taken back, or else first told.
    pub changed_at: OffsetDateTime,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, number, terminal, txn, amount, state, entry_seq, created_at, changed_at \
             FROM terminal_payment ",
            $rest
        )
    };
}

/// Keeps a payment just told.
pub async fn insert(tx: &mut Tx, payment: &TerminalPayment) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO terminal_payment (account_id, number, terminal, txn, amount, state, entry_seq, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (
            payment.account_id,
            payment.number,
            payment.terminal.as_str(),
            payment.txn.as_str(),
            payment.amount,
            payment.state.as_str(),
            payment.entry_seq,
            payment.created_at,
            payment.changed_at,
        ),
    )
    .await?;
    Ok(())
}

/// A payment of an account by our number.
pub async fn find(view: &mut View, account: Uuid, number: i64) -> Result<Option<TerminalPayment>, StoreError> {
    view.maybe(select!("WHERE account_id = $1 AND number = $2"), (account, number)).await
}

/// A payment of a terminal by our number, whosever it is.
pub async fn by_number(view: &mut View, terminal: &str, number: i64) -> Result<Option<TerminalPayment>, StoreError> {
    view.maybe(select!("WHERE number = $1 AND terminal = $2"), (number, terminal)).await
}

/// What became of a payment whose account is locked.
pub async fn set_state(
    tx: &mut Tx,
    account: Uuid,
    number: i64,
    state: &str,
    entry_seq: Option<i64>,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE terminal_payment SET state = $3, entry_seq = COALESCE($4, entry_seq), changed_at = $5 \
         WHERE account_id = $1 AND number = $2",
        (account, number, state, entry_seq, at),
    )
    .await?;
    Ok(())
}

/// A credited payment and the contract it went to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Credited {
    /// Contract number.
    pub contract: String,
    /// The payment.
    #[sqlx(flatten)]
    pub payment: TerminalPayment,
}

/// The payments of a terminal credited from `from` through `to`, oldest first.
pub async fn credited_between(
    view: &mut View,
    terminal: &str,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> Result<Vec<Credited>, StoreError> {
    view.all(
        "SELECT a.contract, p.account_id, p.number, p.terminal, p.txn, p.amount, p.state, p.entry_seq, p.created_at, \
         p.changed_at FROM terminal_payment p JOIN account a ON a.id = p.account_id \
         WHERE p.terminal = $1 AND p.state = 'paid' AND p.changed_at >= $2 AND p.changed_at <= $3 \
         ORDER BY p.changed_at, p.number",
        (terminal, from, to),
    )
    .await
}

/// The payment that an entry of an account credited.
pub async fn of_entry(view: &mut View, account: Uuid, seq: i64) -> Result<Option<TerminalPayment>, StoreError> {
    view.maybe(select!("WHERE account_id = $1 AND entry_seq = $2"), (account, seq)).await
}
