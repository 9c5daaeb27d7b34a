//! A subscriber writes to support: tickets, messages, the files that go along.

use crate::account_tx::{AccountTx, Actor};
use crate::office::paged;
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::refusal::FieldFault;
use cabinet_core::support::{
    FILE_MAX, FILES_MAX, FileKind, STAFF, SUBSCRIBER, TEXT_MAX, TicketState, Topic, Written, admit_file, admit_message,
    check_text,
};
use cabinet_core::{Policy, Refusal};
use cabinet_store::tickets::{self, FileFacts, Listed, Message, Ticket};
use cabinet_store::{Tx, View};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a file waits for its message.
const FILE_WAITS: Duration = Duration::days(1);

/// What is said, and the files that were sent before for it.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// The words.
    pub text: String,
    /// Ids of files.
    pub files: Vec<Uuid>,
}

/// A ticket to be.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// What it is about.
    pub topic: Topic,
    /// The day of the statement it is about.
    pub about_day: Option<Date>,
    /// How it begins.
    pub first: NewMessage,
}

/// What was sent, and where it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The ticket.
    pub ticket: Uuid,
    /// The number of the message within it.
    pub seq: i64,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A ticket whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The ticket.
    pub ticket: Ticket,
    /// What was said, the first message first.
    pub messages: Vec<Message>,
    /// The files, without their bytes.
    pub files: Vec<FileFacts>,
}

/// A file with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// Its name, as it may be kept.
    pub name: String,
    /// What its bytes are.
    pub media_type: String,
    /// The bytes.
    pub content: Vec<u8>,
}

impl Service {
    /// Opens a ticket.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`], [`Refusal::TicketsWaiting`], [`Refusal::WritingSpent`].
    pub async fn open_ticket(&self, account: Uuid, new: &NewTicket, key: RequestKey) -> Result<Answered<Sent>, Error> {
        let text = check_message(&new.first)?;
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let days = work.held.account.opened_on..=work.now.today;
        if new.about_day.is_some_and(|day| !days.contains(&day)) {
            return Err(Refusal::FieldInvalid { field: "day", fault: FieldFault::Invalid }.into());
        }
        let (id, now) = (self.new_id(), work.now);
        admit(&mut work, id).await?;
        let ticket = Ticket {
            id,
            topic: new.topic.code().to_owned(),
            about_day: new.about_day,
            state: TicketState::Open.code().to_owned(),
            messages: 1,
            read_through: 1,
            created_at: now.instant,
            moved_at: now.instant,
        };
        tickets::open(&mut work.tx, account, &ticket, &message(1, text, now)).await?;
        attach(&mut work.tx, account, &new.first.files, (id, 1, SUBSCRIBER)).await?;
        let details = json!({ "ticket": id, "topic": new.topic, "files": new.first.files.len() });
        work.audit(Actor::Subscriber, "ticket.open", details).await?;
        finish(work, key, Sent { ticket: id, seq: 1, at: now.instant }).await
    }

    /// Adds a message to a ticket, which waits for an answer again, even if it was closed.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::FieldInvalid`], [`Refusal::TicketsWaiting`], [`Refusal::WritingSpent`].
    pub async fn write_message(
        &self,
        account: Uuid,
        id: Uuid,
        new: &NewMessage,
        key: RequestKey,
    ) -> Result<Answered<Sent>, Error> {
        let text = check_message(new)?;
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let mut ticket = tickets::find(&mut work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        admit(&mut work, id).await?;
        let now = work.now;
        ticket.messages += 1;
        // Whoever writes has seen what stands above.
        ticket.read_through = ticket.messages;
        ticket.state = TicketState::Open.code().to_owned();
        ticket.moved_at = now.instant;
        tickets::put_message(&mut work.tx, account, id, &message(ticket.messages, text, now)).await?;
        attach(&mut work.tx, account, &new.files, (id, ticket.messages, SUBSCRIBER)).await?;
        tickets::save(&mut work.tx, account, &ticket).await?;
        let details = json!({ "ticket": id, "message": ticket.messages, "files": new.files.len() });
        work.audit(Actor::Subscriber, "ticket.write", details).await?;
        finish(work, key, Sent { ticket: id, seq: ticket.messages, at: now.instant }).await
    }

    /// Keeps a file for a message that follows within a day. What it is, its bytes tell, whatever its name says.
    ///
    /// # Errors
    /// [`Refusal::FileUnfit`], [`Refusal::WritingSpent`].
    pub async fn keep_file(&self, account: Uuid, name: &str, content: &[u8]) -> Result<FileFacts, Error> {
        let kind = kind_of(content)?;
        let mut work = self.lock_account(account).await?;
        let today = work.now.today;
        let files = tickets::count_files(&mut work.tx, account, today).await?;
        admit_file(Written { files, ..Written::default() }, &work.ground.policy, today)?;
        self.put_file(work, SUBSCRIBER, kind, name, content).await
    }

    /// The same for an answer of support.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::FileUnfit`].
    pub async fn keep_staff_file(&self, account: Uuid, name: &str, content: &[u8]) -> Result<FileFacts, Error> {
        let kind = kind_of(content)?;
        let work = self.lock_account(account).await?;
        self.put_file(work, STAFF, kind, name, content).await
    }

    async fn put_file(
        &self,
        mut work: AccountTx<'_>,
        author: &str,
        kind: FileKind,
        name: &str,
        content: &[u8],
    ) -> Result<FileFacts, Error> {
        let file = FileFacts {
            id: self.new_id(),
            seq: None,
            name: kind.name(name),
            media_type: kind.media_type().to_owned(),
            size: i64::try_from(content.len()).map_err(Error::internal)?,
            day: work.now.today,
            at: work.now.instant,
        };
        tickets::put_file(&mut work.tx, work.held.id, author, &file, content).await?;
        work.commit().await?;
        Ok(file)
    }

    /// Tickets of an account, the newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_tickets(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Listed>, Option<Uuid>), Error> {
        let found = tickets::of_account(&mut self.store.read().await?, account, cursor, limit + 1).await?;
        Ok(paged(found, limit, |one| one.ticket.id))
    }

    /// A ticket whole.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn show_ticket(&self, account: Uuid, id: Uuid) -> Result<Thread, Error> {
        thread(&mut self.store.view().await?, account, id).await
    }

    /// A file of a ticket.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn ticket_file(&self, account: Uuid, ticket: Uuid, file: Uuid) -> Result<KeptFile, Error> {
        let found = tickets::content(&mut self.store.read().await?, account, ticket, file).await?;
        let (name, media_type, content) = found.ok_or(Refusal::NotFound)?;
        Ok(KeptFile { name, media_type, content })
    }

    /// Notes that the subscriber has read a ticket as far as a message.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn mark_ticket_read(&self, account: Uuid, id: Uuid, through: i64) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if tickets::mark_read(&mut tx, account, id, through).await? {
            return Ok(tx.commit().await?);
        }
        tickets::find(&mut tx, account, id).await?.ok_or(Refusal::NotFound)?;
        Ok(())
    }

    /// Throws away files that no message took within a day.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep_loose_files(&self) -> Result<u64, Error> {
        let mut tx = self.store.write().await?;
        let swept = tickets::sweep_files(&mut tx, self.clock.now() - FILE_WAITS).await?;
        tx.commit().await?;
        Ok(swept)
    }
}

/// A ticket with everything in it, of one snapshot.
async fn thread(view: &mut View, account: Uuid, id: Uuid) -> Result<Thread, Error> {
    Ok(Thread {
        ticket: tickets::find(view, account, id).await?.ok_or(Refusal::NotFound)?,
        messages: tickets::messages(view, account, id).await?,
        files: tickets::files(view, account, id).await?,
    })
}

/// What a file is, if it may be kept.
fn kind_of(content: &[u8]) -> Result<FileKind, Refusal> {
    FileKind::of(content).filter(|_| content.len() <= FILE_MAX).ok_or(Refusal::FileUnfit)
}

/// The words, if they may be sent with so many files.
pub(crate) fn check_message(new: &NewMessage) -> Result<String, Refusal> {
    let fault = |fault| Refusal::FieldInvalid { field: "files", fault };
    let twice = (1..new.files.len()).any(|place| new.files[..place].contains(&new.files[place]));
    match () {
        () if new.files.len() > FILES_MAX => Err(fault(FieldFault::TooLong)),
        () if twice => Err(fault(FieldFault::Invalid)),
        () => check_text("text", &new.text, TEXT_MAX),
    }
}

/// Whether one message more may be written, to this ticket.
async fn admit(work: &mut AccountTx<'_>, ticket: Uuid) -> Result<(), Error> {
    let (account, today) = (work.held.id, work.now.today);
    let written = Written {
        waiting: tickets::count_waiting(&mut work.tx, account, ticket).await?,
        messages: tickets::count_messages(&mut work.tx, account, today).await?,
        files: 0,
    };
    let policy: &Policy = &work.ground.policy;
    Ok(admit_message(written, policy, today)?)
}

fn message(seq: i64, body: String, now: cabinet_core::Now) -> Message {
    Message {
        seq,
        author: SUBSCRIBER.to_owned(),
        staff_id: None,
        staff_name: None,
        body,
        day: now.today,
        at: now.instant,
    }
}

/// Gives a message, of a ticket and by its author, its files; each must be the account's and the author's own, and no other
/// message's.
pub(crate) async fn attach(
    tx: &mut Tx,
    account: Uuid,
    files: &[Uuid],
    message: (Uuid, i64, &str),
) -> Result<(), Error> {
    for file in files {
        if !tickets::attach(tx, account, *file, message).await? {
            return Err(Refusal::FieldInvalid { field: "files", fault: FieldFault::Invalid }.into());
        }
    }
    Ok(())
}

async fn finish(mut work: AccountTx<'_>, key: RequestKey, sent: Sent) -> Result<Answered<Sent>, Error> {
    let (account, at) = (work.held.id, work.now.instant);
    key.remember(&mut work.tx, account, &sent, at).await?;
    work.commit().await?;
    Ok(Answered { value: sent, replayed: false })
}
