//! What became of notices: gateways are asked, and staff read it.

use crate::office::paged;
use crate::work_outbox::{Done, Job};
use crate::{Error, Service};
use cabinet_gateways::sms::{Accepted, Delivery};
use cabinet_store::notices::{self, End, Notice, Told};
use cabinet_store::outbox::Claimed;
use time::Duration;
use uuid::Uuid;

/// When a gateway is asked first: most messages have come by then, so that one question is enough.
const FIRST: Duration = Duration::minutes(5);
/// The longest it is waited between two questions.
const LONGEST: Duration = Duration::hours(6);
/// Gateways give messages up within a day or two: what is not known then never will be.
const ASKED_FOR: Duration = Duration::days(3);

impl Service {
    /// Ends a notice that a gateway took, with a task that asks what became of it where the gateway tells.
    pub(crate) async fn end_taken(&self, row: &Notice, taken: Accepted, parts: Option<i64>) -> Result<Done, Error> {
        let now = self.clock.now();
        let tells = |id: &str| self.messenger.as_ref().is_some_and(|by| by.gateway.delivery(id, now).is_some());
        let asked = taken.id.as_deref().is_some_and(tells);
        let end = End { state: "sent", at: now, gateway_id: taken.id, parts };
        let mut tx = self.store.write().await?;
        if notices::end(&mut tx, row.account_id, row.id, &end).await? && asked {
            let job = Job::Delivery { notice: row.id };
            self.later(&mut tx, Some(row.account_id), &job, now + FIRST).await?;
        }
        tx.commit().await?;
        Ok(Done::Finished)
    }

    /// Asks a gateway what became of a message, ever more rarely. Not knowing is no failure: nobody waits for it.
    pub(crate) async fn ask_delivery(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let sent = notices::undelivered(&mut self.store.read().await?, account, id).await?;
        let Some((gateway_id, sent_at)) = sent else { return Ok(Done::Finished) };
        let now = self.clock.now();
        let question = self.messenger.as_ref().and_then(|messenger| messenger.gateway.delivery(&gateway_id, now));
        let Some(question) = question else { return Ok(Done::Finished) };
        let delivery = match question.await {
            Ok(Delivery::Delivered) => "delivered",
            Ok(Delivery::Failed) => "failed",
            Ok(Delivery::Waits) | Err(_) => {
                let age = now - sent_at;
                let next = now + (age / 2_i32).clamp(FIRST, LONGEST);
                return Ok(if age < ASKED_FOR { Done::Again(next) } else { Done::Finished });
            }
        };
        let mut tx = self.store.write().await?;
        notices::put_delivery(&mut tx, account, id, delivery).await?;
        tx.commit().await?;
        Ok(Done::Finished)
    }

    /// What an account was told by itself, the newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_notices(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Told>, Option<Uuid>), Error> {
        let found = notices::told(&mut self.store.read().await?, account, cursor, limit + 1).await?;
        Ok(paged(found, limit, |told| told.id))
    }
}
