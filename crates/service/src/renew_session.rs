//! A refresh token for its successor and a fresh access token.

use crate::Service;
use crate::access::{Caller, Delivery, Owner, SignedIn, token_hash};
use crate::account_tx::Actor;
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_core::session::{Presented, Renewal, Session};
use cabinet_store::sessions;
use serde_json::json;

impl Service {
    /// Renews a session. Within the grace a replaced token fetches the same successor again, since an answer may
    /// get lost; after it, a replaced token means that somebody holds a copy, and the whole family ends.
    ///
    /// # Errors
    /// [`Refusal::SessionEnded`].
    pub async fn renew_session(&self, refresh_token: &str, via: Delivery, caller: &Caller) -> Result<SignedIn, Error> {
        let now = self.clock.now();
        let hash = token_hash(refresh_token);
        let mut tx = self.store.write().await?;
        let Some(mut session) = sessions::lock_by_token(&mut tx, &hash).await? else {
            return Err(Refusal::SessionEnded.into());
        };
        let liveness = sessions::liveness(&mut tx, session.owner_id, session.id).await?.ok_or(Refusal::SessionEnded)?;
        let owner = Owner::of(session.owner_id, liveness.role.as_deref())?;
        let must_change = liveness.must_change;
        let token = sessions::token(&mut tx, &hash).await?.ok_or(Refusal::SessionEnded)?;
        let successor = self.access.successor(refresh_token);

        let held =
            Session { opened_at: session.created_at, used_at: session.last_used_at, ended: self.has_ended(&liveness) };
        let presented = Presented {
            replaced_at: token.replaced_at,
            same_way: session.delivery == via.as_str(),
            same_agent: session.user_agent == caller.agent(),
        };
        match self.access.session_rules().renewal(held, presented, now)? {
            Renewal::Rotate => {}
            Renewal::Repeat => {
                // Given again only while it is the live one; nothing is written.
                let live = sessions::token(&mut tx, &token_hash(&successor)).await?;
                live.filter(|live| live.replaced_at.is_none()).ok_or(Refusal::SessionEnded)?;
                drop(tx);
                return self.tokens_of(&session, owner, successor, must_change).await;
            }
            Renewal::Reuse => {
                sessions::revoke(&mut tx, owner.id(), session.id, now).await?;
                let address = caller.address.to_string();
                let details = json!({ "session": session.id, "address": address, "staff": owner.actor().member() });
                self.audit(&mut tx, now, owner.account(), Actor::System, "session.reuse", details).await?;
                tx.commit().await?;
                self.access.forget_alive(owner.id());
                return Err(Refusal::SessionEnded.into());
            }
        }

        session.user_agent = caller.agent();
        session.address = caller.address.to_string();
        sessions::rotate(&mut tx, &session, &hash, &token_hash(&successor), now).await?;
        tx.commit().await?;
        self.tokens_of(&session, owner, successor, must_change).await
    }
}
