//! Notices to browsers. One that is due becomes a task for each browser, so that those a push service took are not sent
//! again because another was away.

use crate::notices::{audible_at, kind_of};
use crate::pusher::Pusher;
use crate::send_notices::spoken;
use crate::work_outbox::{Done, Job};
use crate::{Error, Service};
use cabinet_core::notice::Kind;
use cabinet_gateways::web_push::{Ephemeral, Fault, Push, Urgency};
use cabinet_store::notices::{self, End, Notice};
use cabinet_store::outbox::{self, Claimed};
use cabinet_store::phones;
use cabinet_store::push_devices::{self, PushDevice};
use serde_json::json;
use time::Duration;
use uuid::Uuid;

/// A browser whose push service refused so many in a row is told nothing more.
const REFUSALS: i64 = 5;
/// However long a push service asks to wait, it is asked again after this.
const LONGEST_WAIT: u64 = 6 * 3600;

impl Service {
    /// A notice that is due, to every browser of its account.
    pub(crate) async fn send_push_notice(&self, row: &Notice) -> Result<Done, Error> {
        let mut tx = self.store.write().await?;
        let devices = push_devices::of_account(&mut tx, row.account_id).await?;
        if devices.is_empty() {
            drop(tx);
            return self.end_notice(row, "unreachable", None, None).await;
        }
        let now = self.clock.now();
        let tasks = devices.iter().map(|device| Job::Push { notice: row.id, device: device.id });
        let tasks = tasks.map(|job| self.task(Some(row.account_id), &job, now)).collect::<Result<Vec<_>, _>>()?;
        outbox::put_bulk(&mut tx, &tasks).await?;
        tx.commit().await?;
        Ok(Done::Finished)
    }

    /// The same to one of them, in words that hold by now, never in quiet hours.
    pub(crate) async fn send_push(&self, task: &Claimed, notice: Uuid, device: Uuid) -> Result<Done, Error> {
        let Some(pusher) = &self.pusher else { return Ok(no_pusher()) };
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let mut view = self.store.read().await?;
        let row = notices::find(&mut view, account, notice).await?;
        let device = push_devices::find(&mut view, account, device).await?;
        drop(view);
        let Some(row) = row else { return Ok(Done::Finished) };
        let Some(device) = device else { return self.end_unheard(&row).await };
        let now = self.clock.now();
        let audible = audible_at(now, &self.ground().await?.policy);
        if audible > now {
            return Ok(Done::Again(audible));
        }
        let Ok(to) = pusher.gateway.subscription(&device.endpoint, &device.p256dh, &device.auth) else {
            return self.forget_device(&row, &device).await;
        };
        let message = self.notification(pusher, &row).await?;
        let (urgency, seconds) = manner(kind_of(&row)?);
        let push = Push { to: &to, message: message.as_bytes(), seconds, urgency };
        match pusher.gateway.send(push, self.ephemeral(), now).await {
            Ok(()) => {
                let mut tx = self.store.write().await?;
                push_devices::told(&mut tx, account, device.id, now).await?;
                let end = End { state: "sent", at: now, gateway_id: None, parts: None };
                notices::end(&mut tx, account, row.id, &end).await?;
                tx.commit().await?;
                Ok(Done::Finished)
            }
            Err(Fault::Gone) => self.forget_device(&row, &device).await,
            Err(Fault::Later(why, None)) => Ok(Done::Failed(why)),
            Err(Fault::Later(why, Some(seconds))) => {
                Ok(Done::Asked(why, Duration::seconds(seconds.min(LONGEST_WAIT).cast_signed())))
            }
            Err(Fault::Refused(why)) => {
                let mut tx = self.store.write().await?;
                let refusals = push_devices::refused(&mut tx, account, device.id).await?;
                tx.commit().await?;
                if refusals.is_some_and(|refusals| refusals >= REFUSALS) {
                    self.forget_device(&row, &device).await?;
                }
                Ok(Done::GivenUp(why))
            }
        }
    }

    /// The browser has left, or nothing reaches it.
    async fn forget_device(&self, row: &Notice, device: &PushDevice) -> Result<Done, Error> {
        let mut tx = self.store.write().await?;
        push_devices::remove(&mut tx, device.account_id, device.id).await?;
        tx.commit().await?;
        self.end_unheard(row).await
    }

    /// With the last browser that was to be told a notice ends.
    async fn end_unheard(&self, row: &Notice) -> Result<Done, Error> {
        let left = push_devices::of_account(&mut self.store.read().await?, row.account_id).await?;
        if left.is_empty() { self.end_notice(row, "unreachable", None, None).await } else { Ok(Done::Finished) }
    }

    /// What the app's worker is given.
    async fn notification(&self, pusher: &Pusher, row: &Notice) -> Result<String, Error> {
        let person = phones::find(&mut self.store.read().await?, row.account_id).await?;
        let person = person.ok_or_else(|| Error::internal("a notice of nobody"))?;
        let language = spoken(&pusher.languages, &person.language);
        let said = self.worded(row, language).await?;
        let own = [("contract", person.contract.as_str())];
        let values: Vec<(&'static str, &str)> = own.into_iter().chain(said.values()).collect();
        let page = match kind_of(row)? {
            Kind::Low | Kind::Blocked => "/pay",
            Kind::Changed => "/tariffs",
            Kind::Turbo | Kind::Returned | Kind::Paused | Kind::Resumed | Kind::Address | Kind::AddressGone => {
                "/services"
            }
            Kind::Balance | Kind::Paid | Kind::Restored | Kind::PaidRestored => "/",
        };
        let message = json!({
            "title": pusher.provider,
            "body": said.message.write(language, &values)?,
            "lang": language.code(),
            // Should it come twice, the second takes the place of the first.
            "tag": row.id,
            "page": page,
        });
        Ok(message.to_string())
    }

    fn ephemeral(&self) -> Ephemeral {
        loop {
            // One in four thousand million draws is no key.
            if let Ok(once) = Ephemeral::new(self.chance.secret(), self.chance.secret()) {
                return once;
            }
        }
    }
}

/// How soon a sleeping device is woken, and how long a notification waits for one that is off.
fn manner(kind: Kind) -> (Urgency, u32) {
    const DAY: u32 = 24 * 3600;
    match kind {
        Kind::Low | Kind::Blocked => (Urgency::High, 2 * DAY),
        Kind::Balance => (Urgency::Low, DAY),
        Kind::Paid
        | Kind::Restored
        | Kind::PaidRestored
        | Kind::Changed
        | Kind::Turbo
        | Kind::Returned
        | Kind::Paused
        | Kind::Resumed
        | Kind::Address
        | Kind::AddressGone => (Urgency::Normal, DAY),
    }
}

/// An instance that was started without them: another one may have them, and what nobody sends is seen by staff.
fn no_pusher() -> Done {
    Done::Waits("no notifications to browsers are sent from here".to_owned())
}
