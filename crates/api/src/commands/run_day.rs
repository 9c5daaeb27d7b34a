//! `cabinet run-day`.

use super::{Failure, Which, bar, parse_day};
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
    /// The first of several days
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "to")]
    from: Option<Date>,
    /// The last of several days
    #[arg(long, value_name = "DAY", value_parser = parse_day, requires = "from")]
    to: Option<Date>,
    #[command(flatten)]
    pub(super) which: Which,
}

impl RunDay {
    pub(super) async fn carry_out(&self, config: Config) -> Result<(), Failure> {
        let service = serve::open(&config).await?;
        let today = service.now().today;
        let (first, last) = match (self.date, self.from, self.to) {
            (Some(day), ..) => (day, day),
            (None, Some(from), Some(to)) => (from, to),
            _ => (today, today),
        };
        if first > last {
            return Err(Failure::Told(format!("--from {first} lies after --to {last}")));
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
            tell(&report);
            whole &= report.failed.is_empty() && !report.busy_elsewhere;
        }
        service.store.close().await;
        if whole { Ok(()) } else { Err(Failure::Broken) }
    }
}

fn tell(report: &RunReport) {
    if report.busy_elsewhere {
        eprintln!("{}: another run is at work; this one did nothing", report.day);
        return;
    }
    if report.done_before {
        println!("{}: done before, nothing to do ({:.1?})", report.day, report.took);
        return;
    }
    println!(
        "{}: {} accounts seen, {} charged, {} blocked, {} needed nothing, {} failed; {} taken; {} days forgiven ({}); {:.1?}",
        report.day,
        report.seen,
        report.charged,
        report.blocked,
        report.already,
        report.failed.len(),
        report.total,
        report.forgiven_days,
        report.forgiven,
        report.took
    );
    for (contract, why) in &report.failed {
        eprintln!("  contract {contract}: {why}");
    }
}
