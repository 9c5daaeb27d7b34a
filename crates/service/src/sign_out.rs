//! Ending the session one is in.

use crate::Service;
use crate::access::{Owner, Principal, token_hash};
use crate::error::Error;
use cabinet_store::{Tx, sessions};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Ends the session of a refresh token. A token that is unknown or ended already is no fault: one is signed out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, refresh_token: &str) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let Some(session) = sessions::lock_by_token(&mut tx, &token_hash(refresh_token)).await? else { return Ok(()) };
        let liveness = sessions::liveness(&mut tx, session.owner_id, session.id).await?;
        let owner = Owner::of(session.owner_id, liveness.and_then(|alive| alive.role).as_deref())?;
        self.finish_session(tx, owner, session.id).await.map(drop)
    }

    /// Ends the session of an access token.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out_session(&self, who: &Principal) -> Result<(), Error> {
        let tx = self.store.write().await?;
        self.finish_session(tx, who.owner, who.session_id).await.map(drop)
    }

    /// Ends one session of its owner, and answers whether it was open.
    pub(crate) async fn finish_session(&self, mut tx: Tx, owner: Owner, session: Uuid) -> Result<bool, Error> {
        let now = self.clock.now();
        let ended = sessions::revoke(&mut tx, owner.id(), session, now).await?;
        if ended {
            let details = json!({ "session": session });
            self.audit(&mut tx, now, owner.account(), owner.actor(), "session.end", details).await?;
        }
        tx.commit().await?;
        self.access.forget_alive(owner.id());
        Ok(ended)
    }
}
