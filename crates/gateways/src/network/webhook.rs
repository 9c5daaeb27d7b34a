//! Another system that knows the network is told by a signed POST.

use crate::acquirer::SettingsError;
use crate::http::{Http, Patience};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;
use std::fmt::Write;
use time::OffsetDateTime;

/// The header that holds the signature: `t=` the second it was made, `v1=` HMAC-SHA256 of that second, a dot and the body,
/// in hexadecimals.
pub const SIGNATURE: &str = "Cabinet-Signature";

/// What is told of a subscriber. Whoever hears generations out of order keeps the greatest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told<'a> {
    /// Contract number.
    pub contract: &'a str,
    /// Grows with every change; the same again is a repetition.
    pub generation: i64,
    /// `open`, `garden` or `off`.
    pub access: &'static str,
    /// Kilobits a second to the subscriber.
    pub down_kbit: i64,
    /// Kilobits a second from the subscriber.
    pub up_kbit: i64,
    /// The static address.
    pub address: Option<&'a str>,
    /// The IPv6 prefix that goes with it.
    pub ipv6_prefix: Option<&'a str>,
}

/// The system that is told.
pub struct Webhook {
    http: Http,
    url: String,
    secret: SecretString,
}

impl Webhook {
    /// At an address, signed with a secret.
    ///
    /// # Errors
    /// A secret that is easily guessed; TLS that cannot be set up.
    pub fn new(url: String, secret: SecretString) -> Result<Webhook, SettingsError> {
        if secret.expose_secret().len() < 16 {
            return Err(SettingsError::Unfit("webhook_secret", "16 bytes or longer"));
        }
        let http = Http::new(Patience::default()).map_err(|_| SettingsError::Tls)?;
        Ok(Webhook { http, url, secret })
    }

    /// Tells it; any status of success is a yes.
    ///
    /// # Errors
    /// Why it may not know.
    pub async fn tell(&self, told: &Told<'_>, now: OffsetDateTime) -> Result<(), String> {
        let body = serde_json::to_vec(told).map_err(|why| why.to_string())?;
        let signature = signature(self.secret.expose_secret().as_bytes(), now.unix_timestamp(), &body);
        let request = self.http.post(&self.url).header("Content-Type", "application/json");
        let reply = self.http.send(request.header(SIGNATURE, signature).body(body), now).await;
        match reply.map_err(|why| why.to_string())?.status {
            200..=299 => Ok(()),
            status => Err(format!("it answered with status {status}")),
        }
    }
}

fn signature(secret: &[u8], at: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(format!("t={at},v1="), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text grows");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_its_second_and_its_body() {
        // printf '1764000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of sixteen'
        let known = "t=1764000000,v1=9099ac2047fa42e62dceede89760ae6e9005e2ee3fe31c95dc299d7b929938d9";
        assert_eq!(signature(b"a secret of sixteen", 1_764_000_000, br#"{"a":1}"#), known);
    }
}
