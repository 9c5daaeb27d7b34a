//! The manual.

use crate::answer::Answer;
use crate::edge::Context;
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, web};
use cabinet_contract::help::Help;

/// The manual
///
/// In the language of `Accept-Language`; the section `about` comes first. Numbers are those of the policy in force.
#[utoipa::path(
    operation_id = "getHelp",
    tag = "support",
    responses((status = 200, description = "The sections of the manual in order.", body = Help))
)]
#[get("/help")]
pub async fn get_help(state: web::Data<State>, context: Context) -> Result<impl Responder, Trouble> {
    let ground = state.service.ground().await?;
    Ok(Answer::ok(state.manual.tell(context.language, &ground.policy)))
}
