//! What documents are printed from: a bill, a credited payment, a month, each with whose it is.

use crate::show_account::StatementFacts;
use crate::{Error, Ground, Service};
use cabinet_core::bill::Bill;
use cabinet_core::payment::PaymentState;
use cabinet_core::{Language, Money, Month, Refusal};
use cabinet_store::{View, accounts, bills, ledger, payments, profiles};
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

/// Whose document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    /// Contract number.
    pub contract: String,
    /// Full name.
    pub name: String,
    /// Address of the connection.
    pub address: String,
    /// The language chosen in the settings.
    pub language: Language,
}

/// A bill to be printed.
#[derive(Clone, Debug)]
pub struct PrintedBill {
    /// Whose it is.
    pub whom: Addressee,
    /// The bill.
    pub bill: Bill,
    /// For the names of tariffs.
    pub ground: Arc<Ground>,
}

/// A payment whose receipt is to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedPayment {
    /// Whose it is.
    pub whom: Addressee,
    /// `seq` of the entry that credited it.
    pub seq: i64,
    /// When that was posted.
    pub credited_at: OffsetDateTime,
    /// The sum credited.
    pub amount: Money,
    /// What went back to the payer by now; less than `amount`.
    pub returned: Money,
    /// Code of the gateway.
    pub provider: String,
    /// The gateway's own number of it, or ours, which the gateway knows.
    pub transaction: String,
    /// Where the fiscal receipt lies.
    pub fiscal_url: Option<String>,
}

/// A month to be printed.
#[derive(Clone, Debug)]
pub struct PrintedMonth {
    /// Whose it is.
    pub whom: Addressee,
    /// The month.
    pub facts: StatementFacts,
}

impl Service {
    /// The bill of this account dated the 1st of a month.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn print_bill(&self, account: Uuid, dated: Month) -> Result<PrintedBill, Error> {
        let mut view = self.store.view().await?;
        let bill = bills::find(&mut view, account, dated.previous()).await?.ok_or(Refusal::NotFound)?;
        let whom = addressee(&mut view, account).await?;
        drop(view);
        let lines = [&bill.charges, &bill.ahead].into_iter().flatten();
        let ground = self.ground_naming(lines.filter_map(|line| line.tariff.as_ref())).await?;
        Ok(PrintedBill { whom, bill, ground })
    }

    /// A payment of this account that is on its balance.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::PaymentNotCredited`] while it waits, when it failed, and when all of it was taken
    /// back: a receipt would then prove what is not so.
    pub async fn print_receipt(&self, account: Uuid, id: Uuid) -> Result<PrintedPayment, Error> {
        let mut view = self.store.view().await?;
        let held = payments::find(&mut view, account, id).await?.ok_or(Refusal::NotFound)?;
        let seq = held.credited_seq.filter(|_| held.payment.state != PaymentState::Reversed);
        let seq = seq.ok_or(Refusal::PaymentNotCredited)?;
        let entry = ledger::find(&mut view, account, seq).await?.ok_or(Refusal::NotFound)?;
        Ok(PrintedPayment {
            whom: addressee(&mut view, account).await?,
            seq,
            credited_at: entry.posted_at,
            amount: entry.amount,
            returned: held.payment.reversed_posted,
            provider: held.provider,
            transaction: held.provider_ref.unwrap_or_else(|| held.id.to_string()),
            fiscal_url: held.fiscal_url,
        })
    }

    /// A month of this account; the present one unless named.
    ///
    /// # Errors
    /// [`Refusal::MonthOutside`].
    pub async fn print_statement(&self, account: Uuid, month: Option<Month>) -> Result<PrintedMonth, Error> {
        let facts = self.show_statement(account, month).await?;
        let whom = addressee(&mut self.store.view().await?, account).await?;
        Ok(PrintedMonth { whom, facts })
    }
}

async fn addressee(view: &mut View, account: Uuid) -> Result<Addressee, Error> {
    let (held, name) = accounts::find_with_name(view, account).await?.ok_or(Refusal::NotFound)?;
    let profile = profiles::find(view, account).await?.ok_or(Refusal::NotFound)?;
    let language = Language::from_code(&profile.language).unwrap_or_default();
    Ok(Addressee { contract: held.contract, name, address: profile.address, language })
}
