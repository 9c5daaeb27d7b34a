//! The relay letters are handed to.

use super::Smtp;
use crate::acquirer::{SettingsError, secret, told_to_nobody};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;

/// How the connection to the relay is guarded. There is no "if it can": whoever stands between would see to it that it
/// cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// TLS from the first byte, port 465.
    #[default]
    Implicit,
    /// STARTTLS, port 587; a relay that does not offer it gets nothing.
    Starttls,
    /// In the open, port 25: for a relay on this machine.
    None,
}

impl Tls {
    /// The port this is usual at.
    pub fn port(self) -> u16 {
        match self {
            Tls::Implicit => 465,
            Tls::Starttls => 587,
            Tls::None => 25,
        }
    }
}

/// The relay letters are handed to; without a host no letters are sent.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// Name or address of the relay.
    pub host: String,
    /// Its port, if it is not the usual one of `tls`.
    pub port: Option<u16>,
    /// How the connection is guarded.
    pub tls: Tls,
    /// Certificates beside the machine's own roots, as PEM: for a relay with an authority of one's own.
    pub root_certificate_file: Option<PathBuf>,
    /// Who signs in at the relay; empty: nobody does.
    pub username: String,
    /// The password.
    #[serde(serialize_with = "told_to_nobody")]
    pub password: Option<SecretString>,
    /// The file that holds it instead.
    pub password_file: Option<PathBuf>,
    /// The sender: an address, or a name and the address in angle brackets. Its domain is the one that signs (DKIM).
    pub from: String,
    /// Where answers go, if not to the sender.
    pub reply_to: String,
}

impl MailSettings {
    /// Whether letters are sent at all.
    pub fn is_on(&self) -> bool {
        !self.host.trim().is_empty()
    }

    /// Whether the relay is this machine.
    pub fn is_local(&self) -> bool {
        let host = self.host.trim();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    }

    /// The relay, if there is one.
    ///
    /// # Errors
    /// What is missing or does not fit.
    pub fn build(&self) -> Result<Option<Smtp>, SettingsError> {
        if !self.is_on() {
            return Ok(None);
        }
        if self.tls == Tls::None && !self.is_local() && !self.username.trim().is_empty() {
            return Err(SettingsError::Unfit(
                "tls",
                "implicit or starttls where a password is sent to another machine",
            ));
        }
        Smtp::new(self).map(Some)
    }

    /// Name and password, if somebody signs in.
    pub(super) fn credentials(&self) -> Result<Option<(String, SecretString)>, SettingsError> {
        let username = self.username.trim();
        if username.is_empty() {
            return Ok(None);
        }
        Ok(Some((username.to_owned(), secret(&self.password, &self.password_file, "password")?)))
    }
}
