//! Who the subscriber is and how they like the cabinet.

use crate::{StoreError, Tx, View};
use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A subscriber's own facts.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Profile {
    /// Family name.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Patronymic; may be empty.
    pub middle_name: String,
    /// Address of the connection.
    pub address: String,
    /// Phones as written.
    pub phones: String,
    /// E-mail.
    pub email: Option<String>,
    /// Agrees to hear of promotions.
    pub consent_promotions: bool,
    /// Agrees to prize draws.
    pub consent_draws: bool,
    /// When a consent last changed.
    pub consents_changed_at: Option<OffsetDateTime>,
    /// When phones or e-mail last changed.
    pub contacts_updated_at: Option<OffsetDateTime>,
    /// ISO 639-1 code.
    pub language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

/// A wish that staff must decide.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// `name` or `address`.
    pub field: String,
    /// Into what.
    pub wish: String,
    /// When it was asked.
    pub created_at: OffsetDateTime,
}

/// The profile of an account.
pub async fn find(view: &mut View, account: Uuid) -> Result<Option<Profile>, StoreError> {
    view.maybe(
        "SELECT last_name, first_name, middle_name, address, phones, email, consent_promotions, consent_draws, \
         consents_changed_at, contacts_updated_at, language, theme FROM profile WHERE account_id = $1",
        (account,),
    )
    .await
}

/// Writes it, new or changed.
pub async fn put(tx: &mut Tx, account: Uuid, profile: &Profile) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO profile (account_id, last_name, first_name, middle_name, address, phones, email, \
         consent_promotions, consent_draws, consents_changed_at, contacts_updated_at, language, theme) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
         ON CONFLICT (account_id) DO UPDATE SET last_name = excluded.last_name, first_name = excluded.first_name, \
         middle_name = excluded.middle_name, address = excluded.address, phones = excluded.phones, \
         email = excluded.email, consent_promotions = excluded.consent_promotions, \
         consent_draws = excluded.consent_draws, consents_changed_at = excluded.consents_changed_at, \
         contacts_updated_at = excluded.contacts_updated_at, language = excluded.language, theme = excluded.theme",
        (
            account,
            profile.last_name.as_str(),
            profile.first_name.as_str(),
            profile.middle_name.as_str(),
            profile.address.as_str(),
            profile.phones.as_str(),
            profile.email.clone(),
            profile.consent_promotions,
            profile.consent_draws,
            profile.consents_changed_at,
            profile.contacts_updated_at,
            profile.language.as_str(),
            profile.theme.as_str(),
        ),
    )
    .await?;
    Ok(())
}

/// A new wish takes the place of an undecided one of the same field.
pub async fn ask(tx: &mut Tx, account: Uuid, request: &Request) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM profile_request WHERE account_id = $1 AND field = $2 AND decided_at IS NULL",
        (account, request.field.as_str()),
    )
    .await?;
    tx.run(
        "INSERT INTO profile_request (id, account_id, field, wish, created_at) VALUES ($1, $2, $3, $4, $5)",
        (request.id, account, request.field.as_str(), request.wish.as_str(), request.created_at),
    )
    .await?;
    Ok(())
}

/// Wishes that wait for staff, oldest first.
pub async fn open_requests(view: &mut View, account: Uuid) -> Result<Vec<Request>, StoreError> {
    view.all(
        "SELECT id, field, wish, created_at FROM profile_request WHERE account_id = $1 AND decided_at IS NULL \
         ORDER BY created_at, id",
        (account,),
    )
    .await
}
