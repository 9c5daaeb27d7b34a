//! Letters of the outbox. A task names what to say and never holds what is secret: a code is made again of its id, a bill
//! is read again when it is sent.

use crate::account_tx::Actor;
use crate::letters::{Template, Values, Written};
use crate::post::Post;
use crate::show_bills::bill_of;
use crate::work_outbox::Done;
use crate::{Error, Service};
use cabinet_core::bill::BillState;
use cabinet_core::notice::Channel;
use cabinet_core::{Language, Money, Month, Refusal, format};
use cabinet_gateways::mail::{Attachment, HeaderText, Letter, MailAddress, Verdict};
use cabinet_store::contact_codes;
use cabinet_store::emails::{self, Email};
use cabinet_store::outbox::Claimed;
use serde_json::json;
use uuid::Uuid;

/// A letter in words and what goes along.
pub(crate) struct Content {
    written: Written,
    attachments: Vec<Attachment>,
    unsubscribe: Option<HeaderText>,
}

impl From<Written> for Content {
    fn from(written: Written) -> Content {
        Content { written, attachments: Vec::new(), unsubscribe: None }
    }
}

impl Service {
    /// The code that confirms an e-mail, while it is good for something.
    pub(crate) async fn send_code(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let Some((account, email)) = self.addressee(task).await? else { return Ok(Done::Finished) };
        let now = self.clock.now();
        let sent = contact_codes::find(&mut self.store.read().await?, account, Channel::Email).await?;
        let Some(code) = sent.filter(|code| code.id == id && !code.used && code.expires_at > now) else {
            return Ok(Done::Finished);
        };
        let minutes = (code.expires_at - code.sent_at).whole_minutes().to_string();
        let digits = self.access.contact_code(account, id);
        let values = [("code", digits.as_str()), ("minutes", minutes.as_str())];
        let written = write(post, Template::Code, post.spoken(&email.language), &email.contract, &values)?;
        self.send_letter(task, account, &code.address, written.into()).await
    }

    /// Word to an address that it is the account's no longer; `removed` where no other one took its place.
    pub(crate) async fn send_farewell(&self, task: &Claimed, to: &str, removed: bool) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let Some((account, email)) = self.addressee(task).await? else { return Ok(Done::Finished) };
        let language = post.spoken(&email.language);
        let template = if removed { Template::Removed } else { Template::Changed };
        let written = write(post, template, language, &email.contract, &[("link", post.origin.as_str())])?;
        self.send_letter(task, account, to, written.into()).await
    }

    /// A bill, to whoever wishes bills by e-mail still. It asks for what is missing by now; one that a later bill took the
    /// place of is not sent.
    pub(crate) async fn send_bill(&self, task: &Claimed, dated: Month) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let Some((account, email)) = self.addressee(task).await? else { return Ok(Done::Finished) };
        let Some(address) = email.address.filter(|_| email.state.takes_bills()) else { return Ok(Done::Finished) };
        let stands = bill_of(&mut self.store.view().await?, account, dated).await;
        let missing = match stands {
            Err(Error::Refused(Refusal::NotFound)) => return Ok(Done::Finished),
            other => match other?.state {
                BillState::Replaced => return Ok(Done::Finished),
                BillState::Paid => Money::ZERO,
                BillState::Open { missing } => missing,
            },
        };
        let facts = self.print_bill(account, dated).await?;
        let language = post.spoken(&email.language);
        let bill = &facts.bill;
        let key = self.access.unsubscribe_key(account, &address);
        let unsubscribe = post.unsubscribe_url(&key);
        let link = format!("{}/bills?bill={dated}", post.origin);
        let month = format::month_within(language, Month::of(bill.date()));
        let (amount, number) = (format::money(language, missing), bill.number.clone());
        let due = bill.due_on.filter(|_| !missing.is_zero()).map(|day| format::day(language, day));
        let mut values = vec![
            ("number", number.as_str()),
            ("month", month.as_str()),
            ("link", link.as_str()),
            ("unsubscribe", unsubscribe.as_str()),
        ];
        let template = match &due {
            Some(day) => {
                values.extend([("amount", amount.as_str()), ("day", day.as_str())]);
                Template::Bill
            }
            None => Template::Covered,
        };
        let written = write(post, template, language, &email.contract, &values)?;
        let attachments = post.papers.bill(facts, language).await?.into_iter().collect();
        // One click is for addresses of https (RFC 8058); the letter's own text holds the link anyway.
        let unsubscribe = HeaderText::new(unsubscribe).ok().filter(|url| url.as_str().starts_with("https://"));
        self.send_letter(task, account, &address, Content { written, attachments, unsubscribe }).await
    }

    /// Whom it concerns; nothing where nobody is left.
    pub(crate) async fn addressee(&self, task: &Claimed) -> Result<Option<(Uuid, Email)>, Error> {
        let Some(account) = task.account_id else { return Ok(None) };
        let email = emails::find(&mut self.store.read().await?, account).await?;
        Ok(email.map(|email| (account, email)))
    }

    /// Hands a letter over under the task's own name, and learns of the address by what comes back.
    pub(crate) async fn send_letter(
        &self,
        task: &Claimed,
        account: Uuid,
        to: &str,
        content: Content,
    ) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let Ok(address) = MailAddress::new(to) else {
            self.count_refusal(account, to).await?;
            return Ok(Done::Finished);
        };
        let Content { written: Written { subject, text, html }, attachments, unsubscribe } = content;
        let id = HeaderText::new(task.id.to_string()).map_err(Error::internal)?;
        let letter = Letter { id, to: address, subject, text, html, attachments, unsubscribe };
        match post.mailer.send(&letter, self.clock.now()).await {
            Ok(()) => {
                self.count_taken(account, to).await?;
                Ok(Done::Finished)
            }
            Err(fault) => match fault.verdict() {
                Verdict::Again => Ok(Done::Failed(fault.to_string())),
                Verdict::Waits => Ok(Done::Waits(fault.to_string())),
                Verdict::AddressFails => {
                    tracing::warn!(task = %task.id, %fault, "a letter was refused");
                    self.count_refusal(account, to).await?;
                    Ok(Done::Finished)
                }
                Verdict::Never => Ok(Done::GivenUp(fault.to_string())),
            },
        }
    }

    /// A letter was taken: refusals before it count no more.
    async fn count_taken(&self, account: Uuid, address: &str) -> Result<(), Error> {
        let known = emails::find(&mut self.store.read().await?, account).await?;
        if known.is_none_or(|email| email.state.refusals == 0 || email.address.as_deref() != Some(address)) {
            return Ok(());
        }
        let mut work = self.lock_account(account).await?;
        let Some(mut email) = emails::find(&mut work.tx, account).await? else { return Ok(()) };
        if email.address.as_deref() == Some(address) {
            email.state.taken();
            emails::save(&mut work.tx, account, &email.state).await?;
            work.commit().await?;
        }
        Ok(())
    }

    /// A letter was refused for good: it counts against the address, if that is the account's still.
    async fn count_refusal(&self, account: Uuid, address: &str) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let Some(mut email) = emails::find(&mut work.tx, account).await? else { return Ok(()) };
        if email.address.as_deref() != Some(address) {
            return Ok(());
        }
        if email.state.refused(work.now.instant) {
            work.audit(Actor::System, "email.failing", json!({})).await?;
        }
        emails::save(&mut work.tx, account, &email.state).await?;
        work.commit().await
    }
}

/// An instance that was started without a relay: another one may have it, and what nobody sends is seen by staff.
pub(crate) fn no_relay() -> Done {
    Done::Waits("no relay is set for letters".to_owned())
}

/// A letter with what stands in all of them.
pub(crate) fn write(
    post: &Post,
    template: Template,
    language: Language,
    contract: &str,
    values: &Values<'_>,
) -> Result<Written, Error> {
    let own = [("provider", post.provider.as_str()), ("support", post.support.as_str()), ("contract", contract)];
    let values: Vec<(&'static str, &str)> = own.into_iter().chain(values.iter().copied()).collect();
    template.write(language, &values)
}
