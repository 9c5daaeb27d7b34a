//! Where one is signed in, and ending it elsewhere.

use crate::Service;
use crate::access::Principal;
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_store::sessions;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Its id.
    pub id: Uuid,
    /// What the browser or the app calls itself.
    pub user_agent: String,
    /// Where it was last used from.
    pub address: String,
    /// When it was opened.
    pub created_at: OffsetDateTime,
    /// When it was last renewed.
    pub last_used_at: OffsetDateTime,
    /// The one that asks.
    pub current: bool,
}

impl Service {
    /// The open sessions, the last used first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_sessions(&self, who: &Principal) -> Result<Vec<OpenSession>, Error> {
        let now = self.clock.now();
        let rules = self.access.session_rules();
        let (used_since, opened_since) = (now - rules.idle, now - rules.absolute);
        let mut view = self.store.read().await?;
        let open = sessions::open_ones(&mut view, who.owner.id(), used_since, opened_since).await?;
        Ok(open
            .into_iter()
            .map(|session| OpenSession {
                current: session.id == who.session_id,
                id: session.id,
                user_agent: session.user_agent,
                address: session.address,
                created_at: session.created_at,
                last_used_at: session.last_used_at,
            })
            .collect())
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for another's, an ended one and one that never was: they look alike.
    pub async fn end_session(&self, who: &Principal, session: Uuid) -> Result<(), Error> {
        let tx = self.store.write().await?;
        match self.finish_session(tx, who.owner, session).await? {
            true => Ok(()),
            false => Err(Refusal::NotFound.into()),
        }
    }

    /// Ends every session but the one that asks; answers how many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out_others(&self, who: &Principal) -> Result<u64, Error> {
        let mut tx = self.store.write().await?;
        let (owner, now) = (who.owner, self.clock.now());
        let ended = sessions::revoke_others(&mut tx, owner.id(), who.session_id, now).await?;
        if ended > 0 {
            let details = json!({ "sessions": ended });
            self.audit(&mut tx, now, owner.account(), owner.actor(), "session.end_others", details).await?;
        }
        tx.commit().await?;
        self.access.forget_alive(owner.id());
        Ok(ended)
    }
}
