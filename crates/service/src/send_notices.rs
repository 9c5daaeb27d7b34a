//! Short messages of the outbox, and notices by whichever way. A task names what to say and never holds what is secret: a
//! code is made again of its id, and a balance is read when it is told.

use crate::account_tx::Actor;
use crate::clock::local_time;
use crate::letters::Template;
use crate::messages::Message;
use crate::messenger::Messenger;
use crate::notices::{audible_at, kind_of};
use crate::send_letters::no_relay;
use crate::work_outbox::Done;
use crate::{Error, Service};
use cabinet_core::forecast::outlook;
use cabinet_core::notice::{Channel, Facts, Kind};
use cabinet_core::phone::Phone;
use cabinet_core::{Language, Money, Now, Standing, format};
use cabinet_gateways::sms::{Accepted, Fault, Sms, parts};
use cabinet_store::accounts::{self, Held};
use cabinet_store::notices::{self, End, Notice};
use cabinet_store::outbox::Claimed;
use cabinet_store::phones::SmsPhone;
use cabinet_store::{contact_codes, emails, phones};
use serde_json::json;
use uuid::Uuid;

/// What became of a message that was handed over.
enum Outcome {
    /// The gateway took it, under its own name.
    Taken(Accepted),
    /// It may have.
    Unknown,
    /// The phone's owner wants none.
    Stopped,
    /// This message is refused for good.
    Refused(String),
    /// Nothing was taken: what becomes of the task.
    Later(Done),
}

/// What a notice says, in every way alike.
pub(crate) struct Said {
    pub(crate) message: Message,
    values: Vec<(&'static str, String)>,
}

impl Service {
    /// The code that confirms a phone, while it is good for something.
    pub(crate) async fn send_phone_code(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(messenger) = &self.messenger else { return Ok(no_gateway()) };
        let Some((account, phone)) = self.called(task).await? else { return Ok(Done::Finished) };
        let now = self.clock.now();
        let sent = contact_codes::find(&mut self.store.read().await?, account, Channel::Sms).await?;
        let Some(code) = sent.filter(|code| code.id == id && !code.used && code.expires_at > now) else {
            return Ok(Done::Finished);
        };
        let Ok(to) = Phone::new(&code.address) else { return Ok(Done::Finished) };
        let digits = self.access.contact_code(account, id);
        let text = messenger.write(Message::Code, &phone.language, &phone.contract, &[("code", &digits)])?;
        self.send_at_once(messenger, task, account, to, text).await
    }

    /// Word to a phone that messages go there no more; `removed` where no other one took its place.
    pub(crate) async fn send_phone_farewell(&self, task: &Claimed, to: &str, removed: bool) -> Result<Done, Error> {
        let Some(messenger) = &self.messenger else { return Ok(no_gateway()) };
        let Some((account, phone)) = self.called(task).await? else { return Ok(Done::Finished) };
        let Ok(to) = Phone::new(to) else { return Ok(Done::Finished) };
        let message = if removed { Message::Removed } else { Message::Moved };
        let text = messenger.write(message, &phone.language, &phone.contract, &[])?;
        self.send_at_once(messenger, task, account, to, text).await
    }

    /// A message somebody waits for, at any hour. One that may have been taken is tried once more: a code that never came
    /// is worse than two.
    pub(crate) async fn send_at_once(
        &self,
        messenger: &Messenger,
        task: &Claimed,
        account: Uuid,
        to: Phone,
        text: String,
    ) -> Result<Done, Error> {
        let message = Sms { id: task.id.to_string(), to, text };
        Ok(match self.hand_over(messenger, task, &message).await {
            Outcome::Taken(_) => Done::Finished,
            Outcome::Unknown if task.attempts <= 1 => Done::Failed(Fault::Unknown.to_string()),
            Outcome::Unknown => Done::Finished,
            Outcome::Stopped => {
                self.stop_phone(account, &message.to).await?;
                Done::Finished
            }
            Outcome::Refused(why) => Done::GivenUp(why),
            Outcome::Later(done) => done,
        })
    }

    /// A notice, once: by what is known when it is sent, never in quiet hours.
    pub(crate) async fn send_notice(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let row = notices::find(&mut self.store.read().await?, account, id).await?;
        let Some(row) = row.filter(|row| row.state == "queued") else { return Ok(Done::Finished) };
        let now = self.clock.now();
        let audible = audible_at(now, &self.ground().await?.policy);
        if audible > now {
            return Ok(Done::Again(audible));
        }
        match Channel::from_code(&row.channel) {
            Some(Channel::Sms) => self.send_sms_notice(task, &row).await,
            Some(Channel::Email) => self.send_email_notice(task, &row).await,
            Some(Channel::Push) => self.send_push_notice(&row).await,
            None => Err(Error::internal("a notice goes no way")),
        }
    }

    async fn send_sms_notice(&self, task: &Claimed, row: &Notice) -> Result<Done, Error> {
        let Some(messenger) = &self.messenger else { return Ok(no_gateway()) };
        let phone = phones::find(&mut self.store.read().await?, row.account_id).await?;
        let reached = phone.as_ref().and_then(|phone| Some((phone, phone.reached()?.clone())));
        let Some((phone, to)) = reached else { return self.end_notice(row, "unreachable", None, None).await };
        let said = self.worded(row, spoken(&messenger.languages, &phone.language)).await?;
        let text = messenger.write(said.message, &phone.language, &phone.contract, &said.values())?;
        let charged = i64::try_from(parts(&text)).ok();
        let message = Sms { id: row.id.to_string(), to, text };
        match self.hand_over(messenger, task, &message).await {
            Outcome::Taken(taken) => self.end_taken(row, taken, charged).await,
            Outcome::Unknown => self.end_notice(row, "unknown", None, charged).await,
            Outcome::Stopped => {
                self.stop_phone(row.account_id, &message.to).await?;
                self.end_notice(row, "refused", None, None).await
            }
            Outcome::Refused(why) => {
                self.end_notice(row, "refused", None, None).await?;
                Ok(Done::GivenUp(why))
            }
            Outcome::Later(done) => Ok(done),
        }
    }

    async fn send_email_notice(&self, task: &Claimed, row: &Notice) -> Result<Done, Error> {
        let Some(post) = &self.post else { return Ok(no_relay()) };
        let email = emails::find(&mut self.store.read().await?, row.account_id).await?;
        let email = email.filter(|email| email.state.confirmed_at.is_some());
        let Some((email, to)) = email.and_then(|email| Some((email.clone(), email.address?))) else {
            return self.end_notice(row, "unreachable", None, None).await;
        };
        let language = post.spoken(&email.language);
        let said = self.worded(row, language).await?;
        let own = [("contract", email.contract.as_str())];
        let values: Vec<(&'static str, &str)> = own.into_iter().chain(said.values()).collect();
        let text = said.message.write(language, &values)?;
        let values = [("text", text.as_str()), ("link", post.origin.as_str())];
        let written = crate::send_letters::write(post, Template::Notice, language, &email.contract, &values)?;
        let done = self.send_letter(task, row.account_id, &to, written.into()).await?;
        match done {
            Done::Finished => self.end_notice(row, "sent", None, None).await,
            Done::GivenUp(why) => {
                self.end_notice(row, "refused", None, None).await?;
                Ok(Done::GivenUp(why))
            }
            later => Ok(later),
        }
    }

    /// What a notice says by now.
    pub(crate) async fn worded(&self, row: &Notice, language: Language) -> Result<Said, Error> {
        let now = self.now();
        let held = accounts::find(&mut self.store.read().await?, row.account_id).await?;
        let held = held.ok_or_else(|| Error::internal("a notice of nobody"))?;
        let account = &held.account;
        let ground = self.ground_of(account).await?;
        let outlook = outlook(account, &ground.catalogue, &ground.policy, now);
        let facts: Facts = serde_json::from_str(&row.facts)?;
        let sum = |amount: Money| format::figure(language, amount);
        let mut values = vec![("balance", sum(account.balance))];
        let paid = || ("amount", sum(facts.amount.unwrap_or(Money::ZERO)));
        let blocked = account.standing(now.today) == Standing::Blocked;
        let kind = kind_of(row)?;
        // A night may lie between cause and word: what holds by now is told.
        let message = match (kind, of_service(kind, &held, &facts, language, now)) {
            (_, Some((message, value))) => {
                values.extend(value);
                message
            }
            (Kind::Paid, None) => {
                values.push(paid());
                Message::Paid
            }
            (Kind::PaidRestored, None) => {
                values.push(paid());
                Message::PaidRestored
            }
            (Kind::Restored, None) => Message::Restored,
            (Kind::Returned, None) => {
                values.push(paid());
                Message::Returned
            }
            (Kind::Changed, None) => {
                let name = facts.tariff.map(|code| ground.catalogue.get(&code).name.clone()).unwrap_or_default();
                values.push(("tariff", name));
                Message::Changed
            }
            (_, None) if blocked => {
                values.push(("amount", sum(outlook.recommended_payment)));
                Message::Blocked
            }
            (_, None) => match outlook.enough_until {
                Some(day) => {
                    values.push(("day", format::day_near(language, day, now.today)));
                    Message::Balance
                }
                None => Message::Plain,
            },
        };
        Ok(Said { message, values })
    }

    pub(crate) async fn end_notice(
        &self,
        row: &Notice,
        state: &'static str,
        gateway_id: Option<String>,
        parts: Option<i64>,
    ) -> Result<Done, Error> {
        let end = End { state, at: self.clock.now(), gateway_id, parts };
        let mut tx = self.store.write().await?;
        notices::end(&mut tx, row.account_id, row.id, &end).await?;
        tx.commit().await?;
        Ok(Done::Finished)
    }

    /// Hands a message over and says what that means for its task.
    async fn hand_over(&self, messenger: &Messenger, task: &Claimed, message: &Sms) -> Outcome {
        match messenger.gateway.send(message, self.clock.now()).await {
            Ok(accepted) => Outcome::Taken(accepted),
            Err(Fault::Later(why)) => Outcome::Later(Done::Failed(why)),
            Err(fault @ Fault::Account(_)) => {
                // Every message fails so: none of them spends a try, and a person is to look.
                tracing::error!(task = %task.id, %fault, "no short message leaves");
                Outcome::Later(Done::Waits(fault.to_string()))
            }
            Err(Fault::Unknown) => {
                tracing::warn!(task = %task.id, to = ?message.to, "whether a message was taken is not known");
                Outcome::Unknown
            }
            Err(Fault::OptedOut) => Outcome::Stopped,
            Err(Fault::Refused(why)) => Outcome::Refused(why),
        }
    }

    /// Nothing is sent to a phone whose owner wants nothing, until it is confirmed anew.
    async fn stop_phone(&self, account: Uuid, phone: &Phone) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        if phones::stop(&mut work.tx, account, phone, now).await? {
            work.audit(Actor::System, "phone.stopped", json!({})).await?;
            work.commit().await?;
        }
        Ok(())
    }

    /// Whom it concerns; nothing where nobody is left.
    async fn called(&self, task: &Claimed) -> Result<Option<(Uuid, SmsPhone)>, Error> {
        let Some(account) = task.account_id else { return Ok(None) };
        let phone = phones::find(&mut self.store.read().await?, account).await?;
        Ok(phone.map(|phone| (account, phone)))
    }
}

impl Said {
    pub(crate) fn values(&self) -> Vec<(&'static str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

/// What a notice about a service says, while it holds.
fn of_service(
    kind: Kind,
    held: &Held,
    facts: &Facts,
    language: Language,
    now: Now,
) -> Option<(Message, Option<(&'static str, String)>)> {
    let account = &held.account;
    let address = |message, address: &Option<String>| Some((message, Some(("address", address.clone()?))));
    match kind {
        Kind::Turbo => {
            let until = local_time(account.turbo_at(now.instant)?);
            let time = format!("{:02}:{:02}", until.hour(), until.minute());
            let until = match until.date() == now.today {
                true => time,
                false => format!("{}, {time}", format::day_near(language, until.date(), now.today)),
            };
            Some((Message::Turbo, Some(("until", until))))
        }
        Kind::Paused => {
            let pause = account.paused_on(now.today)?;
            Some((Message::Paused, Some(("day", format::day_near(language, pause.until, now.today)))))
        }
        Kind::Resumed => (account.standing(now.today) == Standing::Active).then_some((Message::Resumed, None)),
        Kind::Address => address(Message::Address, &held.address.as_ref().map(|of| of.address.clone())),
        Kind::AddressGone => address(Message::AddressGone, &facts.address),
        Kind::Low
        | Kind::Balance
        | Kind::Paid
        | Kind::Blocked
        | Kind::Restored
        | Kind::PaidRestored
        | Kind::Changed
        | Kind::Returned => None,
    }
}

/// The language a subscriber is written in, as far as it is spoken here.
pub(crate) fn spoken(languages: &[Language], code: &str) -> Language {
    Language::from_code(code).filter(|language| languages.contains(language)).unwrap_or_default()
}

/// An instance that was started without a gateway: another one may have it, and what nobody sends is seen by staff.
fn no_gateway() -> Done {
    Done::Waits("no gateway is set for short messages".to_owned())
}
