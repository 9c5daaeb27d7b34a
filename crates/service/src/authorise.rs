//! Who holds this access token, and whether the session behind it is still good.

use crate::Service;
use crate::access::{Intent, Owner, Principal};
use crate::error::Error;
use cabinet_core::Refusal;
use cabinet_store::sessions;
use time::OffsetDateTime;

impl Service {
    /// When a good access token ends.
    ///
    /// # Errors
    /// [`Refusal::SessionEnded`] for one that is not good.
    pub async fn token_ends(&self, access_token: &str) -> Result<OffsetDateTime, Error> {
        let ends = self.verify(access_token).await?.exp;
        OffsetDateTime::from_unix_timestamp(ends).map_err(Error::internal)
    }

    /// The holder of an access token. Before a change the database is asked; before a look a session seen alive a
    /// few seconds ago is taken to be alive. A role is believed only as the database has it: a token of another one is
    /// to be renewed.
    ///
    /// # Errors
    /// [`Refusal::SessionEnded`] for every cause.
    pub async fn authorise(&self, access_token: &str, intent: Intent) -> Result<Principal, Error> {
        let claims = self.verify(access_token).await?;
        let (owner_id, session_id) = (claims.sub, claims.sid);
        let now = self.clock.now();
        let remembered = (intent == Intent::Read).then(|| self.access.recently_alive(owner_id, session_id, now));
        let (owner, must_change) = match remembered.flatten() {
            Some(seen) => seen,
            None => {
                let mut view = self.store.read().await?;
                let alive = sessions::liveness(&mut view, owner_id, session_id).await?.ok_or(Refusal::SessionEnded)?;
                if self.has_ended(&alive) {
                    self.access.forget_alive(owner_id);
                    return Err(Refusal::SessionEnded.into());
                }
                let owner = Owner::of(owner_id, alive.role.as_deref())?;
                self.access.saw_alive(owner, session_id, alive.must_change, now);
                (owner, alive.must_change)
            }
        };
        if claims.role != owner.role() {
            return Err(Refusal::SessionEnded.into());
        }
        Ok(Principal { owner, session_id, must_change })
    }
}
