//! How a subscriber's e-mail stands: confirmed by a code that was sent to it, failing once letters to it are refused, and
//! whether bills go there (RULES §4, §6, §8). How long a code lives and how many are sent is the policy's.

use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::{Now, calendar};
use time::{Duration, OffsetDateTime};

/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;
/// Permanent refusals in a row after which an address is failing.
pub const REFUSALS_BEFORE_FAILING: i64 = 3;

/// How the e-mail of a profile stands. An address that is replaced takes all but the wish for bills with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmailState {
    /// When it was confirmed; empty while it is not, or not any more.
    pub confirmed_at: Option<OffsetDateTime>,
    /// Letters refused for good since one was last taken.
    pub refusals: i64,
    /// Since when it is failing.
    pub failing_since: Option<OffsetDateTime>,
    /// Whether bills are wished by e-mail.
    pub bills: bool,
}

impl EmailState {
    /// Whether bills go there now.
    pub fn takes_bills(&self) -> bool {
        self.bills && self.confirmed_at.is_some()
    }

    /// The right code was given: whatever was refused before counts no more.
    pub fn confirm(&mut self, at: OffsetDateTime) {
        *self = EmailState { confirmed_at: Some(at), refusals: 0, failing_since: None, ..*self };
    }

    /// A letter was taken: refusals count from the beginning.
    pub fn taken(&mut self) {
        self.refusals = 0;
    }

    /// A letter was refused for good. `true` if that makes the address a failing one, which must be confirmed anew.
    pub fn refused(&mut self, at: OffsetDateTime) -> bool {
        self.refusals = self.refusals.saturating_add(1);
        let fails = self.refusals >= REFUSALS_BEFORE_FAILING && self.failing_since.is_none();
        if fails {
            self.failing_since = Some(at);
            self.confirmed_at = None;
        }
        fails
    }

    /// Letters come back, as a person saw: one such word is enough. `true` if the address was not failing before.
    pub fn comes_back(&mut self, at: OffsetDateTime) -> bool {
        let fails = self.failing_since.is_none();
        if fails {
            self.failing_since = Some(at);
            self.confirmed_at = None;
        }
        fails
    }

    /// Wishes bills by e-mail, or no more.
    ///
    /// # Errors
    /// [`Refusal::ContactUnconfirmed`].
    pub fn wish_bills(&mut self, wish: bool) -> Result<(), Refusal> {
        if wish && self.confirmed_at.is_none() {
            return Err(Refusal::ContactUnconfirmed);
        }
        self.bills = wish;
        Ok(())
    }
}

/// Codes that were sent before the one asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodesSent {
    /// When the contract's last one was.
    pub last_at: Option<OffsetDateTime>,
    /// To the contract today.
    pub to_contract: i64,
    /// To the address today, whoever asked.
    pub to_address: i64,
    /// To anybody today.
    pub in_all: i64,
}

/// From when another code may be sent after one.
pub fn again_at(last_at: OffsetDateTime, policy: &Policy) -> OffsetDateTime {
    last_at + Duration::seconds(policy.contact_code_again_seconds)
}

/// Whether another code may be sent.
///
/// # Errors
/// [`Refusal::Throttled`] too soon after the last, [`Refusal::CodesSpent`] once the day's are spent.
pub fn may_send(sent: &CodesSent, policy: &Policy, now: Now) -> Result<(), Refusal> {
    // A last one that lies ahead was sent by a clock since set back.
    let early = sent.last_at.filter(|last| *last <= now.instant).map(|last| again_at(last, policy) - now.instant);
    if let Some(seconds @ 1..) = early.map(Duration::whole_seconds) {
        return Err(Refusal::Throttled { retry_after_seconds: seconds.unsigned_abs() });
    }
    let spent = sent.to_contract >= policy.contact_codes_per_day
        || sent.to_address >= policy.contact_codes_per_address
        || sent.in_all >= policy.contact_codes_in_all;
    if spent {
        return Err(Refusal::CodesSpent { possible_from: calendar::tomorrow(now.today) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn now() -> Now {
        Now { instant: NOON, today: date!(2026 - 11 - 22) }
    }

    #[test]
    fn three_refusals_in_a_row_make_an_address_fail_until_it_is_confirmed_anew() {
        let mut email = EmailState { confirmed_at: Some(NOON), ..EmailState::default() };
        assert_eq!(email.wish_bills(true), Ok(()));
        assert!(!email.refused(NOON) && !email.refused(NOON));
        email.taken();
        assert!(!email.refused(NOON) && !email.refused(NOON) && email.takes_bills());
        assert!(email.refused(NOON + Duration::HOUR), "the third");
        assert!(!email.takes_bills() && email.bills, "the wish stays");
        assert_eq!((email.confirmed_at, email.failing_since), (None, Some(NOON + Duration::HOUR)));
        assert!(!email.refused(NOON + Duration::DAY), "told once");
        assert_eq!(email.failing_since, Some(NOON + Duration::HOUR));
        email.confirm(NOON + Duration::DAY);
        assert!(email.takes_bills());
        assert_eq!((email.refusals, email.failing_since), (0, None));
    }

    #[test]
    fn one_word_of_a_person_makes_an_address_fail() {
        let mut email = EmailState { confirmed_at: Some(NOON), bills: true, ..EmailState::default() };
        assert!(email.comes_back(NOON) && !email.takes_bills() && email.bills);
        assert!(!email.comes_back(NOON + Duration::DAY), "told once");
        assert_eq!(email.failing_since, Some(NOON));
        email.confirm(NOON + Duration::DAY);
        assert!(email.takes_bills());
    }

    #[test]
    fn bills_go_to_a_confirmed_address_only() {
        let mut email = EmailState::default();
        assert_eq!(email.wish_bills(true), Err(Refusal::ContactUnconfirmed));
        assert_eq!(email.wish_bills(false), Ok(()));
        email.confirm(NOON);
        assert!(!email.takes_bills(), "nobody asked");
    }

    #[test]
    fn another_code_waits_a_minute() {
        let sent = |seconds| CodesSent { last_at: Some(NOON - Duration::seconds(seconds)), ..CodesSent::default() };
        let wait = |seconds| may_send(&sent(seconds), &Policy::default(), now());
        assert_eq!(wait(0), Err(Refusal::Throttled { retry_after_seconds: 60 }));
        assert_eq!(wait(59), Err(Refusal::Throttled { retry_after_seconds: 1 }));
        assert_eq!(wait(60), Ok(()));
        assert_eq!(wait(-3600), Ok(()), "a clock set back makes nobody wait for it");
    }

    #[test]
    fn a_days_codes_are_counted_by_contract_address_and_all() {
        let policy = Policy::default();
        let spent = Err(Refusal::CodesSpent { possible_from: date!(2026 - 11 - 23) });
        let none = CodesSent::default();
        for (last, over) in [
            (CodesSent { to_contract: 4, ..none }, CodesSent { to_contract: 5, ..none }),
            (CodesSent { to_address: 9, ..none }, CodesSent { to_address: 10, ..none }),
            (CodesSent { in_all: 1999, ..none }, CodesSent { in_all: 2000, ..none }),
        ] {
            assert_eq!(may_send(&last, &policy, now()), Ok(()), "{last:?}");
            assert_eq!(may_send(&over, &policy, now()), spent, "{over:?}");
        }
    }
}
