//! Requests that may be repeated: the first answer is remembered with the work and given again.

use crate::account_tx::AccountTx;
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_store::{Tx, acts};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;
use uuid::Uuid;

/// The caller's key and what it asks; the same key with another request is refused.
#[derive(Clone, Debug)]
pub struct RequestKey {
    /// The caller's, 1 to 255 characters.
    pub key: String,
    /// Method, path and body, or a digest of them.
    pub request: String,
}

/// An answer, and whether it is the remembered one.
#[derive(Clone, Debug)]
pub struct Answered<T> {
    /// The answer.
    pub value: T,
    /// Given again from memory.
    pub replayed: bool,
}

impl RequestKey {
    /// The remembered answer of this key. The account being locked, a twin in progress has been waited for.
    pub async fn recall<T: DeserializeOwned>(&self, tx: &mut Tx, account: Uuid) -> Result<Option<Answered<T>>, Error> {
        match acts::answer(tx, account, &self.key).await? {
            None => Ok(None),
            Some((request, answer)) if request == self.request => {
                Ok(Some(Answered { value: serde_json::from_str(&answer)?, replayed: true }))
            }
            Some(_) => Err(Refusal::KeyReused.into()),
        }
    }

    /// Remembers the answer in the transaction of its work.
    pub async fn remember<T: Serialize>(
        &self,
        tx: &mut Tx,
        account: Uuid,
        answer: &T,
        at: OffsetDateTime,
    ) -> Result<(), Error> {
        let answer = serde_json::to_string(answer)?;
        Ok(acts::remember(tx, account, &self.key, &self.request, &answer, at).await?)
    }
}

/// The keyed requests this instance is working on, each with how often: what a database that is busy cannot tell.
#[derive(Default)]
pub(crate) struct KeysAtWork(Mutex<HashMap<(Uuid, String), usize>>);

/// A keyed request at work, until it is dropped.
pub(crate) struct AtWork<'s> {
    keys: &'s KeysAtWork,
    name: (Uuid, String),
    /// Another one with this key was at work when this one came.
    has_twin: bool,
}

impl KeysAtWork {
    fn enter(&self, account: Uuid, key: &RequestKey) -> AtWork<'_> {
        let name = (account, key.key.clone());
        let mut at_work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = at_work.entry(name.clone()).or_default();
        *count += 1;
        AtWork { keys: self, has_twin: *count > 1, name }
    }
}

impl AtWork<'_> {
    /// Whether another one with this key was at work when this one came.
    pub(crate) fn has_twin(&self) -> bool {
        self.has_twin
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let mut at_work = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = at_work.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                at_work.remove(&self.name);
            }
        }
    }
}

impl Service {
    /// Locks an account and settles it for a keyed request, behind its twin if one is in progress. What is answered
    /// first is held as long as the request is worked on.
    ///
    /// # Errors
    /// [`Refusal::KeyInProgress`] when a twin was in progress and the account was not free within five seconds. Where
    /// something else holds it so long, or a twin at another instance, it is the store that is busy.
    pub(crate) async fn open_keyed(
        &self,
        account: Uuid,
        key: &RequestKey,
    ) -> Result<(AtWork<'_>, AccountTx<'_>), Error> {
        let at_work = self.keys_at_work.enter(account, key);
        match self.open_account(account).await {
            Err(Error::Store(busy)) if busy.is_transient() && at_work.has_twin() => Err(Refusal::KeyInProgress.into()),
            opened => Ok((at_work, opened?)),
        }
    }
}
