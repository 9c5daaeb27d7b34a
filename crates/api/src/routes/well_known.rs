//! Addresses that stand at the root by convention.

use crate::problem::Trouble;
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpResponse, Responder, get, web};

/// Keys that verify access tokens
///
/// A JSON Web Key Set (RFC 7517): services beside this one check tokens with it by themselves.
#[utoipa::path(
    operation_id = "getKeys",
    tag = "operations",
    responses((status = 200, description = "The public keys.", body = inline(std::collections::BTreeMap<String, Vec<std::collections::BTreeMap<String, String>>>)))
)]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(state: web::Data<State>) -> Result<impl Responder, Trouble> {
    let keys = state.service.jwks().await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(keys))
}

/// Whom to tell of a weakness
///
/// By RFC 9116.
#[utoipa::path(
    operation_id = "getSecurityContact",
    tag = "operations",
    responses((status = 200, description = "Contact and expiry.", body = String, content_type = "text/plain"))
)]
#[get("/.well-known/security.txt")]
pub async fn get_security_contact(state: web::Data<State>) -> impl Responder {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .content_type("text/plain; charset=utf-8")
        .body(state.security_text())
}
