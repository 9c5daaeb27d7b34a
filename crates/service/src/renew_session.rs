//! A refresh token for its successor and a fresh access token.

use crate::Service;
use crate::access::{Caller, Delivery, SignedIn, token_hash};
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
        let liveness = sessions::liveness(&mut tx, session.account_id, session.id).await?;
        let closed = liveness.is_none_or(|alive| alive.closed_on.is_some_and(|day| day <= self.clock.today()));
        let must_change = liveness.is_some_and(|alive| alive.must_change);
        let token = sessions::token(&mut tx, &hash).await?.ok_or(Refusal::SessionEnded)?;
        let successor = self.access.successor(refresh_token);

        let held = Session {
            opened_at: session.created_at,
            used_at: session.last_used_at,
            ended: closed || session.revoked_at.is_some(),
        };
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
                return self.tokens_of(&session, successor, must_change).await;
            }
            Renewal::Reuse => {
                sessions::revoke(&mut tx, session.account_id, session.id, now).await?;
                let details = json!({ "session": session.id, "address": caller.address.to_string() });
                let account = Some(session.account_id);
                self.audit(&mut tx, now, account, Actor::System, "session.reuse", details).await?;
                tx.commit().await?;
                self.access.forget_alive(session.account_id);
                return Err(Refusal::SessionEnded.into());
            }
        }

        session.user_agent = caller.agent();
        session.address = caller.address.to_string();
        sessions::rotate(&mut tx, &session, &hash, &token_hash(&successor), now).await?;
        tx.commit().await?;
        self.tokens_of(&session, successor, must_change).await
    }
}
