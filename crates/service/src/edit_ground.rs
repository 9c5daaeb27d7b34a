//! The catalogue and the policy taken over as whole documents: from a file of the office, or by the API from staff who
//! read it first. Whoever read it sends back the revision they read, so that nobody's change is lost to another's.

use crate::account_tx::Actor;
use crate::{Error, Service};
use cabinet_core::calendar::Month;
use cabinet_core::tariff::{FeeVersion, Tariff};
use cabinet_core::{Catalogue, Policy, Refusal};
use cabinet_store::{Tx, catalogue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A document, and what it is known by until it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised<T> {
    /// Opaque to whoever sends it back.
    pub revision: String,
    /// As it stands.
    pub document: T,
}

impl Service {
    /// The catalogue as it stands at this moment, every tariff offered or not, and the month from which a changed fee would
    /// hold.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn show_catalogue(&self) -> Result<(Revised<Catalogue>, Month), Error> {
        let document = catalogue::catalogue(&mut self.store.view().await?).await?;
        let from = self.next_month();
        Ok((Revised { revision: revision_of(&document, from), document }, from))
    }

    /// Takes over a catalogue: new tariffs are added, names, speeds and offers replaced, and a fee that differs from
    /// the present one becomes a version from the 1st of next month, announced from now. Tariffs that are missing are
    /// no longer offered. Answers how many fees changed.
    ///
    /// # Errors
    /// Those of the store; [`Catalogue::check`] is its reader's to ask.
    pub async fn import_catalogue(&self, wished: &Catalogue) -> Result<usize, Error> {
        self.take_catalogue(Actor::Staff, wished, None).await
    }

    /// The same by a member of staff who read the catalogue at a revision. What stands already is taken whatever the
    /// revision, so that a request whose answer was lost can be repeated.
    ///
    /// # Errors
    /// [`Refusal::EditStale`] where it changed since.
    pub async fn replace_catalogue(&self, by: Actor, wished: &Catalogue, revision: &str) -> Result<usize, Error> {
        self.take_catalogue(by, wished, Some(revision)).await
    }

    async fn take_catalogue(&self, by: Actor, wished: &Catalogue, read: Option<&str>) -> Result<usize, Error> {
        let mut tx = self.store.write().await?;
        self.lock_ground(&mut tx).await?;
        let (present, from) = (catalogue::catalogue(&mut tx).await?, self.next_month());
        let (after, changed) = merged(&present, wished, from);
        if after == present {
            return Ok(0);
        }
        still(read, &revision_of(&present, from))?;
        for (position, tariff) in after.tariffs.iter().enumerate() {
            catalogue::put_tariff(&mut tx, tariff, position as i64).await?;
        }
        let tariffs: Vec<&str> = wished.tariffs.iter().map(|tariff| tariff.code.as_str()).collect();
        let details = json!({ "tariffs": tariffs, "fees_changed": changed });
        self.note_edit(tx, by, "catalogue.import", details).await?;
        Ok(changed)
    }

    /// The policy in force at this moment.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn show_policy(&self) -> Result<Revised<Policy>, Error> {
        let (version, document) = catalogue::policy(&mut self.store.view().await?).await?.unwrap_or_default();
        Ok(Revised { revision: version.to_string(), document })
    }

    /// Takes over a policy as a new version, in force at once; quotes made under the old one are stale. Answers
    /// whether it differs from the one in force.
    ///
    /// # Errors
    /// A policy that does not pass [`Policy::check`], which its reader asks first.
    pub async fn import_policy(&self, wished: &Policy) -> Result<bool, Error> {
        self.take_policy(Actor::Staff, wished, None).await
    }

    /// The same by a member of staff who read the policy at a revision; see [`Service::replace_catalogue`].
    ///
    /// # Errors
    /// [`Refusal::EditStale`] where it changed since.
    pub async fn replace_policy(&self, by: Actor, wished: &Policy, revision: &str) -> Result<bool, Error> {
        self.take_policy(by, wished, Some(revision)).await
    }

    async fn take_policy(&self, by: Actor, wished: &Policy, read: Option<&str>) -> Result<bool, Error> {
        wished.check().map_err(Error::internal)?;
        let mut tx = self.store.write().await?;
        self.lock_ground(&mut tx).await?;
        let (version, present) = catalogue::policy(&mut tx).await?.unwrap_or_default();
        if version > 0 && present == *wished {
            return Ok(false);
        }
        still(read, &version.to_string())?;
        catalogue::put_policy(&mut tx, version + 1, wished, self.clock.now()).await?;
        let details = json!({ "version": version + 1, "settings": differing(&present, wished)? });
        self.note_edit(tx, by, "policy.import", details).await?;
        Ok(true)
    }

    fn next_month(&self) -> Month {
        Month::of(self.clock.today()).next()
    }

    async fn note_edit(&self, mut tx: Tx, by: Actor, act: &str, details: Value) -> Result<(), Error> {
        self.audit(&mut tx, self.clock.now(), None, by, act, details).await?;
        tx.commit().await?;
        self.forget_ground();
        Ok(())
    }
}

/// Whether what was read, if it matters, is what stands.
fn still(read: Option<&str>, present: &str) -> Result<(), Refusal> {
    if read.is_none_or(|read| read == present) { Ok(()) } else { Err(Refusal::EditStale) }
}

/// Of what stands and the month changes would hold from: a fee meant for one month is not taken for another.
fn revision_of(catalogue: &Catalogue, from: Month) -> String {
    let text = serde_json::to_string(&(catalogue, from)).expect("a catalogue is always JSON");
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The catalogue once the wished one is taken over, and how many fees change from that month.
fn merged(present: &Catalogue, wished: &Catalogue, from: Month) -> (Catalogue, usize) {
    let mut changed = 0;
    let mut tariffs: Vec<Tariff> = wished.tariffs.clone();
    for tariff in &mut tariffs {
        let Some(old) = present.find(&tariff.code) else { continue };
        let fee = tariff.fee(from);
        tariff.fees = old.fees.clone();
        if old.fee(from) != fee {
            changed += 1;
            tariff.fees.retain(|version| version.from != from);
            let place = tariff.fees.partition_point(|version| version.from < from);
            tariff.fees.insert(place, FeeVersion { from, fee });
        }
    }
    let left = present.tariffs.iter().filter(|tariff| wished.find(&tariff.code).is_none());
    tariffs.extend(left.map(|tariff| Tariff { offered: false, ..tariff.clone() }));
    (Catalogue { tariffs }, changed)
}

/// Names of the settings that differ.
fn differing(before: &Policy, after: &Policy) -> Result<Vec<String>, Error> {
    let before = serde_json::to_value(before).map_err(Error::internal)?;
    let after = serde_json::to_value(after).map_err(Error::internal)?;
    let names = after.as_object().into_iter().flatten().filter(|(name, value)| before[name.as_str()] != **value);
    Ok(names.map(|(name, _)| name.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::default_tariffs;
    use cabinet_core::Money;

    #[test]
    fn fees_keep_their_history_and_what_left_is_kept_but_not_offered() {
        let (may, june) = (Month::new(2024, 5).unwrap(), Month::new(2024, 6).unwrap());
        let present = Catalogue { tariffs: default_tariffs() };
        assert_eq!(merged(&present, &present, june), (present.clone(), 0));
        let mut wished = Catalogue { tariffs: present.tariffs[..2].to_vec() };
        wished.tariffs[1].fees = vec![FeeVersion { from: may, fee: Money::from_kopecks(60_00) }];
        let (after, changed) = merged(&present, &wished, june);
        assert_eq!(changed, 1);
        assert_eq!(after.tariffs[1].fee(may), Money::from_kopecks(50_00));
        assert_eq!(after.tariffs[1].fee(june), Money::from_kopecks(60_00));
        assert_eq!(after.tariffs.iter().map(|one| one.offered).collect::<Vec<_>>(), [true, true, false, false]);
        let (again, changed) = merged(&after, &wished, june);
        assert_eq!((again == after, changed), (true, 0), "the same again changes nothing");
        wished.tariffs[1].fees[0].fee = Money::from_kopecks(55_00);
        let (corrected, _) = merged(&after, &wished, june);
        assert_eq!(corrected.tariffs[1].fees.len(), 2, "what was announced for the month is replaced");
    }

    #[test]
    fn a_revision_is_of_what_stands_and_of_the_month_meant() {
        let (may, june) = (Month::new(2024, 5).unwrap(), Month::new(2024, 6).unwrap());
        let one = Catalogue { tariffs: default_tariffs() };
        let mut other = one.clone();
        other.tariffs.swap(0, 1);
        assert_eq!(revision_of(&one, may), revision_of(&one.clone(), may));
        assert_ne!(revision_of(&one, may), revision_of(&other, may));
        assert_ne!(revision_of(&one, may), revision_of(&one, june));
    }
}
