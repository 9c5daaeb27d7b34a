//! Every function of the store on both engines: `module::sqlite::name` and `module::postgres::name`.

mod access;
mod engine;
mod support;
