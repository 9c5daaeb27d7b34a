//! From a URL to pools with the right settings, and the schema brought up to date.

use crate::StoreError;
use crate::engine::{Engine, Tx, View};
use crate::lane::Lane;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Executor};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The schema: one text for both engines, and the little that each says in its own words. They share one row of
/// numbers.
static SHARED: Migrator = sqlx_macros::migrate!("../../migrations");
static OF_SQLITE: Migrator = sqlx_macros::migrate!("../../migrations/sqlite");
static OF_POSTGRES: Migrator = sqlx_macros::migrate!("../../migrations/postgres");

fn migrations(engine: Engine) -> Migrator {
    let own = match engine {
        Engine::Sqlite => &OF_SQLITE,
        Engine::Postgres => &OF_POSTGRES,
    };
    Migrator::with_migrations(SHARED.iter().chain(own.iter()).cloned().collect())
}

/// A connection that rested longer than this is tried before it is handed out; one that rested less is trusted,
/// since the pool tries each connection when it comes back.
const TRUSTED_REST: Duration = Duration::from_secs(5);

/// How soon a file that another process holds alone is tried again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// SQLite's `SQLITE_BUSY`, in any of its extended forms.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// Whether a connection of SQLite carries no transaction. A full disk or a failed read ends a transaction by itself; sqlx
/// then rolls back in vain, believes that it is still open, and could begin no other on this connection.
fn is_free(connection: &SqliteConnection) -> bool {
    !connection.is_in_transaction()
}

/// How the pools are sized.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections at once: readers on SQLite (whose one writer comes on top), all of them on PostgreSQL.
    pub connections: u32,
    /// How long a caller waits for a free connection before it is told [`StoreError::Busy`].
    pub wait: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { connections: 10, wait: Duration::from_secs(5) }
    }
}

#[derive(Clone)]
enum Pools {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres { pool: PgPool, lane: Arc<Lane>, writers: Arc<Semaphore>, wait: Duration },
}

/// How a pool of connections is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Whose: `readers` and `writer` of SQLite, `all` of PostgreSQL.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u32,
    /// Those of them that somebody works with.
    pub used: u32,
    /// The most there may be.
    pub most: u32,
}

/// How far the schema of a database has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The database is empty.
    Absent,
    /// An older program made it: [`Store::migrate`] has steps to take.
    Behind,
    /// As this program needs it.
    Current,
    /// A newer program made it.
    Ahead,
}

/// The facts, behind a pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
}

impl fmt::Debug for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Store").field("engine", &self.engine()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens `sqlite://path/to/file.db` (making the directory and the file) or `postgres://…`.
    pub async fn open(url: &str, options: Options) -> Result<Store, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Store::open_sqlite(path.strip_prefix("//").unwrap_or(path), options).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Store::open_postgres(url, options).await
        } else {
            Err(StoreError::Unavailable(format!(
                "{}: the address must begin with sqlite:// or postgres://",
                redacted(url)
            )))
        }
    }

    #[allow(clippy::disallowed_methods, reason = "SQLite tells nobody when a file is free again")]
    async fn open_sqlite(path: &str, options: Options) -> Result<Store, StoreError> {
        let path = Path::new(path.split('?').next().unwrap_or(path));
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory)
                .map_err(|error| StoreError::Unavailable(format!("{}: {error}", directory.display())))?;
        }
        // SQLite gives the files beside it, `-wal` and `-shm`, the same mode.
        match create_private(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(StoreError::Unavailable(format!("{}: {error}", path.display())));
            }
            _ => {}
        }
        let file = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(256);
        // A second writer inside this process could only wait; one writer queues in the pool instead, in order.
        let of_writer = file.clone().journal_mode(SqliteJournalMode::Wal);
        let mut looks_left = options.wait.as_millis() / LOOK_AGAIN.as_millis();
        let writer = loop {
            let opened = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(options.wait)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(async move { Ok(is_free(connection)) }))
                .connect_with(of_writer.clone())
                .await;
            match opened {
                // Whoever turns a new file to WAL wants it alone and is refused at once, whatever the busy timeout.
                Err(error) if is_locked(&error) && looks_left > 0 => {
                    looks_left -= 1;
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                opened => break opened,
            }
        };
        let writer = writer.map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.wait)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .before_acquire(|connection, _| Box::pin(async move { Ok(is_free(connection)) }))
            .connect_with(file.pragma("query_only", "ON"))
            .await?;
        Ok(Store { pools: Pools::Sqlite { readers, writer } })
    }

    async fn open_postgres(url: &str, options: Options) -> Result<Store, StoreError> {
        let server = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Unavailable(format!("{}: {error}", redacted(url))))?
            .application_name("cabinet")
            .statement_cache_capacity(256);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(options.wait)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // What is asked over and over is short, and what is long costs more to compile than it takes.
                    connection.execute("SET jit = off").await?;
                    Ok(())
                })
            })
            .before_acquire(|connection, rest| {
                Box::pin(async move {
                    if rest.idle_for > TRUSTED_REST {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(server.clone())
            .await;
        match pool {
            Ok(pool) => {
                let connections = options.connections.max(1);
                let writers = writers_among(connections);
                let lane = Lane::new(pool.clone(), connections as usize - writers, TRUSTED_REST);
                let writers = Arc::new(Semaphore::new(writers));
                Ok(Store { pools: Pools::Postgres { pool, lane, writers, wait: options.wait } })
            }
            Err(error) => {
                // The pool waited for a server that may still be starting, and says only that it waited in vain.
                let why = PgConnection::connect_with(&server).await.err().unwrap_or(error);
                Err(StoreError::Unavailable(format!("{}: {why}", redacted(url))))
            }
        }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Brings the schema up to date; a schema that is up to date is left alone. PostgreSQL lets one instance do it.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.take(migrations(self.engine())).await
    }

    /// The schema as it was after this version, for tests of what later ones do to data.
    #[cfg(feature = "testing")]
    pub async fn migrate_through(&self, version: i64) -> Result<(), StoreError> {
        let earlier = migrations(self.engine()).iter().filter(|step| step.version <= version).cloned().collect();
        self.take(Migrator::with_migrations(earlier)).await
    }

    async fn take(&self, migrations: Migrator) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                // Two processes may start at once on a new file, and SQLite has no lock to hold across the chain:
                // whoever finds a step taken looks again, at most once a step.
                let mut looks_left = migrations.iter().count();
                loop {
                    match migrations.run(writer).await {
                        Err(_) if looks_left > 0 => looks_left -= 1,
                        outcome => break outcome,
                    }
                }
            }
            Pools::Postgres { pool, .. } => migrations.run(pool).await,
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Migrate(Box::new(error))))
    }

    /// How far the schema has come; changes nothing.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        let recorded = match self.engine() {
            Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
            Engine::Postgres => "SELECT COUNT(to_regclass('_sqlx_migrations'))",
        };
        let mut view = self.read().await?;
        if view.one::<(i64,)>(recorded, ()).await?.0 == 0 {
            return Ok(Schema::Absent);
        }
        let taken: Vec<(i64,)> = view.all("SELECT version FROM _sqlx_migrations WHERE success", ()).await?;
        let known: Vec<i64> = migrations(self.engine()).iter().map(|step| step.version).collect();
        Ok(match () {
            () if taken.is_empty() => Schema::Absent,
            () if taken.iter().any(|(version,)| !known.contains(version)) => Schema::Ahead,
            () if taken.len() < known.len() => Schema::Behind,
            () => Schema::Current,
        })
    }

    /// One stable snapshot, read only: every statement sees the same facts.
    pub async fn view(&self) -> Result<View, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => View::sqlite(readers.begin().await?),
            Pools::Postgres { pool, lane, .. } => {
                lane.make_room();
                View::postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// For a single statement: no transaction around it, so no round trips for one. Each statement sees the newest facts.
    pub async fn read(&self) -> Result<View, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => View::plain_sqlite(readers.acquire().await?),
            Pools::Postgres { lane, .. } => View::plain_postgres(lane.lend().await?),
        })
    }

    /// A transaction that writes. On SQLite it holds the only writer from its beginning; on PostgreSQL (READ
    /// COMMITTED) the first statement must touch the row that guards what is read next.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Ok(Tx::new(View::sqlite(writer.begin_with("BEGIN IMMEDIATE").await?), None))
            }
            Pools::Postgres { pool, lane, writers, wait } => {
                let seat = tokio::time::timeout(*wait, writers.clone().acquire_owned()).await;
                let seat = seat.map_err(|_| StoreError::Busy)?.map_err(|_| StoreError::Busy)?;
                lane.make_room();
                let transaction = pool.begin_with("BEGIN; SET LOCAL lock_timeout = '5s'").await?;
                Ok(Tx::new(View::postgres(transaction), Some(seat)))
            }
        }
    }

    /// Writes a compact copy of a SQLite file, whole as of one moment; readers go on meanwhile, writers wait.
    ///
    /// # Errors
    /// Of the file system, a file that is there already among them; and for PostgreSQL, whose own tool does this.
    pub async fn backup_into(&self, file: &Path) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                create_private(file)
                    .map_err(|error| StoreError::Unavailable(format!("{}: {error}", file.display())))?;
                let name = file.to_string_lossy().into_owned();
                let written = sqlx::query("VACUUM INTO $1").bind(name).execute(writer).await;
                if written.is_err() {
                    // An empty file is no backup, and would stand in the way of the next one.
                    let _ = std::fs::remove_file(file);
                }
                Ok(written.map(drop)?)
            }
            Pools::Postgres { .. } => Err(StoreError::Unavailable("PostgreSQL is backed up by pg_dump".to_owned())),
        }
    }

    /// How the connections are used at this moment.
    pub fn pools_in_use(&self) -> Vec<PoolUse> {
        fn of<DB: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<DB>) -> PoolUse {
            let (open, idle) = (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
            PoolUse { name, open, used: open.saturating_sub(idle), most: pool.options().get_max_connections() }
        }
        match &self.pools {
            Pools::Sqlite { readers, writer } => vec![of("readers", readers), of("writer", writer)],
            Pools::Postgres { pool, lane, .. } => {
                let all = of("all", pool);
                let waiting = u32::try_from(lane.waiting()).unwrap_or(u32::MAX);
                vec![PoolUse { used: all.used.saturating_sub(waiting), ..all }]
            }
        }
    }

    /// Whether nothing at all is in the database: no table of ours or of anybody.
    pub async fn is_bare(&self) -> Result<bool, StoreError> {
        let things = match self.engine() {
            Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_schema",
            Engine::Postgres => {
                "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
            }
        };
        let (count,): (i64,) = self.read().await?.one(things, ()).await?;
        Ok(count == 0)
    }

    /// Reads every page of a SQLite file and finds the first fault; PostgreSQL looks after its own.
    pub async fn first_fault(&self) -> Result<Option<String>, StoreError> {
        if self.engine() == Engine::Postgres {
            return Ok(None);
        }
        let (told,): (String,) = self.read().await?.one("PRAGMA quick_check(1)", ()).await?;
        Ok(Some(told).filter(|told| told != "ok"))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read().await?.ping().await
    }

    /// Waits until every connection is back and closes them; on SQLite the log is folded into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres { pool, lane, .. } => {
                let closed = pool.close();
                lane.clear();
                closed.await;
            }
        }
    }
}

/// Makes an empty file that only its owner can read, for passwords' hashes and keys.
///
/// # Errors
/// Of the file system; [`ErrorKind::AlreadyExists`] if it is there, whatever its mode: that is its owner's choice.
pub fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// How many of the connections may write at once: a third is left to those who read, who would otherwise wait behind
/// writers that wait for each other's rows.
fn writers_among(connections: u32) -> usize {
    (connections - connections / 3) as usize
}

/// The address without its password and query: what may be printed.
pub fn redacted(url: &str) -> String {
    let url = url.split('?').next().unwrap_or(url);
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((person, place)) => {
                let name = person.split(':').next().unwrap_or_default();
                format!("{scheme}://{name}:***@{place}")
            }
            None => url.to_owned(),
        },
        None => url.to_owned(),
    }
}

/// Names the state of PostgreSQL's migration chain, so that a template of an older one is not taken for it.
#[cfg(feature = "testing")]
pub(crate) fn migrations_fingerprint() -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    for migration in migrations(Engine::Postgres).iter() {
        migration.version.hash(&mut hasher);
        migration.checksum.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Engine, migrations, redacted};

    #[test]
    fn migrations_of_every_engine_have_numbers_of_their_own() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let versions: Vec<i64> = migrations(engine).iter().map(|migration| migration.version).collect();
            assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
        }
    }

    #[test]
    fn passwords_are_not_printed() {
        assert_eq!(
            redacted("postgres://cabinet:se@cret@db:5432/cabinet?password=x"),
            "postgres://cabinet:***@db:5432/cabinet"
        );
        assert_eq!(redacted("sqlite://data/cabinet.db"), "sqlite://data/cabinet.db");
    }
}
