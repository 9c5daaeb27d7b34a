//! A contract number or login and a password for a session: a subscriber's, or a member of staff's.

use crate::Service;
use crate::access::{Caller, Delivery, Owner, SignedIn, token_hash};
use crate::error::Error;
use crate::password::Checked;
use crate::token::base64;
use cabinet_core::Refusal;
use cabinet_store::sessions::{self, Session};
use cabinet_store::{credentials, devices};
use serde_json::json;

/// What is given to sign in.
pub struct SignIn {
    /// Contract number or login.
    pub login: String,
    /// The password.
    pub password: String,
    /// How the refresh token is to travel.
    pub delivery: Delivery,
    /// The mark this device got when it signed in before.
    pub device: Option<String>,
    /// Who is calling.
    pub caller: Caller,
}

impl Service {
    /// Opens a session. One refusal for every cause, after equal work; tries are counted before they are weighed.
    ///
    /// # Errors
    /// [`Refusal::SignInFailed`], [`Refusal::Throttled`], [`Refusal::Busy`].
    pub async fn sign_in(&self, given: SignIn) -> Result<SignedIn, Error> {
        let name = given.login.trim();
        let seat = self.access.hasher.seat()?;
        let device_hash = given.device.as_deref().map(token_hash);
        let mut view = self.store.read().await?;
        let credential = credentials::named(&mut view, name).await?;
        let owner_id = credential.as_ref().map(|credential| credential.owner_id);
        // Asked for strangers too, so that an unknown name takes as long.
        let known = match &device_hash {
            Some(hash) => devices::is_known(&mut view, owner_id.unwrap_or_default(), hash).await?,
            None => false,
        };
        drop(view);

        let known_device = device_hash.as_ref().filter(|_| known).map(<[u8; 32]>::as_slice);
        let tries = self.sign_in_tries(owner_id, name, known_device, &given.caller);
        let counted = self.count_try(&tries).await?;
        let kept = credential.as_ref().map(|credential| credential.password_hash.as_str());
        let checked =
            self.weighed(self.access.hasher.check_seated(seat, &given.password, kept).await, &counted).await?;
        let Some(credential) = credential.filter(|one| checked != Checked::Wrong && !self.has_left(one)) else {
            return Err(Refusal::SignInFailed.into());
        };
        let stronger = match checked {
            Checked::RightButWeak => self.access.hasher.hash(&given.password).await.ok(),
            _ => None,
        };

        let owner = Owner::of(credential.owner_id, credential.role.as_deref())?;
        let now = self.clock.now();
        let refresh_token = base64(&self.chance.secret::<32>());
        // The mark travels in a cookie; an app, which keeps none, gets none.
        let device = (given.delivery == Delivery::Cookie)
            .then(|| given.device.filter(|_| known).unwrap_or_else(|| base64(&self.chance.secret::<32>())));
        let session = Session {
            id: self.chance.uuid_v7(now),
            owner_id: owner.id(),
            delivery: given.delivery.as_str().to_owned(),
            user_agent: given.caller.agent(),
            address: given.caller.address.to_string(),
            created_at: now,
            last_used_at: now,
            revoked_at: None,
        };
        let mut tx = self.store.write().await?;
        // The password may have been changed while this one was being checked.
        if !credentials::lock_checked(&mut tx, owner.id(), &credential.password_hash).await? {
            return Err(Refusal::SignInFailed.into());
        }
        if let Some(stronger) = stronger {
            credentials::strengthen(&mut tx, owner.id(), &credential.password_hash, &stronger).await?;
        }
        self.forgive_try(&mut tx, &counted).await?;
        sessions::open(&mut tx, &session, &token_hash(&refresh_token)).await?;
        if let Some(device) = &device {
            devices::remember(&mut tx, owner.id(), &token_hash(device), now).await?;
        }
        let details = json!({ "session": session.id });
        self.audit(&mut tx, now, owner.account(), owner.actor(), "session.open", details).await?;
        tx.commit().await?;

        let mut signed_in = self.tokens_of(&session, owner, refresh_token, credential.must_change).await?;
        signed_in.device = device;
        Ok(signed_in)
    }
}
