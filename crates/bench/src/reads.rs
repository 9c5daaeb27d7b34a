//! The header and the month over HTTP beside a bare server, and reads while sign-ins flood in.

use crate::bare;
use crate::book::{self, Lived};
use crate::figures::{self, Table};
use crate::load::{self, Connection, Load, Pace};
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use cabinet_api::config::Config;
use cabinet_api::serve;
use cabinet_api::state::State;
use sqlx::{AssertSqlSafe, Executor};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use time::Duration as Days;

/// Connections that ask without a pause: enough that no worker ever waits for a request.
const CONNECTIONS: usize = 32;

/// How long and how often.
#[derive(Clone, Copy)]
pub struct Rounds {
    /// Pairs of product and bare server, of quiet and flood.
    pub count: usize,
    /// Of each half of a pair.
    pub time: Duration,
    /// Other accounts in the book.
    pub crowd: i64,
    /// Subscribers who read.
    pub readers: u32,
}

/// The product's server in this process, with its middleware, its log and its limits.
pub struct Product {
    /// Where it answers.
    pub address: SocketAddr,
    /// Its insides.
    pub state: Data<State>,
    handle: ServerHandle,
}

impl Product {
    /// Starts it.
    pub fn start(service: cabinet_service::Service, workers: usize) -> Product {
        let mut config = Config { workers: Some(workers), ..Config::defaults() };
        // Counted as always, but never refused.
        config.access.requests_per_minute = u32::MAX;
        // Sign-ins come from everywhere: the load generator names their addresses.
        config.proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        let state = Data::new(State::new(service, config));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = serve::listen(state.clone(), listener).expect("listens");
        let handle = server.handle();
        tokio::spawn(server);
        Product { address, state, handle }
    }

    /// Ends it.
    pub async fn stop(self) {
        self.handle.stop(false).await;
        self.state.service.store.close().await;
    }
}

/// Both engines, one after the other.
pub async fn measure(admin: &str, rounds: Rounds, table: &mut Table) {
    let before = book::first_day() - Days::days(1);
    let (store, mut filler) = book::postgres(admin, "bench_reads").await;
    for sql in book::fill_postgres(rounds.crowd, before) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let url = format!("{}/bench_reads", admin.rsplit_once('/').expect("a URL with a database").0);
    let lived = book::live(store, rounds.readers).await;
    filler.execute("VACUUM ANALYZE").await.expect("vacuums");
    engine("PostgreSQL", &url, lived, rounds, table).await;

    let directory = tempfile::tempdir().expect("a directory");
    let (store, mut filler) = book::sqlite(directory.path(), "reads.db").await;
    for sql in book::fill_sqlite(rounds.crowd, before) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    drop(filler);
    let url = format!("sqlite://{}", directory.path().join("reads.db").display());
    let lived = book::live(store, rounds.readers).await;
    engine("SQLite", &url, lived, rounds, table).await;
}

async fn engine(engine: &str, url: &str, lived: Lived, rounds: Rounds, table: &mut Table) {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    println!(
        "reads, {engine}: {} subscribers among {} accounts, {workers} workers each, {CONNECTIONS} connections, \
         {} rounds of {:?}, product and bare server alternating",
        rounds.readers, rounds.crowd, rounds.count, rounds.time
    );
    let Lived { service, month, readers } = lived;
    let product = Product::start(service, workers);
    let bare = bare::Server::start(url, product.state.clone(), workers).await;
    let ask = |server, path: &str| {
        let requests = readers.iter().map(|reader| load::get(path, &reader.token)).collect();
        Load::again_and_again(server, Arc::new(requests))
    };

    let header = ask(product.address, "/api/v1/me");
    pairs(engine, "GET /me", &header, &ask(bare.address, "/me"), rounds, table).await;
    size(engine, "GET /me: body", &header, 0.5, table).await;
    let statement = ask(product.address, &format!("/api/v1/me/statement?month={month}"));
    let bare_month = ask(bare.address, &format!("/me/statement?month={month}"));
    pairs(engine, "GET /me/statement", &statement, &bare_month, rounds, table).await;
    size(engine, "GET /me/statement: body, gzip", &statement, 2.5, table).await;

    bare.stop().await;
    crate::flood::measure(engine, &product, &readers, &header, rounds, table).await;
    product.stop().await;
}

/// Throughput of the product beside the bare server's, round by round.
async fn pairs(engine: &str, what: &str, product: &Load, bare: &Load, rounds: Rounds, table: &mut Table) {
    let warm_up = Duration::from_secs(1);
    load::run(product, Pace::Closed(CONNECTIONS), warm_up).await;
    load::run(bare, Pace::Closed(CONNECTIONS), warm_up).await;
    let (mut ours, mut theirs) = (vec![], vec![]);
    for round in 0..rounds.count {
        // Whoever comes first in one round comes last in the next: what fades in or out favours neither.
        for turn in 0..2 {
            let (load, figures) = if (round + turn) % 2 == 0 { (product, &mut ours) } else { (bare, &mut theirs) };
            figures.push(load::run(load, Pace::Closed(CONNECTIONS), rounds.time).await.a_second);
        }
        println!("  {engine} {what}: product {:.0}/s, bare {:.0}/s", ours[round], theirs[round]);
    }
    let beside = format!("product {:.0}/s, bare {:.0}/s", figures::median(&ours), figures::median(&theirs));
    table.at_least(format!("{what}, {engine}: beside bare"), figures::ratio(&ours, &theirs), 0.5, "", beside);
}

/// The greatest body among the readers', in kB of a thousand bytes.
async fn size(engine: &str, what: &str, load: &Load, at_most: f64, table: &mut Table) {
    let mut connection = Connection::open(load.server).await.expect("connects");
    let mut greatest = 0;
    for request in load.requests.iter() {
        greatest = connection.ask(request).await.expect("an answer").body.len().max(greatest);
    }
    table.at_most(format!("{what}, {engine}"), greatest as f64 / 1000.0, at_most, " kB", String::new());
}
