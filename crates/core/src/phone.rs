//! A Ukrainian phone that messages can be sent to, of any spelling people use.

use crate::person;
use std::fmt;

/// A Ukrainian phone as gateways take it: 380 and nine digits, without a plus.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// The text is no Ukrainian phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a phone of Ukraine")]
pub struct NoPhone;

impl Phone {
    /// From any of the spellings people use: `+380 50 123-45-67`, `(050) 123 45 67`, `80501234567`.
    ///
    /// # Errors
    /// [`NoPhone`]: also of city numbers without their code, which no gateway reaches.
    pub fn new(text: &str) -> Result<Phone, NoPhone> {
        let text = text.trim();
        let plain = text.strip_prefix('+').unwrap_or(text);
        let between = |c: char| c.is_ascii_whitespace() || matches!(c, '-' | '(' | ')' | '.' | '\u{a0}' | '‑' | '–');
        let digits: String = plain.chars().filter(|c| !between(*c)).collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NoPhone);
        }
        let own = match (digits.len(), text.starts_with('+')) {
            (12, _) => digits.strip_prefix("380"),
            (11, false) => digits.strip_prefix("80"),
            (10, false) => digits.strip_prefix('0'),
            _ => None,
        };
        own.filter(|own| !own.starts_with('0')).map(|own| Phone(format!("380{own}"))).ok_or(NoPhone)
    }

    /// Those of a profile's phones that messages can be sent to, each once, in their order.
    pub fn all_of(phones: &str) -> Vec<Phone> {
        let mut found: Vec<Phone> = Vec::new();
        for phone in phones.split(person::BETWEEN_PHONES).filter_map(|text| Phone::new(text).ok()) {
            if !found.contains(&phone) {
                found.push(phone);
            }
        }
        found
    }

    /// As gateways take it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As people are shown it: `+380501234567`.
impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+{}", self.0)
    }
}

/// In part: `380*****4567`.
impl fmt::Debug for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "380*****{}", &self.0[8..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_read_as_people_write_them() {
        for good in
            ["+380 50 123 45 67", "380501234567", "(050) 123-45-67", "80501234567", "050.123.45.67", " 0501234567 "]
        {
            assert_eq!(Phone::new(good).unwrap().as_str(), "380501234567", "{good}");
        }
        for bad in [
            "",
            "0-00-00",
            "123-45-67",
            "+48 501 234 567",
            "+0501234567",
            "+80501234567",
            "05012345678",
            "380 050 123 45 6",
            "телефон",
        ] {
            assert_eq!(Phone::new(bad), Err(NoPhone), "{bad}");
        }
        let phone = Phone::new("0501234567").unwrap();
        assert_eq!((format!("{phone:?}"), phone.to_string()), ("380*****4567".to_owned(), "+380501234567".to_owned()));
    }

    #[test]
    fn a_profile_holds_several_and_some_are_out_of_reach() {
        let told = |phones| Phone::all_of(phones).iter().map(Phone::to_string).collect::<Vec<_>>();
        assert_eq!(told("0-00-00;000-00-00"), [""; 0]);
        assert_eq!(told("0-00-00; 050 123 45 67, +380501234567; 067-111-22-33"), ["+380501234567", "+380671112233"]);
    }
}
