//! Vouchers: their codes, and when one is good (RULES §4).

use crate::Money;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::throttle::Tally;
use time::{Date, Duration, OffsetDateTime};

/// What codes are made of: no two of these are taken for one another on paper.
pub const LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Characters of a code: 79 bits of chance.
pub const LENGTH: usize = 16;
/// Most vouchers of a series.
pub const MOST: i64 = 1000;
/// The most one may be worth.
pub const NOMINAL_MAX: Money = Money::from_kopecks(5_000_00);

/// A code as it is printed: in groups of four.
pub fn spelled(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code as it was typed, in the form it was made in: capital letters without what stands between groups, and Latin
/// ones for the Cyrillic ones of the same looks.
pub fn plain_code(text: &str) -> String {
    let latin = |c: char| match c {
        'А' => 'A',
        'В' => 'B',
        'Е' => 'E',
        'К' => 'K',
        'М' => 'M',
        'Н' => 'H',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'У' => 'Y',
        'Х' => 'X',
        other => other,
    };
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).map(latin).take(LENGTH + 1).collect()
}

/// Whether a voucher may be redeemed today.
///
/// # Errors
/// [`Refusal::VoucherUnknown`] of a cancelled series, [`Refusal::VoucherUsed`], [`Refusal::VoucherExpired`].
pub fn check(cancelled: bool, used: bool, good_through: Date, today: Date) -> Result<(), Refusal> {
    match () {
        () if used => Err(Refusal::VoucherUsed),
        () if cancelled => Err(Refusal::VoucherUnknown),
        () if good_through < today => Err(Refusal::VoucherExpired),
        () => Ok(()),
    }
}

/// Refuses codes while the account rests.
///
/// # Errors
/// [`Refusal::Throttled`].
pub fn admit(tally: &Tally, policy: &Policy, now: OffsetDateTime) -> Result<(), Refusal> {
    match (tally.open_at - now).min(rest(policy)).whole_seconds() {
        early @ 1.. => Err(Refusal::Throttled { retry_after_seconds: early.unsigned_abs() }),
        _ => Ok(()),
    }
}

fn rest(policy: &Policy) -> Duration {
    Duration::minutes(policy.voucher_rest_minutes)
}

/// The tally with one wrong code more: the last of [`Policy::voucher_tries`] begins the rest and the count anew.
pub fn count_wrong(tally: &Tally, policy: &Policy, now: OffsetDateTime) -> Tally {
    let failures = tally.failures + 1;
    if failures < policy.voucher_tries {
        Tally { failures, last_at: now, open_at: now }
    } else {
        Tally { failures: 0, last_at: now, open_at: now + rest(policy) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = "ABCDEFGHJKMNPQRS";
        assert_eq!(spelled(code), "ABCD-EFGH-JKMN-PQRS");
        for typed in [spelled(code), " abcd efgh jkmn pqrs ".to_owned(), "АВСD-ЕFGН-JКМN-РQRS".to_owned()] {
            assert_eq!(plain_code(&typed), code, "{typed}");
        }
        assert_ne!(plain_code(&format!("{code}A")), code, "nothing is cut off to fit");
        assert_eq!(plain_code(&"x".repeat(100_000)).len(), LENGTH + 1);
        assert_eq!(plain_code("'--;"), "");
    }

    #[test]
    fn a_voucher_is_good_once_and_through_its_last_day() {
        let last = date!(2026 - 12 - 31);
        assert_eq!(check(false, false, last, last), Ok(()));
        assert_eq!(check(false, false, last, date!(2027 - 01 - 01)), Err(Refusal::VoucherExpired));
        assert_eq!(check(true, true, last, last), Err(Refusal::VoucherUsed));
        assert_eq!(check(true, false, last, last), Err(Refusal::VoucherUnknown));
    }

    #[test]
    fn wrong_codes_in_a_row_make_a_rest_as_the_policy_says() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let brief = Policy { voucher_tries: 2, voucher_rest_minutes: 3, ..Policy::default() };
        for (policy, tries, minutes) in [(Policy::default(), 5, 60), (brief, 2, 3)] {
            let mut tally = Tally { failures: 0, last_at: now, open_at: now };
            for _ in 1..tries {
                tally = count_wrong(&tally, &policy, now);
                assert_eq!(tally.open_at, now);
            }
            tally = count_wrong(&tally, &policy, now);
            let rest = Duration::minutes(minutes);
            assert_eq!((tally.failures, tally.open_at), (0, now + rest));
            let left = Refusal::Throttled { retry_after_seconds: rest.whole_seconds().unsigned_abs() };
            assert_eq!(admit(&tally, &policy, now), Err(left));
            assert_eq!(admit(&tally, &policy, now + rest), Ok(()));
        }
    }
}
