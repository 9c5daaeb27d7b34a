//! A month of any account among a million, in a book of 30 million entries: read from the index alone?

use crate::book;
use crate::figures::{self, Table};
use cabinet_core::Month;
use cabinet_store::{Options, Store, View, ledger};
use indicatif::ProgressBar;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};
use std::path::Path;
use std::time::{Duration, Instant};
use time::Date;
use time::macros::date;
use uuid::Uuid;

/// How large.
#[derive(Clone, Copy)]
pub struct Size {
    /// Accounts, each with as many entries as there are days.
    pub accounts: i64,
    /// Days of the month that were charged, at most 31.
    pub days: i64,
}

/// Room on the disk that an entry needs while its book is made: itself, its four indexes, and the sorting of the widest.
const BYTES_AN_ENTRY: u64 = 600;
/// An account with its connection and their indexes.
const BYTES_AN_ACCOUNT: u64 = 1000;
/// How many accounts are read.
const READS: u64 = 2000;

/// Each account was once away, long before: what a statement asks of spells must be found by their key, too.
const SPELLS: &str = "INSERT INTO standing_spell (account_id, kind, first_day, last_day) \
     SELECT id, 'suspended', '2020-01-01', '2020-01-07' FROM account";

const MONTH_FIRST: Date = date!(2026 - 01 - 01);
const BEFORE: Date = date!(2025 - 12 - 31);

impl Size {
    fn bytes(self) -> u64 {
        let accounts = self.accounts.unsigned_abs();
        accounts * BYTES_AN_ACCOUNT + accounts * self.days.unsigned_abs() * BYTES_AN_ENTRY
    }
}

/// Whether the book fits the disks it will be made on, one engine after the other.
///
/// # Errors
/// Says what is missing where.
pub async fn check_disk(admin: &str, size: Size) -> Result<(), String> {
    let mut server = PgConnection::connect(admin).await.expect("PostgreSQL answers");
    let data: (String,) =
        sqlx::query_as("SHOW data_directory").fetch_one(&mut server).await.expect("an administrator may ask");
    for folder in [Path::new(&data.0), &std::env::temp_dir()] {
        // A server elsewhere has a disk of its own, which cannot be seen from here.
        let Ok(disk) = rustix::fs::statvfs(folder) else { continue };
        let free = disk.f_bavail * disk.f_frsize;
        if free < size.bytes() {
            let gigabytes = |bytes: u64| bytes.div_ceil(1_000_000_000);
            return Err(format!(
                "{} accounts with {} entries each need {} GB at {}, where {} GB are free; \
                 ask for fewer with --large-accounts, or set TMPDIR to a greater disk",
                size.accounts,
                size.days,
                gigabytes(size.bytes()),
                folder.display(),
                gigabytes(free)
            ));
        }
    }
    Ok(())
}

/// Both engines, one after the other.
pub async fn measure(admin: &str, size: Size, table: &mut Table) {
    println!("a month among {} accounts with {} entries each", size.accounts, size.days);
    postgres(admin, size, table).await;
    sqlite(size, table).await;
}

async fn postgres(admin: &str, size: Size, table: &mut Table) {
    let (store, mut filler) = book::postgres(admin, "bench_large").await;
    let progress = progress("PostgreSQL", size.days + 6);
    // What is thrown away needs no log; references are sound by the way the rows are made.
    for sql in
        ["ALTER TABLE entry SET UNLOGGED", "SET session_replication_role = replica", "SET maintenance_work_mem = '1GB'"]
    {
        filler.execute(sql).await.expect("sets");
    }
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname::text, indexdef FROM pg_indexes WHERE tablename = 'entry' AND indexname <> 'entry_pkey'",
    )
    .fetch_all(&mut filler)
    .await
    .expect("indexes");
    filler.execute("ALTER TABLE entry DROP CONSTRAINT entry_pkey").await.expect("drops");
    for (name, _) in &indexes {
        filler.execute(AssertSqlSafe(format!("DROP INDEX {name}"))).await.expect("drops");
    }
    for sql in book::fill_postgres(size.accounts, BEFORE) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    filler.execute(SPELLS).await.expect("fills");
    progress.inc(1);
    for number in 1..=size.days {
        filler.execute(AssertSqlSafe(day(number))).await.expect("fills");
        progress.inc(1);
    }
    let key = "ALTER TABLE entry ADD PRIMARY KEY (account_id, seq)".to_owned();
    for sql in indexes.into_iter().map(|(_, sql)| sql).chain([key, "VACUUM ANALYZE".to_owned()]) {
        filler.execute(AssertSqlSafe(sql)).await.expect("indexes");
        progress.inc(1);
    }
    progress.finish_and_clear();

    let account = Uuid::from_u128(pick(0, size));
    let plan = format!("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {}", ledger::STATEMENT);
    let month = Month::of(MONTH_FIRST);
    let rows = sqlx::query(AssertSqlSafe(plan))
        .bind(account)
        .bind(month.first())
        .bind(month.last())
        .fetch_all(&mut filler)
        .await
        .expect("explains");
    let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let strayed = plan.iter().filter(|line| {
        let of_book = line.contains("Scan") && line.contains(" on entry");
        let alone = line.contains("Index Only Scan") && line.contains(" using entry_month ");
        let heap = line.trim().strip_prefix("Heap Fetches: ").is_some_and(|count| count != "0");
        (of_book && !alone) || heap || line.contains("Seq Scan")
    });
    judge("PostgreSQL", &plan, strayed.count(), table);
    time("PostgreSQL", &mut store.read().await.expect("a connection"), size, table).await;
    store.close().await;
    drop(filler);
    let mut server = PgConnection::connect(admin).await.expect("PostgreSQL answers");
    server.execute("DROP DATABASE bench_large WITH (FORCE)").await.expect("is cleared away");
}

async fn sqlite(size: Size, table: &mut Table) {
    let directory = tempfile::tempdir().expect("a directory");
    let (store, mut filler) = book::sqlite(directory.path(), "large.db").await;
    store.close().await;
    let progress = progress("SQLite", size.days + 6);
    filler
        .execute(
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
             PRAGMA foreign_keys = OFF; PRAGMA cache_size = -1000000",
        )
        .await
        .expect("sets");
    let indexes: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'entry' AND sql <> ''")
            .fetch_all(&mut filler)
            .await
            .expect("indexes");
    for (name, _) in &indexes {
        filler.execute(AssertSqlSafe(format!("DROP INDEX {name}"))).await.expect("drops");
    }
    for sql in book::fill_sqlite(size.accounts, BEFORE) {
        filler.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    filler.execute(SPELLS).await.expect("fills");
    progress.inc(1);
    for number in 1..=size.days {
        filler.execute(AssertSqlSafe(day(number))).await.expect("fills");
        progress.inc(1);
    }
    for sql in indexes.into_iter().map(|(_, sql)| sql).chain(["ANALYZE".to_owned()]) {
        filler.execute(AssertSqlSafe(sql)).await.expect("indexes");
        progress.inc(1);
    }
    progress.finish_and_clear();
    filler.close().await.expect("closes");

    let url = format!("sqlite://{}", directory.path().join("large.db").display());
    let store = Store::open(&url, Options::default()).await.expect("opens");
    let mut reader = SqliteConnection::connect(&url).await.expect("connects");
    let month = Month::of(MONTH_FIRST);
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", ledger::STATEMENT)))
        .bind(Uuid::from_u128(pick(0, size)))
        .bind(month.first())
        .bind(month.last())
        .fetch_all(&mut reader)
        .await
        .expect("explains");
    let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let strayed = plan.iter().filter(|line| line.contains(" entry ") && !line.contains("COVERING INDEX entry_month"));
    judge("SQLite", &plan, strayed.count(), table);
    time("SQLite", &mut store.read().await.expect("a connection"), size, table).await;
    store.close().await;
}

/// One day of the month, charged to every account in turn: an account's entries lie as far apart as the daily run
/// leaves them.
fn day(number: i64) -> String {
    let day = MONTH_FIRST + time::Duration::days(number - 1);
    let charged = |days: i64| (5000 * days + 15) / 31;
    let (amount, before, balance) = (charged(number - 1) - charged(number), number - 1, 100_000 - charged(number));
    format!(
        "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
             tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
         SELECT id, {number}, '{day}', '{day}T00:05:00Z', 'tariff_charge', {amount}, {balance}, id, 'home-20', '{day}', \
             '{day}', 5000, {before}, {number}, 'system' FROM account ORDER BY id"
    )
}

/// The number of an account: as good as random, and the same in every run.
fn pick(turn: u64, size: Size) -> u128 {
    let accounts = size.accounts.unsigned_abs();
    u128::from((turn + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) % accounts + 1)
}

fn progress(engine: &str, steps: i64) -> ProgressBar {
    println!("  filling {engine} …");
    let bar = ProgressBar::new(steps.unsigned_abs()).with_message(format!("filling {engine}"));
    bar.set_style(crate::bar_style());
    bar.tick();
    bar
}

/// Shows the plan and notes how much of it strays from the index.
fn judge(engine: &str, plan: &[String], strayed: usize, table: &mut Table) {
    println!("  {engine} reads a month so:");
    for line in plan {
        println!("    {line}");
    }
    table.at_most(format!("month of a million, {engine}: off the index"), strayed as f64, 0.0, "", String::new());
}

/// The month's read beside the read of a row by its primary key, over accounts as good as random.
async fn time(engine: &str, view: &mut View, size: Size, table: &mut Table) {
    let (mut months, mut rows) = (Vec::new(), Vec::new());
    for turn in 0..READS {
        // Another account for each, so that neither warms the pages of the other.
        let (one, other) = (Uuid::from_u128(pick(2 * turn, size)), Uuid::from_u128(pick(2 * turn + 1, size)));
        let started = Instant::now();
        let month = ledger::statement(view, one, Month::of(MONTH_FIRST)).await.expect("reads");
        months.push(started.elapsed());
        assert_eq!(month.expect("an account").book.entries.len() as i64, size.days);
        let started = Instant::now();
        view.one::<(i64,)>("SELECT balance FROM account WHERE id = $1", (other,)).await.expect("reads");
        rows.push(started.elapsed());
    }
    // The first accounts find a cold cache and statements that are not prepared yet.
    let warm = |all: &[Duration]| figures::median(&all[all.len() / 4..]);
    let (month, row) = (warm(&months), warm(&rows));
    let ratio = month.as_secs_f64() / row.as_secs_f64();
    let beside = format!("month {month:.1?}, row by primary key {row:.1?}");
    table.told(format!("month of a million, {engine}: beside a row"), ratio, "", beside);
}
