//! The provider's static addresses: added by the range, listed, taken out of use.

use crate::account_tx::Actor;
use crate::office::check_line;
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::ip_range::{IpRange, Ipv6Prefix};
use cabinet_core::refusal::FieldFault;
use cabinet_store::StoreError;
use cabinet_store::addresses::{self, AddressRow};
use serde_json::json;

impl Service {
    /// Adds a range of addresses to a pool; those that are there already stay, and are taken up again if they were out of
    /// use. Answers how many are new.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of the pool's name (1 to 40 characters) or the range.
    pub async fn add_addresses(&self, by: Actor, pool: &str, range: &str) -> Result<i64, Error> {
        let pool = check_line("pool", pool, 40)?;
        let wrong = Refusal::FieldInvalid { field: "range", fault: FieldFault::Invalid };
        let read: IpRange = range.parse().map_err(|_| wrong)?;
        let now = self.now();
        let mut tx = self.store.write().await?;
        let mut added = 0;
        for address in read.addresses() {
            added += i64::from(addresses::add(&mut tx, &address.to_string(), &pool, None, now.today).await?);
        }
        let details = json!({ "pool": pool, "first": read.first, "last": read.last, "added": added });
        self.audit(&mut tx, now.instant, None, by, "address.add", details).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Gives an address the IPv6 prefix that goes with it, or takes it away; whoever has the address has the prefix.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::FieldInvalid`], [`Refusal::PrefixTaken`].
    pub async fn set_address_prefix(&self, by: Actor, address: &str, prefix: Option<&str>) -> Result<(), Error> {
        let wrong = Refusal::FieldInvalid { field: "prefix", fault: FieldFault::Invalid };
        let prefix = prefix.map(|text| text.parse::<Ipv6Prefix>().map_err(|_| wrong)).transpose()?;
        let mut tx = self.store.write().await?;
        let others = addresses::prefixes_beside(&mut tx, address).await?;
        let taken = |other: &String| Some(prefix?.overlaps(other.parse().ok()?));
        if others.iter().any(|other| taken(other) == Some(true)) {
            return Err(Refusal::PrefixTaken.into());
        }
        let text = prefix.map(|prefix| prefix.to_string());
        match addresses::put_prefix(&mut tx, address, text.clone()).await {
            Ok(true) => {}
            Ok(false) => return Err(Refusal::NotFound.into()),
            Err(StoreError::Conflict) => return Err(Refusal::PrefixTaken.into()),
            Err(fault) => return Err(fault.into()),
        }
        let details = json!({ "address": address, "prefix": text });
        self.audit(&mut tx, self.clock.now(), None, by, "address.prefix", details).await?;
        Ok(tx.commit().await?)
    }

    /// Gives an address to nobody any more; whoever has it keeps it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn withdraw_address(&self, by: Actor, address: &str) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if !addresses::withdraw(&mut tx, address).await? {
            return Err(Refusal::NotFound.into());
        }
        self.audit(&mut tx, self.clock.now(), None, by, "address.withdraw", json!({ "address": address })).await?;
        Ok(tx.commit().await?)
    }

    /// Addresses by pool, and the last one of the page if there are more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_addresses(
        &self,
        after: Option<(String, String)>,
        limit: i64,
    ) -> Result<(Vec<AddressRow>, Option<(String, String)>), Error> {
        let (pool, address) = after.unwrap_or_default();
        let mut found = addresses::page(&mut self.store.read().await?, (&pool, &address), limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|row| (row.pool.clone(), row.address.clone()));
        Ok((found, next))
    }
}
