//! What a password and a login may be.

use crate::refusal::{Refusal, WeakPassword};

/// Fewest characters of a password, whatever an installation asks.
pub const PASSWORD_MIN: usize = 8;

/// Most characters of a password.
pub const PASSWORD_MAX: usize = 256;

/// The part of [`check_password`] that costs nothing and needs to know nobody; answers the length in characters.
///
/// # Errors
/// [`Refusal::PasswordWeak`]: [`WeakPassword::TooShort`], [`WeakPassword::TooLong`].
pub fn check_length(password: &str, min: usize) -> Result<usize, Refusal> {
    match password.chars().count() {
        length if length < min.max(PASSWORD_MIN) => Err(Refusal::PasswordWeak { reason: WeakPassword::TooShort }),
        length if length > PASSWORD_MAX => Err(Refusal::PasswordWeak { reason: WeakPassword::TooLong }),
        length => Ok(length),
    }
}

/// Checks a new password: its length, not its composition; that it is not built of what is known of the subscriber; and
/// that it is not among those attackers try first. `personal` are the contract, login, phones and the provider's name;
/// `is_common` knows the passwords tried first.
///
/// # Errors
/// [`Refusal::PasswordWeak`] with the rule broken.
pub fn check_password(
    password: &str,
    min: usize,
    personal: &[&str],
    is_common: impl FnOnce(&str) -> bool,
) -> Result<(), Refusal> {
    let length = check_length(password, min)?;
    let lower = password.to_lowercase();
    let rest_is_short = |word: &str| length < min + word.chars().count();
    let known = personal.iter().map(|word| word.to_lowercase());
    if known.filter(|word| word.chars().count() >= 4).any(|word| lower.contains(&word) && rest_is_short(&word)) {
        return Err(Refusal::PasswordWeak { reason: WeakPassword::Personal });
    }
    if is_common(password) {
        return Err(Refusal::PasswordWeak { reason: WeakPassword::Common });
    }
    Ok(())
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
        let weak = |reason| Err(Refusal::PasswordWeak { reason });
        assert_eq!(check_length("сім літ", 3), weak(WeakPassword::TooShort));
        assert_eq!(check_length("вісім лі", 3), Ok(8));
        assert_eq!(check_length("вісім лі", 10), weak(WeakPassword::TooShort));
        assert_eq!(check_length(&"я".repeat(256), 10), Ok(256));
        assert_eq!(check_length(&"я".repeat(257), 10), weak(WeakPassword::TooLong));
    }
}
