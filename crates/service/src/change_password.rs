//! A new password for the present one.

use crate::Service;
use crate::access::{Principal, SignedIn, token_hash};
use crate::error::Error;
use crate::password::Checked;
use crate::token::base64;
use cabinet_core::Refusal;
use cabinet_core::password::refuse;
use cabinet_core::refusal::WeakPassword;
use cabinet_store::credentials::{self, Credential};
use cabinet_store::{profiles, sessions};
use serde_json::json;

impl Service {
    /// Changes the password, ends every other session, and gives the present one new tokens. A first password is
    /// changed the same way.
    ///
    /// # Errors
    /// [`Refusal::PasswordWrong`], [`Refusal::PasswordWeak`], [`Refusal::Throttled`], [`Refusal::Busy`].
    pub async fn change_password(&self, who: &Principal, old: &str, new: &str) -> Result<SignedIn, Error> {
        let owner = who.owner;
        let credential = self.prove_again(who, old).await?;
        let mut broken = self.rules_broken_by(&credential, new).await?;
        broken.extend((new == old).then_some(WeakPassword::Unchanged));
        refuse(broken)?;
        let hash = self.access.hasher.hash(new).await?;

        let now = self.clock.now();
        let refresh_token = base64(&self.chance.secret::<32>());
        let mut tx = self.store.write().await?;
        if !credentials::exchange_password(&mut tx, owner.id(), &credential.password_hash, &hash, now).await? {
            return Err(Refusal::PasswordWrong.into());
        }
        let ended = sessions::revoke_others(&mut tx, owner.id(), who.session_id, now).await?;
        let session = sessions::find(&mut tx, owner.id(), who.session_id)
            .await?
            .filter(|session| session.revoked_at.is_none())
            .ok_or(Refusal::SessionEnded)?;
        sessions::reissue(&mut tx, session.id, &token_hash(&refresh_token), now).await?;
        let details = json!({ "sessions_ended": ended });
        self.audit(&mut tx, now, owner.account(), owner.actor(), "password.change", details).await?;
        tx.commit().await?;
        self.access.forget_alive(owner.id());
        self.tokens_of(&session, owner, refresh_token, false).await
    }

    /// Asks the present password of a session one already holds; guessing it is slowed like signing in.
    pub(crate) async fn prove_again(&self, who: &Principal, password: &str) -> Result<Credential, Error> {
        let credential =
            credentials::of(&mut self.store.read().await?, who.owner.id()).await?.ok_or(Refusal::SessionEnded)?;
        let counted = self.count_try(&self.password_tries(who.owner.id())).await?;
        let checked = self.access.hasher.check(password, Some(&credential.password_hash)).await;
        if self.weighed(checked, &counted).await? == Checked::Wrong {
            return Err(Refusal::PasswordWrong.into());
        }
        let mut tx = self.store.write().await?;
        self.forgive_try(&mut tx, &counted).await?;
        tx.commit().await?;
        Ok(credential)
    }

    /// The rules that a password to be breaks, by what is known of its owner.
    pub(crate) async fn rules_broken_by(&self, credential: &Credential, new: &str) -> Result<Vec<WeakPassword>, Error> {
        let profile = profiles::find(&mut self.store.read().await?, credential.owner_id).await?;
        let phones = profile.map(|profile| profile.phones).unwrap_or_default();
        let digits = |phone: &str| phone.chars().filter(char::is_ascii_digit).collect::<String>();
        let mut personal = vec![self.access.settings.provider_name.clone()];
        personal.extend([credential.contract.clone(), credential.login.clone()].into_iter().flatten());
        personal.extend(phones.split([';', ',']).map(digits));
        personal.retain(|word| !word.is_empty());
        Ok(self.access.hasher.broken_rules(new, self.ground().await?.policy.password_min, personal).await?)
    }
}
