//! `cabinet report`: what the office reads of the whole book.

use super::table::{Form, csv};
use super::{Failure, counted, for_staff, parse_day, put};
use crate::config::Config;
use crate::serve;
use cabinet_core::{Money, Refusal};
use cabinet_service::Service;
use cabinet_service::keep_journal::sum_up;
use clap::{Args, Subcommand};
use serde::Serialize;
use time::Date;
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum Report {
    /// What came in and went back, by day and way
    Money(Days),
    /// What each tariff earned
    Charges(Days),
    /// Whose balance is below zero, the largest debt first
    Debtors(Whole),
}

/// Which days, and how.
#[derive(Args)]
pub(super) struct Days {
    /// The first day; the last one unless given
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from: Option<Date>,
    /// The last day, at most a year after the first; today unless given
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<Date>,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// How.
#[derive(Args)]
pub(super) struct Whole {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Rows read at once.
const PAGE: i64 = 1000;

impl Report {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Report::Money(days) => money(&service, &days).await?,
            Report::Charges(days) => charges(&service, &days).await?,
            Report::Debtors(whole) => debtors(&service, whole.format).await?,
        }
        service.store.close().await;
        Ok(())
    }
}

impl Days {
    fn read(&self, service: &Service) -> (Date, Date) {
        let to = self.to.unwrap_or_else(|| service.now().today);
        (self.from.unwrap_or(to), to)
    }
}

/// What is wrong with days that were refused.
fn days_wrong(refusal: &Refusal) -> Option<String> {
    let Refusal::FieldInvalid { .. } = refusal else { return None };
    Some("--to lies on --from or later, and at most a year after it".to_owned())
}

/// Writes rows as they were asked for.
fn write<const N: usize, R: Serialize>(
    form: Form,
    headings: [&str; N],
    rows: &[R],
    cells: impl Fn(&R) -> [String; N],
) -> Result<(), Failure> {
    match form {
        Form::Csv => put(&csv(headings, rows.iter().map(cells))),
        Form::Json => put(&format!("{}\n", serde_json::to_string_pretty(rows).expect("rows are JSON"))),
    }
}

async fn money(service: &Service, days: &Days) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Row {
        date: Date,
        method: String,
        payments: i64,
        paid: Money,
        returned: Money,
    }
    let (from, to) = days.read(service);
    let found = for_staff(service.report_money(from, to).await, days_wrong)?;
    let (paid, returned, vouchers) = sum_up(&found);
    let rows: Vec<Row> = found
        .into_iter()
        .map(|one| Row {
            date: one.day,
            method: one.method,
            payments: one.payments,
            paid: one.paid,
            returned: one.returned,
        })
        .collect();
    write(days.format, ["date", "method", "payments", "paid", "returned"], &rows, |row| {
        [
            row.date.to_string(),
            row.method.clone(),
            row.payments.to_string(),
            row.paid.to_string(),
            row.returned.to_string(),
        ]
    })?;
    eprintln!("{from} to {to}: {paid} paid, {returned} returned; vouchers for {vouchers} redeemed");
    Ok(())
}

async fn charges(service: &Service, days: &Days) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Row {
        tariff: String,
        contracts: i64,
        days: i64,
        charged: Money,
        returned: Money,
    }
    let (from, to) = days.read(service);
    let found = for_staff(service.report_charges(from, to).await, days_wrong)?;
    let rows: Vec<Row> = found
        .into_iter()
        .map(|one| Row {
            tariff: one.tariff_code,
            contracts: one.accounts,
            days: one.days,
            charged: Money::from_kopecks(one.charged),
            returned: Money::from_kopecks(one.returned),
        })
        .collect();
    write(days.format, ["tariff", "contracts", "days", "charged", "returned"], &rows, |row| {
        [
            row.tariff.clone(),
            row.contracts.to_string(),
            row.days.to_string(),
            row.charged.to_string(),
            row.returned.to_string(),
        ]
    })?;
    let earned: Money = rows.iter().map(|row| row.charged - row.returned).sum();
    eprintln!("{from} to {to}: {earned} earned");
    Ok(())
}

async fn debtors(service: &Service, form: Form) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Row {
        contract: String,
        name: String,
        phones: String,
        debt: Money,
        blocked_since: Option<Date>,
        promised_until: Option<Date>,
    }
    let mut rows = Vec::new();
    let mut after: Option<(Money, Uuid)> = None;
    loop {
        let (found, next) = service.list_debtors(after, PAGE).await?;
        rows.extend(found.into_iter().map(|one| {
            let words = [one.last_name, one.first_name, one.middle_name];
            Row {
                contract: one.contract,
                name: words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" "),
                phones: one.phones,
                debt: Money::from_kopecks(-one.balance),
                blocked_since: one.blocked_since,
                promised_until: one.promised_until,
            }
        }));
        after = next;
        if after.is_none() {
            break;
        }
    }
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    write(form, ["contract", "name", "phones", "debt", "blocked_since", "promised_until"], &rows, |row| {
        [
            row.contract.clone(),
            row.name.clone(),
            row.phones.clone(),
            row.debt.to_string(),
            day(row.blocked_since),
            day(row.promised_until),
        ]
    })?;
    let debt: Money = rows.iter().map(|row| row.debt).sum();
    eprintln!("{} below zero by {debt}", counted(rows.len() as i64, "contract", "contracts"));
    Ok(())
}
