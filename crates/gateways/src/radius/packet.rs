//! Requests that change or end a live session, and the answers to them (RFC 5176), signed as RFC 3579 says.

use super::attribute::{self, Attribute};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

/// The most bytes of a packet.
pub const LONGEST: usize = 4096;
const HEADER: usize = 20;
/// Where the authenticator stands.
const AUTHENTICATOR: std::ops::Range<usize> = 4..HEADER;
/// Bytes of a signature, and of an authenticator.
const SIGNATURE: usize = 16;

/// What a router is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// End the session.
    Disconnect,
    /// Change it.
    Change,
}

impl Ask {
    /// Codes of the request, of "done" and of "refused".
    fn codes(self) -> (u8, u8, u8) {
        match self {
            Ask::Disconnect => (40, 41, 42),
            Ask::Change => (43, 44, 45),
        }
    }
}

/// What a router answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Done,
    /// Refused, and why (`Error-Cause`), where it says so.
    Refused(Option<u32>),
}

/// Why a packet cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {LONGEST} bytes of attributes")]
pub struct TooLong;

/// Why a datagram is no answer to a request: it is dropped, and the true one is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Shorter than a packet, or shorter than it says.
    #[error("not a whole packet")]
    Length,
    /// Of another request.
    #[error("an answer to another request")]
    Id,
    /// Not a code that answers such a request.
    #[error("a code that answers nothing asked")]
    Code,
    /// Not made with the shared secret, or not for this request.
    #[error("not made with the shared secret")]
    Authenticator,
    /// Attributes that do not fill the packet.
    #[error("broken attributes")]
    Attributes,
    /// No signature where one is demanded, or a wrong one.
    #[error("not signed as it should be")]
    Signature,
}

/// A request as it was sent: each repetition is the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    ask: Ask,
    bytes: Vec<u8>,
}

/// Makes a request; `signed` adds a Message-Authenticator, which old routers refuse and new ones should demand.
///
/// # Errors
/// [`TooLong`].
pub fn request(ask: Ask, id: u8, attributes: &[Attribute], secret: &[u8], signed: bool) -> Result<Sent, TooLong> {
    let mut bytes = vec![ask.codes().0, id, 0, 0];
    bytes.resize(HEADER, 0);
    for attribute in attributes {
        bytes.extend([attribute.number, attribute.value.len() as u8 + 2]);
        bytes.extend(&attribute.value);
    }
    if signed {
        bytes.extend([attribute::MESSAGE_AUTHENTICATOR, SIGNATURE as u8 + 2]);
        bytes.extend([0; SIGNATURE]);
    }
    let length = u16::try_from(bytes.len()).ok().filter(|length| usize::from(*length) <= LONGEST).ok_or(TooLong)?;
    bytes[2..4].copy_from_slice(&length.to_be_bytes());
    if signed {
        let signature = sign(&bytes, secret);
        let at = bytes.len() - SIGNATURE;
        bytes[at..].copy_from_slice(&signature);
    }
    let authenticator = Md5::new().chain_update(&bytes).chain_update(secret).finalize();
    bytes[AUTHENTICATOR].copy_from_slice(&authenticator);
    Ok(Sent { ask, bytes })
}

fn sign(bytes: &[u8], secret: &[u8]) -> [u8; SIGNATURE] {
    let mut mac = Hmac::<Md5>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

impl Sent {
    /// The datagram.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the answer to it; `demanded` refuses one without a signature of its own.
    ///
    /// # Errors
    /// Why the datagram is none.
    pub fn answer(&self, datagram: &[u8], secret: &[u8], demanded: bool) -> Result<Answer, Unfit> {
        let said = datagram.get(2..4).map(|bytes| usize::from(u16::from_be_bytes([bytes[0], bytes[1]])));
        let length = said.filter(|length| (HEADER..=LONGEST).contains(length)).ok_or(Unfit::Length)?;
        // What lies behind the length is padding (RFC 2865, 3).
        let mut bytes = datagram.get(..length).ok_or(Unfit::Length)?.to_vec();
        if bytes[1] != self.bytes[1] {
            return Err(Unfit::Id);
        }
        let (_, done, refused) = self.ask.codes();
        if bytes[0] != done && bytes[0] != refused {
            return Err(Unfit::Code);
        }
        let given: Vec<u8> = bytes[AUTHENTICATOR].to_vec();
        bytes[AUTHENTICATOR].copy_from_slice(&self.bytes[AUTHENTICATOR]);
        let expected = Md5::new().chain_update(&bytes).chain_update(secret).finalize();
        if !bool::from(expected.as_slice().ct_eq(&given)) {
            return Err(Unfit::Authenticator);
        }
        let found = attributes(&bytes)?;
        let of = |number: u8| found.iter().find(|(_, known, _)| *known == number);
        let signature = of(attribute::MESSAGE_AUTHENTICATOR).map(|(at, _, value)| (*at, value.to_vec()));
        let cause = of(101).and_then(|(_, _, value)| Some(u32::from_be_bytes((*value).try_into().ok()?)));
        match signature {
            None if demanded => return Err(Unfit::Signature),
            None => {}
            Some((at, given)) => {
                bytes[at..at + given.len()].fill(0);
                if !bool::from(sign(&bytes, secret).as_slice().ct_eq(&given)) {
                    return Err(Unfit::Signature);
                }
            }
        }
        Ok(if bytes[0] == done { Answer::Done } else { Answer::Refused(cause) })
    }
}

/// An attribute of an answer: where its value begins, its number, its value.
type Found<'a> = (usize, u8, &'a [u8]);

fn attributes(bytes: &[u8]) -> Result<Vec<Found<'_>>, Unfit> {
    let mut found = Vec::new();
    let mut at = HEADER;
    while at < bytes.len() {
        let length = usize::from(*bytes.get(at + 1).ok_or(Unfit::Attributes)?);
        // Of a length below two, the range runs backwards: there is no such slice.
        found.push((at + 2, bytes[at], bytes.get(at + 2..at + length).ok_or(Unfit::Attributes)?));
        at += length;
    }
    Ok(found)
}
