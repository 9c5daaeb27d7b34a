//! What a provider asks, in one vocabulary for all dialects.

use cabinet_core::{ContractNumber, Money};
use std::fmt;
use std::str::FromStr;
use time::PrimitiveDateTime;

/// A provider's own number of a payment: 1 to 64 Latin letters, digits, points, hyphens and underscores, kept as it
/// came. Together with the terminal's name it is what makes a payment unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxnId(String);

impl TxnId {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text cannot name a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a transaction id or number")]
pub struct IdError;

impl FromStr for TxnId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<TxnId, IdError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(TxnId(text.to_owned()))
        } else {
            Err(IdError)
        }
    }
}

impl fmt::Display for TxnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Our number of a payment, given to the provider and printed on receipts: positive, at most 18 digits, because some
/// dialects allow 20 digits and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OurNumber(i64);

impl OurNumber {
    /// The largest: 18 nines.
    pub const MAX: OurNumber = OurNumber(999_999_999_999_999_999);

    /// From a number of ours; `None` outside 1 to [`OurNumber::MAX`].
    pub fn new(number: i64) -> Option<OurNumber> {
        (1..=OurNumber::MAX.0).contains(&number).then_some(OurNumber(number))
    }

    /// As a number.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl FromStr for OurNumber {
    type Err = IdError;
    fn from_str(text: &str) -> Result<OurNumber, IdError> {
        let plain = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = plain.then(|| text.parse().ok()).flatten();
        number.and_then(OurNumber::new).ok_or(IdError)
    }
}

impl fmt::Display for OurNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A payment as the provider tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's number of it.
    pub txn: TxnId,
    /// Whose money it is.
    pub account: ContractNumber,
    /// More than zero, at most 999 999 999.99; what the installation takes is [`super::Limits`]'s to say.
    pub amount: Money,
    /// When the provider took it, by the provider's clock: for reconciliation only, the book has its own. `None` when
    /// it was not given or cannot be read.
    pub at: Option<PrimitiveDateTime>,
}

/// What is asked. Every dialect comes down to these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Does the account exist, and whose is it? Changes nothing.
    Check {
        /// The account.
        account: ContractNumber,
        /// The sum typed so far, often a dummy (0 or 1.00): never a ground to refuse.
        amount: Option<Money>,
    },
    /// Credit the payment, once.
    Pay(Payment),
    /// Take note of a payment to be credited when it is confirmed.
    Reserve(Payment),
    /// Credit a reserved payment, once.
    Confirm {
        /// Ours, from the answer to the reservation.
        number: OurNumber,
    },
    /// Take a payment back.
    Cancel {
        /// Which.
        payment: PaymentRef,
        /// Its account, when the dialect repeats it: another one than the payment's means a mistake.
        account: Option<ContractNumber>,
        /// Its sum, likewise. No dialect cancels a part.
        amount: Option<Money>,
    },
    /// What became of a payment?
    Status {
        /// The provider's number of it.
        txn: TxnId,
    },
    /// Which payments of this provider does the book hold?
    Reconcile {
        /// From this moment on, by the wall clock of the provider's zone.
        from: PrimitiveDateTime,
        /// To this moment, included; not before `from` and at most [`RECONCILED_DAYS_MAX`] days after it.
        to: PrimitiveDateTime,
    },
}

/// The longest period reconciled at once, in days: a month and the day around it.
pub const RECONCILED_DAYS_MAX: i64 = 32;

/// How a provider names a payment it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentRef {
    /// By our number.
    Number(OurNumber),
    /// By its own.
    Txn(TxnId),
}

/// The verb of a request as its dialect calls it; the answer's form follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Find payers by name or phone: no terminal of ours does.
    Presearch,
    /// Find a payer by contract number.
    Search,
    /// Check an account.
    Check,
    /// Pay or reserve.
    Pay,
    /// Confirm a reservation.
    Confirm,
    /// Cancel a payment.
    Cancel,
    /// Ask what became of a payment.
    Status,
    /// List payments of a period.
    Reconcile,
}

/// What of a request can be repeated in its answer, even in that to a refused one. Everything here is of checked form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// What was asked.
    pub verb: Option<Verb>,
    /// The provider's number.
    pub txn: Option<TxnId>,
    /// The account.
    pub account: Option<ContractNumber>,
    /// The sum.
    pub amount: Option<Money>,
}

/// A request as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What the answer repeats.
    pub echo: Echo,
    /// What is asked, or why the dialect itself refuses; a refusal is answered like any other outcome.
    pub request: Result<Request, super::Refusal>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_numbers_have_a_form() {
        assert_eq!("00123".parse::<TxnId>().map(|txn| txn.to_string()), Ok("00123".to_owned()));
        assert!("p2_9Z.a-B".parse::<TxnId>().is_ok());
        for text in ["", " 1", "1\0", "<", "1;2", "é", &"1".repeat(65)] {
            assert_eq!(text.parse::<TxnId>(), Err(IdError), "{text:?}");
        }
        assert_eq!("999999999999999999".parse::<OurNumber>(), Ok(OurNumber::MAX));
        for text in ["", "0", "-1", "+1", "1000000000000000000", "1.0", "a"] {
            assert_eq!(text.parse::<OurNumber>(), Err(IdError), "{text:?}");
        }
        assert_eq!((OurNumber::new(0), OurNumber::new(i64::MAX)), (None, None));
    }
}
