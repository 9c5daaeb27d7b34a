//! The provider, told to anyone.

use crate::answer::Answer;
use crate::edge::Context;
use crate::state::State;
use actix_web::{Responder, get, web};
use cabinet_contract::provider::Provider;

/// Who sells the service
///
/// Name, contacts and languages, and what a new password must be, before anyone signs in; in the demo also whom to sign
/// in as.
#[utoipa::path(
    operation_id = "getProvider",
    tag = "provider",
    responses((status = 200, description = "The provider.", body = Provider))
)]
#[get("/provider")]
pub async fn get_provider(state: web::Data<State>, context: Context) -> impl Responder {
    Answer::ok(state.provider(context.language).await)
}
