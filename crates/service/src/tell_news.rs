//! News and works that are planned, told to everybody or to who lives in some places.

use crate::account_tx::Actor;
use crate::office::{check_line, paged};
use crate::{Answered, Asked, Error, Service};
use cabinet_core::refusal::FieldFault;
use cabinet_core::support::{NEWS_MAX, NewsKind, TEXT_MAX, TITLE_MAX, check_places, check_text, concerns};
use cabinet_core::{Language, Refusal};
use cabinet_store::news::{self, Notice, Shown};
use cabinet_store::{StoreError, Tx, profiles};
use serde_json::json;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime, UtcOffset};
use uuid::Uuid;

/// News without an end are shown so long.
const SHOWN_FOR: Duration = Duration::days(30);
/// No notice is told further from today than so.
const FARTHEST: Duration = Duration::days(1000);

/// The words of a notice in a language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// One line, at most [`TITLE_MAX`] characters.
    pub title: String,
    /// Lines, at most [`TEXT_MAX`] characters; may be empty.
    pub body: String,
}

/// A notice to be.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// What is told.
    pub kind: NewsKind,
    /// In Ukrainian.
    pub uk: Words,
    /// In Russian; whoever reads it is told the Ukrainian without.
    pub ru: Option<Words>,
    /// In English; likewise.
    pub en: Option<Words>,
    /// Places it is for, parted by `;`; empty for everybody.
    pub places: String,
    /// From when it is shown; at once.
    pub from: Option<OffsetDateTime>,
    /// Until when; to the end of the works, thirty days for news.
    pub until: Option<OffsetDateTime>,
    /// When works begin and end: of planned works always, of news never.
    pub works: Option<(OffsetDateTime, OffsetDateTime)>,
}

/// The words of a notice in a language, or the Ukrainian ones.
pub fn words(notice: &Notice, language: Language) -> (&str, &str) {
    let own = match language {
        Language::Uk => (&notice.title_uk, &notice.body_uk),
        Language::Ru => (&notice.title_ru, &notice.body_ru),
        Language::En => (&notice.title_en, &notice.body_en),
    };
    if own.0.is_empty() { (&notice.title_uk, &notice.body_uk) } else { (own.0, own.1) }
}

impl Service {
    /// Publishes a notice. Asked for again under the same key, it is told and not written again.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`], [`Refusal::KeyReused`], [`Refusal::KeyInProgress`].
    pub async fn add_news(&self, asked: impl Into<Asked>, new: &NewNotice) -> Result<Answered<Notice>, Error> {
        let (asked, now) = (asked.into(), self.clock.now());
        let mut tx = self.store.write().await?;
        if let Some(before) = asked_before(&mut tx, &asked).await? {
            return Ok(Answered { value: before, replayed: true });
        }
        let notice = self.notice(new, now)?;
        let key = asked.key.as_ref().map(|key| (key.key.as_str(), digest(&key.request)));
        match news::add(&mut tx, &notice, key.as_ref().map(|(name, hash)| (*name, hash.as_slice()))).await {
            // A twin was quicker; its row is seen once this is asked again.
            Err(StoreError::Conflict) => return Err(Refusal::KeyInProgress.into()),
            other => other?,
        }
        let details = json!({ "news": notice.id, "kind": new.kind, "places": notice.places, "title": notice.title_uk });
        self.audit(&mut tx, now, None, asked.by, "news.add", details).await?;
        tx.commit().await?;
        Ok(Answered { value: notice, replayed: false })
    }

    /// The row of a new notice, once everything in it makes sense.
    fn notice(&self, new: &NewNotice, now: OffsetDateTime) -> Result<Notice, Refusal> {
        let wrong = |field| Refusal::FieldInvalid { field, fault: FieldFault::Invalid };
        let told = [new.from, new.until, new.works.map(|(start, _)| start), new.works.map(|(_, end)| end)];
        for (at, field) in told.into_iter().zip(["from", "until", "starts_at", "ends_at"]) {
            if at.is_some_and(|at| (at - now).abs() > FARTHEST) {
                return Err(wrong(field));
            }
        }
        let (starts_at, ends_at) = match (new.kind, new.works) {
            (NewsKind::PlannedWork, None) => {
                return Err(Refusal::FieldInvalid { field: "starts_at", fault: FieldFault::Missing });
            }
            (NewsKind::News, Some(_)) => return Err(wrong("starts_at")),
            (NewsKind::News, None) => (None, None),
            (NewsKind::PlannedWork, Some((start, end))) if whole(start) < whole(end) && end > now => {
                (Some(whole(start)), Some(whole(end)))
            }
            (NewsKind::PlannedWork, Some(_)) => return Err(wrong("ends_at")),
        };
        let shown_from = new.from.map_or(now, whole);
        let shown_until = new.until.map(whole).or(ends_at).unwrap_or(shown_from + SHOWN_FOR);
        if shown_until <= shown_from || shown_until <= now {
            return Err(wrong("until"));
        }
        let uk = checked("uk", &new.uk)?;
        let other = |field, words: &Option<Words>| words.as_ref().map_or(Ok(Words::default()), |w| checked(field, w));
        let (ru, en) = (other("ru", &new.ru)?, other("en", &new.en)?);
        Ok(Notice {
            id: self.new_id(),
            kind: new.kind.code().to_owned(),
            title_uk: uk.title,
            title_ru: ru.title,
            title_en: en.title,
            body_uk: uk.body,
            body_ru: ru.body,
            body_en: en.body,
            places: check_places(&new.places)?,
            shown_from,
            shown_until,
            starts_at,
            ends_at,
            created_at: now,
            withdrawn_at: None,
        })
    }

    /// Takes a notice back: nobody is shown it any more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] if it was before.
    pub async fn withdraw_news(&self, by: Actor, id: Uuid) -> Result<Notice, Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let withdrawn = news::withdraw(&mut tx, id, now).await?;
        let notice = news::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        if !withdrawn {
            return Err(Refusal::AlreadyDecided.into());
        }
        self.audit(&mut tx, now, None, by, "news.withdraw", json!({ "news": id })).await?;
        tx.commit().await?;
        Ok(notice)
    }

    /// Every notice, the newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_all_news(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Notice>, Option<Uuid>), Error> {
        let found = news::page(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |notice| notice.id))
    }

    /// What is shown now and concerns an account, the newest first, at most [`NEWS_MAX`].
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn list_news(&self, account: Uuid) -> Result<Vec<Shown>, Error> {
        let mut view = self.store.view().await?;
        let profile = profiles::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let mut shown = news::live(&mut view, account, self.clock.now()).await?;
        shown.retain(|one| concerns(&one.notice.places, &profile.address));
        shown.truncate(usize::try_from(NEWS_MAX).unwrap_or_default());
        Ok(shown)
    }

    /// Notes that an account read a notice that concerns it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn mark_news_read(&self, account: Uuid, id: Uuid) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let notice = news::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        let profile = profiles::find(&mut tx, account).await?.ok_or(Refusal::NotFound)?;
        if notice.shown_from > now || !concerns(&notice.places, &profile.address) {
            return Err(Refusal::NotFound.into());
        }
        news::mark_read(&mut tx, account, id, now).await?;
        Ok(tx.commit().await?)
    }
}

/// The notice that was asked for under the same key.
async fn asked_before(tx: &mut Tx, asked: &Asked) -> Result<Option<Notice>, Error> {
    let Some(key) = &asked.key else { return Ok(None) };
    let Some((id, hash)) = news::asked(tx, &key.key).await? else { return Ok(None) };
    if hash != digest(&key.request) {
        return Err(Refusal::KeyReused.into());
    }
    Ok(news::find(tx, id).await?)
}

/// As instants are kept: UTC, whole seconds.
fn whole(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.to_offset(UtcOffset::UTC);
    at.replace_nanosecond(0).unwrap_or(at)
}

fn digest(request: &str) -> Vec<u8> {
    Sha256::digest(request.as_bytes()).to_vec()
}

/// Words that may be told; a body may be empty.
fn checked(field: &'static str, words: &Words) -> Result<Words, Refusal> {
    let title = check_line(field, &words.title, TITLE_MAX)?;
    let body = if words.body.trim().is_empty() { String::new() } else { check_text(field, &words.body, TEXT_MAX)? };
    Ok(Words { title, body })
}
