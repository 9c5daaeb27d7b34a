//! Payments through gateways, everything gateways said, and whose transactions are in the book already.

use crate::{StoreError, Tx, View};
use cabinet_core::payment::{Attention, Payment, PaymentState};
use cabinet_core::{Money, Month};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
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
    /// The bill it is for, by the month of its date.
    pub bill: Option<Month>,
    /// `seq` of the entry that credited it.
    pub credited_seq: Option<i64>,
    /// The gateway's own name of it.
    pub provider_ref: Option<String>,
    /// Where the payer was sent, as JSON of the service; empty until the gateway answered.
    pub redirect: Option<String>,
    /// The fiscal receipt, if the gateway gave one.
    pub fiscal_url: Option<String>,
    /// Why a person must look at it, until one decided.
    pub attention: Option<Attention>,
    /// Since when.
    pub attention_at: Option<OffsetDateTime>,
    /// When the gateway last gave no page.
    pub no_page_at: Option<OffsetDateTime>,
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
    bill: Option<Date>,
    credited_seq: Option<i64>,
    reversed: i64,
    reversed_posted: i64,
    provider_ref: Option<String>,
    redirect: Option<String>,
    fiscal_url: Option<String>,
    attention: Option<String>,
    attention_at: Option<OffsetDateTime>,
    no_page_at: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    changed_at: OffsetDateTime,
}

impl TryFrom<Row> for Held {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Held, StoreError> {
        let state = PaymentState::from_code(&row.state)
            .ok_or_else(|| StoreError::corrupt(format!("payment {} in state {}", row.id, row.state)))?;
        let attention = row.attention.map(|code| {
            Attention::from_code(&code)
                .ok_or_else(|| StoreError::corrupt(format!("payment {} looked at for {code}", row.id)))
        });
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
            bill: row.bill.map(Month::of),
            credited_seq: row.credited_seq,
            provider_ref: row.provider_ref,
            redirect: row.redirect,
            fiscal_url: row.fiscal_url,
            attention: attention.transpose()?,
            attention_at: row.attention_at,
            no_page_at: row.no_page_at,
            created_at: row.created_at,
            expires_at: row.expires_at,
            changed_at: row.changed_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, provider, amount, state, bill, credited_seq, reversed, reversed_posted, \
             provider_ref, redirect, fiscal_url, attention, attention_at, no_page_at, created_at, expires_at, \
             changed_at FROM payment ",
            $rest
        )
    };
}

/// Keeps a new payment.
pub async fn open(tx: &mut Tx, held: &Held) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO payment (id, account_id, provider, amount, state, bill, created_at, expires_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)",
        (
            held.id,
            held.account_id,
            held.provider.as_str(),
            held.payment.amount.kopecks(),
            held.payment.state.code(),
            held.bill.map(Month::first),
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

/// How many payments of this account wait for their payer at a moment: those with a page, or whose page is being fetched,
/// and whose time is not over.
pub async fn count_open(view: &mut View, account: Uuid, now: OffsetDateTime) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM payment WHERE account_id = $1 AND state IN ('created', 'pending') \
         AND (redirect IS NOT NULL OR no_page_at IS NULL) AND expires_at > $2";
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

/// The gateway gave no page.
pub async fn note_no_page(tx: &mut Tx, account: Uuid, id: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
    let sql = "UPDATE payment SET no_page_at = $3 WHERE account_id = $1 AND id = $2 AND redirect IS NULL";
    tx.run(sql, (account, id, at)).await.map(drop)
}

/// Writes back what news made of a payment whose account is locked.
pub async fn save(tx: &mut Tx, held: &Held, at: OffsetDateTime) -> Result<(), StoreError> {
    let payment = &held.payment;
    tx.run(
        "UPDATE payment SET state = $3, credited_seq = $4, reversed = $5, reversed_posted = $6, fiscal_url = $7, \
         changed_at = $8, amount = $9, attention = $10, attention_at = $11 WHERE account_id = $1 AND id = $2",
        (
            held.account_id,
            held.id,
            payment.state.code(),
            held.credited_seq,
            payment.reversed.kopecks(),
            payment.reversed_posted.kopecks(),
            held.fiscal_url.clone(),
            at,
            payment.amount.kopecks(),
            held.attention.map(|attention| attention.code().to_owned()),
            held.attention_at,
        ),
    )
    .await?;
    Ok(())
}

/// Something a gateway said, its signature held.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// Code of the gateway.
    pub provider: String,
    /// The payment it names, if it is one of ours.
    pub payment_id: Option<Uuid>,
    /// `paid`, `failed`, `pending` or `reversed`.
    pub kind: String,
    /// What was signed, as it came; empty of what was asked for, and after [`forget_bodies`].
    pub body: Vec<u8>,
    /// The digest of what was signed; none of what was asked for.
    pub digest: Option<Vec<u8>>,
    /// What it says, as JSON of the service.
    pub told: String,
    /// When the gateway says it happened.
    pub occurred_at: Option<OffsetDateTime>,
    /// What was made of it, for people.
    pub note: String,
    /// Why a person was called by it.
    pub attention: Option<String>,
    /// When it came.
    pub received_at: OffsetDateTime,
}

macro_rules! events {
    ($rest:literal) => {
        concat!(
            "SELECT id, provider, payment_id, kind, body, digest, told, occurred_at, note, attention, received_at \
             FROM payment_event ",
            $rest
        )
    };
}

/// Keeps what a gateway said; `false` if the same was kept before.
pub async fn record(tx: &mut Tx, event: &Event) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO payment_event (id, provider, payment_id, kind, body, digest, told, occurred_at, note, \
             attention, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
            (
                event.id,
                event.provider.as_str(),
                event.payment_id,
                event.kind.as_str(),
                event.body.as_slice(),
                event.digest.clone(),
                event.told.as_str(),
                event.occurred_at,
                event.note.as_str(),
                event.attention.clone(),
                event.received_at,
            ),
        )
        .await?;
    Ok(rows == 1)
}

/// What is known of a gateway's news before it is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Known {
    /// Whose payment it names.
    pub owner: Option<Uuid>,
    /// What the gateway signed was taken in before.
    pub said: bool,
}

/// Whose payment news names, and whether it was taken in before.
pub async fn known(view: &mut View, id: Option<Uuid>, provider: &str, digest: &[u8]) -> Result<Known, StoreError> {
    view.one(
        "SELECT (SELECT account_id FROM payment WHERE id = $1) AS owner, \
         EXISTS (SELECT 1 FROM payment_event WHERE provider = $2 AND digest = $3) AS said",
        (id, provider, digest),
    )
    .await
}

/// Whether a person was called by these very words about a payment before.
pub async fn was_alerted(view: &mut View, id: Uuid, told: &str) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM payment_event WHERE payment_id = $1 AND told = $2 AND attention IS NOT NULL LIMIT 1";
    let row: Option<(Uuid,)> = view.maybe(sql, (id, told)).await?;
    Ok(row.is_some())
}

/// Housekeeping: empties the bodies of what came before.
pub async fn forget_bodies(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    let sql = "UPDATE payment_event SET body = $2 WHERE received_at < $1 AND LENGTH(body) > 0";
    tx.run(sql, (before, &b""[..])).await
}

/// What was said of a payment, oldest first.
pub async fn events(view: &mut View, id: Uuid) -> Result<Vec<Event>, StoreError> {
    let sql = events!("WHERE payment_id = $1 ORDER BY received_at, id");
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
    let sql = select!("WHERE attention IS NOT NULL AND id < $1 ORDER BY id DESC LIMIT $2");
    let rows: Vec<Row> = view.all(sql, (cursor.unwrap_or(Uuid::max()), limit)).await?;
    rows.into_iter().map(Held::try_from).collect()
}

/// How many payments wait for a person.
pub async fn count_in_review(view: &mut View) -> Result<i64, StoreError> {
    let (count,): (i64,) = view.one("SELECT COUNT(*) FROM payment WHERE attention IS NOT NULL", ()).await?;
    Ok(count)
}

/// What gateways said of no payment of ours, newest first, those before `cursor`.
pub async fn orphaned_events(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Event>, StoreError> {
    let sql = events!("WHERE payment_id IS NULL AND id < $1 ORDER BY id DESC LIMIT $2");
    view.all(sql, (cursor.unwrap_or(Uuid::max()), limit)).await
}
