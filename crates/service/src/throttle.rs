//! Slowing down who guesses (`cabinet_core::throttle` has the measure). A try is counted as a failure before it is
//! weighed, so that many at once are many; one that turns out right is taken back.

use crate::Service;
use crate::access::{Caller, token_hash};
use crate::error::Error;
use crate::token::base64;
use cabinet_core::Refusal;
use cabinet_core::throttle::{Limit, admit};
use cabinet_store::{StoreError, Tx, throttle};
use std::net::{IpAddr, Ipv6Addr};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A counter and its measure.
#[derive(Clone, Debug)]
struct Counter {
    bucket: String,
    limit: Limit,
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

/// A try that was counted, and what it left in each counter, in the order they are locked.
#[derive(Debug)]
#[must_use]
pub(crate) struct Counted(Vec<Mark>);

#[derive(Debug)]
struct Mark {
    bucket: String,
    own: bool,
    /// From when tries were weighed before this one…
    open_before: OffsetDateTime,
    /// …and after it.
    open_at: OffsetDateTime,
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

/// The counter of those who give the name of an account or of a member of staff.
pub(crate) fn owner_bucket(owner: Uuid) -> String {
    format!("account {owner}")
}

impl Service {
    /// The counters of a try to sign in. A device of this owner that signed in before has a counter of its own
    /// and is not slowed by the wrong tries of others.
    pub(crate) fn sign_in_tries(
        &self,
        owner: Option<Uuid>,
        name: &str,
        known_device: Option<&[u8]>,
        caller: &Caller,
    ) -> Tries {
        if let Some(device) = known_device {
            return Tries::of(vec![self.personal(format!("device {}", base64(device)))]);
        }
        let whom = match owner {
            Some(owner) => owner_bucket(owner),
            None => format!("name {}", base64(&token_hash(&name.to_lowercase())[..18])),
        };
        Tries::of([vec![self.personal(whom)], self.of_strangers(caller)].concat())
    }

    /// The counters of a call that names somebody without proving anything.
    pub(crate) fn stranger_tries(&self, caller: &Caller) -> Tries {
        Tries::of(self.of_strangers(caller))
    }

    /// The counter of asking how to get in again, which is no wrong password and makes nobody wait to sign in.
    pub(crate) fn question_tries(&self, caller: &Caller) -> Tries {
        let free = self.access.settings.address_free_failures.max(1);
        let bucket = format!("asks {}", network(caller.address));
        let limit = Limit { free, forgets: free, forgets_in: Duration::minutes(15) };
        Tries::of(vec![Counter { bucket, limit, own: false }])
    }

    /// The counter of guessing the password of a session one already holds.
    pub(crate) fn password_tries(&self, owner: Uuid) -> Tries {
        Tries::of(vec![self.personal(format!("password {owner}"))])
    }

    fn personal(&self, bucket: String) -> Counter {
        let free = self.access.settings.contract_free_failures.max(1);
        Counter { bucket, limit: Limit { free, forgets: 1, forgets_in: Duration::HOUR }, own: true }
    }

    fn of_strangers(&self, caller: &Caller) -> Vec<Counter> {
        let settings = &self.access.settings;
        let counter = |bucket: String, free: i64, forgets_in: Duration| {
            let free = free.max(1);
            Counter { bucket, limit: Limit { free, forgets: free, forgets_in }, own: false }
        };
        let address = format!("address {}", network(caller.address));
        vec![
            counter(address, settings.address_free_failures, Duration::minutes(15)),
            counter("everybody".to_owned(), settings.global_failures_per_minute, Duration::MINUTE),
        ]
    }

    /// Counts the try, or refuses it because it came too early.
    pub(crate) async fn count_try(&self, tries: &Tries) -> Result<Counted, Error> {
        let now = self.clock.now();
        // A flood comes too early nearly always: that is seen without the lock of a writer, of which SQLite has one.
        let mut view = self.store.read().await?;
        for counter in &tries.0 {
            if let Some(tally) = throttle::find(&mut view, &counter.bucket).await? {
                admit(&tally, now)?;
            }
        }
        drop(view);

        let mut tx = self.store.write().await?;
        let mut tallies = Vec::with_capacity(tries.0.len());
        for counter in &tries.0 {
            let tally = throttle::lock(&mut tx, &counter.bucket, now).await?;
            admit(&tally, now)?;
            tallies.push(tally);
        }
        let mut marks = Vec::with_capacity(tries.0.len());
        for (counter, before) in tries.0.iter().zip(tallies) {
            let after = counter.limit.count(&before, now);
            throttle::put(&mut tx, &counter.bucket, &after).await?;
            let (bucket, own) = (counter.bucket.clone(), counter.own);
            marks.push(Mark { bucket, own, open_before: before.open_at, open_at: after.open_at });
        }
        tx.commit().await?;
        Ok(Counted(marks))
    }

    /// The try was right: one's own counter starts afresh, the others take this try back.
    pub(crate) async fn forgive_try(&self, tx: &mut Tx, counted: &Counted) -> Result<(), StoreError> {
        for mark in &counted.0 {
            if mark.own {
                throttle::clear(tx, &mark.bucket).await?;
            } else {
                throttle::forgive_one(tx, &mark.bucket, mark.open_at, mark.open_before).await?;
            }
        }
        Ok(())
    }

    /// The outcome of work in the hashing pool. Where the pool was full the try was not weighed after all, and every
    /// counter takes it back.
    pub(crate) async fn weighed<T>(&self, outcome: Result<T, impl Into<Error>>, counted: &Counted) -> Result<T, Error> {
        let outcome = outcome.map_err(Into::into);
        if matches!(outcome, Err(Error::Refused(Refusal::Busy))) {
            let mut tx = self.store.write().await?;
            for mark in &counted.0 {
                throttle::forgive_one(&mut tx, &mark.bucket, mark.open_at, mark.open_before).await?;
            }
            tx.commit().await?;
        }
        outcome
    }
}

impl Counted {
    /// Forgiven together with the wait of those who gave this owner's name: the password is a new one.
    pub(crate) fn and_afresh(mut self, owner: Uuid) -> Counted {
        let bucket = owner_bucket(owner);
        // Every counter once and in the order of all, so that two that forgive never wait for each other.
        if let Err(place) = self.0.binary_search_by(|mark| mark.bucket.cmp(&bucket)) {
            let never = OffsetDateTime::UNIX_EPOCH;
            self.0.insert(place, Mark { bucket, own: true, open_before: never, open_at: never });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Access, AccessSettings};
    use crate::{Chance, SteppedClock};
    use cabinet_core::throttle::Tally;
    use cabinet_store::testing::{Bench, block_on};
    use std::sync::Arc;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn from(address: &str) -> Caller {
        Caller { address: address.parse().unwrap(), user_agent: String::new() }
    }

    async fn service(bench: &Bench) -> (Service, Arc<SteppedClock>) {
        let clock = Arc::new(SteppedClock::at(NOON));
        let settings = AccessSettings { global_failures_per_minute: 2, ..AccessSettings::default() };
        let access = Access::new(&[7; 32], settings).unwrap();
        (Service::new(bench.store.clone(), clock.clone(), Chance::seeded(1), access), clock)
    }

    async fn everybody(service: &Service) -> Tally {
        throttle::find(&mut service.store.read().await.unwrap(), "everybody").await.unwrap().unwrap()
    }

    #[test]
    fn a_right_try_takes_back_its_own_failure_and_nobody_elses_wait() {
        block_on(async {
            let bench = Bench::sqlite().await;
            let (service, clock) = service(&bench).await;
            let right = service.count_try(&service.stranger_tries(&from("192.0.2.1"))).await.unwrap();
            for address in ["192.0.2.2", "192.0.2.3"] {
                let _wrong = service.count_try(&service.stranger_tries(&from(address))).await.unwrap();
            }
            assert_eq!(everybody(&service).await.open_at, NOON + Duration::SECOND);
            let mut tx = service.store.write().await.unwrap();
            service.forgive_try(&mut tx, &right).await.unwrap();
            tx.commit().await.unwrap();
            let left = everybody(&service).await;
            assert_eq!((left.failures, left.open_at), (2, NOON + Duration::SECOND));

            // A wait that this very try set goes with it.
            clock.step(Duration::SECOND);
            let last = service.count_try(&service.stranger_tries(&from("192.0.2.4"))).await.unwrap();
            assert_eq!(everybody(&service).await.open_at, NOON + Duration::seconds(2));
            assert!(service.weighed(Err::<(), _>(Refusal::Busy), &last).await.is_err());
            let left = everybody(&service).await;
            assert_eq!((left.failures, left.open_at), (2, NOON + Duration::SECOND));
            bench.close().await;
        });
    }

    #[test]
    fn counters_are_forgiven_once_and_in_the_order_they_are_locked() {
        block_on(async {
            let bench = Bench::sqlite().await;
            let (service, _) = service(&bench).await;
            let account = Uuid::from_u128(1);
            let buckets =
                |counted: &Counted| counted.0.iter().map(|mark| (mark.bucket.clone(), mark.own)).collect::<Vec<_>>();
            let named = service.sign_in_tries(Some(account), "0000", None, &from("192.0.2.1"));
            let named = service.count_try(&named).await.unwrap();
            let stranger = service.count_try(&service.stranger_tries(&from("192.0.2.1"))).await.unwrap();
            assert_eq!(buckets(&stranger.and_afresh(account)), buckets(&named));
            let once = buckets(&named);
            assert_eq!(buckets(&named.and_afresh(account)), once);
            assert!(once.is_sorted() && once.len() == 3, "{once:?}");
            bench.close().await;
        });
    }

    #[test]
    fn an_address_of_ipv6_counts_as_its_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:3::9"), of("2001:db8:1:2::9"));
        assert_eq!(of("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }
}
