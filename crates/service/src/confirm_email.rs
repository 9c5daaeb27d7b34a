//! An e-mail confirmed by a code that is sent to it, and bills by e-mail for those who asked (RULES §4, §8).

use crate::Service;
use crate::account_tx::Actor;
use crate::error::Error;
use crate::work_outbox::Job;
use cabinet_core::email::{self, CodesSent, EmailState};
use cabinet_core::recovery::plain_code;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Language, Policy, Refusal};
use cabinet_gateways::mail::MailAddress;
use cabinet_store::emails::{self, Code, Email};
use cabinet_store::{Tx, View};
use serde_json::json;
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How the e-mail of a profile stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailFacts {
    /// As the rules have it.
    pub state: EmailState,
    /// A code that was sent to it and can still be given.
    pub sent: Option<SentCode>,
}

/// A code on its way, without its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Where it was sent.
    pub address: String,
    /// When it was asked for.
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
    /// From when another one may be asked for.
    pub again_at: OffsetDateTime,
}

impl SentCode {
    fn of(code: Code, policy: &Policy) -> SentCode {
        let again_at = email::again_at(code.sent_at, policy);
        SentCode { address: code.address, sent_at: code.sent_at, expires_at: code.expires_at, again_at }
    }
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
        let now = self.clock.now();
        let good = |code: &Code| {
            !code.used
                && code.expires_at > now
                && code.tries < policy.contact_code_tries
                && Some(code.address.as_str()) == found.address.as_deref()
        };
        let sent = match found.state.confirmed_at {
            Some(_) => None,
            None => emails::code(view, account).await?.filter(good),
        };
        Ok(EmailFacts { state: found.state, sent: sent.map(|code| SentCode::of(code, policy)) })
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
        let (now, policy) = (work.now, work.ground.policy.clone());
        let found = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let address = found.address.ok_or(Refusal::ContactAbsent)?;
        if found.state.confirmed_at.is_some() {
            return Err(Refusal::ContactConfirmed.into());
        }
        if MailAddress::new(&address).is_err() {
            return Err(Refusal::FieldInvalid { field: "email", fault: FieldFault::Invalid }.into());
        }
        let last_at = emails::code(&mut work.tx, account).await?.map(|code| code.sent_at);
        let mut counted = [0; 3];
        let buckets = [
            format!("contract {account}"),
            format!("address {}", self.access.address_mark(&address)),
            "everybody".to_owned(),
        ];
        // Counted before it is weighed, and taken back with the transaction if it is refused.
        for (place, bucket) in counted.iter_mut().zip(&buckets) {
            *place = emails::count_sent(&mut work.tx, bucket, now.today).await?;
        }
        let [to_contract, to_address, in_all] = counted;
        email::may_send(&CodesSent { last_at, to_contract, to_address, in_all }, &policy, now)?;
        let code = Code {
            id: self.new_id(),
            address,
            tries: 0,
            used: false,
            sent_at: now.instant,
            expires_at: now.instant + Duration::minutes(policy.contact_code_minutes),
        };
        emails::put_code(&mut work.tx, account, &code).await?;
        self.later(&mut work.tx, Some(account), &Job::EmailCode { code: code.id }, now.instant).await?;
        work.audit(Actor::Subscriber, "email.code", json!({})).await?;
        work.commit().await?;
        Ok(SentCode::of(code, &policy))
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
        let tries = work.ground.policy.contact_code_tries;
        let tried = emails::count_try(&mut work.tx, account, &address, tries, now).await?;
        let given = plain_code(typed);
        let right = tried
            .filter(|code| bool::from(self.access.email_code(account, code.id).as_bytes().ct_eq(given.as_bytes())));
        let Some(code) = right else {
            // The try stays counted.
            work.commit().await?;
            return Err(Refusal::ContactCodeWrong.into());
        };
        emails::use_code(&mut work.tx, account, code.id).await?;
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
