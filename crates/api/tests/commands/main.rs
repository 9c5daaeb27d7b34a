//! The binary as an office runs it, on both engines.

mod ending;
mod guide;
mod keeping;
mod keyed;
mod killed_network;
mod killed_payment;
mod killed_poll;
mod killed_run;
mod logs;
mod office;
#[allow(dead_code, reason = "the tests of the documents themselves ask more of it")]
#[path = "../../../documents/tests/pdf/reader.rs"]
mod reader;
mod routers;
mod support;
mod usage;
