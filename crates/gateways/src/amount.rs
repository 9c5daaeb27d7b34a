//! The decimals of others, read from their text and never through a float.

use cabinet_core::Money;

/// Why a text is not an amount a gateway may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Blank, signed, with an exponent, grouped, or with anything but digits and one separator.
    #[error("not a plain decimal number")]
    NotPlain,
    /// More than two digits after the separator.
    #[error("more than two decimals")]
    TooPrecise,
    /// More than nine digits before the separator.
    #[error("more than nine digits before the separator")]
    TooLarge,
}

/// Reads hryvnias such as `100`, `100.5`, `100,50` into kopecks: digits, then at most one point or comma with one or
/// two digits behind it. Signs, exponents, blanks, `NaN` and a bare separator are refused; 999 999 999.99 is the most.
pub fn hryvnias(text: &str) -> Result<Money, AmountError> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((_, "")) => return Err(AmountError::NotPlain),
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(AmountError::NotPlain);
    }
    if fraction.len() > 2 {
        return Err(AmountError::TooPrecise);
    }
    if whole.len() > 9 {
        return Err(AmountError::TooLarge);
    }
    format!("{whole}{fraction:0<2}").parse().map(Money::from_kopecks).map_err(|_| AmountError::TooLarge)
}

/// Reads whole kopecks: at most eleven digits and nothing else.
pub fn kopecks(text: &str) -> Result<Money, AmountError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotPlain);
    }
    if text.len() > 11 {
        return Err(AmountError::TooLarge);
    }
    text.parse().map(Money::from_kopecks).map_err(|_| AmountError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_decimals_are_read_exactly() {
        for (text, sum) in [
            ("0", 0),
            ("1", 1_00),
            ("1.0", 1_00),
            ("0.01", 1),
            ("0,01", 1),
            ("7.34", 7_34),
            ("100,5", 100_50),
            ("007.00", 7_00),
            ("1547.36", 1547_36),
            ("999999999.99", 999_999_999_99),
        ] {
            assert_eq!(hryvnias(text), Ok(Money::from_kopecks(sum)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            " ",
            " 1",
            "1 ",
            "-1",
            "+1",
            "1e2",
            "1E2",
            ".5",
            ",5",
            "1.",
            "1,",
            "1.2.3",
            "1,2.3",
            "1.,2",
            "NaN",
            "inf",
            "0x10",
            "1_000",
            "1 000",
            "1'000",
            "١",
            "१.००",
            "1\u{a0}",
            "1\n",
            "null",
            "\"1\"",
        ] {
            assert_eq!(hryvnias(text), Err(AmountError::NotPlain), "{text:?}");
        }
        assert_eq!(hryvnias("1.234"), Err(AmountError::TooPrecise));
        assert_eq!(hryvnias("1.000"), Err(AmountError::TooPrecise));
        assert_eq!(hryvnias("1000000000"), Err(AmountError::TooLarge));
        assert_eq!(hryvnias("0000000001"), Err(AmountError::TooLarge));
    }

    #[test]
    fn kopecks_are_whole() {
        assert_eq!(kopecks("20200"), Ok(Money::from_kopecks(202_00)));
        assert_eq!(kopecks("99999999999"), Ok(Money::from_kopecks(999_999_999_99)));
        assert_eq!(kopecks("100000000000"), Err(AmountError::TooLarge));
        for text in ["", "-1", "1.0", "1,0", "1e2", "+1", " 1"] {
            assert_eq!(kopecks(text), Err(AmountError::NotPlain), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_money_prints_is_read_back(sum in 0i64..=999_999_999_99) {
            let money = Money::from_kopecks(sum);
            prop_assert_eq!(hryvnias(&money.to_string()), Ok(money));
            prop_assert_eq!(hryvnias(&money.to_string().replace('.', ",")), Ok(money));
            prop_assert_eq!(kopecks(&sum.to_string()), Ok(money));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (hryvnias(&text), kopecks(&text));
        }
    }
}
