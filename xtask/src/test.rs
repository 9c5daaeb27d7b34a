//! `cargo xtask test`: every check of the project, one after another.

use std::time::{Duration, Instant};

use crate::licences;
use crate::postgres::Cluster;
use crate::prerequisites;
use crate::process::{self, Failure, Outcome, fail};
use crate::server::{self, Server};
use crate::web;

/// A check by the name that `--only` takes.
struct Step {
    name: &'static str,
    about: &'static str,
    check: fn() -> Outcome,
    /// The steps before it whose work it reads: done even when `--only` names just this one.
    needs: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step {
        name: "prerequisites",
        about: "clippy, rustfmt, PostgreSQL, FreeRADIUS, Chromium, npm and Python packages",
        check: prerequisites::for_tests,
        needs: &[],
    },
    Step { name: "format", about: "cargo fmt", check: format, needs: &[] },
    Step { name: "lint", about: "clippy, natively and for the browser", check: lint, needs: &[] },
    Step { name: "licences", about: "every package may be shipped", check: licences::check, needs: &[] },
    Step { name: "docs", about: "cargo doc without a warning", check: docs, needs: &[] },
    Step { name: "web", about: "the client as shipped", check: web, needs: &[] },
    Step {
        name: "size",
        about: "the first load, and the whole client, within their limits",
        check: web::weigh,
        needs: &["web"],
    },
    Step { name: "embedded", about: "the server that carries its client compiles", check: embedded, needs: &["web"] },
    Step { name: "server", about: "the server and its tests compile", check: server, needs: &[] },
    Step { name: "tools", about: "tests of this program", check: tools, needs: &[] },
    Step {
        name: "rust",
        about: "unit, store, story and HTTP tests on both engines",
        check: rust,
        needs: &["prerequisites"],
    },
    Step {
        name: "radius",
        about: "Debian's FreeRADIUS over the book, as deploy/freeradius sets it up",
        check: radius,
        needs: &["prerequisites"],
    },
    Step {
        name: "openapi",
        about: "the API's document by redocly's rules; that it is the code's, `rust` checks",
        check: openapi,
        needs: &["prerequisites"],
    },
    Step {
        name: "documents",
        about: "the Dockerfile and the compose file",
        check: documents,
        needs: &["prerequisites"],
    },
    Step {
        name: "typescript",
        about: "a generated TypeScript client compiles",
        check: typescript,
        needs: &["prerequisites"],
    },
    Step {
        name: "python",
        about: "a generated Python client walks the server",
        check: python,
        needs: &["prerequisites", "server"],
    },
    Step {
        name: "browser",
        about: "the whole walk in Chromium, wide and narrow",
        check: browser,
        needs: &["prerequisites", "web", "server"],
    },
];

/// Runs the steps; `only` chooses some of them.
pub fn run(only: &[String], list: bool) -> Outcome {
    if list {
        for step in STEPS {
            println!("{:<14} {}", step.name, step.about);
        }
        return Ok(());
    }
    if let Some(unknown) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        fail!("no step {unknown}; `cargo xtask test --list` names them");
    }
    let wanted = |step: &Step| {
        let named = |name: &str| only.iter().any(|wanted| wanted == name);
        only.is_empty()
            || named(step.name)
            || STEPS.iter().any(|other| named(other.name) && other.needs.contains(&step.name))
    };
    let mut results: Vec<Done> = Vec::new();
    for step in STEPS.iter().filter(|step| wanted(step)) {
        println!("\n== {}: {}", step.name, step.about);
        let begun = Instant::now();
        let missing = step.needs.iter().find(|need| results.iter().any(|done| done.name == **need && done.failed));
        let outcome = match missing {
            None => (step.check)(),
            Some(need) => Err(Failure(format!("it rests on {need}, which failed"))),
        };
        let done = Done { name: step.name, taken: begun.elapsed(), failed: outcome.is_err() };
        match outcome {
            Ok(()) => println!("== {}: passed in {}", done.name, seconds(done.taken)),
            Err(why) => println!("== {}: FAILED in {}: {why}", done.name, seconds(done.taken)),
        }
        // Nothing is worth trying where the machine lacks what it needs: the reason would scroll away.
        let hopeless = done.failed && done.name == "prerequisites";
        results.push(done);
        if hopeless || process::interrupted() {
            break;
        }
    }
    println!();
    for done in &results {
        println!("{} {:<14} {:>8}", if done.failed { "FAILED" } else { "passed" }, done.name, seconds(done.taken));
    }
    let failed = results.iter().filter(|done| done.failed).count();
    println!("{} passed, {failed} failed", results.len() - failed);
    if failed > 0 || process::interrupted() {
        std::process::exit(1);
    }
    Ok(())
}

/// How a step went.
struct Done {
    name: &'static str,
    taken: Duration,
    failed: bool,
}

fn seconds(taken: Duration) -> String {
    format!("{:.1} s", taken.as_secs_f64())
}

/// What runs on this machine: everything but this program; of the client, what asks nothing of a browser.
const NATIVE: [&str; 4] = ["--locked", "--workspace", "--exclude", "xtask"];

fn format() -> Outcome {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))
}

fn lint() -> Outcome {
    let natively =
        ["clippy", "--locked", "--workspace", "--exclude", "cabinet-frontend", "--all-targets", "--", "-D", "warnings"];
    process::run(process::cargo().args(natively))?;
    let packages = ["-p", "cabinet-frontend", "-p", "cabinet-client", "-p", "cabinet-contract", "-p", "cabinet-core"];
    process::run(process::cargo().args(["clippy", "--locked"]).args(packages).args([
        "--target",
        "wasm32-unknown-unknown",
        "--",
        "-D",
        "warnings",
    ]))
}

fn docs() -> Outcome {
    process::run(
        process::cargo()
            .args(["doc", "--locked", "--no-deps", "--document-private-items", "--workspace"])
            .args(["--exclude", "cabinet-frontend"])
            // A link to a private item leads somewhere in this kind of documentation.
            .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"),
    )
}

fn embedded() -> Outcome {
    // The packages of the lint step: with others, cargo would check half the dependencies anew with other features. Not
    // their tests, which this feature changes nothing of.
    let packages = ["--workspace", "--exclude", "cabinet-frontend"];
    process::run(
        process::cargo().args(["check", "--locked"]).args(packages).args(["--features", "cabinet-api/embed-web"]),
    )
}

fn web() -> Outcome {
    web::build(web::Kind::Shipped)
}

fn server() -> Outcome {
    // Built as the tests of the next step need it: by itself it would be another build of half the dependencies.
    process::run(process::cargo().args(["test", "--no-run"]).args(NATIVE))
}

fn tools() -> Outcome {
    process::run(process::cargo().args(["test", "--locked", "--quiet", "--package", "xtask"]))
}

fn rust() -> Outcome {
    let cluster = Cluster::start(false)?;
    process::run(
        process::cargo()
            .args(["test", "--no-fail-fast"])
            .args(NATIVE)
            .env("CABINET_TEST_POSTGRES", &cluster.url)
            .env("TMPDIR", process::scratch())
            // A snapshot that differs fails; nobody is here to look at a new one.
            .env("INSTA_UPDATE", "no"),
    )
}

fn radius() -> Outcome {
    let cluster = Cluster::start(false)?;
    process::run(
        process::cargo()
            .arg("test")
            .args(NATIVE)
            .args(["--test", "http", "--", "--ignored", "radius::"])
            .env("CABINET_TEST_POSTGRES", &cluster.url)
            .env("PATH", prerequisites::path_with_daemons()),
    )
}

fn openapi() -> Outcome {
    process::run(
        process::program("node_modules/.bin/redocly")
            .args(["lint", "--config", "redocly.yaml", "../../openapi/cabinet.json"])
            .current_dir(process::root().join("tests/documents"))
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"),
    )
}

fn documents() -> Outcome {
    process::run(process::program("node").arg("check.mjs").current_dir(process::root().join("tests/documents")))
}

fn typescript() -> Outcome {
    process::run(
        process::program("npm")
            .args(["run", "--silent", "check"])
            .current_dir(process::root().join("tests/clients/typescript")),
    )
}

fn python() -> Outcome {
    let generated = process::target().join("python-client");
    process::run(
        process::program(prerequisites::venv().join("bin/openapi-python-client"))
            .args(["generate", "--path", "openapi/cabinet.json", "--meta", "none", "--overwrite", "--fail-on-warning"])
            .args(["--config", "tests/clients/python/generator.yaml", "--output-path"])
            .arg(generated.join("cabinet_client")),
    )?;
    let server = Server::start(&process::target().join("python-client/server.log"))?;
    process::run(
        process::program(prerequisites::venv().join("bin/python"))
            .arg("tests/clients/python/walk.py")
            .env("PYTHONPATH", generated)
            .env("CABINET_URL", &server.url),
    )
}

fn browser() -> Outcome {
    let Some(chromium) = prerequisites::chromium() else { fail!("no Chromium: apt-get install chromium") };
    let pictures = process::target().join("e2e");
    let server = Server::start(&pictures.join("server.log"))?;
    process::run(
        process::program("node")
            .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
            .current_dir(process::root().join("tests/e2e"))
            .env("CABINET_URL", &server.url)
            .env("CABINET_PICTURES", pictures)
            .env("CABINET_BINARY", server::binary())
            .env("CABINET_DATABASE_URL", &server.database)
            .env("CHROME", chromium),
    )
}
