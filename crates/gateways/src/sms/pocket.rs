//! The demo's messages: kept in the process and shown on a page.

use super::{Accepted, Delivery, Fault, Later, Sms, SmsGateway};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::OffsetDateTime;

/// How many messages are kept, the newest.
const MESSAGES_KEPT: usize = 50;

/// A message that was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When it would have been.
    pub at: OffsetDateTime,
    /// The message.
    pub message: Sms,
}

/// Keeps the newest messages in place of sending them.
#[derive(Debug, Default)]
pub struct Pocket {
    kept: Mutex<VecDeque<Kept>>,
}

impl Pocket {
    /// What is kept, the newest first.
    pub fn messages(&self) -> Vec<Kept> {
        self.kept().iter().cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SmsGateway for Pocket {
    fn send<'a>(&'a self, message: &'a Sms, now: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>> {
        let mut kept = self.kept();
        kept.push_front(Kept { at: now, message: message.clone() });
        kept.truncate(MESSAGES_KEPT);
        Box::pin(std::future::ready(Ok(Accepted { id: Some(message.id.clone()) })))
    }

    fn delivery<'a>(&'a self, _: &'a str, _: OffsetDateTime) -> Option<Later<'a, Result<Delivery, Fault>>> {
        Some(Box::pin(std::future::ready(Ok(Delivery::Delivered))))
    }
}
