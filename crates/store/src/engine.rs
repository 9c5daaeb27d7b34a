//! The one room that knows there are two engines.
//!
//! A statement is written once, in the dialect both engines share, and runs through four verbs:
//! [`View::one`], [`View::maybe`], [`View::all`], [`Tx::run`]. Rows are [`Record`]s and arguments are
//! [`Bind`] tuples; both are given by blanket implementations that ask for *both* engines, so a type that
//! only one of them knows does not compile.

use crate::StoreError;
use crate::lane::Loan;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, Encode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, Type};
use std::ops::{Deref, DerefMut};
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// Which engine keeps the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the program.
    Sqlite,
    /// A server shared by any number of equal instances.
    Postgres,
}

/// A row that both engines can give. `#[derive(sqlx_macros::FromRow)]` and tuples are.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// One argument that both engines can take.
pub trait Value: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}
impl<T> Value for T where T: for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> {}

/// The arguments of a statement, in the order of `$1, $2, …`: a tuple of up to twenty values.
pub trait Bind {
    /// As SQLite takes them.
    fn for_sqlite(self) -> Result<SqliteArguments, StoreError>;
    /// As PostgreSQL takes them.
    fn for_postgres(self) -> Result<PgArguments, StoreError>;
}

fn unencodable(error: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
    StoreError::Database(sqlx::Error::Encode(error))
}

macro_rules! bind_tuples {
    ($( ($($name:ident)*) )*) => { $(
        #[allow(non_snake_case, unused_mut)]
        impl<$($name: Value),*> Bind for ($($name,)*) {
            fn for_sqlite(self) -> Result<SqliteArguments, StoreError> {
                let ($($name,)*) = self;
                let mut arguments = SqliteArguments::default();
                $( arguments.add($name).map_err(unencodable)?; )*
                Ok(arguments)
            }
            fn for_postgres(self) -> Result<PgArguments, StoreError> {
                let ($($name,)*) = self;
                let mut arguments = PgArguments::default();
                $( arguments.add($name).map_err(unencodable)?; )*
                Ok(arguments)
            }
        }
    )* };
}

bind_tuples! {
    () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    (A B C D E F G H I) (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
    (A B C D E F G H I J K L M) (A B C D E F G H I J K L M N) (A B C D E F G H I J K L M N O)
    (A B C D E F G H I J K L M N O P) (A B C D E F G H I J K L M N O P Q) (A B C D E F G H I J K L M N O P Q R)
    (A B C D E F G H I J K L M N O P Q R S) (A B C D E F G H I J K L M N O P Q R S T)
}

enum Held {
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    Postgres(Loan),
    SqliteTransaction(Transaction<'static, Sqlite>),
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// The engine's own connection, for the few statements whose text cannot be shared.
pub enum Raw<'c> {
    /// A connection to SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// A connection to PostgreSQL.
    Postgres(&'c mut PgConnection),
}

/// What may be read. From `Store::view` it is one stable snapshot; from `Store::read` each statement stands
/// alone. Functions that only read take `&mut View`, so they serve inside a [`Tx`] too.
pub struct View {
    held: Held,
}

impl View {
    pub(crate) fn plain_sqlite(connection: sqlx::pool::PoolConnection<Sqlite>) -> View {
        View { held: Held::Sqlite(connection) }
    }

    pub(crate) fn plain_postgres(loan: Loan) -> View {
        View { held: Held::Postgres(loan) }
    }

    pub(crate) fn sqlite(transaction: Transaction<'static, Sqlite>) -> View {
        View { held: Held::SqliteTransaction(transaction) }
    }

    pub(crate) fn postgres(transaction: Transaction<'static, Postgres>) -> View {
        View { held: Held::PostgresTransaction(transaction) }
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.held {
            Held::Sqlite(_) | Held::SqliteTransaction(_) => Engine::Sqlite,
            Held::Postgres(_) | Held::PostgresTransaction(_) => Engine::Postgres,
        }
    }

    /// The engine's own connection, for a statement that only one engine knows.
    pub fn raw(&mut self) -> Raw<'_> {
        match &mut self.held {
            Held::Sqlite(connection) => Raw::Sqlite(connection),
            Held::SqliteTransaction(transaction) => Raw::Sqlite(transaction),
            Held::Postgres(loan) => Raw::Postgres(loan.connection()),
            Held::PostgresTransaction(transaction) => Raw::Postgres(transaction),
        }
    }

    /// The one row there must be; its absence is [`StoreError::Corrupt`].
    pub async fn one<R: Record>(&mut self, sql: &'static str, arguments: impl Bind) -> Result<R, StoreError> {
        self.maybe(sql, arguments).await?.ok_or_else(|| StoreError::corrupt(format!("no row for: {sql}")))
    }

    /// Rows of many ids at once, for which each engine has its own words, PostgreSQL's first: `$1` is its array of ids and
    /// SQLite's JSON list of them ([`id_list`]); `$2` an instant, if the statement asks for one.
    pub async fn all_of<R: Record>(
        &mut self,
        [postgres, sqlite]: [&'static str; 2],
        ids: &[Uuid],
        instant: Option<OffsetDateTime>,
    ) -> Result<Vec<R>, StoreError> {
        Ok(match self.raw() {
            Raw::Postgres(connection) => {
                let query = sqlx::query_as(postgres).bind(ids);
                let query = if let Some(instant) = instant { query.bind(instant) } else { query };
                query.fetch_all(connection).await?
            }
            Raw::Sqlite(connection) => {
                let query = sqlx::query_as(sqlite).bind(id_list(ids));
                let query = if let Some(instant) = instant { query.bind(instant) } else { query };
                query.fetch_all(connection).await?
            }
        })
    }

    /// The row, if there is one.
    pub async fn maybe<R: Record>(&mut self, sql: &'static str, arguments: impl Bind) -> Result<Option<R>, StoreError> {
        let row = match self.raw() {
            Raw::Sqlite(connection) => {
                sqlx::query_as_with(sql, arguments.for_sqlite()?).fetch_optional(connection).await?
            }
            Raw::Postgres(connection) => {
                sqlx::query_as_with(sql, arguments.for_postgres()?).fetch_optional(connection).await?
            }
        };
        self.ended();
        Ok(row)
    }

    /// Every row.
    pub async fn all<R: Record>(&mut self, sql: &'static str, arguments: impl Bind) -> Result<Vec<R>, StoreError> {
        let rows = match self.raw() {
            Raw::Sqlite(connection) => sqlx::query_as_with(sql, arguments.for_sqlite()?).fetch_all(connection).await?,
            Raw::Postgres(connection) => {
                sqlx::query_as_with(sql, arguments.for_postgres()?).fetch_all(connection).await?
            }
        };
        self.ended();
        Ok(rows)
    }

    async fn execute(&mut self, sql: &'static str, arguments: impl Bind) -> Result<u64, StoreError> {
        let touched = match self.raw() {
            Raw::Sqlite(connection) => {
                sqlx::query_with(sql, arguments.for_sqlite()?).execute(connection).await?.rows_affected()
            }
            Raw::Postgres(connection) => {
                sqlx::query_with(sql, arguments.for_postgres()?).execute(connection).await?.rows_affected()
            }
        };
        self.ended();
        Ok(touched)
    }

    /// A statement came to its end: the next reader may have the connection.
    fn ended(&mut self) {
        if let Held::Postgres(loan) = &mut self.held {
            loan.ended();
        }
    }

    pub(crate) async fn ping(&mut self) -> Result<(), StoreError> {
        self.execute("SELECT 1", ()).await.map(drop)
    }
}

/// A transaction that writes. It reads like a [`View`]; what was written stays only after [`Tx::commit`].
///
/// A failed statement ends it: PostgreSQL would refuse the next one anyway.
pub struct Tx {
    view: View,
    /// Given back after the connection: fields are dropped in order.
    _seat: Option<OwnedSemaphorePermit>,
}

impl Tx {
    pub(crate) fn new(view: View, seat: Option<OwnedSemaphorePermit>) -> Tx {
        Tx { view, _seat: seat }
    }

    /// Writes; answers how many rows were touched.
    pub async fn run(&mut self, sql: &'static str, arguments: impl Bind) -> Result<u64, StoreError> {
        self.view.execute(sql, arguments).await
    }

    /// Makes everything written so far durable. A transaction that is dropped instead leaves no trace.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.view.held {
            Held::SqliteTransaction(transaction) => transaction.commit().await?,
            Held::PostgresTransaction(transaction) => transaction.commit().await?,
            Held::Sqlite(_) | Held::Postgres(_) => {}
        }
        Ok(())
    }
}

impl Deref for Tx {
    type Target = View;
    fn deref(&self) -> &View {
        &self.view
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut View {
        &mut self.view
    }
}

/// Ids as SQLite reads a list of them: `unhex(value)` of `json_each`.
pub(crate) fn id_list(ids: &[Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    serde_json::Value::from(ids).to_string()
}
