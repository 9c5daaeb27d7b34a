//! Who works in the office: added, given a new first password, sent away and taken back.

use crate::account_tx::Actor;
use crate::office::{check_line, first_password};
use crate::throttle::owner_bucket;
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::password::check_login;
use cabinet_core::staff::Role;
use cabinet_store::staff::{self, Member};
use cabinet_store::{StoreError, Tx, credentials, devices, sessions, throttle};
use serde_json::json;
use uuid::Uuid;

/// Somebody to be added.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// What they will sign in with; of the form of a subscriber's own login, so never like a contract number.
    pub login: String,
    /// As colleagues know them, 1 to 120 characters.
    pub name: String,
    /// What they are there for.
    pub role: Role,
}

impl Service {
    /// Adds a member of staff; answers the first password, which is good only for changing it.
    ///
    /// # Errors
    /// [`Refusal::LoginInvalid`], [`Refusal::LoginTaken`] by anybody, a subscriber too, [`Refusal::FieldInvalid`].
    pub async fn add_staff(&self, by: Actor, new: &NewMember) -> Result<String, Error> {
        let login = check_login(new.login.trim())?;
        let name = check_line("name", &new.name, 120)?;
        let password = first_password(self);
        let hash = self.access.hasher.hash(&password).await?;
        let (id, now) = (self.new_id(), self.clock.now());
        let mut tx = self.store.write().await?;
        staff::add(&mut tx, id, &name, new.role.code(), now).await?;
        match credentials::insert_staff(&mut tx, id, &login, &hash, now).await {
            Err(StoreError::Conflict) => return Err(Refusal::LoginTaken.into()),
            inserted => inserted?,
        }
        let details = json!({ "login": login, "role": new.role });
        self.audit(&mut tx, now, None, by, "staff.add", details).await?;
        tx.commit().await?;
        Ok(password)
    }

    /// Everybody, those who left among them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_staff(&self) -> Result<Vec<Member>, Error> {
        Ok(staff::all(&mut self.store.read().await?).await?)
    }

    /// A member of staff.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn show_staff(&self, id: Uuid) -> Result<Member, Error> {
        Ok(staff::find(&mut self.store.read().await?, id).await?.ok_or(Refusal::NotFound)?)
    }

    /// Gives a new first password, ends every session and forgets who guessed the old one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn reset_staff_password(&self, by: Actor, login: &str) -> Result<String, Error> {
        let password = first_password(self);
        let hash = self.access.hasher.hash(&password).await?;
        let now = self.clock.now();
        let (mut tx, member) = self.open_member(login).await?;
        credentials::replace_password(&mut tx, member.id, &hash, true, now).await?;
        throttle::clear(&mut tx, &owner_bucket(member.id)).await?;
        self.end_everywhere(tx, by, &member, "staff.password").await?;
        Ok(password)
    }

    /// Takes access away: every session ends at once, and no token of theirs is good for a change any more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] of those who left before.
    pub async fn disable_staff(&self, by: Actor, login: &str) -> Result<(), Error> {
        let (mut tx, member) = self.open_member(login).await?;
        if !staff::set_disabled(&mut tx, member.id, Some(self.clock.now())).await? {
            return Err(Refusal::AlreadyDecided.into());
        }
        self.end_everywhere(tx, by, &member, "staff.disable").await
    }

    /// Gives access back to one who had left; they sign in with the password they had.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] of those who have access.
    pub async fn enable_staff(&self, by: Actor, login: &str) -> Result<(), Error> {
        let (mut tx, member) = self.open_member(login).await?;
        if !staff::set_disabled(&mut tx, member.id, None).await? {
            return Err(Refusal::AlreadyDecided.into());
        }
        self.end_everywhere(tx, by, &member, "staff.enable").await
    }

    async fn open_member(&self, login: &str) -> Result<(Tx, Member), Error> {
        let mut tx = self.store.write().await?;
        let member = staff::named(&mut tx, login.trim()).await?.ok_or(Refusal::NotFound)?;
        Ok((tx, member))
    }

    async fn end_everywhere(&self, mut tx: Tx, by: Actor, member: &Member, act: &str) -> Result<(), Error> {
        let now = self.clock.now();
        let ended = sessions::revoke_all(&mut tx, member.id, now).await?;
        devices::forget_all(&mut tx, member.id).await?;
        let details = json!({ "login": member.login, "sessions_ended": ended });
        self.audit(&mut tx, now, None, by, act, details).await?;
        tx.commit().await?;
        self.access.forget_alive(member.id);
        Ok(())
    }
}
