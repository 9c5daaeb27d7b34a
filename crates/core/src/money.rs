//! Money in kopecks, with `Decimal` at the doors.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

/// An amount in kopecks (1/100 of the currency), signed. On the wire and in text: `"-1.61"`, always two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a decimal number written with a point.
    #[error("not an amount: write it like 37.10")]
    NotANumber,
    /// More than two decimals.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// Beyond ±92 233 720 368 547 758.07.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);
    /// The most a single payment may be: a million.
    pub const PAYMENT_MAX: Money = Money(1_000_000_00);

    /// From kopecks.
    pub const fn from_kopecks(kopecks: i64) -> Money {
        Money(kopecks)
    }

    /// In kopecks.
    pub const fn kopecks(self) -> i64 {
        self.0
    }

    /// The least payment anywhere.
    pub const PAYMENT_MIN: Money = Money(1);

    /// Whether a payment may be of this sum: [`Money::PAYMENT_MIN`] to [`Money::PAYMENT_MAX`].
    pub fn is_payable(self) -> bool {
        (Money::PAYMENT_MIN..=Money::PAYMENT_MAX).contains(&self)
    }

    /// As a decimal with scale 2.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// From a decimal of at most two places.
    pub fn from_decimal(value: Decimal) -> Result<Money, MoneyError> {
        let value = value.normalize();
        if value.scale() > 2 {
            return Err(MoneyError::TooPrecise);
        }
        let kopecks = value.checked_mul(Decimal::ONE_HUNDRED).ok_or(MoneyError::TooLarge)?;
        i64::try_from(kopecks).map(Money).map_err(|_| MoneyError::TooLarge)
    }

    /// `round_half_up(self × part / whole, 2)` for a non-negative amount: the share of `part` days in a month of
    /// `whole` (RULES §1). Whole numbers, because the forecast asks for it hundreds of times an answer; a property
    /// test holds it equal to [`Money::share_decimal`].
    ///
    /// # Panics
    /// If the amount is negative or `whole` is zero: fees are never negative and months never empty.
    pub fn share(self, part: u8, whole: u8) -> Money {
        assert!(self.0 >= 0 && whole > 0, "share of {self} in {part}/{whole}");
        let twice = i128::from(self.0) * i128::from(part) * 2 + i128::from(whole);
        Money((twice / (2 * i128::from(whole))) as i64)
    }

    /// The formula of [`Money::share`] as the rule words it, in decimals.
    pub fn share_decimal(self, part: u8, whole: u8) -> Money {
        let share = self.to_decimal() * Decimal::from(part) / Decimal::from(whole);
        Money::from_decimal(share.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
            .expect("a share is no larger than its whole")
    }

    /// Sum, or `None` beyond the range.
    pub fn checked_add(self, other: Money) -> Option<Money> {
        self.0.checked_add(other.0).map(Money)
    }

    /// The greater of the two.
    pub fn max(self, other: Money) -> Money {
        Ord::max(self, other)
    }

    /// Without its sign.
    pub fn abs(self) -> Money {
        Money(self.0.abs())
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is exactly zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

const RANGE: &str = "money beyond the range of the book";

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        self.checked_add(other).expect(RANGE)
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0.checked_sub(other.0).expect(RANGE))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(self.0.checked_neg().expect(RANGE))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let kopecks = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", kopecks / 100, kopecks % 100)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Accepts `12`, `12.3`, `12.30`, `-0.05`; refuses exponents, commas, blanks and a third decimal.
    fn from_str(text: &str) -> Result<Money, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.len() <= 24
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && digits.bytes().next().is_some_and(|b| b.is_ascii_digit())
            && !digits.ends_with('.');
        if !plain {
            return Err(MoneyError::NotANumber);
        }
        if digits.split_once('.').is_some_and(|(_, fraction)| fraction.len() > 2) {
            return Err(MoneyError::TooPrecise);
        }
        // By hand, not through `Decimal`: the browser reads every amount here and needs decimals for nothing else.
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if fraction.contains('.') {
            return Err(MoneyError::NotANumber);
        }
        let sign = if text.starts_with('-') { "-" } else { "" };
        format!("{sign}{whole}{fraction:0<2}").parse().map(Money).map_err(|_| MoneyError::TooLarge)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
