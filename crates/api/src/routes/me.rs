//! The header, the password and the login.

use crate::answer::{Answer, done};
use crate::edge::Context;
use crate::extract::{Holder, Json, Subscriber};
use crate::problem::Trouble;
use crate::routes::auth::tokens;
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, get, put, web};
use cabinet_contract::account::Overview;
use cabinet_contract::auth::{ChangeLogin, ChangePassword, Tokens};
use cabinet_contract::problem::Problem;

/// The header of every page
///
/// Contract, balance, tariff, standing, how long the money lasts and what is planned. Poll it with `If-None-Match`.
#[utoipa::path(
    operation_id = "getOverview",
    tag = "me",
    responses((status = 200, description = "The header.", body = Overview))
)]
#[get("/me")]
pub async fn get_overview(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.show_overview(who.account).await?;
    Ok(Answer::polled(Teller::new(&state, &context).await?.overview(&facts)))
}

/// Change the password
///
/// Other sessions end; this one gets new tokens, the refresh token the way the session has it. The one operation,
/// besides signing out, that a first password is good for.
#[utoipa::path(
    operation_id = "changePassword",
    tag = "me",
    request_body(content = ChangePassword, description = "The present password and the one to be."),
    responses(
        (status = 200, description = "New tokens of this session.", body = Tokens),
        (status = 422, description = "`password_wrong`; `password_weak` with `details.reasons`.", body = Problem)
    )
)]
#[put("/me/password")]
pub async fn change_password(
    state: web::Data<State>,
    request: HttpRequest,
    who: Holder,
    given: Json<ChangePassword>,
) -> Result<impl Responder, Trouble> {
    let signed_in = state.service.change_password(&who.0, &given.0.old_password, &given.0.new_password).await?;
    Ok(tokens(&request, &state, signed_in))
}

/// Set a login of one's own
///
/// 3 to 32 Latin letters, digits, dots, hyphens and underscores, beginning with a letter; the contract number goes on
/// working. Every other session ends.
#[utoipa::path(
    operation_id = "changeLogin",
    tag = "me",
    request_body(content = ChangeLogin, description = "The login to be and the present password."),
    responses(
        (status = 204, description = "The login is set."),
        (status = 409, description = "`login_taken`: by another contract.", body = Problem),
        (status = 422, description = "`login_invalid`; `password_wrong`.", body = Problem)
    )
)]
#[put("/me/login")]
pub async fn change_login(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<ChangeLogin>,
) -> Result<impl Responder, Trouble> {
    state.service.change_login(&who.who, &given.0.login, &given.0.password).await?;
    Ok(done())
}
