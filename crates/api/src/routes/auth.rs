//! Signing in, staying signed in, signing out, and a forgotten password.

use crate::answer::{Answer, done};
use crate::cookies::{Jar, from_browser, own_origin_only};
use crate::edge::Context;
use crate::extract::{From, Json, MaybeJson, bearer};
use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::texts;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, post, web};
use cabinet_contract::auth::{ConfirmRecovery, Delivery, RecoveryNext, Refresh, SignIn, StartRecovery, Tokens};
use cabinet_contract::problem::Problem;
use cabinet_service::access::{Delivery as Travel, Intent, SignedIn};

/// Seconds a browser is remembered as a device that signed in before.
const DEVICE_SECONDS: i64 = 400 * 24 * 3600;

/// Sign in
///
/// By contract number or a login of one's own. Wrong login and wrong password answer alike. `delivery: body` is for
/// apps; a browser is refused it.
#[utoipa::path(
    operation_id = "signIn",
    tag = "auth",
    request_body(content = SignIn, description = "Who signs in."),
    responses(
        (status = 200, description = "A session; the refresh token stands in the body or in the cookie.", body = Tokens),
        (status = 401, description = "`sign_in_failed`: unknown login or wrong password.", body = Problem),
        (status = 403, description = "`forbidden`: a browser asks for `delivery: body`, or a foreign page asks for a cookie.", body = Problem)
    )
)]
#[post("/auth/sign-in")]
pub async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    from: From,
    given: Json<SignIn>,
) -> Result<HttpResponse, Trouble> {
    let delivery = match given.0.delivery {
        Delivery::Body if from_browser(&request) => return Err(Wire::Forbidden.into()),
        Delivery::Body => Travel::Body,
        Delivery::Cookie => own_origin_only(&request, &state.config).map(|()| Travel::Cookie)?,
    };
    let given = cabinet_service::sign_in::SignIn {
        login: given.0.login,
        password: given.0.password,
        delivery,
        device: Jar::Device.held(&request, &state.config),
        caller: from.0,
    };
    Ok(tokens(&request, &state, state.service.sign_in(given).await?))
}

/// A new access token
///
/// For a refresh token, which is replaced by its successor. The answer travels the way the token came: an app gives it
/// in the body, a browser sends its cookie with the header `X-Cabinet-Client`.
#[utoipa::path(
    operation_id = "renewSession",
    tag = "auth",
    request_body(content = Option<Refresh>, description = "The refresh token of an app; empty for a browser."),
    responses(
        (status = 200, description = "New tokens of the same session.", body = Tokens),
        (status = 401, description = "`unauthenticated`: no refresh token came. `session_ended`: the token is unknown, old, used before, or its session ended.", body = Problem),
        (status = 403, description = "`forbidden`: the cookie was sent by a foreign page.", body = Problem)
    )
)]
#[post("/auth/renew")]
pub async fn renew_session(
    state: web::Data<State>,
    request: HttpRequest,
    from: From,
    given: MaybeJson<Refresh>,
) -> Result<HttpResponse, Trouble> {
    let (token, travel) = match refresh_token(&request, &state, given)? {
        Some(held) => held,
        None => return Err(Wire::Unauthenticated.into()),
    };
    match state.service.renew_session(&token, travel, &from.0).await {
        Ok(signed_in) => Ok(tokens(&request, &state, signed_in)),
        Err(error) => Err(error.into()),
    }
}

/// End the session
///
/// Of the refresh token in the body or the cookie, else of the access token. One who is signed out already is told the
/// same.
#[utoipa::path(
    operation_id = "signOut",
    tag = "auth",
    request_body(content = Option<Refresh>, description = "The refresh token of an app; empty for a browser."),
    responses(
        (status = 204, description = "Signed out; the cookie is taken away."),
        (status = 401, description = "`unauthenticated`: no token came. `session_ended`: the access token's session is over.", body = Problem),
        (status = 403, description = "`forbidden`: the cookie was sent by a foreign page.", body = Problem)
    )
)]
#[post("/auth/sign-out")]
pub async fn sign_out(
    state: web::Data<State>,
    request: HttpRequest,
    given: MaybeJson<Refresh>,
) -> Result<HttpResponse, Trouble> {
    match refresh_token(&request, &state, given)? {
        Some((token, _)) => state.service.sign_out(&token).await?,
        None => {
            let token = bearer(&request).ok_or(Wire::Unauthenticated)?;
            let who = state.service.authorise(token, Intent::Write).await?;
            state.service.sign_out_session(&who).await?;
        }
    }
    let mut answer = done();
    // Polled answers wait in the browser's cache to be asked again; cookies of the provider's other sites are not ours
    // to clear, and language and theme stay with the device.
    answer
        .headers_mut()
        .insert(header::HeaderName::from_static("clear-site-data"), header::HeaderValue::from_static("\"cache\""));
    if Jar::Refresh.held(&request, &state.config).is_some() {
        add(&mut answer, &Jar::Refresh.emptied(&state.config));
    }
    Ok(answer)
}

/// What to do about a forgotten password
///
/// The same answer whoever asks, whatever the login.
#[utoipa::path(
    operation_id = "startRecovery",
    tag = "auth",
    request_body(content = StartRecovery, description = "Whose password."),
    responses(
        (status = 202, description = "What to do next.", body = RecoveryNext),
    )
)]
#[post("/auth/recovery")]
pub async fn start_recovery(
    state: web::Data<State>,
    context: Context,
    from: From,
    given: Json<StartRecovery>,
) -> Result<impl Responder, Trouble> {
    let sent = state.service.start_recovery(&given.0.login, &from.0).await?;
    let phones = state.config.provider.phones.clone();
    Ok(Answer::accepted(RecoveryNext { message: texts::recovery(sent, context.language).to_owned(), phones }))
}

/// A new password for a one-time code
///
/// The code comes from support and holds for a short time and a few tries. Every session ends.
#[utoipa::path(
    operation_id = "confirmRecovery",
    tag = "auth",
    request_body(content = ConfirmRecovery, description = "The code and the password to be."),
    responses(
        (status = 204, description = "The password is set: sign in with it."),
        (status = 422, description = "`code_wrong`; `password_weak` with `details.reasons`.", body = Problem)
    )
)]
#[post("/auth/recovery/confirm")]
pub async fn confirm_recovery(
    state: web::Data<State>,
    from: From,
    given: Json<ConfirmRecovery>,
) -> Result<impl Responder, Trouble> {
    let ConfirmRecovery { login, code, new_password } = given.0;
    state.service.confirm_recovery(&login, &code, &new_password, &from.0).await?;
    Ok(done())
}

/// The refresh token and how it came. A cookie counts only when a page of this origin sent it.
fn refresh_token(
    request: &HttpRequest,
    state: &State,
    given: MaybeJson<Refresh>,
) -> Result<Option<(String, Travel)>, Trouble> {
    if let Some(token) = given.0.and_then(|refresh| refresh.refresh_token) {
        return Ok(Some((token, Travel::Body)));
    }
    match Jar::Refresh.held(request, &state.config) {
        Some(token) => {
            own_origin_only(request, &state.config)?;
            Ok(Some((token, Travel::Cookie)))
        }
        None => Ok(None),
    }
}

/// Tokens, each where it belongs.
pub fn tokens(request: &HttpRequest, state: &State, signed_in: SignedIn) -> HttpResponse {
    let in_body = signed_in.delivery == Travel::Body;
    let body = Tokens {
        access_token: signed_in.access_token,
        token_type: "Bearer".to_owned(),
        expires_in: signed_in.expires_in,
        must_change_password: signed_in.must_change,
        refresh_token: in_body.then(|| signed_in.refresh_token.clone()),
    };
    let mut answer = Answer::ok(body).respond_to(request);
    if !in_body {
        let seconds = state.service.access.settings.idle_days * 24 * 3600;
        add(&mut answer, &Jar::Refresh.filled(&signed_in.refresh_token, seconds, &state.config));
        if let Some(device) = &signed_in.device {
            add(&mut answer, &Jar::Device.filled(device, DEVICE_SECONDS, &state.config));
        }
    }
    answer
}

fn add(answer: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) {
    answer.add_cookie(cookie).expect("a token is of letters a cookie may hold");
}
