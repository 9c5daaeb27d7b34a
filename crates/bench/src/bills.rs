//! The bills of the 1st for every account beside one set-based statement that writes the same rows.

use crate::book;
use crate::figures::{self, Table};
use crate::run_day::{Product, execute};
use cabinet_core::Month;
use cabinet_core::calendar::{days, tomorrow, yesterday};
use sqlx::{AssertSqlSafe, Executor};
use std::time::{Duration, Instant};
use time::Date;
use time::macros::date;

/// The last day before the month that is closed.
const BEFORE: Date = date!(2025 - 12 - 31);
/// The day the bills are made.
const FIRST: Date = date!(2026 - 02 - 01);

/// The ratios of both engines. Each round closes the same month of fresh copies of the same book.
pub async fn measure(admin: &str, accounts: i64, rounds: usize, table: &mut Table) {
    println!(
        "bills of {accounts} accounts with {} charges each, product and floor alternating",
        days(tomorrow(BEFORE), FIRST).count()
    );
    let (store, mut ours) = book::postgres(admin, "bench_bills").await;
    let (_floor_store, mut theirs) = book::postgres(admin, "bench_bills_floor").await;
    for sql in lived(book::fill_postgres(accounts, BEFORE), book::floor_postgres) {
        ours.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        theirs.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    for filled in [&mut ours, &mut theirs] {
        filled.execute("VACUUM ANALYZE").await.expect("vacuums");
    }
    let product = Product::over(store);
    let (mut took, mut bound) = (vec![], vec![]);
    for _ in 0..rounds {
        for emptied in [&mut ours, &mut theirs] {
            emptied.execute("TRUNCATE bill, bill_run, day_run").await.expect("empties");
        }
        took.push(closes(&product, accounts).await);
        bound.push(execute(&mut theirs, floor()).await);
        told("PostgreSQL", &took, &bound);
    }
    judge("PostgreSQL", &took, &bound, table);
    product.service.store.close().await;

    let directory = tempfile::tempdir().expect("a directory");
    let (store, mut ours) = book::sqlite(directory.path(), "bills.db").await;
    let (floor_store, mut theirs) = book::sqlite(directory.path(), "bills-floor.db").await;
    floor_store.close().await;
    theirs.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").await.expect("sets");
    for sql in lived(book::fill_sqlite(accounts, BEFORE), book::floor_sqlite) {
        ours.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        theirs.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let product = Product::over(store);
    let (mut took, mut bound) = (vec![], vec![]);
    for _ in 0..rounds {
        for emptied in [&mut ours, &mut theirs] {
            emptied.execute("DELETE FROM bill; DELETE FROM bill_run; DELETE FROM day_run").await.expect("empties");
        }
        took.push(closes(&product, accounts).await);
        bound.push(execute(&mut theirs, floor()).await);
        told("SQLite", &took, &bound);
    }
    judge("SQLite", &took, &bound, table);
}

/// A book charged from its filling through [`FIRST`], with which another month's count begins.
fn lived(filled: Vec<String>, charge: fn(Date) -> String) -> Vec<String> {
    let charged = days(tomorrow(BEFORE), yesterday(FIRST)).map(charge);
    let anew = format!("UPDATE service SET count_month = '{FIRST}', count_days = 0");
    filled.into_iter().chain(charged).chain([anew, charge(FIRST)]).collect()
}

/// The daily run of [`FIRST`], everybody charged already: what is left to it is the bills.
async fn closes(product: &Product, accounts: i64) -> Duration {
    let started = Instant::now();
    let report = product.at(FIRST).await;
    let took = started.elapsed();
    assert_eq!((report.charged, report.bills), (0, accounts), "{report:?}");
    took
}

fn told(engine: &str, took: &[Duration], bound: &[Duration]) {
    if let (Some(took), Some(bound)) = (took.last(), bound.last()) {
        println!("  {engine}: product {took:.1?}, floor {bound:.1?}");
    }
}

fn judge(engine: &str, took: &[Duration], bound: &[Duration], table: &mut Table) {
    let ratio = figures::ratio(&figures::seconds(took), &figures::seconds(bound));
    let beside = format!("product {:.1?}, floor {:.1?}", figures::median(took), figures::median(bound));
    table.at_most(format!("bills, {engine}: time beside the floor"), ratio, 4.0, "", beside);
}

/// The floor: one statement that writes the same columns; the lines as texts of their usual length.
fn floor() -> String {
    let closed = Month::of(FIRST).previous();
    let (first, last) = (closed.first(), closed.last());
    let line = r#"{"kind":"tariff_charge","tariff":"home-20","span":["2026-01-01","2026-01-31"],"quantity":31,"price":5000,"amount":-5000}"#;
    format!(
        "INSERT INTO bill (account_id, month, dated, number, first_seq, last_seq, opening, charged, paid, closing, \
             to_pay, due_on, lines, made_at) \
         SELECT a.id, '{first}', '{FIRST}', a.contract || '-2026-02', m.first_seq, m.last_seq, \
             a.balance - m.amount - s.amount, -m.amount, 0, a.balance - s.amount, \
             CASE WHEN a.balance - s.amount < 5000 THEN 5000 - a.balance + s.amount ELSE 0 END, NULL, \
             '{{\"charges\":[' || '{line}' || '],\"credits\":[],\"ahead\":[' || '{line}' || ']}}', \
             '{FIRST}T00:05:00Z' \
         FROM account a \
         JOIN (SELECT account_id, MIN(seq) AS first_seq, MAX(seq) AS last_seq, CAST(SUM(amount) AS BIGINT) AS amount \
             FROM entry WHERE posted_on >= '{first}' AND posted_on <= '{last}' GROUP BY account_id, kind, tariff_code, fee) m \
             ON m.account_id = a.id \
         JOIN (SELECT account_id, CAST(SUM(amount) AS BIGINT) AS amount FROM entry WHERE posted_on > '{last}' \
             GROUP BY account_id) s ON s.account_id = a.id \
         WHERE true ON CONFLICT (account_id, month) DO NOTHING"
    )
}
