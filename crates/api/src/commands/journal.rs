//! `cabinet journal`: the book as double entry, for the accountant.

use super::table::{Form, csv};
use super::{Failure, counted, parse_day, put};
use crate::config::Config;
use crate::serve;
use cabinet_core::Money;
use cabinet_core::journal::{self, Line};
use serde::Serialize;
use time::Date;

/// Which days, and how.
#[derive(clap::Args)]
pub(super) struct Journal {
    /// The first day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from: Date,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Date,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// The journal as JSON.
#[derive(Serialize)]
struct Written<'j> {
    from: Date,
    to: Date,
    currency: &'static str,
    debits: Money,
    credits: Money,
    lines: &'j [Line],
}

impl Journal {
    pub(super) async fn carry_out(&self, config: &Config) -> Result<(), Failure> {
        let (from, to) = (self.from, self.to);
        if to < from {
            return Err(Failure::Usage(format!("--from {from} lies after --to {to}")));
        }
        let service = serve::open_made(config).await?;
        let bar = indicatif::ProgressBar::new_spinner().with_message("entries read");
        let found = service
            .journal(from, to, |read| {
                bar.set_message(counted(read, "entry read", "entries read"));
                bar.tick();
            })
            .await?;
        bar.finish_and_clear();
        service.store.close().await;
        let lines = found.lines(|name| config.journal.named(name).to_owned());
        let (debits, credits) = journal::totals(&lines);
        match self.format {
            Form::Csv => {
                let headings = ["date", "kind", "account", "contra", "debit", "credit", "entries"];
                let row = |line: &Line| {
                    [
                        line.date.to_string(),
                        line.kind.code().to_owned(),
                        line.account.clone(),
                        line.contra.clone(),
                        line.debit.to_string(),
                        line.credit.to_string(),
                        line.entries.to_string(),
                    ]
                };
                put(&csv(headings, lines.iter().map(row)))?;
            }
            Form::Json => {
                let written = Written { from, to, currency: "UAH", debits, credits, lines: &lines };
                let text = serde_json::to_string_pretty(&written).expect("a journal is JSON");
                put(&format!("{text}\n"))?;
            }
        }
        eprintln!("{}; debits {debits}, credits {credits}", counted(lines.len() as i64, "line", "lines"));
        if debits == credits { Ok(()) } else { Err(Failure::Broken) }
    }
}
