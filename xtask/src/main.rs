//! Builds, runs and tests the project: `cargo xtask --help` lists the commands.
//!
//! It needs nothing but cargo to be built, so that a newcomer's first command works; everything else that a command needs it
//! brings itself or names.

mod bench;
mod books;
mod cut;
mod licences;
mod postgres;
mod prerequisites;
mod process;
mod run;
mod server;
mod test;
#[path = "../../frontend/texts.rs"]
mod texts;
mod web;
mod worker;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests the project")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the web client into target/web
    Web {
        /// Build quickly: not optimized, not compressed, no limit of size
        #[arg(long)]
        dev: bool,
    },
    /// Build client and server and serve the demo on http://127.0.0.1:8080
    Run {
        /// Optimize the server too
        #[arg(long)]
        release: bool,
        /// Build the client quickly, for a cycle of edits
        #[arg(long)]
        dev: bool,
    },
    /// Run every check; installs what they need or names it
    Test {
        /// Run only the steps with these names (and what they rest on)
        #[arg(long, value_name = "NAME")]
        only: Vec<String>,
        /// List the steps and end
        #[arg(long)]
        list: bool,
    },
    /// Run a command beside a throw-away PostgreSQL, named to it by CABINET_TEST_POSTGRES
    Postgres {
        /// Write to the disk as a real installation does
        #[arg(long)]
        keep_fsync: bool,
        /// The command and its arguments
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
    /// Measure the daily run and the reads beside bare floors of both engines; fails if a limit is broken
    Bench {
        /// Measure reads among a million accounts with 30 million entries too: minutes, and many gigabytes for a while
        #[arg(long)]
        large: bool,
        /// Options of the bench, as `run-day --accounts 10000`; `-- --help` lists them
        #[arg(last = true, value_name = "OPTION")]
        options: Vec<String>,
    },
    /// Write openapi/cabinet.json and its examples anew from the code
    Openapi,
    /// Write a lived book of this state of the schema, which every later state must open: once a release
    Books {
        /// Replace the one that is there, while no release has it
        #[arg(long)]
        anew: bool,
    },
    /// Run the day in the demo's database
    Day {
        /// The day, as 2014-12-22; today without it
        date: Option<String>,
    },
    /// Run any command of the binary `cabinet` on the demo's database
    Demo {
        /// The command of `cabinet` and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
        command: Vec<String>,
    },
}

fn main() {
    process::watch_for_interruption();
    let outcome = match Arguments::parse().command {
        Task::Web { dev } => web::build(web::Kind::of(dev)).and_then(|()| if dev { Ok(()) } else { web::weigh() }),
        Task::Run { release, dev } => run::serve(release, web::Kind::of(dev)),
        Task::Test { only, list } => test::run(&only, list),
        Task::Postgres { keep_fsync, command } => postgres::beside(keep_fsync, &command),
        Task::Bench { large, options } => bench::run(large, &options),
        Task::Openapi => run::openapi(),
        Task::Books { anew } => books::write(anew),
        Task::Day { date } => run::day(date),
        Task::Demo { command } => run::demo(command),
    };
    if let Err(error) = outcome {
        if !process::interrupted() {
            eprintln!("xtask: {error}");
        }
        std::process::exit(1);
    }
}
