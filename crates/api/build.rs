//! Names the commit this binary is built from, for `cabinet --version`.

use std::path::Path;
use std::process::Command;

fn main() {
    if std::env::var_os("CARGO_FEATURE_EMBED_WEB").is_some() && !Path::new("../../target/web/index.html").exists() {
        panic!("feature embed-web carries the built client: run `cargo xtask web` first");
    }
    let commit = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|commit| commit.trim().to_owned());
    // Sources without their history (an archive, a container's build stage) may name it by the environment.
    let commit = commit.or_else(|| std::env::var("CABINET_COMMIT").ok()).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=CABINET_BUILD_COMMIT={commit}");
    println!("cargo:rerun-if-env-changed=CABINET_COMMIT");
    println!("cargo:rerun-if-changed=build.rs");
    // A branch moves without its HEAD file. What is shipped is built anew for the name alone; what is being worked on, not.
    let watched = if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") { "logs/HEAD" } else { "HEAD" };
    let watched = Path::new("../../.git").join(watched);
    if watched.exists() {
        println!("cargo:rerun-if-changed={}", watched.display());
    }
}
