//! A login of one's own beside the contract number.

use crate::Service;
use crate::access::Principal;
use crate::account_tx::Actor;
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_core::password::check_login;
use cabinet_store::{StoreError, credentials, sessions};
use serde_json::json;

impl Service {
    /// Sets the login, after the password was given again, and ends every other session.
    ///
    /// # Errors
    /// [`Refusal::LoginInvalid`], [`Refusal::LoginTaken`], [`Refusal::PasswordWrong`], [`Refusal::Throttled`].
    pub async fn change_login(&self, who: &Principal, login: &str, password: &str) -> Result<(), Error> {
        let login = check_login(login)?;
        let credential = self.prove_again(who, password).await?;
        let (account, now) = (who.owner.id(), self.clock.now());
        let mut tx = self.store.write().await?;
        // The password may have been changed while this one was being checked.
        if !credentials::lock_checked(&mut tx, account, &credential.password_hash).await? {
            return Err(Refusal::PasswordWrong.into());
        }
        match credentials::set_login(&mut tx, account, &login).await {
            Err(StoreError::Conflict) => return Err(Refusal::LoginTaken.into()),
            set => set?,
        };
        let ended = sessions::revoke_others(&mut tx, account, who.session_id, now).await?;
        // Not the login: what opens a door stays out of a log that is kept.
        let details = json!({ "sessions_ended": ended });
        self.audit(&mut tx, now, Some(account), Actor::Subscriber, "login.change", details).await?;
        tx.commit().await?;
        self.access.forget_alive(account);
        Ok(())
    }
}
