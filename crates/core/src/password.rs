//! What a password and a login may be.

use crate::refusal::{Refusal, WeakPassword};

/// Most characters of a password.
pub const PASSWORD_MAX: usize = 256;

/// Checks a new password (facts of the rule: length only, no composition; never one tried first by attackers; never
/// built of what is known of the subscriber). `personal` are the contract, login, phones and the provider's name;
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
    let weak = |reason| Err(Refusal::PasswordWeak { reason });
    let length = password.chars().count();
    if length < min.max(8) {
        return weak(WeakPassword::TooShort);
    }
    if length > PASSWORD_MAX {
        return weak(WeakPassword::TooLong);
    }
    let lower = password.to_lowercase();
    let rest_is_short = |word: &str| length < min + word.chars().count();
    let known = personal.iter().map(|word| word.to_lowercase());
    if known.filter(|word| word.chars().count() >= 4).any(|word| lower.contains(&word) && rest_is_short(&word)) {
        return weak(WeakPassword::Personal);
    }
    if is_common(password) {
        return weak(WeakPassword::Common);
    }
    Ok(())
}

/// Checks a login of one's own: 3 to 32 letters, digits, `.`, `_`, `-`, beginning with a letter, so never of a
/// contract's form. Answers it in lower case, as it is kept.
///
/// # Errors
/// [`Refusal::LoginInvalid`].
pub fn check_login(login: &str) -> Result<String, Refusal> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let length = login.chars().count();
    let begins = login.chars().next().is_some_and(char::is_alphabetic);
    if (3..=32).contains(&length) && begins && login.chars().all(allowed) {
        Ok(login.to_lowercase())
    } else {
        Err(Refusal::LoginInvalid)
    }
}
