//! Ending the session one is in.

use crate::Service;
use crate::access::{Principal, token_hash};
use crate::account_tx::Actor;
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
        match sessions::lock_by_token(&mut tx, &token_hash(refresh_token)).await? {
            Some(session) => self.finish_session(tx, session.account_id, session.id).await.map(drop),
            None => Ok(()),
        }
    }

    /// Ends the session of an access token.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out_session(&self, who: &Principal) -> Result<(), Error> {
        let tx = self.store.write().await?;
        self.finish_session(tx, who.account_id, who.session_id).await.map(drop)
    }

    /// Ends one session of the account, and answers whether it was open.
    pub(crate) async fn finish_session(&self, mut tx: Tx, account: Uuid, session: Uuid) -> Result<bool, Error> {
        let now = self.clock.now();
        let ended = sessions::revoke(&mut tx, account, session, now).await?;
        if ended {
            let details = json!({ "session": session });
            self.audit(&mut tx, now, Some(account), Actor::Subscriber, "session.end", details).await?;
        }
        tx.commit().await?;
        self.access.forget_alive(account);
        Ok(ended)
    }
}
