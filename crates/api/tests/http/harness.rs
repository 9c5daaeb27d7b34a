//! A server in this process, and callers of it.

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use cabinet_api::config::Config;
use cabinet_api::serve;
use cabinet_api::state::State;
use cabinet_api::{messenger, network, post, pusher};
use cabinet_core::staff::Role;
use cabinet_core::{Language, Money, TariffCode};
use cabinet_gateways::register;
use cabinet_gateways::terminal::Terminal;
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::manage_staff::NewMember;
use cabinet_service::office::Registration;
use cabinet_service::{Actor, Chance, Clock, Service, SteppedClock, demo};
use cabinet_store::Store;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::Arc;
use time::macros::{date, time};
use time::{Date, Time};
use uuid::Uuid;

/// Everybody's password here.
pub const PASSWORD: &str = "sonne-und-regen-17";
/// The day tests begin on, unless they say otherwise.
pub const TODAY: Date = date!(2026 - 11 - 10);

/// A cabinet that answers.
pub struct Cabinet {
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// Its clock.
    pub clock: Arc<SteppedClock>,
    /// Its insides, for what the office does.
    pub state: Data<State>,
    http: reqwest::Client,
    server: ServerHandle,
}

/// Somebody signed in.
pub struct Person {
    /// The account; of staff, nothing.
    pub id: Uuid,
    /// Contract number, or the login of a member of staff.
    pub contract: String,
    /// Access token.
    pub token: String,
    /// Refresh token.
    pub refresh: String,
}

impl Person {
    /// Whoever signs in with a login and got these tokens.
    pub fn of(login: &str, tokens: &Value) -> Person {
        let text = |member: &str| tokens[member].as_str().expect("a token").to_owned();
        let (token, refresh) = (text("access_token"), text("refresh_token"));
        Person { id: Uuid::nil(), contract: login.to_owned(), token, refresh }
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as text; what is none is replaced.
    pub text: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header's text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a readable header"))
    }

    /// Status and code of a problem: `409 tariff_same`.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        format!("{} {}", self.status, problem["code"].as_str().expect("a code"))
    }
}

/// A request in the making.
pub struct Call<'c> {
    cabinet: &'c Cabinet,
    builder: reqwest::RequestBuilder,
}

impl Call<'_> {
    pub fn by(mut self, person: &Person) -> Self {
        self.builder = self.builder.bearer_auth(&person.token);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    pub fn raw(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    pub async fn send(self) -> Answer {
        let request = self.builder.build().expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let mut response = self.cabinet.http.execute(request).await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = match endless {
            true => response.chunk().await.expect("a stream").unwrap_or_default(),
            false => response.bytes().await.expect("a body"),
        };
        let text = String::from_utf8_lossy(&body).into_owned();
        let answer = Answer { status, headers, text, bytes: body.to_vec() };
        crate::conform::check(&method, &path, &answer);
        answer
    }
}

/// A bank's register, as the example of the document is written.
fn register() -> register::Settings {
    register::Settings {
        delimiter: ';',
        encoding: register::Encoding::Utf8,
        skip: 0,
        quotes: true,
        decimal: register::Decimal::Comma,
        dates: register::Dates::Local,
        date: "Дата".to_owned(),
        amount: "Сума".to_owned(),
        purpose: "Призначення".to_owned(),
        payer: Some("Платник".to_owned()),
        document: Some("Документ".to_owned()),
    }
}

fn access(config: &Config) -> Access {
    let settings = AccessSettings {
        contract_free_failures: config.access.contract_free_failures,
        address_free_failures: config.access.address_free_failures,
        provider_name: config.provider.name.clone(),
        ..AccessSettings::default()
    };
    Access::new(&[7; 64], settings).expect("a secret")
}

impl Cabinet {
    /// A server over the demo, as it is at noon of [`TODAY`].
    pub async fn open_demo(store: Store) -> Cabinet {
        let clock = SteppedClock::at_local(TODAY, time!(12:00));
        demo::open_demo(&store, access(&Config::defaults()), clock.moment()).await.expect("the demo");
        Cabinet::open_with(store, |config| config.demo = true).await
    }

    /// A server over the store, at noon of [`TODAY`].
    pub async fn open(store: Store) -> Cabinet {
        Cabinet::open_with(store, |_| ()).await
    }

    /// The same with other settings.
    pub async fn open_with(store: Store, change: impl FnOnce(&mut Config)) -> Cabinet {
        Cabinet::start(store, change, Vec::new(), true).await
    }

    /// One that sends no letters.
    pub async fn open_without_mail(store: Store) -> Cabinet {
        Cabinet::start(store, |_| (), Vec::new(), false).await
    }

    /// The same with terminals.
    pub async fn open_at(store: Store, terminals: Vec<Terminal>) -> Cabinet {
        Cabinet::start(store, |_| (), terminals, true).await
    }

    async fn start(store: Store, change: impl FnOnce(&mut Config), terminals: Vec<Terminal>, mail: bool) -> Cabinet {
        let clock = Arc::new(SteppedClock::at_local(TODAY, time!(12:00)));
        let mut config = Config { workers: Some(1), ..Config::defaults() };
        config.registers.insert("privat".to_owned(), register());
        change(&mut config);
        let service = Service::new(store, clock.clone(), Chance::seeded(7), access(&config));
        service.fill_defaults().await.expect("defaults");
        service.load_signing_keys().await.expect("keys");
        config.payments.sandbox.enabled = true;
        config.payments.sandbox.secret = Some("a secret of sixteen".into());
        let service = service.with_acquirers(config.payments.build(true).expect("gateways"));
        // The demo's mailbox, whatever the cabinet is.
        let of_demo = Config { demo: true, ..config.clone() };
        let post = post::post(&of_demo, "https://cabinet.example.com".to_owned()).expect("mail").filter(|_| mail);
        let service = match post {
            Some(post) => service.with_post(post),
            None => service,
        };
        let messenger = messenger::messenger(&of_demo).expect("messages").filter(|_| mail);
        let service = match messenger {
            Some(messenger) => service.with_messenger(messenger),
            None => service,
        };
        let service = match network::network(&config).expect("a network") {
            Some(network) => service.with_network(network),
            None => service,
        };
        let pusher = pusher::pusher(&of_demo, &service).await.expect("notifications").filter(|_| mail);
        let service = match pusher {
            Some(pusher) => service.with_pusher(pusher),
            None => service,
        };
        let state = Data::new(State::new(service, config).with_terminals(terminals));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let server = serve::listen(state.clone(), listener).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Cabinet { base, clock, state, http, server: handle }
    }

    /// Ends the server.
    pub async fn close(self) {
        self.server.stop(false).await;
    }

    /// The use cases.
    pub fn service(&self) -> &Service {
        &self.state.service
    }

    /// Sets the clock.
    pub fn at(&self, day: Date, at: Time) {
        self.clock.set_local(day, at);
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call { cabinet: self, builder: self.http.request(method, format!("{}{path}", self.base)) }
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    /// Registers a contract; answers its account and first password.
    pub async fn register(&self, contract: &str, tariff: &str, kopecks: i64) -> (Uuid, String) {
        let registration = Registration {
            contract: contract.parse().expect("a contract number"),
            last_name: "Мар’яненко".to_owned(),
            first_name: "Дарина".to_owned(),
            middle_name: "Лук'янівна".to_owned(),
            address: "вул. Іванова 1/2".to_owned(),
            phones: "0-00-00;000-00-00".to_owned(),
            email: None,
            tariff: TariffCode::new(tariff),
            language: Language::Uk,
            first_payment: Some(Money::from_kopecks(kopecks)),
        };
        let registered =
            self.service().register_subscriber(cabinet_service::Actor::Staff, registration).await.expect("registers");
        (registered.id, registered.first_password)
    }

    /// Signs in as an app does.
    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let body = json!({ "login": login, "password": password, "delivery": "body" });
        self.post("/api/v1/auth/sign-in").json(&body).send().await
    }

    /// Somebody on a tariff, with money, past the first password.
    pub async fn person(&self, contract: &str, tariff: &str, kopecks: i64) -> Person {
        let (id, first) = self.register(contract, tariff, kopecks).await;
        let tokens = self.sign_in(contract, &first).await.json();
        let person = Person {
            id,
            contract: contract.to_owned(),
            token: tokens["access_token"].as_str().expect("a token").to_owned(),
            refresh: tokens["refresh_token"].as_str().expect("a token").to_owned(),
        };
        let change = json!({ "old_password": first, "new_password": PASSWORD });
        let tokens = self.call(Method::PUT, "/api/v1/me/password").by(&person).json(&change).send().await.json();
        Person {
            token: tokens["access_token"].as_str().expect("a token").to_owned(),
            refresh: tokens["refresh_token"].as_str().expect("a token").to_owned(),
            ..person
        }
    }

    /// Adds a member of staff; answers the first password.
    pub async fn hire(&self, login: &str, role: Role) -> String {
        let new = NewMember { login: login.to_owned(), name: "Бондаренко Ніна".to_owned(), role };
        self.service().add_staff(Actor::Staff, &new).await.expect("adds")
    }

    /// A member of staff past the first password, whose login is the role's code.
    pub async fn employee(&self, role: Role) -> Person {
        let first = self.hire(role.code(), role).await;
        let newcomer = Person::of(role.code(), &self.sign_in(role.code(), &first).await.json());
        let change = json!({ "old_password": first, "new_password": PASSWORD });
        let answer = self.call(Method::PUT, "/api/v1/staff/password").by(&newcomer).json(&change).send().await;
        Person::of(role.code(), &answer.json())
    }

    /// The same person with a fresh token, after the clock was stepped.
    pub async fn again(&self, person: &Person) -> Person {
        let tokens = self.sign_in(&person.contract, PASSWORD).await.json();
        Person {
            id: person.id,
            contract: person.contract.clone(),
            token: tokens["access_token"].as_str().expect("a token").to_owned(),
            refresh: tokens["refresh_token"].as_str().expect("a token").to_owned(),
        }
    }
}
