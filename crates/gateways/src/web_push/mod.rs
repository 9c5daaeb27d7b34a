//! Notifications to installed apps (RFC 8030): encrypted for one browser (RFC 8291), signed by this server (RFC 8292).

mod encrypt;
mod tray;
mod vapid;

pub use encrypt::{Ephemeral, Unusable, encrypt};
pub use tray::{Kept, Tray};
pub use vapid::{KeyError, Vapid};

use crate::acquirer::Later;
use crate::http::{Http, Patience, Reply, Unreached};
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

/// The longest address of a browser that is taken: the longest in use are a third of it.
const ENDPOINT_MAX: usize = 1024;

/// How notifications leave. Instants are passed in.
pub trait PushGateway: Send + Sync {
    /// What a browser holds of itself, if this gateway would send there.
    ///
    /// # Errors
    /// What of it is not usable.
    fn subscription(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError>;

    /// Encrypts a notification and hands it over; `once` is fresh for each.
    fn send<'a>(&'a self, push: Push<'a>, once: Ephemeral, now: OffsetDateTime) -> Later<'a, Result<(), Fault>>;
}

/// A browser that asked for notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which of [`SERVICES`] it is of, or one more for a stand-in.
    service: usize,
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
        let endpoint = address(endpoint)?;
        let bare = endpoint.username().is_empty() && endpoint.password().is_none() && endpoint.port().is_none();
        let host = endpoint.host_str().filter(|_| endpoint.scheme() == "https" && bare).unwrap_or_default();
        let of = |one: &&str| host == *one || one.starts_with('.') && host.ends_with(*one);
        let service = SERVICES.iter().position(of).ok_or(SubscriptionError::Endpoint)?;
        Subscription::at(service, endpoint, p256dh, auth)
    }

    /// One whose push service is a stand-in on this machine.
    #[cfg(feature = "testing")]
    pub fn local(endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        Subscription::at(SERVICES.len(), address(endpoint)?, p256dh, auth)
    }

    fn at(service: usize, endpoint: Url, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        let key = encrypt::bytes(p256dh).filter(encrypt::is_point).ok_or(SubscriptionError::Key)?;
        let secret = encrypt::bytes(auth).ok_or(SubscriptionError::Secret)?;
        Ok(Subscription { service, endpoint, key, secret })
    }

    /// Where its push service takes notifications, written in one way.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_str()
    }

    /// The address of its push service: scheme and host, for which a signature is good.
    fn audience(&self) -> String {
        self.endpoint.origin().ascii_serialization()
    }
}

fn address(endpoint: &str) -> Result<Url, SubscriptionError> {
    // What follows a `#` is sent to nobody: one browser would stand under as many addresses as somebody likes.
    let fits = |parsed: &Url| parsed.as_str().len() <= ENDPOINT_MAX && parsed.fragment().is_none();
    Url::parse(endpoint).ok().filter(fits).ok_or(SubscriptionError::Endpoint)
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
    /// The push service was not reached, failed, or asks to wait: so many seconds, where it says how long.
    #[error("the push service was not reached or failed: {0}")]
    Later(String, Option<u64>),
    /// The browser has left: its subscription is forgotten.
    #[error("the browser has no such subscription any more")]
    Gone,
    /// Refused, whenever it is tried.
    #[error("the push service refuses it: {0}")]
    Refused(String),
}

/// Hands notifications to push services.
pub struct WebPush {
    /// One for each of [`SERVICES`] and for a stand-in: none rests because another failed.
    services: Vec<Http>,
    vapid: Vapid,
    #[cfg(feature = "testing")]
    anywhere: bool,
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
        let services = SERVICES.iter().map(|_| http.beside()).chain([http.beside()]).collect();
        Ok(WebPush {
            services,
            vapid,
            #[cfg(feature = "testing")]
            anywhere: false,
        })
    }

    /// The same, sending to stand-ins on this machine.
    #[cfg(feature = "testing")]
    pub fn anywhere(self) -> WebPush {
        WebPush { anywhere: true, ..self }
    }

    async fn hand_over(&self, push: Push<'_>, once: Ephemeral, now: OffsetDateTime) -> Result<(), Fault> {
        let Push { to, message, seconds, urgency } = push;
        let http = &self.services[to.service];
        let body = encrypt(message, &to.key, &to.secret, once).map_err(|why| Fault::Refused(why.to_string()))?;
        let request = http
            .post(to.endpoint.as_str())
            .header("Authorization", self.vapid.authorization(&to.audience(), now))
            .header("Content-Encoding", "aes128gcm")
            .header("TTL", seconds)
            .header("Urgency", urgency.code())
            .body(body);
        let Reply { status, retry_after, .. } = http.send_for_any(request, now).await.map_err(|why| match why {
            Unreached::Redirected(_) => Fault::Refused(why.to_string()),
            _ => Fault::Later(why.to_string(), None),
        })?;
        match status {
            200..=299 => Ok(()),
            404 | 410 => Err(Fault::Gone),
            408 | 425 | 429 | 500.. => Err(Fault::Later(format!("status {status}"), retry_after)),
            status => Err(Fault::Refused(format!("status {status}"))),
        }
    }
}

impl PushGateway for WebPush {
    fn subscription(&self, endpoint: &str, p256dh: &str, auth: &str) -> Result<Subscription, SubscriptionError> {
        #[cfg(feature = "testing")]
        if self.anywhere {
            return Subscription::local(endpoint, p256dh, auth);
        }
        Subscription::new(endpoint, p256dh, auth)
    }

    fn send<'a>(&'a self, push: Push<'a>, once: Ephemeral, now: OffsetDateTime) -> Later<'a, Result<(), Fault>> {
        Box::pin(self.hand_over(push, once, now))
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
