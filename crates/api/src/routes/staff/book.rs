//! The book: cash, corrections, adjustments.

use super::{Whose, asked};
use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query};
use crate::paging::limit;
use crate::problem::Trouble;
use crate::staff::{Anyone, Bookkeeper, Cashier, Manager, Staff};
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{Reason, RefundPayment, SumWithReason, TakeCash};
use cabinet_contract::statement::Entry;
use cabinet_core::ledger;
use cabinet_service::Answered;
use cabinet_store::ledger::Filter;
use serde::Deserialize;
use uuid::Uuid;

/// Which page of a book.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfBook {
    cursor: Option<i64>,
    limit: Option<i64>,
}

/// A subscriber's book
///
/// Every entry, the newest first, page by page.
#[utoipa::path(
    operation_id = "listSubscriberEntries",
    tag = "staff",
    params(
        Whose,
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = r"^[0-9]{1,18}$", example = "42"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of the book.", body = Page<Entry>))
)]
#[get("/staff/subscribers/{id}/entries")]
pub async fn list_subscriber_entries(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Anyone>,
    id: Path<Uuid>,
    query: Query<OfBook>,
) -> Result<impl Responder, Trouble> {
    let limit = limit(query.0.limit)?;
    let (entries, next) = state.service.list_entries(id.0, Filter::default(), query.0.cursor, limit).await?;
    let teller = Teller::new(&state, &context).await?;
    let items = entries.iter().map(|entry| teller.lens().entry(entry)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|seq| seq.to_string()) }))
}

/// Take cash
///
/// The same receipt again answers the first entry; anew once that entry was undone. What makes a blocked account able again brings it back at once.
#[utoipa::path(
    operation_id = "takeCash",
    tag = "staff",
    params(Whose, Keyed),
    request_body(content = TakeCash, description = "How much, and by which receipt."),
    responses(
        (status = 200, description = "The entry.", body = Entry),
        (status = 409, description = "`reference_taken`: the receipt is recorded with another amount.", body = Problem),
        (status = 422, description = "`amount_invalid`: `details.least` and `details.most` say what may be paid.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/payments")]
pub async fn take_cash(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Staff<Cashier>,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<TakeCash>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    let receipt = receipt(given.0.receipt.as_deref())?;
    told(&state, &context, state.service.pay_cash(asked, id.0, given.0.amount, receipt).await?).await
}

/// Undo an entry
///
/// Once, by an entry of its own. Undoing a payment may leave a debt. Whoever takes payments undoes payments, whoever
/// adjusts undoes the rest; a refund and a reversal are not undone.
#[utoipa::path(
    operation_id = "reverseEntry",
    tag = "staff",
    params(
        Whose,
        ("seq" = i64, Path, description = "Its number within the account.", minimum = 1, example = 1),
        Keyed
    ),
    request_body(content = Reason, description = "Why."),
    responses(
        (status = 200, description = "The entry that undoes it.", body = Entry),
        (status = 409, description = "`already_reversed`; `not_reversible`: of such a kind, given back in part, or paying for a change that waits.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/entries/{seq}/reversal")]
pub async fn reverse_entry(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Staff<Bookkeeper>,
    path: Path<(Uuid, i64)>,
    key: IdempotencyKey,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    let ((account, seq), asked) = (path.0, asked(&who, key, &request, &given.0));
    told(&state, &context, state.service.reverse_entry(asked, account, seq, &given.0.reason).await?).await
}

/// Give a payment back
///
/// In part or all that is left of it, at most what the balance holds. With `send` the gateway of an online payment is asked
/// to do so, once, after the entry is posted; where it does not, the payment waits for a person (`refund_failed`). Without
/// it this notes money given back otherwise. When the gateway tells of it too, nothing moves twice.
#[utoipa::path(
    operation_id = "refundPayment",
    tag = "staff",
    params(
        Whose,
        ("seq" = i64, Path, description = "Number of the payment's entry.", minimum = 1, example = 1),
        Keyed
    ),
    request_body(content = RefundPayment, description = "How much, why, and whether the gateway gives it back."),
    responses(
        (status = 200, description = "The entry that takes it off.", body = Entry),
        (status = 409, description = "`refund_too_large`: `details.most` says what can go back; `already_reversed`; `not_reversible`: it is no payment; `refund_unsendable`: its gateway cannot give it back, or only the whole of it where `details.whole_only` says so.", body = Problem),
        (status = 422, description = "`amount_invalid`: not above zero.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/entries/{seq}/refund")]
pub async fn refund_payment(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Staff<Cashier>,
    path: Path<(Uuid, i64)>,
    key: IdempotencyKey,
    given: Json<RefundPayment>,
) -> Result<impl Responder, Trouble> {
    let ((account, seq), asked) = (path.0, asked(&who, key, &request, &given.0));
    let RefundPayment { amount, reason, send } = given.0;
    let service = &state.service;
    let entry = match send {
        true => service.refund_through_gateway(asked, account, seq, amount, &reason).await?,
        false => service.refund_payment(asked, account, seq, amount, &reason).await?,
    };
    told(&state, &context, entry).await
}

/// Adjust a balance
///
/// Puts a sum in, or takes one off below zero, for a reason. It may leave a debt.
#[utoipa::path(
    operation_id = "adjustBalance",
    tag = "staff",
    params(Whose, Keyed),
    request_body(content = SumWithReason, description = "How much, and why."),
    responses(
        (status = 200, description = "The entry.", body = Entry),
        (status = 422, description = "`amount_invalid`: zero, or too much.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/adjustments")]
pub async fn adjust_balance(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Staff<Manager>,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<SumWithReason>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    told(&state, &context, state.service.adjust(asked, id.0, given.0.amount, &given.0.reason).await?).await
}

/// A receipt's number, if one is given: it must say something.
fn receipt(given: Option<&str>) -> Result<Option<&str>, Trouble> {
    match given.map(str::trim) {
        Some(text) if text.is_empty() || text.chars().count() > 80 => Err(Trouble::field("receipt", "invalid")),
        other => Ok(other),
    }
}

/// An entry just made, or made before under the same key.
pub(crate) async fn told(
    state: &State,
    context: &Context,
    answered: Answered<ledger::Entry>,
) -> Result<Answer<Entry>, Trouble> {
    let teller = Teller::new(state, context).await?;
    Ok(Answer::keyed(teller.lens().entry(&answered.value), answered.replayed))
}
