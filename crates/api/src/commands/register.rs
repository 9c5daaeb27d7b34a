//! `cabinet register`: registers of banks.

use super::file::read_bytes;
use super::subscriber::{Contract, reason};
use super::{Failure, for_staff, hint, id, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::{Money, Refusal};
use cabinet_service::Actor;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum Register {
    /// Take a file in; repeating it credits nothing twice. Exits with 3 when lines could not be read
    Import(Import),
    /// List lines that wait for a person
    Waiting,
    /// Credit a line to a contract
    Assign(Assign),
    /// Put a line aside
    Dismiss(Dismiss),
}

#[derive(Args)]
pub(super) struct Import {
    /// Name of the register: its section `[registers.NAME]` of cabinet.toml describes the file
    name: String,
    /// The file; `-` is standard input
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Assign {
    /// The line, as `cabinet register waiting` names it
    #[arg(value_parser = id)]
    line: Uuid,
    #[command(flatten)]
    contract: Contract,
}

#[derive(Args)]
pub(super) struct Dismiss {
    /// The line, as `cabinet register waiting` names it
    #[arg(value_parser = id)]
    line: Uuid,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

impl Register {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        let decided = |refusal: &Refusal| match refusal {
            Refusal::NotFound => {
                Some(format!("there is no such line: {} tells them", hint(config, "register waiting")))
            }
            Refusal::AlreadyDecided => Some("the line waits no more".to_owned()),
            Refusal::FieldInvalid { field: "contract", .. } => Some("there is no such contract".to_owned()),
            _ => None,
        };
        let mut faulty = false;
        match self {
            Register::Import(given) => {
                let settings = config.registers.get(&given.name).ok_or_else(|| {
                    let known: Vec<&str> = config.registers.keys().map(String::as_str).collect();
                    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                    Failure::Told(format!("no section [registers.{}] in cabinet.toml; there are: {known}", given.name))
                })?;
                let bytes =
                    read_bytes(&given.file).map_err(|why| Failure::Told(format!("{}: {why}", given.file.display())))?;
                let outcome = service.import_register(Actor::Staff, &given.name, settings, &bytes).await;
                let report = for_staff(outcome, |refusal| match refusal {
                    Refusal::RegisterUnreadable { why } => Some(format!("{}: {why}", given.file.display())),
                    _ => None,
                })?;
                say(format!(
                    "{} credited, {} in all; {} wait for a person, {} taken in before, {} of no money that came",
                    report.credited,
                    report.sum,
                    report.waiting.len(),
                    report.known,
                    report.outgoing
                ))?;
                for (line, why) in &report.waiting {
                    say(format!("line {line} waits: {why}"))?;
                }
                for (line, why) in &report.faults {
                    eprintln!("cabinet: line {line} was not read: {why}");
                }
                faulty = !report.faults.is_empty();
            }
            Register::Waiting => {
                let mut cursor = None;
                loop {
                    let (found, next) = service.list_bank_lines(cursor, 100).await?;
                    for one in found {
                        let amount = Money::from_kopecks(one.amount);
                        say(format!(
                            "{}  {} {} {amount}  {}  «{}»  {}",
                            one.id, one.register, one.paid_on, one.payer, one.purpose, one.why
                        ))?;
                    }
                    cursor = next;
                    if cursor.is_none() {
                        break;
                    }
                }
            }
            Register::Assign(given) => {
                let outcome = service.assign_bank_line(Actor::Staff, given.line, given.contract.number()).await;
                let line = for_staff(outcome, decided)?;
                say(format!("{} credited to contract {}", Money::from_kopecks(line.amount), given.contract.number()))?;
            }
            Register::Dismiss(given) => {
                for_staff(service.dismiss_bank_line(Actor::Staff, given.line, &given.reason).await, decided)?;
                say("put aside")?;
            }
        }
        service.store.close().await;
        if faulty { Err(Failure::Broken) } else { Ok(()) }
    }
}
