//! The demo's notifications: kept in the process and shown on a page.

use super::{Ephemeral, Fault, Later, Push, PushGateway, Subscription, SubscriptionError};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::OffsetDateTime;

/// How many notifications are kept, the newest.
const KEPT: usize = 50;

/// A notification that was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When it would have been.
    pub at: OffsetDateTime,
    /// The host of the push service.
    pub to: String,
    /// What the browser would have been given.
    pub message: Vec<u8>,
}

/// Keeps the newest notifications in place of sending them.
#[derive(Debug, Default)]
pub struct Tray {
    kept: Mutex<VecDeque<Kept>>,
}

impl Tray {
    /// What is kept, the newest first.
    pub fn notifications(&self) -> Vec<Kept> {
        self.kept().iter().cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PushGateway for Tray {
    fn subscription(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        Subscription::new(endpoint, p256dh, auth)
    }

    fn send<'a>(&'a self, push: Push<'a>, _: Ephemeral, now: OffsetDateTime) -> Later<'a, Result<(), Fault>> {
        let to = push.to.endpoint.host_str().unwrap_or_default().to_owned();
        let mut kept = self.kept();
        kept.push_front(Kept { at: now, to, message: push.message.to_vec() });
        kept.truncate(KEPT);
        Box::pin(std::future::ready(Ok(())))
    }
}
