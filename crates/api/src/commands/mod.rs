//! What an office types.

mod address;
mod audit;
mod audit_log;
mod backup;
mod catalogue;
mod draw;
mod file;
mod journal;
mod network;
mod news;
mod outbox;
mod payment;
mod policy;
mod register;
mod report;
mod request;
mod restore;
mod router;
mod run_day;
mod staff;
mod subscriber;
mod table;
mod ticket;
mod voucher;

use crate::config::{Config, ConfigError, Mode};
use crate::openapi;
use crate::problem::Kind;
use crate::serve::{self, StartError};
use crate::settings;
use crate::texts;
use cabinet_core::Refusal;
use cabinet_service::clock::local_time;
use cabinet_store::Schema;
use clap::{Parser, Subcommand};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The version with the commit it was built from.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("CABINET_BUILD_COMMIT"), ")");

/// Exit code of a failure.
const FAILED: u8 = 1;
/// Exit code of a command line that cannot be meant, the same as clap's.
const USAGE: u8 = 2;
/// Exit code of a check that found something broken, or a run that left accounts undone.
const BROKEN: u8 = 3;

/// The heading of the options that every command takes.
const EVERYWHERE: &str = "Options of every command, before it or after it";

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
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// Work on the demo's database, which `cabinet serve --demo` makes
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    demo: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the web client, and charge each day five minutes after midnight
    ///
    /// Begins as `migrate` does: makes the database, or brings it up to date.
    Serve,
    /// Make the database, or bring its schema up to date; an empty one gets the default policy and tariffs
    Migrate,
    /// Charge a day: late, repeated or twice at once, no day is ever charged twice or lost
    RunDay(run_day::RunDay),
    /// Check the whole book; exits with 3 at the first broken row
    Audit,
    /// What was done, when and by whom: the newest first
    AuditLog(audit_log::AuditLog),
    /// Print the OpenAPI document
    Openapi,
    /// Write a copy of the database to a file that does not exist yet
    Backup(backup::Backup),
    /// Make the database of a backup, where nothing is yet, and check it; exits with 3 if it is broken
    Restore(restore::Restore),
    /// Write the book of some days as double entry, debits equal to credits
    Journal(journal::Journal),
    /// What came in, what was earned, who owes
    #[command(subcommand)]
    Report(report::Report),
    /// Register a contract, find it, show it, edit it, close it, take cash, suspend, resume, issue a recovery code
    #[command(subcommand)]
    Subscriber(subscriber::Subscriber),
    /// Undo an entry, note that a payment was given back, look at payments in doubt and decide them
    #[command(subcommand)]
    Payment(payment::Payment),
    /// Put a sum in, or take one off, for a reason
    Adjust(payment::Adjust),
    /// Make vouchers, list their series, take one out of use
    #[command(subcommand)]
    Voucher(voucher::Voucher),
    /// Tell who agreed to prize draws and promotions, and hold a draw
    #[command(subcommand)]
    Draw(draw::Draw),
    /// Take a bank's register in, and decide what waits of it
    #[command(subcommand)]
    Register(register::Register),
    /// List requests of subscribers, answer, close and reopen them
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// Publish news and planned works, list them, take one back
    #[command(subcommand)]
    News(news::News),
    /// List tasks that were given up, letters among them, and try them again
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// List contracts whose routers do not follow what is wished, the longest first
    Network,
    /// Add static addresses to a pool, list them, take one out of use
    #[command(subcommand)]
    Address(address::Address),
    /// Add routers, list them, forget one; show or set what each kind of them is told
    #[command(subcommand)]
    Router(router::Router),
    /// Add members of staff, list them, give a new first password, take access away
    #[command(subcommand)]
    Staff(staff::Staff),
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
    /// The arguments contradict each other.
    #[error("{0}")]
    Usage(String),
    /// The command has told already what is broken.
    #[error("")]
    Broken,
}

/// A refusal nobody foresaw here, by its kind: the whole sentences of `texts` are for subscribers.
fn worded(error: &cabinet_service::Error) -> String {
    match error {
        cabinet_service::Error::Refused(refusal) => texts::title(&Kind::Refused(refusal.clone())).to_owned(),
        other => other.to_string(),
    }
}

/// What staff are told of a refusal, with the contract, code or receipt it is about and what to do; `None` leaves it to
/// [`worded`].
fn for_staff<T>(
    outcome: Result<T, cabinet_service::Error>,
    word: impl FnOnce(&Refusal) -> Option<String>,
) -> Result<T, Failure> {
    outcome.map_err(|error| {
        let told = match &error {
            cabinet_service::Error::Refused(refusal) => word(refusal),
            _ => None,
        };
        told.map_or_else(|| error.into(), Failure::Told)
    })
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = actix_web::rt::System::new().block_on(carry_out(cli));
    let code = match &outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Broken) => return ExitCode::from(BROKEN),
        Err(Failure::Usage(_)) => USAGE,
        Err(_) => FAILED,
    };
    if let Err(failure) = outcome {
        eprintln!("cabinet: {failure}");
    }
    ExitCode::from(code)
}

async fn carry_out(cli: Cli) -> Result<(), Failure> {
    if matches!(cli.command, Command::Openapi) {
        return put(&openapi::text());
    }
    let config = Config::load(cli.config.as_deref(), cli.demo)?;
    start_log(config.mode);
    match cli.command {
        Command::Serve => Ok(serve::serve(config).await?),
        Command::Migrate => {
            let before = serve::migrate(&config).await?;
            let database = config.shown_database();
            say(match before {
                Schema::Absent => format!("{database} is ready, with the default policy and tariffs"),
                Schema::Behind => format!("{database} is brought up to date"),
                Schema::Current | Schema::Ahead => format!("{database} is up to date: nothing to do"),
            })
        }
        Command::RunDay(run) => run.carry_out(&config).await,
        Command::Audit => audit::carry_out(&config).await,
        Command::AuditLog(log) => log.carry_out(&config).await,
        Command::Openapi => Ok(()),
        Command::Backup(backup) => backup.carry_out(&config).await,
        Command::Restore(restore) => restore.carry_out(&config).await,
        Command::Journal(journal) => journal.carry_out(&config).await,
        Command::Report(report) => report.carry_out(&config).await,
        Command::Subscriber(subscriber) => subscriber.carry_out(&config).await,
        Command::Payment(payment) => payment.carry_out(&config).await,
        Command::Adjust(adjust) => adjust.carry_out(&config).await,
        Command::Voucher(voucher) => voucher.carry_out(&config).await,
        Command::Draw(draw) => draw.carry_out(&config).await,
        Command::Register(register) => register.carry_out(&config).await,
        Command::Ticket(ticket) => ticket.carry_out(&config).await,
        Command::News(news) => news.carry_out(&config).await,
        Command::Outbox(outbox) => outbox.carry_out(&config).await,
        Command::Network => network::carry_out(&config).await,
        Command::Address(address) => address.carry_out(&config).await,
        Command::Router(router) => router.carry_out(&config).await,
        Command::Staff(staff) => staff.carry_out(&config).await,
        Command::Catalogue(catalogue) => catalogue.carry_out(&config).await,
        Command::Policy(policy) => policy.carry_out(&config).await,
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

/// Writes a text to standard output. A reader that has seen enough and left, as `head` does, is no failure.
fn put(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(why) if why.kind() != ErrorKind::BrokenPipe => Err(Failure::Told(format!("standard output: {why}"))),
        _ => Ok(()),
    }
}

/// Writes a line to standard output.
fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    put(&format!("{line}\n"))
}

/// A command to try next, on the same database: "`cabinet staff list --demo`".
fn hint(config: &Config, command: &str) -> String {
    format!("`cabinet {command}{}`", if config.demo { " --demo" } else { "" })
}

/// `1 account`, `2 accounts`.
fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// When, by the clocks of the office.
fn told(at: OffsetDateTime) -> String {
    let local = local_time(at);
    format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
}

/// On which day of the office.
fn local_day(at: OffsetDateTime) -> Date {
    local_time(at).date()
}

/// A day of the command line.
fn parse_day(text: &str) -> Result<Date, String> {
    let form = format_description!("[year]-[month]-[day]");
    Date::parse(text.trim(), form).map_err(|_| "write a day like 2014-12-22".to_owned())
}

/// An id as a list of this program told it.
fn id(text: &str) -> Result<Uuid, String> {
    text.trim()
        .parse()
        .map_err(|_| "write an id as the list tells it, like 0192f0c1-0000-7000-8000-000000000001".to_owned())
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
    fn moments_are_of_the_offices_clocks() {
        let night = time::macros::datetime!(2026-11-23 22:05:08 UTC);
        assert_eq!((told(night).as_str(), local_day(night)), ("2026-11-24 00:05", time::macros::date!(2026 - 11 - 24)));
    }

    #[test]
    fn amounts_of_cash_are_checked_at_the_door() {
        let pay = |amount: &str| Cli::try_parse_from(["cabinet", "subscriber", "pay", "0000", amount]).is_ok();
        assert!(pay("50.00") && pay(" 50.00 "));
        for bad in ["0", "-1.00", "10,5", "1.005", "1e3", "NaN", "99999999999999999999"] {
            assert!(!pay(bad), "{bad}");
        }
    }

    #[test]
    fn the_demo_is_named_anywhere() {
        for line in [
            "cabinet --demo subscriber show 0000",
            "cabinet subscriber --demo show 0000",
            "cabinet subscriber show --demo 0000",
            "cabinet subscriber show 0000 --demo",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok_and(|cli| cli.demo), "{line}");
        }
        assert!(Cli::try_parse_from(["cabinet", "audit"]).is_ok_and(|cli| !cli.demo));
    }
}
