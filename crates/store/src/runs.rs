//! The daily run: its lease, its marker, and the bulk write that each engine does in its own words.

use crate::engine::Raw;
use crate::{StoreError, Tx, View};
use cabinet_core::TariffCode;
use cabinet_core::account::{Account, StaticIp};
use cabinet_core::ledger::{Entry, EntryKind};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A finished day.
#[derive(Clone, Debug, FromRow)]
pub struct DayRun {
    /// The business day.
    pub day: Date,
    /// When the run that finished it began.
    pub started_at: OffsetDateTime,
    /// When it ended.
    pub finished_at: OffsetDateTime,
    /// Accounts seen.
    pub accounts: i64,
    /// Accounts charged.
    pub charged: i64,
    /// Kopecks taken, positive.
    pub total: i64,
}

/// The marker of a finished day.
pub async fn finished(view: &mut View, day: Date) -> Result<Option<DayRun>, StoreError> {
    view.maybe("SELECT day, started_at, finished_at, accounts, charged, total FROM day_run WHERE day = $1", (day,))
        .await
}

/// Marks a day finished; a second runner's mark changes nothing.
pub async fn finish(tx: &mut Tx, run: &DayRun) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO day_run (day, started_at, finished_at, accounts, charged, total) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (day) DO NOTHING",
        (run.day, run.started_at, run.finished_at, run.accounts, run.charged, run.total),
    )
    .await?;
    Ok(())
}

/// Takes or keeps a lease; `false` if another holder's has not run out.
pub async fn lease(
    tx: &mut Tx,
    name: &str,
    holder: Uuid,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO lease (name, holder, expires_at) VALUES ($1, $2, $4) \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
             WHERE lease.holder = excluded.holder OR lease.expires_at <= $3",
            (name, holder, now, until),
        )
        .await?;
    Ok(rows == 1)
}

/// Gives a lease back.
pub async fn release(tx: &mut Tx, name: &str, holder: Uuid) -> Result<(), StoreError> {
    tx.run("DELETE FROM lease WHERE name = $1 AND holder = $2", (name, holder)).await?;
    Ok(())
}

/// An account after its day was settled, to be written in bulk if its revision is still the one that was read.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The account.
    pub id: Uuid,
    /// Its connection.
    pub service_id: Uuid,
    /// The connection of its static address, which it had and keeps.
    pub address: Option<Uuid>,
    /// The revision that was read.
    pub revision: i64,
    /// The account as it will be.
    pub account: Account,
    /// Charges to append.
    pub entries: Vec<Entry>,
    /// The account became blocked on that day.
    pub blocked: bool,
}

impl Settled {
    /// The connection that a charge belongs to.
    fn connection(&self, kind: EntryKind) -> Uuid {
        self.address.filter(|_| kind == EntryKind::StaticIpCharge).unwrap_or(self.service_id)
    }

    /// How far the static address is charged, for those that have one.
    fn static_ip(&self) -> Option<&StaticIp> {
        self.account.static_ip.as_ref().filter(|_| self.address.is_some())
    }
}

/// Writes a chunk in one transaction's few statements. Answers the accounts written; those that moved since they were
/// read are left out and untouched. All entries of a chunk are posted on `day` at `at` by the daily run.
pub async fn write_bulk(
    tx: &mut Tx,
    day: Date,
    at: OffsetDateTime,
    settled: &[Settled],
) -> Result<Vec<Uuid>, StoreError> {
    match tx.raw() {
        Raw::Postgres(connection) => postgres(connection, day, at, settled).await,
        Raw::Sqlite(connection) => sqlite(connection, day, at, settled).await,
    }
}

async fn postgres(
    connection: &mut sqlx::PgConnection,
    day: Date,
    at: OffsetDateTime,
    settled: &[Settled],
) -> Result<Vec<Uuid>, StoreError> {
    let column = |f: fn(&Settled) -> i64| settled.iter().map(f).collect::<Vec<i64>>();
    let entries: Vec<(&Settled, &Entry)> =
        settled.iter().flat_map(|s| s.entries.iter().map(move |entry| (s, entry))).collect();
    let cover = |f: fn(&cabinet_core::ledger::Cover) -> i64| {
        entries.iter().map(|(_, entry)| entry.cover.as_ref().map(f)).collect::<Vec<Option<i64>>>()
    };
    let cover_day = |f: fn(&cabinet_core::ledger::Cover) -> Date| {
        entries.iter().map(|(_, entry)| entry.cover.as_ref().map(f)).collect::<Vec<Option<Date>>>()
    };
    let addressed: Vec<(Uuid, &StaticIp)> = settled.iter().filter_map(|s| Some((s.id, s.static_ip()?))).collect();
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "WITH input AS MATERIALIZED ( \
             SELECT * FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::date[], \
                 $7::date[], $8::bigint[], $9::date[], $10::bigint[], $11::boolean[]) \
             AS i (id, service_id, revision, balance, entries, blocked_since, charged_through, count_fee, count_month, \
                 count_days, blocked) \
         ), moved AS ( \
             UPDATE account a SET revision = a.revision + 1, balance = i.balance, entries = i.entries, \
                 blocked_since = i.blocked_since \
             FROM input i WHERE a.id = i.id AND a.revision = i.revision RETURNING a.id \
         ), advanced AS ( \
             UPDATE service s SET charged_through = i.charged_through, count_fee = i.count_fee, \
                 count_month = i.count_month, count_days = i.count_days \
             FROM input i JOIN moved m ON m.id = i.id WHERE s.account_id = i.id AND s.id = i.service_id \
         ), addressed AS ( \
             UPDATE static_ip p SET charged_through = x.charged_through, count_fee = x.count_fee, \
                 count_month = x.count_month, count_days = x.count_days \
             FROM UNNEST($26::uuid[], $27::date[], $28::bigint[], $29::date[], $30::bigint[]) \
             AS x (id, charged_through, count_fee, count_month, count_days) JOIN moved m ON m.id = x.id \
             WHERE p.account_id = x.id \
         ), stopped AS ( \
             INSERT INTO standing_spell (account_id, kind, first_day) \
             SELECT i.id, 'blocked', i.blocked_since FROM input i JOIN moved m ON m.id = i.id WHERE i.blocked \
             ON CONFLICT DO NOTHING \
         ), posted AS ( \
             INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
                 tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
             SELECT e.id, e.seq, $22, $23, e.kind, e.amount, e.balance_after, e.service_id, e.tariff_code, \
                 e.covers_from, e.covers_to, e.fee, e.days_before, e.days_after, 'system' \
             FROM UNNEST($12::uuid[], $13::uuid[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], \
                 $18::date[], $19::date[], $20::bigint[], $21::bigint[], $24::bigint[], $25::text[]) \
             AS e (id, service_id, seq, amount, balance_after, tariff_code, covers_from, covers_to, fee, days_before, \
                 days_after, kind) JOIN moved m ON m.id = e.id \
         ) SELECT id FROM moved",
    )
    .bind(settled.iter().map(|s| s.id).collect::<Vec<_>>())
    .bind(settled.iter().map(|s| s.service_id).collect::<Vec<_>>())
    .bind(column(|s| s.revision))
    .bind(column(|s| s.account.balance.kopecks()))
    .bind(column(|s| s.account.entries))
    .bind(settled.iter().map(|s| s.account.blocked_since).collect::<Vec<_>>())
    .bind(settled.iter().map(|s| s.account.service.charged_through).collect::<Vec<_>>())
    .bind(column(|s| s.account.service.count.fee.kopecks()))
    .bind(settled.iter().map(|s| s.account.service.count.month.first()).collect::<Vec<_>>())
    .bind(column(|s| i64::from(s.account.service.count.days)))
    .bind(settled.iter().map(|s| s.blocked).collect::<Vec<_>>())
    .bind(entries.iter().map(|(s, _)| s.id).collect::<Vec<_>>())
    .bind(entries.iter().map(|(s, entry)| s.connection(entry.kind)).collect::<Vec<_>>())
    .bind(entries.iter().map(|(_, entry)| entry.seq).collect::<Vec<_>>())
    .bind(entries.iter().map(|(_, entry)| entry.amount.kopecks()).collect::<Vec<_>>())
    .bind(entries.iter().map(|(_, entry)| entry.balance_after.kopecks()).collect::<Vec<_>>())
    .bind(entries.iter().map(|(_, entry)| entry.tariff.as_ref().map(TariffCode::as_str)).collect::<Vec<_>>())
    .bind(cover_day(|cover| cover.from))
    .bind(cover_day(|cover| cover.to))
    .bind(cover(|cover| cover.fee.kopecks()))
    .bind(cover(|cover| i64::from(cover.days_before)))
    .bind(day)
    .bind(at)
    .bind(cover(|cover| i64::from(cover.days_after)))
    .bind(entries.iter().map(|(_, entry)| entry.kind.code()).collect::<Vec<_>>())
    .bind(addressed.iter().map(|(id, _)| *id).collect::<Vec<_>>())
    .bind(addressed.iter().map(|(_, ip)| ip.charged_through).collect::<Vec<_>>())
    .bind(addressed.iter().map(|(_, ip)| ip.count.fee.kopecks()).collect::<Vec<_>>())
    .bind(addressed.iter().map(|(_, ip)| ip.count.month.first()).collect::<Vec<_>>())
    .bind(addressed.iter().map(|(_, ip)| i64::from(ip.count.days)).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// SQLite has no statement that writes several tables, but its write transaction is alone: the revision is compared
/// in each statement, and moved by the last.
async fn sqlite(
    connection: &mut sqlx::SqliteConnection,
    day: Date,
    at: OffsetDateTime,
    settled: &[Settled],
) -> Result<Vec<Uuid>, StoreError> {
    let accounts: Vec<serde_json::Value> = settled
        .iter()
        .map(|s| {
            let service = &s.account.service;
            serde_json::json!([
                s.id.simple().to_string(),
                s.revision,
                s.service_id.simple().to_string(),
                service.charged_through,
                service.count.fee.kopecks(),
                service.count.month.first(),
                service.count.days,
                s.account.balance.kopecks(),
                s.account.entries,
                s.account.blocked_since,
                s.blocked,
            ])
        })
        .collect();
    let entries: Vec<serde_json::Value> = settled
        .iter()
        .flat_map(|s| s.entries.iter().map(move |entry| (s, entry)))
        .map(|(s, entry)| {
            let cover = entry.cover.as_ref();
            serde_json::json!([
                s.id.simple().to_string(),
                s.revision,
                s.connection(entry.kind).simple().to_string(),
                entry.seq,
                entry.amount.kopecks(),
                entry.balance_after.kopecks(),
                entry.tariff,
                cover.map(|cover| cover.from),
                cover.map(|cover| cover.to),
                cover.map(|cover| cover.fee.kopecks()),
                cover.map(|cover| cover.days_before),
                cover.map(|cover| cover.days_after),
                entry.kind.code(),
            ])
        })
        .collect();
    let accounts = serde_json::Value::from(accounts).to_string();
    sqlx::query(
        "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, \
             tariff_code, covers_from, covers_to, fee, days_before, days_after, actor) \
         SELECT a.id, e.value ->> 3, $2, $3, e.value ->> 12, e.value ->> 4, e.value ->> 5, unhex(e.value ->> 2), \
             e.value ->> 6, e.value ->> 7, e.value ->> 8, e.value ->> 9, e.value ->> 10, e.value ->> 11, 'system' \
         FROM json_each($1) e CROSS JOIN account a WHERE a.id = unhex(e.value ->> 0) AND a.revision = e.value ->> 1",
    )
    .bind(serde_json::Value::from(entries).to_string())
    .bind(day)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "UPDATE service SET charged_through = i.value ->> 3, count_fee = i.value ->> 4, count_month = i.value ->> 5, \
             count_days = i.value ->> 6 \
         FROM json_each($1) i CROSS JOIN account a \
         WHERE a.id = unhex(i.value ->> 0) AND a.revision = i.value ->> 1 \
             AND service.account_id = a.id AND service.id = unhex(i.value ->> 2)",
    )
    .bind(accounts.as_str())
    .execute(&mut *connection)
    .await?;
    let addressed: Vec<serde_json::Value> = settled
        .iter()
        .filter_map(|s| {
            let (id, ip) = (s.id.simple().to_string(), s.static_ip()?);
            let count = ip.count;
            let (fee, month) = (count.fee.kopecks(), count.month.first());
            Some(serde_json::json!([id, s.revision, ip.charged_through, fee, month, count.days]))
        })
        .collect();
    if !addressed.is_empty() {
        sqlx::query(
            "UPDATE static_ip SET charged_through = i.value ->> 2, count_fee = i.value ->> 3, \
                 count_month = i.value ->> 4, count_days = i.value ->> 5 \
             FROM json_each($1) i CROSS JOIN account a \
             WHERE a.id = unhex(i.value ->> 0) AND a.revision = i.value ->> 1 AND static_ip.account_id = a.id",
        )
        .bind(serde_json::Value::from(addressed).to_string())
        .execute(&mut *connection)
        .await?;
    }
    if settled.iter().any(|s| s.blocked) {
        sqlx::query(
            "INSERT OR IGNORE INTO standing_spell (account_id, kind, first_day) \
             SELECT a.id, 'blocked', i.value ->> 9 FROM json_each($1) i CROSS JOIN account a \
             WHERE a.id = unhex(i.value ->> 0) AND a.revision = i.value ->> 1 AND i.value ->> 10",
        )
        .bind(accounts.as_str())
        .execute(&mut *connection)
        .await?;
    }
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "UPDATE account SET revision = account.revision + 1, balance = i.value ->> 7, entries = i.value ->> 8, \
             blocked_since = i.value ->> 9 \
         FROM json_each($1) i WHERE account.id = unhex(i.value ->> 0) AND account.revision = i.value ->> 1 \
         RETURNING id",
    )
    .bind(accounts)
    .fetch_all(&mut *connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Finished days, the last first, those before `cursor`.
pub async fn recent(view: &mut View, cursor: Option<Date>, limit: i64) -> Result<Vec<DayRun>, StoreError> {
    view.all(
        "SELECT day, started_at, finished_at, accounts, charged, total FROM day_run WHERE day < $1 \
         ORDER BY day DESC LIMIT $2",
        (cursor.unwrap_or(time::macros::date!(9999 - 12 - 31)), limit),
    )
    .await
}
