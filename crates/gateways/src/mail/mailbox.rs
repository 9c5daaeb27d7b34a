//! The demo's mail: letters are kept in the process and shown on a page.

use super::{Fault, Later, Letter, Mailer};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::OffsetDateTime;

/// How many letters are kept, the newest.
pub const LETTERS_KEPT: usize = 50;

/// A letter that was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When it would have been.
    pub at: OffsetDateTime,
    /// The letter.
    pub letter: Letter,
}

/// Keeps the newest letters in place of sending them.
#[derive(Debug, Default)]
pub struct Mailbox {
    kept: Mutex<VecDeque<Kept>>,
}

impl Mailbox {
    /// What is kept, the newest first.
    pub fn letters(&self) -> Vec<Kept> {
        self.kept().iter().cloned().collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Mailbox {
    fn send<'a>(&'a self, letter: &'a Letter, now: OffsetDateTime) -> Later<'a, Result<(), Fault>> {
        let mut kept = self.kept();
        kept.push_front(Kept { at: now, letter: letter.clone() });
        kept.truncate(LETTERS_KEPT);
        Box::pin(std::future::ready(Ok(())))
    }
}
