//! Promotions and prize draws: who agreed, and what was drawn.

use crate::answer::Answer;
use crate::extract::{Json, Query};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::staff::{Manager, Staff};
use crate::state::State;
use actix_web::{Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{ConsentTo, Consenting, HoldDraw, PrizeDraw};
use cabinet_core::calendar::parse_day;
use cabinet_store::draws::{Agreed, Consent, Draw};
use serde::Deserialize;
use uuid::Uuid;

/// Which consent, since when, and which page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfConsents {
    to: ConsentTo,
    since: String,
    cursor: Option<Uuid>,
    limit: Option<i64>,
}

/// Who agreed
///
/// Open contracts that agreed to hear of promotions, or to take part in prize draws, and whose phones or e-mail were renewed
/// on a day or later.
#[utoipa::path(
    operation_id = "listConsents",
    tag = "staff",
    params(
        ("to" = inline(ConsentTo), Query, description = "What was agreed to.", example = "draws"),
        ("since" = time::Date, Query, description = "The first day contacts count as renewed.", example = "2026-11-01"),
        ("cursor" = Option<Uuid>, Query, description = "`next` of the page before.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of contracts.", body = Page<Consenting>))
)]
#[get("/staff/consents")]
pub async fn list_consents(
    state: web::Data<State>,
    _who: Staff<Manager>,
    query: Query<OfConsents>,
) -> Result<impl Responder, Trouble> {
    let since = parse_day(&query.0.since).ok_or_else(|| Trouble::query("since", "invalid"))?;
    let consent = match query.0.to {
        ConsentTo::Promotions => Consent::Promotions,
        ConsentTo::Draws => Consent::Draws,
    };
    let (found, next) = state.service.list_agreed(consent, since, query.0.cursor, limit(query.0.limit)?).await?;
    Ok(Answer::ok(Page { items: found.into_iter().map(consenting).collect(), next: next.map(|id| id.to_string()) }))
}

/// Hold a prize draw
///
/// One of those who agreed to draws and renewed their contacts on a day or later, each with the same chance. A title is
/// drawn once: the same again answers what was drawn.
#[utoipa::path(
    operation_id = "holdDraw",
    tag = "staff",
    request_body(content = HoldDraw, description = "What is drawn, and among whom."),
    responses(
        (status = 200, description = "The draw and its winner.", body = PrizeDraw),
        (status = 409, description = "`nobody_drawn`: nobody takes part; `already_decided`: the title was drawn among others.", body = Problem)
    )
)]
#[post("/staff/draws")]
pub async fn hold_draw(
    state: web::Data<State>,
    who: Staff<Manager>,
    given: Json<HoldDraw>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.hold_draw(who.actor(), &given.0.title, given.0.updated_since).await?)))
}

/// Prize draws
///
/// Those that were held, the newest first.
#[utoipa::path(
    operation_id = "listDraws",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of draws.", body = Page<PrizeDraw>))
)]
#[get("/staff/draws")]
pub async fn list_draws(
    state: web::Data<State>,
    _who: Staff<Manager>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_draws(query.0.cursor, limit(query.0.limit)?).await?;
    Ok(Answer::ok(Page { items: found.into_iter().map(told).collect(), next: next.map(|id| id.to_string()) }))
}

fn consenting(one: Agreed) -> Consenting {
    let words = [one.last_name, one.first_name, one.middle_name];
    Consenting {
        id: one.account_id,
        contract: one.contract,
        name: words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" "),
        phones: one.phones,
        email: one.email,
        contacts_updated_at: one.contacts_updated_at,
        consents_changed_at: one.consents_changed_at,
        wording: one.consents_text,
    }
}

fn told(draw: Draw) -> PrizeDraw {
    PrizeDraw {
        id: draw.id,
        title: draw.title,
        updated_since: draw.updated_since,
        contracts: draw.contracts,
        winner: draw.winner,
        contract: draw.contract,
        held_at: draw.held_at,
    }
}
