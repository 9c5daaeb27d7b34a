//! Tickets, as support answers them.

use super::{Whose, asked};
use crate::answer::{Answer, done_keyed};
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query, SentFile};
use crate::paging::limit;
use crate::problem::Trouble;
use crate::routes::tickets::{Named, file_of, kept, sent, told, told_whole};
use crate::staff::{Staff, Support};
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::schema::File;
use cabinet_contract::staff::{AnswerTicket, StaffThread, StaffTicket};
use cabinet_contract::support::{TicketFile, TicketSent, TicketStatus};
use cabinet_core::support::TicketState;
use cabinet_service::write_to_support::NewMessage;
use cabinet_store::tickets::Listed;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which page of which tickets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfTickets {
    status: Option<TicketState>,
    subscriber: Option<Uuid>,
    cursor: Option<Uuid>,
    limit: Option<i64>,
}

/// The ticket asked about.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "it describes the path to the document")]
pub struct Which {
    /// The account.
    #[param(example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")]
    id: Uuid,
    /// The ticket.
    #[param(example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")]
    ticket: Uuid,
}

/// Tickets
///
/// Those that wait for an answer unless another status is asked for, the oldest first; of one subscriber all of them, the
/// newest first.
#[utoipa::path(
    operation_id = "listStaffTickets",
    tag = "staff",
    params(
        ("status" = Option<TicketStatus>, Query, description = "How they stand: `open`, `answered` or `closed`.", example = "open"),
        ("subscriber" = Option<Uuid>, Query, description = "Whose they are.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("cursor" = Option<Uuid>, Query, description = "`next` of the page before.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of tickets.", body = Page<StaffTicket>))
)]
#[get("/staff/tickets")]
pub async fn list_staff_tickets(
    state: web::Data<State>,
    _who: Staff<Support>,
    query: Query<OfTickets>,
) -> Result<impl Responder, Trouble> {
    let OfTickets { status, subscriber, cursor, limit: rows } = query.0;
    let rows = limit(rows)?;
    let (found, next) = match (subscriber, status) {
        (Some(_), Some(_)) => return Err(Trouble::query("status", "invalid")),
        (Some(account), None) => state.service.list_tickets(account, cursor, rows).await?,
        (None, status) => state.service.list_staff_tickets(status.unwrap_or(TicketState::Open), cursor, rows).await?,
    };
    Ok(Answer::ok(Page { items: found.into_iter().map(listed).collect(), next: next.map(|id| id.to_string()) }))
}

/// One ticket
///
/// With all its messages, and who of the staff wrote each.
#[utoipa::path(
    operation_id = "getStaffTicket",
    tag = "staff",
    params(Which),
    responses((status = 200, description = "The ticket.", body = StaffThread))
)]
#[get("/staff/subscribers/{id}/tickets/{ticket}")]
pub async fn get_staff_ticket(
    state: web::Data<State>,
    _who: Staff<Support>,
    path: Path<(Uuid, Uuid)>,
) -> Result<impl Responder, Trouble> {
    let (subscriber, id) = path.0;
    let (ticket, messages) = told_whole(state.service.show_ticket(subscriber, id).await?, true);
    Ok(Answer::ok(StaffThread { subscriber, ticket, messages }))
}

/// A file of a ticket
///
/// To be kept, never to be shown. It is what its bytes are, but what it does once it is opened nobody has looked.
#[utoipa::path(
    operation_id = "getStaffTicketFile",
    tag = "staff",
    params(
        Which,
        ("file" = Uuid, Path, description = "The file.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")
    ),
    responses((status = 200, description = "The file.", body = File, content_type = "application/octet-stream"))
)]
#[get("/staff/subscribers/{id}/tickets/{ticket}/files/{file}")]
pub async fn get_staff_ticket_file(
    state: web::Data<State>,
    _who: Staff<Support>,
    path: Path<(Uuid, Uuid, Uuid)>,
) -> Result<impl Responder, Trouble> {
    let (account, ticket, file) = path.0;
    Ok(kept(state.service.ticket_file(account, ticket, file).await?))
}

/// Send a file for an answer
///
/// For an answer to this subscriber that follows within a day and names its id. At most 5 MiB of PNG, JPEG, WebP, PDF or
/// plain text in UTF-8: what it is, its bytes tell, and its name gets an ending of that kind.
#[utoipa::path(
    operation_id = "keepStaffTicketFile",
    tag = "staff",
    params(
        Whose,
        ("name" = Option<String>, Query, description = "What it is called.", max_length = 255, example = "рахунок.pdf")
    ),
    request_body(content = File, content_type = "application/octet-stream", description = "Its bytes."),
    responses(
        (status = 200, description = "The file as it is kept.", body = TicketFile),
        (status = 422, description = "`file_unfit`: it is of no kind that is taken.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/ticket-files")]
pub async fn keep_staff_ticket_file(
    state: web::Data<State>,
    _who: Staff<Support>,
    id: Path<Uuid>,
    query: Query<Named>,
    file: SentFile,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(file_of(state.service.keep_staff_file(id.0, query.0.checked()?, &file.0).await?)))
}

/// Answer a ticket
///
/// It then waits for its subscriber, or is closed. A letter tells of it where the e-mail is confirmed. Files are sent before,
/// by `keepStaffTicketFile`.
#[utoipa::path(
    operation_id = "answerTicket",
    tag = "staff",
    params(Which, Keyed),
    request_body(content = AnswerTicket, description = "The answer, which the subscriber reads."),
    responses((status = 200, description = "What was sent.", body = TicketSent))
)]
#[post("/staff/subscribers/{id}/tickets/{ticket}/messages")]
pub async fn answer_ticket(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    path: Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
    given: Json<AnswerTicket>,
) -> Result<impl Responder, Trouble> {
    let ((account, ticket), asked) = (path.0, asked(&who, key, &request, &given.0));
    let AnswerTicket { text, files, close } = given.0;
    Ok(sent(state.service.answer_ticket(asked, account, ticket, &NewMessage { text, files }, close).await?))
}

/// Close a ticket
///
/// Without a word. A message of its subscriber opens it again.
#[utoipa::path(
    operation_id = "closeTicket",
    tag = "staff",
    params(Which, Keyed),
    responses(
        (status = 204, description = "Closed."),
        (status = 409, description = "`already_decided`: it is closed.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/tickets/{ticket}/close")]
pub async fn close_ticket(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    path: Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let ((account, ticket), asked) = (path.0, asked(&who, key, &request, &()));
    Ok(done_keyed(state.service.close_ticket(asked, account, ticket).await?.replayed))
}

/// Open a closed ticket again
///
/// It waits for an answer.
#[utoipa::path(
    operation_id = "reopenTicket",
    tag = "staff",
    params(Which, Keyed),
    responses(
        (status = 204, description = "Open."),
        (status = 409, description = "`already_decided`: it is not closed.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/tickets/{ticket}/reopen")]
pub async fn reopen_ticket(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    path: Path<(Uuid, Uuid)>,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let ((account, ticket), asked) = (path.0, asked(&who, key, &request, &()));
    Ok(done_keyed(state.service.reopen_ticket(asked, account, ticket).await?.replayed))
}

fn listed(one: Listed) -> StaffTicket {
    StaffTicket { subscriber: one.account_id, contract: one.contract, ticket: told(one.ticket, &one.begins) }
}
