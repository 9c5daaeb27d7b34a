//! Stories a person would tell, each on SQLite and on PostgreSQL.

mod audit;
mod audit_services;
mod bills;
mod books;
mod daily_run;
mod demo;
mod faults;
mod letters;
mod news;
mod notices;
mod office;
mod online;
mod payments;
mod policies;
mod promises;
mod races;
mod refunds;
mod reports;
mod routers;
mod services;
mod support;
mod tariffs;
mod terminals;
mod tickets;
mod twin;
mod upgrade;
