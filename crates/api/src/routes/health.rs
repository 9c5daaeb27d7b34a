//! For those who run the server.

use crate::answer::Answer;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use actix_web::{Responder, get, web};
use cabinet_contract::account::Health;

/// Whether the process answers
///
/// Touches nothing but the process itself: restart it when this fails.
#[utoipa::path(
    operation_id = "getLiveness",
    tag = "operations",
    responses((status = 200, description = "It answers.", body = Health))
)]
#[get("/health/live")]
pub async fn get_liveness(state: web::Data<State>) -> impl Responder {
    Answer::ok(Health { status: "ok".to_owned(), time: state.service.now().instant })
}

/// Whether the process can serve
///
/// The database answers and the process is not about to end: send requests elsewhere while this fails.
#[utoipa::path(
    operation_id = "getReadiness",
    tag = "operations",
    responses((status = 200, description = "It can serve.", body = Health))
)]
#[get("/health/ready")]
pub async fn get_readiness(state: web::Data<State>) -> Result<impl Responder, Trouble> {
    if state.is_draining() {
        return Err(Wire::Unavailable.into());
    }
    state.service.store.ping().await.map_err(cabinet_service::Error::from)?;
    Ok(Answer::ok(Health { status: "ok".to_owned(), time: state.service.now().instant }))
}
