//! The binary as an office runs it, on both engines.

mod killed_run;
mod office;
mod support;
