//! What is switched on beside the tariff: Turbo, a pause, a static address; and what was done by mistake, undone.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, delete, get, patch, post, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::quote::{Order, Quote};
use cabinet_contract::services::{PauseWish, QuoteStaticIp, QuoteTurbo, Services, StaticIpWish};
use cabinet_core::account::Pause;
use uuid::Uuid;

/// Services as they stand to the caller
///
/// Turbo, a pause and a static address: each with its state, what it costs and does, or the refusal it would meet; and
/// the orders that can be undone at this moment.
#[utoipa::path(
    operation_id = "getServices",
    tag = "services",
    responses((status = 200, description = "The services.", body = Services))
)]
#[get("/me/services")]
pub async fn get_services(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.show_services(who.account).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.services(&facts)))
}

/// Quote Turbo
///
/// More speed for some hours, at once or after the Turbo that runs. Nothing changes until `confirmQuote`.
#[utoipa::path(
    operation_id = "quoteTurbo",
    tag = "services",
    request_body(content = QuoteTurbo, description = "The wished option."),
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`turbo_unavailable`, `turbo_not_faster`, `pause_planned` where it would run into a pause, `funds_short`, `account_paused`, `account_blocked`, `account_suspended` or `account_closed`.", body = Problem)
    )
)]
#[post("/me/turbo/quote")]
pub async fn quote_turbo(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    wish: Json<QuoteTurbo>,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.quote_turbo(who.account, wish.0.option).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

/// Quote a pause
///
/// Days without service and without the tariff's charge. Nothing changes until `confirmQuote`.
#[utoipa::path(
    operation_id = "quotePause",
    tag = "services",
    request_body(content = PauseWish, description = "The wished days."),
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`pause_length`, `pause_start`, `pause_too_soon`, `pause_planned`, `turbo_running`, `funds_short`, `account_paused`, `account_suspended` or `account_closed`.", body = Problem)
    )
)]
#[post("/me/pause/quote")]
pub async fn quote_pause(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    wish: Json<PauseWish>,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.quote_pause(who.account, pause_of(wish.0)).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

fn pause_of(PauseWish { from, until }: PauseWish) -> Pause {
    Pause { from, until }
}

/// Quote the early end of a pause
///
/// Service goes on the next day. Nothing changes until `confirmQuote`.
#[utoipa::path(
    operation_id = "quotePauseEnd",
    tag = "services",
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`not_paused`, `pause_ending`, `account_suspended` or `account_closed`.", body = Problem)
    )
)]
#[post("/me/pause/end/quote")]
pub async fn quote_pause_end(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.quote_pause_end(who.account).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

/// Move the planned pause to other days
///
/// Until it begins; it costs nothing.
#[utoipa::path(
    operation_id = "changePause",
    tag = "services",
    params(Keyed),
    request_body(content = PauseWish, description = "The wished days."),
    responses(
        (status = 200, description = "The order of the pause.", body = Order),
        (status = 409, description = "`nothing_planned`, `pause_started`, `pause_length`, `pause_start`, `pause_too_soon`, `turbo_running`, `account_suspended` or `account_closed`.", body = Problem),
        (status = 422, description = "`key_reused`: the key belongs to another request.", body = Problem)
    )
)]
#[patch("/me/pause")]
pub async fn change_pause(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
    wish: Json<PauseWish>,
) -> Result<impl Responder, Trouble> {
    let key = key.of_body(&request, &wish.0);
    let answered = state.service.change_pause(who.account, pause_of(wish.0), key).await?;
    Ok(Answer::keyed(Teller::new(&state, &context).await?.order(&answered.value), answered.replayed))
}

/// Take the planned pause back
///
/// Until it begins; what it cost returns by a reversal.
#[utoipa::path(
    operation_id = "cancelPause",
    tag = "services",
    params(Keyed),
    responses(
        (status = 200, description = "The cancelled order.", body = Order),
        (status = 409, description = "`nothing_planned`, `pause_started`, `account_suspended` or `account_closed`.", body = Problem),
        (status = 422, description = "`key_reused`: the key belongs to another request.", body = Problem)
    )
)]
#[delete("/me/pause")]
pub async fn cancel_pause(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let answered = state.service.cancel_pause(who.account, key.of(&request)).await?;
    Ok(Answer::keyed(Teller::new(&state, &context).await?.order(&answered.value), answered.replayed))
}

/// Quote a static address, or giving it up
///
/// One is connected at once and charged by the day; given up, it serves to the end of the day. Nothing changes until
/// `confirmQuote`.
#[utoipa::path(
    operation_id = "quoteStaticIp",
    tag = "services",
    request_body(content = QuoteStaticIp, description = "What is wished."),
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`pool_empty`, `static_ip_connected`, `static_ip_absent`, `static_ip_ending`, `funds_short`, `account_blocked`, `account_suspended` or `account_closed`.", body = Problem)
    )
)]
#[post("/me/static-ip/quote")]
pub async fn quote_static_ip(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    wish: Json<QuoteStaticIp>,
) -> Result<impl Responder, Trouble> {
    let quote = match wish.0.wish {
        StaticIpWish::Connect => state.service.quote_static_ip(who.account).await?,
        StaticIpWish::Release => state.service.quote_static_ip_release(who.account).await?,
    };
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

/// Undo what was ordered by mistake
///
/// Turbo, a pause or a static address, until the order's `undo_until` and so often a month as the provider lets: everything
/// it took comes back by reversals, and Turbo that came with the tariff is given back.
#[utoipa::path(
    operation_id = "undoOrder",
    tag = "services",
    params(("id" = Uuid, Path, description = "The order.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"), Keyed),
    responses(
        (status = 200, description = "The undone order, its reversals among its entries.", body = Order),
        (status = 409, description = "`undo_over`: what was done cannot be undone, or not any more; `undo_spent`.", body = Problem),
        (status = 422, description = "`key_reused`: the key belongs to another request.", body = Problem)
    )
)]
#[post("/me/orders/{id}/undo")]
pub async fn undo_order(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let answered = state.service.undo_order(who.account, id.0, key.of(&request)).await?;
    Ok(Answer::keyed(Teller::new(&state, &context).await?.order(&answered.value), answered.replayed))
}
