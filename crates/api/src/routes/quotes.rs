//! Quotes, and the orders they become.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Keyed, Path, Query, Subscriber};
use crate::paging::{ByPage, limit};
use crate::problem::Trouble;
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::quote::{Order, Quote};
use uuid::Uuid;

/// A quote as it was shown
///
/// Whether or not it still holds.
#[utoipa::path(
    operation_id = "getQuote",
    tag = "quotes",
    params(("id" = Uuid, Path, description = "The quote.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 200, description = "The quote.", body = Quote))
)]
#[get("/me/quotes/{id}")]
pub async fn get_quote(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.show_quote(who.account, id.0).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}

/// Do exactly what a quote said
///
/// Once per `Idempotency-Key`: the same key gives the first answer again, with `Idempotency-Replayed: true`.
#[utoipa::path(
    operation_id = "confirmQuote",
    tag = "quotes",
    params(("id" = Uuid, Path, description = "The quote.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"), Keyed),
    responses(
        (status = 200, description = "The order with the entries it posted.", body = Order),
        (status = 409, description = "`quote_stale` or `quote_expired` with a fresh quote in `details.quote`; `quote_used` with the order in `details.order`; or what has come to refuse the act since: `tariff_same`, `tariff_unavailable`, `change_planned`, `change_too_soon`, `promise_active`, `promise_unpaid`, `promise_limit`, `promise_not_needed`, `contract_young`, `turbo_unavailable`, `turbo_not_faster`, `turbo_running`, `pause_planned`, `pause_length`, `pause_start`, `pause_too_soon`, `not_paused`, `pause_ending`, `pool_empty`, `static_ip_connected`, `static_ip_absent`, `static_ip_ending`, `funds_short`, `account_paused`, `account_blocked`, `account_suspended`, `account_closed`.", body = Problem),
        (status = 422, description = "`key_reused`: the key belongs to another request.", body = Problem)
    )
)]
#[post("/me/quotes/{id}/confirm")]
pub async fn confirm_quote(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let outcome = state.service.confirm_quote(who.account, id.0, key.of(&request)).await;
    let teller = Teller::new(&state, &context).await?;
    let answered = outcome.map_err(|error| teller.trouble(error))?;
    Ok(Answer::keyed(teller.order(&answered.value), answered.replayed))
}

/// What was ordered
///
/// The newest first, page by page.
#[utoipa::path(
    operation_id = "listOrders",
    tag = "quotes",
    params(
        ("cursor" = Option<Uuid>, Query, description = "`next` of the page before.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of orders.", body = Page<Order>))
)]
#[get("/me/orders")]
pub async fn list_orders(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (orders, next) = state.service.list_orders(who.account, query.0.cursor, limit(query.0.limit)?).await?;
    let teller = Teller::new(&state, &context).await?;
    let items = orders.iter().map(|order| teller.order(order)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
}
