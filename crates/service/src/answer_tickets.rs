//! Support answers, closes and opens tickets again.

use crate::desk::desk;
use crate::letters::Template;
use crate::office::paged;
use crate::send_letters::{no_relay, write};
use crate::work_outbox::{Done, Job};
use crate::write_to_support::{NewMessage, Sent, attach, check_message};
use crate::{Answered, Asked, Error, Service};
use cabinet_core::Refusal;
use cabinet_core::support::{STAFF, TicketState};
use cabinet_store::Tx;
use cabinet_store::emails::{self, Email};
use cabinet_store::outbox::Claimed;
use cabinet_store::tickets::{self, Listed, Message};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

impl Service {
    /// Tickets that stand so, the oldest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_staff_tickets(
        &self,
        state: TicketState,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Listed>, Option<Uuid>), Error> {
        let found = tickets::queue(&mut self.store.read().await?, state.code(), cursor, limit + 1).await?;
        Ok(paged(found, limit, |one| one.ticket.id))
    }

    /// Whose a ticket is that a list told of.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn find_ticket(&self, id: Uuid) -> Result<Uuid, Error> {
        Ok(tickets::account_of(&mut self.store.read().await?, id).await?.ok_or(Refusal::NotFound)?)
    }

    /// Answers a ticket, which then waits for its subscriber; `close` where nothing is left to say. A letter tells of it
    /// where the e-mail is confirmed. Its files were kept before by `keep_staff_file`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::FieldInvalid`].
    pub async fn answer_ticket(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        id: Uuid,
        new: &NewMessage,
        close: bool,
    ) -> Result<Answered<Sent>, Error> {
        let body = check_message(new)?;
        let mut desk = desk!(self, asked.into(), account);
        let (tx, now) = (&mut desk.work.tx, desk.work.now);
        let mut ticket = tickets::find(tx, account, id).await?.ok_or(Refusal::NotFound)?;
        ticket.messages += 1;
        ticket.state = if close { TicketState::Closed } else { TicketState::Answered }.code().to_owned();
        ticket.moved_at = now.instant;
        let message = Message {
            seq: ticket.messages,
            author: STAFF.to_owned(),
            staff_id: desk.asked.by.member(),
            staff_name: None,
            body,
            day: now.today,
            at: now.instant,
        };
        tickets::put_message(tx, account, id, &message).await?;
        attach(tx, account, &new.files, (id, message.seq, STAFF)).await?;
        tickets::save(tx, account, &ticket).await?;
        self.tell_of_answer(tx, account, &Job::TicketAnswer { ticket: id, seq: ticket.messages }, now.instant).await?;
        let files = new.files.len();
        let details = json!({ "ticket": id, "message": ticket.messages, "files": files, "closed": close });
        desk.end(Sent { ticket: id, seq: message.seq, at: now.instant }, "ticket.answer", details).await
    }

    /// Closes a ticket without a word.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] if it is closed.
    pub async fn close_ticket(&self, asked: impl Into<Asked>, account: Uuid, id: Uuid) -> Result<Answered<()>, Error> {
        self.turn_ticket(asked.into(), account, id, TicketState::Closed).await
    }

    /// Opens a closed ticket again: support is to answer.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] if it is not closed.
    pub async fn reopen_ticket(&self, asked: impl Into<Asked>, account: Uuid, id: Uuid) -> Result<Answered<()>, Error> {
        self.turn_ticket(asked.into(), account, id, TicketState::Open).await
    }

    async fn turn_ticket(&self, asked: Asked, account: Uuid, id: Uuid, to: TicketState) -> Result<Answered<()>, Error> {
        let mut desk = desk!(self, asked, account);
        let (tx, now) = (&mut desk.work.tx, desk.work.now);
        let mut ticket = tickets::find(tx, account, id).await?.ok_or(Refusal::NotFound)?;
        let is_closed = ticket.state == TicketState::Closed.code();
        if is_closed == (to == TicketState::Closed) {
            return Err(Refusal::AlreadyDecided.into());
        }
        ticket.state = to.code().to_owned();
        ticket.moved_at = now.instant;
        tickets::save(tx, account, &ticket).await?;
        let act = if to == TicketState::Closed { "ticket.close" } else { "ticket.reopen" };
        desk.end((), act, json!({ "ticket": id })).await
    }

    /// A letter about an answer, where there is an address that may get one.
    async fn tell_of_answer(&self, tx: &mut Tx, account: Uuid, job: &Job, now: OffsetDateTime) -> Result<(), Error> {
        match emails::find(tx, account).await?.filter(may_be_told) {
            Some(_) => self.later(tx, Some(account), job, now).await,
            None => Ok(()),
        }
    }

    /// That letter, unless the answer has been read meanwhile. What was answered stands in the cabinet alone.
    pub(crate) async fn send_answer(&self, task: &Claimed, id: Uuid, seq: i64) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let Some((account, email)) = self.addressee(task).await? else { return Ok(Done::Finished) };
        let told = may_be_told(&email);
        let Some(address) = email.address.filter(|_| told) else { return Ok(Done::Finished) };
        let ticket = tickets::find(&mut self.store.read().await?, account, id).await?;
        if ticket.is_none_or(|ticket| ticket.read_through >= seq) {
            return Ok(Done::Finished);
        }
        let link = format!("{}/help?ticket={id}", post.origin);
        let language = post.spoken(&email.language);
        let written = write(post, Template::Answer, language, &email.contract, &[("link", link.as_str())])?;
        self.send_letter(task, account, &address, written.into()).await
    }
}

/// Whether letters about answers go there.
fn may_be_told(email: &Email) -> bool {
    email.state.confirmed_at.is_some() && email.state.failing_since.is_none()
}
