//! Wiring: the only place that opens the store, builds the use cases and starts the server.

use crate::assets;
use crate::config::{Config, Mode};
use crate::edge::edge;
use crate::messenger;
use crate::metrics;
use crate::network;
use crate::post;
use crate::pusher;
use crate::routes;
use crate::state::State;
use crate::texts;
use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::Get;
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpServer, web};
use cabinet_contract::paths;
use cabinet_core::Language;
use cabinet_core::calendar::tomorrow;
use cabinet_gateways::acquirer::{AcquirerSettings, Acquirers, SettingsError};
use cabinet_gateways::terminal::{self, Terminal};
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::check_network;
use cabinet_service::demo::{self, Marked};
use cabinet_service::post::Post;
use cabinet_service::watch_changes::Seen;
use cabinet_service::{Chance, Clock, Service, SystemClock};
use cabinet_store::{Options, Schema, Store, StoreError};
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use std::io::Write;
use std::net::TcpListener;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

/// Why the process cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not open.
    #[error("the database {url} cannot be used: {why}")]
    Store {
        /// Without its password.
        url: String,
        /// What it said.
        why: String,
    },
    /// `--demo` met a real book, or a plain command the demo's.
    #[error("{0}")]
    WrongDatabase(String),
    /// The book is not there, or not of this version.
    #[error("{0}")]
    NotReady(String),
    /// A gateway cannot be set up as the settings say.
    #[error("payments: {0}")]
    Payments(#[from] SettingsError),
    /// Letters cannot be sent as the settings say.
    #[error("mail: {0}")]
    Mail(SettingsError),
    /// Short messages cannot be sent as the settings say.
    #[error("sms: {0}")]
    Sms(SettingsError),
    /// The network cannot be told as the settings say.
    #[error("network: {0}")]
    Network(SettingsError),
    /// Notifications cannot be sent.
    #[error("push: {0}")]
    Push(SettingsError),
    /// Letters would lead nowhere.
    #[error("letters hold links to the cabinet: set CABINET_WEB__PUBLIC_URL")]
    Unlinked,
    /// A gateway could not tell of payments.
    #[error("{0} tells of payments at the address people type: set CABINET_WEB__PUBLIC_URL")]
    Unheard(&'static str),
    /// A terminal cannot be served as the settings say.
    #[error("terminals.{name}: {why}")]
    Terminal {
        /// Its section.
        name: String,
        /// What is wrong with it.
        why: terminal::SettingsError,
    },
    /// The installation's secret cannot be had.
    #[error("the secret key file {path}: {why}")]
    Secret {
        /// Which file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] cabinet_service::Error),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {why}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        why: std::io::Error,
    },
    /// The server stopped by itself.
    #[error("the server failed: {0}")]
    Server(#[from] std::io::Error),
}

/// Opens the book for a process that may make it: brings the schema up to date and gives an empty database its
/// defaults, or with `--demo` the demo.
pub async fn open(config: &Config) -> Result<Service, StartError> {
    Ok(make(config).await?.0)
}

/// The same for `cabinet migrate`, which makes no demo; answers how far the schema had come before.
pub async fn migrate(config: &Config) -> Result<Schema, StartError> {
    if config.demo {
        find(config).await?.0.close().await;
    }
    let (service, before) = make(config).await?;
    service.store.close().await;
    Ok(before)
}

async fn make(config: &Config) -> Result<(Service, Schema), StartError> {
    let (store, before) = connect(config).await?;
    if before == Schema::Ahead {
        return Err(StartError::NotReady(of_a_newer_version(config)));
    }
    store.migrate().await.map_err(|why| cannot_be_used(config, &why))?;
    if whose(config, &store).await? == Marked::Empty && config.demo {
        demo::open_demo(&store, access(config)?, SystemClock.moment()).await?;
    }
    let service = build(config, store, access(config)?)?;
    service.fill_defaults().await?;
    service.make_findable().await?;
    Ok((service, before))
}

/// Opens a book that is there, for a command that works on it and makes nothing.
///
/// # Errors
/// [`StartError::NotReady`] names the command that makes the book, or brings it up to date.
pub async fn open_made(config: &Config) -> Result<Service, StartError> {
    match find(config).await? {
        (store, Schema::Current) => build(config, store, access_by(config, found_secret(&config.secret_key_file))?),
        (_, Schema::Ahead) => Err(StartError::NotReady(of_a_newer_version(config))),
        (_, Schema::Absent | Schema::Behind) => {
            let command = if config.demo { "cabinet serve --demo" } else { "cabinet migrate" };
            let database = config.shown_database();
            Err(StartError::NotReady(format!("{database} is of an older version: `{command}` brings it up to date")))
        }
    }
}

/// Opens a book of any version, to be copied as it is.
///
/// # Errors
/// [`StartError::NotReady`] if there is none.
pub async fn open_to_copy(config: &Config) -> Result<Store, StartError> {
    Ok(find(config).await?.0)
}

/// Opens a database in which there may be nothing, to be restored into.
///
/// # Errors
/// Those of the store.
pub async fn open_bare(config: &Config) -> Result<Store, StartError> {
    Ok(connect(config).await?.0)
}

/// Brings a restored book up to date. Unlike `cabinet migrate` it makes no secret key: the book has one already.
///
/// # Errors
/// [`StartError::NotReady`] if there is no book, or one of a newer version.
pub async fn take_up(config: &Config) -> Result<(), StartError> {
    let (store, schema) = find(config).await?;
    if schema == Schema::Ahead {
        return Err(StartError::NotReady(of_a_newer_version(config)));
    }
    store.migrate().await.map_err(|why| cannot_be_used(config, &why))?;
    store.close().await;
    let service = open_made(config).await?;
    service.make_findable().await?;
    service.store.close().await;
    Ok(())
}

async fn connect(config: &Config) -> Result<(Store, Schema), StartError> {
    let options = Options {
        connections: config.connections.unwrap_or_else(|| Options::default().connections),
        ..Options::default()
    };
    let failed = |why| cannot_be_used(config, &why);
    let store = Store::open(config.database_url.expose_secret(), options).await.map_err(failed)?;
    let schema = store.schema().await.map_err(failed)?;
    Ok((store, schema))
}

/// The store of a book that is there, and how far its schema has come; makes nothing.
async fn find(config: &Config) -> Result<(Store, Schema), StartError> {
    let absent = || StartError::NotReady(nothing_there(config));
    if config.database_file().is_some_and(|file| !file.exists()) {
        return Err(absent());
    }
    let (store, schema) = connect(config).await?;
    if schema == Schema::Absent || whose(config, &store).await? == Marked::Empty {
        return Err(absent());
    }
    Ok((store, schema))
}

/// Whose the book is, if it is the one that was asked for.
async fn whose(config: &Config, store: &Store) -> Result<Marked, StartError> {
    match (demo::marked(store).await?, config.demo) {
        (Marked::Real, true) => Err(StartError::WrongDatabase(format!(
            "{} holds a real book: --demo never touches it",
            config.shown_database()
        ))),
        (Marked::Demo, false) => Err(StartError::WrongDatabase(format!(
            "{} is the demo's: add --demo, or name another database in CABINET_DATABASE_URL",
            config.shown_database()
        ))),
        (marked, _) => Ok(marked),
    }
}

/// The use cases. Whatever changes an account, a command too, writes what the network is to be told of it.
fn build(config: &Config, store: Store, access: Access) -> Result<Service, StartError> {
    let service = Service::new(store, Arc::new(SystemClock), Chance::system(), access);
    Ok(match network::network(config).map_err(StartError::Network)? {
        Some(network) => service.with_network(network),
        None => service,
    })
}

/// The gateways that take payments. The demo has one of its own and no other; production takes real money only.
fn acquirers(config: &Config, access: &Access) -> Result<Acquirers, StartError> {
    let mut settings = if config.demo { AcquirerSettings::default() } else { config.payments.clone() };
    let sandbox = &mut settings.sandbox;
    sandbox.enabled |= config.demo;
    if sandbox.secret.is_none() && sandbox.secret_file.is_none() {
        sandbox.secret = Some(access.trial_secret().into());
    }
    let acquirers = settings.build(config.mode == Mode::Local)?;
    let real = acquirers.all().iter().find(|acquirer| acquirer.code() != "sandbox");
    match real.filter(|_| config.web.public_url.is_none()) {
        Some(acquirer) => Err(StartError::Unheard(acquirer.code())),
        None => Ok(acquirers),
    }
}

/// How letters leave, if they do; a relay's must lead to where people reach the cabinet.
fn letters(config: &Config, address: &str) -> Result<Option<Post>, StartError> {
    let public = config.web.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
    if public.is_none() && config.mail.is_on() && !config.demo {
        return Err(StartError::Unlinked);
    }
    post::post(config, public.unwrap_or_else(|| format!("http://{address}"))).map_err(StartError::Mail)
}

/// The terminals and banks that are switched on.
fn terminals(config: &Config) -> Result<Vec<Terminal>, StartError> {
    let on = config.terminals.iter().filter(|(_, settings)| settings.on);
    let made = on.map(|(name, settings)| {
        Terminal::new(name, settings).map_err(|why| StartError::Terminal { name: name.clone(), why })
    });
    made.collect()
}

fn cannot_be_used(config: &Config, why: &StoreError) -> StartError {
    let url = config.shown_database();
    let why = match why {
        StoreError::Unavailable(why) => why.clone(),
        other => other.to_string(),
    };
    // The store names the address too.
    let why = why.strip_prefix(&format!("{url}: ")).unwrap_or(&why).to_owned();
    StartError::Store { url, why }
}

fn nothing_there(config: &Config) -> String {
    let database = config.shown_database();
    if config.demo {
        format!("there is no demo in {database}: `cabinet serve --demo` makes it")
    } else {
        format!("there is nothing in {database} yet: `cabinet migrate` makes it; CABINET_DATABASE_URL names another")
    }
}

fn of_a_newer_version(config: &Config) -> String {
    format!("{} is of a newer version than this program", config.shown_database())
}

fn access(config: &Config) -> Result<Access, StartError> {
    access_by(config, secret(&config.secret_key_file))
}

fn access_by(config: &Config, secret: std::io::Result<Vec<u8>>) -> Result<Access, StartError> {
    let told = |why: String| StartError::Secret { path: config.secret_key_file.display().to_string(), why };
    let secret = secret.map_err(|error| told(error.to_string()))?;
    let settings = AccessSettings {
        issuer: config.web.public_url.clone().unwrap_or_else(|| "cabinet".to_owned()),
        provider_name: config.provider.name.clone(),
        contract_free_failures: config.access.contract_free_failures,
        address_free_failures: config.access.address_free_failures,
        global_failures_per_minute: config.access.global_failures_per_minute,
        hashes_at_once: config.access.hashes_at_once,
        ..AccessSettings::default()
    };
    Access::new(&secret, settings).map_err(|error| told(error.to_string()))
}

/// The installation's secret. A local start makes the file; production has checked that it is there.
fn secret(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_secret(path),
        other => other,
    }
}

/// The secret for a command, which makes no file. What a command leaves behind is not sealed by it, but for a recovery
/// code, which asks for the file itself; so without one any secret does.
fn found_secret(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Chance::system().secret::<64>().to_vec()),
        other => other,
    }
}

fn make_secret(path: &Path) -> std::io::Result<Vec<u8>> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory)?;
    }
    let bytes = Chance::system().secret::<64>().to_vec();
    match cabinet_store::open::create_private(path) {
        Ok(mut file) => {
            file.write_all(&bytes)?;
            file.sync_all()?;
            Ok(bytes)
        }
        // Another process made it a moment ago.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => std::fs::read(path),
        Err(error) => Err(error),
    }
}

/// The application: every layer and every route.
pub fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
> {
    let docs = state.config.web.docs;
    App::new()
        .app_data(state)
        .configure(|config| {
            let mut described = utoipa_actix_web::service_config::ServiceConfig::new(config);
            routes::all(&mut described);
        })
        .configure(move |config| {
            if docs {
                let page = DocsConfig::from(paths::OPENAPI).validator_url("none").use_base_layout();
                config.service(web::redirect("/docs", paths::DOCS));
                config.service(web::resource(paths::DOCS).guard(Get()).to(assets::docs));
                config.service(SwaggerUi::new("/docs/{_:.*}").config(page));
            }
        })
        .default_service(web::to(routes::otherwise))
        .wrap(from_fn(edge))
}

/// A server on a listener, for the process and for tests.
pub fn listen(state: web::Data<State>, listener: TcpListener) -> std::io::Result<Server> {
    let workers = state.config.workers;
    let draining = state.clone();
    let server = HttpServer::new(move || app(state.clone()))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(30))
        .shutdown_timeout(25)
        .shutdown_signal(async move {
            asked_to_end().await;
            draining.drain();
            draining.events.close();
        });
    let server = match workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    Ok(server.listen(listener)?.run())
}

/// A server of metrics on a listener of its own; it ends when the process does.
pub fn listen_for_metrics(state: web::Data<State>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || App::new().app_data(state.clone()).service(metrics::get_metrics));
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

/// The interrupt of a terminal, or a supervisor's polite request.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        let mut polite = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
            .expect("a process may listen to its signals");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = polite.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

/// The same with the gateways of the settings, for whoever must know what they can do.
///
/// # Errors
/// Those of a setting that is wrong.
pub fn with_gateways(service: Service, config: &Config) -> Result<Service, StartError> {
    let acquirers = acquirers(config, &service.access)?;
    Ok(service.with_acquirers(acquirers))
}

/// Serves until asked to end, charging each day as it comes.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let address = config.listen;
    let listener =
        TcpListener::bind(address).map_err(|why| StartError::Listen { address: address.to_string(), why })?;
    let address = listener.local_addr()?;
    let for_metrics = match config.metrics.as_ref().map(|door| door.listen) {
        Some(address) => {
            let bound = TcpListener::bind(address);
            Some(bound.map_err(|why| StartError::Listen { address: address.to_string(), why })?)
        }
        None => None,
    };
    if config.demo {
        eprintln!("preparing the demo in {}", config.shown_database());
    }
    let service = open(&config).await?;
    if config.demo {
        let anew = demo::open_demo(&service.store, access(&config)?, service.now()).await?;
        if anew {
            eprintln!("the demo was made anew: a state of it had run out");
        }
    }
    service.load_signing_keys().await?;
    let service = with_gateways(service, &config)?;
    let service = match letters(&config, &address.to_string())? {
        Some(post) => service.with_post(post),
        None => service,
    };
    let service = match messenger::messenger(&config).map_err(StartError::Sms)? {
        Some(messenger) => service.with_messenger(messenger),
        None => service,
    };
    let service = match pusher::pusher(&config, &service).await? {
        Some(pusher) => service.with_pusher(pusher),
        None => service,
    };
    let strangers = Config::strangers();
    if !strangers.is_empty() {
        tracing::warn!(variables = strangers.join(", "), "no settings, so ignored");
    }
    if !config.secure() {
        eprintln!("serving plain http: fine on this machine, not on a network (set CABINET_WEB__PUBLIC_URL=https://…)");
    }
    let terminals = terminals(&config)?;
    let state = web::Data::new(State::new(service, config).with_terminals(terminals));
    let charging = actix_web::rt::spawn(charge_each_day(state.clone()));
    let working = actix_web::rt::spawn(work_outbox(state.clone()));
    let telling = actix_web::rt::spawn(tell_listeners(state.clone()));
    let pushing = actix_web::rt::spawn(work_network(state.clone()));
    let checking = actix_web::rt::spawn(check_network(state.clone()));
    let measuring = match for_metrics {
        Some(listener) => {
            eprintln!("metrics at http://{}/metrics", listener.local_addr()?);
            Some(actix_web::rt::spawn(listen_for_metrics(state.clone(), listener)?))
        }
        None => None,
    };
    let server = listen(state.clone(), listener)?;
    announce(&state.config, &address.to_string());
    let ended = server.await;
    charging.abort();
    working.abort();
    telling.abort();
    pushing.abort();
    checking.abort();
    if let Some(measuring) = measuring {
        measuring.abort();
    }
    state.service.store.close().await;
    Ok(ended?)
}

fn announce(config: &Config, address: &str) {
    println!("listening on http://{address}");
    if config.demo {
        println!("demo sign-ins:");
        for one in texts::demo(Language::Uk) {
            println!("  {}  {}  {}", one.login, one.password, one.about);
        }
        println!("its staff, who sign in by the API only:");
        for one in texts::demo_staff(Language::Uk) {
            println!("  {}  {}  {}", one.login, one.password, one.about);
        }
        println!("letters and messages of the demo: http://{address}{}", paths::LETTERS);
    }
    // A pipe keeps lines back; whoever waits for this one must get it now.
    let _ = std::io::stdout().flush();
}

/// Minutes after local midnight at which the day is charged.
const CHARGE_AT: time::Duration = time::Duration::minutes(5);
/// How soon a failed run is tried again.
const AGAIN: Duration = Duration::from_secs(300);
/// The longest sleep: a machine that slept, or whose clock was set, notices within it.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Charges today at once, should it not be charged yet, and every coming day five minutes after its midnight.
#[allow(clippy::disallowed_methods, reason = "it waits for a time of the Clock, and no longer than a minute")]
async fn charge_each_day(state: web::Data<State>) {
    let service = &state.service;
    let mut charged = None;
    loop {
        let now = service.now();
        if charged != Some(now.today) && now.instant >= service.clock.day_start(now.today) + CHARGE_AT {
            // Whatever happens to one run, the next day must be charged.
            match AssertUnwindSafe(charge(service)).catch_unwind().await {
                Ok(Ok(true)) => charged = Some(now.today),
                Ok(Ok(false)) => actix_web::rt::time::sleep(AGAIN).await,
                Ok(Err(error)) => {
                    tracing::error!(%error, "the day was not charged");
                    actix_web::rt::time::sleep(AGAIN).await;
                }
                Err(_) => {
                    tracing::error!("the day was not charged: its run panicked");
                    actix_web::rt::time::sleep(AGAIN).await;
                }
            }
            continue;
        }
        let next = match charged {
            Some(day) => service.clock.day_start(tomorrow(day)) + CHARGE_AT,
            None => service.clock.day_start(now.today) + CHARGE_AT,
        };
        let wait = Duration::try_from(next - now.instant).unwrap_or_default();
        actix_web::rt::time::sleep(wait.clamp(Duration::from_secs(1), LONGEST_SLEEP)).await;
    }
}

/// How long the outbox rests when nothing is due.
const OUTBOX_REST: Duration = Duration::from_secs(1);
/// How long it rests after a failure of the store.
const OUTBOX_AGAIN: Duration = Duration::from_secs(10);

/// Does what is to be done outside, as it comes due.
#[allow(clippy::disallowed_methods, reason = "what is due by the Clock is looked for once a second")]
async fn work_outbox(state: web::Data<State>) {
    loop {
        // Whatever happens to one task, the others must be done.
        let rest = match AssertUnwindSafe(state.service.work_outbox()).catch_unwind().await {
            Ok(Ok(0)) => OUTBOX_REST,
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => {
                tracing::error!(%error, "the outbox rests");
                OUTBOX_AGAIN
            }
            Err(_) => {
                tracing::error!("the outbox rests: a task of it panicked");
                OUTBOX_AGAIN
            }
        };
        actix_web::rt::time::sleep(rest).await;
    }
}

/// Tells the network what is due. Beside the other tasks: routers that do not answer keep no letter waiting.
#[allow(clippy::disallowed_methods, reason = "what is due by the Clock is looked for once a second")]
async fn work_network(state: web::Data<State>) {
    loop {
        let rest = match AssertUnwindSafe(state.service.work_network()).catch_unwind().await {
            Ok(Ok(0)) => OUTBOX_REST,
            Ok(Ok(_)) => continue,
            Ok(Err(error)) => {
                tracing::error!(%error, "the network is told nothing for a while");
                OUTBOX_AGAIN
            }
            Err(_) => {
                tracing::error!("the network is told nothing for a while: a task panicked");
                OUTBOX_AGAIN
            }
        };
        actix_web::rt::time::sleep(rest).await;
    }
}

/// Looks at the sessions that run, every few minutes.
#[allow(clippy::disallowed_methods, reason = "it waits a fixed time between two looks")]
async fn check_network(state: web::Data<State>) {
    loop {
        match AssertUnwindSafe(state.service.check_network()).catch_unwind().await {
            Ok(Ok((seen, told))) if told > 0 => tracing::info!(seen, told, "sessions that had missed something"),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "sessions were not looked at"),
            Err(_) => tracing::error!("sessions were not looked at: it panicked"),
        }
        actix_web::rt::time::sleep(check_network::EVERY.unsigned_abs()).await;
    }
}

/// How often what moved is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Tells those who listen what moved, by whichever instance.
#[allow(clippy::disallowed_methods, reason = "what moved is looked for once a second")]
async fn tell_listeners(state: web::Data<State>) {
    let mut seen = Seen::default();
    loop {
        actix_web::rt::time::sleep(LOOK).await;
        if let Err(error) = state.events.look(&state.service, &mut seen).await {
            tracing::error!(%error, "nobody can be told what moved");
        }
    }
}

async fn charge(service: &Service) -> Result<bool, cabinet_service::Error> {
    let report = service.run_scheduled_day().await?;
    if report.busy_elsewhere {
        return Ok(false);
    }
    for (contract, why) in &report.failed {
        tracing::error!(contract, why, "an account was not charged");
    }
    if !report.done_before {
        tracing::info!(
            day = %report.day, seen = report.seen, charged = report.charged, blocked = report.blocked,
            forgiven_days = report.forgiven_days, total = %report.total, "the day is charged"
        );
    }
    Ok(report.failed.is_empty())
}
