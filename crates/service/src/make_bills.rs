//! Bills of the 1st, made by the daily run (RULES §6): idempotent by account and month, in chunks.
//!
//! A month is closed by the first run that begins after its end, on whatever day that is. A month whose accounts are all
//! done is marked; until then each run begins it anew, and bills that are there stay as they are. Two runners at once make
//! one bill an account, whoever is first.

use crate::run_day::{RunReport, told};
use crate::work_outbox::Job;
use crate::{Error, Ground, Service};
use cabinet_core::bill::{Bill, Facts, Tally, make};
use cabinet_core::{Money, Month};
use cabinet_store::bills::{self, BillRun};
use cabinet_store::{Tx, View, accounts, emails, outbox};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use time::Date;
use uuid::Uuid;

/// How many accounts are read, computed and written together.
const CHUNK: i64 = 5_000;

/// A chunk of accounts with what they posted, from one snapshot.
struct Chunk {
    held: Vec<accounts::Held>,
    tallies: HashMap<Uuid, Vec<Tally>>,
    /// What was posted after the month.
    since: HashMap<Uuid, Money>,
}

impl Chunk {
    async fn read(view: &mut View, after: Uuid, closes: Month) -> Result<Option<Chunk>, Error> {
        let held = accounts::page(view, after, CHUNK).await?;
        let Some(last) = held.last().map(|held| held.id) else { return Ok(None) };
        let mut tallies: HashMap<Uuid, Vec<Tally>> = HashMap::with_capacity(held.len());
        for (account, tally) in bills::tallies(view, after, last, closes).await? {
            tallies.entry(account).or_default().push(tally);
        }
        let since = bills::sums_since(view, after, last, closes).await?.into_iter().collect();
        Ok(Some(Chunk { held, tallies, since }))
    }
}

impl Service {
    /// Makes the bills of every month that ended since the last one closed; of the month before `today`'s alone in a
    /// book that never had any. The run's lease is `holder`'s.
    pub(crate) async fn make_bills(&self, today: Date, holder: Uuid, report: &mut RunReport) -> Result<(), Error> {
        let newest = Month::of(today).previous();
        let closed = bills::last_closed(&mut self.store.read().await?).await?;
        let mut closes = closed.map_or(newest, Month::next);
        let failed_before = report.failed.len();
        while closes <= newest {
            let made = self.close_month(closes, today, holder, report).await?;
            report.bills += made;
            // A month that lacks a bill is begun anew by the next run, and the months after it too; a month without any
            // needs no mark of its own.
            if report.failed.len() == failed_before && (made > 0 || closes == newest) {
                let mut tx = self.store.write().await?;
                bills::finish(&mut tx, &BillRun { month: closes, finished_at: self.clock.now(), bills: made }).await?;
                tx.commit().await?;
            }
            closes = closes.next();
        }
        Ok(())
    }

    async fn close_month(
        &self,
        closes: Month,
        today: Date,
        holder: Uuid,
        report: &mut RunReport,
    ) -> Result<i64, Error> {
        let ground = Ground::load(&mut self.store.read().await?).await?;
        let (mut made, mut after) = (0, Uuid::nil());
        loop {
            let mut view = self.store.view().await?;
            let chunk = Chunk::read(&mut view, after, closes).await?;
            drop(view);
            let Some(mut chunk) = chunk else { return Ok(made) };
            let before = after;
            after = chunk.held.last().map_or(after, |held| held.id);
            let mut rows: Vec<(Uuid, Bill)> = Vec::with_capacity(chunk.tallies.len());
            for held in &chunk.held {
                let Some(tallies) = chunk.tallies.remove(&held.id) else { continue };
                let since = chunk.since.get(&held.id).copied().unwrap_or(Money::ZERO);
                let bill = catch_unwind(AssertUnwindSafe(|| {
                    let posted: Money = tallies.iter().map(|tally| tally.amount).sum();
                    let facts = Facts {
                        contract: &held.contract,
                        closes,
                        opening: held.account.balance - since - posted,
                        tallies,
                        account: &held.account,
                        made_on: today,
                    };
                    make(&facts, &ground.catalogue, &ground.policy)
                }));
                match bill {
                    Ok(bill) => rows.extend(bill.map(|bill| (held.id, bill))),
                    // One bill that cannot be made must not keep the others from being made.
                    Err(panic) => report.failed.push((held.contract.clone(), told(&*panic))),
                }
            }
            if !rows.is_empty() {
                let mut tx = self.store.write().await?;
                let new = bills::write_bulk(&mut tx, self.clock.now(), &rows).await?;
                self.put_letters(&mut tx, &new, (before, after), closes.next()).await?;
                tx.commit().await?;
                made += new.len() as i64;
            }
            if (chunk.held.len() as i64) < CHUNK {
                return Ok(made);
            }
            self.hold_lease(holder).await?;
        }
    }

    /// A letter for each of these new bills whose account, behind the first of `span` through the second, asked for them
    /// by e-mail. They are written with the bills, so that a bill has one letter at most, ever.
    async fn put_letters(&self, tx: &mut Tx, new: &[Uuid], span: (Uuid, Uuid), dated: Month) -> Result<(), Error> {
        let asked = emails::taking_bills(tx, span.0, span.1).await?;
        if asked.is_empty() {
            return Ok(());
        }
        let new: HashSet<&Uuid> = new.iter().collect();
        let (job, now) = (Job::BillLetter { dated }, self.clock.now());
        let tasks = asked.into_iter().filter(|account| new.contains(account));
        let tasks = tasks.map(|account| self.task(Some(account), &job, now)).collect::<Result<Vec<_>, _>>()?;
        Ok(outbox::put_bulk(tx, &tasks).await?)
    }
}
