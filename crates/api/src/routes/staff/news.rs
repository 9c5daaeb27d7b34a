//! News and planned works, as the office publishes them.

use super::asked;
use crate::answer::Answer;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::routes::news::kind;
use crate::staff::{Staff, Support};
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{AddNews, NewsWords, StaffNews};
use cabinet_service::tell_news::{NewNotice, Words};
use cabinet_store::news::Notice;
use uuid::Uuid;

/// News and planned works
///
/// All of them, the newest first, shown or not.
#[utoipa::path(
    operation_id = "listStaffNews",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of notices.", body = Page<StaffNews>))
)]
#[get("/staff/news")]
pub async fn list_staff_news(
    state: web::Data<State>,
    _who: Staff<Support>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_all_news(query.0.cursor, limit(query.0.limit)?).await?;
    Ok(Answer::ok(Page { items: found.into_iter().map(told).collect(), next: next.map(|id| id.to_string()) }))
}

/// Publish a notice
///
/// For everybody, or for who lives in some places: each is found in an address as whole words, whatever stands between and
/// however both are written.
#[utoipa::path(
    operation_id = "addNews",
    tag = "staff",
    params(Keyed),
    request_body(content = AddNews, description = "What is told, to whom, how long."),
    responses((status = 200, description = "The notice.", body = StaffNews))
)]
#[post("/staff/news")]
pub async fn add_news(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    key: IdempotencyKey,
    given: Json<AddNews>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    let AddNews { kind, uk, ru, en, places, from, until, starts_at, ends_at } = given.0;
    let works = match (starts_at, ends_at) {
        (Some(start), Some(end)) => Some((start, end)),
        (None, None) => None,
        (Some(_), None) => return Err(Trouble::field("ends_at", "missing")),
        (None, Some(_)) => return Err(Trouble::field("starts_at", "missing")),
    };
    let (uk, ru, en) = (read(uk), ru.map(read), en.map(read));
    let answered = state.service.add_news(asked, &NewNotice { kind, uk, ru, en, places, from, until, works }).await?;
    Ok(Answer::keyed(told(answered.value), answered.replayed))
}

/// Take a notice back
///
/// Nobody is shown it any more.
#[utoipa::path(
    operation_id = "withdrawNews",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The notice.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses(
        (status = 200, description = "The notice as it is now.", body = StaffNews),
        (status = 409, description = "`already_decided`: it was taken back before.", body = Problem)
    )
)]
#[post("/staff/news/{id}/withdraw")]
pub async fn withdraw_news(
    state: web::Data<State>,
    who: Staff<Support>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.withdraw_news(who.actor(), id.0).await?)))
}

fn read(words: NewsWords) -> Words {
    Words { title: words.title, body: words.text }
}

fn told(notice: Notice) -> StaffNews {
    let words = |title: String, text: String| Some(NewsWords { title, text }).filter(|words| !words.title.is_empty());
    StaffNews {
        id: notice.id,
        kind: kind(&notice.kind),
        uk: NewsWords { title: notice.title_uk, text: notice.body_uk },
        ru: words(notice.title_ru, notice.body_ru),
        en: words(notice.title_en, notice.body_en),
        places: notice.places,
        from: notice.shown_from,
        until: notice.shown_until,
        starts_at: notice.starts_at,
        ends_at: notice.ends_at,
        created_at: notice.created_at,
        withdrawn_at: notice.withdrawn_at,
    }
}
