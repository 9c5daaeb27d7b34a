//! Notifications to installed apps (RFC 8030): encrypted for one browser (RFC 8291), signed by this server (RFC 8292).

mod encrypt;
mod vapid;

pub use encrypt::{Ephemeral, Unusable, encrypt};
pub use vapid::{KeyError, Vapid};

use crate::http::{Http, Patience, Unreached};
use reqwest::Url;
use time::OffsetDateTime;

/// The longest message, in bytes: what every push service takes (RFC 8291, 4).
pub const LONGEST: usize = 3993;

/// The push services of browsers. A browser's own address is the subscriber's to name, and this server then calls it: any
/// other host would let them send it anywhere.
const SERVICES: [&str; 5] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".notify.windows.com",
    ".push.apple.com",
];

/// A browser that asked for notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    endpoint: Url,
    key: [u8; 65],
    secret: [u8; 16],
}

/// Why a browser's words are no subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// Not an https address of a push service.
    #[error("not the address of a push service")]
    Endpoint,
    /// Not a point of the curve, in URL-safe base64.
    #[error("not a public key")]
    Key,
    /// Not sixteen bytes in URL-safe base64.
    #[error("not a secret")]
    Secret,
}

impl Subscription {
    /// From what the browser's `PushSubscription` holds.
    ///
    /// # Errors
    /// What of it is not usable.
    pub fn new(endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        let endpoint = Url::parse(endpoint).map_err(|_| SubscriptionError::Endpoint)?;
        let known = |host: &str| SERVICES.iter().any(|one| host == *one || one.starts_with('.') && host.ends_with(one));
        let bare = endpoint.username().is_empty() && endpoint.password().is_none() && endpoint.port().is_none();
        if endpoint.scheme() != "https" || !bare || !endpoint.host_str().is_some_and(known) {
            return Err(SubscriptionError::Endpoint);
        }
        Subscription::at(endpoint, p256dh, auth)
    }

    /// One whose push service is a stand-in on this machine.
    #[cfg(feature = "testing")]
    pub fn local(endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        Subscription::at(Url::parse(endpoint).map_err(|_| SubscriptionError::Endpoint)?, p256dh, auth)
    }

    fn at(endpoint: Url, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        let key = encrypt::bytes(p256dh).filter(encrypt::is_point).ok_or(SubscriptionError::Key)?;
        let secret = encrypt::bytes(auth).ok_or(SubscriptionError::Secret)?;
        Ok(Subscription { endpoint, key, secret })
    }

    /// The address of its push service: scheme and host, for which a signature is good.
    fn audience(&self) -> String {
        self.endpoint.origin().ascii_serialization()
    }
}

/// How soon a sleeping device should be woken (RFC 8030, 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// When it is awake anyway.
    Low,
    /// As a letter.
    Normal,
    /// At once.
    High,
}

/// Why a notification was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The push service was not reached, failed, or asks to wait.
    #[error("the push service was not reached or failed: {0}")]
    Later(String),
    /// The browser has left: its subscription is forgotten.
    #[error("the browser has no such subscription any more")]
    Gone,
    /// Refused, whenever it is tried.
    #[error("the push service refuses it: {0}")]
    Refused(String),
}

/// Hands notifications to push services.
pub struct WebPush {
    http: Http,
    vapid: Vapid,
}

/// A notification to one browser.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    /// To whom.
    pub to: &'a Subscription,
    /// What the app's service worker is given, at most [`LONGEST`] bytes.
    pub message: &'a [u8],
    /// Seconds it is kept for a device that is off.
    pub seconds: u32,
    /// How soon.
    pub urgency: Urgency,
}

impl WebPush {
    /// Signs with this key.
    ///
    /// # Errors
    /// TLS cannot be set up on this machine.
    pub fn new(vapid: Vapid, patience: Patience) -> Result<WebPush, crate::acquirer::SettingsError> {
        let http = Http::new(patience).map_err(|_| crate::acquirer::SettingsError::Tls)?;
        Ok(WebPush { http, vapid })
    }

    /// What a browser is given to subscribe with.
    pub fn public_key(&self) -> &str {
        self.vapid.public_key()
    }

    /// Encrypts and hands over; `once` is fresh for each message.
    ///
    /// # Errors
    /// Why not, by what to do next.
    pub async fn send(&self, push: Push<'_>, once: Ephemeral, now: OffsetDateTime) -> Result<(), Fault> {
        let Push { to, message, seconds, urgency } = push;
        let body = encrypt(message, &to.key, &to.secret, once).map_err(|why| Fault::Refused(why.to_string()))?;
        let request = self
            .http
            .post(to.endpoint.as_str())
            .header("Authorization", self.vapid.authorization(&to.audience(), now))
            .header("Content-Encoding", "aes128gcm")
            .header("TTL", seconds)
            .header("Urgency", urgency.code())
            .body(body);
        let reply = self.http.send(request, now).await.map_err(|why| match why {
            Unreached::Redirected(_) => Fault::Refused(why.to_string()),
            _ => Fault::Later(why.to_string()),
        })?;
        match reply.status {
            200..=299 => Ok(()),
            404 | 410 => Err(Fault::Gone),
            408 | 425 | 429 => Err(Fault::Later(format!("status {}", reply.status))),
            status => Err(Fault::Refused(format!("status {status}"))),
        }
    }
}

impl Urgency {
    fn code(self) -> &'static str {
        match self {
            Urgency::Low => "low",
            Urgency::Normal => "normal",
            Urgency::High => "high",
        }
    }
}
