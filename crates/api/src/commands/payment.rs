//! `cabinet payment`, `cabinet adjust`: corrections of the book.

use super::subscriber::{Contract, find, reason};
use super::{Failure, for_staff, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::ledger::Entry;
use cabinet_core::money::MoneyError;
use cabinet_core::{ContractNumber, Money, Refusal};
use cabinet_service::{Actor, Answered, Error};
use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(super) enum Payment {
    /// Undo an entry, once, by an entry of its own; it may leave a debt
    Reverse(Reverse),
    /// Note that a payment was given back, in part or all that is left of it
    Refund(Refund),
}

#[derive(Args)]
pub(super) struct Reverse {
    #[command(flatten)]
    contract: Contract,
    /// Number of the entry
    entry: i64,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Args)]
pub(super) struct Refund {
    #[command(flatten)]
    contract: Contract,
    /// Number of the payment's entry
    entry: i64,
    /// How much, as 50.00
    amount: Money,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Args)]
pub(super) struct Adjust {
    #[command(flatten)]
    contract: Contract,
    /// How much to put in, as 5.00, or to take off, as -5.00
    #[arg(allow_negative_numbers = true, value_parser = change)]
    amount: Money,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

/// A sum that changes something.
fn change(text: &str) -> Result<Money, String> {
    let amount: Money = text.trim().parse().map_err(|error: MoneyError| error.to_string())?;
    if amount == Money::ZERO { Err("0.00 changes nothing".to_owned()) } else { Ok(amount) }
}

impl Payment {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Payment::Reverse(given) => {
                let contract = given.contract.number();
                let id = find(&service, contract).await?;
                let done = service.reverse_entry(Actor::Staff, id, given.entry, &given.reason).await;
                tell(done, contract, given.entry)?;
            }
            Payment::Refund(given) => {
                let contract = given.contract.number();
                let id = find(&service, contract).await?;
                let done = service.refund_payment(Actor::Staff, id, given.entry, given.amount, &given.reason).await;
                tell(done, contract, given.entry)?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

impl Adjust {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        let contract = self.contract.number();
        let id = find(&service, contract).await?;
        tell(service.adjust(Actor::Staff, id, self.amount, &self.reason).await, contract, 0)?;
        service.store.close().await;
        Ok(())
    }
}

fn tell(outcome: Result<Answered<Entry>, Error>, contract: &ContractNumber, seq: i64) -> Result<(), Failure> {
    let entry = for_staff(outcome, |refusal| match refusal {
        Refusal::NotFound => Some(format!("contract {contract} has no entry {seq}")),
        Refusal::AlreadyReversed => Some(format!("entry {seq} of contract {contract} was undone before")),
        Refusal::NotReversible => Some(format!(
            "entry {seq} of contract {contract} cannot be undone: a refund or a reversal, given back in part, or paying \
             for a change that waits"
        )),
        Refusal::RefundTooLarge { most } => Some(format!("at most {most} can go back")),
        Refusal::AmountInvalid { least, most } => Some(format!("an amount lies between {least} and {most}, not at 0.00")),
        _ => None,
    })?
    .value;
    say(format!("entry {}: {} posted on {}, balance {}", entry.seq, entry.amount, entry.posted_on, entry.balance_after))
}
