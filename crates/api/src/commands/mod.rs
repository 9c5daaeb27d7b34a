//! What an office types.

mod audit;
mod backup;
mod catalogue;
mod file;
mod policy;
mod run_day;
mod subscriber;

use crate::config::{Config, ConfigError, Mode};
use crate::openapi;
use crate::serve::{self, StartError};
use crate::settings;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use time::Date;
use time::macros::format_description;

/// The version with the commit it was built from.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("CABINET_BUILD_COMMIT"), ")");

/// Exit code of a failure.
const FAILED: u8 = 1;
/// Exit code of a check that found something broken, or a run that left accounts undone.
const BROKEN: u8 = 3;

/// What `--help` ends with.
fn after_help() -> String {
    format!(
        "Settings come from cabinet.toml and, over it, from the environment:\n{}\n\
         In cabinet.toml CABINET_WEB__DIR is `dir` of the section [web].\n\n\
         Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something is broken or was left undone.",
        settings::help()
    )
}

/// Self-service cabinet of an Internet provider's subscribers
#[derive(Parser)]
#[command(name = "cabinet", version = VERSION, after_help = after_help(), propagate_version = true)]
struct Cli {
    /// Read settings from this file instead of cabinet.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

/// Which book.
#[derive(Args, Clone, Copy)]
struct Which {
    /// Work on the demo's database
    #[arg(long)]
    demo: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the web client, and charge each day five minutes after midnight
    Serve(Which),
    /// Bring the database's schema up to date; an empty one gets the default policy and tariffs
    Migrate(Which),
    /// Charge a day (RULES: late, repeated or twice at once, no day is ever charged twice or lost)
    RunDay(run_day::RunDay),
    /// Check the whole book; exits with 3 at the first broken row
    Audit(Which),
    /// Print the OpenAPI document
    Openapi,
    /// Write a copy of the database to a file that does not exist yet
    Backup(backup::Backup),
    /// Register a contract, show it, take cash, suspend, resume, issue a recovery code
    #[command(subcommand)]
    Subscriber(subscriber::Subscriber),
    /// Write the tariffs to a file, or take them over from one
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    /// Write the numbers of the business rules to a file, or take them over from one
    #[command(subcommand)]
    Policy(policy::Policy),
}

/// What a command ends in when it does not succeed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{}", worded(.0))]
    Service(#[from] cabinet_service::Error),
    #[error("{0}")]
    Told(String),
    /// The command has told already what is broken.
    #[error("")]
    Broken,
}

/// A refusal in words for the terminal; anything else as it is.
fn worded(error: &cabinet_service::Error) -> String {
    match error {
        cabinet_service::Error::Refused(refusal) => crate::texts::refusal(refusal, cabinet_core::Language::En),
        other => other.to_string(),
    }
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = actix_web::rt::System::new().block_on(carry_out(cli));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Broken) => ExitCode::from(BROKEN),
        Err(failure) => {
            eprintln!("cabinet: {failure}");
            ExitCode::from(FAILED)
        }
    }
}

async fn carry_out(cli: Cli) -> Result<(), Failure> {
    let file = cli.config.as_deref();
    let config = |which: Which| -> Result<Config, Failure> {
        let config = Config::load(file, which.demo)?;
        start_log(config.mode);
        Ok(config)
    };
    match cli.command {
        Command::Serve(which) => Ok(serve::serve(config(which)?).await?),
        Command::Migrate(which) => {
            let config = config(which)?;
            serve::open(&config).await?.store.close().await;
            println!("{} is up to date", config.shown_database());
            Ok(())
        }
        Command::RunDay(run) => run.carry_out(config(run.which)?).await,
        Command::Audit(which) => audit::carry_out(config(which)?).await,
        Command::Openapi => {
            print!("{}", openapi::text());
            Ok(())
        }
        Command::Backup(backup) => backup.carry_out(config(backup.which)?).await,
        Command::Subscriber(subscriber) => {
            let config = config(subscriber.which())?;
            subscriber.carry_out(config).await
        }
        Command::Catalogue(catalogue) => {
            let config = config(catalogue.which())?;
            catalogue.carry_out(config).await
        }
        Command::Policy(policy) => {
            let config = config(policy.which())?;
            policy.carry_out(config).await
        }
    }
}

/// Lines for people locally, JSON for machines in production; always to standard error, always in UTC.
fn start_log(mode: Mode) {
    let default = if mode == Mode::Production { "info" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env(settings::LOG.0)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A log that was set up before, by a test, stays.
    let _ = match mode {
        Mode::Production => log.json().try_init(),
        Mode::Local => log.try_init(),
    };
}

/// A day of the command line.
fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| "write a day like 2014-12-22".to_owned())
}

/// A bar on a terminal, nothing in a pipe.
fn bar(message: &'static str) -> indicatif::ProgressBar {
    let style = indicatif::ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {eta}").expect("a fixed template");
    indicatif::ProgressBar::new(0).with_style(style).with_message(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn amounts_of_cash_are_checked_at_the_door() {
        let pay = |amount: &str| Cli::try_parse_from(["cabinet", "subscriber", "pay", "0000", amount]).is_ok();
        assert!(pay("50.00"));
        for bad in ["0", "-1.00", "10,5", "1.005", "1e3", "NaN", "99999999999999999999"] {
            assert!(!pay(bad), "{bad}");
        }
    }
}
