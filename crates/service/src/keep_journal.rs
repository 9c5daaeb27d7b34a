//! The book for the accountant: the journal of a period, and what the office asks of it.

use crate::{Error, Service};
use cabinet_core::calendar::tomorrow;
use cabinet_core::journal::{Against, Contra, Journal, Sum, against};
use cabinet_core::ledger::EntryKind;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Money, Refusal};
use cabinet_store::accounts::{self, Debtor};
use cabinet_store::ledger::{self, Earned, Moved};
use cabinet_store::{StoreError, View};
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// How many entries are read at once.
const BATCH: i64 = 5_000;
/// The most days a report over the API covers: a year.
const DAYS_MOST: i64 = 366;

/// What came in one way on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takings {
    /// The day it was posted.
    pub day: Date,
    /// The way, by the name of its account.
    pub method: String,
    /// How many payments.
    pub payments: i64,
    /// Their sum.
    pub paid: Money,
    /// What went back of payments, positive.
    pub returned: Money,
}

impl Takings {
    /// Whether vouchers were redeemed: nobody paid then, whoever bought them paid before.
    pub fn is_of_vouchers(&self) -> bool {
        self.method == Contra::Vouchers.to_string()
    }
}

/// What came in and went back of some takings: paid, returned, and what vouchers put on balances less what was taken off
/// again.
pub fn sum_up(takings: &[Takings]) -> (Money, Money, Money) {
    takings.iter().fold((Money::ZERO, Money::ZERO, Money::ZERO), |(paid, returned, vouchers), one| {
        match one.is_of_vouchers() {
            true => (paid, returned, vouchers + one.paid - one.returned),
            false => (paid + one.paid, returned + one.returned, vouchers),
        }
    })
}

impl Service {
    /// The journal of the days from `from` to `to`, read in one snapshot. `progress` hears how many entries other than
    /// daily charges are read.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if `to` lies before `from`.
    pub async fn journal(&self, from: Date, to: Date, mut progress: impl FnMut(i64)) -> Result<Journal, Error> {
        in_order(from, to)?;
        let mut view = self.store.view().await?;
        let mut journal = Journal::default();
        for day in ledger::charged_between(&mut view, from, to).await? {
            let kind = EntryKind::from_code(&day.kind).ok_or_else(|| Error::internal("a charge of no known kind"))?;
            let Against::Contra(contra) = against(kind, None, None) else { continue };
            let sum = Sum { amount: Money::from_kopecks(day.amount), entries: day.entries };
            journal.add(day.posted_on, kind, contra, sum);
        }
        let mut after = (from, Uuid::nil(), 0);
        let mut read = 0;
        loop {
            let batch = ledger::moved_between(&mut view, after, to, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(journal) };
            after = (last.posted_on, last.account_id, last.seq);
            read += batch.len() as i64;
            for row in batch {
                let kind = kind_of(&row)?;
                let contra = contra_of(&mut view, &row, kind).await?;
                journal.add(row.posted_on, kind, contra, Sum { amount: Money::from_kopecks(row.amount), entries: 1 });
            }
            progress(read);
        }
    }

    /// What came in and went back, by day and way.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if `to` lies before `from`, or a year after it.
    pub async fn report_money(&self, from: Date, to: Date) -> Result<Vec<Takings>, Error> {
        within_a_year(from, to)?;
        let mut view = self.store.view().await?;
        let mut sums: BTreeMap<(Date, String), Takings> = BTreeMap::new();
        let mut after = (from, Uuid::nil(), 0);
        loop {
            let batch = ledger::moved_between(&mut view, after, to, BATCH).await?;
            let Some(last) = batch.last() else { return Ok(sums.into_values().collect()) };
            after = (last.posted_on, last.account_id, last.seq);
            for row in batch {
                let kind = kind_of(&row)?;
                let contra = contra_of(&mut view, &row, kind).await?;
                if !contra.is_money() {
                    continue;
                }
                let (day, method, amount) = (row.posted_on, contra.to_string(), Money::from_kopecks(row.amount));
                let takings = sums.entry((day, method.clone())).or_insert_with(|| Takings {
                    day,
                    method,
                    payments: 0,
                    paid: Money::ZERO,
                    returned: Money::ZERO,
                });
                match kind.is_payment() {
                    true => {
                        takings.payments += 1;
                        takings.paid += amount;
                    }
                    false => takings.returned -= amount,
                }
            }
        }
    }

    /// What each tariff earned.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] if `to` lies before `from`, or a year after it.
    pub async fn report_charges(&self, from: Date, to: Date) -> Result<Vec<Earned>, Error> {
        within_a_year(from, to)?;
        Ok(ledger::earned_between(&mut self.store.read().await?, from, to).await?)
    }

    /// Accounts below zero, the largest debt first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_debtors(
        &self,
        after: Option<(Money, Uuid)>,
        limit: i64,
    ) -> Result<(Vec<Debtor>, Option<(Money, Uuid)>), Error> {
        let after = after.map(|(balance, id)| (balance.kopecks(), id));
        let mut found = accounts::debtors(&mut self.store.read().await?, after, limit + 1).await?;
        let more = found.len() as i64 > limit;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|last| (Money::from_kopecks(last.balance), last.id));
        Ok((found, next))
    }
}

fn in_order(from: Date, to: Date) -> Result<(), Refusal> {
    if to < from { Err(Refusal::FieldInvalid { field: "to", fault: FieldFault::Invalid }) } else { Ok(()) }
}

fn within_a_year(from: Date, to: Date) -> Result<(), Refusal> {
    in_order(from, to)?;
    match (tomorrow(to) - from).whole_days() {
        ..=DAYS_MOST => Ok(()),
        _ => Err(Refusal::FieldInvalid { field: "to", fault: FieldFault::TooLong }),
    }
}

fn kind_of(row: &Moved) -> Result<EntryKind, Error> {
    let odd = || StoreError::corrupt(format!("entry {} has a kind nobody knows", row.seq));
    Ok(EntryKind::from_code(&row.kind).ok_or_else(odd)?)
}

/// The account against an entry; for what undoes or goes back, the one against what it undoes.
async fn contra_of(view: &mut View, row: &Moved, kind: EntryKind) -> Result<Contra, Error> {
    let mut told = against(kind, row.reference.as_deref(), row.reverses);
    let mut below = row.seq;
    loop {
        match told {
            Against::Contra(contra) => return Ok(contra),
            Against::Of(seq) => {
                let odd = || StoreError::corrupt(format!("entry {} names no earlier one", row.seq));
                let of = ledger::find(view, row.account_id, seq).await?.filter(|_| seq < below).ok_or_else(odd)?;
                below = seq;
                told = against(of.kind, of.reference.as_deref(), of.reverses);
            }
        }
    }
}
