//! The pair of keys that notifications to browsers are signed with: made once, kept sealed.

use crate::{Error, Service};
use cabinet_gateways::web_push::Vapid;
use cabinet_store::StoreError;
use cabinet_store::push_keys::{self, PushKey};

impl Service {
    /// The pair, made if there is none yet; `contact` is where the people of a push service write.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it was sealed with another secret.
    pub async fn load_push_key(&self, contact: &str) -> Result<Vapid, Error> {
        if push_keys::find(&mut self.store.read().await?).await?.is_none() {
            let mut tx = self.store.write().await?;
            push_keys::insert_first(&mut tx, &self.make_push_key(contact)?).await?;
            tx.commit().await?;
        }
        let kept = push_keys::find(&mut self.store.read().await?).await?;
        let kept = kept.ok_or_else(|| StoreError::corrupt("there is no key of notifications and its mark is there"))?;
        let secret = self.access.tokens.unseal(&kept.sealed, &kept.public_key);
        let vapid = secret.and_then(|secret| Vapid::new(&secret, contact).ok());
        let other = || {
            StoreError::corrupt(
                "the key of notifications was sealed with another secret; check CABINET_SECRET_KEY_FILE",
            )
        };
        Ok(vapid.filter(|vapid| vapid.public_key() == kept.public_key).ok_or_else(other)?)
    }

    fn make_push_key(&self, contact: &str) -> Result<PushKey, Error> {
        loop {
            let secret: [u8; 32] = self.chance.secret();
            // One in four thousand million draws is no key.
            let Ok(vapid) = Vapid::new(&secret, contact) else { continue };
            let public_key = vapid.public_key().to_owned();
            let sealed = self.access.tokens.seal(&secret, &public_key, &self.chance)?;
            return Ok(PushKey { public_key, sealed, created_at: self.clock.now() });
        }
    }
}
