//! The bare server: the product's own token check and one SELECT, by the same framework, serialised plainly.

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use cabinet_api::state::State;
use cabinet_core::Month;
use cabinet_service::access::Intent;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{PgPool, SqlitePool};
use sqlx_macros::FromRow;
use std::net::{SocketAddr, TcpListener};
use std::str::FromStr;
use uuid::Uuid;

/// As many connections as the product has.
const CONNECTIONS: u32 = 10;

#[derive(Clone)]
enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

struct Bare {
    pool: Pool,
    product: Data<State>,
}

/// A row by its primary key.
#[derive(FromRow, Serialize)]
struct Header {
    contract: String,
    opened_on: time::Date,
    blocked_since: Option<time::Date>,
    balance: i64,
    credit: i64,
    entries: i64,
    revision: i64,
}

const HEADER: &str =
    "SELECT contract, opened_on, blocked_since, balance, credit, entries, revision FROM account WHERE id = $1";

/// A row of the month.
#[derive(FromRow, Serialize)]
struct Line {
    seq: i64,
    posted_on: time::Date,
    kind: String,
    amount: i64,
    balance_after: i64,
    tariff_code: Option<String>,
    covers_from: Option<time::Date>,
    covers_to: Option<time::Date>,
    fee: Option<i64>,
    days_before: Option<i64>,
    days_after: Option<i64>,
}

const MONTH: &str = "SELECT seq, posted_on, kind, amount, balance_after, tariff_code, covers_from, covers_to, fee, \
     days_before, days_after FROM entry WHERE account_id = $1 AND posted_on >= $2 AND posted_on <= $3 \
     ORDER BY posted_on, seq";

/// A running bare server.
pub struct Server {
    /// Where it answers.
    pub address: SocketAddr,
    handle: ServerHandle,
}

impl Server {
    /// Over the database at `url`, believing the tokens that the product believes.
    pub async fn start(url: &str, product: Data<State>, workers: usize) -> Server {
        let pool = if url.starts_with("sqlite:") {
            let file = SqliteConnectOptions::from_str(url).expect("a URL").read_only(true);
            let options = SqlitePoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
            Pool::Sqlite(options.connect_with(file).await.expect("opens"))
        } else {
            let options = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
            Pool::Postgres(options.connect(url).await.expect("connects"))
        };
        let state = Data::new(Bare { pool, product });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/me", web::get().to(header))
                .route("/me/statement", web::get().to(month))
        })
        .workers(workers)
        .disable_signals()
        .listen(listener)
        .expect("listens")
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Server { address, handle }
    }

    /// Ends it.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

impl Bare {
    async fn subscriber(&self, request: &HttpRequest) -> Option<Uuid> {
        let token = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.product.service.authorise(token, Intent::Read).await.ok()?.owner.account()
    }
}

async fn header(bare: Data<Bare>, request: HttpRequest) -> HttpResponse {
    let Some(account) = bare.subscriber(&request).await else { return HttpResponse::Unauthorized().finish() };
    let row: Result<Header, _> = match &bare.pool {
        Pool::Postgres(pool) => sqlx::query_as(HEADER).bind(account).fetch_one(pool).await,
        Pool::Sqlite(pool) => sqlx::query_as(HEADER).bind(account).fetch_one(pool).await,
    };
    row.map_or_else(|_| HttpResponse::NotFound().finish(), |row| HttpResponse::Ok().json(row))
}

#[derive(Deserialize)]
struct OfMonth {
    month: String,
}

async fn month(bare: Data<Bare>, request: HttpRequest, query: web::Query<OfMonth>) -> HttpResponse {
    let Some(account) = bare.subscriber(&request).await else { return HttpResponse::Unauthorized().finish() };
    let Ok(month) = query.month.parse::<Month>() else { return HttpResponse::BadRequest().finish() };
    let (first, last) = (month.first(), month.last());
    let rows: Result<Vec<Line>, _> = match &bare.pool {
        Pool::Postgres(pool) => sqlx::query_as(MONTH).bind(account).bind(first).bind(last).fetch_all(pool).await,
        Pool::Sqlite(pool) => sqlx::query_as(MONTH).bind(account).bind(first).bind(last).fetch_all(pool).await,
    };
    rows.map_or_else(|_| HttpResponse::InternalServerError().finish(), |rows| HttpResponse::Ok().json(rows))
}
