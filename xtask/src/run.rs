//! `cargo xtask run` and the one-liners that call the built binary.

use std::fs;
use std::process::Command;

use crate::process::{self, Outcome};
use crate::web;

/// Builds everything and serves the demo until Ctrl-C.
pub fn serve(release: bool, client: web::Kind) -> Outcome {
    println!("1/3 web client (the first build takes minutes)");
    web::build(client)?;
    println!("2/3 server");
    let mut build = process::cargo();
    build.args(["build", "--locked", "--package", "cabinet-api"]);
    if release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    println!("3/3 demo");
    let folder = if release { "release" } else { "debug" };
    let mut server = Command::new(process::target().join(folder).join("cabinet"));
    server.args(["serve", "--demo"]).current_dir(process::root());
    server.env("CABINET_WEB__DIR", process::target().join("web"));
    let outcome = process::run(&mut server);
    // Ctrl-C is the way to end it.
    if process::interrupted() { Ok(()) } else { outcome }
}

/// Writes openapi/cabinet.json, and before it the examples it shows: what the demo answers.
pub fn openapi() -> Outcome {
    let examples = ["test", "--locked", "--quiet", "--package", "cabinet-api", "--test", "http", "examples_are"];
    process::run(process::cargo().args(examples).env("CABINET_WRITE_EXAMPLES", "1"))?;
    let document = process::output(&mut cabinet(&["openapi"]))?;
    fs::write(process::root().join("openapi/cabinet.json"), document)?;
    Ok(())
}

/// Runs one day in the demo.
pub fn day(date: Option<String>) -> Outcome {
    let mut command = cabinet(&["run-day", "--demo"]);
    if let Some(date) = date {
        command.args(["--date", &date]);
    }
    process::run(&mut command)
}

/// Runs any command of the binary on the demo's database.
pub fn demo(command: Vec<String>) -> Outcome {
    process::run(cabinet(&[]).args(command).arg("--demo"))
}

fn cabinet(arguments: &[&str]) -> Command {
    let mut command = process::cargo();
    command.args(["run", "--locked", "--quiet", "--package", "cabinet-api", "--bin", "cabinet", "--"]).args(arguments);
    command
}
