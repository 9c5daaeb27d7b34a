//! The stream that says when to look again.

use crate::extract::{Subscriber, bearer};
use crate::problem::{Trouble, Wire};
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use cabinet_contract::problem::Problem;

/// What moves on the account
///
/// Server-sent events over an answer that stays open: `changed` says that something about the account moved, by
/// whomever, and its reads are worth repeating; a comment every 20 seconds keeps the connection. The stream ends with the
/// access token; open it again with a new one, and look once, since what moved in between is not told.
#[utoipa::path(
    operation_id = "listenToEvents",
    tag = "me",
    responses(
        (status = 200, description = "The stream. An account's eleventh ends its first.", body = String, content_type = "text/event-stream"),
        (status = 503, description = "`busy`: the server keeps as many streams as it can.", body = Problem)
    )
)]
#[get("/me/events")]
pub async fn listen_to_events(
    state: web::Data<State>,
    who: Subscriber,
    request: HttpRequest,
) -> Result<HttpResponse, Trouble> {
    let ends = state.service.token_ends(bearer(&request).ok_or(Wire::Unauthenticated)?).await?;
    let lasts = (ends - state.service.clock.now()).try_into().unwrap_or_default();
    let stream = state.events.listen(who.account, lasts).map_err(cabinet_service::Error::from)?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(stream))
}
