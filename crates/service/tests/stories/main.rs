//! Stories a person would tell, each on SQLite and on PostgreSQL.

mod audit;
mod bills;
mod daily_run;
mod demo;
mod faults;
mod letters;
mod office;
mod online;
mod payments;
mod policies;
mod promises;
mod reports;
mod support;
mod tariffs;
mod terminals;
mod twin;
mod upgrade;
