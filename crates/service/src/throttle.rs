//! Slowing down who guesses. A try is counted as a failure before it is weighed, so that many at once are many;
//! one that turns out right is taken back.

use crate::Service;
use crate::access::{Caller, token_hash};
use crate::error::Error;
use crate::token::base64;
use cabinet_core::Refusal;
use cabinet_store::throttle::{self, Bucket};
use cabinet_store::{StoreError, Tx};
use std::net::{IpAddr, Ipv6Addr};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// No wait is longer: a subscriber is never locked out by the tries of others.
const WAIT_MAX_SECONDS: i64 = 15 * 60;

/// A counter and its measure.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    bucket: String,
    /// So many failures cost nothing; each further one doubles the wait, from one second.
    free: i64,
    /// So many failures are forgotten…
    forgets: i64,
    /// …in so many seconds.
    forgets_in: i64,
    /// A right try clears it; the others only take their own failure back.
    own: bool,
}

/// The counters one try stands under, in the order they are locked.
#[derive(Clone, Debug)]
pub(crate) struct Tries(Vec<Counter>);

impl Tries {
    fn of(mut counters: Vec<Counter>) -> Tries {
        // Always locked in one order: two tries never wait for each other.
        counters.sort_by(|one, other| one.bucket.cmp(&other.bucket));
        Tries(counters)
    }
}

/// What a caller is counted as: an address of IPv4 itself, of IPv6 its /64. Subscribers of IPv6 hold a /64 each and may
/// choose any address within.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

fn after_leak(counter: &Counter, mut state: Bucket, now: OffsetDateTime) -> Bucket {
    let elapsed = (now - state.last_at).whole_seconds().max(0);
    let forgotten = elapsed.saturating_mul(counter.forgets) / counter.forgets_in;
    if forgotten > 0 {
        state.failures = (state.failures - forgotten).max(0);
        state.last_at = now;
    }
    state
}

fn wait_seconds(counter: &Counter, failures: i64) -> i64 {
    match failures - counter.free {
        over @ 1.. => 1i64
            .checked_shl(u32::try_from(over - 1).unwrap_or(62).min(62))
            .unwrap_or(WAIT_MAX_SECONDS)
            .min(WAIT_MAX_SECONDS),
        _ => 0,
    }
}

impl Service {
    /// The counters of a try to sign in. A device that signed in to this account before has a counter of its own
    /// and is not slowed by the wrong tries of others.
    pub(crate) fn sign_in_tries(
        &self,
        account: Option<Uuid>,
        name: &str,
        known_device: Option<&[u8]>,
        caller: &Caller,
    ) -> Tries {
        if let Some(device) = known_device {
            return Tries::of(vec![self.personal(format!("device {}", base64(device)))]);
        }
        let whom = match account {
            Some(account) => format!("account {account}"),
            None => format!("name {}", base64(&token_hash(&name.to_lowercase())[..18])),
        };
        Tries::of([vec![self.personal(whom)], self.of_strangers(caller)].concat())
    }

    /// The counters of a call that names somebody without proving anything.
    pub(crate) fn stranger_tries(&self, caller: &Caller) -> Tries {
        Tries::of(self.of_strangers(caller))
    }

    /// The counter of guessing the password of a session one already holds.
    pub(crate) fn password_tries(&self, account: Uuid) -> Tries {
        Tries::of(vec![self.personal(format!("password {account}"))])
    }

    fn personal(&self, bucket: String) -> Counter {
        let free = self.access.settings.contract_free_failures.max(1);
        Counter { bucket, free, forgets: 1, forgets_in: 3600, own: true }
    }

    fn of_strangers(&self, caller: &Caller) -> Vec<Counter> {
        let settings = &self.access.settings;
        let (address, everybody) = (settings.address_free_failures.max(1), settings.global_failures_per_minute.max(1));
        vec![
            Counter {
                bucket: format!("address {}", network(caller.address)),
                free: address,
                forgets: address,
                forgets_in: 900,
                own: false,
            },
            Counter { bucket: "everybody".to_owned(), free: everybody, forgets: everybody, forgets_in: 60, own: false },
        ]
    }

    /// Counts the try, or refuses it because it came too early.
    pub(crate) async fn count_try(&self, tries: &Tries) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let mut states = Vec::with_capacity(tries.0.len());
        for counter in &tries.0 {
            let state = after_leak(counter, throttle::lock(&mut tx, &counter.bucket, now).await?, now);
            let early = (state.open_at - now).whole_seconds();
            if early > 0 {
                let retry_after_seconds = early.min(WAIT_MAX_SECONDS).unsigned_abs();
                return Err(Refusal::Throttled { retry_after_seconds }.into());
            }
            states.push(state);
        }
        for (counter, mut state) in tries.0.iter().zip(states) {
            if state.failures == 0 {
                state.last_at = now;
            }
            state.failures += 1;
            state.open_at = now + Duration::seconds(wait_seconds(counter, state.failures));
            throttle::put(&mut tx, &counter.bucket, &state).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The try was right: one's own counter starts afresh, the others take this try back.
    pub(crate) async fn forgive_try(&self, tx: &mut Tx, tries: &Tries) -> Result<(), StoreError> {
        for counter in &tries.0 {
            if counter.own {
                throttle::clear(tx, &counter.bucket).await?;
            } else {
                throttle::forgive_one(tx, &counter.bucket, self.clock.now()).await?;
            }
        }
        Ok(())
    }

    /// The try was not weighed after all: every counter takes it back.
    pub(crate) async fn withdraw_try(&self, tries: &Tries) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        for counter in &tries.0 {
            throttle::forgive_one(&mut tx, &counter.bucket, self.clock.now()).await?;
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn counter() -> Counter {
        Counter { bucket: "account".to_owned(), free: 5, forgets: 1, forgets_in: 3600, own: true }
    }

    #[test]
    fn waits_double_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (4..20).map(|failures| wait_seconds(&counter(), failures)).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
        assert_eq!(wait_seconds(&counter(), i64::MAX), 900);
    }

    #[test]
    fn failures_are_forgotten_in_time() {
        let at = datetime!(2026-11-22 12:00 UTC);
        let state = Bucket { failures: 7, last_at: at, open_at: at };
        assert_eq!(after_leak(&counter(), state.clone(), at + Duration::minutes(59)), state);
        assert_eq!(after_leak(&counter(), state.clone(), at + Duration::hours(2)).failures, 5);
        assert_eq!(after_leak(&counter(), state, at + Duration::days(9)).failures, 0);
    }

    #[test]
    fn an_address_of_ipv6_counts_as_its_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:3::9"), of("2001:db8:1:2::9"));
        assert_eq!(of("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }
}
