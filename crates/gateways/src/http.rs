//! How a gateway is asked: short timeouts, no redirect followed, a cap on the answer, and a rest after repeated failure.

use std::sync::{Mutex, PoisonError};
use std::time::Duration as StdDuration;
use time::{Duration, OffsetDateTime};

/// The largest answer read, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;
/// Failures in a row after which a gateway is left alone.
pub const FAILURES_BEFORE_REST: u32 = 5;
/// How long it is left alone; then one request tries again.
pub const REST: Duration = Duration::seconds(30);

/// How long a gateway may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// To connect.
    pub connect: StdDuration,
    /// From the first byte sent to the last one read.
    pub whole: StdDuration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { connect: StdDuration::from_secs(3), whole: StdDuration::from_secs(10) }
    }
}

/// Why there is no answer to read. Texts carry neither addresses nor secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// Not asked: it failed [`FAILURES_BEFORE_REST`] times in a row and rests.
    #[error("the gateway is left alone for a while after repeated failures")]
    Resting,
    /// Nothing listens, the name is unknown, TLS failed, or the connection broke.
    #[error("the gateway cannot be reached")]
    NoConnection,
    /// It took longer than [`Patience`] allows.
    #[error("the gateway took too long")]
    Timeout,
    /// It answered with a redirect; none is followed.
    #[error("the gateway redirected with status {0}")]
    Redirected(u16),
    /// The answer is larger than [`BODY_MAX`].
    #[error("the gateway's answer is too large")]
    TooLarge,
    /// It answered with a server error.
    #[error("the gateway failed with status {0}")]
    Broken(u16),
}

/// A whole answer that is no redirect.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// Seconds it asks to wait before anything is tried again.
    pub(crate) retry_after: Option<u64>,
}

/// Asks one gateway.
pub(crate) struct Http {
    client: reqwest::Client,
    circuit: Mutex<Circuit>,
}

impl Http {
    /// A client with these timeouts. Fails only if TLS cannot be set up.
    pub(crate) fn new(patience: Patience) -> Result<Http, reqwest::Error> {
        // Whoever came first has chosen the same, or knew why not.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(patience.connect)
            .timeout(patience.whole)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent("Cabinet")
            .build()?;
        Ok(Http { client, circuit: Mutex::default() })
    }

    /// Asks another gateway by the same connections: that one's failures are its own.
    pub(crate) fn beside(&self) -> Http {
        Http { client: self.client.clone(), circuit: Mutex::default() }
    }

    pub(crate) fn get(&self, url: &str) -> reqwest::RequestBuilder {
        self.client.get(url)
    }

    pub(crate) fn post(&self, url: &str) -> reqwest::RequestBuilder {
        self.client.post(url)
    }

    /// Sends, reads the whole answer, and remembers whether the gateway works. An answer of 500 or more is none.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder, now: OffsetDateTime) -> Result<Reply, Unreached> {
        match self.send_for_any(request, now).await? {
            Reply { status, .. } if status >= 500 => Err(Unreached::Broken(status)),
            reply => Ok(reply),
        }
    }

    /// The same for whom an answer of 500 or more says something too.
    pub(crate) async fn send_for_any(
        &self,
        request: reqwest::RequestBuilder,
        now: OffsetDateTime,
    ) -> Result<Reply, Unreached> {
        if !self.circuit().admits(now) {
            return Err(Unreached::Resting);
        }
        let answer = exchange(request).await;
        self.circuit().learn(answer.as_ref().is_ok_and(|reply| reply.status < 500), now);
        answer
    }

    fn circuit(&self) -> std::sync::MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn exchange(request: reqwest::RequestBuilder) -> Result<Reply, Unreached> {
    let mut response = request.send().await.map_err(unreached)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Unreached::Redirected(status.as_u16()));
    }
    let retry_after = response.headers().get(reqwest::header::RETRY_AFTER);
    let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
    if response.content_length().is_some_and(|length| length > BODY_MAX as u64) {
        return Err(Unreached::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreached)? {
        if body.len() + chunk.len() > BODY_MAX {
            return Err(Unreached::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status: status.as_u16(), body, retry_after })
}

fn unreached(error: reqwest::Error) -> Unreached {
    if error.is_timeout() { Unreached::Timeout } else { Unreached::NoConnection }
}

/// Whether a gateway is asked at all: shut after repeated failures, tried by one request after a rest.
#[derive(Debug, Default)]
pub(crate) struct Circuit {
    failures: u32,
    rests_until: Option<OffsetDateTime>,
}

impl Circuit {
    pub(crate) fn admits(&mut self, now: OffsetDateTime) -> bool {
        match self.rests_until {
            // A rest that ends later than REST from now was begun by a clock since set back.
            Some(until) if now < until && until - now <= REST => false,
            Some(_) => {
                self.rests_until = Some(now + REST);
                true
            }
            None => true,
        }
    }

    pub(crate) fn learn(&mut self, worked: bool, now: OffsetDateTime) {
        if worked {
            *self = Circuit::default();
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES_BEFORE_REST {
            self.rests_until = Some(now + REST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn the_circuit_rests_and_lets_one_try() {
        let mut circuit = Circuit::default();
        for _ in 0..FAILURES_BEFORE_REST {
            assert!(circuit.admits(NOON));
            circuit.learn(false, NOON);
        }
        assert!(!circuit.admits(NOON));
        assert!(!circuit.admits(NOON + REST - Duration::MILLISECOND));
        assert!(circuit.admits(NOON + REST), "one tries again");
        assert!(!circuit.admits(NOON + REST), "and only one");
        circuit.learn(false, NOON + REST);
        assert!(!circuit.admits(NOON + REST + Duration::SECOND));
        assert!(circuit.admits(NOON + REST + REST));
        circuit.learn(true, NOON + REST + REST);
        assert!(circuit.admits(NOON + REST + REST));
        circuit.learn(false, NOON + REST + REST);
        assert!(circuit.admits(NOON + REST + REST), "counting begins anew");
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_the_rest() {
        let mut circuit = Circuit::default();
        for _ in 0..FAILURES_BEFORE_REST {
            circuit.learn(false, NOON);
        }
        assert!(circuit.admits(NOON - Duration::HOUR));
    }
}
