//! An account stopped by staff, and let run again.

use crate::desk::{Asked, desk};
use crate::office::check_reason;
use crate::{Answered, Error, Service};
use cabinet_core::statement::SpellKind;
use cabinet_core::{Refusal, Standing, calendar};
use cabinet_store::spells;
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// Suspends an account: from the first uncharged day nothing is charged, until it is resumed.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of [`check_reason`], [`Refusal::AccountSuspended`], [`Refusal::AccountClosed`].
    pub async fn suspend(&self, asked: impl Into<Asked>, account: Uuid, reason: &str) -> Result<Answered<()>, Error> {
        let reason = check_reason(reason)?;
        let mut desk = desk!(self, asked.into(), account);
        let work = &mut desk.work;
        if work.held.account.standing(work.now.today) == Standing::Closed {
            return Err(Refusal::AccountClosed.into());
        }
        if work.held.account.suspended_since.is_some() {
            return Err(Refusal::AccountSuspended.into());
        }
        let charged = work.held.account.service.charged_through == work.now.today;
        let since = if charged { calendar::tomorrow(work.now.today) } else { work.now.today };
        work.held.account.suspended_since = Some(since);
        work.held.suspended_reason = Some(reason.clone());
        spells::begin(&mut work.tx, account, SpellKind::Suspended, since).await?;
        desk.end((), "subscriber.suspend", json!({ "reason": reason })).await
    }

    /// Resumes a suspended account: today is charged at once, the days between are not.
    ///
    /// # Errors
    /// [`Refusal::NotSuspended`].
    pub async fn resume(&self, asked: impl Into<Asked>, account: Uuid) -> Result<Answered<()>, Error> {
        let mut desk = desk!(self, asked.into(), account);
        let work = &mut desk.work;
        if work.held.account.suspended_since.take().is_none() {
            return Err(Refusal::NotSuspended.into());
        }
        let reason = work.held.suspended_reason.take();
        let last = calendar::yesterday(work.now.today);
        spells::end(&mut work.tx, account, SpellKind::Suspended, last).await?;
        work.settle().await?;
        desk.end((), "subscriber.resume", json!({ "was_for": reason })).await
    }
}
