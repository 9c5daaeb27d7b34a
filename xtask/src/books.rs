//! `cargo xtask books`: a book as this state of the program leaves it, for later ones to open.

use crate::postgres::{self, Cluster};
use crate::process::{self, Outcome, fail};

/// Has the stories that make a book write it among the fixtures of the upgrade's test; `anew` replaces one that is there.
pub fn write(anew: bool) -> Outcome {
    let Some(programs) = postgres::programs() else { fail!("PostgreSQL is not installed: apt-get install postgresql") };
    let cluster = Cluster::start(false)?;
    let mut stories = process::cargo();
    stories
        .args(["test", "--locked", "--workspace", "--exclude", "xtask", "--test", "stories", "--", "books::"])
        .env("CABINET_TEST_POSTGRES", &cluster.url)
        .env("CABINET_BOOKS", process::root().join("crates/service/tests/fixtures"))
        .env("CABINET_PG_DUMP", programs.join("pg_dump"));
    if anew {
        stories.env("CABINET_BOOKS_ANEW", "1");
    }
    process::run(&mut stories)
}
