//! Notifications to browsers: which take them, and what they are told.

use crate::access::Caller;
use crate::account_tx::{AccountTx, Actor};
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::notice::{Memory, Ways, Wishes};
use cabinet_core::refusal::FieldFault;
use cabinet_gateways::web_push::SubscriptionError;
use cabinet_store::notices::{self, Wish};
use cabinet_store::push_devices::{self, PushDevice};
use cabinet_store::sessions;
use serde_json::json;
use uuid::Uuid;

/// So many browsers an account is told by; the oldest leaves for one more.
pub const DEVICES: usize = 10;

/// What a browser is told of until its person says otherwise: it costs nothing.
const OFFERED: Wishes = Wishes {
    threshold_days: Some(3),
    period: None,
    on_payment: true,
    on_block: true,
    on_unblock: true,
    on_change: true,
};

/// Notifications of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushFacts {
    /// What browsers subscribe with; nothing where no notifications are sent.
    pub public_key: Option<String>,
    /// What is told.
    pub wishes: Wishes,
    /// Where to, the newest first.
    pub devices: Vec<PushDevice>,
}

/// A browser as it names itself.
#[derive(Clone, Copy, Debug)]
pub struct NewDevice<'a> {
    /// The session it asks in.
    pub session: Uuid,
    /// Where its push service takes notifications.
    pub endpoint: &'a str,
    /// Its public key, in URL-safe base64.
    pub p256dh: &'a str,
    /// Its secret, likewise.
    pub auth: &'a str,
    /// Where it asks from.
    pub caller: &'a Caller,
}

impl Service {
    /// Notifications of an account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn show_push(&self, account: Uuid) -> Result<PushFacts, Error> {
        let mut view = self.store.view().await?;
        let wish = notices::wish(&mut view, account, Ways::Push).await?;
        Ok(PushFacts {
            public_key: self.pusher.as_ref().map(|pusher| pusher.public_key.clone()),
            wishes: wish.map_or(OFFERED, |reach| reach.wish.wishes),
            devices: push_devices::of_account(&mut view, account).await?,
        })
    }

    /// Tells an account by a browser from now on; asked again, by the keys and for the session it names now. A browser
    /// that was told another's affairs hears of those no more.
    ///
    /// # Errors
    /// [`Refusal::PushAbsent`]; [`Refusal::SessionEnded`], whose access token was good a moment ago;
    /// [`Refusal::FieldInvalid`] for what is no browser's, or of a push service that is not called from here.
    pub async fn add_push_device(&self, account: Uuid, given: NewDevice<'_>) -> Result<(), Error> {
        let pusher = self.pusher.as_ref().ok_or(Refusal::PushAbsent)?;
        let taken = pusher.gateway.subscription(given.endpoint, given.p256dh, given.auth);
        let endpoint = taken.map_err(refused)?.endpoint().to_owned();
        let mut work = self.lock_account(account).await?;
        if sessions::was_ended(&mut work.tx, account, given.session).await? {
            return Err(Refusal::SessionEnded.into());
        }
        let before = push_devices::of_account(&mut work.tx, account).await?;
        let same = |one: &PushDevice| {
            (one.session_id, one.endpoint.as_str(), one.p256dh.as_str(), one.auth.as_str())
                == (given.session, endpoint.as_str(), given.p256dh, given.auth)
        };
        if before.iter().any(same) {
            return Ok(());
        }
        if before.is_empty() {
            begin_anew(&mut work).await?;
        }
        let device = PushDevice {
            account_id: account,
            id: self.new_id(),
            session_id: given.session,
            endpoint,
            p256dh: given.p256dh.to_owned(),
            auth: given.auth.to_owned(),
            user_agent: given.caller.agent(),
            created_at: work.now.instant,
            told_at: None,
            failures: 0,
        };
        if push_devices::put(&mut work.tx, &device).await? {
            for oldest in before.iter().skip(DEVICES - 1) {
                push_devices::remove(&mut work.tx, account, oldest.id).await?;
            }
            work.audit(Actor::Subscriber, "push.add", json!({ "device": device.id })).await?;
        }
        work.commit().await
    }

    /// Tells an account by one of its browsers no more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn remove_push_device(&self, account: Uuid, device: Uuid) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        if !push_devices::remove(&mut work.tx, account, device).await? {
            return Err(Refusal::NotFound.into());
        }
        work.audit(Actor::Subscriber, "push.remove", json!({ "device": device })).await?;
        work.commit().await
    }

    /// Takes over what browsers are told; wishing what is wished leaves no trace.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`].
    pub async fn set_push_wishes(&self, account: Uuid, wishes: Wishes) -> Result<(), Error> {
        wishes.check()?;
        let mut work = self.lock_account(account).await?;
        let before = notices::wish(&mut work.tx, account, Ways::Push).await?.map(|reach| reach.wish);
        if before.as_ref().map_or(OFFERED, |before| before.wishes) == wishes {
            return Ok(());
        }
        let today = work.now.today;
        let mut memory = before.as_ref().map_or_else(|| Memory::new(today), |before| before.memory);
        memory.follow(&before.map_or(OFFERED, |before| before.wishes), &wishes, today);
        notices::put_wish(&mut work.tx, account, Ways::Push, &wish(wishes, memory)).await?;
        work.audit(Actor::Subscriber, "push.set", json!({})).await?;
        work.commit().await
    }
}

/// With the first browser telling begins: what happened while there was none is not told.
async fn begin_anew(work: &mut AccountTx<'_>) -> Result<(), Error> {
    let (account, today) = (work.held.id, work.now.today);
    let before = notices::wish(&mut work.tx, account, Ways::Push).await?.map(|reach| reach.wish);
    let wishes = before.as_ref().map_or(OFFERED, |before| before.wishes);
    // What was told before stays counted: its number names a notice.
    let crossings = before.map_or(0, |before| before.memory.crossings);
    let memory = Memory { crossings, ..Memory::new(today) };
    Ok(notices::put_wish(&mut work.tx, account, Ways::Push, &wish(wishes, memory)).await?)
}

fn wish(wishes: Wishes, memory: Memory) -> Wish {
    Wish { sms: false, email: false, wishes, memory }
}

fn refused(why: SubscriptionError) -> Refusal {
    let field = match why {
        SubscriptionError::Endpoint => "endpoint",
        SubscriptionError::Key => "p256dh",
        SubscriptionError::Secret => "auth",
    };
    Refusal::FieldInvalid { field, fault: FieldFault::Invalid }
}
