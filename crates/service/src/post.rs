//! What the service sends letters with.

use crate::Error;
use crate::print_document::PrintedBill;
use cabinet_core::Language;
use cabinet_gateways::mail::{Attachment, Later, Mailbox, Mailer};
use std::sync::Arc;

/// Makes the files that go along with letters.
pub trait Papers: Send + Sync {
    /// A bill as a file; nothing where bills are not printed.
    fn bill(&self, bill: PrintedBill, language: Language) -> Later<'static, Result<Option<Attachment>, Error>>;
}

/// No files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPapers;

impl Papers for NoPapers {
    fn bill(&self, _: PrintedBill, _: Language) -> Later<'static, Result<Option<Attachment>, Error>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// How letters leave, and what the provider says of itself in them.
#[derive(Clone)]
pub struct Post {
    /// How they leave.
    pub mailer: Arc<dyn Mailer>,
    /// The demo's, for its page; it is the mailer there.
    pub mailbox: Option<Arc<Mailbox>>,
    /// The files that go along.
    pub papers: Arc<dyn Papers>,
    /// Where people reach the cabinet, without a slash at the end.
    pub origin: String,
    /// Trade name.
    pub provider: String,
    /// How support is reached.
    pub support: String,
    /// The languages spoken here.
    pub languages: Vec<Language>,
}

impl Post {
    /// The language of a subscriber's letters: the one of the settings, as far as it is spoken here.
    pub(crate) fn spoken(&self, code: &str) -> Language {
        Language::from_code(code).filter(|language| self.languages.contains(language)).unwrap_or_default()
    }

    /// Where bills by e-mail are switched off without signing in.
    pub(crate) fn unsubscribe_url(&self, key: &str) -> String {
        format!("{}{}?key={key}", self.origin, UNSUBSCRIBE)
    }
}

/// The page that switches bills by e-mail off.
pub const UNSUBSCRIBE: &str = "/api/v1/letters/unsubscribe";
