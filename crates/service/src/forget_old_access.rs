//! Housekeeping of what signing in leaves behind.

use crate::Service;
use crate::error::Error;
use cabinet_store::{contact_codes, devices, recovery, sessions, throttle};
use time::Duration;

/// A device not seen for so long is a stranger again.
const DEVICE_LIFE: Duration = Duration::days(400);

impl Service {
    /// Takes away ended sessions, old codes, counters and devices, and retired signing keys.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget_old_access(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        sessions::forget_before(&mut tx, now - self.access.session_rules().absolute).await?;
        recovery::forget_before(&mut tx, now).await?;
        contact_codes::forget(&mut tx, now, self.clock.today()).await?;
        throttle::forget_before(&mut tx, now - Duration::days(2)).await?;
        devices::forget_before(&mut tx, now - DEVICE_LIFE).await?;
        tx.commit().await?;
        self.forget_retired_keys().await
    }
}
