//! The API as programs see it: a real server on a port of its own, on both engines, under a clock that only steps.
#![allow(clippy::inconsistent_digit_grouping, reason = "100_00 is a hundred hryvnias in kopecks")]

mod acts;
mod auth;
mod away;
mod bills;
mod conform;
mod data;
mod document;
mod documents;
mod door;
mod events;
mod examples;
mod gateways;
mod generated;
mod harness;
mod hostile;
mod letters;
mod metrics;
mod money;
mod network;
mod notices;
mod own;
mod pay;
mod push;
mod radius;
#[allow(dead_code, reason = "the tests of the documents themselves ask more of it")]
#[path = "../../../documents/tests/pdf/reader.rs"]
mod reader;
mod reports;
mod services;
mod staff;
mod terminals;
mod terms;
mod tickets;
