//! Who holds this access token, and whether the session behind it is still good.

use crate::Service;
use crate::access::{Intent, Principal};
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_store::sessions;

impl Service {
    /// The holder of an access token. Before a change the database is asked; before a look a session seen alive a
    /// few seconds ago is taken to be alive.
    ///
    /// # Errors
    /// [`Refusal::SessionEnded`] for every cause.
    pub async fn authorise(&self, access_token: &str, intent: Intent) -> Result<Principal, Error> {
        let claims = self.verify(access_token).await?;
        let (account_id, session_id) = (claims.sub, claims.sid);
        let now = self.clock.now();
        if intent == Intent::Read
            && let Some(must_change) = self.access.recently_alive(account_id, session_id, now)
        {
            return Ok(Principal { account_id, session_id, must_change });
        }
        let mut view = self.store.read().await?;
        let alive = sessions::liveness(&mut view, account_id, session_id).await?.ok_or(Refusal::SessionEnded)?;
        if alive.revoked_at.is_some() || alive.closed_on.is_some_and(|day| day <= self.clock.today()) {
            self.access.forget_alive(account_id);
            return Err(Refusal::SessionEnded.into());
        }
        self.access.saw_alive(account_id, session_id, alive.must_change, now);
        Ok(Principal { account_id, session_id, must_change: alive.must_change })
    }
}
