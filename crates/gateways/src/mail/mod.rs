//! Letters: one trait, [`Mailer`]; [`Smtp`] hands them to a relay, and the [`Mailbox`] of the demo keeps them.
//!
//! Nothing that comes from outside can make a header: what stands in one is a [`HeaderText`] or a [`MailAddress`], and
//! neither can be made of more than one line (OWASP ASVS 1.3.11).

mod mailbox;
mod settings;
mod smtp;

pub use mailbox::{Kept, Mailbox};
pub use settings::{MailSettings, Tls};
pub use smtp::Smtp;

pub use crate::acquirer::Later;

use lettre::Address;
use std::fmt;
use time::OffsetDateTime;

/// How letters leave. Instants are passed in.
pub trait Mailer: Send + Sync {
    /// Hands a letter over. Whoever repeats it after a [`Fault`] gives the same [`Letter::id`]: a relay that took the
    /// letter and could not say so has then two of one name, and readers show one.
    fn send<'a>(&'a self, letter: &'a Letter, now: OffsetDateTime) -> Later<'a, Result<(), Fault>>;
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its name in the world, without the domain; the same each time it is sent again.
    pub id: HeaderText,
    /// To whom.
    pub to: MailAddress,
    /// What it is about.
    pub subject: HeaderText,
    /// Plain text.
    pub text: String,
    /// The same for those who see HTML.
    pub html: String,
    /// Files that go along.
    pub attachments: Vec<Attachment>,
    /// Where one may end letters of this kind by one click (RFC 8058): an `https` address.
    pub unsubscribe: Option<HeaderText>,
}

/// A file of a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: HeaderText,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} of {} bytes", self.name.as_str(), self.bytes.len())
    }
}

/// A text or an address that cannot stand in a letter's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it cannot stand in the head of a letter")]
pub struct Unfit;

/// A text of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderText(String);

impl HeaderText {
    /// The longest, in bytes: what a line of a letter may hold (RFC 5322).
    pub const LONGEST: usize = 998;

    /// The text, if it has neither line breaks nor other control characters and is no longer than a line.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn new(text: impl Into<String>) -> Result<HeaderText, Unfit> {
        let text = text.into();
        // A line may be broken at these too, by those who read Unicode.
        let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let fits = !text.is_empty() && text.len() <= HeaderText::LONGEST && !text.chars().any(breaks);
        if fits { Ok(HeaderText(text)) } else { Err(Unfit) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address of e-mail, with its domain as the network knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(Address);

impl MailAddress {
    /// The address, if a letter can be sent there.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn new(text: &str) -> Result<MailAddress, Unfit> {
        let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '\\');
        let (user, domain) = text.rsplit_once('@').filter(|_| !text.chars().any(odd)).ok_or(Unfit)?;
        // A domain of other letters has a name of ASCII, which every server understands.
        let domain = idna::domain_to_ascii(domain).map_err(|_| Unfit)?;
        Address::new(user, domain).map(MailAddress).map_err(|_| Unfit)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }
}

/// Why a letter was not handed over. Texts carry neither addresses nor what a server said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not tried: it failed again and again and rests.
    #[error("the relay is left alone for a while after repeated failures")]
    Resting,
    /// Nothing listens, the name is unknown, TLS failed, or the connection broke.
    #[error("the relay cannot be reached")]
    NoConnection,
    /// It offers no TLS where TLS is required; nothing was told it.
    #[error("the relay offers no TLS")]
    NoTls,
    /// It took too long.
    #[error("the relay took too long")]
    Timeout,
    /// It says to try again later.
    #[error("the relay put the letter off with status {0}")]
    PutOff(u16),
    /// It takes no letters from here: credentials or the sender are wrong.
    #[error("the relay does not take letters from here, status {0}")]
    NotAdmitted(u16),
    /// The address takes no letters.
    #[error("the address was refused with status {0}")]
    AddressRefused(u16),
    /// It will never take this letter.
    #[error("the letter was refused with status {0}")]
    Refused(u16),
}

/// What is to be done after a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send the same letter again later.
    Again,
    /// The letter had no chance yet, be it good or not: send it once the relay takes letters again.
    Waits,
    /// Not again; it counts against the address.
    AddressFails,
    /// Not again, and a person should know.
    Never,
}

/// What a relay says that is closing (RFC 5321, 3.8).
pub(super) const CLOSING: u16 = 421;

impl Fault {
    /// What is to be done.
    pub fn verdict(self) -> Verdict {
        match self {
            // The relay is back, or the settings are put right, and the letter is as good as before.
            Fault::Resting | Fault::NoConnection | Fault::NoTls | Fault::NotAdmitted(_) | Fault::PutOff(CLOSING) => {
                Verdict::Waits
            }
            Fault::Timeout | Fault::PutOff(_) => Verdict::Again,
            Fault::AddressRefused(_) => Verdict::AddressFails,
            Fault::Refused(_) => Verdict::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_one_line() {
        assert_eq!(HeaderText::new("Рахунок № 0000-2015-01").unwrap().as_str(), "Рахунок № 0000-2015-01");
        for text in ["", "a\r\nBcc: x@y.z", "a\nb", "a\rb", "a\0", "a\u{85}b", "a\u{2028}b", "a\tb", &"x".repeat(999)] {
            assert_eq!(HeaderText::new(text), Err(Unfit), "{text:?}");
        }
    }

    #[test]
    fn an_address_is_one_and_nothing_besides() {
        for (text, written) in [
            ("ivan@example.com", "ivan@example.com"),
            ("ivan+bills@mail.example.com", "ivan+bills@mail.example.com"),
            ("ivan@приклад.укр", "ivan@xn--80aikifvh.xn--j1amh"),
            ("іван@example.com", "іван@example.com"),
        ] {
            assert_eq!(MailAddress::new(text).unwrap().as_str(), written);
        }
        for text in [
            "",
            "ivan",
            "@example.com",
            "ivan@",
            "ivan@example.com\r\nRCPT TO:<x@y.z>",
            "ivan@example.com>",
            "a b@c.d",
            "a@b.c,d@e.f",
            "Ivan <ivan@example.com>",
            "\"a b\"@c.d",
            "a@b@c.d",
            "ivan@exa mple.com",
            ".ivan@example.com",
        ] {
            assert_eq!(MailAddress::new(text), Err(Unfit), "{text:?}");
        }
    }
}
