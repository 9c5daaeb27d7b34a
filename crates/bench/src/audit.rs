//! `cabinet audit` beside a bare window query over the same rows.

use crate::book;
use crate::figures::{self, Table};
use crate::run_day::{Product, execute};
use cabinet_core::calendar::yesterday;
use cabinet_core::{Money, Month};
use sqlx::{AssertSqlSafe, Executor};
use std::time::{Duration, Instant};
use time::macros::date;

/// The month every account was charged for, after a payment on the day before.
const MONTH: time::Date = date!(2026 - 01 - 01);
/// Entries of each account.
pub const ENTRIES: i64 = 32;

/// What no check of a book can do without: every row numbered and summed up within its account, and compared.
const FLOOR: &str = "SELECT COUNT(*) FROM (SELECT seq, balance_after, COUNT(*) OVER w AS number, SUM(amount) OVER w AS total \
     FROM entry WINDOW w AS (PARTITION BY account_id ORDER BY seq)) AS summed \
     WHERE number <> seq OR total <> balance_after";

/// The ratios of both engines.
pub async fn measure(admin: &str, accounts: i64, rounds: usize, table: &mut Table) {
    println!("audit of {accounts} accounts with {ENTRIES} entries each, product and floor alternating");
    let (store, mut filler) = book::postgres(admin, "bench_audit").await;
    for sql in lived(book::fill_postgres(accounts, yesterday(MONTH))) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    filler.execute("VACUUM ANALYZE").await.expect("vacuums");
    let product = Product::over(store);
    let floor = async || execute(&mut filler, FLOOR.to_owned()).await;
    alternate("PostgreSQL", &product, (accounts, rounds), floor, table).await;
    product.service.store.close().await;

    let directory = tempfile::tempdir().expect("a directory");
    let (store, mut filler) = book::sqlite(directory.path(), "audit.db").await;
    for sql in lived(book::fill_sqlite(accounts, yesterday(MONTH))) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    filler.execute("ANALYZE").await.expect("analyses");
    let product = Product::over(store);
    let floor = async || execute(&mut filler, FLOOR.to_owned()).await;
    alternate("SQLite", &product, (accounts, rounds), floor, table).await;
    product.service.store.close().await;
}

/// Product and floor in turn.
async fn alternate(
    engine: &str,
    product: &Product,
    (accounts, rounds): (i64, usize),
    mut floor: impl AsyncFnMut() -> Duration,
    table: &mut Table,
) {
    let (mut took, mut bound) = (vec![], vec![]);
    for _ in 0..rounds {
        bound.push(floor().await);
        let started = Instant::now();
        let report = product.service.audit_book(|_, _| ()).await.expect("audits");
        took.push(started.elapsed());
        assert_eq!((report.accounts, report.entries, report.broken), (accounts, accounts * ENTRIES, None));
        if let (Some(took), Some(bound)) = (took.last(), bound.last()) {
            println!("  {engine}: product {took:.1?}, floor {bound:.1?}");
        }
    }
    let ratio = figures::ratio(&figures::seconds(&took), &figures::seconds(&bound));
    let beside = format!("product {:.1?}, floor {:.1?}", figures::median(&took), figures::median(&bound));
    table.at_most(format!("audit, {engine}: time beside the floor"), ratio, 2.0, "", beside);
    let entries = accounts * ENTRIES;
    let speed = entries as f64 / figures::median(&took).as_secs_f64();
    table.told(format!("audit, {engine}: entries a second"), speed, "", format!("of {entries}"));
}

/// The filled book with a payment and a month's charges of every account.
fn lived(filled: Vec<String>) -> Vec<String> {
    let month = Month::of(MONTH);
    let (fee, paid) = (Money::from_kopecks(50_00), 1_000_00);
    let charged = |days: u8| fee.share(days, month.days()).kopecks();
    let payment = format!(
        "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, actor) \
         SELECT id, 1, '{day}', '{day}T09:00:00Z', 'cash_payment', {paid}, {paid}, 'staff' FROM account",
        day = yesterday(MONTH),
    );
    let days = (1..=month.days()).map(|number| {
        let day = MONTH + time::Duration::days(i64::from(number) - 1);
        format!(
            "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
             tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
             SELECT id, {seq}, '{day}', '{day}T00:05:00Z', 'tariff_charge', {amount}, {balance}, id, 'home-20', '{day}', \
             '{day}', {fee}, {before}, {number}, 'system' FROM account",
            seq = i64::from(number) + 1,
            amount = charged(number - 1) - charged(number),
            balance = paid - charged(number),
            fee = fee.kopecks(),
            before = number - 1,
        )
    });
    let ends = [
        format!("UPDATE account SET entries = {ENTRIES}, balance = {}", paid - charged(month.days())),
        format!(
            "UPDATE service SET charged_through = '{last}', count_fee = {fee}, count_month = '{MONTH}', count_days = {days}",
            last = month.last(),
            fee = fee.kopecks(),
            days = month.days(),
        ),
    ];
    filled.into_iter().chain([payment]).chain(days).chain(ends).collect()
}
