//! The catalogue and the policy: read whole, edited, sent back whole with the revision that was read.

use crate::answer::Answer;
use crate::extract::Json;
use crate::problem::Trouble;
use crate::staff::{Manager, Staff};
use crate::state::State;
use actix_web::{Responder, get, put, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::staff_catalogue::{EditedCatalogue, ReplaceCatalogue};
use cabinet_contract::staff_policy::{EditedPolicy, PolicySettings, ReplacePolicy};
use cabinet_core::Month;
use cabinet_core::policy::PolicyWrong;
use cabinet_core::tariff::CatalogueWrong;

/// The catalogue as it is edited
///
/// Every tariff in the order it is shown, those that are no longer offered too, with the fees of the next month: a changed
/// fee holds from its 1st. Whoever edits it sends it back by `replaceCatalogue` with its `revision`.
#[utoipa::path(
    operation_id = "getCatalogue",
    tag = "staff",
    responses((status = 200, description = "The catalogue.", body = EditedCatalogue))
)]
#[get("/staff/catalogue")]
pub async fn get_catalogue(state: web::Data<State>, _who: Staff<Manager>) -> Result<impl Responder, Trouble> {
    catalogue(&state).await
}

/// Replace the catalogue
///
/// As `cabinet catalogue import` does, whole or not at all: new tariffs are added, names, speeds, order and offers replaced;
/// a fee that differs is announced for `fees_from` and leaves the present month alone; a tariff that is missing is kept for
/// those who have it, but no longer offered. What stands already is answered as it stands, so it may be repeated.
#[utoipa::path(
    operation_id = "replaceCatalogue",
    tag = "staff",
    request_body(content = ReplaceCatalogue, description = "The whole catalogue, and the revision that was edited."),
    responses(
        (status = 200, description = "The catalogue, at its new revision.", body = EditedCatalogue),
        (status = 409, description = "`edit_stale`: it changed since it was read, or the month did.", body = Problem)
    )
)]
#[put("/staff/catalogue")]
pub async fn replace_catalogue(
    state: web::Data<State>,
    who: Staff<Manager>,
    given: Json<ReplaceCatalogue>,
) -> Result<impl Responder, Trouble> {
    let revision = given.0.revision.clone();
    let wished = given.0.catalogue(Month::of(state.service.now().today));
    wished.check().map_err(of_catalogue)?;
    state.service.replace_catalogue(who.actor(), &wished, &revision).await?;
    catalogue(&state).await
}

/// The policy as it is edited
///
/// Prices, days and limits of the business rules, as they are in force. Whoever edits them sends them back by
/// `replacePolicy` with their `revision`.
#[utoipa::path(
    operation_id = "getPolicy",
    tag = "staff",
    responses((status = 200, description = "The policy in force.", body = EditedPolicy))
)]
#[get("/staff/policy")]
pub async fn get_policy(state: web::Data<State>, _who: Staff<Manager>) -> Result<impl Responder, Trouble> {
    policy(&state).await
}

/// Replace the policy
///
/// In force at once, whole or not at all: quotes made before no longer hold. Every setting is needed. What is in force
/// already is answered as it stands, so it may be repeated.
#[utoipa::path(
    operation_id = "replacePolicy",
    tag = "staff",
    request_body(content = ReplacePolicy, description = "The whole policy, and the revision that was edited."),
    responses(
        (status = 200, description = "The policy, at its new revision.", body = EditedPolicy),
        (status = 409, description = "`edit_stale`: it changed since it was read.", body = Problem)
    )
)]
#[put("/staff/policy")]
pub async fn replace_policy(
    state: web::Data<State>,
    who: Staff<Manager>,
    given: Json<ReplacePolicy>,
) -> Result<impl Responder, Trouble> {
    let wished = given.0.settings.policy().map_err(|name| Trouble::field(&format!("settings.{name}"), "invalid"))?;
    wished.check().map_err(of_policy)?;
    state.service.replace_policy(who.actor(), &wished, &given.0.revision).await?;
    policy(&state).await
}

async fn catalogue(state: &State) -> Result<Answer<EditedCatalogue>, Trouble> {
    let (read, from) = state.service.show_catalogue().await?;
    Ok(Answer::ok(EditedCatalogue::of(read.revision, &read.document, from)))
}

async fn policy(state: &State) -> Result<Answer<EditedPolicy>, Trouble> {
    let read = state.service.show_policy().await?;
    Ok(Answer::ok(EditedPolicy { revision: read.revision, settings: PolicySettings::of(&read.document) }))
}

fn of_catalogue(wrong: CatalogueWrong) -> Trouble {
    let field = wrong.place.map_or_else(|| wrong.part.to_owned(), |place| format!("tariffs[{place}].{}", wrong.part));
    Trouble::field(&field, "invalid").with("why", &wrong.why)
}

fn of_policy(wrong: PolicyWrong) -> Trouble {
    Trouble::field(&format!("settings.{}", wrong.name), "invalid").with("why", &wrong.what)
}
