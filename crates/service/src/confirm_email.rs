//! An e-mail confirmed by a code that is sent to it, and bills by e-mail for those who asked (RULES §4, §8).

use crate::Service;
use crate::account_tx::Actor;
use crate::contact_codes::SentCode;
use crate::error::Error;
use crate::work_outbox::Job;
use cabinet_core::email::EmailState;
use cabinet_core::notice::Channel;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Language, Policy, Refusal};
use cabinet_gateways::mail::MailAddress;
use cabinet_store::emails::{self, Email};
use cabinet_store::{Tx, View};
use serde_json::json;
use subtle::ConstantTimeEq;
use time::OffsetDateTime;
use uuid::Uuid;

/// How the e-mail of a profile stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailFacts {
    /// As the rules have it.
    pub state: EmailState,
    /// A code that was sent to it and can still be given.
    pub sent: Option<SentCode>,
}

/// What the page behind a letter's link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsubscribing {
    /// The subscriber's language.
    pub language: Language,
    /// Whether bills go there still.
    pub bills: bool,
}

impl Service {
    /// How the e-mail of an account stands.
    pub(crate) async fn email_facts(
        &self,
        view: &mut View,
        account: Uuid,
        policy: &Policy,
    ) -> Result<EmailFacts, Error> {
        let found = emails::find(view, account).await?.ok_or(Refusal::NotFound)?;
        let ours = |address: &str| Some(address) == found.address.as_deref();
        let sent = match found.state.confirmed_at {
            Some(_) => None,
            None => self.sent_code(view, account, Channel::Email, policy, ours).await?,
        };
        Ok(EmailFacts { state: found.state, sent })
    }

    /// Has a code sent to the e-mail of the profile, in the place of any earlier one. The letter goes through the outbox.
    ///
    /// # Errors
    /// [`Refusal::MailAbsent`], [`Refusal::ContactAbsent`], [`Refusal::ContactConfirmed`], [`Refusal::FieldInvalid`] for
    /// an address no letter can be sent to, [`Refusal::Throttled`], [`Refusal::CodesSpent`].
    pub async fn begin_verification(&self, account: Uuid) -> Result<SentCode, Error> {
        if self.post.is_none() {
            return Err(Refusal::MailAbsent.into());
        }
        let mut work = self.lock_account(account).await?;
        let found = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let address = found.address.ok_or(Refusal::ContactAbsent)?;
        if found.state.confirmed_at.is_some() {
            return Err(Refusal::ContactConfirmed.into());
        }
        if MailAddress::new(&address).is_err() {
            return Err(Refusal::FieldInvalid { field: "email", fault: FieldFault::Invalid }.into());
        }
        let code = self.new_code(&mut work, Channel::Email, &address).await?;
        let now = work.now.instant;
        self.later(&mut work.tx, Some(account), &Job::EmailCode { code: code.id }, now).await?;
        work.audit(Actor::Subscriber, "email.code", json!({})).await?;
        let sent = SentCode::of(code, &work.ground.policy);
        work.commit().await?;
        Ok(sent)
    }

    /// Confirms the e-mail of the profile by the code that was sent to it.
    ///
    /// # Errors
    /// [`Refusal::ContactCodeWrong`] for one that is wrong, used, old, tried too often, or sent to another address.
    pub async fn confirm_contact(&self, account: Uuid, typed: &str) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let found = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let address = found.address.ok_or(Refusal::ContactAbsent)?;
        if !self.take_code(&mut work, Channel::Email, &address, typed).await? {
            // The try stays counted.
            work.commit().await?;
            return Err(Refusal::ContactCodeWrong.into());
        }
        let mut state = found.state;
        state.confirm(now);
        emails::save(&mut work.tx, account, &state).await?;
        work.audit(Actor::Subscriber, "email.confirm", json!({})).await?;
        work.commit().await
    }

    /// Switches bills by e-mail; wishing what is wished leaves no trace.
    ///
    /// # Errors
    /// [`Refusal::ContactUnconfirmed`].
    pub async fn switch_email_bills(&self, account: Uuid, wish: bool) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let mut state = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?.state;
        if state.bills == wish {
            return Ok(());
        }
        state.wish_bills(wish)?;
        emails::save(&mut work.tx, account, &state).await?;
        work.audit(Actor::Subscriber, "email_bills.switch", json!({ "enabled": wish })).await?;
        work.commit().await
    }

    /// What the link of a letter leads to.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a key that is not ours, or of an address that is the account's no longer.
    pub async fn show_unsubscribing(&self, key: &str) -> Result<Unsubscribing, Error> {
        let (_, found) = self.unsubscriber(&mut self.store.read().await?, key).await?;
        Ok(self.unsubscribing(&found))
    }

    /// Switches bills by e-mail off for whoever holds the link of a letter. Nothing else can be done with it.
    ///
    /// # Errors
    /// As [`Service::show_unsubscribing`].
    pub async fn unsubscribe(&self, key: &str) -> Result<Unsubscribing, Error> {
        let (account, _) = self.unsubscriber(&mut self.store.read().await?, key).await?;
        let mut work = self.lock_account(account).await?;
        let (_, mut found) = self.unsubscriber(&mut work.tx, key).await?;
        if found.state.bills {
            found.state.bills = false;
            emails::save(&mut work.tx, account, &found.state).await?;
            let details = json!({ "enabled": false, "by": "link" });
            work.audit(Actor::Subscriber, "email_bills.switch", details).await?;
            work.commit().await?;
        }
        Ok(self.unsubscribing(&found))
    }

    fn unsubscribing(&self, found: &Email) -> Unsubscribing {
        let post = self.post.as_ref();
        let language = post.map_or_else(Language::default, |post| post.spoken(&found.language));
        Unsubscribing { language, bills: found.state.bills }
    }

    /// Whose key it is.
    async fn unsubscriber(&self, view: &mut View, key: &str) -> Result<(Uuid, Email), Error> {
        let account = self.access.account_of_unsubscribe_key(key).ok_or(Refusal::NotFound)?;
        let found = emails::find(view, account).await?.ok_or(Refusal::NotFound)?;
        let address = found.address.as_deref().ok_or(Refusal::NotFound)?;
        let ours = self.access.unsubscribe_key(account, address);
        if bool::from(ours.as_bytes().ct_eq(key.as_bytes())) {
            Ok((account, found))
        } else {
            Err(Refusal::NotFound.into())
        }
    }

    /// Letters to the e-mail of an account come back, as a person saw: nobody sends there until it is confirmed anew.
    /// A relay that takes a letter and learns only later that nobody lives there tells so by a letter to the sender.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::ContactAbsent`].
    pub async fn note_bounce(&self, by: Actor, account: Uuid) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let mut found = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        if found.address.is_none() {
            return Err(Refusal::ContactAbsent.into());
        }
        if found.state.comes_back(work.now.instant) {
            emails::save(&mut work.tx, account, &found.state).await?;
            work.audit(by, "email.failing", json!({ "by": "staff" })).await?;
            work.commit().await?;
        }
        Ok(())
    }

    /// Tells an address that was confirmed that it is the account's no longer, in the transaction that changes it;
    /// `removed` where no other one takes its place.
    pub(crate) async fn tell_old_address(
        &self,
        tx: &mut Tx,
        account: Uuid,
        before: &Email,
        removed: bool,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let Some(to) = before.address.clone().filter(|_| before.state.confirmed_at.is_some()) else { return Ok(()) };
        self.later(tx, Some(account), &Job::EmailChanged { to, removed }, now).await
    }
}
