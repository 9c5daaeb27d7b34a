//! Getting in again without the password: support checks the person and issues a one-time code, or a confirmed contact gets
//! it by itself where the policy lets it.

use crate::Service;
use crate::access::Caller;
use crate::account_tx::Actor;
use crate::error::Error;
use crate::letters::Template;
use crate::messages::Message;
use crate::password::check_new_length;
use crate::send_letters::write;
use crate::work_outbox::{Done, Job};
use cabinet_core::Refusal;
use cabinet_core::notice::Channel;
use cabinet_core::password::refuse;
use cabinet_core::recovery::{CODE_DIGITS, plain_code};
use cabinet_store::outbox::Claimed;
use cabinet_store::{credentials, devices, emails, phones, recovery, sessions};
use serde_json::json;
use subtle::ConstantTimeEq;
use time::Duration;
use uuid::Uuid;

/// Most characters of a login that are looked for.
const LOGIN_LONGEST: usize = 64;

impl Service {
    /// Begins recovery. Whoever asks, and whatever name they give, learns the same, and costs the same work: what to do
    /// next. Where the policy sends codes by itself, whose name it is is looked for later, by the outbox. Answers whether it
    /// does.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] by address, whatever the name.
    pub async fn start_recovery(&self, login: &str, caller: &Caller) -> Result<bool, Error> {
        self.count_try(&self.question_tries(caller)).await.map(drop)?;
        if !self.ground().await?.policy.recovery_by_contact || (self.messenger.is_none() && self.post.is_none()) {
            return Ok(false);
        }
        let login = login.trim().chars().take(LOGIN_LONGEST).collect();
        let mut tx = self.store.write().await?;
        self.later(&mut tx, None, &Job::Recovery { login }, self.clock.now()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Sends a code for a forgotten password to the confirmed phone, or to the confirmed e-mail, of whoever the login is of.
    /// While a code is good, be it support's, no other takes its place: nobody can spend another's codes.
    pub(crate) async fn send_recovery(&self, task: &Claimed, login: &str) -> Result<Done, Error> {
        let Some(account) = self.recovering(login).await? else { return Ok(Done::Finished) };
        let mut view = self.store.read().await?;
        let phone = phones::find(&mut view, account).await?;
        let email = emails::find(&mut view, account).await?;
        drop(view);
        let to_phone = self.messenger.as_ref().and_then(|messenger| {
            let phone = phone?;
            let to = phone.reached()?.clone();
            Some((messenger, phone, to))
        });
        let to_email = self.post.as_ref().and_then(|post| {
            let email = email.filter(|email| email.state.confirmed_at.is_some())?;
            let to = email.address.clone()?;
            Some((post, email, to))
        });
        let (channel, address) = match (&to_phone, &to_email) {
            (Some((.., to)), _) => (Channel::Sms, to.as_str().to_owned()),
            (None, Some((.., to))) => (Channel::Email, to.clone()),
            (None, None) => return Ok(Done::Finished),
        };
        let digits = self.access.recovery_code(account, task.id);
        let Some(minutes) = self.put_sent_code(task, account, channel, &address, &digits).await? else {
            return Ok(Done::Finished);
        };
        if let Some((messenger, phone, to)) = to_phone {
            let text = messenger.write(Message::Recovery, &phone.language, &phone.contract, &[("code", &digits)])?;
            return self.send_at_once(messenger, task, account, to, text).await;
        }
        let Some((post, email, to)) = to_email else { return Ok(Done::Finished) };
        let minutes = minutes.to_string();
        let values = [("code", digits.as_str()), ("minutes", minutes.as_str())];
        let language = post.spoken(&email.language);
        let written = write(post, Template::Recovery, language, &email.contract, &values)?;
        self.send_letter(task, account, &to, written.into()).await
    }

    /// The account a login is of, if it may be entered.
    async fn recovering(&self, login: &str) -> Result<Option<Uuid>, Error> {
        let credential = credentials::named(&mut self.store.read().await?, login).await?;
        let subscriber = credential.filter(|credential| credential.contract.is_some() && !self.has_left(credential));
        Ok(subscriber.map(|credential| credential.owner_id))
    }

    /// Puts the code of a task where it can be given, unless another is good still, or as many were sent as are in a day.
    /// Answers the minutes it is good for. A task that is worked on again finds its own code and sends it again.
    async fn put_sent_code(
        &self,
        task: &Claimed,
        account: Uuid,
        channel: Channel,
        address: &str,
        digits: &str,
    ) -> Result<Option<i64>, Error> {
        let mut work = self.lock_account(account).await?;
        let (now, minutes) = (work.now.instant, work.ground.policy.recovery_minutes);
        let hash = self.access.code_hash(account, digits);
        if let Some(kept) = recovery::good(&mut work.tx, account, now).await? {
            return Ok(bool::from(kept.ct_eq(&hash)).then_some(minutes));
        }
        match self.count_code(&mut work, channel, address, None).await {
            Ok(_) => {}
            Err(Error::Refused(why)) => {
                tracing::warn!(task = %task.id, %why, "a recovery code is not sent");
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        recovery::put(&mut work.tx, account, &hash, now + Duration::minutes(minutes)).await?;
        work.audit(Actor::System, "recovery.send", json!({ "channel": channel.code() })).await?;
        work.commit().await?;
        Ok(Some(minutes))
    }

    /// Issues a one-time code for a contract, for support to give to a person they have checked. It replaces any
    /// earlier one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown or closed contract.
    pub async fn issue_recovery_code(&self, by: Actor, contract: &str) -> Result<String, Error> {
        let mut tx = self.store.write().await?;
        let credential = credentials::named(&mut tx, contract)
            .await?
            .filter(|credential| credential.contract.as_deref() == Some(contract) && !self.has_left(credential))
            .ok_or(Refusal::NotFound)?;
        let lasts = self.ground_within(&mut tx).await?.policy.recovery_minutes;
        let code = self.chance.secret_text(b"0123456789", CODE_DIGITS);
        let account = credential.owner_id;
        let hash = self.access.code_hash(account, &code);
        let now = self.clock.now();
        recovery::put(&mut tx, account, &hash, now + Duration::minutes(lasts)).await?;
        self.audit(&mut tx, now, Some(account), by, "recovery.issue", json!({})).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Sets a new password by a code, and ends every session. An unknown name, a wrong code, a used one and an old
    /// one look alike.
    ///
    /// # Errors
    /// [`Refusal::CodeWrong`], [`Refusal::PasswordWeak`], [`Refusal::Throttled`], [`Refusal::Busy`].
    pub async fn confirm_recovery(
        &self,
        login: &str,
        code: &str,
        new_password: &str,
        caller: &Caller,
    ) -> Result<(), Error> {
        // What can be said of the password without knowing whose it is, before a try of the code is spent on it; what
        // takes work, only once the caller's try is counted.
        let ground = self.ground().await?;
        let min = ground.policy.password_min;
        check_new_length(new_password, min)?;
        let counted = self.count_try(&self.stranger_tries(caller)).await?;
        let hasher = &self.access.hasher;
        self.weighed(hasher.check_new(new_password, min, Vec::new()).await, &counted).await?;

        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let credential = credentials::named(&mut tx, login.trim()).await?;
        let account = credential.as_ref().map_or(Uuid::nil(), |credential| credential.owner_id);
        let kept = recovery::count_try(&mut tx, account, ground.policy.recovery_tries, now).await?;
        tx.commit().await?;
        let given = self.access.code_hash(account, &plain_code(code));
        let right = kept.is_some_and(|kept| bool::from(kept.ct_eq(&given)));
        let Some(credential) = credential.filter(|one| right && !self.has_left(one)) else {
            return Err(Refusal::CodeWrong.into());
        };
        let hashed = match self.rules_broken_by(&credential, new_password).await.map(refuse) {
            Ok(Ok(())) => hasher.hash(new_password).await.map_err(Error::from),
            Ok(Err(refusal)) => Err(refusal.into()),
            Err(error) => Err(error),
        };
        if hashed.is_err() {
            // The code was right: neither the password's fault nor our own haste is a try of it.
            let mut tx = self.store.write().await?;
            recovery::return_try(&mut tx, account, &given).await?;
            tx.commit().await?;
        }
        let hash = self.weighed(hashed, &counted).await?;

        let mut tx = self.store.write().await?;
        if !recovery::take(&mut tx, account, &given).await? {
            return Err(Refusal::CodeWrong.into());
        }
        credentials::replace_password(&mut tx, account, &hash, false, now).await?;
        self.forgive_try(&mut tx, &counted.and_afresh(account)).await?;
        let ended = sessions::revoke_all(&mut tx, account, now).await?;
        devices::forget_all(&mut tx, account).await?;
        let details = json!({ "sessions_ended": ended });
        self.audit(&mut tx, now, Some(account), Actor::Subscriber, "password.recover", details).await?;
        tx.commit().await?;
        self.access.forget_alive(account);
        Ok(())
    }
}
