//! News and planned works, as they concern the caller.

use crate::answer::{Answer, done};
use crate::edge::Context;
use crate::extract::{Path, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, put, web};
use cabinet_contract::page::Page;
use cabinet_contract::support::{NewsItem, NewsKind};
use cabinet_core::Language;
use cabinet_core::support;
use cabinet_service::tell_news::words;
use cabinet_store::news::Shown;
use uuid::Uuid;

/// News and planned works
///
/// Those that are shown now and are for everybody or for the caller's address, the newest first, in the language of
/// `Accept-Language` or in Ukrainian. They are on one page.
#[utoipa::path(
    operation_id = "listNews",
    tag = "support",
    responses((status = 200, description = "What concerns the caller.", body = Page<NewsItem>))
)]
#[get("/news")]
pub async fn list_news(state: web::Data<State>, context: Context, who: Subscriber) -> Result<impl Responder, Trouble> {
    let shown = state.service.list_news(who.account).await?;
    let items = shown.into_iter().map(|one| told(one, context.language)).collect();
    Ok(Answer::ok(Page { items, next: None }))
}

/// Mark a notice as read
///
/// Once is enough; again changes nothing.
#[utoipa::path(
    operation_id = "markNewsRead",
    tag = "support",
    params(("id" = Uuid, Path, description = "The notice.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 204, description = "Noted."))
)]
#[put("/me/news/{id}/read")]
pub async fn mark_news_read(
    state: web::Data<State>,
    who: Subscriber,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    state.service.mark_news_read(who.account, id.0).await?;
    Ok(done())
}

fn told(shown: Shown, language: Language) -> NewsItem {
    let (title, text) = words(&shown.notice, language);
    NewsItem {
        id: shown.notice.id,
        kind: kind(&shown.notice.kind),
        title: title.to_owned(),
        text: text.to_owned(),
        published_at: shown.notice.shown_from,
        starts_at: shown.notice.starts_at,
        ends_at: shown.notice.ends_at,
        read: shown.read_at.is_some(),
    }
}

/// What is told, by its code.
pub(super) fn kind(code: &str) -> NewsKind {
    support::NewsKind::from_code(code).map_or(NewsKind::Unknown, NewsKind::from)
}
