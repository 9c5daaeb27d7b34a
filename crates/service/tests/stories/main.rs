//! Stories a person would tell, each on SQLite and on PostgreSQL.

mod daily_run;
mod demo;
mod payments;
mod support;
mod tariffs;
mod twin;
