//! The API as programs see it: a real server on a port of its own, on both engines, under a clock that only steps.

mod acts;
mod auth;
mod document;
mod door;
mod harness;
mod hostile;
mod money;
mod own;
