//! What a subscriber is told without asking.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, put, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::sms_balance::{SmsBalance, SmsBalanceWishes};
use cabinet_service::notices;

/// The SMS balance
///
/// What is told without asking, by which ways, and where to. What a contract that never wished anything is told of is an
/// offer: nothing is sent before it is switched on.
#[utoipa::path(
    operation_id = "getSmsBalance",
    tag = "me",
    responses((status = 200, description = "The SMS balance.", body = SmsBalance))
)]
#[get("/me/services/sms-balance")]
pub async fn get_sms_balance(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.show_sms_balance(who.account).await?)))
}

/// Change the SMS balance
///
/// At once and free. Messages wait for the morning in quiet hours, 21:00 to 09:00 unless the provider says otherwise.
#[utoipa::path(
    operation_id = "setSmsBalance",
    tag = "me",
    request_body(content = SmsBalanceWishes, description = "All that is wished."),
    responses(
        (status = 200, description = "The SMS balance as it is now.", body = SmsBalance),
        (status = 409, description = "`contact_unconfirmed`: the phone, or the e-mail for letters, must be confirmed first; `sms_absent`, `mail_absent`: none are sent here.", body = Problem)
    )
)]
#[put("/me/services/sms-balance")]
pub async fn set_sms_balance(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<SmsBalanceWishes>,
) -> Result<impl Responder, Trouble> {
    let wished = given.0;
    state.service.set_sms_balance(who.account, wished.enabled, wished.email, wished.wishes()).await?;
    Ok(Answer::ok(told(state.service.show_sms_balance(who.account).await?)))
}

/// As it is told.
pub(crate) fn told(facts: notices::SmsBalance) -> SmsBalance {
    SmsBalance {
        wishes: SmsBalanceWishes::of(facts.sms, facts.email, &facts.wishes),
        phone: facts.phone.map(|phone| phone.to_string()),
        phone_stopped: facts.phone_stopped,
        address: facts.address,
    }
}
