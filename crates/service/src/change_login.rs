//! A login of one's own beside the contract number.

use crate::Service;
use crate::access::Principal;
use crate::account_tx::Actor;
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_core::password::check_login;
use cabinet_store::{StoreError, credentials};
use serde_json::json;

impl Service {
    /// Sets the login, after the password was given again.
    ///
    /// # Errors
    /// [`Refusal::LoginInvalid`], [`Refusal::LoginTaken`], [`Refusal::PasswordWrong`], [`Refusal::Throttled`].
    pub async fn change_login(&self, who: &Principal, login: &str, password: &str) -> Result<(), Error> {
        let login = check_login(login.trim())?;
        self.prove_again(who, password).await?;
        let mut tx = self.store.write().await?;
        match credentials::set_login(&mut tx, who.account_id, &login).await {
            Err(StoreError::Conflict) => return Err(Refusal::LoginTaken.into()),
            set => set?,
        };
        self.note(&mut tx, who.account_id, Actor::Subscriber, "login.change", json!({ "login": login })).await?;
        Ok(tx.commit().await?)
    }
}
