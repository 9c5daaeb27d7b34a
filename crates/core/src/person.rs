//! What is kept of a person, and the form it must have (RULES §8).

use crate::refusal::{FieldFault, Refusal};

/// A field of the profile, by its name on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Family name.
    LastName,
    /// Given name.
    FirstName,
    /// Patronymic; may be empty.
    MiddleName,
    /// Address of the connection.
    Address,
    /// Phones as written, several with `;`; may be empty.
    Phones,
    /// E-mail; may be empty.
    Email,
}

impl Field {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Field::LastName => "last_name",
            Field::FirstName => "first_name",
            Field::MiddleName => "middle_name",
            Field::Address => "address",
            Field::Phones => "phones",
            Field::Email => "email",
        }
    }

    /// Most characters.
    pub fn longest(self) -> usize {
        match self {
            Field::LastName | Field::FirstName | Field::MiddleName => 80,
            Field::Address => 200,
            Field::Phones => 120,
            // The longest path of RFC 5321 without its brackets.
            Field::Email => 254,
        }
    }

    fn may_be_empty(self) -> bool {
        matches!(self, Field::MiddleName | Field::Phones | Field::Email)
    }

    /// The text without blanks around it, if it may stand in this field.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`].
    pub fn check(self, text: &str) -> Result<String, Refusal> {
        let text = text.trim();
        let fault = match () {
            () if text.is_empty() && !self.may_be_empty() => Some(FieldFault::Missing),
            () if text.chars().count() > self.longest() => Some(FieldFault::TooLong),
            () if text.chars().any(char::is_control) => Some(FieldFault::Invalid),
            () if self == Field::Phones && !text.is_empty() && !are_phones(text) => Some(FieldFault::Invalid),
            () if self == Field::Email && !text.is_empty() && !is_email(text) => Some(FieldFault::Invalid),
            () => None,
        };
        fault.map_or_else(|| Ok(text.to_owned()), |fault| Err(Refusal::FieldInvalid { field: self.name(), fault }))
    }
}

/// The wording that consents to promotions and prize draws are given to now. It stands at the two ticks of the profile: whoever
/// changes what they say gives it a new name here, which is kept with each consent.
pub const CONSENTS_TEXT: &str = "2026-11";

/// What stands between several phones in one field.
pub const BETWEEN_PHONES: [char; 2] = [';', ','];

/// One number or several with `;` or `,` between: each of 5 digits, as the shortest local numbers have, to 15, the most
/// of E.164, and nothing else but blanks, hyphens, brackets and one leading plus.
fn are_phones(text: &str) -> bool {
    text.split(BETWEEN_PHONES).all(|phone| {
        let phone = phone.trim();
        let phone = phone.strip_prefix('+').unwrap_or(phone);
        let digits = phone.bytes().filter(u8::is_ascii_digit).count();
        (5..=15).contains(&digits) && phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'))
    })
}

/// One `@` between two parts, the second with a dot, no blanks: whether it is reached, only a letter can tell.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let domain_parts = || domain.split('.');
    !name.is_empty()
        && !domain.contains('@')
        && domain_parts().count() > 1
        && domain_parts().all(|part| !part.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"'))
}

/// A text in the one form in which people are searched for: small letters, no apostrophes, single blanks for all else
/// that is neither letter nor digit.
pub fn folded(text: &str) -> String {
    let apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʼ' | '`' | '‘' | '´');
    let kept = text.chars().filter(|c| !apostrophe(*c)).flat_map(char::to_lowercase);
    let spaced: String = kept.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The digits of a phone, without the country's code: `+380 67 111-22-33` and `067 111 22 33` are one.
pub fn phone_digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.strip_prefix("38").filter(|rest| rest.len() == 10 && rest.starts_with('0')).unwrap_or(&digits).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_told_from_other_texts() {
        // The first is the manual's.
        for good in ["0-00-00;000-00-00", "+380 50 123 45 67", "(044) 123-45-67, 050 123 45 67", "  0501234567  ", ""] {
            assert!(Field::Phones.check(good).is_ok(), "{good}");
        }
        for bad in ["abc", "12", "1234567890123456", "0501234567;", "050+1234567", "0501234567 дім", "٠٥٠١٢٣٤٥٦٧", "-"]
        {
            assert!(Field::Phones.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spellings_of_one_name_or_number_are_found_alike() {
        for spelling in ["Лук'янчук", "Лук’янчук", "ЛУКʼЯНЧУК", " лукянчук "] {
            assert_eq!(folded(spelling), "лукянчук");
        }
        assert_eq!(folded("вул. Миру 1/2, кв.\u{a0}3"), "вул миру 1 2 кв 3");
        for spelling in ["+380 67 111-22-33", "380671112233", "067 111 22 33"] {
            assert_eq!(phone_digits(spelling), "0671112233");
        }
        assert_eq!(phone_digits("0-00-00"), "00000");
    }

    #[test]
    fn addresses_of_mail_are_told_from_other_texts() {
        for good in ["ivan@example.com", "іван@приклад.укр", "a.b+c@x.y.z", ""] {
            assert!(Field::Email.check(good).is_ok(), "{good}");
        }
        for bad in ["ivan", "@example.com", "ivan@", "ivan@example", "a b@c.d", "a@b@c.d", "a@.d", "a@b.c,d@e.f"] {
            assert!(Field::Email.check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_trimmed_bounded_and_there() {
        let fault = |field: Field, text: &str| match field.check(text) {
            Err(Refusal::FieldInvalid { field: name, fault }) if name == field.name() => fault,
            other => panic!("{text:?}: {other:?}"),
        };
        assert_eq!(Field::LastName.check(" Лук'янчук ").as_deref(), Ok("Лук'янчук"));
        assert_eq!(Field::MiddleName.check(" ").as_deref(), Ok(""));
        assert_eq!(fault(Field::FirstName, "  "), FieldFault::Missing);
        assert_eq!(fault(Field::Address, "вул. Миру\n1"), FieldFault::Invalid);
        assert_eq!(Field::LastName.check(&"я".repeat(80)), Ok("я".repeat(80)));
        assert_eq!(fault(Field::LastName, &"я".repeat(81)), FieldFault::TooLong);
    }
}
