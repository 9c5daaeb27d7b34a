//! Promised payment.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::Subscriber;
use crate::problem::Trouble;
use crate::state::State;
use crate::views::Teller;
use actix_web::{Responder, get, post, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::promise::PromisedPayment;
use cabinet_contract::quote::Quote;

/// The promised payment as it stands to the caller
///
/// What one taken now would lend, until when and for what price, or the refusal it would meet; and the one that runs or
/// is not paid back.
#[utoipa::path(
    operation_id = "getPromisedPayment",
    tag = "pay",
    responses((status = 200, description = "The promised payment.", body = PromisedPayment))
)]
#[get("/me/promised-payment")]
pub async fn get_promised_payment(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let offer = state.service.offer_promise(who.account).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.promised_payment(&offer)))
}

/// Quote a promised payment
///
/// A month's fee is lent for a few days, and a blocked service comes back at once. Nothing changes until
/// `confirmQuote`.
#[utoipa::path(
    operation_id = "quotePromisedPayment",
    tag = "pay",
    responses(
        (status = 200, description = "The quote; it holds until `expires_at`, never past midnight.", body = Quote),
        (status = 409, description = "`promise_not_needed`, `promise_active`, `promise_unpaid`, `promise_limit`, `contract_young`, `funds_short`, `account_paused`, `account_suspended` or `account_closed`, with what is missing and the first day it becomes possible.", body = Problem)
    )
)]
#[post("/me/promised-payment/quote")]
pub async fn quote_promised_payment(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let quote = state.service.quote_promise(who.account).await?;
    Ok(Answer::ok(Teller::new(&state, &context).await?.quote(&quote)))
}
