//! Asking a router to change or end a session: sent, repeated, and its answer weighed.

use super::attribute::Attribute;
use super::packet::{Answer, Ask, LONGEST, TooLong, request};
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

/// How long each of the tries waits for its answer.
pub const PATIENCE: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// `Error-Cause` of a router that holds no such session (RFC 5176, 3.5).
const SESSION_NOT_FOUND: u32 = 503;
/// Those of one that cannot change a session so, whatever is tried: attribute unsupported, missing, service
/// unsupported, value invalid.
const CANNOT_CHANGE: [u32; 4] = [401, 402, 405, 407];

/// A router that holds sessions.
#[derive(Clone, Debug)]
pub struct Router {
    /// Where it listens for changes; RouterOS and most others at port 3799.
    pub address: SocketAddr,
    /// What it and the billing alone know.
    pub secret: SecretString,
    /// Requests carry a Message-Authenticator.
    pub signs: bool,
    /// Answers must carry one.
    pub demands: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The router did it.
    Done,
    /// It holds no such session: nobody is there to be changed.
    Gone,
    /// It cannot do such a change: the session must end, and begins anew as it should be.
    Unable,
    /// It refused for now.
    Refused(Option<u32>),
    /// It did not answer.
    Silent,
}

/// Why nothing could be sent.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The request is too long.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The network of this machine.
    #[error("{address}: {why}")]
    Network {
        /// The router.
        address: SocketAddr,
        /// What it said.
        why: io::Error,
    },
}

/// Asks once, repeats the same bytes from the same port, and takes the first true answer; whatever else arrives is
/// dropped. `id` tells this request from others to the router that are under way.
///
/// # Errors
/// Those of this side; a router that is away is [`Verdict::Silent`].
pub async fn ask(
    router: &Router,
    ask: Ask,
    id: u8,
    attributes: &[Attribute],
    patience: &[Duration],
) -> Result<Verdict, PushError> {
    let secret = router.secret.expose_secret().as_bytes();
    let sent = request(ask, id, attributes, secret, router.signs)?;
    let network = |why| PushError::Network { address: router.address, why };
    let any = match router.address {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any).await.map_err(network)?;
    // Connected, it hears the router alone.
    socket.connect(router.address).await.map_err(network)?;
    let mut datagram = [0; LONGEST];
    for wait in patience {
        // A router whose port is closed says so to the next call; it is as silent as one that is off.
        if let Err(why) = socket.send(sent.bytes()).await
            && why.kind() != io::ErrorKind::ConnectionRefused
        {
            return Err(network(why));
        }
        let until = Instant::now() + *wait;
        while let Ok(received) = timeout_at(until, socket.recv(&mut datagram)).await {
            let Ok(length) = received else { continue };
            if let Ok(answer) = sent.answer(&datagram[..length], secret, router.demands) {
                return Ok(weigh(ask, answer));
            }
        }
    }
    Ok(Verdict::Silent)
}

fn weigh(ask: Ask, answer: Answer) -> Verdict {
    match answer {
        Answer::Done => Verdict::Done,
        Answer::Refused(Some(SESSION_NOT_FOUND)) => Verdict::Gone,
        Answer::Refused(Some(cause)) if ask == Ask::Change && CANNOT_CHANGE.contains(&cause) => Verdict::Unable,
        Answer::Refused(cause) => Verdict::Refused(cause),
    }
}
