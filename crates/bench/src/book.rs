//! Databases full of active accounts, and the bare statements that charge them.

use cabinet_store::{Options, Store};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use time::Date;

/// A database of its own, product's or floor's.
pub async fn postgres(admin: &str, name: &str) -> (Store, PgConnection) {
    let mut server = PgConnection::connect(admin).await.expect("PostgreSQL answers");
    for sql in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("CREATE DATABASE {name} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"),
    ] {
        server.execute(AssertSqlSafe(sql)).await.expect("a database of its own");
    }
    let url = format!("{}/{name}", admin.rsplit_once('/').expect("a URL with a database").0);
    let store = Store::open(&url, Options::default()).await.expect("opens");
    store.migrate().await.expect("migrates");
    (store, PgConnection::connect(&url).await.expect("connects"))
}

/// A file of its own.
pub async fn sqlite(directory: &std::path::Path, name: &str) -> (Store, SqliteConnection) {
    let url = format!("sqlite://{}", directory.join(name).display());
    let store = Store::open(&url, Options::default()).await.expect("opens");
    store.migrate().await.expect("migrates");
    (store, SqliteConnection::connect(&url).await.expect("connects"))
}

/// `count` accounts on one tariff, charged through the day before `first`, with money for a year.
pub fn fill_postgres(count: i64, before: Date) -> Vec<String> {
    vec![
        tariff(),
        format!(
            "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) \
             SELECT lpad(to_hex(n), 32, '0')::uuid, n::text, '{before}', 100000, 0, 0, 1 FROM generate_series(1, {count}) n"
        ),
        format!(
            "INSERT INTO service (id, account_id, kind, tariff_code, charged_through, count_fee, count_month, count_days) \
             SELECT id, id, 'tariff', 'home-20', '{before}', 0, '{before}', 0 FROM account"
        ),
        "VACUUM ANALYZE".to_owned(),
    ]
}

/// The same for SQLite.
pub fn fill_sqlite(count: i64, before: Date) -> Vec<String> {
    vec![
        tariff(),
        format!(
            "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) \
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
             SELECT unhex(printf('%032x', n)), CAST(n AS TEXT), '{before}', 100000, 0, 0, 1 FROM numbers"
        ),
        format!(
            "INSERT INTO service (id, account_id, kind, tariff_code, charged_through, count_fee, count_month, count_days) \
             SELECT id, id, 'tariff', 'home-20', '{before}', 0, '{before}', 0 FROM account"
        ),
        "ANALYZE".to_owned(),
    ]
}

fn tariff() -> String {
    "INSERT INTO tariff (code, name, down_mbps, up_mbps, offered, position) VALUES ('home-20', 'x', 20, 20, TRUE, 0); \
     INSERT INTO tariff_fee (tariff_code, starts_on, fee) VALUES ('home-20', '2000-01-01', 5000)"
        .to_owned()
}

const CHARGE: &str = "5000 * s.count_days * 2 / 31 / 2 - 5000 * (s.count_days + 1) * 2 / 31 / 2";

/// The floor on PostgreSQL: one statement that writes the same columns and indexes and can be repeated.
pub fn floor_postgres(day: Date) -> String {
    format!(
        "WITH posted AS ( \
             INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
                 tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
             SELECT a.id, a.entries + 1, '{day}', '{day}T00:05:00Z', 'tariff_charge', {CHARGE}, a.balance + {CHARGE}, \
                 s.id, s.tariff_code, '{day}', '{day}', 5000, s.count_days, s.count_days + 1, 'system' \
             FROM account a JOIN service s ON s.account_id = a.id \
             WHERE s.charged_through < '{day}' AND a.suspended_since IS NULL AND a.closed_on IS NULL \
             ON CONFLICT DO NOTHING RETURNING account_id, amount, days_after \
         ), moved AS ( \
             UPDATE account a SET revision = a.revision + 1, entries = a.entries + 1, balance = a.balance + p.amount \
             FROM posted p WHERE a.id = p.account_id \
         ) UPDATE service s SET charged_through = '{day}', count_fee = 5000, count_month = '{day}', \
             count_days = p.days_after FROM posted p WHERE s.account_id = p.account_id"
    )
}

/// The floor on SQLite: the same in one transaction of set-based statements that can be repeated.
pub fn floor_sqlite(day: Date) -> String {
    format!(
        "BEGIN IMMEDIATE; \
         INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
             tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
         SELECT a.id, a.entries + 1, '{day}', '{day}T00:05:00Z', 'tariff_charge', {CHARGE}, a.balance + {CHARGE}, \
             s.id, s.tariff_code, '{day}', '{day}', 5000, s.count_days, s.count_days + 1, 'system' \
         FROM account a JOIN service s ON s.account_id = a.id \
         WHERE s.charged_through < '{day}' AND a.suspended_since IS NULL AND a.closed_on IS NULL; \
         UPDATE account SET revision = revision + 1, entries = e.seq, balance = e.balance_after FROM entry e \
         WHERE e.account_id = account.id AND e.seq = account.entries + 1; \
         UPDATE service SET charged_through = '{day}', count_fee = 5000, count_month = '{day}', \
             count_days = count_days + 1 WHERE charged_through < '{day}'; \
         COMMIT"
    )
}
