//! What every request meets first and every answer last: an id, the language, headers, faults, the log.

use crate::extract::{client_address, language};
use crate::problem::{Trouble, Wire};
use crate::request_rate::Allowance;
use crate::state::State;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use cabinet_contract::{REQUEST_ID, paths};
use cabinet_core::{Language, Refusal};
use futures_util::FutureExt;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Instant;
use uuid::Uuid;

/// What an answer must know of its request.
#[derive(Clone, Debug)]
pub struct Context {
    /// Names the request in the log and in problems.
    pub request_id: String,
    /// Of the answer's texts.
    pub language: Language,
    /// Without the query, which may hold what no log should.
    pub path: String,
    /// Whether the world comes by https.
    pub secure: bool,
    /// The policy of the client's pages.
    pub client_policy: HeaderValue,
    /// Where the caller's address stands, for operations of the API.
    pub allowance: Option<Allowance>,
}

/// The client's policy: its own scripts and styles only, wasm allowed to compile, never framed; forms go to itself and
/// to the gateways that take payments by a form.
pub fn client_policy(form_origins: &[&str]) -> HeaderValue {
    let forms: String = form_origins.iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'{forms}; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'"
    );
    HeaderValue::try_from(policy).expect("origins of checked settings are header text")
}

/// Swagger UI sets styles on its elements; it runs no inline script.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'; object-src 'none'";
/// An answer of the API shows nothing at all.
const API_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The outermost layer.
pub async fn edge<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let context = Rc::new(context(&request));
    request.extensions_mut().insert(Rc::clone(&context));
    let method = request.method().clone();
    if method == Method::HEAD {
        // Whatever answers GET answers HEAD; the connection leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let state = request.app_data::<Data<State>>().cloned();
    let over = context.allowance.filter(|allowance| allowance.exceeded);
    let outcome = match over {
        Some(allowance) => {
            Ok(Err(Trouble::from(Refusal::Throttled { retry_after_seconds: allowance.resets_in }).into()))
        }
        None => AssertUnwindSafe(next.call(request)).catch_unwind().await,
    };
    let outcome = match outcome {
        Ok(Ok(response)) => Ok(finish(response.map_into_boxed_body(), &context)),
        Ok(Err(error)) => Err(Finished::new(&error, &context).into()),
        Err(panic) => {
            tracing::error!(
                request_id = context.request_id,
                path = context.path,
                panic = told(&*panic),
                "a handler panicked"
            );
            Err(Finished::of(&Trouble::wire(Wire::Internal), &context).into())
        }
    };
    let status =
        outcome.as_ref().map_or_else(|error: &Error| error.as_response_error().status_code(), ServiceResponse::status);
    if let Some(state) = state {
        let route = outcome.as_ref().ok().and_then(|response| response.request().match_pattern());
        state.metrics.count(&method, route.as_deref(), status.as_u16(), started.elapsed());
    }
    tracing::info!(
        request_id = context.request_id,
        method = %method,
        path = context.path,
        status = status.as_u16(),
        milliseconds = started.elapsed().as_millis() as u64,
        "answered"
    );
    outcome
}

#[allow(clippy::disallowed_methods, reason = "a request's name in the log is no part of a history that must repeat")]
fn context(request: &ServiceRequest) -> Context {
    let state = request.app_data::<Data<State>>();
    let path = request.path();
    // Gateways and terminals must hear their own words, however many of them come; they are known by signature and list.
    let exempt = matches!(path, paths::HEALTH_LIVE | paths::HEALTH_READY) || path.starts_with(paths::GATEWAYS);
    let counted = path.starts_with(paths::BASE) && !exempt;
    let allowance = state.filter(|_| counted).and_then(|state| {
        let address = client_address(request.peer_addr(), request.headers(), &state.config.proxies);
        state.rate.count(address, state.service.clock.now())
    });
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    });
    Context {
        request_id: given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned),
        language: language(
            request.headers(),
            state.map_or(&Language::ALL[..], |state| &state.config.provider.languages),
        ),
        path: path.to_owned(),
        secure: state.is_some_and(|state| state.config.secure()),
        client_policy: state.map_or_else(|| client_policy(&[]), |state| state.client_policy.clone()),
        allowance,
    }
}

/// Words the trouble an answer carries, and dresses it.
fn finish(response: ServiceResponse<BoxBody>, context: &Context) -> ServiceResponse<BoxBody> {
    let trouble = match response.response().error() {
        Some(error) => Some(trouble_of(error)),
        None => bare_trouble(&response),
    };
    let mut response = match trouble {
        Some(trouble) => {
            let worded = trouble.answer(context);
            response.into_response(worded)
        }
        None => response,
    };
    dress(response.headers_mut(), context);
    response
}

fn trouble_of(error: &Error) -> Trouble {
    match error.as_error::<Trouble>() {
        Some(trouble) => trouble.clone(),
        None => by_status(error.as_response_error().status_code()),
    }
}

/// An error answered without a word, by actix itself or by Swagger UI's files.
fn bare_trouble(response: &ServiceResponse<BoxBody>) -> Option<Trouble> {
    let status = response.status();
    let silent = !response.headers().contains_key(header::CONTENT_TYPE);
    (silent && (status.is_client_error() || status.is_server_error())).then(|| by_status(status))
}

fn by_status(status: StatusCode) -> Trouble {
    Trouble::wire(match status {
        StatusCode::NOT_FOUND => Wire::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Wire::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Wire::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Wire::UnsupportedMediaType,
        StatusCode::SERVICE_UNAVAILABLE => Wire::Unavailable,
        status if status.is_client_error() => Wire::BadPath,
        _ => Wire::Internal,
    })
}

/// The headers of every answer, whatever it is.
fn dress(headers: &mut HeaderMap, context: &Context) {
    let in_docs = context.path.starts_with(paths::DOCS);
    let in_api = context.path.starts_with("/api/") || context.path.starts_with("/.well-known/");
    let policy = match () {
        () if in_docs => HeaderValue::from_static(DOCS_POLICY),
        () if in_api => HeaderValue::from_static(API_POLICY),
        () => context.client_policy.clone(),
    };
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let mut put = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    put("x-content-type-options", "nosniff");
    put("referrer-policy", "no-referrer");
    put("cross-origin-opener-policy", "same-origin");
    put("cross-origin-resource-policy", "same-origin");
    put("x-frame-options", "DENY");
    put("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if context.secure {
        put("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let told = [
        ("x-request-id", Some(context.request_id.clone())),
        ("ratelimit-policy", context.allowance.map(|allowance| allowance.policy())),
        ("ratelimit", context.allowance.map(|allowance| allowance.limit())),
    ];
    for (name, value) in told {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// An answer made where no response of the inner layers is left to dress.
#[derive(Clone)]
struct Finished {
    trouble: Trouble,
    context: Context,
}

impl Finished {
    fn new(error: &Error, context: &Context) -> Finished {
        Finished::of(&trouble_of(error), context)
    }

    fn of(trouble: &Trouble, context: &Context) -> Finished {
        Finished { trouble: trouble.clone(), context: context.clone() }
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.trouble, out)
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.trouble, out)
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.trouble.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = self.trouble.answer(&self.context);
        dress(answer.headers_mut(), &self.context);
        answer
    }
}

/// What a panic said.
fn told(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a word")
}
