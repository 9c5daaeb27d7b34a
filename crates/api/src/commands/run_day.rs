//! `cabinet run-day`.

use super::{Failure, bar, counted, parse_day, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::calendar::days;
use cabinet_service::run_day::RunReport;
use time::Date;

/// Which days.
#[derive(clap::Args)]
pub(super) struct RunDay {
    /// The day to charge; today unless given
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with_all = ["from", "to"])]
    date: Option<Date>,
    /// The first of several days, with --to
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "to")]
    from: Option<Date>,
    /// The last of several days, with --from
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "from")]
    to: Option<Date>,
}

impl RunDay {
    pub(super) async fn carry_out(&self, config: &Config) -> Result<(), Failure> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && from > to
        {
            return Err(Failure::Usage(format!("--from {from} lies after --to {to}")));
        }
        let service = serve::open_made(config).await?;
        let today = service.now().today;
        let (first, last) = match (self.date, self.from, self.to) {
            (Some(day), ..) => (day, day),
            (None, Some(from), Some(to)) => (from, to),
            _ => (today, today),
        };
        if last > today {
            return Err(Failure::Told(format!("{last} has not come yet: today is {today}")));
        }
        let mut whole = true;
        for day in days(first, last) {
            let bar = bar("accounts");
            let report = service
                .run_day(day, |seen, due| {
                    bar.set_length(u64::try_from(due).unwrap_or_default());
                    bar.set_position(u64::try_from(seen).unwrap_or_default());
                })
                .await?;
            bar.finish_and_clear();
            tell(&report)?;
            whole &= report.failed.is_empty() && !report.busy_elsewhere;
        }
        service.store.close().await;
        if whole { Ok(()) } else { Err(Failure::Broken) }
    }
}

fn tell(report: &RunReport) -> Result<(), Failure> {
    let day = report.day;
    if report.busy_elsewhere {
        eprintln!("{day}: another run is at work; this one did nothing");
        return Ok(());
    }
    if report.done_before {
        return say(format!("{day}: charged before, nothing to do"));
    }
    if report.seen == 0 && report.bills == 0 && report.failed.is_empty() {
        return say(format!("{day}: no account was due, nothing to do"));
    }
    let seen = counted(report.seen, "account", "accounts");
    let mut told = format!(
        "{day}: {seen} seen in {:.1?}: {} charged ({}), {} blocked, {} needed nothing",
        report.took, report.charged, report.total, report.blocked, report.already
    );
    if report.forgiven_days > 0 {
        let days = counted(report.forgiven_days, "missed day", "missed days");
        told.push_str(&format!("; {days} forgiven ({})", report.forgiven));
    }
    if report.bills > 0 {
        told.push_str(&format!("; {} made", counted(report.bills, "bill", "bills")));
    }
    if !report.failed.is_empty() {
        told.push_str(&format!("; {} failed", report.failed.len()));
    }
    say(told)?;
    for (contract, why) in &report.failed {
        eprintln!("cabinet: contract {contract}: {why}");
    }
    Ok(())
}
