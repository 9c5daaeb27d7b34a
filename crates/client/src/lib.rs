//! Typed client of the cabinet's API, the same interface natively and in the browser.
//!
//! Methods are named like the operations of the OpenAPI document. The access token is kept in memory and renewed
//! by itself: shortly before it ends, or once when the server no longer takes it; requests that need it at the same
//! time wait for one renewal. Natively the refresh token travels in bodies; in the browser it stays in a cookie that
//! this code never sees, and that another tab may have exchanged for somebody else's: a request begun as one person is
//! never sent as another ([`Error::AnotherPerson`]).
//!
//! Requests that move money take a key of the caller's: make one with [`fresh_key`] when the question is put to the
//! person, and give the same one however often the button is pressed.

mod error;
mod events;
mod gate;
mod money;
mod person;
mod services;
mod staff;
mod support;
mod token;
mod transport;
mod tree;

pub use error::Error;
pub use events::Heard;
#[cfg(not(target_arch = "wasm32"))]
pub use transport::Clock;
pub use transport::{Answer, File, Method, Request};
pub use tree::{Wrong, from_text, from_value};

use cabinet_contract::account::Overview;
use cabinet_contract::auth::{ConfirmRecovery, Delivery, RecoveryNext, Refresh, SignIn, StartRecovery, Tokens};
use cabinet_contract::problem::{Problem, code};
use cabinet_contract::provider::Provider;
use cabinet_contract::{CLIENT_HEADER, IDEMPOTENCY_KEY, paths};
use cabinet_core::{Language, Month};
use events::Lines;
use gate::Gate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use time::Date;
use uuid::Uuid;

use transport::Transport;

/// Renew when less than this is left of the access token.
const EARLY_MS: u64 = 30_000;

/// An answer on its way.
#[cfg(not(target_arch = "wasm32"))]
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + Send + 'a>>;
/// An answer on its way; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + 'a>>;

/// A file on its way.
#[cfg(not(target_arch = "wasm32"))]
pub type PendingFile<'a> = Pin<Box<dyn Future<Output = Result<File>> + Send + 'a>>;
/// A file on its way; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub type PendingFile<'a> = Pin<Box<dyn Future<Output = Result<File>> + 'a>>;

/// What an operation gives.
pub type Result<T> = std::result::Result<T, Error>;

/// The API of one server, as one person sees it. Clones share the session.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    delivery: Delivery,
    state: Mutex<State>,
    renewal: Gate,
}

#[derive(Default)]
struct State {
    language: Language,
    session: Option<Held>,
}

/// The tokens in hand.
#[derive(Clone)]
struct Held {
    access: String,
    ends_ms: u64,
    refresh: Option<String>,
}

/// Which entries of the book are asked for.
#[derive(Clone, Debug, Default)]
pub struct EntriesQuery {
    /// From this posted day on.
    pub from: Option<Date>,
    /// Until this posted day.
    pub to: Option<Date>,
    /// Only of this kind, as the wire writes it.
    pub kind: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows of a page, at most 100.
    pub limit: Option<u32>,
}

/// A new idempotency key.
pub fn fresh_key() -> Uuid {
    let mut bytes = [0; 16];
    fill_with_chance(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::disallowed_methods, reason = "the client's one source of chance")]
fn fill_with_chance(bytes: &mut [u8; 16]) {
    *bytes = Uuid::new_v4().into_bytes();
}

#[cfg(target_arch = "wasm32")]
fn fill_with_chance(bytes: &mut [u8; 16]) {
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(bytes).ok());
    if filled.is_none() {
        // Every browser that runs wasm has the call above; without it a key need only be unlikely to repeat.
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
}

impl Client {
    /// `base` is the server's address without a path, `http://127.0.0.1:8080`; empty in the browser: the page's own.
    /// An answer that takes longer than 15 seconds counts as none.
    pub fn new(base: &str) -> Client {
        Client::over(Transport::new(base))
    }

    /// The same with a clock of the caller's, in milliseconds, and with other patience.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn with_clock(base: &str, clock: Clock, patience: std::time::Duration) -> Client {
        Client::over(Transport::with_clock(base, clock, patience))
    }

    fn over(transport: Transport) -> Client {
        let delivery = if cfg!(target_arch = "wasm32") { Delivery::Cookie } else { Delivery::Body };
        Client { inner: Arc::new(Inner { transport, delivery, state: Mutex::default(), renewal: Gate::default() }) }
    }

    /// The language in which the server words its texts from now on.
    pub fn speak(&self, language: Language) {
        self.state().language = language;
    }

    /// Whether an access token is in hand.
    pub fn signed_in(&self) -> bool {
        self.state().session.is_some()
    }

    /// The access token in hand, for tools that send requests of their own.
    pub fn access_token(&self) -> Option<String> {
        self.state().session.as_ref().map(|held| held.access.clone())
    }

    /// Whose the access token in hand is: the id of the account.
    pub fn account(&self) -> Option<String> {
        token::subject(&self.access_token()?)
    }

    /// The refresh token in hand; never in the browser, where a cookie holds it.
    pub fn refresh_token(&self) -> Option<String> {
        self.state().session.as_ref().and_then(|held| held.refresh.clone())
    }

    /// Drops the tokens in hand; the server is not told.
    pub fn forget(&self) {
        self.state().session = None;
    }

    /// Takes up a session whose refresh token was kept: the next request renews it.
    pub fn resume(&self, refresh_token: String) {
        self.state().session = Some(Held { access: String::new(), ends_ms: 0, refresh: Some(refresh_token) });
    }

    /// `getProvider`.
    pub async fn provider(&self) -> Result<Provider> {
        self.open(Request::new(Method::Get, paths::PROVIDER)).await
    }

    /// `signIn`: opens a session and keeps its tokens.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Tokens> {
        let body = SignIn { login: login.to_owned(), password: password.to_owned(), delivery: self.inner.delivery };
        let tokens = self.open(with_body(Method::Post, paths::SIGN_IN, &body)).await?;
        self.keep(&tokens);
        Ok(tokens)
    }

    /// `renewSession`: a new access token for the refresh token in hand or in the cookie.
    pub async fn renew(&self) -> Result<Tokens> {
        let _pass = self.inner.renewal.enter().await;
        self.renew_now().await
    }

    /// `signOut`: ends the session; the tokens are forgotten whatever the server answers.
    pub async fn sign_out(&self) -> Result<()> {
        // A renewal on its way would otherwise bring a token that nobody ends.
        let _pass = self.inner.renewal.enter().await;
        let refresh_token = self.refresh_token();
        let request = self.authorized(with_body(Method::Post, paths::SIGN_OUT, &Refresh { refresh_token }));
        self.forget();
        let answer = self.send(&request).await?;
        done(&answer)
    }

    /// `startRecovery`: what to do about a forgotten password.
    pub async fn start_recovery(&self, login: &str) -> Result<RecoveryNext> {
        self.open(with_body(Method::Post, paths::RECOVERY, &StartRecovery { login: login.to_owned() })).await
    }

    /// `confirmRecovery`: a new password for a one-time code.
    pub async fn confirm_recovery(&self, login: &str, code: &str, new_password: &str) -> Result<()> {
        let body =
            ConfirmRecovery { login: login.to_owned(), code: code.to_owned(), new_password: new_password.to_owned() };
        let answer = self.send(&with_body(Method::Post, paths::RECOVERY_CONFIRM, &body)).await?;
        done(&answer)
    }

    /// `getOverview`: the header.
    pub async fn overview(&self) -> Result<Overview> {
        self.own(Request::new(Method::Get, paths::ME)).await
    }

    /// The same with the text it came in, for whoever keeps it to be shown without a network; [`from_text`] reads it again.
    pub async fn overview_and_text(&self) -> Result<(Overview, String)> {
        let answer = self.as_myself(Request::new(Method::Get, paths::ME)).await?;
        Ok((parsed(&answer)?, answer.body))
    }

    /// `listenToEvents`: tells of what moves on the account until the stream ends, with the access token at the latest.
    /// What moved before [`Heard::Opened`] was not told.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn listen(&self, mut heard: impl FnMut(Heard) + Send) -> Result<()> {
        self.listen_to(&mut heard).await
    }

    /// `listenToEvents`: tells of what moves on the account until the stream ends, with the access token at the latest.
    /// What moved before [`Heard::Opened`] was not told.
    #[cfg(target_arch = "wasm32")]
    pub async fn listen(&self, mut heard: impl FnMut(Heard)) -> Result<()> {
        self.listen_to(&mut heard).await
    }

    async fn listen_to(&self, heard: events::Listener<'_>) -> Result<()> {
        self.renew_if_ending().await?;
        let request = self.authorized(Request::new(Method::Get, paths::EVENTS));
        let mut lines = Lines::default();
        let mut hear = |chunk: &[u8]| lines.take(chunk, heard);
        match self.inner.transport.listen(&request, &mut hear).await {
            Ok(answer) => done(&answer),
            Err(unreached) => Err(Error::Offline(unreached.0)),
        }
    }

    /// Sends a request as it is, without a session: for what this client does not name.
    pub async fn send(&self, request: &Request) -> Result<Answer> {
        let mut request = request.clone();
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-language")) {
            let language = self.state().language.code().to_owned();
            request.headers.push(("Accept-Language", language));
        }
        if self.inner.delivery == Delivery::Cookie {
            request.headers.push((CLIENT_HEADER, "web".to_owned()));
        }
        self.inner.transport.send(&request).await.map_err(|unreached| Error::Offline(unreached.0))
    }

    /// Sends a request with the access token, renewing it where needed.
    pub fn as_myself(&self, request: Request) -> Pending<'_> {
        // One type for every operation: the browser's build would repeat the whole of it for each otherwise.
        Box::pin(self.renewed(request))
    }

    async fn renewed(&self, request: Request) -> Result<Answer> {
        let account = self.account();
        self.renew_if_ending().await?;
        self.still_of(account.as_deref())?;
        let used = self.access_token();
        let answer = self.send(&self.authorized(request.clone())).await?;
        if !token_refused(&answer) {
            return Ok(answer);
        }
        {
            let _pass = self.inner.renewal.enter().await;
            // Another request may have renewed it while this one waited.
            if self.access_token() == used {
                self.renew_now().await?;
            }
        }
        self.still_of(account.as_deref())?;
        self.send(&self.authorized(request)).await
    }

    /// What one person began is not sent with the token of another, nor of nobody.
    fn still_of(&self, account: Option<&str>) -> Result<()> {
        match (account, self.account()) {
            (None, _) => Ok(()),
            (Some(_), None) if !self.signed_in() => Err(Error::Problem(Box::new(no_session()))),
            (Some(before), now) if now.as_deref() == Some(before) => Ok(()),
            (Some(_), _) => Err(Error::AnotherPerson),
        }
    }

    async fn own<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        parsed(&self.as_myself(request).await?)
    }

    fn file(&self, path: String) -> PendingFile<'_> {
        self.file_of(Request::new(Method::Get, path))
    }

    fn file_of(&self, request: Request) -> PendingFile<'_> {
        Box::pin(async move {
            let answer = self.as_myself(request).await?;
            done(&answer)?;
            let nothing = || Error::Unexpected { status: answer.status, what: "an answer without a file".to_owned() };
            answer.file.clone().ok_or_else(nothing)
        })
    }

    async fn open<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        let sent: Pending<'_> = Box::pin(self.send(&request));
        parsed(&sent.await?)
    }

    async fn renew_if_ending(&self) -> Result<()> {
        if !self.is_ending() {
            return Ok(());
        }
        let _pass = self.inner.renewal.enter().await;
        if self.is_ending() {
            match self.renew_now().await {
                // The old token is good for the rest of its time, whatever troubles the renewal now.
                Err(_) if self.lasts(0) => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    fn is_ending(&self) -> bool {
        self.signed_in() && !self.lasts(EARLY_MS)
    }

    /// Whether the access token in hand is good for longer than this.
    fn lasts(&self, longer_ms: u64) -> bool {
        let from = self.inner.transport.now_ms() + longer_ms;
        self.state().session.as_ref().is_some_and(|held| held.ends_ms > from)
    }

    async fn renew_now(&self) -> Result<Tokens> {
        let refresh_token = self.refresh_token();
        if refresh_token.is_none() && self.inner.delivery == Delivery::Body {
            return Err(Error::Problem(Box::new(no_session())));
        }
        let account = self.account();
        let request = with_body(Method::Post, paths::RENEW, &Refresh { refresh_token });
        let mut result = self.open::<Tokens>(request.clone()).await;
        if let Err(Error::Offline(_)) = result {
            // The answer may be lost after the server exchanged the token: asked soon again it gives the same one.
            result = self.open(request).await;
        }
        match result {
            // The cookie is somebody else's by now: another tab signed in.
            Ok(tokens) if account.is_some() && token::subject(&tokens.access_token) != account => {
                self.forget();
                Err(Error::AnotherPerson)
            }
            Ok(tokens) => {
                self.keep(&tokens);
                Ok(tokens)
            }
            Err(error) => {
                if error.status().is_some_and(|status| matches!(status, 400 | 401 | 403)) {
                    self.forget();
                }
                Err(error)
            }
        }
    }

    fn authorized(&self, request: Request) -> Request {
        match self.access_token() {
            Some(token) if !token.is_empty() => request.header("Authorization", format!("Bearer {token}")),
            _ => request,
        }
    }

    fn keep(&self, tokens: &Tokens) {
        let ends_ms = self.inner.transport.now_ms() + tokens.expires_in * 1000;
        let mut state = self.state();
        let before = state.session.take().and_then(|held| held.refresh);
        let refresh = tokens.refresh_token.clone().or(before);
        state.session = Some(Held { access: tokens.access_token.clone(), ends_ms, refresh });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path with its query, each value escaped.
struct Query {
    text: String,
}

impl Query {
    fn new(path: &str) -> Query {
        Query { text: path.to_owned() }
    }

    fn add(&mut self, name: &str, value: Option<String>) {
        let Some(value) = value else { return };
        self.text.push(if self.text.contains('?') { '&' } else { '?' });
        self.text.push_str(name);
        self.text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                self.text.push(char::from(byte));
            } else {
                self.text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}

fn of_month(path: &str, month: Option<Month>) -> String {
    month.map_or_else(|| path.to_owned(), |month| format!("{path}?month={month}"))
}

fn with_body<T: Serialize>(method: Method, path: &str, body: &T) -> Request {
    let text = serde_json::to_string(body).expect("a request of the contract is always JSON");
    Request { body: Some(text), ..Request::new(method, path) }
}

fn keyed(request: Request, key: Uuid) -> Request {
    request.header(IDEMPOTENCY_KEY, key.to_string())
}

fn parsed<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    done(answer)?;
    tree::from_text(&answer.body).map_err(|error| Error::Unexpected { status: answer.status, what: error.to_string() })
}

fn done(answer: &Answer) -> Result<()> {
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    Err(match tree::from_text::<Problem>(&answer.body) {
        Ok(problem) => Error::Problem(Box::new(problem)),
        Err(_) => {
            Error::Unexpected { status: answer.status, what: "an error without application/problem+json".to_owned() }
        }
    })
}

/// Whether the access token was the trouble; a wrong present password is a 401 that a new token would not cure.
fn token_refused(answer: &Answer) -> bool {
    answer.status == 401
        && tree::from_text::<Problem>(&answer.body)
            .map_or(true, |problem| [code::UNAUTHENTICATED, "session_ended"].contains(&problem.code.as_str()))
}

/// What the server would say to a request without a session.
fn no_session() -> Problem {
    Problem {
        kind: format!("urn:cabinet:problem:{}", code::UNAUTHENTICATED),
        title: "Not signed in".to_owned(),
        status: 401,
        detail: String::new(),
        instance: String::new(),
        code: code::UNAUTHENTICATED.to_owned(),
        details: serde_json::Map::new(),
        request_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_query_are_escaped() {
        let mut query = Query::new("/x");
        query.add("a", Some("1 і&2".to_owned()));
        query.add("b", None);
        query.add("c", Some("3".to_owned()));
        assert_eq!(query.text, "/x?a=1%20%D1%96%262&c=3");
    }

    #[test]
    fn keys_do_not_repeat() {
        assert_ne!(fresh_key(), fresh_key());
    }

    #[test]
    fn a_problem_is_told_from_other_failures() {
        let answer = |status, body: &str| Answer {
            status,
            body: body.to_owned(),
            request_id: None,
            retry_after: None,
            replayed: false,
            file: None,
        };
        let problem = serde_json::to_string(&no_session()).expect("JSON");
        let told = done(&answer(401, &problem)).expect_err("refused");
        assert_eq!(told.code(), Some("unauthenticated"));
        let other = done(&answer(502, "<html>")).expect_err("failed");
        assert!(matches!(other, Error::Unexpected { status: 502, .. }));
        assert!(done(&answer(204, "")).is_ok());
    }
}
