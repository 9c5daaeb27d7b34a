//! How an act of the office begins and ends: the account locked and settled, the first answer of a key given again, and
//! a row of the audit log beside the work.

use crate::account_tx::{AccountTx, Actor};
use crate::idempotency::AtWork;
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::staff::Role;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// Who asks something of the office.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As they stand in the audit log.
    pub by: Actor,
    /// The role of a member of staff; the office's own console has none and may everything.
    pub role: Option<Role>,
    /// The caller's key, if it may have to be repeated.
    pub key: Option<RequestKey>,
}

impl From<Actor> for Asked {
    fn from(by: Actor) -> Asked {
        Asked { by, role: None, key: None }
    }
}

impl Asked {
    /// By a member of staff under a key, which is theirs alone.
    pub fn by_member(id: Uuid, role: Role, key: RequestKey) -> Asked {
        let key = RequestKey { key: format!("{id} {}", key.key), ..key };
        Asked { by: Actor::Member(id), role: Some(role), key: Some(key) }
    }
}

/// An act of the office at work.
pub(crate) struct Desk<'s> {
    /// The account.
    pub work: AccountTx<'s>,
    /// Who asked.
    pub asked: Asked,
    _at_work: Option<AtWork<'s>>,
}

/// What asking begins with.
pub(crate) enum Begun<'s, T> {
    /// Asked before: the first answer.
    Before(Answered<T>),
    /// To be done now.
    Now(Box<Desk<'s>>),
}

impl Service {
    /// Locks and settles the account, unless the key was answered before.
    pub(crate) async fn begin<T: DeserializeOwned>(&self, asked: Asked, account: Uuid) -> Result<Begun<'_, T>, Error> {
        let Some(key) = &asked.key else {
            let work = self.open_account(account).await?;
            return Ok(Begun::Now(Box::new(Desk { work, asked, _at_work: None })));
        };
        let (at_work, mut work) = self.open_keyed(account, key).await?;
        match key.recall(&mut work.tx, account).await? {
            Some(answer) => Ok(Begun::Before(answer)),
            None => Ok(Begun::Now(Box::new(Desk { work, _at_work: Some(at_work), asked }))),
        }
    }
}

impl Desk<'_> {
    /// Writes the log, remembers the answer and makes everything durable.
    pub(crate) async fn end<T: Serialize>(mut self, value: T, act: &str, details: Value) -> Result<Answered<T>, Error> {
        self.work.audit(self.asked.by, act, details).await?;
        if let Some(key) = &self.asked.key {
            let (account, at) = (self.work.held.id, self.work.now.instant);
            key.remember(&mut self.work.tx, account, &value, at).await?;
        }
        self.work.commit().await?;
        Ok(Answered { value, replayed: false })
    }
}

/// Begins an act, or gives its first answer again.
macro_rules! desk {
    ($service:expr, $asked:expr, $account:expr) => {
        match $service.begin($asked, $account).await? {
            $crate::desk::Begun::Before(answer) => return Ok(answer),
            $crate::desk::Begun::Now(desk) => desk,
        }
    };
}
pub(crate) use desk;
