//! What a use case can answer instead of its result.

use crate::acts::{Order, Quote};
use cabinet_core::Refusal;
use cabinet_store::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The domain says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The quote no longer holds; this one does.
    #[error("the quote no longer holds")]
    QuoteStale {
        /// `QuoteStale` or `QuoteExpired`.
        refusal: Refusal,
        /// A fresh quote of the same wish.
        quote: Box<Quote>,
    },
    /// The quote was confirmed before, under another key.
    #[error("the quote was confirmed before")]
    QuoteUsed(Box<Order>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that cannot be: logged with its trail, told to nobody.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// For faults of this program.
    pub fn internal(what: impl std::fmt::Display) -> Error {
        Error::Internal(what.to_string())
    }
}

/// Serialised rows of our own making read back as they were written.
impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Error {
        Error::internal(error)
    }
}
