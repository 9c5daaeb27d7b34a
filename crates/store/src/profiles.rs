//! Who the subscriber is and how they like the cabinet.

use crate::{StoreError, Tx, View};
use cabinet_core::person::{BETWEEN_PHONES, folded, phone_digits};
use cabinet_core::phone::Phone;
use sqlx_macros::FromRow;
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
    /// `name`, `address` or `erasure`.
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

/// Everything a person is found by.
fn searched(profile: &Profile) -> String {
    let email = profile.email.as_deref().unwrap_or_default();
    let texts = [&profile.last_name, &profile.first_name, &profile.middle_name, &profile.address, &profile.phones];
    let words = folded(&texts.map(String::as_str).join(" "));
    let numbers: Vec<String> = profile.phones.split(BETWEEN_PHONES).map(phone_digits).collect();
    format!(" {words} {} {}", folded(email), numbers.join(" "))
}

/// The phones that messages can be sent to, in a text.
fn reachable(profile: &Profile) -> String {
    Phone::all_of(&profile.phones).iter().map(Phone::as_str).collect::<Vec<_>>().join(" ")
}

/// Writes it, new or changed. Another e-mail is neither confirmed nor failing; without any no bills go there. A confirmed
/// phone that is no more among the profile's is confirmed no more.
pub async fn put(tx: &mut Tx, account: Uuid, profile: &Profile) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO profile (account_id, last_name, first_name, middle_name, address, phones, email, \
         consent_promotions, consent_draws, consents_changed_at, contacts_updated_at, language, theme, search) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (account_id) DO UPDATE SET last_name = excluded.last_name, first_name = excluded.first_name, \
         middle_name = excluded.middle_name, address = excluded.address, phones = excluded.phones, \
         email = excluded.email, \
         email_confirmed_at = CASE WHEN profile.email = excluded.email THEN profile.email_confirmed_at END, \
         email_refusals = CASE WHEN profile.email = excluded.email THEN profile.email_refusals ELSE 0 END, \
         email_failing_since = CASE WHEN profile.email = excluded.email THEN profile.email_failing_since END, \
         email_bills = CASE WHEN excluded.email IS NULL THEN FALSE ELSE profile.email_bills END, \
         sms_phone_confirmed_at = CASE WHEN $15 LIKE '%' || profile.sms_phone || '%' THEN profile.sms_phone_confirmed_at END, \
         sms_phone_stopped_at = CASE WHEN $15 LIKE '%' || profile.sms_phone || '%' THEN profile.sms_phone_stopped_at END, \
         sms_phone = CASE WHEN $15 LIKE '%' || profile.sms_phone || '%' THEN profile.sms_phone END, \
         consent_promotions = excluded.consent_promotions, \
         consent_draws = excluded.consent_draws, consents_changed_at = excluded.consents_changed_at, \
         contacts_updated_at = excluded.contacts_updated_at, language = excluded.language, theme = excluded.theme, \
         search = excluded.search",
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
            searched(profile),
            reachable(profile),
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

/// Takes an undecided wish back; `false` if there is none.
pub async fn withdraw(tx: &mut Tx, account: Uuid, field: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM profile_request WHERE account_id = $1 AND field = $2 AND decided_at IS NULL";
    Ok(tx.run(sql, (account, field)).await? > 0)
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

/// A wish of any account that waits for staff.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct OpenRequest {
    /// Whose it is.
    pub account_id: Uuid,
    /// Contract number.
    pub contract: String,
    /// The wish.
    #[sqlx(flatten)]
    pub request: Request,
}

/// Wishes of everybody that wait for staff, oldest first, those after `cursor`.
pub async fn waiting(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<OpenRequest>, StoreError> {
    view.all(
        "SELECT r.account_id, a.contract, r.id, r.field, r.wish, r.created_at \
         FROM profile_request r JOIN account a ON a.id = r.account_id \
         WHERE r.decided_at IS NULL AND r.id > $1 ORDER BY r.id LIMIT $2",
        (cursor.unwrap_or_default(), limit),
    )
    .await
}

/// A wish of this account and whether it was decided.
pub async fn request(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<(Request, bool)>, StoreError> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        request: Request,
        decided: bool,
    }
    let row: Option<Row> = view
        .maybe(
            "SELECT id, field, wish, created_at, decided_at IS NOT NULL AS decided FROM profile_request \
             WHERE account_id = $1 AND id = $2",
            (account, id),
        )
        .await?;
    Ok(row.map(|row| (row.request, row.decided)))
}

/// Decides a wish; `false` if it was decided before.
pub async fn decide(
    tx: &mut Tx,
    account: Uuid,
    id: Uuid,
    granted: bool,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE profile_request SET granted = $3, decided_at = $4 \
             WHERE account_id = $1 AND id = $2 AND decided_at IS NULL",
            (account, id, granted, at),
        )
        .await?;
    Ok(rows == 1)
}

/// A subscriber in a line.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Found {
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
    /// Address of the connection.
    pub address: String,
    /// Phones as written.
    pub phones: String,
    /// Kopecks.
    pub balance: i64,
}

/// Most words a search looks for.
pub const SEARCH_WORDS: usize = 5;

/// Subscribers whose contract number, name, phones, e-mail or address hold every word, by contract number, those after
/// `cursor`. Words beyond [`SEARCH_WORDS`] are not looked for.
pub async fn search(view: &mut View, words: &[String], cursor: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let escaped = |word: &str| word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let pattern = |place: usize| words.get(place).map_or_else(|| "%".to_owned(), |word| format!("%{}%", escaped(word)));
    view.all(
        "SELECT p.account_id, a.contract, p.last_name, p.first_name, p.middle_name, p.address, p.phones, a.balance \
         FROM account a JOIN profile p ON p.account_id = a.id WHERE a.contract > $1 \
         AND (a.contract LIKE $2 ESCAPE '\\' OR p.search LIKE $2 ESCAPE '\\') \
         AND (a.contract LIKE $3 ESCAPE '\\' OR p.search LIKE $3 ESCAPE '\\') \
         AND (a.contract LIKE $4 ESCAPE '\\' OR p.search LIKE $4 ESCAPE '\\') \
         AND (a.contract LIKE $5 ESCAPE '\\' OR p.search LIKE $5 ESCAPE '\\') \
         AND (a.contract LIKE $6 ESCAPE '\\' OR p.search LIKE $6 ESCAPE '\\') \
         ORDER BY a.contract LIMIT $7",
        (cursor, pattern(0), pattern(1), pattern(2), pattern(3), pattern(4), limit),
    )
    .await
}

/// Profiles kept before people could be searched for: makes up to `limit` of them findable, answers how many.
pub async fn make_findable(tx: &mut Tx, limit: i64) -> Result<u64, StoreError> {
    let lost: Vec<(Uuid,)> = tx.all("SELECT account_id FROM profile WHERE search = '' LIMIT $1", (limit,)).await?;
    for (account,) in &lost {
        if let Some(profile) = find(tx, *account).await? {
            put(tx, *account, &profile).await?;
        }
    }
    Ok(lost.len() as u64)
}
