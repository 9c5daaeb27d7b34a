//! The daily run (RULES §1): settles every account through a day, in bulk, idempotently.
//!
//! Correctness rests on the account's revision, compared when a chunk is written; the lease only spares two runners the
//! same work.

use crate::{Error, Service};
use cabinet_core::accrual::settle;
use cabinet_core::{Money, Now, Refusal};
use cabinet_store::accounts::{self, Held};
use cabinet_store::acts;
use cabinet_store::runs::{self, DayRun, Settled};
use std::collections::HashSet;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// How many accounts are computed and written together: a chunk's memory is all the run needs.
const CHUNK: i64 = 5_000;
const LEASE: &str = "run_day";
const LEASE_LASTS: Duration = Duration::minutes(2);
const ANSWERS_KEPT: Duration = Duration::hours(24);

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
        let now = Now { instant: started_at, today };
        let due = accounts::count_due(&mut self.store.read().await?, today).await?;
        let mut after = Uuid::nil();
        loop {
            let chunk = accounts::due(&mut self.store.read().await?, today, after, CHUNK).await?;
            let Some(last) = chunk.last() else { break };
            after = last.id;
            self.run_chunk(chunk, now, &mut report).await?;
            progress(report.seen, due);
            self.hold_lease(holder).await?;
        }
        if report.failed.is_empty() {
            self.mark(&report, started_at, &[day, today]).await?;
        }
        let mut tx = self.store.write().await?;
        acts::forget(&mut tx, started_at - ANSWERS_KEPT, started_at - ANSWERS_KEPT).await?;
        runs::release(&mut tx, LEASE, holder).await?;
        tx.commit().await?;
        report.took = started.elapsed();
        Ok(report)
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

    async fn hold_lease(&self, holder: Uuid) -> Result<bool, Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let held = runs::lease(&mut tx, LEASE, holder, now, now + LEASE_LASTS).await?;
        tx.commit().await?;
        Ok(held)
    }

    async fn run_chunk(&self, chunk: Vec<Held>, now: Now, report: &mut RunReport) -> Result<(), Error> {
        let ground = self.ground().await?;
        report.seen += chunk.len() as i64;
        let (mut bulk, mut single) = (Vec::with_capacity(chunk.len()), Vec::new());
        for held in chunk {
            let mut account = held.account;
            let done = settle(&mut account, &ground.catalogue, &ground.policy, now);
            if done.started.is_some() || done.unblocked_since.is_some() {
                single.push((held.id, held.contract));
            } else if done.is_empty() {
                report.already += 1;
            } else {
                report.forgiven_days += done.forgiven.days;
                report.forgiven += done.forgiven.amount;
                let (id, service_id, revision) = (held.id, held.service_id, held.revision);
                let settled =
                    Settled { id, service_id, revision, account, entries: done.entries, blocked: done.blocked };
                bulk.push((settled, done.forgiven, held.contract));
            }
        }
        let rows: Vec<Settled> = bulk.iter().map(|(settled, ..)| settled.clone()).collect();
        let written: HashSet<Uuid> = self.write_chunk(&rows, now).await?.into_iter().collect();
        for (settled, forgiven, contract) in bulk {
            if written.contains(&settled.id) {
                report.charged += i64::from(!settled.entries.is_empty());
                report.blocked += i64::from(settled.blocked);
                report.total -= settled.entries.iter().map(|entry| entry.amount).sum();
            } else {
                report.forgiven_days -= forgiven.days;
                report.forgiven -= forgiven.amount;
                single.push((settled.id, contract));
            }
        }
        for (id, contract) in single {
            if let Err(error) = self.run_one(id, now, report).await {
                report.failed.push((contract, error.to_string()));
            }
        }
        Ok(())
    }

    /// A chunk that met a lock it could not wait for is redone one by one.
    async fn write_chunk(&self, rows: &[Settled], now: Now) -> Result<Vec<Uuid>, Error> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store.write().await?;
        match runs::write_bulk(&mut tx, now.today, now.instant, rows).await {
            Ok(written) => {
                tx.commit().await?;
                Ok(written)
            }
            Err(error) if error.is_transient() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// One account under its lock: those that moved meanwhile, and those whose tariff or standing changes.
    async fn run_one(&self, id: Uuid, now: Now, report: &mut RunReport) -> Result<(), Error> {
        let mut work = self.lock_account(id).await?;
        work.now = now;
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
