//! Housekeeping of what routers told.

use crate::{Error, Service};
use cabinet_store::network_sessions;
use time::Duration;

/// How many are forgotten in one transaction: accounting must not wait for the rest.
const CHUNK: i64 = 5_000;

impl Service {
    /// Forgets sessions at routers that ended longer ago than the policy keeps them, and those of which nothing was heard for
    /// as long: their router is gone. Answers how many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_old_sessions(&self) -> Result<u64, Error> {
        let before = self.clock.now() - Duration::days(self.ground().await?.policy.network_session_days);
        let mut forgotten = 0;
        loop {
            let mut tx = self.store.write().await?;
            let some = network_sessions::forget_before(&mut tx, before, CHUNK).await?;
            tx.commit().await?;
            forgotten += some;
            if some == 0 {
                return Ok(forgotten);
            }
        }
    }
}
