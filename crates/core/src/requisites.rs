//! Requisites of whoever is paid: the account at a bank, and the codes the state knows them by. Only their form is checked;
//! whose they are, nobody here can know.

use std::fmt;
use std::str::FromStr;

/// The number of a Ukrainian account (ISO 13616): `UA`, two check digits, six of the bank, nineteen of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iban(String);

/// Why a text is no account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// Other letters, or another number of them.
    #[error("an account number is UA and 27 digits")]
    Form,
    /// The check digits do not fit the others: a digit is wrong, or two are exchanged.
    #[error("its check digits do not fit: a digit is wrong")]
    CheckDigits,
}

impl Iban {
    /// 29 characters without blanks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    /// Takes blanks anywhere and small letters, as people copy it.
    fn from_str(text: &str) -> Result<Iban, IbanError> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let digits = plain.strip_prefix("UA").ok_or(IbanError::Form)?;
        if digits.len() != 27 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IbanError::Form);
        }
        // U is 30 and A is 10; country and check digits stand last.
        let (check, account) = digits.split_at(2);
        let number = account.bytes().chain(*b"3010").chain(check.bytes());
        let remainder = number.fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
        if remainder == 1 { Ok(Iban(plain)) } else { Err(IbanError::CheckDigits) }
    }
}

/// Whether a text is a code of the state's register: 8 digits of a company (ЄДРПОУ), 10 of a person (РНОКПП).
pub fn is_register_code(text: &str) -> bool {
    of_digits(text, &[8, 10])
}

/// Whether a text is a number of a payer of VAT (ІПН): 12 digits of a company, 10 of a person.
pub fn is_vat_number(text: &str) -> bool {
    of_digits(text, &[10, 12])
}

fn of_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [&str; 2] = ["UA213223130000026007233566001", "UA906543210000000260323012024"];

    #[test]
    fn account_numbers_are_taken_as_people_copy_them() {
        for good in GOOD {
            assert_eq!(good.parse::<Iban>().map(|iban| iban.to_string()).as_deref(), Ok(good));
        }
        let copied = " ua21 3223 1300\u{a0}0002 6007 2335 6600 1 ";
        assert_eq!(copied.parse::<Iban>().map(|iban| iban.to_string()).as_deref(), Ok(GOOD[0]));
    }

    #[test]
    fn a_changed_digit_and_two_exchanged_are_found() {
        for good in GOOD {
            for place in 2..29 {
                for digit in '0'..='9' {
                    let mut wrong: Vec<char> = good.chars().collect();
                    if wrong[place] != digit {
                        wrong[place] = digit;
                        let wrong: String = wrong.into_iter().collect();
                        assert_eq!(wrong.parse::<Iban>(), Err(IbanError::CheckDigits), "{wrong}");
                    }
                }
                let mut exchanged: Vec<char> = good.chars().collect();
                if place < 28 && exchanged[place] != exchanged[place + 1] {
                    exchanged.swap(place, place + 1);
                    let exchanged: String = exchanged.into_iter().collect();
                    assert_eq!(exchanged.parse::<Iban>(), Err(IbanError::CheckDigits), "{exchanged}");
                }
            }
        }
    }

    #[test]
    fn other_texts_are_no_account_numbers() {
        let long = format!("{}0", GOOD[0]);
        for bad in ["", "UA", "UA21", &GOOD[0][..28], &long, "DE89370400440532013000", "UА213223130000026007233566001"]
        {
            assert_eq!(bad.parse::<Iban>(), Err(IbanError::Form), "{bad}");
        }
        assert_eq!("UA21322313000002600723356600١".parse::<Iban>(), Err(IbanError::Form));
    }

    #[test]
    fn codes_are_digits_of_their_lengths() {
        assert!(is_register_code("12345678") && is_register_code("1234567890"));
        assert!(is_vat_number("123456789012") && is_vat_number("1234567890"));
        for bad in ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", " 12345678"] {
            assert!(!is_register_code(bad), "{bad}");
        }
        assert!(!is_vat_number("12345678"));
    }
}
