//! What was done to a contract, everything kept of its subscriber, and the wish to be forgotten.

use crate::answer::{Answer, done};
use crate::archive;
use crate::edge::Context;
use crate::extract::{Json, Query, Subscriber, Wished};
use crate::history;
use crate::paging::{ByPage, limit, of_cursor};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, delete, get, post, web};
use cabinet_contract::export::ExportData;
use cabinet_contract::history::HistoryRow;
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::schema::File;

/// The history of the contract
///
/// What the subscriber did and what was done to the contract by others, the newest first, page by page. Staff are never
/// named.
#[utoipa::path(
    operation_id = "listHistory",
    tag = "me",
    params(
        ("cursor" = Option<Uuid>, Query, description = "`next` of the page before.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of the history.", body = Page<HistoryRow>))
)]
#[get("/me/audit")]
pub async fn list_history(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let page = state.service.show_history(who.account, query.0.cursor, limit(query.0.limit)?).await;
    let (rows, next) = page.map_err(of_cursor)?;
    let items = rows.into_iter().map(|row| history::told(row, context.language)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
}

/// Everything kept of the subscriber
///
/// A ZIP archive, after the password was given again: `data.json` with profile, consents, settings, requests, sessions, the
/// whole book, bills, payments, transfers, orders, tickets and history, in the forms of this document; the statements of the
/// last twelve months as PDF; and files of tickets, 25 MiB of them at most. Three a day.
#[utoipa::path(
    operation_id = "exportData",
    tag = "me",
    request_body(content = ExportData, description = "The present password."),
    responses(
        (status = 200, description = "The archive.", body = File, content_type = "application/zip"),
        (status = 422, description = "`password_wrong`.", body = Problem)
    )
)]
#[post("/me/data-export")]
pub async fn export_data(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    wished: Wished,
    given: Json<ExportData>,
) -> Result<impl Responder, Trouble> {
    let kept = state.service.export_data(&who.who, &given.0.password).await?;
    archive::answer(&state, &context, wished, who.account, kept).await
}

/// Ask to be forgotten
///
/// Everything personal is to be taken away. Staff carry it out once the contract has ended and nothing is owed, within 30
/// days; the book stays, without a name. Asked again it changes nothing; `getProfile` lists it among `requests`.
#[utoipa::path(
    operation_id = "requestErasure",
    tag = "me",
    responses((status = 204, description = "It waits for staff."))
)]
#[post("/me/erasure-request")]
pub async fn request_erasure(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    state.service.ask_erasure(who.account).await?;
    Ok(done())
}

/// Take that wish back
///
/// Until staff have carried it out; without one it changes nothing.
#[utoipa::path(
    operation_id = "withdrawErasure",
    tag = "me",
    responses((status = 204, description = "Nothing waits."))
)]
#[delete("/me/erasure-request")]
pub async fn withdraw_erasure(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    state.service.withdraw_erasure(who.account).await?;
    Ok(done())
}
