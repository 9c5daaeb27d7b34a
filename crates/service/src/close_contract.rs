//! The end of a contract.

use crate::desk::{Asked, desk};
use crate::office::check_reason;
use crate::{Answered, Error, Service};
use cabinet_core::{Refusal, calendar};
use cabinet_store::sessions;
use serde_json::json;
use time::Date;
use uuid::Uuid;

impl Service {
    /// Ends a contract, and answers its first day without service: tomorrow if today is charged, else today. The
    /// balance stays as it is; giving it back is a refund of its own.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of [`check_reason`], [`Refusal::AccountClosed`] if its end is set already.
    pub async fn close_contract(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        reason: &str,
    ) -> Result<Answered<Date>, Error> {
        let reason = check_reason(reason)?;
        let mut desk = desk!(self, asked.into(), account);
        let work = &mut desk.work;
        if work.held.account.closed_on.is_some() {
            return Err(Refusal::AccountClosed.into());
        }
        let today = work.now.today;
        let charged = work.held.account.service.charged_through >= today;
        let closed_on = if charged { calendar::tomorrow(today) } else { today };
        work.held.account.closed_on = Some(closed_on);
        let last = calendar::yesterday(closed_on);
        if let Some(ip) = &mut work.held.account.static_ip {
            ip.until = Some(last);
            // No run looks at an account that is closed or suspended.
            if closed_on <= today || work.held.account.suspended_since.is_some() {
                work.release_address(last).await?;
            }
        }
        if closed_on <= today {
            sessions::revoke_all(&mut work.tx, account, work.now.instant).await?;
        }
        let details = json!({ "reason": reason, "closed_on": closed_on, "balance": work.held.account.balance });
        let answered = desk.end(closed_on, "subscriber.close", details).await?;
        self.access.forget_alive(account);
        Ok(answered)
    }
}
