//! What a password and a login may be.

use crate::refusal::{Refusal, WeakPassword};

/// Fewest characters of a password, whatever an installation asks.
pub const PASSWORD_MIN: usize = 8;

/// Most characters of a password.
pub const PASSWORD_MAX: usize = 256;

/// The part of [`check_password`] that costs nothing and needs to know nobody.
///
/// # Errors
/// [`Refusal::PasswordWeak`]: [`WeakPassword::TooShort`], [`WeakPassword::TooLong`].
pub fn check_length(password: &str, min: usize) -> Result<(), Refusal> {
    refuse(wrong_length(password.chars().count(), min).into_iter().collect())
}

fn wrong_length(length: usize, min: usize) -> Option<WeakPassword> {
    match length {
        length if length < min.max(PASSWORD_MIN) => Some(WeakPassword::TooShort),
        length if length > PASSWORD_MAX => Some(WeakPassword::TooLong),
        _ => None,
    }
}

/// Refuses a password that breaks any rule.
///
/// # Errors
/// [`Refusal::PasswordWeak`] if there are reasons.
pub fn refuse(reasons: Vec<WeakPassword>) -> Result<(), Refusal> {
    if reasons.is_empty() { Ok(()) } else { Err(Refusal::PasswordWeak { reasons }) }
}

/// Every rule that a new password breaks: its length, not its composition; that it is not built of what is known of the
/// subscriber; and that it is not among those attackers try first. `personal` are the contract, login, phones and the
/// provider's name; `is_common` knows the passwords tried first.
pub fn broken_rules(
    password: &str,
    min: usize,
    personal: &[&str],
    is_common: impl FnOnce(&str) -> bool,
) -> Vec<WeakPassword> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let rest_is_short = |word: &str| length < min + word.chars().count();
    let mut known = personal.iter().map(|word| word.to_lowercase()).filter(|word| word.chars().count() >= 4);
    let is_personal = known.any(|word| lower.contains(&word) && rest_is_short(&word));
    let personal = is_personal.then_some(WeakPassword::Personal);
    let common = is_common(password).then_some(WeakPassword::Common);
    [wrong_length(length, min), personal, common].into_iter().flatten().collect()
}

/// Checks a new password by [`broken_rules`].
///
/// # Errors
/// [`Refusal::PasswordWeak`] with every rule broken.
pub fn check_password(
    password: &str,
    min: usize,
    personal: &[&str],
    is_common: impl FnOnce(&str) -> bool,
) -> Result<(), Refusal> {
    refuse(broken_rules(password, min, personal, is_common))
}

/// Checks a login of one's own: 3 to 32 Latin letters, digits, `.`, `_`, `-`, beginning with a letter, so never of a
/// contract's form. No other alphabet: one name must not look like another, nor be written in two ways. Answers it in
/// lower case, as it is kept.
///
/// # Errors
/// [`Refusal::LoginInvalid`].
pub fn check_login(login: &str) -> Result<String, Refusal> {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    let begins = login.bytes().next().is_some_and(|c| c.is_ascii_alphabetic());
    if (3..=32).contains(&login.len()) && begins && login.bytes().all(allowed) {
        Ok(login.to_ascii_lowercase())
    } else {
        Err(Refusal::LoginInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_written_in_one_way() {
        for (given, kept) in [("Ivan.Ivanov", "ivan.ivanov"), ("x-1", "x-1"), ("a_b", "a_b"), ("K9.", "k9.")] {
            assert_eq!(check_login(given).as_deref(), Ok(kept));
        }
        assert!(check_login(&"a".repeat(32)).is_ok());
        let refused = |login: &str| assert_eq!(check_login(login), Err(Refusal::LoginInvalid), "{login:?}");
        refused(&"a".repeat(33));
        ["", "ab", "0000", "0ab", ".ab", "-ab", "_ab", "a b", " abc", "abc ", "a@b", "abc\0", "abc\n"]
            .into_iter()
            .for_each(refused);
        // Cyrillic, whole and one look-alike letter; й as one letter and as two.
        ["іван", "iv\u{430}n", "андре\u{439}", "андре\u{438}\u{306}"].into_iter().for_each(refused);
        // Full width, the Kelvin sign, a letter with dots, a digit of another script.
        ["\u{ff41}bc", "\u{212a}ate", "ivän", "ab\u{663}"].into_iter().for_each(refused);
    }

    #[test]
    fn a_length_is_of_characters_and_never_below_eight() {
        let weak = |reason| Err(Refusal::PasswordWeak { reasons: vec![reason] });
        assert_eq!(check_length("сім літ", 3), weak(WeakPassword::TooShort));
        assert_eq!(check_length("вісім лі", 3), Ok(()));
        assert_eq!(check_length("вісім лі", 10), weak(WeakPassword::TooShort));
        assert_eq!(check_length(&"я".repeat(256), 10), Ok(()));
        assert_eq!(check_length(&"я".repeat(257), 10), weak(WeakPassword::TooLong));
    }

    #[test]
    fn every_rule_broken_is_told() {
        let broken = |password: &str, common| broken_rules(password, 10, &["0000", "0671234567"], |_| common);
        assert_eq!(broken("0000", true), [WeakPassword::TooShort, WeakPassword::Personal, WeakPassword::Common]);
        assert_eq!(broken("0671234567", false), [WeakPassword::Personal]);
        assert_eq!(broken("ліхтар над містом", false), []);
        assert_eq!(
            check_password("0000", 10, &["0000"], |_| false),
            Err(Refusal::PasswordWeak { reasons: vec![WeakPassword::TooShort, WeakPassword::Personal] })
        );
    }
}
