//! `cargo xtask bench`: the product beside bare floors, side by side in one run.

use crate::postgres::Cluster;
use crate::process::{self, Outcome};

/// Builds the bench as shipped and runs it beside a throw-away PostgreSQL that writes to the disk.
pub fn run(arguments: &[String]) -> Outcome {
    let cluster = Cluster::start(true)?;
    process::run(
        process::cargo()
            .args(["run", "--locked", "--release", "--package", "cabinet-bench", "--", "run-day"])
            .args(arguments)
            .env("CABINET_BENCH_POSTGRES", &cluster.url),
    )
}
