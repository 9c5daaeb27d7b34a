//! A book of one account, the least that answers every request: what the cabinet's core does, without a database.

use super::{NOW, told};
use cabinet_core::{ContractNumber, Money};
use cabinet_gateways::terminal::{
    Call, Found, Held, Line, OurNumber, Outcome, Payment, PaymentRef, Receipt, Refusal, Request, State, Terminal,
    TxnId, mask,
};

/// Payments of the contract 0042, whose balance starts at −12.30.
pub struct Book {
    pub balance: Money,
    held: Vec<(TxnId, Held)>,
}

impl Book {
    pub fn new() -> Book {
        Book { balance: Money::from_kopecks(-12_30), held: Vec::new() }
    }

    /// Asks and answers: the whole way of a request but for the bytes at its ends.
    pub fn serve(&mut self, terminal: &Terminal, call: Call) -> String {
        let outcome = match call.request.clone() {
            Ok(request) => self.act(terminal, request).unwrap_or_else(Outcome::Refused),
            Err(refusal) => Outcome::Refused(refusal),
        };
        told(terminal, &call, &outcome)
    }

    fn act(&mut self, terminal: &Terminal, request: Request) -> Result<Outcome, Refusal> {
        match request {
            Request::Check { account, .. } => self.check(account),
            Request::Pay(payment) => self.take(terminal, payment, State::Paid),
            Request::Reserve(payment) => self.take(terminal, payment, State::Reserved),
            Request::Confirm { number } => {
                let held = self.find(&PaymentRef::Number(number))?;
                match held.state {
                    State::Cancelled => Err(Refusal::Cancelled),
                    State::Reserved => {
                        held.state = State::Paid;
                        let (receipt, amount) = (held.receipt.clone(), held.receipt.amount);
                        self.balance += amount;
                        Ok(Outcome::Confirmed(receipt))
                    }
                    State::Paid => Ok(Outcome::Confirmed(held.receipt.clone())),
                }
            }
            Request::Cancel { payment, account, amount } => {
                let held = self.find(&payment)?;
                let is_other = account.is_some_and(|account| account != held.account)
                    || amount.is_some_and(|amount| amount != held.receipt.amount);
                if is_other {
                    return Err(Refusal::Changed);
                }
                let (before, receipt) = (held.state, held.receipt.clone());
                held.state = State::Cancelled;
                if before == State::Paid {
                    self.balance -= receipt.amount;
                }
                Ok(Outcome::Cancelled(receipt))
            }
            Request::Status { txn } => {
                let held = self.find(&PaymentRef::Txn(txn))?;
                Ok(Outcome::Status(held.receipt.clone(), held.state))
            }
            Request::Reconcile { from, to } => {
                let within = |held: &Held| held.state == State::Paid && (from..=to).contains(&held.receipt.at);
                let lines = self.held.iter().filter(|(_, held)| within(held)).map(|(txn, held)| Line {
                    txn: txn.clone(),
                    account: held.account.clone(),
                    receipt: held.receipt.clone(),
                });
                Ok(Outcome::Reconciled(lines.collect()))
            }
        }
    }

    fn check(&self, account: ContractNumber) -> Result<Outcome, Refusal> {
        if account.as_str() != "0042" {
            return Err(Refusal::NoAccount);
        }
        Ok(Outcome::Found(Found {
            account,
            name: mask::name("Лук'яненко Мар'яна"),
            address: mask::address("вул. Лесі Українки 12, кв. 5"),
            balance: self.balance,
            to_pay: Money::from_kopecks(50_00),
        }))
    }

    fn take(&mut self, terminal: &Terminal, payment: Payment, state: State) -> Result<Outcome, Refusal> {
        if let Some((_, held)) = self.held.iter().find(|(txn, _)| *txn == payment.txn) {
            return Ok(held.repeat(&payment));
        }
        self.check(payment.account.clone())?;
        terminal.limits().check(payment.amount)?;
        let number = OurNumber::new(1001 + self.held.len() as i64).expect("a number");
        let receipt = Receipt { number, at: NOW, amount: payment.amount };
        self.held.push((payment.txn, Held { account: payment.account, receipt: receipt.clone(), state }));
        if state == State::Reserved {
            return Ok(Outcome::Reserved(receipt));
        }
        self.balance += receipt.amount;
        Ok(Outcome::Paid(receipt))
    }

    fn find(&mut self, payment: &PaymentRef) -> Result<&mut Held, Refusal> {
        let named = |(txn, held): &&mut (TxnId, Held)| match payment {
            PaymentRef::Txn(wanted) => txn == wanted,
            PaymentRef::Number(number) => held.receipt.number == *number,
        };
        self.held.iter_mut().find(named).map(|(_, held)| held).ok_or(Refusal::NoPayment)
    }
}
