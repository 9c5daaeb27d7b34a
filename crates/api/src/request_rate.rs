//! How many requests one address may make in a minute: keeps a runaway program from starving the others.
//!
//! Counted in each process by itself, because it guards the process; what guards passwords is counted in the
//! database. Told in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;

/// Length of a window, in seconds.
const WINDOW: i64 = 60;

/// The counters of the present window; the next one begins with none.
#[derive(Debug)]
pub struct RequestRate {
    quota: u32,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    /// The minute counted, since the epoch.
    number: i64,
    made: HashMap<IpAddr, u32>,
}

/// Where an address stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests allowed in a window.
    pub quota: u32,
    /// Requests left in the present one; none is left to the last allowed request and to every refused one.
    pub left: u32,
    /// Seconds until the window ends, at least 1.
    pub resets_in: u64,
    /// Whether this request is over the quota.
    pub exceeded: bool,
}

impl RequestRate {
    /// `quota` requests a minute from one address; 0 counts nothing.
    pub fn new(quota: u32) -> RequestRate {
        RequestRate { quota, window: Mutex::default() }
    }

    /// Counts a request. An address of IPv6 counts as its /64, which one subscriber holds whole.
    pub fn count(&self, address: IpAddr, now: OffsetDateTime) -> Option<Allowance> {
        if self.quota == 0 {
            return None;
        }
        let second = now.unix_timestamp();
        let (number, past) = (second.div_euclid(WINDOW), second.rem_euclid(WINDOW));
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.number != number {
            *window = Window { number, made: HashMap::new() };
        }
        let made = window.made.entry(cabinet_service::throttle::network(address)).or_default();
        let exceeded = *made >= self.quota;
        *made = made.saturating_add(1).min(self.quota);
        Some(Allowance {
            quota: self.quota,
            left: self.quota - *made,
            resets_in: (WINDOW - past).unsigned_abs(),
            exceeded,
        })
    }
}

impl Allowance {
    /// The value of `RateLimit-Policy`.
    pub fn policy(&self) -> String {
        format!("\"default\";q={};w={WINDOW}", self.quota)
    }

    /// The value of `RateLimit`.
    pub fn limit(&self) -> String {
        format!("\"default\";r={};t={}", self.left, self.resets_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    #[test]
    fn each_address_has_its_own_minute() {
        let rate = RequestRate::new(2);
        let at = datetime!(2026-11-22 12:00:20 UTC);
        let (one, other) = ([192, 0, 2, 1].into(), [192, 0, 2, 2].into());
        let seen = |address, at| rate.count(address, at).map(|now| (now.left, now.exceeded)).unwrap();
        assert_eq!([seen(one, at), seen(one, at), seen(one, at)], [(1, false), (0, false), (0, true)]);
        assert_eq!(seen(other, at), (1, false));
        assert_eq!(rate.count(other, at).unwrap().limit(), "\"default\";r=0;t=40");
        assert_eq!(seen(one, at + Duration::seconds(40)), (1, false));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_no_quota_counts_nothing() {
        let rate = RequestRate::new(9);
        let at = datetime!(2026-11-22 12:00 UTC);
        let of = |text: &str| rate.count(text.parse().unwrap(), at).unwrap().left;
        assert_eq!((of("2001:db8::1"), of("2001:db8::2"), of("2001:db8:0:1::1")), (8, 7, 8));
        assert_eq!(RequestRate::new(0).count([192, 0, 2, 1].into(), at), None);
    }
}
