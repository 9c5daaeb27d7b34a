//! How the caller's connection stands.

use crate::answer::Answer;
use crate::extract::Subscriber;
use crate::problem::Trouble;
use crate::state::State;
use crate::views;
use actix_web::{Responder, get, web};
use cabinet_contract::network::Network;

/// The connection of the caller
///
/// What the network is to give now and whether it does: Turbo, a pause, an address or a payment reach the routers a moment
/// after they are confirmed. Sessions and traffic as far as routers tell of them. Poll it with `If-None-Match`.
#[utoipa::path(
    operation_id = "getNetwork",
    tag = "services",
    responses((status = 200, description = "The connection.", body = Network))
)]
#[get("/me/network")]
pub async fn get_network(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    let facts = state.service.show_network(who.account).await?;
    Ok(Answer::polled(views::network(facts)))
}
