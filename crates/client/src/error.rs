//! What may go wrong on the way.

use cabinet_contract::problem::Problem;

/// Why an operation has no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, and says why.
    #[error("{}: {}", .0.status, .0.code)]
    Problem(Box<Problem>),
    /// The server was not reached.
    #[error("the server was not reached: {0}")]
    Offline(String),
    /// The session in hand is another person's than the one the request was begun with. Nothing was sent.
    #[error("somebody else has signed in meanwhile")]
    AnotherPerson,
    /// The server answered something this client does not understand.
    #[error("unexpected answer, status {status}: {what}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What was wrong with it.
        what: String,
    },
}

impl Error {
    /// The stable code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Error::Problem(problem) => Some(&problem.code),
            _ => None,
        }
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Error::Problem(problem) => Some(problem.status),
            Error::Offline(_) | Error::AnotherPerson => None,
            Error::Unexpected { status, .. } => Some(*status),
        }
    }
}
