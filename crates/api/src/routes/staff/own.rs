//! A member of staff, as they see themselves.

use crate::answer::Answer;
use crate::extract::Json;
use crate::problem::Trouble;
use crate::routes::auth::tokens;
use crate::staff::{Anyone, Staff, StaffHolder};
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, put, web};
use cabinet_contract::auth::{ChangePassword, Tokens};
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::StaffMember;

/// Who is signed in
///
/// The member of staff, with the present role.
#[utoipa::path(
    operation_id = "getStaffMember",
    tag = "staff",
    responses((status = 200, description = "The member of staff.", body = StaffMember))
)]
#[get("/staff/me")]
pub async fn get_staff_member(state: web::Data<State>, who: Staff<Anyone>) -> Result<impl Responder, Trouble> {
    let member = state.service.show_staff(who.id).await?;
    Ok(Answer::ok(StaffMember {
        id: member.id,
        login: member.login,
        name: member.name,
        role: who.role,
        created_at: member.created_at,
    }))
}

/// Change the password
///
/// Other sessions end; this one gets new tokens, the refresh token the way the session has it. The one operation,
/// besides signing out, that a first password is good for.
#[utoipa::path(
    operation_id = "changeStaffPassword",
    tag = "staff",
    request_body(content = ChangePassword, description = "The present password and the one to be."),
    responses(
        (status = 200, description = "New tokens of this session.", body = Tokens),
        (status = 422, description = "`password_wrong`; `password_weak` with `details.reasons`.", body = Problem)
    )
)]
#[put("/staff/password")]
pub async fn change_staff_password(
    state: web::Data<State>,
    request: HttpRequest,
    who: StaffHolder,
    given: Json<ChangePassword>,
) -> Result<impl Responder, Trouble> {
    let signed_in = state.service.change_password(&who.0, &given.0.old_password, &given.0.new_password).await?;
    Ok(tokens(&request, &state, signed_in))
}
