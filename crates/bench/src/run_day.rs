//! The whole daily run beside one idempotent set-based statement that writes the same columns and indexes.

use crate::book;
use crate::figures::{self, Table};
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::run_day::RunReport;
use cabinet_service::{Chance, Service, SteppedClock};
use cabinet_store::Store;
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::Date;
use time::macros::{date, time};

const BEFORE: Date = date!(2025 - 12 - 31);

/// The product with a clock of its own.
pub struct Product {
    /// The use cases.
    pub service: Service,
    clock: Arc<SteppedClock>,
}

impl Product {
    /// Over a filled book.
    pub fn over(store: Store) -> Product {
        let clock = Arc::new(SteppedClock::at_local(BEFORE, time!(0:05)));
        let access = Access::new(&[0; 32], AccessSettings::default()).expect("a secret of 32 bytes");
        Product { service: Service::new(store, clock.clone(), Chance::seeded(1), access), clock }
    }

    /// The daily run of a day.
    pub async fn at(&self, day: Date) -> RunReport {
        self.clock.set_local(day, time!(0:05));
        self.service.run_day(day, |_, _| ()).await.expect("runs")
    }

    async fn run(&self, day: Date, accounts: i64) -> Duration {
        let started = Instant::now();
        let report = self.at(day).await;
        let took = started.elapsed();
        assert!(report.done_before || report.charged == accounts, "{report:?}");
        took
    }
}

/// How long a statement takes.
pub async fn execute(connection: impl Executor<'_>, sql: String) -> Duration {
    let started = Instant::now();
    connection.execute(AssertSqlSafe(sql)).await.expect("the floor runs");
    started.elapsed()
}

/// The ratios of both engines.
pub async fn measure(admin: &str, accounts: i64, days: i64, table: &mut Table) {
    println!("daily run: {accounts} active accounts, {days} days, product and floor alternating");
    let (store, mut filler) = book::postgres(admin, "bench_product").await;
    let (_floor_store, mut floor) = book::postgres(admin, "bench_floor").await;
    for sql in book::fill_postgres(accounts, BEFORE) {
        filler.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        floor.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let product = Product::over(store);
    let bare = async |day| execute(&mut floor, book::floor_postgres(day)).await;
    alternate("PostgreSQL", 2.0, &product, (accounts, days), bare, table).await;
    product.service.store.close().await;

    let directory = tempfile::tempdir().expect("a directory");
    let (store, mut filler) = book::sqlite(directory.path(), "product.db").await;
    let (floor_store, mut floor) = book::sqlite(directory.path(), "floor.db").await;
    floor_store.close().await;
    floor.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").await.expect("sets");
    for sql in book::fill_sqlite(accounts, BEFORE) {
        filler.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        floor.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    drop(filler);
    let product = Product::over(store);
    let bare = async |day| execute(&mut floor, book::floor_sqlite(day)).await;
    alternate("SQLite", 4.0, &product, (accounts, days), bare, table).await;
    table.at_most("run_day: peak memory", figures::peak_mebibytes() as f64, 300.0, " MiB", String::new());
}

/// Product and floor in turn, day by day.
async fn alternate(
    engine: &str,
    at_most: f64,
    product: &Product,
    (accounts, days): (i64, i64),
    mut floor: impl AsyncFnMut(Date) -> Duration,
    table: &mut Table,
) {
    let first = date!(2026 - 01 - 01);
    let (mut ours, mut bare, mut again) = (vec![], vec![], vec![]);
    for day in cabinet_core::calendar::days(first, first + time::Duration::days(days - 1)) {
        let (run, repeated, bound) =
            (product.run(day, accounts).await, product.run(day, accounts).await, floor(day).await);
        println!("  {engine} {day}: product {run:.1?}, floor {bound:.1?}");
        ours.push(run);
        again.push(repeated);
        bare.push(bound);
    }
    let ratio = figures::ratio(&figures::seconds(&ours), &figures::seconds(&bare));
    let beside = format!("product {:.1?}, floor {:.1?}", figures::median(&ours), figures::median(&bare));
    table.at_most(format!("run_day, {engine}: time beside the floor"), ratio, at_most, "", beside);
    let again = figures::median(&again).as_secs_f64() * 1000.0;
    table.at_most(format!("run_day, {engine}: the same day again"), again, 50.0, " ms", String::new());
}
