//! The book: appended, never changed.

use crate::{StoreError, Tx, View};
use cabinet_core::ledger::{Cover, Entry, EntryKind};
use cabinet_core::{Money, Month, TariffCode};
use sqlx::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(FromRow)]
struct Row {
    seq: i64,
    posted_on: Date,
    posted_at: OffsetDateTime,
    kind: String,
    amount: i64,
    balance_after: i64,
    tariff_code: Option<String>,
    covers_from: Option<Date>,
    covers_to: Option<Date>,
    fee: Option<i64>,
    days_before: Option<i64>,
    days_after: Option<i64>,
    reference: Option<String>,
    reverses: Option<i64>,
    actor: String,
}

/// The columns of a statement's line: all of them lie in the index `entry_month`.
#[derive(FromRow)]
struct Line {
    seq: i64,
    posted_on: Date,
    kind: String,
    amount: i64,
    balance_after: i64,
    tariff_code: Option<String>,
    covers_from: Option<Date>,
    covers_to: Option<Date>,
    fee: Option<i64>,
    days_before: Option<i64>,
    days_after: Option<i64>,
}

macro_rules! statement_line {
    () => {
        "seq, posted_on, kind, amount, balance_after, tariff_code, covers_from, covers_to, fee, days_before, days_after"
    };
}

macro_rules! row {
    () => {
        concat!(statement_line!(), ", posted_at, reference, reverses, actor")
    };
}

fn kind(code: &str) -> Result<EntryKind, StoreError> {
    EntryKind::from_code(code).ok_or_else(|| StoreError::corrupt(format!("entry of kind {code}")))
}

impl TryFrom<Line> for Entry {
    type Error = StoreError;
    fn try_from(line: Line) -> Result<Entry, StoreError> {
        Row {
            seq: line.seq,
            posted_on: line.posted_on,
            posted_at: line.posted_on.midnight().assume_utc(),
            kind: line.kind,
            amount: line.amount,
            balance_after: line.balance_after,
            tariff_code: line.tariff_code,
            covers_from: line.covers_from,
            covers_to: line.covers_to,
            fee: line.fee,
            days_before: line.days_before,
            days_after: line.days_after,
            reference: None,
            reverses: None,
            actor: String::new(),
        }
        .try_into()
    }
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Entry, StoreError> {
        let cover = match (row.covers_from, row.covers_to, row.fee, row.days_before, row.days_after) {
            (Some(from), Some(to), Some(fee), Some(before), Some(after)) => Some(Cover {
                from,
                to,
                fee: Money::from_kopecks(fee),
                days_before: before as u8,
                days_after: after as u8,
            }),
            _ => None,
        };
        Ok(Entry {
            seq: row.seq,
            posted_on: row.posted_on,
            posted_at: row.posted_at,
            kind: kind(&row.kind)?,
            amount: Money::from_kopecks(row.amount),
            balance_after: Money::from_kopecks(row.balance_after),
            cover,
            tariff: row.tariff_code.map(TariffCode::new),
            reference: row.reference,
            reverses: row.reverses,
            actor: row.actor,
        })
    }
}

/// Appends an entry; `service` is the connection a daily charge belongs to. [`StoreError::Conflict`] if its reference,
/// its reversal or its service-day is in the book already.
pub async fn append(tx: &mut Tx, account: Uuid, service: Uuid, entry: &Entry) -> Result<(), StoreError> {
    let cover = entry.cover.as_ref();
    tx.run(
        "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, service_id, tariff_code, \
         covers_from, covers_to, fee, days_before, days_after, reference, reverses, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        (
            account,
            entry.seq,
            entry.posted_on,
            entry.posted_at,
            entry.kind.code(),
            entry.amount.kopecks(),
            entry.balance_after.kopecks(),
            cover.map(|_| service),
            entry.tariff.as_ref().map(|tariff| tariff.as_str().to_owned()),
            cover.map(|cover| cover.from),
            cover.map(|cover| cover.to),
            cover.map(|cover| cover.fee.kopecks()),
            cover.map(|cover| i64::from(cover.days_before)),
            cover.map(|cover| i64::from(cover.days_after)),
            entry.reference.clone(),
            entry.reverses,
            entry.actor.as_str(),
        ),
    )
    .await?;
    Ok(())
}

/// A month of the book.
#[derive(Clone, Debug, Default)]
pub struct MonthOfBook {
    /// Balance before the month's first entry.
    pub opening: Money,
    /// Entries posted in the month, in order.
    pub entries: Vec<Entry>,
    /// The first charge posted after the month: it may cover days of it.
    pub later: Vec<Entry>,
}

/// Reads a month by the covering index alone, in one statement: the last entry before, those within, and the first
/// charge after. Instants, references and actors are not in the index, so they are not in these entries.
pub async fn month(view: &mut View, account: Uuid, month: Month) -> Result<MonthOfBook, StoreError> {
    let sql = concat!(
        "SELECT * FROM (SELECT ",
        statement_line!(),
        " FROM entry WHERE account_id = $1 AND posted_on < $2 \
         ORDER BY posted_on DESC, seq DESC LIMIT 1) AS before_month \
         UNION ALL SELECT ",
        statement_line!(),
        " FROM entry WHERE account_id = $1 AND posted_on >= $2 AND posted_on <= $3 \
         UNION ALL SELECT * FROM (SELECT ",
        statement_line!(),
        " FROM entry WHERE account_id = $1 AND posted_on > $3 \
         AND covers_from IS NOT NULL ORDER BY posted_on, seq LIMIT 1) AS after_month"
    );
    let lines: Vec<Line> = view.all(sql, (account, month.first(), month.last())).await?;
    let mut book = MonthOfBook::default();
    for line in lines {
        let entry = Entry::try_from(line)?;
        if entry.posted_on < month.first() {
            book.opening = entry.balance_after;
        } else if entry.posted_on > month.last() {
            book.later.push(entry);
        } else {
            book.entries.push(entry);
        }
    }
    book.entries.sort_unstable_by_key(|entry| entry.seq);
    Ok(book)
}

/// Which entries a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Posted on this day or later.
    pub from: Option<Date>,
    /// Posted on this day or earlier.
    pub to: Option<Date>,
    /// Of this kind only.
    pub kind: Option<EntryKind>,
}

/// Newest first, those before `cursor` (a `seq`), at most `limit`.
pub async fn page(
    view: &mut View,
    account: Uuid,
    filter: Filter,
    cursor: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> = view
        .all(
            concat!(
                "SELECT ",
                row!(),
                " FROM entry \
             WHERE account_id = $1 AND seq < $2 AND posted_on >= $3 AND posted_on <= $4 AND ($5 = '' OR kind = $5) \
             ORDER BY seq DESC LIMIT $6"
            ),
            (
                account,
                cursor.unwrap_or(i64::MAX),
                filter.from.unwrap_or(time::macros::date!(0001 - 01 - 01)),
                filter.to.unwrap_or(time::macros::date!(9999 - 12 - 31)),
                filter.kind.map_or("", EntryKind::code),
                limit,
            ),
        )
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// One entry.
pub async fn find(view: &mut View, account: Uuid, seq: i64) -> Result<Option<Entry>, StoreError> {
    let row: Option<Row> = view
        .maybe(concat!("SELECT ", row!(), " FROM entry WHERE account_id = $1 AND seq = $2"), (account, seq))
        .await?;
    row.map(Entry::try_from).transpose()
}

/// The entry that carries a reference.
pub async fn by_reference(view: &mut View, account: Uuid, reference: &str) -> Result<Option<Entry>, StoreError> {
    let seq: Option<(i64,)> =
        view.maybe("SELECT seq FROM entry WHERE account_id = $1 AND reference = $2", (account, reference)).await?;
    match seq {
        Some((seq,)) => find(view, account, seq).await,
        None => Ok(None),
    }
}

/// The whole book of an account, oldest first: for the audit.
pub async fn whole(view: &mut View, account: Uuid) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> =
        view.all(concat!("SELECT ", row!(), " FROM entry WHERE account_id = $1 ORDER BY seq"), (account,)).await?;
    rows.into_iter().map(Entry::try_from).collect()
}
