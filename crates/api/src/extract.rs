//! Who calls, with what: everything is parsed at the door, nobody checks a string again.

use crate::edge::Context;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use cabinet_contract::IDEMPOTENCY_KEY;
use cabinet_core::support::{FILE_MAX, TEXT_MAX};
use cabinet_core::{Language, Refusal};
use cabinet_service::RequestKey;
use cabinet_service::access::{Caller, Intent, Principal};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use ipnet::IpNet;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use utoipa::IntoParams;
use uuid::Uuid;

/// No body of the API comes near this.
const BODY_LIMIT: usize = 64 * 1024;
/// No register that is sent comes near this; larger ones are taken in at the console.
const UPLOAD_LIMIT: usize = 1024 * 1024;
/// How long a body may take to arrive.
const BODY_PATIENCE: Duration = Duration::from_secs(20);
/// The same of a file, which a telephone may send.
const FILE_PATIENCE: Duration = Duration::from_secs(120);
/// No text of the API is longer.
const TEXT_LIMIT: usize = 1024;

/// The context the edge made for this request.
pub fn context(request: &HttpRequest) -> Rc<Context> {
    request.extensions().get::<Rc<Context>>().cloned().expect("every request passes the edge")
}

/// The server's state.
pub fn state(request: &HttpRequest) -> &Data<State> {
    request.app_data::<Data<State>>().expect("every app carries its state")
}

/// The language of the answer: the caller's most wished one among those spoken here, else Ukrainian.
pub fn language(headers: &HeaderMap, spoken: &[Language]) -> Language {
    wished(headers, spoken).unwrap_or_default()
}

/// The caller's most wished language among those spoken here; any other, or any at all, is no wish.
fn wished(headers: &HeaderMap, spoken: &[Language]) -> Option<Language> {
    let wishes = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, None);
    for wish in wishes.split(',') {
        let mut parts = wish.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = match parts.find_map(|part| part.trim().strip_prefix("q=")) {
            Some(text) => text.parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0),
            None => 1.0,
        };
        let code = tag.split('-').next().unwrap_or_default();
        let language = Language::from_code(code).filter(|language| spoken.contains(language));
        if weight > best.0 && (language.is_some() || code == "*") {
            best = (weight, language);
        }
    }
    best.1
}

/// The language the caller asks for, if it is spoken here: what a document is written in before the account's own.
pub struct Wished(pub Option<Language>);

impl FromRequest for Wished {
    type Error = Trouble;
    type Future = Ready<Result<Wished, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Wished(wished(request.headers(), &state(request).config.provider.languages))))
    }
}

impl FromRequest for Context {
    type Error = Trouble;
    type Future = Ready<Result<Context, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Context::clone(&context(request))))
    }
}

/// Where a request comes from; a proxy's word counts only from configured proxies.
pub struct From(pub Caller);

impl FromRequest for From {
    type Error = Trouble;
    type Future = Ready<Result<From, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        ready(Ok(From(Caller {
            address: client_address(request.peer_addr(), request.headers(), &state(request).config.proxies),
            user_agent: user_agent.unwrap_or_default().to_owned(),
        })))
    }
}

/// Whichever subscriber holds a good access token, be their password the first one still: good for changing it.
pub struct Holder(pub Principal);

impl FromRequest for Holder {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Holder, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = holder(&request).await?;
            if who.owner.account().is_some() { Ok(Holder(who)) } else { Err(Refusal::NotPermitted.into()) }
        })
    }
}

/// A subscriber past the first password. What is asked of the use cases with `account` is that account's only.
pub struct Subscriber {
    /// The account.
    pub account: Uuid,
    /// The account and the session it is asked from.
    pub who: Principal,
}

impl FromRequest for Subscriber {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Subscriber, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = holder(&request).await?.settled()?;
            let account = who.owner.account().ok_or(Refusal::NotPermitted)?;
            Ok(Subscriber { account, who })
        })
    }
}

pub(crate) async fn holder(request: &HttpRequest) -> Result<Principal, Trouble> {
    let token = bearer(request).ok_or(Wire::Unauthenticated)?;
    let intent = if request.method().is_safe() { Intent::Read } else { Intent::Write };
    Ok(state(request).service.authorise(token, intent).await?)
}

/// The last hop that is not one of ours. Whatever stands further left, the client may have written itself.
pub fn client_address(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let ours = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    let mut address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip()).to_canonical();
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !ours(address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// The access token of `Authorization: Bearer`.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A JSON body of exactly the fields of `T`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Json<T>, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            // The declared type is weighed before the body is waited for.
            is_json(&request)?;
            let body = whole(&request, payload, BODY_LIMIT).await?;
            parse(&body).map(Json)
        })
    }
}

/// A body as it came.
pub struct Raw(pub Vec<u8>);

impl FromRequest for Raw {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Raw, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move { whole(&request, payload, BODY_LIMIT).await.map(Raw) })
    }
}

/// A file of a table, as a bank gives it.
pub struct Upload(pub Vec<u8>);

impl FromRequest for Upload {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Upload, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            if !request.content_type().trim().eq_ignore_ascii_case("text/csv") {
                return Err(Wire::UnsupportedMediaType.into());
            }
            whole(&request, payload, UPLOAD_LIMIT).await.map(Upload)
        })
    }
}

/// A file for support: what it is, its bytes will tell.
pub struct SentFile(pub Vec<u8>);

impl FromRequest for SentFile {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<SentFile, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            if !request.content_type().trim().eq_ignore_ascii_case("application/octet-stream") {
                return Err(Wire::UnsupportedMediaType.into());
            }
            within(&request, payload, FILE_MAX, FILE_PATIENCE).await.map(SentFile)
        })
    }
}

/// A JSON body, or none at all.
pub struct MaybeJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for MaybeJson<T> {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<MaybeJson<T>, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let body = whole(&request, payload, BODY_LIMIT).await?;
            if body.is_empty() {
                return Ok(MaybeJson(None));
            }
            is_json(&request)?;
            if body.trim_ascii() == b"null" {
                return Ok(MaybeJson(None));
            }
            parse(&body).map(|value| MaybeJson(Some(value)))
        })
    }
}

fn is_json(request: &HttpRequest) -> Result<(), Trouble> {
    let essence = request.content_type().trim().to_ascii_lowercase();
    if essence == "application/json" { Ok(()) } else { Err(Wire::UnsupportedMediaType.into()) }
}

async fn whole(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Vec<u8>, Trouble> {
    within(request, payload, limit, BODY_PATIENCE).await
}

async fn within(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
    patience: Duration,
) -> Result<Vec<u8>, Trouble> {
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > limit) {
        return Err(Wire::TooLarge.into());
    }
    let mut body = Vec::new();
    let arrival = async {
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Trouble::wire(Wire::BadJson))?;
            if body.len() + chunk.len() > limit {
                return Err(Trouble::wire(Wire::TooLarge));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    tokio::time::timeout(patience, arrival).await.map_err(|_| Trouble::wire(Wire::TooSlow))??;
    Ok(body)
}

/// Syntax first (400), then fields (422).
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Trouble::wire(Wire::BadJson))?;
    // Read as a struct, a list would be taken for its fields in order.
    if !value.is_object() {
        return Err(Trouble::field("body", "wrong_type"));
    }
    check_texts(&value, "body")?;
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        let named = || message.split('`').nth(1).unwrap_or_default().to_owned();
        // A member that is unknown stands in the path already, one that is missing does not.
        let within = |name: String| if matches!(path.as_str(), "." | "?") { name } else { format!("{path}.{name}") };
        if message.starts_with("duplicate field") {
            Trouble::wire(Wire::BadJson).with("fields", &serde_json::json!({ named(): "duplicate" }))
        } else if message.starts_with("unknown field") {
            let name = named();
            Trouble::field(if path.ends_with(&name) { &path } else { &name }, "unknown")
        } else if message.starts_with("missing field") {
            Trouble::field(&within(named()), "missing")
        } else if message.starts_with("invalid type") {
            Trouble::field(&path, "wrong_type")
        } else {
            Trouble::field(&path, "invalid")
        }
    })
}

/// The most characters of a text, where no rule of its field says less.
fn longest(name: &str) -> usize {
    match name {
        "login" | "code" => 64,
        "tariff" | "method" => 40,
        "text" => TEXT_MAX,
        _ => TEXT_LIMIT,
    }
}

/// A control character has no place in any text here, but for the ends of lines where there may be several; PostgreSQL
/// keeps no NUL.
fn misplaced(c: char, name: &str) -> bool {
    c.is_control() && !(name == "text" && matches!(c, '\n' | '\r' | '\t'))
}

fn check_texts(value: &Value, path: &str) -> Result<(), Trouble> {
    match value {
        Value::String(text) if text.chars().any(|c| misplaced(c, path)) => Err(Trouble::field(path, "invalid")),
        Value::String(text) if text.chars().count() > longest(path) => Err(Trouble::field(path, "too_long")),
        Value::Array(items) => items.iter().try_for_each(|item| check_texts(item, path)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| check_texts(value, name)),
        _ => Ok(()),
    }
}

/// The query, exactly of the fields of `T`.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Trouble;
    type Future = Ready<Result<Query<T>, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            web::Query::<T>::from_query(request.query_string())
                .map(|query| Query(query.into_inner()))
                .map_err(|_| Wire::BadQuery.into()),
        )
    }
}

/// A part of the path.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Trouble;
    type Future = Ready<Result<Path<T>, Trouble>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<T>::from_request(request, payload).into_inner();
        ready(path.map(|path| Path(path.into_inner())).map_err(|_| Wire::BadPath.into()))
    }
}

/// The key that makes a request harmless to repeat, bare or quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl FromRequest for IdempotencyKey {
    type Error = Trouble;
    type Future = Ready<Result<IdempotencyKey, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut given = request.headers().get_all(IDEMPOTENCY_KEY);
        let key = match (given.next(), given.next()) {
            (Some(value), None) => value.to_str().ok().and_then(parse_key),
            _ => None,
        };
        ready(key.map(IdempotencyKey).ok_or_else(|| Wire::BadKey.into()))
    }
}

impl IdempotencyKey {
    /// The key with what it is for, the body included.
    pub fn of_body<T: Serialize>(self, request: &HttpRequest, body: &T) -> RequestKey {
        let body = serde_json::to_string(body).expect("a value of the contract is always JSON");
        RequestKey { key: self.0, request: format!("{} {} {body}", request.method(), request.path()) }
    }

    /// The key with what it is for, where there is no body: method and path say everything.
    pub fn of(self, request: &HttpRequest) -> RequestKey {
        RequestKey { key: self.0, request: format!("{} {}", request.method(), request.path()) }
    }
}

/// The header of an operation that is harmless to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "it describes the header to the document")]
pub struct Keyed {
    /// The caller's own, 1 to 255 characters: the same key gives the first answer again.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        example = "5f0c2c9e-6d7a-4b61-9a0e-2f6f6f0f3c11"
    )]
    key: String,
}

fn parse_key(text: &str) -> Option<String> {
    let text = text.trim();
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let printable = key.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'"');
    (printable && (1..=255).contains(&key.len())).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use cabinet_contract::auth::SignIn;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn the_most_wished_language_wins() {
        let spoken = |wishes| language(&headers("accept-language", wishes), &Language::ALL);
        assert_eq!(spoken("de, en;q=0.7, ru;q=0.8"), Language::Ru);
        assert_eq!(spoken("en-GB,en;q=0.9"), Language::En);
        assert_eq!(spoken("de,*;q=0.1"), Language::Uk);
        assert_eq!(spoken("en;q=0"), Language::Uk);
        assert_eq!(spoken("en;q=NaN,ru;q=0.1"), Language::Ru);
        assert_eq!(language(&HeaderMap::new(), &Language::ALL), Language::Uk);
        let without_russian = [Language::Uk, Language::En];
        assert_eq!(language(&headers("accept-language", "ru, en;q=0.5"), &without_russian), Language::En);
        assert_eq!(language(&headers("accept-language", "ru"), &without_russian), Language::Uk);
    }

    #[test]
    fn any_language_is_no_wish() {
        let asked = |wishes| wished(&headers("accept-language", wishes), &Language::ALL);
        assert_eq!(asked("*"), None);
        assert_eq!(asked("de, *;q=0.5"), None);
        assert_eq!(asked("*;q=0.1, uk-UA;q=0.5"), Some(Language::Uk));
        assert_eq!(asked("en, *;q=0.5"), Some(Language::En));
        assert_eq!(wished(&HeaderMap::new(), &Language::ALL), None);
    }

    #[test]
    fn only_configured_proxies_are_believed() {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        let from = |peer: &str, hops| {
            client_address(Some(SocketAddr::new(peer.parse().unwrap(), 1)), &headers("x-forwarded-for", hops), &proxies)
                .to_string()
        };
        assert_eq!(from("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "198.51.100.1, 203.0.113.7"), "203.0.113.7");
        assert_eq!(from("10.0.0.1", "198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "nonsense"), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn keys_are_taken_bare_and_quoted() {
        assert_eq!(parse_key("\"abc\"").as_deref(), Some("abc"));
        assert_eq!(parse_key("abc").as_deref(), Some("abc"));
        assert_eq!(parse_key(""), None);
        assert_eq!(parse_key("a b"), None);
        assert_eq!(parse_key(&"x".repeat(256)), None);
    }

    #[test]
    fn bodies_are_read_strictly() {
        let outcome = |body: &str| match parse::<SignIn>(body.as_bytes()) {
            Ok(_) => "taken".to_owned(),
            Err(trouble) => format!("{} {}", trouble.status().as_u16(), Value::Object(trouble.details)),
        };
        assert_eq!(outcome(r#"{"login":"a","password":"b"}"#), "taken");
        assert_eq!(outcome(r#"{"login":"a""#), "400 {}");
        assert_eq!(outcome(r#"["a","b","body"]"#), r#"422 {"fields":{"body":"wrong_type"}}"#);
        let long = format!(r#"{{"login":"{}","password":"b"}}"#, "x".repeat(65));
        assert_eq!(outcome(&long), r#"422 {"fields":{"login":"too_long"}}"#);
        assert_eq!(outcome(r#"{"login":"a","login":"b","password":"c"}"#), r#"400 {"fields":{"login":"duplicate"}}"#);
        assert_eq!(outcome(r#"{"login":"a","password":"b","role":"x"}"#), r#"422 {"fields":{"role":"unknown"}}"#);
        assert_eq!(outcome(r#"{"login":"a"}"#), r#"422 {"fields":{"password":"missing"}}"#);
        assert_eq!(outcome(r#"{"login":5,"password":"b"}"#), r#"422 {"fields":{"login":"wrong_type"}}"#);
        assert_eq!(outcome("{\"login\":\"a\\u0000\",\"password\":\"b\"}"), r#"422 {"fields":{"login":"invalid"}}"#);
        assert_eq!(outcome(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))), "400 {}");
        assert_eq!(
            outcome(r#"{"login":"a","password":"b","delivery":"carrier pigeon"}"#),
            r#"422 {"fields":{"delivery":"invalid"}}"#
        );
    }
}
