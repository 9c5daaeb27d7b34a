//! What is kept of a person beside the book: read whole for whoever asks for their data, and taken away for whoever asks
//! to be forgotten.

use crate::{StoreError, Tx, View, tickets};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A wish that staff decide, or decided.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Wish {
    /// `name`, `address` or `erasure`.
    pub field: String,
    /// Into what.
    pub wish: String,
    /// When it was asked.
    pub created_at: OffsetDateTime,
    /// When it was decided.
    pub decided_at: Option<OffsetDateTime>,
    /// How.
    pub granted: Option<bool>,
}

/// Every wish of an account, oldest first.
pub async fn wishes(view: &mut View, account: Uuid) -> Result<Vec<Wish>, StoreError> {
    view.all(
        "SELECT field, wish, created_at, decided_at, granted FROM profile_request WHERE account_id = $1 \
         ORDER BY created_at, id",
        (account,),
    )
    .await
}

/// When each browser and app that is known to belong to an account was last seen, the last one first.
pub async fn devices(view: &mut View, account: Uuid) -> Result<Vec<OffsetDateTime>, StoreError> {
    let rows: Vec<(OffsetDateTime,)> =
        view.all("SELECT seen_at FROM known_device WHERE owner_id = $1 ORDER BY seen_at DESC", (account,)).await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// Every session of an account that is kept, ended or not, the last used first.
pub async fn sessions(view: &mut View, account: Uuid) -> Result<Vec<crate::sessions::Session>, StoreError> {
    view.all(
        "SELECT id, owner_id, delivery, user_agent, address, created_at, last_used_at, revoked_at FROM session \
         WHERE owner_id = $1 ORDER BY last_used_at DESC, id DESC",
        (account,),
    )
    .await
}

/// When everything personal of an account was taken away.
pub async fn erased_at(view: &mut View, account: Uuid) -> Result<Option<OffsetDateTime>, StoreError> {
    let row: Option<(Option<OffsetDateTime>,)> =
        view.maybe("SELECT erased_at FROM profile WHERE account_id = $1", (account,)).await?;
    Ok(row.and_then(|(at,)| at))
}

/// Takes away everything personal that stands beside the book: names, address and contacts, wishes, codes, sessions and
/// the way in, browsers that are told, words and files of tickets, what was told and to be sent, what gateways and banks said of the payer in their
/// own words. Sums, days and numbers of documents stay. The log's details are the caller's to reword, as they are its own.
pub async fn erase(tx: &mut Tx, account: Uuid, at: OffsetDateTime) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 20] = [
        "DELETE FROM refresh_token WHERE session_id IN (SELECT id FROM session WHERE owner_id = $1)",
        "DELETE FROM session WHERE owner_id = $1",
        "DELETE FROM known_device WHERE owner_id = $1",
        "DELETE FROM recovery_code WHERE account_id = $1",
        "DELETE FROM contact_code WHERE account_id = $1",
        "DELETE FROM notice WHERE account_id = $1",
        "DELETE FROM news_read WHERE account_id = $1",
        "DELETE FROM notice_wish WHERE account_id = $1",
        "DELETE FROM push_device WHERE account_id = $1",
        "DELETE FROM credential WHERE owner_id = $1",
        "DELETE FROM network_login WHERE account_id = $1",
        "DELETE FROM network_session WHERE account_id = $1",
        "DELETE FROM network_state WHERE account_id = $1",
        "DELETE FROM profile_request WHERE account_id = $1 AND field <> 'erasure'",
        "DELETE FROM quote WHERE account_id = $1",
        "DELETE FROM idempotency WHERE account_id = $1",
        "DELETE FROM outbox WHERE account_id = $1 AND topic <> 'payment_poll'",
        "UPDATE payment SET redirect = NULL WHERE account_id = $1 AND state NOT IN ('created', 'pending')",
        "UPDATE bank_line SET purpose = '', payer = '' WHERE account_id = $1",
        "UPDATE gateway_refund SET reason = '' WHERE account_id = $1",
    ];
    for sql in STATEMENTS {
        tx.run(sql, (account,)).await?;
    }
    tickets::forget(tx, account).await?;
    let nothing: &[u8] = &[];
    let sql = "UPDATE payment_event SET body = $2 WHERE payment_id IN (SELECT id FROM payment WHERE account_id = $1)";
    tx.run(sql, (account, nothing)).await?;
    tx.run(
        "UPDATE profile_request SET decided_at = $2, granted = TRUE WHERE account_id = $1 AND decided_at IS NULL",
        (account, at),
    )
    .await?;
    tx.run(
        "UPDATE profile SET last_name = '', first_name = '', middle_name = '', address = '', phones = '', email = NULL, \
         email_confirmed_at = NULL, email_refusals = 0, email_failing_since = NULL, email_bills = FALSE, \
         sms_phone = NULL, sms_phone_confirmed_at = NULL, sms_phone_stopped_at = NULL, consents_text = '', \
         consent_promotions = FALSE, consent_draws = FALSE, consents_changed_at = NULL, contacts_updated_at = NULL, \
         language = 'uk', theme = 'system', search = ' ', erased_at = $2 WHERE account_id = $1",
        (account, at),
    )
    .await
    .map(drop)
}
