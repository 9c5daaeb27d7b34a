//! Bills: what they are made of, as they were made, and the bulk write that each engine does in its own words.

use crate::engine::Raw;
use crate::{StoreError, Tx, View};
use cabinet_core::bill::{Bill, Ends, Line, Tally, TallyCover};
use cabinet_core::ledger::EntryKind;
use cabinet_core::{Money, Month, TariffCode};
use serde::{Deserialize, Serialize};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(FromRow)]
struct TallyRow {
    account_id: Uuid,
    first_seq: i64,
    last_seq: i64,
    kind: String,
    tariff_code: Option<String>,
    fee: Option<i64>,
    covers_from: Option<Date>,
    covers_to: Option<Date>,
    days: i64,
    count: i64,
    amount: i64,
}

impl TryFrom<TallyRow> for Tally {
    type Error = StoreError;

    fn try_from(row: TallyRow) -> Result<Tally, StoreError> {
        let kind = EntryKind::from_code(&row.kind)
            .ok_or_else(|| StoreError::corrupt(format!("entry {} of kind {}", row.first_seq, row.kind)))?;
        let cover = row.covers_from.zip(row.covers_to).zip(row.fee);
        Ok(Tally {
            seqs: (row.first_seq, row.last_seq),
            kind,
            tariff: row.tariff_code.map(TariffCode::new),
            cover: cover.map(|((from, to), fee)| TallyCover {
                from,
                to,
                fee: Money::from_kopecks(fee),
                days: row.days,
            }),
            count: row.count,
            amount: Money::from_kopecks(row.amount),
        })
    }
}

/// What was posted in a month to the accounts behind `after` through `last`: daily charges that cover the month itself
/// summed by account, tariff and fee, every other entry by itself; accounts in no order.
pub async fn tallies(view: &mut View, after: Uuid, last: Uuid, month: Month) -> Result<Vec<(Uuid, Tally)>, StoreError> {
    let rows: Vec<TallyRow> = view
        .all(
            "SELECT e.account_id, MIN(e.seq) AS first_seq, MAX(e.seq) AS last_seq, e.kind, e.tariff_code, e.fee, \
             MIN(e.covers_from) AS covers_from, MAX(e.covers_to) AS covers_to, \
             CAST(COALESCE(SUM(e.days_after - e.days_before), 0) AS BIGINT) AS days, COUNT(*) AS count, \
             CAST(SUM(e.amount) AS BIGINT) AS amount \
             FROM account a JOIN entry e ON e.account_id = a.id AND e.posted_on >= $3 AND e.posted_on <= $4 \
             WHERE a.id > $1 AND a.id <= $2 \
             GROUP BY e.account_id, e.kind, e.tariff_code, e.fee, \
             CASE WHEN e.covers_to >= $3 THEN 0 ELSE e.seq END",
            (after, last, month.first(), month.last()),
        )
        .await?;
    rows.into_iter().map(|row| Ok((row.account_id, row.try_into()?))).collect()
}

/// What was posted after a month to the accounts behind `after` through `last`, summed; those without any are left out.
pub async fn sums_since(
    view: &mut View,
    after: Uuid,
    last: Uuid,
    month: Month,
) -> Result<Vec<(Uuid, Money)>, StoreError> {
    let rows: Vec<(Uuid, i64)> = view
        .all(
            "SELECT e.account_id, CAST(SUM(e.amount) AS BIGINT) \
             FROM account a JOIN entry e ON e.account_id = a.id AND e.posted_on > $3 \
             WHERE a.id > $1 AND a.id <= $2 GROUP BY e.account_id",
            (after, last, month.last()),
        )
        .await?;
    Ok(rows.into_iter().map(|(account, sum)| (account, Money::from_kopecks(sum))).collect())
}

/// What stood on a bill's lines.
#[derive(Serialize, Deserialize)]
struct Lines<'l> {
    charges: std::borrow::Cow<'l, [Line]>,
    credits: std::borrow::Cow<'l, [Line]>,
    ahead: std::borrow::Cow<'l, [Line]>,
}

fn lines_of(bill: &Bill) -> Result<String, StoreError> {
    let lines = Lines {
        charges: bill.charges.as_slice().into(),
        credits: bill.credits.as_slice().into(),
        ahead: bill.ahead.as_slice().into(),
    };
    serde_json::to_string(&lines).map_err(|error| StoreError::corrupt(error.to_string()))
}

/// Writes bills made at `at`; those that are there already stay as they are. Answers the accounts of the new ones.
pub async fn write_bulk(tx: &mut Tx, at: OffsetDateTime, bills: &[(Uuid, Bill)]) -> Result<Vec<Uuid>, StoreError> {
    let lines = bills.iter().map(|(_, bill)| lines_of(bill)).collect::<Result<Vec<_>, _>>()?;
    match tx.raw() {
        Raw::Postgres(connection) => postgres(connection, at, bills, lines).await,
        Raw::Sqlite(connection) => sqlite(connection, at, bills, lines).await,
    }
}

async fn postgres(
    connection: &mut sqlx::PgConnection,
    at: OffsetDateTime,
    bills: &[(Uuid, Bill)],
    lines: Vec<String>,
) -> Result<Vec<Uuid>, StoreError> {
    let money = |f: fn(&Bill) -> Money| bills.iter().map(|(_, bill)| f(bill).kopecks()).collect::<Vec<i64>>();
    let made: Vec<(Uuid,)> = sqlx::query_as(
        "INSERT INTO bill (account_id, month, dated, number, first_seq, last_seq, opening, charged, paid, closing, \
             to_pay, due_on, lines, made_at) \
         SELECT *, $14 FROM UNNEST($1::uuid[], $2::date[], $3::date[], $4::text[], $5::bigint[], $6::bigint[], \
             $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::date[], $13::text[]) \
         ON CONFLICT (account_id, month) DO NOTHING RETURNING account_id",
    )
    .bind(bills.iter().map(|(account, _)| *account).collect::<Vec<_>>())
    .bind(bills.iter().map(|(_, bill)| bill.closes.first()).collect::<Vec<_>>())
    .bind(bills.iter().map(|(_, bill)| bill.date()).collect::<Vec<_>>())
    .bind(bills.iter().map(|(_, bill)| bill.number.as_str()).collect::<Vec<_>>())
    .bind(bills.iter().map(|(_, bill)| bill.entries.0).collect::<Vec<_>>())
    .bind(bills.iter().map(|(_, bill)| bill.entries.1).collect::<Vec<_>>())
    .bind(money(|bill| bill.opening))
    .bind(money(|bill| bill.charged))
    .bind(money(|bill| bill.paid))
    .bind(money(|bill| bill.closing))
    .bind(money(|bill| bill.to_pay))
    .bind(bills.iter().map(|(_, bill)| bill.due_on).collect::<Vec<_>>())
    .bind(lines)
    .bind(at)
    .fetch_all(connection)
    .await?;
    Ok(made.into_iter().map(|(account,)| account).collect())
}

async fn sqlite(
    connection: &mut sqlx::SqliteConnection,
    at: OffsetDateTime,
    bills: &[(Uuid, Bill)],
    lines: Vec<String>,
) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<serde_json::Value> = bills
        .iter()
        .zip(lines)
        .map(|((account, bill), lines)| {
            serde_json::json!([
                account.simple().to_string(),
                bill.closes.first(),
                bill.date(),
                bill.number,
                bill.entries.0,
                bill.entries.1,
                bill.opening.kopecks(),
                bill.charged.kopecks(),
                bill.paid.kopecks(),
                bill.closing.kopecks(),
                bill.to_pay.kopecks(),
                bill.due_on,
                lines,
            ])
        })
        .collect();
    // Without a condition SQLite would read the conflict clause as a part of the join.
    let made: Vec<(Uuid,)> = sqlx::query_as(
        "INSERT INTO bill (account_id, month, dated, number, first_seq, last_seq, opening, charged, paid, closing, \
             to_pay, due_on, lines, made_at) \
         SELECT unhex(b.value ->> 0), b.value ->> 1, b.value ->> 2, b.value ->> 3, b.value ->> 4, b.value ->> 5, \
             b.value ->> 6, b.value ->> 7, b.value ->> 8, b.value ->> 9, b.value ->> 10, b.value ->> 11, \
             b.value ->> 12, $2 FROM json_each($1) b WHERE true \
         ON CONFLICT (account_id, month) DO NOTHING RETURNING account_id",
    )
    .bind(serde_json::Value::from(rows).to_string())
    .bind(at)
    .fetch_all(connection)
    .await?;
    Ok(made.into_iter().map(|(account,)| account).collect())
}

/// A month closed for every account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillRun {
    /// The month closed.
    pub month: Month,
    /// When.
    pub finished_at: OffsetDateTime,
    /// Bills made by the run that finished it.
    pub bills: i64,
}

/// The last month that is closed for every account.
pub async fn last_closed(view: &mut View) -> Result<Option<Month>, StoreError> {
    let last: Option<(Date,)> = view.maybe("SELECT month FROM bill_run ORDER BY month DESC LIMIT 1", ()).await?;
    Ok(last.map(|(day,)| Month::of(day)))
}

/// Marks a month closed; a second runner's mark changes nothing.
pub async fn finish(tx: &mut Tx, run: &BillRun) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO bill_run (month, finished_at, bills) VALUES ($1, $2, $3) ON CONFLICT (month) DO NOTHING",
        (run.month.first(), run.finished_at, run.bills),
    )
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    month: Date,
    number: String,
    first_seq: i64,
    last_seq: i64,
    opening: i64,
    charged: i64,
    paid: i64,
    closing: i64,
    to_pay: i64,
    due_on: Option<Date>,
    lines: String,
}

macro_rules! columns {
    () => {
        "b.month, b.number, b.first_seq, b.last_seq, b.opening, b.charged, b.paid, b.closing, b.to_pay, b.due_on, b.lines"
    };
}

impl TryFrom<Row> for Bill {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Bill, StoreError> {
        let lines: Lines<'_> = serde_json::from_str(&row.lines)
            .map_err(|error| StoreError::corrupt(format!("bill {}: {error}", row.number)))?;
        Ok(Bill {
            charges: lines.charges.into_owned(),
            credits: lines.credits.into_owned(),
            ahead: lines.ahead.into_owned(),
            number: row.number,
            closes: Month::of(row.month),
            entries: (row.first_seq, row.last_seq),
            opening: Money::from_kopecks(row.opening),
            charged: Money::from_kopecks(row.charged),
            paid: Money::from_kopecks(row.paid),
            closing: Money::from_kopecks(row.closing),
            to_pay: Money::from_kopecks(row.to_pay),
            due_on: row.due_on,
        })
    }
}

/// The bill of this account that closes a month.
pub async fn find(view: &mut View, account: Uuid, closes: Month) -> Result<Option<Bill>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM bill b WHERE b.account_id = $1 AND b.month = $2");
    let row: Option<Row> = view.maybe(sql, (account, closes.first())).await?;
    row.map(Bill::try_from).transpose()
}

/// Bills of this account, newest first, those that close a month before `before`.
pub async fn page(view: &mut View, account: Uuid, before: Option<Month>, limit: i64) -> Result<Vec<Bill>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM bill b WHERE b.account_id = $1 AND b.month < $2 ORDER BY b.month DESC LIMIT $3"
    );
    let before = before.map_or(time::macros::date!(9999 - 12 - 31), Month::first);
    let rows: Vec<Row> = view.all(sql, (account, before, limit)).await?;
    rows.into_iter().map(Bill::try_from).collect()
}

/// The month that the newest bill of this account closes.
pub async fn newest(view: &mut View, account: Uuid) -> Result<Option<Month>, StoreError> {
    let sql = "SELECT month FROM bill WHERE account_id = $1 ORDER BY month DESC LIMIT 1";
    let newest: Option<(Date,)> = view.maybe(sql, (account,)).await?;
    Ok(newest.map(|(day,)| Month::of(day)))
}

/// A bill beside the book, as the audit reads it.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The account.
    pub account_id: Uuid,
    /// Contract number.
    pub contract: String,
    /// The bill.
    pub bill: Result<Bill, String>,
    /// The book around its entries.
    pub ends: Ends,
    /// The month it closes, whatever else of it is unreadable.
    pub month: Date,
}

#[derive(FromRow)]
struct BesideRow {
    account_id: Uuid,
    contract: String,
    #[sqlx(flatten)]
    row: Row,
    opening_of_book: Option<i64>,
    closing_of_book: Option<i64>,
    before_on: Option<Date>,
    first_on: Option<Date>,
    last_on: Option<Date>,
    after_on: Option<Date>,
}

/// Up to `limit` bills behind `after` (an account and a month), each beside the entries it names, by account and month.
pub async fn stretch(view: &mut View, after: (Uuid, Date), limit: i64) -> Result<Vec<Beside>, StoreError> {
    let sql = concat!(
        "SELECT b.account_id, a.contract, ",
        columns!(),
        ", f.balance_after - f.amount AS opening_of_book, l.balance_after AS closing_of_book, p.posted_on AS before_on, \
         f.posted_on AS first_on, l.posted_on AS last_on, n.posted_on AS after_on \
         FROM bill b JOIN account a ON a.id = b.account_id \
         LEFT JOIN entry p ON p.account_id = b.account_id AND p.seq = b.first_seq - 1 \
         LEFT JOIN entry f ON f.account_id = b.account_id AND f.seq = b.first_seq \
         LEFT JOIN entry l ON l.account_id = b.account_id AND l.seq = b.last_seq \
         LEFT JOIN entry n ON n.account_id = b.account_id AND n.seq = b.last_seq + 1 \
         WHERE (b.account_id, b.month) > ($1, $2) ORDER BY b.account_id, b.month LIMIT $3"
    );
    let rows: Vec<BesideRow> = view.all(sql, (after.0, after.1, limit)).await?;
    let beside = |row: BesideRow| Beside {
        account_id: row.account_id,
        contract: row.contract,
        month: row.row.month,
        bill: row.row.try_into().map_err(|error: StoreError| error.to_string()),
        ends: Ends {
            balances: (row.opening_of_book.map(Money::from_kopecks), row.closing_of_book.map(Money::from_kopecks)),
            days: [row.before_on, row.first_on, row.last_on, row.after_on],
        },
    };
    Ok(rows.into_iter().map(beside).collect())
}
