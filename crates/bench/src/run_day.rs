//! The whole daily run beside one idempotent set-based statement that writes the same columns and indexes.

use crate::{book, figures};
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::{Chance, Service, SteppedClock};
use cabinet_store::Store;
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::Date;
use time::macros::{date, time};

const BEFORE: Date = date!(2025 - 12 - 31);

struct Product {
    service: Service,
    clock: Arc<SteppedClock>,
}

impl Product {
    fn over(store: Store) -> Product {
        let clock = Arc::new(SteppedClock::at_local(BEFORE, time!(0:05)));
        let access = Access::new(&[0; 32], AccessSettings::default()).expect("a secret of 32 bytes");
        Product { service: Service::new(store, clock.clone(), Chance::seeded(1), access), clock }
    }

    async fn run(&self, day: Date, accounts: i64) -> Duration {
        self.clock.set_local(day, time!(0:05));
        let started = Instant::now();
        let report = self.service.run_day(day, |_, _| ()).await.expect("runs");
        let took = started.elapsed();
        assert!(report.done_before || report.charged == accounts, "{report:?}");
        took
    }
}

async fn execute(connection: impl Executor<'_>, sql: String) -> Duration {
    let started = Instant::now();
    connection.execute(AssertSqlSafe(sql)).await.expect("the floor runs");
    started.elapsed()
}

/// Prints the ratios of both engines.
pub async fn measure(admin: &str, accounts: i64, days: i64) {
    println!("daily run, {accounts} active accounts, {days} days, product and floor alternating");
    let (store, mut filler) = book::postgres(admin, "bench_product").await;
    let (_floor_store, mut floor) = book::postgres(admin, "bench_floor").await;
    for sql in book::fill_postgres(accounts, BEFORE) {
        filler.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        floor.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let product = Product::over(store);
    alternate("PostgreSQL", 2, &product, accounts, days, async |day| {
        execute(&mut floor, book::floor_postgres(day)).await
    })
    .await;

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
    alternate("SQLite", 4, &product, accounts, days, async |day| execute(&mut floor, book::floor_sqlite(day)).await)
        .await;
    println!("{:<28} {} MiB (at most 300)", "peak memory of the run", figures::peak_mebibytes());
}

/// Product and floor in turn, day by day; prints each pair and the medians.
async fn alternate(
    engine: &str,
    at_most: u32,
    product: &Product,
    accounts: i64,
    days: i64,
    mut floor: impl AsyncFnMut(Date) -> Duration,
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
    figures::pair(&format!("run_day on {engine}"), &ours, &bare, at_most);
    println!("{:<28} {:.1?} (at most 50 ms)", "the same day again", figures::median(&again));
}
