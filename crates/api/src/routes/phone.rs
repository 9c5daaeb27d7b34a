//! A phone of the profile confirmed: the one short messages go to.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::routes::profile::{phone_verification, told};
use crate::state::State;
use actix_web::{Responder, post, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::profile::{ConfirmPhone, PhoneVerification, Profile, StartPhoneVerification};

/// Have a code sent to a phone
///
/// Six digits go by SMS to one of the profile's phones, which must be saved before; an earlier code is good no more.
/// `getProvider` tells in `sms` whether messages are sent here.
#[utoipa::path(
    operation_id = "startPhoneVerification",
    tag = "me",
    request_body(content = StartPhoneVerification, description = "Which phone."),
    responses(
        (status = 200, description = "The code is on its way.", body = PhoneVerification),
        (status = 409, description = "`contact_absent`: the profile has no such phone; `contact_confirmed`: it is confirmed already; `codes_spent`: as many codes as are sent in a day were sent; `sms_absent`: no messages are sent here.", body = Problem)
    )
)]
#[post("/me/contacts/phone/verification")]
pub async fn start_phone_verification(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<StartPhoneVerification>,
) -> Result<impl Responder, Trouble> {
    let sent = state.service.begin_phone_verification(who.account, &given.0.phone).await?;
    Ok(Answer::ok(phone_verification(sent)))
}

/// Confirm a phone
///
/// By the code of the message. It is good for a few minutes and a few tries, once, and only while the profile has the phone
/// it was sent to. The phone that was confirmed before is told that messages go elsewhere now.
#[utoipa::path(
    operation_id = "confirmPhone",
    tag = "me",
    request_body(content = ConfirmPhone, description = "The code."),
    responses(
        (status = 200, description = "The profile as it is now.", body = Profile),
        (status = 422, description = "`contact_code_wrong`: the code is wrong, used or old.", body = Problem)
    )
)]
#[post("/me/contacts/phone/confirm")]
pub async fn confirm_phone(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<ConfirmPhone>,
) -> Result<impl Responder, Trouble> {
    state.service.confirm_phone(who.account, &given.0.code).await?;
    Ok(Answer::ok(told(state.service.show_profile(who.account).await?)))
}
