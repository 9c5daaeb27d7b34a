//! What building and testing need besides cargo: installed here where that is possible, named where it is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::postgres;
use crate::process::{self, Outcome, fail};
use crate::web::hex;

const WASM: &str = "wasm32-unknown-unknown";

/// Adds the target the web client is compiled for.
pub fn wasm_target() -> Outcome {
    let Some(rustup) = process::find(&["rustup"]) else {
        // A toolchain without rustup may have the target; the build says so if not.
        return Ok(());
    };
    let installed = process::output(process::program(&rustup).args(["target", "list", "--installed"]))?;
    if installed.lines().any(|target| target == WASM) {
        return Ok(());
    }
    process::run(process::program(&rustup).args(["target", "add", WASM]))
}

/// Everything the tests need.
pub fn for_tests() -> Outcome {
    wasm_target()?;
    components()?;
    packages()?;
    node()?;
    for folder in NPM {
        npm(folder)?;
    }
    python()?;
    Ok(())
}

/// Clippy and rustfmt: rustup's minimal profile leaves them out.
fn components() -> Outcome {
    let rustup = process::find(&["rustup"]);
    for (component, subcommand) in [("clippy", "clippy"), ("rustfmt", "fmt")] {
        let there = process::cargo().args([subcommand, "--version"]).output();
        if there.is_ok_and(|out| out.status.success()) {
            continue;
        }
        match &rustup {
            Some(rustup) => process::run(process::program(rustup).args(["component", "add", component]))?,
            None => fail!("cargo {subcommand} is not installed: it is {component} of the Rust distribution"),
        }
    }
    Ok(())
}

/// Folders with a package-lock.json of their own.
const NPM: &[&str] = &["tests/clients/typescript", "tests/e2e", "tests/documents"];

/// Debian's packages of FreeRADIUS, each by a file of it. What they start by themselves is not asked anything.
const FREERADIUS: [(&str, &str); 4] = [
    ("freeradius", "/usr/sbin/freeradius"),
    ("freeradius-utils", "/usr/bin/radclient"),
    ("freeradius-postgresql", "/usr/lib/freeradius/rlm_sql_postgresql.so"),
    ("freeradius-rest", "/usr/lib/freeradius/rlm_rest.so"),
];

/// The search path with the folder of daemons, which an ordinary user's has not.
pub fn path_with_daemons() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin")
}

/// PostgreSQL, FreeRADIUS, a Chromium and Python's venv from Debian's packages.
fn packages() -> Outcome {
    let mut missing = Vec::new();
    if postgres::programs().is_none() {
        missing.push("postgresql");
    }
    // Makes the certificate of the throw-away cluster.
    if process::find(&["openssl"]).is_none() {
        missing.push("openssl");
    }
    if chromium().is_none() {
        missing.push("chromium");
    }
    missing.extend(FREERADIUS.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(package, _)| package));
    let venv = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    if !venv.is_ok_and(|out| out.status.success()) {
        missing.push("python3-venv");
    }
    if let Some(programs) = postgres::programs() {
        postgres::new_enough(&programs)?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {}", missing.join(" "));
    if !postgres::is_root()? || process::find(&["apt-get"]).is_none() {
        fail!("not installed: {}. As root:\n    {line}", missing.join(", "));
    }
    println!("{line}");
    process::run(process::program("apt-get").arg("update"))?;
    process::run(
        process::program("apt-get")
            .args(["install", "-y", "--no-install-recommends"])
            .args(missing)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// The browser for the tests: the one named by CHROME, or an installed one.
pub fn chromium() -> Option<PathBuf> {
    match std::env::var_os("CHROME") {
        Some(named) => Some(PathBuf::from(named)),
        None => process::find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]),
    }
}

fn node() -> Outcome {
    if process::find(&["npm"]).is_none() {
        fail!("npm is not installed: it comes with Node 20 or newer (https://nodejs.org)");
    }
    let major = match process::find(&["node"]) {
        Some(node) => {
            let version = process::output(process::program(node).arg("--version"))?;
            version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok())
        }
        None => None,
    };
    match major {
        Some(20..) => Ok(()),
        Some(old) => {
            fail!("Node {old} is too old: version 20 or newer is needed (https://nodejs.org)")
        }
        None => fail!("Node is not installed: version 20 or newer is needed (https://nodejs.org)"),
    }
}

/// Installs a folder's npm packages exactly as locked, once for each state of the lock.
fn npm(folder: &str) -> Outcome {
    let folder = process::root().join(folder);
    once(&folder.join("package-lock.json"), &folder.join("node_modules/.locked"), || {
        process::run(process::program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))
    })
}

/// Python's tools in an environment of their own, target/venv.
fn python() -> Outcome {
    let venv = venv();
    let wanted = process::root().join("tests/clients/python/requirements.txt");
    once(&wanted, &venv.join(".locked"), || {
        process::run(process::program("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        process::run(process::program(venv.join("bin/python")).args(pip).arg(&wanted))
    })
}

/// Where the Python packages of the tests are installed.
pub fn venv() -> PathBuf {
    process::target().join("venv")
}

/// Does `install` unless the stamp says that it was done for the list as it stands.
fn once(list: &Path, stamp: &Path, install: impl FnOnce() -> Outcome) -> Outcome {
    let digest = hex(&Sha256::digest(fs::read(list)?));
    if fs::read_to_string(stamp).is_ok_and(|done| done == digest) {
        return Ok(());
    }
    install()?;
    fs::write(stamp, digest)?;
    Ok(())
}
