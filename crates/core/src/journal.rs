//! The book as double entry (RULES §2): what moved subscribers' balances, and the account that stands against it.
//!
//! An entry that puts a sum on a balance debits its contra account and credits the subscribers'; one that takes a sum
//! does the reverse. Entries of one day, kind, contra account and direction make one pair of lines, so debits are
//! credits in every pair, in every day and in the whole.

use crate::ledger::EntryKind;
use crate::money::Money;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use time::Date;

/// The account of everything subscribers have paid in and not used up.
pub const SUBSCRIBERS: &str = "subscribers";

/// The account that stands against the subscribers'.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contra {
    /// What is earned by a service, which is named.
    Revenue(&'static str),
    /// Cash of the office.
    Office,
    /// Money at a gateway, by its code.
    Gateway(String),
    /// Money at a terminal or a bank that pays by contract number, by its name.
    Terminal(String),
    /// Money at the bank, by the register that told of it.
    Register(String),
    /// Vouchers redeemed.
    Vouchers,
    /// What staff put in or took off.
    Adjustments,
}

/// Where the money of a payment lies that does not say it; there is none since payments carry references.
const UNNAMED: &str = "unknown";

/// Names of the contra accounts that every installation has.
pub const FIXED: [&str; 10] = [
    SUBSCRIBERS,
    "revenue:tariff",
    "revenue:tariff-change",
    "revenue:promised-payment",
    "revenue:turbo",
    "revenue:pause",
    "revenue:static-ip",
    "cash:office",
    "promotions:vouchers",
    "adjustments",
];
/// How the names of those begin that belong to a gateway, a terminal or a register.
pub const NAMED: [&str; 3] = ["gateway:", "terminal:", "bank:"];

impl fmt::Display for Contra {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contra::Revenue(service) => write!(out, "revenue:{service}"),
            Contra::Office => out.write_str("cash:office"),
            Contra::Gateway(name) => write!(out, "gateway:{name}"),
            Contra::Terminal(name) => write!(out, "terminal:{name}"),
            Contra::Register(name) => write!(out, "bank:{name}"),
            Contra::Vouchers => out.write_str("promotions:vouchers"),
            Contra::Adjustments => out.write_str("adjustments"),
        }
    }
}

impl Contra {
    /// Whether it holds money that came in.
    pub fn is_money(&self) -> bool {
        !matches!(self, Contra::Revenue(_) | Contra::Adjustments)
    }
}

/// Whose account an entry moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// This one.
    Contra(Contra),
    /// The one of an earlier entry of the account, which it undoes or gives back from.
    Of(i64),
}

/// What stands against an entry, by its kind, its reference and the entry it undoes.
///
/// References are those the use cases give: `payment:GATEWAY:ID`, `terminal:NAME:TRANSACTION`, `register:NAME:LINE`,
/// and for what goes back `refund:GATEWAY:ID:SUM` or `refund:SEQ:…`.
pub fn against(kind: EntryKind, reference: Option<&str>, reverses: Option<i64>) -> Against {
    let named = || reference.and_then(|text| text.split(':').nth(1)).unwrap_or(UNNAMED).to_owned();
    Against::Contra(match kind {
        EntryKind::TariffCharge => Contra::Revenue("tariff"),
        EntryKind::TariffChange => Contra::Revenue("tariff-change"),
        EntryKind::PromisedPayment => Contra::Revenue("promised-payment"),
        EntryKind::Turbo => Contra::Revenue("turbo"),
        EntryKind::Pause => Contra::Revenue("pause"),
        EntryKind::StaticIpCharge => Contra::Revenue("static-ip"),
        EntryKind::CashPayment => Contra::Office,
        EntryKind::OnlinePayment => Contra::Gateway(named()),
        EntryKind::TerminalPayment => Contra::Terminal(named()),
        EntryKind::BankTransfer => Contra::Register(named()),
        EntryKind::Voucher => Contra::Vouchers,
        EntryKind::Adjustment => Contra::Adjustments,
        EntryKind::Refund => match named().parse() {
            Ok(seq) => return Against::Of(seq),
            Err(_) => Contra::Gateway(named()),
        },
        EntryKind::Reversal => match reverses {
            Some(seq) => return Against::Of(seq),
            None => Contra::Adjustments,
        },
    })
}

/// Sums of entries by day, kind, contra account and direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal(BTreeMap<Key, Sum>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    day: Date,
    /// Its place among all kinds.
    kind: usize,
    contra: Contra,
    /// It took from balances.
    taken: bool,
}

/// What entries of one day, kind, contra account and direction come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Signed as in the book.
    pub amount: Money,
    /// How many they are.
    pub entries: i64,
}

/// A line of the journal. Each has its opposite: the same day, kind and entries with the accounts changed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The day the entries were posted.
    pub date: Date,
    /// What they are.
    pub kind: EntryKind,
    /// The account this line moves.
    pub account: String,
    /// The account of the opposite line.
    pub contra: String,
    /// What the account gets, or 0.00.
    pub debit: Money,
    /// What it gives, or 0.00.
    pub credit: Money,
    /// How many entries.
    pub entries: i64,
}

impl Journal {
    /// Counts entries in; `sum.amount` is of one sign.
    pub fn add(&mut self, day: Date, kind: EntryKind, contra: Contra, sum: Sum) {
        let kind = EntryKind::ALL.iter().position(|known| *known == kind).unwrap_or(EntryKind::ALL.len());
        let key = Key { day, kind, contra, taken: sum.amount.is_negative() };
        let known = self.0.entry(key).or_default();
        known.amount += sum.amount;
        known.entries += sum.entries;
    }

    /// Every sum, by day, kind and account.
    pub fn sums(&self) -> impl Iterator<Item = (Date, EntryKind, &Contra, Sum)> {
        self.0.iter().map(|(key, sum)| (key.day, EntryKind::ALL[key.kind], &key.contra, *sum))
    }

    /// The lines, in pairs; `named` gives an account the name the accountant has for it.
    pub fn lines(&self, named: impl Fn(&str) -> String) -> Vec<Line> {
        let subscribers = named(SUBSCRIBERS);
        let pair = |(date, kind, contra, sum): (Date, EntryKind, &Contra, Sum)| {
            let (account, amount) = (named(&contra.to_string()), sum.amount.abs());
            let (debit, credit) = match sum.amount.is_negative() {
                false => (amount, Money::ZERO),
                true => (Money::ZERO, amount),
            };
            let line = |account: &str, contra: &str, debit, credit| Line {
                date,
                kind,
                account: account.to_owned(),
                contra: contra.to_owned(),
                debit,
                credit,
                entries: sum.entries,
            };
            [line(&account, &subscribers, debit, credit), line(&subscribers, &account, credit, debit)]
        };
        self.sums().flat_map(pair).collect()
    }
}

/// Debits and credits of lines.
pub fn totals(lines: &[Line]) -> (Money, Money) {
    (lines.iter().map(|line| line.debit).sum(), lines.iter().map(|line| line.credit).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn uah(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn every_kind_has_an_account_against_it() {
        let told = |kind, reference, reverses| match against(kind, reference, reverses) {
            Against::Contra(contra) => contra.to_string(),
            Against::Of(seq) => format!("of {seq}"),
        };
        for (kind, reference, account) in [
            (EntryKind::TariffCharge, None, "revenue:tariff"),
            (EntryKind::TariffChange, Some("order:1"), "revenue:tariff-change"),
            (EntryKind::PromisedPayment, Some("order:1"), "revenue:promised-payment"),
            (EntryKind::CashPayment, Some("cash:7"), "cash:office"),
            (EntryKind::OnlinePayment, Some("payment:liqpay:0198"), "gateway:liqpay"),
            (EntryKind::TerminalPayment, Some("terminal:kyiv-osmp:17:4"), "terminal:kyiv-osmp"),
            (EntryKind::BankTransfer, Some("register:privat:0198:4"), "bank:privat"),
            (EntryKind::BankTransfer, None, "bank:unknown"),
            (EntryKind::Voucher, Some("voucher:abc"), "promotions:vouchers"),
            (EntryKind::Adjustment, None, "adjustments"),
            (EntryKind::Refund, Some("refund:monobank:0198:5.00"), "gateway:monobank"),
            (EntryKind::Refund, Some("refund:11:14"), "of 11"),
        ] {
            assert_eq!(told(kind, reference, None), account);
        }
        assert_eq!(told(EntryKind::Reversal, None, Some(3)), "of 3");
        let known = |name: &str| FIXED.contains(&name) || NAMED.iter().any(|prefix| name.starts_with(prefix));
        for kind in EntryKind::ALL {
            let told = told(kind, Some("x:y:z"), Some(1));
            assert!(known(&told) || told == "of 1", "{told}");
        }
    }

    #[test]
    fn entries_of_one_kind_make_a_pair_of_lines_a_day_and_direction() {
        let mut journal = Journal::default();
        let (one, other) = (date!(2015 - 01 - 01), date!(2015 - 01 - 02));
        let mut add = |day, kind, contra, amount: &str| {
            journal.add(day, kind, contra, Sum { amount: uah(amount), entries: 1 });
        };
        add(other, EntryKind::CashPayment, Contra::Office, "50.00");
        add(one, EntryKind::CashPayment, Contra::Office, "20.00");
        add(one, EntryKind::Adjustment, Contra::Adjustments, "-3.00");
        add(one, EntryKind::Adjustment, Contra::Adjustments, "1.00");
        add(one, EntryKind::CashPayment, Contra::Office, "5.00");
        let lines = journal.lines(|name| if name == "cash:office" { "301".to_owned() } else { name.to_owned() });
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                format!(
                    "{} {} {} {} {} {}",
                    line.date, line.account, line.contra, line.debit, line.credit, line.entries
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "2015-01-01 301 subscribers 25.00 0.00 2",
                "2015-01-01 subscribers 301 0.00 25.00 2",
                "2015-01-01 adjustments subscribers 1.00 0.00 1",
                "2015-01-01 subscribers adjustments 0.00 1.00 1",
                "2015-01-01 adjustments subscribers 0.00 3.00 1",
                "2015-01-01 subscribers adjustments 3.00 0.00 1",
                "2015-01-02 301 subscribers 50.00 0.00 1",
                "2015-01-02 subscribers 301 0.00 50.00 1",
            ]
        );
        assert_eq!(totals(&lines), (uah("79.00"), uah("79.00")));
    }
}
