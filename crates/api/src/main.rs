//! The binary `cabinet`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cabinet_api::commands::run()
}
