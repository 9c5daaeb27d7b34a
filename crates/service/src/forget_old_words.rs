//! Housekeeping of what gateways said, and of what was told to people.

use crate::notices::KEPT;
use crate::{Error, Service};
use cabinet_core::payment::BODIES_KEPT;
use cabinet_store::{notices, payments};

impl Service {
    /// Empties the bodies of old notifications, which may name a payer's card or phone; what they said of the money stays.
    /// Forgets notices of a year ago.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_old_words(&self) -> Result<u64, Error> {
        let mut tx = self.store.write().await?;
        let forgotten = payments::forget_bodies(&mut tx, self.clock.now() - BODIES_KEPT).await?;
        notices::forget_before(&mut tx, self.clock.now() - KEPT).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}
