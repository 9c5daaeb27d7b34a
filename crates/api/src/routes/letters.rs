//! What letters lead to, and the demo's mailbox: pages for people and for their mail programs, no part of the API's
//! document.

use crate::answer;
use crate::extract::context;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::{letters_page, sandbox_page};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use cabinet_core::Refusal;
use cabinet_service::Error;
use cabinet_service::confirm_email::Unsubscribing;
use serde::Deserialize;

/// The addresses of letters, below `/letters`.
pub fn all(config: &mut ServiceConfig) {
    config.route("/letters", web::get().to(show_mailbox));
    config.route("/letters/style.css", web::get().to(style));
    config.route("/letters/unsubscribe", web::get().to(show_unsubscribe));
    config.route("/letters/unsubscribe", web::post().to(unsubscribe));
}

/// The key of a letter; all else that mail programs add is left aside.
#[derive(Deserialize)]
struct OfLetter {
    #[serde(default)]
    key: String,
}

/// Shows and changes nothing: mail is read by machines too, which follow every link of it.
async fn show_unsubscribe(
    state: web::Data<State>,
    request: HttpRequest,
    query: web::Query<OfLetter>,
) -> Result<HttpResponse, Trouble> {
    page_of(&request, state.service.show_unsubscribing(&query.key).await, &query.key)
}

/// The button of that page, or the one click of a mail program (RFC 8058), which brings neither cookie nor token.
async fn unsubscribe(
    state: web::Data<State>,
    request: HttpRequest,
    query: web::Query<OfLetter>,
) -> Result<HttpResponse, Trouble> {
    page_of(&request, state.service.unsubscribe(&query.key).await, &query.key)
}

fn page_of(request: &HttpRequest, found: Result<Unsubscribing, Error>, key: &str) -> Result<HttpResponse, Trouble> {
    match found {
        Ok(found) => Ok(html(StatusCode::OK, letters_page::unsubscribe(found, key))),
        Err(Error::Refused(Refusal::NotFound)) => {
            Ok(html(StatusCode::NOT_FOUND, letters_page::stale(context(request).language)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn show_mailbox(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Trouble> {
    let mailbox = state.service.post.as_ref().and_then(|post| post.mailbox.as_ref()).ok_or(Wire::NotFound)?;
    let pocket = state.service.messenger.as_ref().and_then(|messenger| messenger.pocket.as_ref());
    let messages = pocket.map(|pocket| pocket.messages()).unwrap_or_default();
    let tray = state.service.pusher.as_ref().and_then(|pusher| pusher.tray.as_ref());
    let told = tray.map(|tray| tray.notifications()).unwrap_or_default();
    Ok(html(StatusCode::OK, letters_page::mailbox(&mailbox.letters(), &messages, &told, context(&request).language)))
}

async fn style(request: HttpRequest) -> HttpResponse {
    answer::text(&request, "text/css; charset=utf-8", "public, max-age=300", sandbox_page::STYLE.to_owned())
}

fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, sandbox_page::policy()))
        .body(page)
}
