//! Who sells the service: requisites for bills, contacts for people.

use cabinet_core::Money;
use cabinet_core::nbu_qr::{self, QrFormat, Transfer};
use cabinet_core::requisites::Iban;

/// The requisites of the supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// The registered name: `ТОВ «ОНЛАЙН»`.
    pub name: String,
    /// ЄДРПОУ, 8 digits, or РНОКПП, 10.
    pub code: String,
    /// The registration as a payer of VAT; empty for "не платник ПДВ".
    pub vat: Option<Vat>,
    /// The registered address.
    pub address: String,
    /// Its telephone.
    pub phone: String,
    /// The account.
    pub iban: Iban,
    /// The bank that keeps it.
    pub bank: String,
}

/// A registration as a payer of value added tax; prices contain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vat {
    /// ІПН, 12 digits.
    pub number: String,
    /// The rate: 20.
    pub percent: u8,
}

impl Vat {
    /// The tax within a sum, `sum × percent / (100 + percent)` rounded half away from zero.
    pub fn within(&self, sum: Money) -> Money {
        let (sum, percent) = (i128::from(sum.kopecks()), i128::from(self.percent));
        let whole = 100 + percent;
        let tax = (sum.abs() * percent * 2 + whole) / (2 * whole) * sum.signum();
        Money::from_kopecks(tax as i64)
    }
}

impl Supplier {
    /// What a transfer is for, in Ukrainian whatever the reader's language: banks read it, and the payment finds its contract
    /// by it.
    pub fn purpose(&self, contract: &str) -> String {
        let vat = match &self.vat {
            Some(vat) => format!("у т.ч. ПДВ {}%", vat.percent),
            None => "без ПДВ".to_owned(),
        };
        format!("Оплата за послуги Інтернет, договір {contract}, {vat}")
    }

    /// The address in the QR code of a transfer of this sum.
    pub fn transfer(&self, contract: &str, amount: Money, format: QrFormat) -> String {
        let transfer = Transfer {
            recipient: &self.name,
            iban: self.iban.as_str(),
            amount,
            code: &self.code,
            purpose: &self.purpose(contract),
            reference: contract,
        };
        nbu_qr::address(&transfer, format)
    }
}

/// Where the provider is found, in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// The trade name: `Онлайн`.
    pub name: String,
    /// Support's telephones.
    pub phones: Vec<String>,
    /// Support's e-mail.
    pub email: Option<String>,
    /// The office.
    pub address: Option<String>,
    /// When support answers.
    pub hours: Option<String>,
    /// The address of the cabinet: `https://my.example.com`.
    pub site: Option<String>,
    /// How one pays here.
    pub ways: Ways,
}

/// Ways to pay that an installation has, besides cash where there is an office.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// By card in the cabinet.
    pub card: bool,
    /// By contract number at terminals and in banks.
    pub terminals: bool,
    /// By transfer to the account on the bill.
    pub transfer: bool,
}

impl Contacts {
    /// The ways to pay in words, each of `all` (card, terminals, transfer, cash) that there is, ended as a list is.
    pub(crate) fn ways(&self, all: &[&str; 4]) -> Vec<String> {
        let there = [self.ways.card, self.ways.terminals, self.ways.transfer, self.address.is_some()];
        let mut told: Vec<String> =
            all.iter().zip(there).filter(|(_, is)| *is).map(|(way, _)| format!("{way};")).collect();
        if let Some(last) = told.last_mut() {
            last.pop();
            last.push('.');
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_is_taken_out_of_the_sum() {
        let vat = Vat { number: "123456789012".to_owned(), percent: 20 };
        let within = |kopecks| vat.within(Money::from_kopecks(kopecks)).kopecks();
        assert_eq!([within(50_00), within(120_00), within(1), within(3), within(-50_00)], [8_33, 20_00, 0, 1, -8_33]);
        assert_eq!(within(i64::MAX), i64::MAX / 6);
    }

    #[test]
    fn the_longest_contract_fits_the_purpose() {
        let supplier = Supplier {
            name: String::new(),
            code: String::new(),
            vat: Some(Vat { number: String::new(), percent: 20 }),
            address: String::new(),
            phone: String::new(),
            iban: "UA213223130000026007233566001".parse().unwrap(),
            bank: String::new(),
        };
        assert!(supplier.purpose(&"0".repeat(20)).chars().count() <= nbu_qr::PURPOSE_MAX);
        assert_eq!(
            Supplier { vat: None, ..supplier }.purpose("0000"),
            "Оплата за послуги Інтернет, договір 0000, без ПДВ"
        );
    }
}
