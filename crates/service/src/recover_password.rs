//! Getting in again without the password: support checks the person and issues a one-time code.

use crate::Service;
use crate::access::Caller;
use crate::account_tx::Actor;
use crate::error::Error;
use crate::password::check_new_length;
use cabinet_core::Refusal;
use cabinet_core::password::refuse;
use cabinet_core::recovery::{CODE_DIGITS, plain_code};
use cabinet_store::{credentials, devices, recovery, sessions};
use serde_json::json;
use subtle::ConstantTimeEq;
use time::Duration;
use uuid::Uuid;

impl Service {
    /// Begins recovery. Whoever asks, and whatever name they give, learns the same: what to do next.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] by address, whatever the name.
    pub async fn start_recovery(&self, _login: &str, caller: &Caller) -> Result<(), Error> {
        self.count_try(&self.question_tries(caller)).await.map(drop)
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
