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
    let (mut ours, mut bare, mut again) = (vec![], vec![], vec![]);
    for day in
        cabinet_core::calendar::days(date!(2026 - 01 - 01), date!(2026 - 01 - 01) + time::Duration::days(days - 1))
    {
        ours.push(product.run(day, accounts).await);
        again.push(product.run(day, accounts).await);
        bare.push(execute(&mut floor, book::floor_postgres(day)).await);
        println!(
            "  PostgreSQL {day}: product {:.1?}, floor {:.1?}",
            ours.last().expect("one"),
            bare.last().expect("one")
        );
    }
    figures::pair("run_day on PostgreSQL", &ours, &bare, 2);
    println!("{:<28} {:.1?} (at most 50 ms)", "the same day again", figures::median(&again));

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
    let (mut ours, mut bare, mut again) = (vec![], vec![], vec![]);
    for day in
        cabinet_core::calendar::days(date!(2026 - 01 - 01), date!(2026 - 01 - 01) + time::Duration::days(days - 1))
    {
        ours.push(product.run(day, accounts).await);
        again.push(product.run(day, accounts).await);
        bare.push(execute(&mut floor, book::floor_sqlite(day)).await);
        println!("  SQLite {day}: product {:.1?}, floor {:.1?}", ours.last().expect("one"), bare.last().expect("one"));
    }
    figures::pair("run_day on SQLite", &ours, &bare, 4);
    println!("{:<28} {:.1?} (at most 50 ms)", "the same day again", figures::median(&again));
    println!("{:<28} {} MiB (at most 300)", "peak memory of the run", figures::peak_mebibytes());
}
