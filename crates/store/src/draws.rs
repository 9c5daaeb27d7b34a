//! Who agreed to promotions and prize draws, and the draws that were held.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Hearing of promotions.
    Promotions,
    /// Taking part in prize draws.
    Draws,
}

/// A contract that agreed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Agreed {
    /// The account.
    pub account_id: Uuid,
    /// Contract number.
    pub contract: String,
    /// Family name.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Patronymic.
    pub middle_name: String,
    /// Phones as written.
    pub phones: String,
    /// E-mail.
    pub email: Option<String>,
    /// When phones or e-mail last changed.
    pub contacts_updated_at: OffsetDateTime,
    /// When a consent last changed.
    pub consents_changed_at: Option<OffsetDateTime>,
    /// Which wording it was given to.
    pub consents_text: String,
}

macro_rules! agreed {
    ($columns:literal, $end:literal) => {
        [
            concat!("SELECT ", $columns, " FROM profile p JOIN account a ON a.id = p.account_id \
                WHERE p.consent_promotions AND p.contacts_updated_at >= $1 AND (a.closed_on IS NULL OR a.closed_on > $2) ", $end),
            concat!("SELECT ", $columns, " FROM profile p JOIN account a ON a.id = p.account_id \
                WHERE p.consent_draws AND p.contacts_updated_at >= $1 AND (a.closed_on IS NULL OR a.closed_on > $2) ", $end),
        ]
    };
}

fn of(texts: [&'static str; 2], consent: Consent) -> &'static str {
    match consent {
        Consent::Promotions => texts[0],
        Consent::Draws => texts[1],
    }
}

/// Open contracts that agreed and whose contacts changed since an instant, by account, those behind `after`.
pub async fn agreed(
    view: &mut View,
    consent: Consent,
    since: OffsetDateTime,
    today: Date,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Agreed>, StoreError> {
    let texts = agreed!(
        "p.account_id, a.contract, p.last_name, p.first_name, p.middle_name, p.phones, p.email, p.contacts_updated_at, \
         p.consents_changed_at, p.consents_text",
        "AND p.account_id > $3 ORDER BY p.account_id LIMIT $4"
    );
    view.all(of(texts, consent), (since, today, after, limit)).await
}

/// How many they are.
pub async fn count_agreed(
    view: &mut View,
    consent: Consent,
    since: OffsetDateTime,
    today: Date,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = view.one(of(agreed!("COUNT(*)", ""), consent), (since, today)).await?;
    Ok(count)
}

/// The one at a place of that list, from 0.
pub async fn agreed_at(
    view: &mut View,
    consent: Consent,
    since: OffsetDateTime,
    today: Date,
    place: i64,
) -> Result<Option<Agreed>, StoreError> {
    let texts = agreed!(
        "p.account_id, a.contract, p.last_name, p.first_name, p.middle_name, p.phones, p.email, p.contacts_updated_at, \
         p.consents_changed_at, p.consents_text",
        "ORDER BY p.account_id LIMIT 1 OFFSET $3"
    );
    view.maybe(of(texts, consent), (since, today, place)).await
}

/// Notes the wording the present consents of an account were given to.
pub async fn note_wording(tx: &mut Tx, account: Uuid, wording: &str) -> Result<(), StoreError> {
    tx.run("UPDATE profile SET consents_text = $2 WHERE account_id = $1", (account, wording)).await.map(drop)
}

/// A draw that was held.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Draw {
    /// Its id.
    pub id: Uuid,
    /// What was drawn.
    pub title: String,
    /// Whose contacts changed on this day or later took part.
    pub updated_since: Date,
    /// Among how many contracts.
    pub contracts: i64,
    /// Who won.
    pub winner: Uuid,
    /// The winner's contract number.
    pub contract: String,
    /// When it was held.
    pub held_at: OffsetDateTime,
    /// By whom of the staff; the office's own console has no name.
    pub staff_id: Option<Uuid>,
}

/// Keeps a draw.
pub async fn put(tx: &mut Tx, draw: &Draw) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO prize_draw (id, title, updated_since, contracts, winner, held_at, staff_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        (draw.id, draw.title.as_str(), draw.updated_since, draw.contracts, draw.winner, draw.held_at, draw.staff_id),
    )
    .await
    .map(drop)
}

/// The draw of a title.
pub async fn titled(view: &mut View, title: &str) -> Result<Option<Draw>, StoreError> {
    view.maybe(
        "SELECT d.id, d.title, d.updated_since, d.contracts, d.winner, a.contract, d.held_at, d.staff_id \
         FROM prize_draw d JOIN account a ON a.id = d.winner WHERE d.title = $1",
        (title,),
    )
    .await
}

/// Draws, the newest first, those before `cursor`.
pub async fn held(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Draw>, StoreError> {
    view.all(
        "SELECT d.id, d.title, d.updated_since, d.contracts, d.winner, a.contract, d.held_at, d.staff_id \
         FROM prize_draw d JOIN account a ON a.id = d.winner WHERE d.id < $1 ORDER BY d.id DESC LIMIT $2",
        (cursor.unwrap_or(Uuid::max()), limit),
    )
    .await
}
