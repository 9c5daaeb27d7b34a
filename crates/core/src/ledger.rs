//! The book: entries, and the only way to make one.

use crate::Now;
use crate::account::Account;
use crate::money::Money;
use crate::tariff::TariffCode;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The daily charge of the tariff.
    TariffCharge,
    /// The price of a change of tariff.
    TariffChange,
    /// The price of a promised payment.
    PromisedPayment,
    /// The price of Turbo.
    Turbo,
    /// The price of a pause.
    Pause,
    /// The daily charge of a static address.
    StaticIpCharge,
    /// Cash at the office.
    CashPayment,
    /// Money through a gateway.
    OnlinePayment,
    /// Money paid by contract number at a terminal or a bank.
    TerminalPayment,
    /// Money that came to the provider's account at a bank, by its register.
    BankTransfer,
    /// The nominal of a voucher.
    Voucher,
    /// What staff put in or took off, with a reason.
    Adjustment,
    /// A part of a payment that went back to the payer; the whole of one is a [`EntryKind::Reversal`].
    Refund,
    /// An entry that undoes another.
    Reversal,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [EntryKind; 14] = [
        EntryKind::TariffCharge,
        EntryKind::TariffChange,
        EntryKind::PromisedPayment,
        EntryKind::Turbo,
        EntryKind::Pause,
        EntryKind::StaticIpCharge,
        EntryKind::CashPayment,
        EntryKind::OnlinePayment,
        EntryKind::TerminalPayment,
        EntryKind::BankTransfer,
        EntryKind::Voucher,
        EntryKind::Adjustment,
        EntryKind::Refund,
        EntryKind::Reversal,
    ];

    /// The stable code, in the database and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            EntryKind::TariffCharge => "tariff_charge",
            EntryKind::TariffChange => "tariff_change",
            EntryKind::PromisedPayment => "promised_payment",
            EntryKind::Turbo => "turbo",
            EntryKind::Pause => "pause",
            EntryKind::StaticIpCharge => "static_ip_charge",
            EntryKind::CashPayment => "cash_payment",
            EntryKind::OnlinePayment => "online_payment",
            EntryKind::TerminalPayment => "terminal_payment",
            EntryKind::BankTransfer => "bank_transfer",
            EntryKind::Voucher => "voucher",
            EntryKind::Adjustment => "adjustment",
            EntryKind::Refund => "refund",
            EntryKind::Reversal => "reversal",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<EntryKind> {
        EntryKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it is money that came in.
    pub fn is_payment(self) -> bool {
        match self {
            EntryKind::CashPayment
            | EntryKind::OnlinePayment
            | EntryKind::TerminalPayment
            | EntryKind::BankTransfer
            | EntryKind::Voucher => true,
            EntryKind::TariffCharge
            | EntryKind::TariffChange
            | EntryKind::PromisedPayment
            | EntryKind::Turbo
            | EntryKind::Pause
            | EntryKind::StaticIpCharge
            | EntryKind::Adjustment
            | EntryKind::Refund
            | EntryKind::Reversal => false,
        }
    }

    /// Whether it charges days of a monthly service, and so carries the days it covers.
    pub fn is_daily(self) -> bool {
        matches!(self, EntryKind::TariffCharge | EntryKind::StaticIpCharge)
    }

    /// Whether it can be undone by a reversal: what undoes or goes back is itself made good by a new entry.
    pub fn is_reversible(self) -> bool {
        !matches!(self, EntryKind::Refund | EntryKind::Reversal)
    }

    /// Whether such an amount belongs among the charges: what is taken, and what comes back of it by a reversal. The
    /// others are payments, and what went back of them.
    pub fn is_charge(self, amount: Money) -> bool {
        amount.is_negative() != matches!(self, EntryKind::Reversal | EntryKind::Refund)
    }
}

/// The numbers that explain a daily charge (RULES §1): with N the days of the covered month,
/// `charge = round(fee × days_after / N) − round(fee × days_before / N)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The first day covered.
    pub from: Date,
    /// The last day covered, of the same month.
    pub to: Date,
    /// Fee a calendar month.
    pub fee: Money,
    /// k₀: charged days of the month before this entry.
    pub days_before: u8,
    /// k: charged days with this entry.
    pub days_after: u8,
}

impl Cover {
    /// Days of the covered month.
    pub fn days_in_month(&self) -> u8 {
        crate::Month::of(self.to).days()
    }

    /// Charged before this entry.
    pub fn charged_before(&self) -> Money {
        self.fee.share(self.days_before, self.days_in_month())
    }

    /// Charged with this entry.
    pub fn charged_after(&self) -> Money {
        self.fee.share(self.days_after, self.days_in_month())
    }
}

/// An entry to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: EntryKind,
    /// Signed, never zero.
    pub amount: Money,
    /// The days a charge covers.
    pub cover: Option<Cover>,
    /// The tariff concerned.
    pub tariff: Option<TariffCode>,
    /// Unique in the account: what makes posting it twice impossible.
    pub reference: Option<String>,
    /// `seq` of the entry undone.
    pub reverses: Option<i64>,
}

impl Draft {
    /// A draft of nothing but kind and amount.
    pub fn new(kind: EntryKind, amount: Money) -> Draft {
        Draft { kind, amount, cover: None, tariff: None, reference: None, reverses: None }
    }
}

/// A line of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Gapless from 1 within the account.
    pub seq: i64,
    /// The business day it was posted.
    pub posted_on: Date,
    /// The instant it was posted.
    #[serde(with = "time::serde::rfc3339")]
    pub posted_at: OffsetDateTime,
    /// What it is.
    pub kind: EntryKind,
    /// Signed, never zero.
    pub amount: Money,
    /// Balance of the account after it.
    pub balance_after: Money,
    /// The days a charge covers.
    pub cover: Option<Cover>,
    /// The tariff concerned.
    pub tariff: Option<TariffCode>,
    /// Unique in the account.
    pub reference: Option<String>,
    /// `seq` of the entry undone.
    pub reverses: Option<i64>,
    /// Who made it: `system`, `subscriber`, `staff`.
    pub actor: String,
}

impl Entry {
    /// Whether it belongs among the charges; see [`EntryKind::is_charge`].
    pub fn is_charge(&self) -> bool {
        self.kind.is_charge(self.amount)
    }
}

/// Posts a draft: the only way a balance moves.
///
/// # Panics
/// If the amount is zero, or a charge is not what its numbers say.
pub fn post(account: &mut Account, draft: Draft, now: Now, actor: &str) -> Entry {
    assert!(!draft.amount.is_zero(), "an entry moves money");
    if let Some(cover) = &draft.cover {
        assert_eq!(draft.amount, cover.charged_before() - cover.charged_after(), "a charge is its arithmetic");
    }
    account.entries += 1;
    account.balance += draft.amount;
    Entry {
        seq: account.entries,
        posted_on: now.today,
        posted_at: now.instant,
        kind: draft.kind,
        amount: draft.amount,
        balance_after: account.balance,
        cover: draft.cover,
        tariff: draft.tariff,
        reference: draft.reference,
        reverses: draft.reverses,
        actor: actor.to_owned(),
    }
}

/// The first thing that is wrong with a book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Numbers are not gapless.
    #[error("expected entry {expected}, found {found}")]
    Gap {
        /// The number that should stand here.
        expected: i64,
        /// The number that does.
        found: i64,
    },
    /// `balance_after` is not the balance before plus the amount.
    #[error("balance after entry {seq} is {found}, but {expected} is the sum")]
    Balance {
        /// The entry.
        seq: i64,
        /// The sum.
        expected: Money,
        /// What the row says.
        found: Money,
    },
    /// An entry moves nothing.
    #[error("entry {seq} moves nothing")]
    Nothing {
        /// The entry.
        seq: i64,
    },
    /// An entry is posted before the one ahead of it.
    #[error("entry {seq} is posted before the one ahead of it")]
    Order {
        /// The entry.
        seq: i64,
    },
    /// A reversal does not undo, once, an earlier entry of the account.
    #[error("entry {seq} undoes no earlier entry of {amount} that stands")]
    Reversal {
        /// The entry.
        seq: i64,
        /// The amount it should undo.
        amount: Money,
    },
    /// More went back of a payment than was paid, or of what is no payment.
    #[error("entry {seq} gives back more than is left of any payment it names")]
    Returned {
        /// The entry.
        seq: i64,
    },
    /// A daily charge whose days, fee or service are missing or impossible.
    #[error("entry {seq} is a charge of no days that could be charged")]
    Days {
        /// The entry.
        seq: i64,
    },
    /// A charge is not what its numbers say.
    #[error("entry {seq} charges {found}, but its days and fee make {expected}")]
    Charge {
        /// The entry.
        seq: i64,
        /// By the formula.
        expected: Money,
        /// What the row says.
        found: Money,
    },
    /// A day is charged twice.
    #[error("entry {seq} charges days that were charged before, through {through}")]
    Overlap {
        /// The entry.
        seq: i64,
        /// The last day charged before it.
        through: Date,
    },
    /// A month's charges at one fee do not follow one another, so they do not sum to the share of its days.
    #[error("entry {seq} counts on from day {found} of its month and fee, but {expected} were charged")]
    Count {
        /// The entry.
        seq: i64,
        /// Days charged before it.
        expected: u8,
        /// Days it says were charged before it.
        found: u8,
    },
    /// The account's own figures differ from its last entry.
    #[error("the account says {entries} entries and {balance}, the book {book_entries} and {book_balance}")]
    Account {
        /// Entries by the account.
        entries: i64,
        /// Balance by the account.
        balance: Money,
        /// Entries by the book.
        book_entries: i64,
        /// Balance by the book.
        book_balance: Money,
    },
    /// The connection's running count is not where the book's last charge left it.
    #[error("the connection is charged through {through} with a count that does not follow from the book")]
    Connection {
        /// The day the connection says.
        through: Date,
    },
    /// A promised payment is not the one that was ordered, or its price is not in the book.
    #[error("the promised payment of {taken_on} fits neither its order nor the book")]
    Promise {
        /// The day it was taken.
        taken_on: Date,
    },
    /// A payment of a gateway or a terminal is not what its entries say.
    #[error("payment {named} is not what the book has of it")]
    Payment {
        /// How references of its entries begin.
        named: String,
    },
    /// Days of one kind overlap, or the account's standing is not that of its last days.
    #[error("the days without charge from {from} fit neither their neighbours nor the account's standing")]
    Spell {
        /// The first day.
        from: Date,
    },
    /// The static address's running count is not where the book's last charge left it.
    #[error("the static address is charged through {through} with a count that does not follow from the book")]
    Address {
        /// The day the address says.
        through: Date,
    },
    /// A Turbo runs beside another, or is not the one that was ordered, or the account does not know of it.
    #[error("the Turbo of {at} runs beside another, or fits neither its order nor the account")]
    Turbo {
        /// When it begins; of an order without hours when it was confirmed, of the account's own figure that.
        at: OffsetDateTime,
    },
}
