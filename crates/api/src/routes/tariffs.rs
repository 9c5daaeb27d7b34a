//! The catalogue and a change of tariff.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, delete, get, post, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::quote::{Order, Quote};
use cabinet_contract::tariff::{MyTariffs, QuoteTariffChange, Tariffs};
use cabinet_core::TariffCode;

/// The public catalogue
///
/// What anyone may take, with the fees of the present month.
#[utoipa::path(
    operation_id = "listTariffs",
    tag = "tariffs",
    responses((status = 200, description = "The catalogue.", body = Tariffs))
)]
#[get("/tariffs")]
pub async fn list_tariffs(state: web::Data<State>, context: Context) -> Result<impl Responder, Trouble> {
    let teller = Teller::new(&state, &context).await?;
    Ok(Answer::ok(teller.lens().tariffs()))
}

/// Tariffs compared with the present one
///
/// Each with its price difference, start day and cost of changing, or the refusal it would meet.
#[utoipa::path(
    operation_id = "listMyTariffs",
    tag = "tariffs",
    responses((status = 200, description = "The tariffs offered to the caller.", body = MyTariffs))
)]
#[get("/me/tariffs")]
pub async fn list_my_tariffs(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let offers = state.service.list_tariffs(who.account).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.offers(&offers)))
}

/// Quote a change of tariff
///
/// What would be taken now, what a day would cost and from when. Nothing changes until `confirmQuote`.
#[utoipa::path(
    operation_id = "quoteTariffChange",
    tag = "tariffs",
    request_body(content = QuoteTariffChange, description = "The wished tariff."),
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`tariff_same`, `tariff_unavailable`, `change_planned`, `change_too_soon`, `funds_short`, `account_paused`, `account_blocked`, `account_suspended` or `account_closed`, with what is missing and the first day it becomes possible.", body = Problem)
    )
)]
#[post("/me/tariff-change/quote")]
pub async fn quote_tariff_change(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    wish: Json<QuoteTariffChange>,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.quote_tariff_change(who.account, TariffCode::new(wish.0.tariff)).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

/// Take the planned change back
///
/// Until it starts; what it cost returns by a reversal.
#[utoipa::path(
    operation_id = "cancelTariffChange",
    tag = "tariffs",
    params(Keyed),
    responses(
        (status = 200, description = "The cancelled order.", body = Order),
        (status = 409, description = "`nothing_planned`, `cancel_limit` or `account_closed`.", body = Problem),
        (status = 422, description = "`key_reused`: the key belongs to another request.", body = Problem)
    )
)]
#[delete("/me/tariff-change")]
pub async fn cancel_tariff_change(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let answered = state.service.cancel_tariff_change(who.account, key.of(&request)).await?;
    Ok(Answer::keyed(Teller::new(&state, &context).await?.order(&answered.value), answered.replayed))
}
