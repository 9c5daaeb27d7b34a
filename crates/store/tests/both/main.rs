//! Every function of the store on both engines: `module::sqlite::name` and `module::postgres::name`.
#![allow(clippy::disallowed_methods, reason = "ids here only have to differ")]

mod access;
mod accounts;
mod acts;
mod audit;
mod bills;
mod catalogue;
mod contact_codes;
mod demo;
mod draws;
mod emails;
mod engine;
mod every_function;
mod ledger;
mod network;
mod news;
mod notices;
mod office;
mod outbox;
mod payments;
mod personal;
mod phones;
mod profiles;
mod push;
mod reports;
mod runs;
mod services;
mod sources;
mod spells;
mod support;
mod terminal_payments;
mod tickets;
mod upgrade;
