//! Signing in and staying in, on SQLite and on PostgreSQL, under a stepped clock.
#![allow(clippy::disallowed_methods, reason = "ids here only have to differ")]

mod data;
mod house;
mod keys;
mod passwords;
mod profile;
mod recovery;
mod sessions;
mod sign_in;
mod staff;
mod tokens;
