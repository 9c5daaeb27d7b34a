//! What a terminal or a bank asks "by contract number": one core for every dialect.
//!
//! A known transaction is looked for before anything else is asked: a repetition gets its first answer whatever the
//! limits, the account's standing or the day have become since.

use crate::account_tx::{AccountTx, Actor};
use crate::clock::{local_instant, local_time};
use crate::correct_book::given_back;
use crate::{Error, Service};
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::throttle::Tally;
use cabinet_core::{ContractNumber, Money, Standing, forecast};
use cabinet_gateways::terminal::{
    Found, Held, Limits, Line, OurNumber, Outcome, Payment, PaymentRef, Receipt, Refusal, Request, State, TxnId, mask,
};
use cabinet_store::payments::{self, ProviderTxn};
use cabinet_store::terminal_payments::{self, TerminalPayment};
use cabinet_store::{StoreError, View, accounts, profiles, throttle};
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The kind under which a terminal's transactions are claimed.
const CLAIM: &str = "terminal";

/// A terminal as the core knows it.
#[derive(Clone, Copy, Debug)]
pub struct AtTerminal<'t> {
    /// Its name.
    pub name: &'t str,
    /// The sums it takes.
    pub limits: Limits,
}

/// Why a request was not carried out.
enum Stop {
    /// Told to the provider.
    Refused(Refusal),
    /// A fault of ours.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Failed(error.into())
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl Service {
    /// Carries out what a terminal asks. Never fails: whatever goes wrong here is "try later" there, and the same
    /// request again is harmless.
    pub async fn take_terminal(&self, terminal: AtTerminal<'_>, request: &Request) -> Outcome {
        let outcome = match request {
            Request::Check { account, .. } => self.check_payer(account).await,
            Request::Pay(payment) => self.take_payment(terminal, payment, State::Paid).await,
            Request::Reserve(payment) => self.take_payment(terminal, payment, State::Reserved).await,
            Request::Confirm { number } => self.confirm_payment(terminal, *number).await,
            Request::Cancel { payment, account, amount } => {
                self.cancel_payment(terminal, payment, account.as_ref(), *amount).await
            }
            Request::Status { txn } => self.payment_status(terminal, txn).await,
            Request::Reconcile { from, to } => self.reconcile(terminal, *from, *to).await,
        };
        let refusal = match outcome {
            Ok(Outcome::Refused(refusal)) | Err(Stop::Refused(refusal)) => refusal,
            Ok(outcome) => return outcome,
            Err(Stop::Failed(error)) => {
                tracing::error!(terminal = terminal.name, %error, "a terminal is asked to try later");
                Refusal::TryLater
            }
        };
        if refusal.alerts() {
            tracing::error!(terminal = terminal.name, ?refusal, ?request, "a terminal's payment needs a person");
            self.terminal_doubts.fetch_add(1, Ordering::Relaxed);
            if let Err(Stop::Failed(error)) = self.note_doubt(terminal, refusal, request).await {
                tracing::error!(terminal = terminal.name, %error, "a doubt is not in the log of the account");
            }
        }
        Outcome::Refused(refusal)
    }

    /// Somebody asked in a terminal's name and could not sign as it does: staff hear of it, once an hour a terminal.
    pub async fn note_forgery(&self, terminal: &str, peer: IpAddr) {
        tracing::error!(terminal, %peer, "a terminal's request is not signed as the terminal signs");
        self.terminal_doubts.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.write_forgery(terminal, peer).await {
            tracing::error!(terminal, %error, "a forged request is not in the log of the office");
        }
    }

    async fn write_forgery(&self, terminal: &str, peer: IpAddr) -> Result<(), Error> {
        let now = self.clock.now();
        let bucket = format!("forged {terminal}");
        let mut tx = self.store.write().await?;
        let tally = throttle::lock(&mut tx, &bucket, now).await?;
        if tally.open_at > now {
            return Ok(());
        }
        let next = Tally { failures: tally.failures + 1, last_at: now, open_at: now + Duration::HOUR };
        throttle::put(&mut tx, &bucket, &next).await?;
        let details = serde_json::json!({ "terminal": terminal, "address": peer });
        self.audit(&mut tx, now, None, Actor::System, "terminal.forged", details).await?;
        Ok(tx.commit().await?)
    }

    /// Writes a doubt into the log of the account whose payment it is about, once however often it is repeated.
    async fn note_doubt(&self, terminal: AtTerminal<'_>, refusal: Refusal, request: &Request) -> Result<(), Stop> {
        let (named, asked_account, asked_amount) = match request {
            Request::Pay(payment) | Request::Reserve(payment) => {
                (PaymentRef::Txn(payment.txn.clone()), Some(&payment.account), Some(payment.amount))
            }
            Request::Cancel { payment, account, amount } => (payment.clone(), account.as_ref(), *amount),
            _ => return Ok(()),
        };
        let row = match &named {
            PaymentRef::Number(number) => {
                let mut view = self.store.read().await?;
                terminal_payments::by_number(&mut view, terminal.name, number.get()).await?
            }
            PaymentRef::Txn(txn) => self.known(terminal, txn).await?.map(|(_, row)| row),
        };
        let Some(row) = row else { return Ok(()) };
        let now = self.clock.now();
        let claim = ProviderTxn { account_id: row.account_id, number: row.number, amount: row.amount, created_at: now };
        let asked = (asked_account.map(ContractNumber::as_str).unwrap_or("-"), asked_amount.unwrap_or(Money::ZERO));
        let kind = format!("doubt {refusal:?} {} {}", asked.0, asked.1);
        let mut tx = self.store.write().await?;
        if payments::claim_txn(&mut tx, terminal.name, &row.txn, &kind, &claim).await? {
            let details = serde_json::json!({
                "terminal": terminal.name, "transaction": row.txn, "refused": format!("{refusal:?}"),
                "amount": Money::from_kopecks(row.amount), "asked_amount": asked_amount,
                "asked_contract": asked_account.map(ContractNumber::as_str),
            });
            self.audit(&mut tx, now, Some(row.account_id), Actor::System, "terminal_payment.doubt", details).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn check_payer(&self, contract: &ContractNumber) -> Result<Outcome, Stop> {
        let mut view = self.store.read().await?;
        let id = accounts::id_of_contract(&mut view, contract.as_str()).await?.ok_or(Refusal::NoAccount)?;
        let held = accounts::find(&mut view, id).await?.ok_or(Refusal::NoAccount)?;
        let profile = profiles::find(&mut view, id).await?.ok_or(Refusal::NoAccount)?;
        drop(view);
        let (ground, now) = (self.ground_of(&held.account).await?, self.now());
        if held.account.standing(now.today) == Standing::Closed {
            return Err(Refusal::Inactive.into());
        }
        let (settled, outlook) =
            forecast::after_payment(&held.account, &ground.catalogue, &ground.policy, now, Money::ZERO);
        let name = format!("{} {} {}", profile.last_name, profile.first_name, profile.middle_name);
        Ok(Outcome::Found(Found {
            account: contract.clone(),
            name: mask::name(&name),
            address: mask::address(&profile.address),
            balance: settled.balance,
            to_pay: outlook.recommended_payment,
        }))
    }

    /// Credits a payment, or notes it to be confirmed.
    async fn take_payment(&self, terminal: AtTerminal<'_>, payment: &Payment, state: State) -> Result<Outcome, Stop> {
        if let Some(known) = self.known(terminal, &payment.txn).await? {
            return Ok(held(&known)?.repeat(payment));
        }
        terminal.limits.check(payment.amount)?;
        let found = accounts::id_of_contract(&mut self.store.read().await?, payment.account.as_str()).await?;
        let id = found.ok_or(Refusal::NoAccount)?;
        let mut work = self.open_account(id).await?;
        if work.held.account.standing(work.now.today) == Standing::Closed {
            return Err(Refusal::Inactive.into());
        }
        let now = work.now.instant;
        let number = self.our_number(now);
        let claim = ProviderTxn { account_id: id, number, amount: payment.amount.kopecks(), created_at: now };
        if !payments::claim_txn(&mut work.tx, terminal.name, payment.txn.as_str(), CLAIM, &claim).await? {
            // Its twin came in between; what that one was told is told again.
            drop(work);
            let known = self.known(terminal, &payment.txn).await?.ok_or(Refusal::InProgress)?;
            return Ok(held(&known)?.repeat(payment));
        }
        let mut row = TerminalPayment {
            account_id: id,
            number,
            terminal: terminal.name.to_owned(),
            txn: payment.txn.as_str().to_owned(),
            amount: payment.amount.kopecks(),
            state: code(state).to_owned(),
            entry_seq: None,
            created_at: now,
            changed_at: now,
        };
        if state == State::Paid {
            row.entry_seq = Some(credit(&mut work, &row).await?);
        }
        terminal_payments::insert(&mut work.tx, &row).await?;
        let receipt = receipt(&row)?;
        work.commit().await?;
        Ok(if state == State::Paid { Outcome::Paid(receipt) } else { Outcome::Reserved(receipt) })
    }

    /// Credits what was noted.
    async fn confirm_payment(&self, terminal: AtTerminal<'_>, number: OurNumber) -> Result<Outcome, Stop> {
        let (mut work, row) = self.open_payment(terminal, number.get()).await?;
        match state(&row)? {
            State::Cancelled => Err(Refusal::Cancelled.into()),
            State::Paid => Ok(Outcome::Confirmed(receipt(&row)?)),
            State::Reserved => {
                let seq = credit(&mut work, &row).await?;
                let row = TerminalPayment { state: code(State::Paid).to_owned(), changed_at: work.now.instant, ..row };
                terminal_payments::set_state(
                    &mut work.tx,
                    row.account_id,
                    row.number,
                    &row.state,
                    Some(seq),
                    row.changed_at,
                )
                .await?;
                work.commit().await?;
                Ok(Outcome::Confirmed(receipt(&row)?))
            }
        }
    }

    /// Takes a payment back: one that was only noted at any time, a credited one on its own business day, while the
    /// balance still holds it and the office has given nothing of it back.
    async fn cancel_payment(
        &self,
        terminal: AtTerminal<'_>,
        named: &PaymentRef,
        account: Option<&ContractNumber>,
        amount: Option<Money>,
    ) -> Result<Outcome, Stop> {
        let number = match named {
            PaymentRef::Number(number) => number.get(),
            PaymentRef::Txn(txn) => self.known(terminal, txn).await?.ok_or(Refusal::NoPayment)?.1.number,
        };
        let (mut work, row) = self.open_payment(terminal, number).await?;
        let other_account = account.is_some_and(|account| account.as_str() != work.held.contract);
        if other_account || amount.is_some_and(|amount| amount.kopecks() != row.amount) {
            return Err(Refusal::Changed.into());
        }
        let sum = Money::from_kopecks(row.amount);
        match state(&row)? {
            State::Cancelled => return Ok(Outcome::Cancelled(receipt(&row)?)),
            State::Reserved => {}
            State::Paid => {
                let same_day = self.clock.day_of(row.changed_at) == work.now.today;
                let returned = match row.entry_seq {
                    Some(seq) => given_back(&mut work.tx, row.account_id, seq).await?,
                    None => Money::ZERO,
                };
                if !same_day || work.held.account.balance < sum || !returned.is_zero() {
                    return Err(Refusal::CannotCancel.into());
                }
                let draft = Draft { reverses: row.entry_seq, ..Draft::new(EntryKind::Reversal, -sum) };
                work.post(draft, Actor::System).await?;
                let details = serde_json::json!({ "terminal": row.terminal, "transaction": row.txn, "amount": sum });
                work.audit(Actor::System, "terminal_payment.cancel", details).await?;
            }
        }
        let row = TerminalPayment { state: code(State::Cancelled).to_owned(), changed_at: work.now.instant, ..row };
        terminal_payments::set_state(&mut work.tx, row.account_id, row.number, &row.state, None, row.changed_at)
            .await?;
        work.commit().await?;
        Ok(Outcome::Cancelled(receipt(&row)?))
    }

    async fn payment_status(&self, terminal: AtTerminal<'_>, txn: &TxnId) -> Result<Outcome, Stop> {
        let (_, row) = self.known(terminal, txn).await?.ok_or(Refusal::NoPayment)?;
        Ok(Outcome::Status(receipt(&row)?, state(&row)?))
    }

    async fn reconcile(
        &self,
        terminal: AtTerminal<'_>,
        from: time::PrimitiveDateTime,
        to: time::PrimitiveDateTime,
    ) -> Result<Outcome, Stop> {
        let (from, to) = (local_instant(from.date(), from.time()), local_instant(to.date(), to.time()));
        let credited =
            terminal_payments::credited_between(&mut self.store.read().await?, terminal.name, from, to).await?;
        let lines = credited.into_iter().map(|one| {
            Ok(Line {
                txn: one.payment.txn.parse().map_err(Error::internal)?,
                account: one.contract.parse().map_err(Error::internal)?,
                receipt: receipt(&one.payment)?,
            })
        });
        Ok(Outcome::Reconciled(lines.collect::<Result<_, Stop>>()?))
    }

    /// What the book holds under a provider's number, and for which contract.
    async fn known(&self, terminal: AtTerminal<'_>, txn: &TxnId) -> Result<Option<(String, TerminalPayment)>, Stop> {
        let mut view = self.store.read().await?;
        let Some(claimed) = payments::find_txn(&mut view, terminal.name, txn.as_str(), CLAIM).await? else {
            return Ok(None);
        };
        let row = whole(&mut view, claimed.account_id, claimed.number).await?;
        let held =
            accounts::find(&mut view, claimed.account_id).await?.ok_or_else(|| Error::internal("an account left"))?;
        Ok(Some((held.contract, row)))
    }

    /// Locks the account of a payment of this terminal and reads the payment as it is then.
    async fn open_payment(
        &self,
        terminal: AtTerminal<'_>,
        number: i64,
    ) -> Result<(AccountTx<'_>, TerminalPayment), Stop> {
        let found = terminal_payments::by_number(&mut self.store.read().await?, terminal.name, number).await?;
        let account = found.ok_or(Refusal::NoPayment)?.account_id;
        let mut work = self.open_account(account).await?;
        let row = whole(&mut work.tx, account, number).await?;
        Ok((work, row))
    }

    /// Our number of a payment: the second it came in and eight digits of chance, eighteen digits at most. The unique
    /// index catches a pair that chance makes alike, and the provider tries again.
    fn our_number(&self, now: OffsetDateTime) -> i64 {
        let chance = (self.new_id().as_u128() % 100_000_000) as i64;
        now.unix_timestamp() * 100_000_000 + chance
    }
}

async fn whole(view: &mut View, account: Uuid, number: i64) -> Result<TerminalPayment, Stop> {
    let row = terminal_payments::find(view, account, number).await?;
    Ok(row.ok_or_else(|| Error::internal("a terminal's payment left"))?)
}

/// Posts the money; it may bring the account back, and pays for today at once.
async fn credit(work: &mut AccountTx<'_>, row: &TerminalPayment) -> Result<i64, Stop> {
    let reference = Some(format!("terminal:{}:{}", row.terminal, row.txn));
    let draft = Draft { reference, ..Draft::new(EntryKind::TerminalPayment, Money::from_kopecks(row.amount)) };
    let entry = work.post(draft, Actor::System).await?;
    work.settle().await?;
    let details = serde_json::json!({ "terminal": row.terminal, "transaction": row.txn, "amount": entry.amount });
    work.audit(Actor::System, "terminal_payment.credit", details).await?;
    Ok(entry.seq)
}

fn code(state: State) -> &'static str {
    match state {
        State::Reserved => "reserved",
        State::Paid => "paid",
        State::Cancelled => "cancelled",
    }
}

fn state(row: &TerminalPayment) -> Result<State, Error> {
    let known = [State::Reserved, State::Paid, State::Cancelled].into_iter().find(|state| code(*state) == row.state);
    known.ok_or_else(|| Error::internal(format!("a terminal's payment in state {}", row.state)))
}

fn receipt(row: &TerminalPayment) -> Result<Receipt, Error> {
    let number = OurNumber::new(row.number).ok_or_else(|| Error::internal("a number out of range"))?;
    Ok(Receipt { number, at: local_time(row.changed_at), amount: Money::from_kopecks(row.amount) })
}

fn held((contract, row): &(String, TerminalPayment)) -> Result<Held, Error> {
    Ok(Held { account: contract.parse().map_err(Error::internal)?, receipt: receipt(row)?, state: state(row)? })
}
