//! For tests only: each body runs on both engines, on a database of its own.
//!
//! SQLite gets a temporary file. PostgreSQL gets a fresh database, copied from a template that was migrated
//! once, in the throw-away cluster that `cargo xtask test` starts and names in `CABINET_TEST_POSTGRES`.

use crate::{Engine, Options, Raw, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};
use std::future::Future;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// Where the throw-away cluster's administrator signs in.
pub const POSTGRES_VARIABLE: &str = "CABINET_TEST_POSTGRES";

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database of one test, gone with it.
pub struct Bench {
    /// The migrated store.
    pub store: Store,
    /// Its address, for tests that open it a second time.
    pub url: String,
    place: Place,
}

enum Place {
    File(#[allow(dead_code, reason = "the directory lives as long as the bench")] tempfile::TempDir),
    Database(String),
}

impl Bench {
    /// A new SQLite file.
    pub async fn sqlite() -> Bench {
        let bench = Bench::bare_sqlite().await;
        bench.store.migrate().await.expect("migrates");
        bench
    }

    /// A new SQLite file without a table.
    pub async fn bare_sqlite() -> Bench {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let url = format!("sqlite://{}", directory.path().join("cabinet.db").display());
        let store = Store::open(&url, Options { connections: 4, ..Options::default() }).await.expect("opens");
        Bench { store, url, place: Place::File(directory) }
    }

    /// A new database in the throw-away cluster.
    pub async fn postgres() -> Bench {
        Bench::copy_of(TEMPLATE.get_or_init(make_template).await).await
    }

    /// A new database in the throw-away cluster, without a table.
    pub async fn bare_postgres() -> Bench {
        Bench::copy_of("template0").await
    }

    async fn copy_of(template: &str) -> Bench {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cabinet_{template}_{}_{number}", std::process::id());
        let mut admin = admin().await;
        administer(&mut admin, format!("DROP DATABASE IF EXISTS {name}")).await;
        // Copied as files: through the log, PostgreSQL's default, a test would wait four times as long for its database.
        administer(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")).await;
        admin.close().await.expect("closes");
        let url = url_of(&name);
        let store = Store::open(&url, Options { connections: 8, ..Options::default() }).await.expect("opens");
        Bench { store, url, place: Place::Database(name) }
    }

    /// Closes the store and takes the database away.
    pub async fn close(self) {
        self.store.close().await;
        if let Place::Database(name) = self.place {
            let mut admin = admin().await;
            administer(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            admin.close().await.expect("closes");
        }
    }
}

/// Fills an empty database by a dump of its engine, in one transaction.
pub async fn pour(store: &Store, dump: &str) {
    let mut tx = store.write().await.expect("begins");
    let dump = AssertSqlSafe(dump.to_owned());
    match tx.raw() {
        Raw::Sqlite(connection) => {
            // Rows stand table by table, whatever refers to what.
            connection.execute("PRAGMA defer_foreign_keys = ON").await.expect("sets");
            connection.execute(dump).await.expect("is poured");
        }
        Raw::Postgres(connection) => {
            connection.execute(dump).await.expect("is poured");
        }
    }
    tx.commit().await.expect("commits");
}

/// Takes the book's guard away, for a test that plants a fault in it.
pub async fn unguard(store: &Store) {
    let statements: &[&str] = match store.engine() {
        Engine::Sqlite => &["DROP TRIGGER entry_is_not_changed", "DROP TRIGGER entry_is_not_deleted"],
        Engine::Postgres => &["ALTER TABLE entry DISABLE TRIGGER USER"],
    };
    let mut tx = store.write().await.expect("begins");
    for sql in statements {
        tx.run(sql, ()).await.expect("the guard goes");
    }
    tx.commit().await.expect("commits");
}

/// Runs an async body to its end.
pub fn block_on<F: Future>(body: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(body)
}

/// Runs the body on a SQLite store of its own.
pub fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Store) -> F) {
    block_on(async {
        let bench = Bench::sqlite().await;
        body(bench.store.clone()).await;
        bench.close().await;
    });
}

/// Runs the body on a PostgreSQL store of its own.
pub fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Store) -> F) {
    block_on(async {
        let bench = Bench::postgres().await;
        body(bench.store.clone()).await;
        bench.close().await;
    });
}

/// Makes each `async fn name(store: Store) { … }` two tests: `sqlite::name` and `postgres::name`.
#[macro_export]
macro_rules! on_both {
    ($( $(#[$note:meta])* async fn $name:ident($store:pat_param) $body:block )*) => {
        $( $(#[$note])* async fn $name($store: $crate::Store) $body )*
        mod sqlite {
            $( #[test] fn $name() { $crate::testing::on_sqlite(super::$name) } )*
        }
        mod postgres {
            $( #[test] fn $name() { $crate::testing::on_postgres(super::$name) } )*
        }
    };
}

fn admin_url() -> String {
    std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{POSTGRES_VARIABLE} is not set: these tests need a throw-away PostgreSQL. \
             Run them through `cargo xtask test`, which starts one."
        )
    })
}

fn url_of(database: &str) -> String {
    let url = admin_url();
    let (before, query) = url.split_once('?').map_or((url.as_str(), None), |(before, query)| (before, Some(query)));
    let scheme_end = before.find("://").map_or(0, |at| at + 3);
    let server_end = before[scheme_end..].find('/').map_or(before.len(), |at| scheme_end + at);
    let server = &before[..server_end];
    match query {
        Some(query) => format!("{server}/{database}?{query}"),
        None => format!("{server}/{database}"),
    }
}

async fn admin() -> PgConnection {
    let options = PgConnectOptions::from_str(&admin_url()).expect("an address of PostgreSQL");
    PgConnection::connect_with(&options).await.unwrap_or_else(|error| {
        panic!("the PostgreSQL named by {POSTGRES_VARIABLE} does not answer ({error}); run `cargo xtask test`")
    })
}

async fn administer(admin: &mut PgConnection, sql: String) {
    admin.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// One template for each state of the migrations, made by whichever test process comes first.
async fn make_template() -> String {
    let name = format!("cabinet_test_{:016x}", crate::open::migrations_fingerprint());
    let mut admin = admin().await;
    administer(&mut admin, "SELECT pg_advisory_lock(20141130)".to_owned()).await;
    let known: Option<(String,)> = sqlx::query_as("SELECT datname::text FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut admin)
        .await
        .expect("asks");
    if known.is_none() {
        let draft = format!("{name}_draft");
        administer(&mut admin, format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).await;
        administer(
            &mut admin,
            format!("CREATE DATABASE {draft} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"),
        )
        .await;
        let store = Store::open(&url_of(&draft), Options::default()).await.expect("opens the template");
        store.migrate().await.expect("migrates the template");
        store.close().await;
        administer(&mut admin, format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    administer(&mut admin, "SELECT pg_advisory_unlock(20141130)".to_owned()).await;
    admin.close().await.expect("closes");
    name
}
