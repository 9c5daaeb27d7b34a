//! Where one is signed in.

use crate::answer::{Answer, done};
use crate::extract::{Path, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, delete, get, post, web};
use cabinet_contract::session::{Session, Sessions};
use uuid::Uuid;

/// Where one is signed in
///
/// Live sessions, the last used first; `current` marks the one that asks.
#[utoipa::path(
    operation_id = "listSessions",
    tag = "me",
    responses((status = 200, description = "The sessions.", body = Sessions))
)]
#[get("/me/sessions")]
pub async fn list_sessions(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    let open = state.service.list_sessions(&who.who).await?;
    let items = open.into_iter().map(|session| Session {
        id: session.id,
        current: session.current,
        user_agent: session.user_agent,
        address: session.address,
        created_at: session.created_at,
        last_used_at: session.last_used_at,
    });
    Ok(Answer::ok(Sessions { items: items.collect() }))
}

/// End one session
///
/// At once: its access token is good for nothing from now on.
#[utoipa::path(
    operation_id = "endSession",
    tag = "me",
    params(("id" = Uuid, Path, description = "The session.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 204, description = "Ended."))
)]
#[delete("/me/sessions/{id}")]
pub async fn end_session(state: web::Data<State>, who: Subscriber, id: Path<Uuid>) -> Result<impl Responder, Trouble> {
    state.service.end_session(&who.who, id.0).await?;
    Ok(done())
}

/// End every other session
///
/// This one goes on.
#[utoipa::path(
    operation_id = "signOutOthers",
    tag = "me",
    responses((status = 204, description = "Ended."))
)]
#[post("/me/sessions/sign-out-others")]
pub async fn sign_out_others(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    state.service.sign_out_others(&who.who).await?;
    Ok(done())
}
