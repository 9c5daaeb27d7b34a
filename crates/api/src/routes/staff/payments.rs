//! Payments a person must look at.

use super::asked;
use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::staff::{Cashier, Staff};
use crate::state::State;
use crate::views::Speaker;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{DecidePayment, DecidedPayment, PaymentInReview, PaymentWord, StaffPayment};
use cabinet_core::payment::Decision;
use cabinet_service::Error;
use cabinet_service::watch::LookedAt;
use uuid::Uuid;

/// Payments that wait for a person
///
/// Whatever their state: nothing was credited of money that does not fit, and of a paid one there is more to be known.
/// The newest first.
#[utoipa::path(
    operation_id = "listPaymentsInReview",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of payments.", body = Page<PaymentInReview>))
)]
#[get("/staff/payments/review")]
pub async fn list_payments_in_review(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Cashier>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_in_review(query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.iter().filter_map(|held| {
        let (why, since) = held.attention.zip(held.attention_at)?;
        let one = |payment| PaymentInReview { subscriber: held.account_id, payment, why: why.into(), since };
        Some(Speaker(context.language).payment(held).map(one))
    });
    Ok(Answer::ok(Page { items: items.collect::<Result<_, _>>()?, next: next.map(|id| id.to_string()) }))
}

/// A payment and what its gateway said
///
/// Sums, currencies, doubts and instants of every word, the oldest first.
#[utoipa::path(
    operation_id = "getStaffPayment",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The payment.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 200, description = "The payment.", body = StaffPayment))
)]
#[get("/staff/payments/{id}")]
pub async fn get_staff_payment(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Cashier>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let looked_at = state.service.look_at_payment(id.0).await?;
    Ok(Answer::ok(told(looked_at, Speaker(context.language))?))
}

/// Decide what becomes of a payment
///
/// Of one that waits for a person, once. `credit` puts the sum that came on the balance, beside what is credited already;
/// `settled` ends the looking, and a payment that was never credited has failed. The gateway's same words call nobody
/// again.
#[utoipa::path(
    operation_id = "decidePayment",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The payment.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"), Keyed),
    request_body(content = DecidePayment, description = "What is decided, and why."),
    responses(
        (status = 200, description = "The payment as it is now.", body = StaffPayment),
        (status = 409, description = "`already_decided`: it waits for nobody.", body = Problem),
        (status = 422, description = "`amount_invalid`: `details.least` and `details.most` say what may be credited.", body = Problem)
    )
)]
#[post("/staff/payments/{id}/decision")]
pub async fn decide_payment(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Staff<Cashier>,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<DecidePayment>,
) -> Result<impl Responder, Trouble> {
    let (asked, decision) = (asked(&who, key, &request, &given.0), decision(&given.0)?);
    let decided = state.service.decide_payment(asked, id.0, decision, &given.0.reason).await?;
    let looked_at = state.service.look_at_payment(id.0).await?;
    Ok(Answer::keyed(told(looked_at, Speaker(context.language))?, decided.replayed))
}

fn decision(given: &DecidePayment) -> Result<Decision, Trouble> {
    match (given.outcome, given.amount) {
        (DecidedPayment::Credit, Some(sum)) => Ok(Decision::Credit(sum)),
        (DecidedPayment::Settled, None) => Ok(Decision::Settled),
        (DecidedPayment::Credit, None) => Err(Trouble::field("amount", "missing")),
        (DecidedPayment::Settled, Some(_)) => Err(Trouble::field("amount", "invalid")),
    }
}

fn told(looked_at: LookedAt, speaker: Speaker) -> Result<StaffPayment, Error> {
    let LookedAt { held, contract, events } = looked_at;
    let words = events.into_iter().map(|(told, event)| PaymentWord {
        kind: event.kind,
        amount: told.amount,
        currency: told.currency,
        returned: told.returned,
        transaction: told.transaction,
        reason: told.reason,
        doubts: told.doubts,
        note: event.note,
        occurred_at: event.occurred_at,
        received_at: event.received_at,
    });
    Ok(StaffPayment {
        subscriber: held.account_id,
        contract,
        payment: speaker.payment(&held)?,
        why: held.attention.map(Into::into),
        since: held.attention_at,
        events: words.collect(),
    })
}
