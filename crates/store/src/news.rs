//! What is told to everybody, or to who lives in some places, and what of it was read.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// A notice. Texts of a language that has none are empty.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// `news` or `planned_work`.
    pub kind: String,
    /// Title in Ukrainian.
    pub title_uk: String,
    /// Title in Russian.
    pub title_ru: String,
    /// Title in English.
    pub title_en: String,
    /// Text in Ukrainian.
    pub body_uk: String,
    /// Text in Russian.
    pub body_ru: String,
    /// Text in English.
    pub body_en: String,
    /// Places it is for, parted by `;`; empty for everybody.
    pub places: String,
    /// From when it is shown.
    pub shown_from: OffsetDateTime,
    /// Until when.
    pub shown_until: OffsetDateTime,
    /// When works begin.
    pub starts_at: Option<OffsetDateTime>,
    /// When they end.
    pub ends_at: Option<OffsetDateTime>,
    /// When it was written.
    pub created_at: OffsetDateTime,
    /// When it was taken back.
    pub withdrawn_at: Option<OffsetDateTime>,
}

/// A notice that is shown, and when this account read it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Shown {
    /// The notice.
    #[sqlx(flatten)]
    pub notice: Notice,
    /// When it was read.
    pub read_at: Option<OffsetDateTime>,
}

/// Keeps a new notice, with the key it was asked for under and the digest of what was asked; [`StoreError::Conflict`] if
/// there is one of that key.
pub async fn add(tx: &mut Tx, notice: &Notice, key: Option<(&str, &[u8])>) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO news (id, kind, title_uk, title_ru, title_en, body_uk, body_ru, body_en, places, shown_from, \
         shown_until, starts_at, ends_at, created_at, request_key, request_hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        (
            notice.id,
            notice.kind.as_str(),
            notice.title_uk.as_str(),
            notice.title_ru.as_str(),
            notice.title_en.as_str(),
            notice.body_uk.as_str(),
            notice.body_ru.as_str(),
            notice.body_en.as_str(),
            notice.places.as_str(),
            notice.shown_from,
            notice.shown_until,
            notice.starts_at,
            notice.ends_at,
            notice.created_at,
            key.map(|(name, _)| name.to_owned()),
            key.map(|(_, hash)| hash.to_vec()),
        ),
    )
    .await
    .map(drop)
}

/// The notice a key was given with: its id, and the digest of what was asked.
pub async fn asked(view: &mut View, key: &str) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
    view.maybe("SELECT id, request_hash FROM news WHERE request_key = $1", (key,)).await
}

/// Takes a notice back; `false` if it was before, or there is none.
pub async fn withdraw(tx: &mut Tx, id: Uuid, at: OffsetDateTime) -> Result<bool, StoreError> {
    let sql = "UPDATE news SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";
    Ok(tx.run(sql, (id, at)).await? == 1)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.kind, n.title_uk, n.title_ru, n.title_en, n.body_uk, n.body_ru, n.body_en, n.places, \
             n.shown_from, n.shown_until, n.starts_at, n.ends_at, n.created_at, n.withdrawn_at",
            $rest
        )
    };
}

/// A notice.
pub async fn find(view: &mut View, id: Uuid) -> Result<Option<Notice>, StoreError> {
    view.maybe(select!(" FROM news n WHERE n.id = $1"), (id,)).await
}

/// Notices, newest first, those before `cursor`.
pub async fn page(view: &mut View, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Notice>, StoreError> {
    let sql = select!(" FROM news n WHERE n.id < $1 ORDER BY n.id DESC LIMIT $2");
    view.all(sql, (cursor.unwrap_or(Uuid::max()), limit)).await
}

/// Every notice that is shown now, newest first, with when this account read it.
pub async fn live(view: &mut View, account: Uuid, now: OffsetDateTime) -> Result<Vec<Shown>, StoreError> {
    let sql = select!(
        ", r.read_at FROM news n LEFT JOIN news_read r ON r.news_id = n.id AND r.account_id = $1 \
         WHERE n.withdrawn_at IS NULL AND n.shown_until > $2 AND n.shown_from <= $2 ORDER BY n.id DESC"
    );
    view.all(sql, (account, now)).await
}

/// How many notices are shown now or will be.
pub async fn count_live(view: &mut View, now: OffsetDateTime) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM news WHERE withdrawn_at IS NULL AND shown_until > $1";
    let (count,): (i64,) = view.one(sql, (now,)).await?;
    Ok(count)
}

/// Notes that an account read a notice; `false` if it had before.
pub async fn mark_read(tx: &mut Tx, account: Uuid, id: Uuid, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO news_read (account_id, news_id, read_at) VALUES ($1, $2, $3) \
             ON CONFLICT (account_id, news_id) DO NOTHING",
            (account, id, at),
        )
        .await?;
    Ok(rows == 1)
}
