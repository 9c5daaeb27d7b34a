//! `cabinet payment`, `cabinet adjust`: corrections of the book.

use super::subscriber::{Contract, find, reason};
use super::{Failure, for_staff, hint, id, say, told};
use crate::config::Config;
use crate::serve;
use cabinet_core::ledger::Entry;
use cabinet_core::money::MoneyError;
use cabinet_core::payment::{Attention, Decision};
use cabinet_core::{ContractNumber, Money, Refusal};
use cabinet_service::take_notification::Told;
use cabinet_service::{Actor, Answered, Error, Service};
use cabinet_store::payments::Event;
use clap::{ArgGroup, Args, Subcommand};
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum Payment {
    /// Undo an entry, once, by an entry of its own; it may leave a debt
    Reverse(Reverse),
    /// Note that a payment was given back, in part or all that is left of it, or have its gateway give it back
    Refund(Refund),
    /// List the online payments a person must look at, or tell what the gateway said of one
    Review(Review),
    /// Decide what becomes of such a payment: credit the sum that came, or settle it
    Decide(Decide),
    /// List what gateways signed of payments that are not ours, the newest first: it credits nothing
    Orphans,
}

#[derive(Args)]
pub(super) struct Review {
    /// The payment, as the list names it
    #[arg(value_parser = id)]
    payment: Option<Uuid>,
}

#[derive(Args)]
#[command(group(ArgGroup::new("outcome").required(true).args(["credit", "settled"])))]
pub(super) struct Decide {
    /// The payment, as `cabinet payment review` names it
    #[arg(value_parser = id)]
    payment: Uuid,
    /// Put this sum on the balance, as 50.00
    #[arg(long, value_name = "AMOUNT")]
    credit: Option<Money>,
    /// Nothing more is to be done here
    #[arg(long)]
    settled: bool,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
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
    /// Why, as the subscriber reads it
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// Have the gateway of an online payment give it back; the server asks it
    #[arg(long)]
    send: bool,
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
                let (entry, amount, reason) = (given.entry, given.amount, &given.reason);
                let done = match given.send {
                    true => {
                        let service = serve::with_gateways(service, config)?;
                        let done = service.refund_through_gateway(Actor::Staff, id, entry, amount, reason).await;
                        tell(done, contract, entry)?;
                        eprintln!(
                            "the server asks the gateway; {} tells where it does not",
                            hint(config, "payment review")
                        );
                        service.store.close().await;
                        return Ok(());
                    }
                    false => service.refund_payment(Actor::Staff, id, entry, amount, reason).await,
                };
                tell(done, contract, entry)?;
            }
            Payment::Orphans => list_orphans(&service).await?,
            Payment::Review(Review { payment: None }) => list_in_review(&service).await?,
            Payment::Review(Review { payment: Some(payment) }) => look_at(&service, config, payment).await?,
            Payment::Decide(given) => {
                let decision = given.credit.map_or(Decision::Settled, Decision::Credit);
                let done = service.decide_payment(Actor::Staff, given.payment, decision, &given.reason).await;
                for_staff(done, |refusal| known(config, refusal))?;
                look_at(&service, config, given.payment).await?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

/// What is told of a payment that is not there or waits for nobody.
fn known(config: &Config, refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::NotFound => Some(format!("there is no such payment: {} tells them", hint(config, "payment review"))),
        Refusal::AlreadyDecided => Some("nothing to do: the payment waits for nobody".to_owned()),
        Refusal::AmountInvalid { least, most } => Some(format!("an amount lies between {least} and {most}")),
        _ => None,
    }
}

async fn list_in_review(service: &Service) -> Result<(), Failure> {
    let mut cursor = None;
    loop {
        let (found, next) = service.list_in_review(cursor, 100).await?;
        for held in found {
            let (why, since) =
                (held.attention.map_or("", Attention::code), held.attention_at.unwrap_or(held.changed_at));
            let (amount, state) = (held.payment.amount, held.payment.state.code());
            say(format!("{}  {}  {amount:>10}  {state:<8}  {}  {why}", held.id, held.provider, told(since)))?;
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

async fn look_at(service: &Service, config: &Config, payment: Uuid) -> Result<(), Failure> {
    let looked_at = for_staff(service.look_at_payment(payment).await, |refusal| known(config, refusal))?;
    let held = &looked_at.held;
    let why = held.attention.map(|why| format!(", a person must look: {}", why.code())).unwrap_or_default();
    let (amount, state) = (held.payment.amount, held.payment.state.code());
    say(format!("{}: contract {}, {} {amount}, {state}{why}", held.id, looked_at.contract, held.provider))?;
    for (said, event) in &looked_at.events {
        say(format!("  {}", line(said, event)))?;
    }
    Ok(())
}

async fn list_orphans(service: &Service) -> Result<(), Failure> {
    let mut cursor = None;
    loop {
        let (found, next) = service.list_orphans(cursor, 100).await?;
        for event in found {
            let said: Told = serde_json::from_str(&event.told).map_err(Error::from)?;
            say(format!("{}  {}", event.provider, line(&said, &event)))?;
        }
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(()),
        }
    }
}

/// What a gateway said once, and what was made of it.
fn line(said: &Told, event: &Event) -> String {
    let sum = said.amount.map(|sum| sum.to_string()).unwrap_or_default();
    let back = said.returned.map(|sum| format!(", {sum} went back")).unwrap_or_default();
    let doubts: String = said.doubts.iter().map(|doubt| format!(", {doubt}")).collect();
    let (currency, transaction) = (said.currency.as_deref().unwrap_or(""), said.transaction.as_deref().unwrap_or("-"));
    let (at, kind, note) = (told(event.received_at), &event.kind, &event.note);
    format!("{at}  {kind} {sum} {currency} as {transaction}{back}{doubts}: {note}")
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
        Refusal::RefundUnsendable { whole_only: true } => {
            Some(format!("the gateway of entry {seq} gives back only the whole payment; nothing was posted"))
        }
        Refusal::RefundUnsendable { whole_only: false } => Some(format!(
            "entry {seq} of contract {contract} cannot be given back through a gateway; nothing was posted"
        )),
        Refusal::RefundTooLarge { most } => Some(format!("at most {most} can go back")),
        Refusal::AmountInvalid { least, most } => Some(format!("an amount lies between {least} and {most}, not at 0.00")),
        _ => None,
    })?
    .value;
    say(format!("entry {}: {} posted on {}, balance {}", entry.seq, entry.amount, entry.posted_on, entry.balance_after))
}
