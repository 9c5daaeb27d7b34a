//! The e-mail of the profile confirmed, and bills sent there.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::routes::profile::{told, verification};
use crate::state::State;
use actix_web::{Responder, post, put, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::profile::{ConfirmEmail, EmailBills, EmailVerification, Profile};

/// Have a code sent to the e-mail
///
/// Six digits go to the e-mail of the profile, which must be saved before; an earlier code is good no more. `getProvider`
/// tells in `mail` whether letters are sent here.
#[utoipa::path(
    operation_id = "startEmailVerification",
    tag = "me",
    responses(
        (status = 200, description = "The code is on its way.", body = EmailVerification),
        (status = 409, description = "`contact_absent`: the profile has no e-mail; `contact_confirmed`: it is confirmed already; `codes_spent`: as many codes as are sent in a day were sent; `mail_absent`: no letters are sent here.", body = Problem),
        (status = 422, description = "`invalid`: no letter can be sent to such an address.", body = Problem)
    )
)]
#[post("/me/contacts/email/verification")]
pub async fn start_email_verification(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(verification(state.service.begin_verification(who.account).await?)))
}

/// Confirm the e-mail
///
/// By the code of the letter. It is good for a few minutes and a few tries, once, and only while the profile has the
/// e-mail it was sent to.
#[utoipa::path(
    operation_id = "confirmEmail",
    tag = "me",
    request_body(content = ConfirmEmail, description = "The code."),
    responses(
        (status = 200, description = "The profile as it is now.", body = Profile),
        (status = 409, description = "`contact_absent`: the profile has no e-mail.", body = Problem),
        (status = 422, description = "`contact_code_wrong`: the code is wrong, used or old.", body = Problem)
    )
)]
#[post("/me/contacts/email/confirm")]
pub async fn confirm_email(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<ConfirmEmail>,
) -> Result<impl Responder, Trouble> {
    state.service.confirm_contact(who.account, &given.0.code).await?;
    Ok(Answer::ok(told(state.service.show_profile(who.account).await?)))
}

/// Bills by e-mail
///
/// At once and free; they go out on the 1st while the e-mail is confirmed. Each letter holds a link that switches them
/// off.
#[utoipa::path(
    operation_id = "switchEmailBills",
    tag = "me",
    request_body(content = EmailBills, description = "What is wished."),
    responses(
        (status = 200, description = "The profile as it is now.", body = Profile),
        (status = 409, description = "`contact_unconfirmed`: the e-mail must be confirmed first.", body = Problem)
    )
)]
#[put("/me/services/email-bills")]
pub async fn switch_email_bills(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<EmailBills>,
) -> Result<impl Responder, Trouble> {
    state.service.switch_email_bills(who.account, given.0.enabled).await?;
    Ok(Answer::ok(told(state.service.show_profile(who.account).await?)))
}
