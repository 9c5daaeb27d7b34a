//! Measures the product beside bare floors, alternating in one run; only the ratios mean something.
#![allow(clippy::disallowed_methods, reason = "a bench paces itself by real time")]

mod audit;
mod bare;
mod bills;
mod book;
mod documents;
mod figures;
mod flood;
mod large;
mod load;
mod network;
mod notifications;
mod radius;
mod reads;
mod run_day;

use clap::{Parser, ValueEnum};
use indicatif::ProgressStyle;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(version, about = "Measures the product beside bare floors and prints the ratios with their limits")]
struct Arguments {
    /// An administrator's URL of a PostgreSQL server that may be filled and emptied.
    #[arg(long, env = "CABINET_BENCH_POSTGRES")]
    postgres: String,
    /// What to measure.
    #[arg(default_values = ["run-day", "bills", "audit", "reads", "notifications", "radius", "network", "documents"])]
    parts: Vec<Part>,
    /// Adds the part `large`.
    #[arg(long)]
    large: bool,
    /// run-day, bills, audit: how many active accounts.
    #[arg(long, default_value_t = 100_000)]
    accounts: i64,
    /// run-day, bills, audit: how many days or rounds each, alternating.
    #[arg(long, default_value_t = 5)]
    days: i64,
    /// reads, notifications: how many rounds of the product and the bare server.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// reads, notifications: seconds of each half of a round.
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// reads: how many other accounts the book holds.
    #[arg(long, default_value_t = 10_000)]
    crowd: i64,
    /// large: how many accounts.
    #[arg(long, default_value_t = 1_000_000)]
    large_accounts: i64,
    /// large: how many entries each of them has, a day apart.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=31))]
    large_days: i64,
    /// Bytes a first visit loads and their limit, for the table.
    #[arg(long, num_args = 2, value_names = ["BYTES", "LIMIT"])]
    first_load: Option<Vec<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The daily run beside one idempotent set-based statement.
    RunDay,
    /// The bills of the 1st beside one set-based statement.
    Bills,
    /// The check of the whole book beside a bare window query over the same rows; with `--large` of ten million entries too.
    Audit,
    /// The header and the month over HTTP beside a bare server, and reads while sign-ins flood in.
    Reads,
    /// Gateways' notifications beside bare transactions that write the same rows.
    Notifications,
    /// Sign-ins at routers: what FreeRADIUS asks of the views beside a read by key, and how many it answers.
    Radius,
    /// Turbos that end together: how long until the last router is told?
    Network,
    /// A bill and a statement as a PDF: how much of a processor?
    Documents,
    /// A month of any account among a million: read from the index alone?
    Large,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // As in production, where every request is told to the log; nobody reads it here.
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_writer(std::io::sink)
        .init();
    let wanted = |part| arguments.parts.contains(&part) || (part == Part::Large && arguments.large);
    let size = large::Size { accounts: arguments.large_accounts.max(1), days: arguments.large_days };
    if wanted(Part::Large)
        && let Err(why) = large::check_disk(&arguments.postgres, size).await
    {
        eprintln!("cabinet-bench: {why}");
        return ExitCode::FAILURE;
    }
    let mut table = figures::Table::default();
    if wanted(Part::RunDay) {
        run_day::measure(&arguments.postgres, arguments.accounts, arguments.days, &mut table).await;
    }
    if wanted(Part::Bills) {
        let rounds = usize::try_from(arguments.days).unwrap_or(1).max(1);
        bills::measure(&arguments.postgres, arguments.accounts, rounds, &mut table).await;
    }
    if wanted(Part::Audit) {
        let rounds = usize::try_from(arguments.days).unwrap_or(1).max(1);
        audit::measure(&arguments.postgres, arguments.accounts, rounds, &mut table).await;
        if arguments.large {
            audit::measure(&arguments.postgres, 10_000_000 / audit::ENTRIES, 1, &mut table).await;
        }
    }
    let rounds = reads::Rounds {
        count: arguments.rounds.max(1),
        time: Duration::from_secs_f64(arguments.seconds),
        crowd: arguments.crowd,
        readers: 64,
    };
    if wanted(Part::Notifications) {
        notifications::measure(&arguments.postgres, rounds, &mut table).await;
    }
    if wanted(Part::Radius) {
        radius::measure(&arguments.postgres, arguments.rounds.max(1), &mut table).await;
    }
    if wanted(Part::Network) {
        network::measure(&arguments.postgres, &mut table).await;
    }
    if wanted(Part::Reads) {
        reads::measure(&arguments.postgres, rounds, &mut table).await;
    }
    if wanted(Part::Documents) {
        documents::measure(&mut table);
    }
    if wanted(Part::Large) {
        large::measure(&arguments.postgres, size, &mut table).await;
    }
    if let Some([bytes, limit]) = arguments.first_load.as_deref() {
        let kib = |bytes: u32| f64::from(bytes) / 1024.0;
        table.at_most("first load of the client", kib(*bytes), kib(*limit), " KiB", String::new());
    }
    if table.print() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A bar on a terminal, nothing in a pipe.
fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("  {msg} {bar:40} {pos}/{len} {eta}").expect("a fixed template")
}
