//! Measures the product beside bare floors, alternating in one run; only the ratios mean something.

mod book;
mod figures;
mod run_day;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "Measures the product beside bare floors and prints the ratios")]
struct Arguments {
    /// An administrator's URL of a PostgreSQL server that may be filled and emptied.
    #[arg(long, env = "CABINET_BENCH_POSTGRES")]
    postgres: String,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The daily run beside one idempotent set-based statement.
    RunDay {
        /// How many active accounts.
        #[arg(long, default_value_t = 100_000)]
        accounts: i64,
        /// How many days each, alternating.
        #[arg(long, default_value_t = 5)]
        days: i64,
    },
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    match arguments.what {
        What::RunDay { accounts, days } => run_day::measure(&arguments.postgres, accounts, days).await,
    }
}
