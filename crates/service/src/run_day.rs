//! The daily run (RULES §1): settles every account through a day, in bulk, idempotently.
//!
//! Correctness rests on the account's revision, compared when a chunk is written; the lease only spares two runners the
//! same work.

use crate::{Error, Ground, Service};
use cabinet_core::accrual::{Settlement, settle};
use cabinet_core::{Money, Now, Refusal};
use cabinet_store::accounts::{self, Held};
use cabinet_store::runs::{self, DayRun, Settled};
use cabinet_store::{StoreError, acts, outbox};
use futures_util::FutureExt;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// How many accounts are computed and written together: a chunk's memory is all the run needs.
const CHUNK: i64 = 5_000;
const LEASE: &str = "run_day";
const LEASE_LASTS: Duration = Duration::minutes(2);
const ANSWERS_KEPT: Duration = Duration::hours(24);
/// How long tasks of the outbox are kept once they are done.
const DONE_KEPT: Duration = Duration::days(30);

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// The business day.
    pub day: Date,
    /// Accounts looked at.
    pub seen: i64,
    /// Accounts charged.
    pub charged: i64,
    /// Accounts that became blocked.
    pub blocked: i64,
    /// Accounts that needed nothing, or were done by somebody else meanwhile.
    pub already: i64,
    /// Missed days forgiven.
    pub forgiven_days: i64,
    /// What they would have cost.
    pub forgiven: Money,
    /// Kopecks taken, positive.
    pub total: Money,
    /// Bills made.
    pub bills: i64,
    /// Accounts that failed, by contract number, with why.
    pub failed: Vec<(String, String)>,
    /// The day was finished before: nothing was looked at.
    pub done_before: bool,
    /// Another runner holds the lease: nothing was looked at.
    pub busy_elsewhere: bool,
    /// How long it took.
    pub took: std::time::Duration,
}

impl RunReport {
    fn new(day: Date) -> RunReport {
        RunReport {
            day,
            seen: 0,
            charged: 0,
            blocked: 0,
            already: 0,
            forgiven_days: 0,
            forgiven: Money::ZERO,
            total: Money::ZERO,
            bills: 0,
            failed: Vec::new(),
            done_before: false,
            busy_elsewhere: false,
            took: std::time::Duration::ZERO,
        }
    }
}

impl Service {
    /// Sees to it that `day`, which must not lie after today, is charged. Nothing is ever posted into the past: a day
    /// that was missed is caught up by today's run, which posts it today. `progress` hears accounts seen and due.
    ///
    /// Somebody asked for this run, so it does not stand back before another runner's lease; two at once are safe.
    ///
    /// # Errors
    /// [`Refusal::DayInFuture`]; failures of single accounts stand in the report instead.
    pub async fn run_day(&self, day: Date, progress: impl FnMut(i64, i64)) -> Result<RunReport, Error> {
        self.run(day, false, progress).await
    }

    /// Today's run as the scheduler of each instance starts it: one that finds another runner leaves the day to it.
    pub async fn run_scheduled_day(&self) -> Result<RunReport, Error> {
        self.run(self.clock.today(), true, |_, _| ()).await
    }

    async fn run(&self, day: Date, stands_back: bool, mut progress: impl FnMut(i64, i64)) -> Result<RunReport, Error> {
        let started = std::time::Instant::now();
        let (started_at, today) = (self.clock.now(), self.clock.today());
        if day > today {
            return Err(Refusal::DayInFuture { today }.into());
        }
        let mut report = RunReport::new(day);
        if runs::finished(&mut self.store.read().await?, day).await?.is_some() {
            report.done_before = true;
            report.took = started.elapsed();
            return Ok(report);
        }
        if day != today && runs::finished(&mut self.store.read().await?, today).await?.is_some() {
            report.done_before = true;
            self.mark(&report, started_at, &[day]).await?;
            return Ok(report);
        }
        let holder = self.new_id();
        if !self.hold_lease(holder).await? && stands_back {
            report.busy_elsewhere = true;
            report.took = started.elapsed();
            return Ok(report);
        }
        let done = self.charge_and_bill(today, holder, &mut report, &mut progress).await;
        let mut tx = self.store.write().await?;
        runs::release(&mut tx, LEASE, holder).await?;
        tx.commit().await?;
        done?;
        if report.failed.is_empty() {
            self.mark(&report, started_at, &[day, today]).await?;
        }
        self.clean_up().await?;
        report.took = started.elapsed();
        Ok(report)
    }

    /// Charges through today, then makes the bills of months that have ended: what they ask counts the day's changes. Then
    /// tells whoever wishes to hear of it how the day left them.
    async fn charge_and_bill(
        &self,
        today: Date,
        holder: Uuid,
        report: &mut RunReport,
        progress: &mut impl FnMut(i64, i64),
    ) -> Result<(), Error> {
        self.charge_all(today, holder, report, progress).await?;
        self.make_bills(today, holder, report).await?;
        self.tell_of_day(today, holder, report).await
    }

    async fn charge_all(
        &self,
        today: Date,
        holder: Uuid,
        report: &mut RunReport,
        progress: &mut impl FnMut(i64, i64),
    ) -> Result<(), Error> {
        let due = accounts::count_due(&mut self.store.read().await?, today).await?;
        let mut after = Uuid::nil();
        loop {
            let chunk = accounts::due(&mut self.store.read().await?, today, after, CHUNK).await?;
            let Some(last) = chunk.last() else { return Ok(()) };
            after = last.id;
            self.run_chunk(chunk, Now { instant: self.clock.now(), today }, report).await?;
            progress(report.seen, due);
            self.hold_lease(holder).await?;
        }
    }

    /// Housekeeping, with which every run ends: what is kept for a while only.
    async fn clean_up(&self) -> Result<(), Error> {
        let before = self.clock.now() - ANSWERS_KEPT;
        let mut tx = self.store.write().await?;
        acts::forget(&mut tx, before, before).await?;
        outbox::forget_before(&mut tx, self.clock.now() - DONE_KEPT).await?;
        tx.commit().await?;
        self.forget_old_words().await?;
        self.sweep_loose_files().await?;
        self.forget_old_sessions().await?;
        self.forget_old_access().await
    }

    /// Marks days finished with what the run did.
    async fn mark(&self, report: &RunReport, started_at: OffsetDateTime, days: &[Date]) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        for day in days {
            let finished = DayRun {
                day: *day,
                started_at,
                finished_at: self.clock.now(),
                accounts: report.seen,
                charged: report.charged,
                total: report.total.kopecks(),
            };
            runs::finish(&mut tx, &finished).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(crate) async fn hold_lease(&self, holder: Uuid) -> Result<bool, Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let held = runs::lease(&mut tx, LEASE, holder, now, now + LEASE_LASTS).await?;
        tx.commit().await?;
        Ok(held)
    }

    async fn run_chunk(&self, chunk: Vec<Held>, now: Now, report: &mut RunReport) -> Result<(), Error> {
        let ground = Ground::load(&mut self.store.read().await?).await?;
        report.seen += chunk.len() as i64;
        let (mut bulk, mut single) = (Vec::with_capacity(chunk.len()), Vec::new());
        for held in chunk {
            let (pause, address) = (held.account.pause, held.address.map(|of| of.service_id));
            let mut account = held.account;
            let settled =
                catch_unwind(AssertUnwindSafe(|| settle(&mut account, &ground.catalogue, &ground.policy, now)));
            // Whatever touches more than the bulk writes, and whatever cannot be computed, is done by itself.
            let bulky = |done: &Settlement| {
                done.started.is_none()
                    && done.unblocked_since.is_none()
                    && done.forgiven.days == 0
                    && !done.promise_paid
                    && !done.released
            };
            let Some(done) = settled.ok().filter(bulky).filter(|_| account.pause == pause) else {
                single.push((held.id, held.contract));
                continue;
            };
            if done.is_empty() {
                report.already += 1;
            } else {
                let (id, service_id, revision) = (held.id, held.service_id, held.revision);
                let (entries, blocked) = (done.entries, done.blocked);
                let settled = Settled { id, service_id, address, revision, account, entries, blocked };
                bulk.push((settled, held.contract));
            }
        }
        let (rows, contracts): (Vec<Settled>, Vec<String>) = bulk.into_iter().unzip();
        let written: HashSet<Uuid> = self.write_chunk(&rows, &ground, now).await?.into_iter().collect();
        for (settled, contract) in rows.into_iter().zip(contracts) {
            if written.contains(&settled.id) {
                report.charged += i64::from(!settled.entries.is_empty());
                report.blocked += i64::from(settled.blocked);
                report.total -= settled.entries.iter().map(|entry| entry.amount).sum();
            } else {
                single.push((settled.id, contract));
            }
        }
        for (id, contract) in single {
            // One account that cannot be charged must not keep the others from being charged.
            match AssertUnwindSafe(self.run_one(id, now.today, report)).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(Error::Store(error @ StoreError::Unavailable(_)))) => return Err(error.into()),
                Ok(Err(error)) => report.failed.push((contract, error.to_string())),
                Err(panic) => report.failed.push((contract, told(&*panic))),
            }
        }
        Ok(())
    }

    /// A chunk that met a lock it could not wait for, or a row that cannot be written, is redone one by one.
    async fn write_chunk(&self, rows: &[Settled], ground: &Ground, now: Now) -> Result<Vec<Uuid>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write().await?;
        match runs::write_bulk(&mut tx, now.today, now.instant, rows).await {
            Ok(written) => {
                let stopped: HashSet<Uuid> = rows.iter().filter(|row| row.blocked).map(|row| row.id).collect();
                let stopped = written.iter().copied().filter(|id| stopped.contains(id)).collect();
                self.tell_of_blocks(&mut tx, &stopped, &ground.policy, now).await?;
                self.stop_in_network(&mut tx, &stopped, now.instant).await?;
                tx.commit().await?;
                Ok(written)
            }
            Err(error @ StoreError::Unavailable(_)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, accounts = rows.len(), "a chunk was not written at once");
                Ok(Vec::new())
            }
        }
    }

    /// One account under its lock: those that moved meanwhile, and those whose tariff or standing changes.
    async fn run_one(&self, id: Uuid, today: Date, report: &mut RunReport) -> Result<(), Error> {
        let mut work = self.lock_account(id).await?;
        work.now.today = today.max(work.last_day);
        let done = work.settle().await?;
        work.commit().await?;
        if done.is_empty() {
            report.already += 1;
        }
        report.charged += i64::from(!done.entries.is_empty());
        report.blocked += i64::from(done.blocked);
        report.forgiven_days += done.forgiven.days;
        report.forgiven += done.forgiven.amount;
        report.total -= done.entries.iter().map(|entry| entry.amount).sum();
        Ok(())
    }
}

/// What a panic said.
pub(crate) fn told(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a fault without a word").to_owned()
}
