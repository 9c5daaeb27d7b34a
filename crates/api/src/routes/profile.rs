//! Who the subscriber is and how to reach them.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, patch, web};
use cabinet_contract::profile::{Profile, ProfileRequest, RequestField, UpdateProfile};
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
/// Members that are absent stay as they are. Phones, e-mail and consents change at once; a new name or address becomes
/// a request to staff, listed in `requests`.
#[utoipa::path(
    operation_id = "updateProfile",
    tag = "me",
    request_body(content = UpdateProfile, description = "What is to change."),
    responses((status = 200, description = "The profile as it is now.", body = Profile))
)]
#[patch("/me/profile")]
pub async fn update_profile(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<UpdateProfile>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.update_profile(who.account, wish(given.0)?).await?)))
}

fn wish(given: UpdateProfile) -> Result<ProfileWish, Trouble> {
    let last_name = needed("last_name", text("last_name", given.last_name, 80)?)?;
    let first_name = needed("first_name", text("first_name", given.first_name, 80)?)?;
    let address = needed("address", text("address", given.address, 200)?)?;
    let email = text("email", given.email, 254)?;
    if email.as_deref().is_some_and(|email| !email.is_empty() && !is_email(email)) {
        return Err(Trouble::field("email", "invalid"));
    }
    Ok(ProfileWish {
        last_name,
        first_name,
        middle_name: text("middle_name", given.middle_name, 80)?,
        address,
        phones: text("phones", given.phones, 120)?,
        email,
        consent_promotions: given.consent_promotions,
        consent_draws: given.consent_draws,
    })
}

/// Without blanks around it, and no longer than it may be.
fn text(name: &str, given: Option<String>, longest: usize) -> Result<Option<String>, Trouble> {
    match given.map(|text| text.trim().to_owned()) {
        Some(text) if text.chars().count() > longest => Err(Trouble::field(name, "too_long")),
        text => Ok(text),
    }
}

fn needed(name: &str, given: Option<String>) -> Result<Option<String>, Trouble> {
    if given.as_deref() == Some("") { Err(Trouble::field(name, "missing")) } else { Ok(given) }
}

/// One `@` between two parts, the second with a dot, no blanks: whether it is reached, only a letter can tell.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let domain_parts = || domain.split('.');
    !name.is_empty()
        && !domain.contains('@')
        && domain_parts().count() > 1
        && domain_parts().all(|part| !part.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'))
}

fn told(facts: ProfileFacts) -> Profile {
    let ProfileFacts { contract, login, profile, requests } = facts;
    let requests = requests.into_iter().map(|request| ProfileRequest {
        field: if request.field == "address" { RequestField::Address } else { RequestField::Name },
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
        consent_promotions: profile.consent_promotions,
        consent_draws: profile.consent_draws,
        requests: requests.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_mail_are_told_from_other_texts() {
        for good in ["ivan@example.com", "іван@приклад.укр", "a.b+c@x.y.z"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["ivan", "@example.com", "ivan@", "ivan@example", "a b@c.d", "a@b@c.d", "a@.d", "a@b.c,d@e.f"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
