//! `cabinet ticket`: requests of subscribers, read and answered.

use super::file::{is_stream, read_bytes};
use super::subscriber::contract;
use super::{Failure, counted, for_staff, hint, id, say, told};
use crate::config::Config;
use crate::serve;
use cabinet_core::support::{FILES_MAX, SUBSCRIBER, TicketState, begins};
use cabinet_core::{ContractNumber, Refusal};
use cabinet_service::write_to_support::NewMessage;
use cabinet_service::{Actor, Error, Service};
use cabinet_store::open::create_private;
use cabinet_store::tickets::Listed;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Tickets a list shows.
const LISTED: i64 = 100;

#[derive(Subcommand)]
pub(super) enum Ticket {
    /// List those that wait for an answer, the oldest first
    List(List),
    /// Show a ticket with all its messages and files
    Show(Which),
    /// Write a file of a ticket to the disk, to a file that does not exist yet
    File(File),
    /// Answer a ticket: its subscriber is shown who answered as «Підтримка»
    Answer(Answer),
    /// Close a ticket without a word; its subscriber's next message opens it again
    Close(Which),
    /// Open a closed ticket again
    Reopen(Which),
}

#[derive(Args)]
pub(super) struct List {
    /// Those that stand so
    #[arg(long, value_name = "open|answered|closed", value_parser = state, default_value = "open")]
    state: TicketState,
    /// All of this contract, however they stand, the newest first
    #[arg(long, value_name = "NUMBER", value_parser = contract, conflicts_with = "state")]
    contract: Option<ContractNumber>,
}

#[derive(Args)]
pub(super) struct Which {
    /// The ticket, as `cabinet ticket list` names it
    #[arg(value_parser = id)]
    ticket: Uuid,
}

#[derive(Args)]
pub(super) struct File {
    /// The ticket
    #[arg(value_parser = id)]
    ticket: Uuid,
    /// The file, as `cabinet ticket show` names it
    #[arg(value_parser = id)]
    file: Uuid,
    /// Where to write it
    to: PathBuf,
}

#[derive(Args)]
pub(super) struct Answer {
    /// The ticket
    #[arg(value_parser = id)]
    ticket: Uuid,
    /// What to say; `-` reads it from standard input
    text: String,
    /// A file that goes along, up to three: PNG, JPEG, WebP, PDF or text
    #[arg(long, value_name = "FILE")]
    file: Vec<PathBuf>,
    /// Close it with that: nothing is left to say
    #[arg(long)]
    close: bool,
}

fn state(text: &str) -> Result<TicketState, String> {
    TicketState::from_code(text).ok_or_else(|| "a ticket is open, answered or closed".to_owned())
}

impl Ticket {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Ticket::List(given) => list(&service, given).await?,
            Ticket::Show(which) => show(&service, config, which.ticket).await?,
            Ticket::File(given) => {
                let account = whose(&service, config, given.ticket).await?;
                let outcome = service.ticket_file(account, given.ticket, given.file).await;
                let file = for_staff(outcome, |refusal| absent(refusal, "that ticket has no such file".to_owned()))?;
                write(&given.to, &file.content)?;
                say(format!("{}: {}, {}", given.to.display(), file.name, file.media_type))?;
            }
            Ticket::Answer(given) => {
                let account = whose(&service, config, given.ticket).await?;
                let text = words(&given.text)?;
                let files = send(&service, account, &given.file).await?;
                let new = NewMessage { text, files };
                let outcome = service.answer_ticket(Actor::Staff, account, given.ticket, &new, given.close).await;
                for_staff(outcome, |refusal| match refusal {
                    Refusal::FieldInvalid { .. } => Some("an answer has 1 to 4000 characters".to_owned()),
                    _ => None,
                })?;
                say(if given.close { "answered and closed" } else { "answered" })?;
            }
            Ticket::Close(which) => {
                let account = whose(&service, config, which.ticket).await?;
                decided(
                    service.close_ticket(Actor::Staff, account, which.ticket).await.map(drop),
                    "it is closed already",
                )?;
                say("closed")?;
            }
            Ticket::Reopen(which) => {
                let account = whose(&service, config, which.ticket).await?;
                decided(
                    service.reopen_ticket(Actor::Staff, account, which.ticket).await.map(drop),
                    "it is not closed",
                )?;
                say("open again")?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

/// Keeps the files of an answer; none of them is anybody's until the answer takes it.
async fn send(service: &Service, account: Uuid, files: &[PathBuf]) -> Result<Vec<Uuid>, Failure> {
    if files.len() > FILES_MAX {
        return Err(Failure::Told(format!("at most {FILES_MAX} files go along with an answer")));
    }
    let mut kept = Vec::new();
    for file in files {
        let content = read_bytes(file).map_err(|why| Failure::Told(format!("{}: {why}", file.display())))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let outcome = service.keep_staff_file(account, &name, &content).await;
        let unfit = format!("{}: at most 5 MiB of PNG, JPEG, WebP, PDF or text in UTF-8", file.display());
        kept.push(for_staff(outcome, |refusal| matches!(refusal, Refusal::FileUnfit).then_some(unfit))?.id);
    }
    Ok(kept)
}

async fn list(service: &Service, given: List) -> Result<(), Failure> {
    let (found, next) = match &given.contract {
        Some(contract) => {
            let none = |refusal: &Refusal| absent(refusal, format!("there is no contract {contract}"));
            let account = for_staff(service.find_contract(contract).await, none)?;
            service.list_tickets(account, None, LISTED).await?
        }
        None => service.list_staff_tickets(given.state, None, LISTED).await?,
    };
    for Listed { contract, ticket, begins: first, .. } in found {
        let messages = counted(ticket.messages, "message", "messages");
        say(format!(
            "{}  {contract}  {}  {}  {}  {messages}  {}",
            ticket.id,
            ticket.topic,
            ticket.state,
            told(ticket.moved_at),
            begins(&first)
        ))?;
    }
    if next.is_some() {
        eprintln!("there are more: the first {LISTED} are shown");
    }
    Ok(())
}

async fn show(service: &Service, config: &Config, id: Uuid) -> Result<(), Failure> {
    let account = whose(service, config, id).await?;
    let (thread, facts) = (service.show_ticket(account, id).await?, service.show_subscriber(account).await?);
    let (ticket, profile) = (thread.ticket, facts.profile);
    let names = [profile.last_name, profile.first_name, profile.middle_name];
    let name = names.iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let day = ticket.about_day.map(|day| format!(", about {day}")).unwrap_or_default();
    say(format!("{} {name}, {}", facts.held.contract, profile.address))?;
    say(format!("{}, {}{day}", ticket.topic, ticket.state))?;
    for message in thread.messages {
        let by = match (message.author.as_str(), message.staff_name) {
            (SUBSCRIBER, _) => "subscriber".to_owned(),
            (_, Some(name)) => format!("staff, {name}"),
            (_, None) => "staff".to_owned(),
        };
        say(format!("\n{}. {by}, {}\n{}", message.seq, told(message.at), message.body))?;
        for file in thread.files.iter().filter(|file| file.seq == Some(message.seq)) {
            say(format!("  {}  {}, {} bytes, {}", file.id, file.name, file.size, file.media_type))?;
        }
    }
    Ok(())
}

/// Whose a ticket is.
async fn whose(service: &Service, config: &Config, ticket: Uuid) -> Result<Uuid, Failure> {
    for_staff(service.find_ticket(ticket).await, |refusal| {
        absent(refusal, format!("there is no such ticket: {} tells them", hint(config, "ticket list")))
    })
}

fn absent(refusal: &Refusal, told: String) -> Option<String> {
    matches!(refusal, Refusal::NotFound).then_some(told)
}

fn decided(outcome: Result<(), Error>, told: &str) -> Result<(), Failure> {
    for_staff(outcome, |refusal| matches!(refusal, Refusal::AlreadyDecided).then(|| told.to_owned()))
}

/// A text of the command line, or what stands on standard input.
fn words(given: &str) -> Result<String, Failure> {
    if !is_stream(Path::new(given)) {
        return Ok(given.to_owned());
    }
    let read = read_bytes(Path::new(given)).map_err(|why| Failure::Told(format!("standard input: {why}")))?;
    String::from_utf8(read).map_err(|_| Failure::Told("standard input: it is no text in UTF-8".to_owned()))
}

/// Never over a file that is there: what a subscriber sent has no business in its place.
fn write(to: &Path, content: &[u8]) -> Result<(), Failure> {
    let wrong = |why: std::io::Error| Failure::Told(format!("{}: {why}", to.display()));
    let mut file = create_private(to).map_err(wrong)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(wrong)
}
