//! Signing in and staying in, on SQLite and on PostgreSQL, under a stepped clock.

mod house;
mod keys;
mod passwords;
mod profile;
mod recovery;
mod sessions;
mod sign_in;
mod tokens;
