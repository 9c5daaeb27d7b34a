//! What every handler may reach.

use crate::config::{Config, in_language};
use crate::edge::client_policy;
use crate::events::Events;
use crate::help::Manual;
use crate::metrics::Metrics;
use crate::openapi;
use crate::request_rate::RequestRate;
use crate::texts;
use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, HeaderValue};
use cabinet_contract::paths;
use cabinet_contract::payment::PaymentMethod;
use cabinet_contract::provider::{Provider, Requisites};
use cabinet_core::{Language, payment};
use cabinet_gateways::acquirer::Acquirer;
use cabinet_gateways::terminal::Terminal;
use cabinet_service::Service;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use time::format_description::well_known::Rfc3339;
use tokio::sync::Semaphore;

/// The server's state, made once and shared by its threads.
pub struct State {
    /// The use cases.
    pub service: Service,
    /// The settings.
    pub config: Config,
    /// Terminals and banks that pay by contract number.
    pub terminals: Vec<Terminal>,
    /// The manual.
    pub manual: Manual,
    /// The OpenAPI document as it is served.
    pub document: String,
    /// Patterns of the API with their methods.
    pub methods: Vec<(ResourceDef, Vec<String>)>,
    /// The policy of the client's pages.
    pub client_policy: HeaderValue,
    /// Who listens.
    pub events: Events,
    /// How requests were answered.
    pub metrics: Metrics,
    /// How many requests each address made.
    pub rate: RequestRate,
    /// Places for documents being drawn.
    pub drawing: Arc<Semaphore>,
    draining: AtomicBool,
}

impl State {
    /// Around the use cases.
    pub fn new(service: Service, config: Config) -> State {
        let document = openapi::document();
        let own = (paths::OPENAPI.to_owned(), vec!["GET".to_owned(), "HEAD".to_owned()]);
        let methods = openapi::methods(&document).into_iter().chain([own]);
        let methods = methods.map(|(path, methods)| (ResourceDef::new(path), methods)).collect();
        State {
            client_policy: client_policy(&service.acquirers.form_origins()),
            service,
            terminals: Vec::new(),
            events: Events::default(),
            metrics: Metrics::default(),
            rate: RequestRate::new(config.access.requests_per_minute),
            drawing: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get))),
            config,
            manual: Manual::read(),
            document: serde_json::to_string(&document).expect("an OpenAPI document is JSON"),
            methods,
            draining: AtomicBool::new(false),
        }
    }

    /// The same with terminals that may pay.
    pub fn with_terminals(self, terminals: Vec<Terminal>) -> State {
        State { terminals, ..self }
    }

    /// The provider, told in a language, with what everybody may know of the rules in force. Contacts are told even when
    /// the database is away.
    pub async fn provider(&self, language: Language) -> Provider {
        let ground = self.service.ground().await.ok();
        let supplier = self.config.supplier();
        let of = &self.config.provider;
        Provider {
            name: of.name.clone(),
            phones: of.phones.clone(),
            email: of.email.clone(),
            address: of.address.as_deref().and_then(|text| in_language(text, language)),
            hours: of.hours.as_deref().and_then(|text| in_language(text, language)),
            logo: of.logo.clone(),
            languages: of.languages.clone(),
            password_min: ground.as_ref().and_then(|ground| u32::try_from(ground.policy.password_min).ok()),
            recovery_minutes: ground.and_then(|ground| u32::try_from(ground.policy.recovery_minutes).ok()),
            payment_methods: self.payment_methods(language),
            terminals: !self.terminals.is_empty(),
            documents: supplier.is_some(),
            requisites: supplier.map(|(of, _)| Requisites {
                name: of.name,
                code: of.code,
                iban: of.iban.to_string(),
                bank: of.bank,
            }),
            mail: self.service.post.is_some(),
            sms: self.service.messenger.is_some(),
            push: self.service.pusher.is_some(),
            demo: self.config.demo.then(|| texts::demo(language)),
            demo_staff: self.config.demo.then(|| texts::demo_staff(language)),
        }
    }

    fn payment_methods(&self, language: Language) -> Vec<PaymentMethod> {
        let method = |acquirer: &Arc<dyn Acquirer>| PaymentMethod {
            code: acquirer.code().to_owned(),
            name: texts::payment_method(acquirer.code(), language),
            test: acquirer.capabilities().test,
            least: payment::LEAST,
            most: payment::MOST,
        };
        self.service.acquirers.all().iter().map(method).collect()
    }

    /// Where the world reaches this server, without a slash at its end: as it is set, or, on a machine of one's own, as
    /// the caller reached it.
    pub fn origin(&self, request: &HttpRequest) -> String {
        let asked = || {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
            format!("http://{}", host.unwrap_or("127.0.0.1"))
        };
        self.config.web.public_url.as_ref().map_or_else(asked, |url| url.trim_end_matches('/').to_owned())
    }

    /// RFC 9116; the expiry lies half a year ahead of whenever it is asked.
    pub fn security_text(&self) -> String {
        let of = &self.config.provider;
        let contact = of.security_contact.as_ref().or(of.email.as_ref()).map_or("help@example.com", String::as_str);
        let contact = if contact.contains(':') { contact.to_owned() } else { format!("mailto:{contact}") };
        let expires = (self.service.now().instant + time::Duration::days(180)).format(&Rfc3339).unwrap_or_default();
        let languages: Vec<&str> = of.languages.iter().map(|language| language.code()).collect();
        format!("Contact: {contact}\nExpires: {expires}\nPreferred-Languages: {}\n", languages.join(", "))
    }

    /// From now on not ready: the process is about to end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
