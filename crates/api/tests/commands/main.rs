//! The binary as an office runs it, on both engines.

mod ending;
mod keeping;
mod killed_payment;
mod killed_run;
mod logs;
mod office;
mod support;
mod usage;
