//! Corrections of the book: an entry undone, a payment given back in part, a sum adjusted. Each is a new entry
//! (RULES §2).

use crate::desk::{Asked, Desk, desk};
use crate::office::check_reason;
use crate::{Answered, Error, Service};
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::payment::PaymentState;
use cabinet_core::{Money, Refusal};
use cabinet_store::{Tx, bank_lines, ledger, payments, terminal_payments};
use serde_json::json;
use uuid::Uuid;

/// The least and the most an adjustment may be, zero not among them.
const ANY_ADJUSTMENT: Refusal =
    Refusal::AmountInvalid { least: Money::from_kopecks(-1_000_000_00), most: Money::PAYMENT_MAX };

impl Service {
    /// Undoes an entry, once. Undoing a payment may leave a debt. What stands behind the payment learns of it: the
    /// gateway's or terminal's payment counts as taken back, a line of a bank's register waits for a person again.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotPermitted`] to that role, [`Refusal::NotReversible`],
    /// [`Refusal::AlreadyReversed`], [`Refusal::FieldInvalid`].
    pub async fn reverse_entry(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        seq: i64,
        reason: &str,
    ) -> Result<Answered<Entry>, Error> {
        let reason = check_reason(reason)?;
        let mut desk = desk!(self, asked.into(), account);
        let undone = standing_entry(&mut desk, seq).await?;
        if desk.asked.role.is_some_and(|role| !role.may_reverse(undone.kind)) {
            return Err(Refusal::NotPermitted.into());
        }
        // What pays for a change that still waits goes back with the change itself.
        let waits = undone.kind == EntryKind::TariffChange && desk.work.held.planned_order.is_some();
        let returned = given_back(&mut desk.work.tx, account, seq).await?;
        if !undone.kind.is_reversible() || waits || !returned.is_zero() {
            return Err(Refusal::NotReversible.into());
        }
        let draft = Draft {
            reverses: Some(seq),
            tariff: undone.tariff.clone(),
            ..Draft::new(EntryKind::Reversal, -undone.amount)
        };
        let entry = desk.work.post(draft, desk.asked.by).await?;
        undo_source(&mut desk, &undone).await?;
        desk.work.settle().await?;
        let details = json!({
            "reverses": seq, "kind": undone.kind, "amount": entry.amount, "seq": entry.seq, "reason": reason,
        });
        desk.end(entry, "entry.reverse", details).await
    }

    /// Notes that a part of a payment, or all that is left of it, was given back to its payer: at most what the balance
    /// holds, since nobody is paid what they have spent.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::NotReversible`] for what is no payment, [`Refusal::AlreadyReversed`],
    /// [`Refusal::RefundTooLarge`], [`Refusal::AmountInvalid`], [`Refusal::FieldInvalid`].
    pub async fn refund_payment(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        seq: i64,
        amount: Money,
        reason: &str,
    ) -> Result<Answered<Entry>, Error> {
        self.refund(asked.into(), account, seq, amount, reason, false).await
    }

    /// The same, and has the gateway of an online payment give the money back, once the entry is posted. Where it does not,
    /// a person is called to the payment.
    ///
    /// # Errors
    /// As [`Service::refund_payment`], and [`Refusal::RefundUnsendable`]: nothing is posted then.
    pub async fn refund_through_gateway(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        seq: i64,
        amount: Money,
        reason: &str,
    ) -> Result<Answered<Entry>, Error> {
        self.refund(asked.into(), account, seq, amount, reason, true).await
    }

    async fn refund(
        &self,
        asked: Asked,
        account: Uuid,
        seq: i64,
        amount: Money,
        reason: &str,
        send: bool,
    ) -> Result<Answered<Entry>, Error> {
        let reason = check_reason(reason)?;
        if !amount.is_payable() {
            return Err(crate::office::ANY_PAYMENT.into());
        }
        let mut desk = desk!(self, asked, account);
        let payment = standing_entry(&mut desk, seq).await?;
        if !payment.kind.is_payment() {
            return Err(Refusal::NotReversible.into());
        }
        let sent = match send {
            true => {
                let held = payments::of_entry(&mut desk.work.tx, account, seq).await?;
                Some(self.check_sendable(held.as_ref(), amount)?)
            }
            false => None,
        };
        let left = payment.amount - given_back(&mut desk.work.tx, account, seq).await?;
        let most = left.min(desk.work.held.account.balance).max(Money::ZERO);
        if amount > most {
            return Err(Refusal::RefundTooLarge { most }.into());
        }
        let reference = Some(format!("{}{}", refunds_of(seq), desk.work.held.account.entries + 1));
        let draft = Draft { reference, ..Draft::new(EntryKind::Refund, -amount) };
        let entry = desk.work.post(draft, desk.asked.by).await?;
        give_back_at_source(&mut desk, &payment, amount, amount == left).await?;
        if let Some(id) = sent {
            let now = desk.work.now.instant;
            self.order_refund(&mut desk.work.tx, account, entry.seq, (id, amount, &reason), now).await?;
        }
        let details = json!({ "of": seq, "amount": amount, "seq": entry.seq, "reason": reason, "send": send });
        desk.end(entry, "payment.refund", details).await
    }

    /// Puts a sum in, or takes one off below zero, for a reason. It may leave a debt, and may bring a blocked account
    /// back.
    ///
    /// # Errors
    /// [`Refusal::AmountInvalid`], [`Refusal::FieldInvalid`].
    pub async fn adjust(
        &self,
        asked: impl Into<Asked>,
        account: Uuid,
        amount: Money,
        reason: &str,
    ) -> Result<Answered<Entry>, Error> {
        let reason = check_reason(reason)?;
        let size = if amount.is_negative() { -amount } else { amount };
        if !size.is_payable() {
            return Err(ANY_ADJUSTMENT.into());
        }
        let mut desk = desk!(self, asked.into(), account);
        let entry = desk.work.post(Draft::new(EntryKind::Adjustment, amount), desk.asked.by).await?;
        desk.work.settle().await?;
        let details = json!({ "amount": amount, "seq": entry.seq, "reason": reason });
        desk.end(entry, "account.adjust", details).await
    }
}

/// How references of a payment's refunds begin.
fn refunds_of(seq: i64) -> String {
    format!("refund:{seq}:")
}

/// An entry that was not undone.
async fn standing_entry(desk: &mut Desk<'_>, seq: i64) -> Result<Entry, Error> {
    let (tx, account) = (&mut desk.work.tx, desk.work.held.id);
    let entry = ledger::find(tx, account, seq).await?.ok_or(Refusal::NotFound)?;
    match ledger::reversal_of(tx, account, seq).await? {
        Some(_) => Err(Refusal::AlreadyReversed.into()),
        None => Ok(entry),
    }
}

/// What of a payment went back by refunds: as its gateway tells, or as the office noted.
pub(crate) async fn given_back(tx: &mut Tx, account: Uuid, seq: i64) -> Result<Money, Error> {
    if let Some(held) = payments::of_entry(tx, account, seq).await? {
        return Ok(held.payment.reversed_posted);
    }
    Ok(-ledger::sum_of_references(tx, account, &refunds_of(seq)).await?)
}

/// What stands behind a payment learns that its entry was undone: it counts as if it had never been credited.
async fn undo_source(desk: &mut Desk<'_>, entry: &Entry) -> Result<(), Error> {
    match entry.kind {
        EntryKind::OnlinePayment => return_online(desk, entry, entry.amount).await,
        EntryKind::TerminalPayment => cancel_at_terminal(desk, entry).await,
        EntryKind::BankTransfer => {
            let (tx, account) = (&mut desk.work.tx, desk.work.held.id);
            bank_lines::reopen(tx, account, entry.seq, "its entry was undone").await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What stands behind a payment learns that so much of it went back to its payer; `all` if nothing is left of it. A line
/// of a register stays decided: its money is no longer there.
async fn give_back_at_source(desk: &mut Desk<'_>, entry: &Entry, amount: Money, all: bool) -> Result<(), Error> {
    match entry.kind {
        EntryKind::OnlinePayment => return_online(desk, entry, amount).await,
        EntryKind::TerminalPayment if all => cancel_at_terminal(desk, entry).await,
        _ => Ok(()),
    }
}

/// So much more of a gateway's payment is off the balance. The gateway's own word of the same money will then move
/// nothing.
async fn return_online(desk: &mut Desk<'_>, entry: &Entry, amount: Money) -> Result<(), Error> {
    let (tx, account, now) = (&mut desk.work.tx, desk.work.held.id, desk.work.now.instant);
    let Some(mut held) = payments::of_entry(tx, account, entry.seq).await? else { return Ok(()) };
    held.payment.reversed_posted += amount;
    held.payment.reversed = held.payment.reversed.max(held.payment.reversed_posted);
    if held.payment.reversed_posted == held.payment.amount {
        held.payment.state = PaymentState::Reversed;
    }
    Ok(payments::save(tx, &held, now).await?)
}

/// Nothing is left of a terminal's payment: the terminal is told so when it asks.
async fn cancel_at_terminal(desk: &mut Desk<'_>, entry: &Entry) -> Result<(), Error> {
    let (tx, account, now) = (&mut desk.work.tx, desk.work.held.id, desk.work.now.instant);
    if let Some(row) = terminal_payments::of_entry(tx, account, entry.seq).await? {
        terminal_payments::set_state(tx, account, row.number, "cancelled", None, now).await?;
    }
    Ok(())
}
