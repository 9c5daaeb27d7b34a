//! Where facts are kept: one SQL text for SQLite and PostgreSQL.
//!
//! A [`Store`] is opened once. From it come a [`View`] (one stable snapshot, read only) and a [`Tx`] (writes, and
//! reads like a view). Each noun of the trade has a module here: its row type, its statements, and functions that
//! take the owner first, so that another subscriber's row cannot be asked for by accident.
//!
//! How to add a query, in three steps:
//! 1. Find the noun's module, or add one; describe the row as a struct with `#[derive(sqlx_macros::FromRow)]` or a tuple.
//! 2. Write the statement once, as a constant text with `$1, $2, …`, in the dialect both engines share: BIGINT and
//!    `i64`, whole-second `OffsetDateTime`, `Date`, `Uuid`, BOOLEAN, TEXT, BYTEA; `RETURNING`, `ON CONFLICT`, row
//!    values; sums as `CAST(COALESCE(SUM(x), 0) AS BIGINT)`; no `FOR UPDATE` (touch the row with an UPDATE first),
//!    no clock of the database, nothing that branches on a constraint's name. Functions that only read take
//!    `&mut View`, functions that write take `&mut Tx`.
//! 3. Give it a test in `tests/both`, which runs it as `sqlite::…` and as `postgres::…`.
//!
//! [`engine`] is the only module that knows there are two engines.

pub mod accounts;
pub mod acts;
pub mod addresses;
pub mod audit;
pub mod bank_lines;
pub mod bills;
pub mod catalogue;
pub mod contact_codes;
pub mod credentials;
pub mod demo;
pub mod devices;
pub mod draws;
pub mod emails;
pub mod engine;
pub mod error;
pub mod gateway_refunds;
mod lane;
pub mod ledger;
pub mod live_sessions;
pub mod network_logins;
pub mod network_sessions;
pub mod network_states;
pub mod news;
pub mod notices;
pub mod open;
pub mod outbox;
pub mod payments;
pub mod personal;
pub mod phones;
pub mod profiles;
pub mod push_devices;
pub mod push_keys;
pub mod recovery;
pub mod routers;
pub mod runs;
pub mod sessions;
pub mod signing_keys;
pub mod sources;
pub mod spells;
pub mod staff;
pub mod terminal_payments;
#[cfg(feature = "testing")]
pub mod testing;
pub mod throttle;
pub mod tickets;
pub mod turbos;
pub mod vouchers;

pub use engine::{Bind, Engine, Raw, Record, Tx, View};
pub use error::StoreError;
pub use open::{Options, PoolUse, Schema, Store};
