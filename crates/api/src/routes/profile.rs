//! Who the subscriber is and how to reach them.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, patch, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::profile::{
    EmailVerification, PhoneVerification, Profile, ProfileRequest, RequestField, UpdateProfile,
};
use cabinet_service::contact_codes::SentCode;
use cabinet_service::show_profile::ProfileFacts;
use cabinet_service::update_profile::ProfileWish;

/// The profile
///
/// Names, address and contacts, and what waits for staff.
#[utoipa::path(
    operation_id = "getProfile",
    tag = "me",
    responses((status = 200, description = "The profile.", body = Profile))
)]
#[get("/me/profile")]
pub async fn get_profile(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.show_profile(who.account).await?)))
}

/// Change the profile
///
/// Members that are absent stay as they are. Phones, e-mail and consents change at once, the former two only with the
/// present password; a new name or address becomes a request to staff, listed in `requests`.
#[utoipa::path(
    operation_id = "updateProfile",
    tag = "me",
    request_body(content = UpdateProfile, description = "What is to change."),
    responses(
        (status = 200, description = "The profile as it is now.", body = Profile),
        (status = 422, description = "`password_needed`: phones or the e-mail would change; `password_wrong`.", body = Problem)
    )
)]
#[patch("/me/profile")]
pub async fn update_profile(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<UpdateProfile>,
) -> Result<impl Responder, Trouble> {
    let (wish, password) = wish(given.0);
    Ok(Answer::ok(told(state.service.update_profile(&who.who, wish, password.as_deref()).await?)))
}

fn wish(given: UpdateProfile) -> (ProfileWish, Option<String>) {
    let wish = ProfileWish {
        last_name: given.last_name,
        first_name: given.first_name,
        middle_name: given.middle_name,
        address: given.address,
        phones: given.phones,
        email: given.email,
        consent_promotions: given.consent_promotions,
        consent_draws: given.consent_draws,
    };
    (wish, given.password)
}

/// The profile as it is told to its owner and to staff.
pub(crate) fn told(facts: ProfileFacts) -> Profile {
    let ProfileFacts { contract, login, profile, requests, email, phone } = facts;
    let requests = requests.into_iter().map(|request| ProfileRequest {
        field: RequestField::from_code(&request.field),
        wish: request.wish,
        created_at: request.created_at,
    });
    Profile {
        contract,
        login,
        last_name: profile.last_name,
        first_name: profile.first_name,
        middle_name: profile.middle_name,
        address: profile.address,
        phones: profile.phones,
        email: profile.email,
        email_confirmed: email.state.confirmed_at.is_some(),
        email_failing: email.state.failing_since.is_some(),
        email_bills: email.state.bills,
        email_verification: email.sent.map(verification),
        sms_phones: phone.known.iter().map(ToString::to_string).collect(),
        sms_phone: phone.confirmed.map(|phone| phone.to_string()),
        sms_phone_stopped: phone.stopped,
        phone_verification: phone.sent.map(phone_verification),
        consent_promotions: profile.consent_promotions,
        consent_draws: profile.consent_draws,
        requests: requests.collect(),
    }
}

/// A code on its way to a phone, as it is told.
pub(super) fn phone_verification(sent: SentCode) -> PhoneVerification {
    let SentCode { address, sent_at, expires_at, again_at } = sent;
    PhoneVerification { phone: format!("+{address}"), sent_at, expires_at, again_at }
}

/// A code on its way, as it is told.
pub(super) fn verification(sent: SentCode) -> EmailVerification {
    let SentCode { address, sent_at, expires_at, again_at } = sent;
    EmailVerification { email: address, sent_at, expires_at, again_at }
}
