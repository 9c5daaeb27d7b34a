//! What can go wrong below the rules: few kinds, each with its own answer above.

use sqlx::error::ErrorKind;

/// A failure of the store. Absence is never one of them: finders answer `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already, or another writer was first.
    #[error("a row with this key is there already")]
    Conflict,
    /// The database is reachable but could not serve in time: a lock, a deadlock, a full pool. Try again.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached, or cannot write (disk full, shutting down).
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// What was read cannot be what was written.
    #[error("the database holds something impossible: {0}")]
    Corrupt(String),
    /// Anything else: a mistake of this program or of its schema.
    #[error("the database refused a statement: {0}")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// A row that breaks a rule of this program; `what` names it for the log.
    pub fn corrupt(what: impl Into<String>) -> StoreError {
        StoreError::Corrupt(what.into())
    }

    /// Whether the same transaction may succeed when it is run again.
    pub fn is_transient(&self) -> bool {
        matches!(self, StoreError::Busy)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> StoreError {
        match &error {
            sqlx::Error::PoolTimedOut => StoreError::Busy,
            sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::BeginFailed => StoreError::Unavailable(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Corrupt(error.to_string()),
            sqlx::Error::Database(refused) if refused.kind() == ErrorKind::UniqueViolation => StoreError::Conflict,
            sqlx::Error::Database(refused) => match refused.code().map(|code| code.into_owned()) {
                Some(code) => from_code(&code, error),
                None => StoreError::Database(error),
            },
            _ => StoreError::Database(error),
        }
    }
}

/// PostgreSQL's codes have five characters; SQLite's are numbers whose low byte is the kind.
fn from_code(code: &str, error: sqlx::Error) -> StoreError {
    if code.len() == 5 {
        return match code {
            // lock_not_available, deadlock_detected, serialization_failure, query_canceled
            "55P03" | "40P01" | "40001" | "57014" => StoreError::Busy,
            // shutdown, crash, starting up, too many connections, disk full, read-only standby
            "57P01" | "57P02" | "57P03" | "53300" | "53100" | "25006" => StoreError::Unavailable(error.to_string()),
            _ if code.starts_with("08") => StoreError::Unavailable(error.to_string()),
            _ => StoreError::Database(error),
        };
    }
    match code.parse::<i32>().map(|number| number & 0xff) {
        // SQLITE_BUSY, SQLITE_LOCKED
        Ok(5 | 6) => StoreError::Busy,
        // SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY
        Ok(10 | 13 | 14 | 8) => StoreError::Unavailable(error.to_string()),
        // SQLITE_CORRUPT, SQLITE_NOTADB
        Ok(11 | 26) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Database(error),
    }
}
