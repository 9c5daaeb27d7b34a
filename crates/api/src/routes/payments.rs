//! Payments through gateways, as the payer sees them.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query, Subscriber};
use crate::paging::{ByPage, limit};
use crate::problem::Trouble;
use crate::state::State;
use crate::views::{Speaker, payment_preview};
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::payment::{CreatePayment, Payment, PaymentPreview};
use cabinet_contract::problem::Problem;
use cabinet_core::{Money, Refusal};
use cabinet_service::Error;
use cabinet_service::pay_online::PaymentWish;
use serde::Deserialize;
use uuid::Uuid;

/// Which sum.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfPreview {
    amount: Option<Money>,
}

/// What a payment would be good for
///
/// Sums worth paying, each with the day through which it keeps the service, and what the sum asked about would do.
#[utoipa::path(
    operation_id = "previewPayment",
    tag = "pay",
    params(("amount" = Option<cabinet_contract::schema::Amount>, Query, description = "The sum asked about.", example = "100.00")),
    responses((status = 200, description = "What paying would do.", body = PaymentPreview))
)]
#[get("/me/payments/preview")]
pub async fn preview_payment(
    state: web::Data<State>,
    who: Subscriber,
    query: Query<OfPreview>,
) -> Result<impl Responder, Trouble> {
    let preview = state.service.preview_payment(who.account, query.0.amount).await;
    let preview = preview.map_err(|error| match error {
        Error::Refused(Refusal::AmountInvalid { .. }) => Trouble::query("amount", "invalid"),
        error => error.into(),
    });
    Ok(Answer::ok(payment_preview(&preview?)))
}

/// Order a payment
///
/// Send the payer to `redirect`; the gateway tells the server what came of it, and `getPayment`
/// tells you. Coming back to the cabinet's page means nothing by itself.
#[utoipa::path(
    operation_id = "createPayment",
    tag = "pay",
    params(Keyed),
    request_body(content = CreatePayment, description = "How much or for which bill, and by which method."),
    responses(
        (status = 200, description = "The payment, with where its payer goes.", body = Payment),
        (status = 404, description = "`not_found`: no such bill of the account.", body = Problem),
        (status = 409, description = "`method_unavailable`; `bill_settled`: the bill is paid, or a later one asks for what it asked; `too_many_payments`: five of the account's payments wait already.", body = Problem),
        (status = 422, description = "`amount_invalid`: neither sum nor bill, or less or more than may be paid; `details.least` and `details.most` say what may; `key_reused`: the key belongs to another request.", body = Problem),
        (status = 503, description = "`gateway_away`: the gateway does not answer; nothing was taken, and the same key may be tried again.", body = Problem)
    )
)]
#[post("/me/payments")]
pub async fn create_payment(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
    wish: Json<CreatePayment>,
) -> Result<impl Responder, Trouble> {
    let key = key.of_body(&request, &wish.0);
    let CreatePayment { amount, bill, method } = wish.0;
    let wish = PaymentWish { amount, bill, method, language: context.language, public_url: state.origin(&request) };
    let answered = state.service.create_payment(who.account, &wish, key).await?;
    Ok(Answer::keyed(Speaker(context.language).payment(&answered.value)?, answered.replayed))
}

/// Payments through gateways
///
/// The newest first, page by page, those that came to nothing among them.
#[utoipa::path(
    operation_id = "listPayments",
    tag = "pay",
    params(
        ("cursor" = Option<Uuid>, Query, description = "`next` of the page before.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of payments.", body = Page<Payment>))
)]
#[get("/me/payments")]
pub async fn list_payments(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (payments, next) = state.service.list_payments(who.account, query.0.cursor, limit(query.0.limit)?).await?;
    let items = payments.iter().map(|held| Speaker(context.language).payment(held)).collect::<Result<_, _>>()?;
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
}

/// One payment
///
/// Where it stands now.
#[utoipa::path(
    operation_id = "getPayment",
    tag = "pay",
    params(("id" = Uuid, Path, description = "The payment.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 200, description = "The payment.", body = Payment))
)]
#[get("/me/payments/{id}")]
pub async fn get_payment(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let held = state.service.show_payment(who.account, id.0).await?;
    Ok(Answer::ok(Speaker(context.language).payment(&held)?))
}
