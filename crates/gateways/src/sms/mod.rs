//! Short messages: one trait, [`SmsGateway`], an adapter a gateway; in the demo a
//! [`Pocket`] keeps what would have been sent.
//!
//! What a gateway answers is weighed into a [`Fault`] that says what to do next, not what it was called there.

mod alphasms;
mod parts;
mod pocket;
mod settings;
mod smsfly;
mod turbosms;

pub use alphasms::AlphaSms;
pub use parts::parts;
pub use pocket::{Kept, Pocket};
pub use settings::{Driver, SmsSettings};
pub use smsfly::SmsFly;
pub use turbosms::TurboSms;

use crate::acquirer::Later;
use crate::http::{Http, Reply, Unreached};
use cabinet_core::phone::Phone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

/// How short messages leave. Instants are passed in.
pub trait SmsGateway: Send + Sync {
    /// Hands a message over; answers the gateway's own name of it, where it gives one.
    fn send<'a>(&'a self, message: &'a Sms, now: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>>;

    /// Asks what became of a message, by the gateway's own name of it; nothing to be asked where the gateway does not tell.
    fn delivery<'a>(&'a self, id: &'a str, now: OffsetDateTime) -> Option<Later<'a, Result<Delivery, Fault>>> {
        let _ = (id, now);
        None
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms {
    /// Its name, the same each time it is handed over again: a gateway that can tells twins by it.
    pub id: String,
    /// To whom.
    pub to: Phone,
    /// What it says, in Cyrillic or not; [`parts()`] tells how many messages it is charged as.
    pub text: String,
}

/// What a gateway took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Its own name of the message.
    pub id: Option<String>,
}

/// What became of a message that a gateway took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is on its way, or the gateway knows no better, or says what nobody here understands.
    Waits,
    /// The phone has it.
    Delivered,
    /// It never will.
    Failed,
}

/// Why a message was not handed over, as far as what to do next goes. Texts carry neither phones nor messages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It was not reached, or failed: nothing was taken, or the gateway knows a twin by its name. Again later.
    #[error("the gateway was not reached or failed: {0}")]
    Later(String),
    /// It may have been taken: whoever tries again may send it twice.
    #[error("the gateway took too long or broke off: the message may have been taken")]
    Unknown,
    /// Key, sender or account are not in order: every message fails so until somebody mends that.
    #[error("the gateway takes nothing from this account: {0}")]
    Account(String),
    /// The phone's owner wants no messages.
    #[error("the phone is in the gateway's stop list")]
    OptedOut,
    /// This message is refused, whenever it is tried.
    #[error("the gateway refuses this message: {0}")]
    Refused(String),
}

/// An answer of a gateway that is none of its documented ones: it may have taken the message.
fn strange(reply: &Reply) -> Fault {
    match reply.status {
        401..=403 => Fault::Account(format!("status {}", reply.status)),
        _ => Fault::Unknown,
    }
}

/// Posts a JSON body and reads a JSON answer. `knows_twins`: the gateway sends a message of the same name once, so that
/// what may have been taken can simply be tried again.
async fn post<A: DeserializeOwned>(
    http: &Http,
    url: &str,
    token: Option<&str>,
    body: &(impl Serialize + Sync),
    knows_twins: bool,
    now: OffsetDateTime,
) -> Result<A, Fault> {
    let mut request = http.post(url).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let reply = http.send(request, now).await.map_err(|why| match why {
        Unreached::Resting => Fault::Later(why.to_string()),
        _ if knows_twins => Fault::Later(why.to_string()),
        _ => Fault::Unknown,
    })?;
    serde_json::from_slice(&reply.body).map_err(|_| match strange(&reply) {
        Fault::Unknown if knows_twins => Fault::Later("an answer that cannot be read".to_owned()),
        fault => fault,
    })
}
