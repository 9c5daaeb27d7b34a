//! What gateways tell, and the page of the demo's own. No part of the API's document: each gateway has its dialect.

use crate::answer;
use crate::extract::{Raw, client_address, context};
use crate::problem::{Trouble, Wire};
use crate::sandbox_page;
use crate::state::State;
use actix_web::http::header::{self, ContentType};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use cabinet_gateways::acquirer::{Answer, Choice, Notification};
use cabinet_gateways::terminal::{self, Outcome, RawRequest};
use cabinet_service::clock::local_time;
use cabinet_service::take_notification::NotTaken;
use cabinet_service::take_terminal::AtTerminal;
use std::sync::Arc;

/// The addresses of gateways, below `/gateways`.
pub fn all(config: &mut ServiceConfig) {
    config.route("/gateways/sandbox/style.css", web::get().to(sandbox_style));
    config.route("/gateways/sandbox/page", web::get().to(show_sandbox));
    config.route("/gateways/sandbox/page", web::post().to(choose_in_sandbox));
    config.route("/gateways/terminals/{terminal}", web::get().to(take_terminal));
    config.route("/gateways/terminals/{terminal}", web::post().to(take_terminal));
    config.route("/gateways/{gateway}/notification", web::post().to(take_notification));
}

/// A gateway tells of a payment. What it is answered is durable before.
async fn take_notification(
    state: web::Data<State>,
    request: HttpRequest,
    gateway: web::Path<String>,
    body: Raw,
) -> Result<HttpResponse, Trouble> {
    let headers: Vec<(&str, &str)> =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let raw = Notification { body: &body.0, headers: &headers, query: request.query_string() };
    match state.service.take_notification(&gateway, raw).await {
        Ok(answer) => Ok(answered(answer)),
        Err(NotTaken::Rejected(why)) => {
            let request_id = &context(&request).request_id;
            tracing::warn!(request_id, gateway = gateway.as_str(), %why, "a notification was not believed");
            Ok(answered(why.answer()))
        }
        Err(NotTaken::Unknown) => Err(Wire::NotFound.into()),
        Err(NotTaken::Failed(error)) => Err(error.into()),
    }
}

/// A terminal or a bank asks by contract number. Whatever comes of it is 200 in the terminal's own words.
async fn take_terminal(
    state: web::Data<State>,
    request: HttpRequest,
    name: web::Path<String>,
    body: Raw,
) -> Result<HttpResponse, Trouble> {
    let terminal = state.terminals.iter().find(|terminal| terminal.name() == name.as_str()).ok_or(Wire::NotFound)?;
    let peer = client_address(request.peer_addr(), request.headers(), &state.config.proxies);
    let raw = RawRequest {
        method: if request.method() == Method::POST { terminal::Method::Post } else { terminal::Method::Get },
        query: request.query_string(),
        body: &body.0,
        content_type: request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()),
    };
    let call = terminal.receive(peer, &raw);
    let outcome = match &call.request {
        Ok(asked) => {
            let at = AtTerminal { name: terminal.name(), limits: terminal.limits() };
            state.service.take_terminal(at, asked).await
        }
        Err(refusal) => {
            tracing::warn!(terminal = terminal.name(), %peer, ?refusal, "a terminal's request was not read");
            if refusal.alerts() {
                state.service.note_forgery(terminal.name(), peer).await;
            }
            Outcome::Refused(*refusal)
        }
    };
    let answer = terminal.answer(&call.echo, &outcome, local_time(state.service.now().instant));
    Ok(HttpResponse::Ok().content_type(answer.content_type).body(answer.body))
}

fn answered(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type(answer.content_type).body(answer.body)
}

async fn sandbox_style(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Trouble> {
    state.service.acquirers.sandbox().ok_or(Wire::NotFound)?;
    Ok(answer::text(&request, "text/css; charset=utf-8", "public, max-age=300", sandbox_page::STYLE.to_owned()))
}

/// The page that plays the bank.
async fn show_sandbox(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Trouble> {
    let sandbox = state.service.acquirers.sandbox().ok_or(Wire::NotFound)?;
    let ticket = sandbox.ticket(request.query_string()).ok_or(Wire::NotFound)?;
    Ok(html(sandbox_page::page(&ticket, request.query_string())))
}

fn html(page: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((header::CONTENT_SECURITY_POLICY, sandbox_page::policy()))
        .body(page)
}

/// The payer chose. The notification goes the way a gateway's would, and the browser goes home.
async fn choose_in_sandbox(state: web::Data<State>, request: HttpRequest, body: Raw) -> Result<HttpResponse, Trouble> {
    let sandbox = Arc::clone(state.service.acquirers.sandbox().ok_or(Wire::NotFound)?);
    let ticket = sandbox.ticket(request.query_string()).ok_or(Wire::NotFound)?;
    let choice = sandbox_page::choice(&body.0).ok_or_else(|| Trouble::field("choice", "invalid"))?;
    if let Some(signed) = sandbox.choose(&ticket, choice, state.service.now().instant) {
        let headers = [(signed.header, signed.signature.as_str())];
        let raw = Notification { body: &signed.body, headers: &headers, query: "" };
        match state.service.take_notification("sandbox", raw).await {
            Ok(_) => {}
            Err(NotTaken::Failed(error)) => return Err(error.into()),
            Err(NotTaken::Unknown | NotTaken::Rejected(_)) => return Err(Wire::Internal.into()),
        }
    }
    if choice == Choice::ClosedTab {
        return Ok(html(sandbox_page::closed(&ticket)));
    }
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, ticket.return_url)).finish())
}
