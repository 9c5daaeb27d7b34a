//! `cargo xtask bench`: the product beside bare floors, side by side in one run.

use crate::postgres::Cluster;
use crate::process::{self, Outcome};
use crate::web;

/// Builds the bench as shipped and runs it beside a throw-away PostgreSQL that writes to the disk. `large` adds the
/// book of a million accounts.
pub fn run(large: bool, options: &[String]) -> Outcome {
    // Built before the cluster starts: a build takes minutes, and one that fails needs no cluster.
    process::run(process::cargo().args(["build", "--locked", "--release", "--package", "cabinet-bench"]))?;
    let cluster = Cluster::start(true)?;
    let mut bench = process::program(process::target().join("release/cabinet-bench"));
    bench.env("CABINET_BENCH_POSTGRES", &cluster.url);
    if let Some(bytes) = web::first_load()? {
        bench.args(["--first-load", &bytes.to_string(), &web::LIMIT.to_string()]);
    }
    if large {
        bench.arg("--large");
    }
    process::run(bench.args(options))
}
