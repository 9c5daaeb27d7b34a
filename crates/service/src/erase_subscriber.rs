//! Everything personal taken away: asked for by the subscriber, carried out by staff once the contract has ended. The
//! book stays, as the law of accounting has it; it names nobody.

use crate::account_tx::{AccountTx, Actor};
use crate::office::check_reason;
use crate::{Error, Service};
use cabinet_core::{Money, Refusal, Standing};
use cabinet_store::audit;
use cabinet_store::personal;
use cabinet_store::profiles::{self, Request};
use serde_json::{Map, Value, json};
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What a wish to be forgotten is kept under.
pub(crate) const ERASURE: &str = "erasure";

impl Service {
    /// The subscriber asks that everything personal be taken away; asked twice, it is asked once.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn ask_erasure(&self, account: Uuid) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let open = profiles::open_requests(&mut work.tx, account).await?;
        if open.iter().any(|one| one.field == ERASURE) {
            return Ok(());
        }
        let (id, created_at) = (self.new_id(), work.now.instant);
        let request = Request { id, field: ERASURE.to_owned(), wish: String::new(), created_at };
        profiles::ask(&mut work.tx, account, &request).await?;
        work.audit(Actor::Subscriber, "erasure.ask", json!({ "request": id })).await?;
        work.commit().await
    }

    /// The subscriber thinks better of it; without a wish that waits nothing happens.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn withdraw_erasure(&self, account: Uuid) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        if profiles::withdraw(&mut work.tx, account, ERASURE).await? {
            work.audit(Actor::Subscriber, "erasure.withdraw", json!({})).await?;
            work.commit().await?;
        }
        Ok(())
    }

    /// Takes everything personal of an ended contract away, for good, and answers when that was done; done before, it is
    /// answered as it was then.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::FieldInvalid`] of [`check_reason`], [`Refusal::ContractOpen`],
    /// [`Refusal::BalanceLeft`]: nobody could be paid, or asked to pay, any more.
    pub async fn erase_subscriber(&self, by: Actor, account: Uuid, reason: &str) -> Result<OffsetDateTime, Error> {
        let reason = check_reason(reason)?;
        let mut work = self.lock_account(account).await?;
        if let Some(before) = personal::erased_at(&mut work.tx, account).await? {
            return Ok(before);
        }
        let now = work.now;
        if work.held.account.standing(now.today) != Standing::Closed {
            return Err(Refusal::ContractOpen.into());
        }
        let balance = work.held.account.balance;
        if !balance.is_zero() {
            return Err(Refusal::BalanceLeft { balance }.into());
        }
        personal::erase(&mut work.tx, account, now.instant).await?;
        work.held.suspended_reason = None;
        reword_log(&mut work).await?;
        work.audit(by, "subscriber.erase", json!({ "reason": reason })).await?;
        work.commit().await?;
        self.access.forget_alive(account);
        Ok(now.instant)
    }
}

/// Of the log's details stays what names nobody.
async fn reword_log(work: &mut AccountTx<'_>) -> Result<(), Error> {
    let account = work.held.id;
    for row in audit::of_account(&mut work.tx, account, i64::MAX).await? {
        let details: Map<String, Value> = serde_json::from_str(&row.details).unwrap_or_default();
        let kept: Map<String, Value> = details.into_iter().filter(|(_, value)| is_impersonal(value)).collect();
        let kept = Value::Object(kept).to_string();
        if kept != row.details {
            audit::reword(&mut work.tx, account, row.id, &kept).await?;
        }
    }
    Ok(())
}

/// Sums, days, ids, numbers and yes or no. Whatever else is text may be somebody's.
fn is_impersonal(value: &Value) -> bool {
    let form = format_description!("[year]-[month]-[day]");
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            // A number without kopecks may be a telephone.
            let sum = text.parse::<Money>().is_ok_and(|sum| sum.to_string() == *text);
            sum || text.parse::<Uuid>().is_ok() || Date::parse(text, form).is_ok()
        }
        Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_somebodys_and_figures_nobodys() {
        for kept in [
            json!(null),
            json!(true),
            json!(7),
            json!("-1.61"),
            json!("2026-11-23"),
            json!("0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ] {
            assert!(is_impersonal(&kept), "{kept}");
        }
        for gone in [
            json!("переїзд"),
            json!("0671112233"),
            json!("192.0.2.1"),
            json!(""),
            json!(["phones"]),
            json!({ "id": 1 }),
        ] {
            assert!(!is_impersonal(&gone), "{gone}");
        }
    }
}
