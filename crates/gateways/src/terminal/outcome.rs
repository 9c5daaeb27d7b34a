//! What the cabinet answers, in one vocabulary for all dialects.

use super::mask::Masked;
use super::request::{OurNumber, Payment, TxnId};
use cabinet_core::{ContractNumber, Money};
use serde::Deserialize;
use time::PrimitiveDateTime;

/// The answer to a request. Moments are wall-clock time of the provider's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The account exists and takes payments.
    Found(Found),
    /// Credited now.
    Paid(Receipt),
    /// Credited before under the same transaction id; nothing was credited now.
    Already(Receipt),
    /// Noted now or before under the same transaction id; nothing is credited until it is confirmed.
    Reserved(Receipt),
    /// Credited by this confirmation, or by an earlier one; `at` is when.
    Confirmed(Receipt),
    /// Taken back now or before; `at` is when.
    Cancelled(Receipt),
    /// What became of a payment.
    Status(Receipt, State),
    /// The credited payments of a period, oldest first.
    Reconciled(Vec<Line>),
    /// No.
    Refused(Refusal),
}

/// An account as a stranger at a terminal may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its contract number.
    pub account: ContractNumber,
    /// Whose it is.
    pub name: Masked,
    /// Where the service is.
    pub address: Masked,
    /// Its balance; below zero is debt.
    pub balance: Money,
    /// What would be right to pay now; not below zero.
    pub to_pay: Money,
}

/// What a provider is told of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Our number of it.
    pub number: OurNumber,
    /// When the book recorded it; the same in every repetition.
    pub at: PrimitiveDateTime,
    /// Its sum.
    pub amount: Money,
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Noted, not credited.
    Reserved,
    /// Credited.
    Paid,
    /// Taken back.
    Cancelled,
}

/// A payment in a reconciliation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The provider's number.
    pub txn: TxnId,
    /// The account credited.
    pub account: ContractNumber,
    /// What the book recorded.
    pub receipt: Receipt,
}

/// What the book holds under a transaction id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The account it was for.
    pub account: ContractNumber,
    /// What the provider was told.
    pub receipt: Receipt,
    /// What became of it.
    pub state: State,
}

impl Held {
    /// The answer to a payment whose transaction id is known: the same number and moment back and nothing credited; a
    /// changed account or sum is [`Refusal::Changed`], a payment that was taken back stays so.
    pub fn repeat(&self, payment: &Payment) -> Outcome {
        if (&payment.account, payment.amount) != (&self.account, self.receipt.amount) {
            return Outcome::Refused(Refusal::Changed);
        }
        match self.state {
            State::Paid => Outcome::Already(self.receipt.clone()),
            State::Reserved => Outcome::Reserved(self.receipt.clone()),
            State::Cancelled => Outcome::Refused(Refusal::Cancelled),
        }
    }
}

/// Why not. Its name in settings is in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such contract.
    NoAccount,
    /// The account is not of a contract number's form.
    BadAccount,
    /// The request cannot be understood: not this dialect, a field absent, doubled or of wrong form.
    BadFormat,
    /// The contract takes no payments: it is closed.
    Inactive,
    /// Less than the terminal's least sum.
    TooSmall,
    /// More than the terminal's greatest sum.
    TooLarge,
    /// A known transaction id with another account or sum.
    Changed,
    /// The payment was taken back before.
    Cancelled,
    /// No such payment.
    NoPayment,
    /// The payment cannot be taken back any more.
    CannotCancel,
    /// The same payment is being processed at this moment.
    InProgress,
    /// The book cannot be reached; the same request later will do.
    TryLater,
    /// Not from this address, not with these credentials, or not this service.
    NotAllowed,
    /// The signature is absent or wrong.
    BadSignature,
    /// The dialect knows the verb, this installation does not serve it.
    Unsupported,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 15] = [
        Refusal::NoAccount,
        Refusal::BadAccount,
        Refusal::BadFormat,
        Refusal::Inactive,
        Refusal::TooSmall,
        Refusal::TooLarge,
        Refusal::Changed,
        Refusal::Cancelled,
        Refusal::NoPayment,
        Refusal::CannotCancel,
        Refusal::InProgress,
        Refusal::TryLater,
        Refusal::NotAllowed,
        Refusal::BadSignature,
        Refusal::Unsupported,
    ];

    /// Whether staff should hear of it: money may be at stake, or somebody pretends to be the provider.
    pub fn alerts(self) -> bool {
        matches!(self, Refusal::Changed | Refusal::BadSignature | Refusal::CannotCancel)
    }

    /// Whether the provider should ask again with the same request.
    pub fn is_retryable(self) -> bool {
        matches!(self, Refusal::TryLater | Refusal::InProgress)
    }

    /// For the answer's comment, in Ukrainian: terminals print it as it is.
    pub fn comment(self) -> &'static str {
        match self {
            Refusal::NoAccount => "Абонента не знайдено",
            Refusal::BadAccount => "Невірний формат номера договору",
            Refusal::BadFormat => "Невірний запит",
            Refusal::Inactive => "Договір закрито",
            Refusal::TooSmall => "Сума замала",
            Refusal::TooLarge => "Сума завелика",
            Refusal::Changed => "Платіж з таким номером вже є, з іншою сумою або договором",
            Refusal::Cancelled => "Платіж скасовано",
            Refusal::NoPayment => "Платіж не знайдено",
            Refusal::CannotCancel => "Скасувати платіж неможливо",
            Refusal::InProgress => "Платіж обробляється",
            Refusal::TryLater => "Тимчасова помилка, повторіть запит пізніше",
            Refusal::NotAllowed => "Заборонено",
            Refusal::BadSignature => "Невірний підпис",
            Refusal::Unsupported => "Операція не підтримується",
        }
    }
}

/// The comment of a successful answer, in Ukrainian.
pub(super) const DONE: &str = "OK";

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_known_payment_gets_its_first_answer_and_a_changed_one_the_fatal_error() {
        let receipt = Receipt {
            number: OurNumber::new(7).expect("positive"),
            at: datetime!(2026-11-22 14:30:05),
            amount: Money::from_kopecks(100_00),
        };
        let account: ContractNumber = "0042".parse().expect("a number");
        let held = |state| Held { account: account.clone(), receipt: receipt.clone(), state };
        let same = Payment {
            txn: "1".parse().expect("an id"),
            account: account.clone(),
            amount: receipt.amount,
            at: Some(datetime!(2026-11-22 15:00)),
        };
        assert_eq!(held(State::Paid).repeat(&same), Outcome::Already(receipt.clone()));
        assert_eq!(held(State::Reserved).repeat(&same), Outcome::Reserved(receipt.clone()));
        assert_eq!(held(State::Cancelled).repeat(&same), Outcome::Refused(Refusal::Cancelled));
        let sum = Payment { amount: Money::from_kopecks(100_01), ..same.clone() };
        let payer = Payment { account: "042".parse().expect("a number"), ..same };
        for state in [State::Paid, State::Reserved, State::Cancelled] {
            assert_eq!(held(state).repeat(&sum), Outcome::Refused(Refusal::Changed));
            assert_eq!(held(state).repeat(&payer), Outcome::Refused(Refusal::Changed));
        }
        assert!(Refusal::Changed.alerts() && !Refusal::Changed.is_retryable());
        assert!(Refusal::TryLater.is_retryable());
    }
}
