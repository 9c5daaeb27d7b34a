//! Requests to support, as their subscriber writes and reads them.

use crate::answer::{Answer, done};
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query, SentFile, Subscriber};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, get, post, put, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::schema::File;
use cabinet_contract::support::{
    MessageAuthor, OpenTicket, ReadThrough, Ticket, TicketFile, TicketMessage, TicketSent, TicketStatus, TicketThread,
    TicketTopic, WriteMessage,
};
use cabinet_core::support::{self, TicketState, Topic};
use cabinet_service::Answered;
use cabinet_service::write_to_support::{KeptFile, NewMessage, NewTicket, Sent, Thread};
use cabinet_store::tickets::{self, FileFacts};
use serde::Deserialize;
use uuid::Uuid;

/// Most characters of a name that is given to a file.
const GIVEN_NAME: usize = 255;

/// What a file is called.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    #[serde(default)]
    name: String,
}

impl Named {
    /// The name, unless it is too long for one.
    pub(super) fn checked(&self) -> Result<&str, Trouble> {
        match self.name.chars().count() > GIVEN_NAME {
            true => Err(Trouble::query("name", "too_long")),
            false => Ok(&self.name),
        }
    }
}

/// Requests to support
///
/// The newest first, page by page.
#[utoipa::path(
    operation_id = "listTickets",
    tag = "support",
    params(Paged),
    responses((status = 200, description = "A page of tickets.", body = Page<Ticket>))
)]
#[get("/me/tickets")]
pub async fn list_tickets(
    state: web::Data<State>,
    who: Subscriber,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_tickets(who.account, query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|one| told(one.ticket, &one.begins)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
}

/// Write to support
///
/// Opens a ticket. Files are sent before, by `keepTicketFile`.
#[utoipa::path(
    operation_id = "openTicket",
    tag = "support",
    params(Keyed),
    request_body(content = OpenTicket, description = "What happened."),
    responses(
        (status = 200, description = "What was sent.", body = TicketSent),
        (status = 409, description = "`tickets_waiting`: as many wait for an answer as may. `writing_spent`: no more messages are taken today.", body = Problem)
    )
)]
#[post("/me/tickets")]
pub async fn open_ticket(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
    given: Json<OpenTicket>,
) -> Result<impl Responder, Trouble> {
    let key = key.of_body(&request, &given.0);
    let OpenTicket { topic, day: about_day, text, files } = given.0;
    let new = NewTicket { topic, about_day, first: NewMessage { text, files } };
    Ok(sent(state.service.open_ticket(who.account, &new, key).await?))
}

/// One request
///
/// With all its messages. Reading it marks nothing: that is `markTicketRead`.
#[utoipa::path(
    operation_id = "getTicket",
    tag = "support",
    params(("id" = Uuid, Path, description = "The ticket.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 200, description = "The ticket.", body = TicketThread))
)]
#[get("/me/tickets/{id}")]
pub async fn get_ticket(state: web::Data<State>, who: Subscriber, id: Path<Uuid>) -> Result<impl Responder, Trouble> {
    let (ticket, messages) = told_whole(state.service.show_ticket(who.account, id.0).await?, false);
    Ok(Answer::ok(TicketThread { ticket, messages }))
}

/// Write on
///
/// A ticket that was answered or closed waits for an answer again.
#[utoipa::path(
    operation_id = "writeMessage",
    tag = "support",
    params(("id" = Uuid, Path, description = "The ticket.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"), Keyed),
    request_body(content = WriteMessage, description = "What is to be said."),
    responses(
        (status = 200, description = "What was sent.", body = TicketSent),
        (status = 409, description = "`tickets_waiting`: as many wait for an answer as may. `writing_spent`: no more messages are taken today.", body = Problem)
    )
)]
#[post("/me/tickets/{id}/messages")]
pub async fn write_message(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<WriteMessage>,
) -> Result<impl Responder, Trouble> {
    let key = key.of_body(&request, &given.0);
    let WriteMessage { text, files } = given.0;
    Ok(sent(state.service.write_message(who.account, id.0, &NewMessage { text, files }, key).await?))
}

/// Mark a request as read
///
/// As far as a message; what came after it stays unread.
#[utoipa::path(
    operation_id = "markTicketRead",
    tag = "support",
    params(("id" = Uuid, Path, description = "The ticket.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    request_body(content = ReadThrough, description = "The last message that was read."),
    responses((status = 204, description = "Noted."))
)]
#[put("/me/tickets/{id}/read")]
pub async fn mark_ticket_read(
    state: web::Data<State>,
    who: Subscriber,
    id: Path<Uuid>,
    given: Json<ReadThrough>,
) -> Result<impl Responder, Trouble> {
    state.service.mark_ticket_read(who.account, id.0, given.0.through).await?;
    Ok(done())
}

/// Send a file
///
/// For a message that follows within a day and names its id. At most 5 MiB of PNG, JPEG, WebP, PDF or plain text in UTF-8:
/// what it is, its bytes tell, and its name gets an ending of that kind.
#[utoipa::path(
    operation_id = "keepTicketFile",
    tag = "support",
    params(("name" = Option<String>, Query, description = "What it is called.", max_length = 255, example = "фото.png")),
    request_body(content = File, content_type = "application/octet-stream", description = "Its bytes."),
    responses(
        (status = 200, description = "The file as it is kept.", body = TicketFile),
        (status = 409, description = "`writing_spent`: no more files are taken today.", body = Problem),
        (status = 422, description = "`file_unfit`: it is of no kind that is taken.", body = Problem)
    )
)]
#[post("/me/ticket-files")]
pub async fn keep_ticket_file(
    state: web::Data<State>,
    who: Subscriber,
    query: Query<Named>,
    file: SentFile,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(file_of(state.service.keep_file(who.account, query.0.checked()?, &file.0).await?)))
}

/// A file of a request
///
/// To be kept, never to be shown: whatever it holds, browsers are told to store it.
#[utoipa::path(
    operation_id = "getTicketFile",
    tag = "support",
    params(
        ("id" = Uuid, Path, description = "The ticket.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("file" = Uuid, Path, description = "The file.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")
    ),
    responses((status = 200, description = "The file.", body = File, content_type = "application/octet-stream"))
)]
#[get("/me/tickets/{id}/files/{file}")]
pub async fn get_ticket_file(
    state: web::Data<State>,
    who: Subscriber,
    path: Path<(Uuid, Uuid)>,
) -> Result<impl Responder, Trouble> {
    let (ticket, file) = path.0;
    Ok(kept(state.service.ticket_file(who.account, ticket, file).await?))
}

/// What was sent, on the wire.
pub(super) fn sent(answered: Answered<Sent>) -> Answer<TicketSent> {
    let Sent { ticket, seq, at } = answered.value;
    Answer::keyed(TicketSent { ticket, seq, at }, answered.replayed)
}

/// A file to be kept. Of what kind it is, no browser is told, so that none has an idea of its own: the list told it.
pub(super) fn kept(file: KeptFile) -> HttpResponse {
    let plain: String = file.name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let spelled: String = file.name.bytes().map(percent).collect();
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{spelled}"),
        ))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"))
        .body(file.content)
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// A ticket on the wire.
pub(super) fn told(ticket: tickets::Ticket, first: &str) -> Ticket {
    Ticket {
        id: ticket.id,
        topic: Topic::from_code(&ticket.topic).map_or(TicketTopic::Unknown, TicketTopic::from),
        day: ticket.about_day,
        status: match TicketState::from_code(&ticket.state) {
            Some(TicketState::Open) => TicketStatus::Open,
            Some(TicketState::Answered) => TicketStatus::Answered,
            Some(TicketState::Closed) => TicketStatus::Closed,
            None => TicketStatus::Unknown,
        },
        begins: support::begins(first),
        messages: ticket.messages,
        unread: ticket.read_through < ticket.messages,
        created_at: ticket.created_at,
        moved_at: ticket.moved_at,
    }
}

/// A ticket with its messages; `named` tells which member of staff wrote each.
pub(crate) fn told_whole(thread: Thread, named: bool) -> (Ticket, Vec<TicketMessage>) {
    let Thread { ticket, messages, files } = thread;
    let ticket = told(ticket, messages.first().map_or("", |message| &message.body));
    let messages = messages.into_iter().map(|message| TicketMessage {
        seq: message.seq,
        author: match message.author.as_str() {
            support::SUBSCRIBER => MessageAuthor::Subscriber,
            support::STAFF => MessageAuthor::Staff,
            _ => MessageAuthor::Unknown,
        },
        staff: message.staff_name.filter(|_| named),
        text: message.body,
        at: message.at,
        files: files.iter().filter(|file| file.seq == Some(message.seq)).cloned().map(file_of).collect(),
    });
    (ticket, messages.collect())
}

pub(super) fn file_of(file: FileFacts) -> TicketFile {
    TicketFile { id: file.id, name: file.name, media_type: file.media_type, size: file.size }
}
