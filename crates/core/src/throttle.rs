//! How fast somebody may guess. Each failure beyond the free ones doubles the wait; failures are forgotten in time,
//! and nobody is ever locked out.

use crate::refusal::Refusal;
use time::{Duration, OffsetDateTime};

/// No wait is longer: a subscriber is never locked out by the tries of others.
pub const WAIT_MAX: Duration = Duration::minutes(15);

/// What a counter allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// So many failures cost nothing; each further one doubles the wait, from one second.
    pub free: i64,
    /// So many failures are forgotten…
    pub forgets: i64,
    /// …in so much time, evenly: at least a second.
    pub forgets_in: Duration,
}

/// What was counted under one name (a contract, an address, everybody).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Failures not forgotten yet.
    pub failures: i64,
    /// Since when they are being forgotten: the first of them, or the last time some were.
    pub last_at: OffsetDateTime,
    /// From when the next try is weighed.
    pub open_at: OffsetDateTime,
}

impl Limit {
    /// The wait after so many failures.
    pub fn wait(&self, failures: i64) -> Duration {
        match failures - self.free {
            // 2^10 seconds exceed the longest wait, so a greater power need not be computed.
            over @ 1.. => Duration::seconds(1 << (over - 1).min(10)).min(WAIT_MAX),
            _ => Duration::ZERO,
        }
    }

    /// The tally without what is forgotten by now.
    fn leaked(&self, tally: &Tally, now: OffsetDateTime) -> Tally {
        let elapsed = (now - tally.last_at).whole_seconds().max(0);
        match elapsed.saturating_mul(self.forgets) / self.forgets_in.whole_seconds().max(1) {
            forgotten @ 1.. => Tally { failures: (tally.failures - forgotten).max(0), last_at: now, ..tally.clone() },
            _ => tally.clone(),
        }
    }

    /// The tally with one failure more.
    pub fn count(&self, tally: &Tally, now: OffsetDateTime) -> Tally {
        let mut tally = self.leaked(tally, now);
        if tally.failures == 0 {
            tally.last_at = now;
        }
        tally.failures += 1;
        tally.open_at = now + self.wait(tally.failures);
        tally
    }
}

/// Whether a try may be weighed now.
///
/// # Errors
/// [`Refusal::Throttled`] with the seconds to wait, at most [`WAIT_MAX`].
pub fn admit(tally: &Tally, now: OffsetDateTime) -> Result<(), Refusal> {
    match (tally.open_at - now).min(WAIT_MAX).whole_seconds() {
        early @ 1.. => Err(Refusal::Throttled { retry_after_seconds: early.unsigned_abs() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
    const LIMIT: Limit = Limit { free: 5, forgets: 1, forgets_in: Duration::HOUR };

    #[test]
    fn waits_double_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (4..20).map(|failures| LIMIT.wait(failures).whole_seconds()).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
        assert_eq!(LIMIT.wait(i64::MAX), WAIT_MAX);
    }

    #[test]
    fn failures_are_forgotten_in_time() {
        let tally = Tally { failures: 7, last_at: NOON, open_at: NOON };
        let counted = |after: Duration| LIMIT.count(&tally, NOON + after);
        assert_eq!(counted(Duration::minutes(59)).failures, 8);
        assert_eq!(counted(Duration::minutes(59)).last_at, NOON);
        assert_eq!(counted(Duration::hours(2)).failures, 6);
        let afresh = counted(Duration::days(9));
        assert_eq!((afresh.failures, afresh.last_at), (1, NOON + Duration::days(9)));
        // A clock that went back forgets nothing.
        assert_eq!(counted(Duration::days(-1)).failures, 8);
    }

    #[test]
    fn a_try_waits_until_the_tally_opens() {
        let tally = LIMIT.count(&Tally { failures: 7, last_at: NOON, open_at: NOON }, NOON);
        assert_eq!(tally.open_at, NOON + Duration::seconds(4));
        assert_eq!(admit(&tally, NOON), Err(Refusal::Throttled { retry_after_seconds: 4 }));
        assert_eq!(admit(&tally, NOON + Duration::seconds(4)), Ok(()));
        // Whatever the clocks did, nobody is told to wait longer than the longest wait.
        assert_eq!(admit(&tally, NOON - Duration::DAY), Err(Refusal::Throttled { retry_after_seconds: 900 }));
    }
}
