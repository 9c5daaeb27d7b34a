//! Requests that may be repeated: the first answer is remembered with the work and given again.

use crate::Error;
use cabinet_core::Refusal;
use cabinet_store::{Tx, acts};
use serde::Serialize;
use serde::de::DeserializeOwned;
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
