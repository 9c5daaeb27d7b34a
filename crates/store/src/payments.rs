//! Payments through gateways, everything gateways said, and whose transactions are in the book already.

use crate::{StoreError, Tx, View};
use cabinet_core::Money;
use cabinet_core::payment::{Payment, PaymentState};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A payment as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its id, which the gateway knows as its reference.
    pub id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// Code of the gateway.
    pub provider: String,
    /// What the rules ask.
    pub payment: Payment,
    /// `seq` of the entry that credited it.
    pub credited_seq: Option<i64>,
    /// The gateway's own name of it.
    pub provider_ref: Option<String>,
    /// Where the payer was sent, as JSON of the service; empty until the gateway answered.
    pub redirect: Option<String>,
    /// The fiscal receipt, if the gateway gave one.
    pub fiscal_url: Option<String>,
    /// When it was ordered.
    pub created_at: OffsetDateTime,
    /// Until when it waits for its payer.
    pub expires_at: OffsetDateTime,
    /// When it last changed.
    pub changed_at: OffsetDateTime,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    provider: String,
    amount: i64,
    state: String,
    credited_seq: Option<i64>,
    reversed: i64,
    reversed_posted: i64,
    provider_ref: Option<String>,
    redirect: Option<String>,
    fiscal_url: Option<String>,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    changed_at: OffsetDateTime,
}

impl TryFrom<Row> for Held {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Held, StoreError> {
        let state = PaymentState::from_code(&row.state)
            .ok_or_else(|| StoreError::corrupt(format!("payment {} in state {}", row.id, row.state)))?;
        Ok(Held {
            id: row.id,
            account_id: row.account_id,
            provider: row.provider,
            payment: Payment {
                amount: Money::from_kopecks(row.amount),
                state,
                credited: row.credited_seq.is_some(),
                reversed: Money::from_kopecks(row.reversed),
                reversed_posted: Money::from_kopecks(row.reversed_posted),
            },
            credited_seq: row.credited_seq,
            provider_ref: row.provider_ref,
            redirect: row.redirect,
            fiscal_url: row.fiscal_url,
            created_at: row.created_at,
            expires_at: row.expires_at,
            changed_at: row.changed_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, provider, amount, state, credited_seq, reversed, reversed_posted, provider_ref, \
             redirect, fiscal_url, created_at, expires_at, changed_at FROM payment ",
            $rest
        )
    };
}

/// Keeps a new payment.
pub async fn open(tx: &mut Tx, held: &Held) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO payment (id, account_id, provider, amount, state, created_at, expires_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6)",
        (
            held.id,
            held.account_id,
            held.provider.as_str(),
            held.payment.amount.kopecks(),
            held.payment.state.code(),
            held.created_at,
            held.expires_at,
        ),
    )
    .await?;
    Ok(())
}

/// A payment of this account.
pub async fn find(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<Held>, StoreError> {
    let row: Option<Row> = view.maybe(select!("WHERE account_id = $1 AND id = $2"), (account, id)).await?;
    row.map(Held::try_from).transpose()
}

/// Whose payment a gateway's reference names.
pub async fn owner(view: &mut View, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let row: Option<(Uuid,)> = view.maybe("SELECT account_id FROM payment WHERE id = $1", (id,)).await?;
    Ok(row.map(|(account,)| account))
}

/// Payments of this account, newest first, those before `cursor`.
pub async fn page(view: &mut View, account: Uuid, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Held>, StoreError> {
    let sql = select!("WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    let rows: Vec<Row> = view.all(sql, (account, cursor.unwrap_or(Uuid::max()), limit)).await?;
    rows.into_iter().map(Held::try_from).collect()
}

/// How many payments of this account wait for their payer at a moment: those with a page, whose time is not over.
pub async fn count_open(view: &mut View, account: Uuid, now: OffsetDateTime) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM payment WHERE account_id = $1 AND state IN ('created', 'pending') \
         AND redirect IS NOT NULL AND expires_at > $2";
    let (count,): (i64,) = view.one(sql, (account, now)).await?;
    Ok(count)
}

/// The gateway answered: where the payer goes. `false` if another answer was kept before.
pub async fn send_off(
    tx: &mut Tx,
    account: Uuid,
    id: Uuid,
    provider_ref: Option<&str>,
    redirect: &str,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE payment SET provider_ref = $3, redirect = $4 \
             WHERE account_id = $1 AND id = $2 AND redirect IS NULL",
            (account, id, provider_ref.map(str::to_owned), redirect),
        )
        .await?;
    Ok(rows == 1)
}

/// Writes back what news made of a payment whose account is locked.
pub async fn save(tx: &mut Tx, held: &Held, at: OffsetDateTime) -> Result<(), StoreError> {
    let payment = &held.payment;
    tx.run(
        "UPDATE payment SET state = $3, credited_seq = $4, reversed = $5, reversed_posted = $6, fiscal_url = $7, \
         changed_at = $8 WHERE account_id = $1 AND id = $2",
        (
            held.account_id,
            held.id,
            payment.state.code(),
            held.credited_seq,
            payment.reversed.kopecks(),
            payment.reversed_posted.kopecks(),
            held.fiscal_url.clone(),
            at,
        ),
    )
    .await?;
    Ok(())
}

/// Something a gateway said.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// Code of the gateway.
    pub provider: String,
    /// The payment it names, if it is one of ours.
    pub payment_id: Option<Uuid>,
    /// Whether its signature held.
    pub verified: bool,
    /// `paid`, `failed`, `pending`, `reversed`, or `refused`.
    pub kind: String,
    /// As it came.
    pub body: Vec<u8>,
    /// What was made of it, for people.
    pub note: String,
    /// When it came.
    pub received_at: OffsetDateTime,
}

/// Keeps what a gateway said.
pub async fn record(tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO payment_event (id, provider, payment_id, verified, kind, body, note, received_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            event.id,
            event.provider.as_str(),
            event.payment_id,
            event.verified,
            event.kind.as_str(),
            event.body.as_slice(),
            event.note.as_str(),
            event.received_at,
        ),
    )
    .await?;
    Ok(())
}

/// What was said of a payment, oldest first.
pub async fn events(view: &mut View, id: Uuid) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT id, provider, payment_id, verified, kind, body, note, received_at FROM payment_event \
         WHERE payment_id = $1 ORDER BY received_at, id";
    view.all(sql, (id,)).await
}

/// A provider's transaction that is in the book.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ProviderTxn {
    /// The account it went to.
    pub account_id: Uuid,
    /// Our own number of it.
    pub number: i64,
    /// Kopecks.
    pub amount: i64,
    /// When it was taken.
    pub created_at: OffsetDateTime,
}

/// Claims a provider's transaction of a kind for an account; `false` if it was claimed before.
pub async fn claim_txn(
    tx: &mut Tx,
    provider: &str,
    txn: &str,
    kind: &str,
    claimed: &ProviderTxn,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO provider_txn (provider, txn, kind, account_id, number, amount, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            (provider, txn, kind, claimed.account_id, claimed.number, claimed.amount, claimed.created_at),
        )
        .await?;
    Ok(rows == 1)
}

/// A transaction that was claimed.
pub async fn find_txn(
    view: &mut View,
    provider: &str,
    txn: &str,
    kind: &str,
) -> Result<Option<ProviderTxn>, StoreError> {
    view.maybe(
        "SELECT account_id, number, amount, created_at FROM provider_txn WHERE provider = $1 AND txn = $2 AND kind = $3",
        (provider, txn, kind),
    )
    .await
}

/// The payment that an entry of an account credited.
pub async fn of_entry(view: &mut View, account: Uuid, seq: i64) -> Result<Option<Held>, StoreError> {
    let row: Option<Row> = view.maybe(select!("WHERE account_id = $1 AND credited_seq = $2"), (account, seq)).await?;
    row.map(Held::try_from).transpose()
}

/// Payments that wait for a person, whosever they are, newest first, those before `cursor`.
pub async fn in_review(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Held>, StoreError> {
    let sql = select!("WHERE state = 'review' AND id < $1 ORDER BY id DESC LIMIT $2");
    let rows: Vec<Row> = view.all(sql, (cursor.unwrap_or(Uuid::max()), limit)).await?;
    rows.into_iter().map(Held::try_from).collect()
}

/// How many payments wait for a person.
pub async fn count_in_review(view: &mut View) -> Result<i64, StoreError> {
    let (count,): (i64,) = view.one("SELECT COUNT(*) FROM payment WHERE state = 'review'", ()).await?;
    Ok(count)
}

/// What gateways said of no payment of ours, newest first, those before `cursor`.
pub async fn orphaned_events(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT id, provider, payment_id, verified, kind, body, note, received_at FROM payment_event \
         WHERE payment_id IS NULL AND id < $1 ORDER BY id DESC LIMIT $2";
    view.all(sql, (cursor.unwrap_or(Uuid::max()), limit)).await
}
