//! The book: appended, never changed.

use crate::{Engine, StoreError, Tx, View, spells};
use cabinet_core::ledger::{Cover, Entry, EntryKind};
use cabinet_core::statement::Spell;
use cabinet_core::{Money, Month, TariffCode};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// The columns of a statement's line: all of them lie in the index `entry_month`.
#[derive(Clone, Debug, FromRow)]
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

#[derive(Clone, Debug, FromRow)]
struct Row {
    #[sqlx(flatten)]
    line: Line,
    posted_at: OffsetDateTime,
    reference: Option<String>,
    reverses: Option<i64>,
    actor: String,
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

impl TryFrom<Line> for Entry {
    type Error = StoreError;
    fn try_from(line: Line) -> Result<Entry, StoreError> {
        let odd = |what: &str| StoreError::corrupt(format!("entry {} has {what}", line.seq));
        let days = |days: i64| u8::try_from(days).map_err(|_| odd("a count of days no month has"));
        let cover = match (line.covers_from, line.covers_to, line.fee, line.days_before, line.days_after) {
            (Some(from), Some(to), Some(fee), Some(before), Some(after)) => Some(Cover {
                from,
                to,
                fee: Money::from_kopecks(fee),
                days_before: days(before)?,
                days_after: days(after)?,
            }),
            _ => None,
        };
        Ok(Entry {
            seq: line.seq,
            posted_on: line.posted_on,
            posted_at: line.posted_on.midnight().assume_utc(),
            kind: EntryKind::from_code(&line.kind).ok_or_else(|| odd("a kind nobody knows"))?,
            amount: Money::from_kopecks(line.amount),
            balance_after: Money::from_kopecks(line.balance_after),
            cover,
            tariff: line.tariff_code.map(TariffCode::new),
            reference: None,
            reverses: None,
            actor: String::new(),
        })
    }
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Entry, StoreError> {
        let (posted_at, reference, reverses, actor) = (row.posted_at, row.reference, row.reverses, row.actor);
        Ok(Entry { posted_at, reference, reverses, actor, ..row.line.try_into()? })
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

/// The business day of an account's last entry, whose `seq` is `last`.
pub async fn last_day(view: &mut View, account: Uuid, last: i64) -> Result<Option<Date>, StoreError> {
    let row: Option<(Date,)> =
        view.maybe("SELECT posted_on FROM entry WHERE account_id = $1 AND seq = $2", (account, last)).await?;
    Ok(row.map(|(day,)| day))
}

/// A month of the book, or other days of it.
#[derive(Clone, Debug, Default)]
pub struct MonthOfBook {
    /// Balance before the month's first entry.
    pub opening: Money,
    /// Entries posted in the month, in order.
    pub entries: Vec<Entry>,
    /// The charges of the first day after the month that has any: they may cover days of it.
    pub later: Vec<Entry>,
}

macro_rules! month {
    () => {
        concat!(
            "SELECT * FROM (SELECT ",
            statement_line!(),
            " FROM entry WHERE account_id = $1 AND posted_on < $2 \
             ORDER BY posted_on DESC, seq DESC LIMIT 1) AS before_month \
             UNION ALL SELECT ",
            statement_line!(),
            " FROM entry WHERE account_id = $1 AND posted_on >= $2 AND posted_on <= $3 \
             UNION ALL SELECT ",
            statement_line!(),
            " FROM entry WHERE account_id = $1 AND covers_from IS NOT NULL AND posted_on = ( \
             SELECT MIN(posted_on) FROM entry WHERE account_id = $1 AND posted_on > $3 AND covers_from IS NOT NULL)"
        )
    };
}

/// A month of an account ($1) from its first day ($2) to its last ($3), read by the covering index alone: the last
/// entry before, those within, and the charges of the first day after that has any (a run that caught up posted one
/// for each fee and month it missed).
pub const MONTH: &str = month!();

/// [`MONTH`] with what else a statement shows, in one round trip: the account's first and last day as a line of kind
/// `account`, and its spells as lines of theirs, which are no kinds of entries.
pub const STATEMENT: &str = concat!(
    month!(),
    " UNION ALL SELECT 0, opened_on, 'account', 0, 0, NULL, NULL, closed_on, NULL, NULL, NULL \
     FROM account WHERE id = $1 \
     UNION ALL SELECT 0, first_day, kind, 0, 0, NULL, NULL, last_day, NULL, NULL, NULL \
     FROM standing_spell WHERE account_id = $1 AND first_day <= $3 AND (last_day IS NULL OR last_day >= $2)"
);

/// What a statement of a month shows.
#[derive(Clone, Debug)]
pub struct StatementOfBook {
    /// The contract's first day.
    pub opened_on: Date,
    /// The day the contract ended.
    pub closed_on: Option<Date>,
    /// The month.
    pub book: MonthOfBook,
    /// The days without service that touch the month, in order.
    pub spells: Vec<Spell>,
}

/// Reads a month in one statement. Instants, references and actors are not in the index, so they are not in these
/// entries.
pub async fn month(view: &mut View, account: Uuid, month: Month) -> Result<MonthOfBook, StoreError> {
    between(view, account, month.first(), month.last()).await
}

/// Reads the days `from` through `to` as a month is read.
pub async fn between(view: &mut View, account: Uuid, from: Date, to: Date) -> Result<MonthOfBook, StoreError> {
    gather(view.all(MONTH, (account, from, to)).await?, (from, to))
}

/// Reads what a statement shows, in one statement; nothing if there is no such account.
pub async fn statement(view: &mut View, account: Uuid, month: Month) -> Result<Option<StatementOfBook>, StoreError> {
    let lines: Vec<Line> = view.all(STATEMENT, (account, month.first(), month.last())).await?;
    let (entries, others): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.seq > 0);
    let (accounts, spells): (Vec<Line>, Vec<Line>) = others.into_iter().partition(|line| line.kind == "account");
    let Some(account) = accounts.first() else { return Ok(None) };
    let spells = spells.into_iter().map(|line| spells::spell((line.kind, line.posted_on, line.covers_to)));
    let mut spells = spells.collect::<Result<Vec<_>, _>>()?;
    spells.sort_unstable_by_key(|spell| spell.first_day);
    let book = gather(entries, (month.first(), month.last()))?;
    Ok(Some(StatementOfBook { opened_on: account.posted_on, closed_on: account.covers_to, book, spells }))
}

fn gather(lines: Vec<Line>, (from, to): (Date, Date)) -> Result<MonthOfBook, StoreError> {
    let mut book = MonthOfBook::default();
    for line in lines {
        let entry = Entry::try_from(line)?;
        if entry.posted_on < from {
            book.opening = entry.balance_after;
        } else if entry.posted_on > to {
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

/// Everything posted since a day but the daily charges, in order.
pub async fn moved_since(view: &mut View, account: Uuid, from: Date) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Line> = view
        .all(
            concat!(
                "SELECT ",
                statement_line!(),
                " FROM entry WHERE account_id = $1 AND posted_on >= $2 AND covers_from IS NULL ORDER BY posted_on, seq"
            ),
            (account, from),
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

/// The daily charges of one connection, in order.
pub async fn of_connection(view: &mut View, account: Uuid, service: Uuid) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<Row> = view
        .all(
            concat!("SELECT ", row!(), " FROM entry WHERE account_id = $1 AND service_id = $2 ORDER BY seq"),
            (account, service),
        )
        .await?;
    rows.into_iter().map(Entry::try_from).collect()
}

/// A row of the whole book, as the audit reads it.
#[derive(Clone, Debug, FromRow)]
pub struct Posted {
    /// The account.
    pub account_id: Uuid,
    /// The connection a daily charge belongs to.
    pub service_id: Option<Uuid>,
    #[sqlx(flatten)]
    row: Row,
}

impl Posted {
    /// Its number within the account.
    pub fn seq(&self) -> i64 {
        self.row.line.seq
    }

    /// The entry.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a row that is none.
    pub fn entry(self) -> Result<Entry, StoreError> {
        self.row.try_into()
    }
}

/// Up to `limit` rows behind `after` (an account and a number in it) of the accounts through `last`, by account and
/// number.
pub async fn stretch(view: &mut View, after: (Uuid, i64), last: Uuid, limit: i64) -> Result<Vec<Posted>, StoreError> {
    view.all(
        concat!(
            "SELECT account_id, service_id, ",
            row!(),
            " FROM entry WHERE (account_id, seq) > ($1, $2) AND account_id <= $3 ORDER BY account_id, seq LIMIT $4"
        ),
        (after.0, after.1, last, limit),
    )
    .await
}

/// The days of the month of `covers_to`.
macro_rules! days {
    () => {
        "CASE SUBSTR(CAST(covers_to AS TEXT), 6, 2) WHEN '02' THEN 28 + CASE \
             WHEN SUBSTR(CAST(covers_to AS TEXT), 3, 2) = '00' \
                 THEN CASE WHEN CAST(SUBSTR(CAST(covers_to AS TEXT), 1, 2) AS BIGINT) % 4 = 0 THEN 1 ELSE 0 END \
             WHEN CAST(SUBSTR(CAST(covers_to AS TEXT), 1, 4) AS BIGINT) % 4 = 0 THEN 1 ELSE 0 END \
         WHEN '04' THEN 30 WHEN '06' THEN 30 WHEN '09' THEN 30 WHEN '11' THEN 30 ELSE 31 END"
    };
}

/// The share of a fee in so many of a month's days, as [`Money::share`] has it; `fee` is a column.
macro_rules! share {
    ($part:literal) => {
        share!($part, "(" days!() ")")
    };
    ($part:literal, $($days:expr)+) => {
        concat!("((2 * fee * ", $part, " + " $(, $days)+, ") / (2 * " $(, $days)+, "))")
    };
}

/// What a charge takes, in a month of so many days.
macro_rules! charged {
    ($days:literal) => {
        concat!(share!("days_before", $days), " - ", share!("days_after", $days))
    };
}

/// The day of a date's month; either engine writes a date as `2014-12-21`.
macro_rules! day {
    ($date:literal) => {
        concat!("CAST(SUBSTR(CAST(", $date, " AS TEXT), 9, 2) AS BIGINT)")
    };
}

/// The kinds that stand alone: neither daily charges nor what is held against other rows.
macro_rules! alone {
    () => {
        "'tariff_change', 'turbo', 'pause', 'cash_payment', 'bank_transfer', 'voucher', 'adjustment', 'reversal'"
    };
}

/// A date as a number of days, in the words of either engine; numbers go through a window at half the price of texts.
macro_rules! ordinal {
    (Sqlite, $date:literal) => {
        concat!("CAST(julianday(", $date, ") AS INTEGER)")
    };
    (Postgres, $date:literal) => {
        concat!("CAST(", $date, " - DATE '0001-01-01' AS BIGINT)")
    };
}

/// Each row of the accounts behind `$1` through `$2` that does not follow from those before it in its account, by the rules
/// of [`cabinet_core::audit::Audit::entry`] in one pass over the book; beside them the rows that have to be looked at with
/// others: prices of promised payments, what went back of payments, and payments that nothing beside the book tells of.
///
/// `part` is what a row shows by itself: 0 nothing more to ask, 1 a daily charge, 2 to be looked at, 3 a terminal's payment,
/// 4 one online, 9 broken. The rest asks the rows before, all of one frame, since either engine would pass over the book
/// again for another; and since each column that goes through the window costs SQLite as much as a check, few do. What
/// holds for the row before need not be asked of all before it: had it not held, that row would be told. So a balance
/// follows from the balance before, and a count that goes on from the last one is within its month.
///
/// `mark` is a charge's last day, its fee and its count as digits of one number, and the greatest before is the last. Rows
/// whose numbers are too great for this arithmetic are told as broken, as is every row with a part of a charge alone: whoever
/// reads them judges, so what they do to the values of later rows is no matter.
macro_rules! chain {
    ($engine:ident) => {
        concat!(
            "SELECT account_id, seq, broken, \
                 (SELECT e.posted_on FROM entry e WHERE e.account_id = judged.account_id AND e.seq = judged.seq) AS posted_on, \
                 (SELECT e.kind FROM entry e WHERE e.account_id = judged.account_id AND e.seq = judged.seq) AS kind FROM ( \
             SELECT account_id, seq, part, CASE \
             WHEN part = 9 OR seq <> number OR posted IS NULL OR posted < latest THEN TRUE \
             WHEN balance_before NOT BETWEEN -4000000000000000000 AND 4000000000000000000 THEN TRUE \
             WHEN COALESCE(balance_before, 0) + amount <> balance_after THEN TRUE \
             WHEN part <> 1 THEN FALSE \
             WHEN mark IS NULL OR mark / 1000000000000 - span <= last / 1000000000000 THEN TRUE \
             WHEN fee = last % 1000000000000 / 64 AND last / 1000000000000 > mark / 1000000000000 - ",
            day!("covers_to"),
            " THEN CASE WHEN days_before = last % 64 THEN FALSE ELSE days_after > ",
            day!("covers_to"),
            " OR days_before < last % 64 OR ",
            share!("days_before"),
            " <> ",
            share!("(last % 64)"),
            " END ELSE days_after > ",
            day!("covers_to"),
            " OR (days_before > 0 AND ",
            share!("days_before"),
            " > 0) END AS broken FROM ( \
             SELECT account_id, seq, posted, amount, balance_after, covers_to, fee, days_before, days_after, part, mark, span, \
                 COUNT(*) OVER w + 1 AS number, LAST_VALUE(balance_after) OVER w AS balance_before, \
                 MAX(posted) OVER w AS latest, MAX(mark) OVER w AS last FROM ( \
             SELECT account_id, seq, amount, balance_after, covers_to, fee, days_before, days_after, ",
            ordinal!($engine, "posted_on"),
            " AS posted, CASE WHEN covers_from <> covers_to THEN ",
            ordinal!($engine, "covers_to"),
            " - ",
            ordinal!($engine, "covers_from"),
            " ELSE 0 END AS span, CASE WHEN days_after BETWEEN 0 AND 31 AND fee BETWEEN 0 AND 9999999999 THEN ",
            ordinal!($engine, "covers_to"),
            " * 1000000000000 + fee * 64 + days_after END AS mark, CASE \
                 WHEN seq > 4000000 OR amount = 0 OR amount NOT BETWEEN -1000000000000 AND 1000000000000 \
                     OR (kind = 'reversal') <> (reverses IS NOT NULL) THEN 9 \
                 WHEN service_id IS NULL AND covers_to IS NULL AND fee IS NULL AND days_after IS NULL THEN CASE \
                     WHEN kind IN (",
            alone!(),
            ") THEN 0 WHEN kind IN ('promised_payment', 'refund') THEN 2 \
                     WHEN kind = 'terminal_payment' THEN 3 WHEN kind = 'online_payment' THEN 4 ELSE 9 END \
                 WHEN service_id IS NULL OR covers_to IS NULL OR fee IS NULL OR days_before IS NULL OR days_after IS NULL \
                     OR fee NOT BETWEEN 0 AND 9999999999 OR days_before < 0 OR days_after <= days_before OR days_after > 31 \
                     OR covers_to > posted_on THEN 9 \
                 WHEN kind <> 'tariff_charge' AND kind NOT IN ('static_ip_charge', ",
            alone!(),
            ") THEN 9 \
                 WHEN covers_from = covers_to AND days_after - days_before > 1 THEN 9 \
                 WHEN covers_from <> covers_to AND (SUBSTR(CAST(covers_from AS TEXT), 1, 7) <> SUBSTR(CAST(covers_to AS TEXT), 1, 7) \
                     OR days_after - days_before > ",
            day!("covers_to"),
            " - ",
            day!("covers_from"),
            " + 1) THEN 9 \
                 WHEN amount = CASE SUBSTR(CAST(covers_to AS TEXT), 6, 2) WHEN '02' THEN ",
            share!("days_before"),
            " - ",
            share!("days_after"),
            " WHEN '04' THEN ",
            charged!("30"),
            " WHEN '06' THEN ",
            charged!("30"),
            " WHEN '09' THEN ",
            charged!("30"),
            " WHEN '11' THEN ",
            charged!("30"),
            " ELSE ",
            charged!("31"),
            " END THEN 1 ELSE 9 END AS part \
             FROM entry WHERE account_id > $1 AND account_id <= $2) AS shown \
             WINDOW w AS (PARTITION BY account_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) \
             ) AS chained) AS judged WHERE broken OR part = 2 \
             OR part = 3 AND NOT EXISTS (SELECT 1 FROM terminal_payment t \
                 WHERE t.account_id = judged.account_id AND t.entry_seq = judged.seq) \
             OR part = 4 AND NOT EXISTS (SELECT 1 FROM payment p \
                 WHERE p.account_id = judged.account_id AND p.credited_seq = judged.seq) ORDER BY account_id, seq"
        )
    };
}

/// A row that a person, or the rules of core, should look at.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Odd {
    /// The account.
    pub account_id: Uuid,
    /// Its number within the account.
    pub seq: i64,
    /// The day it was posted.
    pub posted_on: Date,
    /// What it is, or what stands in its place.
    pub kind: String,
    /// It does not follow from the rows before it; else it is to be looked at with others.
    pub broken: bool,
}

/// What of the entries of the accounts behind `after` through `last` does not follow from the rows before, or has to be
/// looked at with others, by account and number; reversals are [`odd_reversals`]'.
pub async fn odd_rows(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Odd>, StoreError> {
    let sql = match view.engine() {
        Engine::Sqlite => chain!(Sqlite),
        Engine::Postgres => chain!(Postgres),
    };
    view.all(sql, (after, last)).await
}

/// Reversals of the accounts behind `after` through `last` that do not undo an earlier entry, once and exactly, by account
/// and number.
pub async fn odd_reversals(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<(Uuid, i64)>, StoreError> {
    view.all(
        "SELECT r.account_id, r.seq FROM entry r LEFT JOIN entry o ON o.account_id = r.account_id AND o.seq = r.reverses \
         WHERE r.reverses IS NOT NULL AND r.account_id > $1 AND r.account_id <= $2 AND (o.seq IS NULL OR o.seq >= r.seq \
         OR CASE WHEN r.amount BETWEEN -1000000000000 AND 1000000000000 THEN o.amount <> -r.amount ELSE TRUE END \
         OR EXISTS (SELECT 1 FROM entry t WHERE t.account_id = r.account_id AND t.reverses = r.reverses AND t.seq < r.seq)) \
         ORDER BY r.account_id, r.seq",
        (after, last),
    )
    .await
}

/// Where an account's book ends.
#[derive(Clone, Debug)]
pub struct EndOfBook {
    /// The account.
    pub account_id: Uuid,
    /// The number of its last entry as the account has it; 0 without any, or where there is none of that number.
    pub entries: i64,
    /// The balance after it.
    pub balance: Money,
    /// The last charge of its connection, unless it is unreadable.
    pub charge: Option<Cover>,
    /// It lacks that one, or has entries behind it, charges of another connection, or a last charge that is unreadable.
    pub strange: bool,
}

/// Where the books of the accounts behind `after` through `last` end, by account.
pub async fn ends(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<EndOfBook>, StoreError> {
    #[derive(FromRow)]
    struct End {
        account_id: Uuid,
        entries: i64,
        balance: i64,
        covers_from: Option<Date>,
        covers_to: Option<Date>,
        fee: Option<i64>,
        days_before: Option<i64>,
        days_after: Option<i64>,
        strange: bool,
    }
    let rows: Vec<End> = view
        .all(
            "SELECT a.id AS account_id, COALESCE(l.seq, 0) AS entries, COALESCE(l.balance_after, 0) AS balance, \
             c.covers_from, c.covers_to, c.fee, c.days_before, c.days_after, \
             (l.seq IS NULL AND a.entries > 0) \
             OR EXISTS (SELECT 1 FROM entry x WHERE x.account_id = a.id AND x.seq > a.entries) \
             OR EXISTS (SELECT 1 FROM entry x WHERE x.account_id = a.id AND x.service_id < s.id) \
             OR EXISTS (SELECT 1 FROM entry x WHERE x.account_id = a.id AND x.service_id > s.id) AS strange \
             FROM account a JOIN service s ON s.account_id = a.id \
             LEFT JOIN entry l ON l.account_id = a.id AND l.seq = a.entries \
             LEFT JOIN entry c ON c.account_id = a.id AND c.service_id = s.id AND c.covers_to = \
                 (SELECT MAX(m.covers_to) FROM entry m WHERE m.account_id = a.id AND m.service_id = s.id) \
             WHERE a.id > $1 AND a.id <= $2 ORDER BY a.id",
            (after, last),
        )
        .await?;
    let days = |days: Option<i64>| days.and_then(|days| u8::try_from(days).ok());
    let end = |row: End| {
        let numbers = (row.covers_from, row.covers_to, row.fee, days(row.days_before), days(row.days_after));
        let charge = match numbers {
            (Some(from), Some(to), Some(fee), Some(days_before), Some(days_after)) => {
                Some(Cover { from, to, fee: Money::from_kopecks(fee), days_before, days_after })
            }
            _ => None,
        };
        EndOfBook {
            account_id: row.account_id,
            entries: row.entries,
            balance: Money::from_kopecks(row.balance),
            strange: row.strange || (charge.is_none() && row.covers_to.is_some()),
            charge,
        }
    };
    Ok(rows.into_iter().map(end).collect())
}

/// The daily charges posted on one day of one kind at one tariff.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DayOfTariff {
    /// The day they were posted.
    pub posted_on: Date,
    /// What they are.
    pub kind: String,
    /// The tariff; none for what is no tariff's.
    pub tariff_code: Option<String>,
    /// How many.
    pub entries: i64,
    /// Their sum, below zero.
    pub amount: i64,
}

/// The daily charges posted from `from` to `to`, by day, kind and tariff. Reads every entry there is.
pub async fn charged_between(view: &mut View, from: Date, to: Date) -> Result<Vec<DayOfTariff>, StoreError> {
    view.all(
        "SELECT posted_on, kind, tariff_code, COUNT(*) AS entries, CAST(SUM(amount) AS BIGINT) AS amount FROM entry \
         WHERE posted_on >= $1 AND posted_on <= $2 AND service_id IS NOT NULL \
         GROUP BY posted_on, kind, tariff_code ORDER BY posted_on, kind, tariff_code",
        (from, to),
    )
    .await
}

/// What a tariff earned.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Earned {
    /// The tariff.
    pub tariff_code: String,
    /// How many contracts were charged.
    pub accounts: i64,
    /// Charged days.
    pub days: i64,
    /// Kopecks taken, positive.
    pub charged: i64,
    /// Kopecks given back by reversals, positive.
    pub returned: i64,
}

/// What each tariff earned by the charges, and by the reversals of charges, posted from `from` to `to`. Reads every entry
/// there is.
pub async fn earned_between(view: &mut View, from: Date, to: Date) -> Result<Vec<Earned>, StoreError> {
    view.all(
        "SELECT tariff_code, CAST(SUM(accounts) AS BIGINT) AS accounts, CAST(SUM(days) AS BIGINT) AS days, \
         CAST(SUM(charged) AS BIGINT) AS charged, CAST(SUM(returned) AS BIGINT) AS returned FROM ( \
             SELECT tariff_code, COUNT(DISTINCT account_id) AS accounts, SUM(days_after - days_before) AS days, \
                 -SUM(amount) AS charged, 0 AS returned FROM entry \
             WHERE posted_on >= $1 AND posted_on <= $2 AND service_id IS NOT NULL AND tariff_code IS NOT NULL \
             GROUP BY tariff_code \
             UNION ALL SELECT r.tariff_code, 0, 0, 0, SUM(r.amount) FROM entry r \
             JOIN entry o ON o.account_id = r.account_id AND o.seq = r.reverses \
             WHERE r.posted_on >= $1 AND r.posted_on <= $2 AND r.service_id IS NULL AND r.reverses IS NOT NULL \
                 AND r.tariff_code IS NOT NULL AND o.service_id IS NOT NULL \
             GROUP BY r.tariff_code \
         ) AS sums GROUP BY tariff_code ORDER BY tariff_code",
        (from, to),
    )
    .await
}

/// An entry that is no daily charge, with what tells where its money lies.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Moved {
    /// The day it was posted.
    pub posted_on: Date,
    /// The account.
    pub account_id: Uuid,
    /// Its number within the account.
    pub seq: i64,
    /// What it is.
    pub kind: String,
    /// Signed kopecks.
    pub amount: i64,
    /// Its reference.
    pub reference: Option<String>,
    /// The entry it undoes.
    pub reverses: Option<i64>,
}

/// Up to `limit` entries that are no daily charges, posted through `to`, behind `after` (a day, an account and a number
/// in it), by day, account and number.
pub async fn moved_between(
    view: &mut View,
    after: (Date, Uuid, i64),
    to: Date,
    limit: i64,
) -> Result<Vec<Moved>, StoreError> {
    view.all(
        "SELECT posted_on, account_id, seq, kind, amount, reference, reverses FROM entry \
         WHERE service_id IS NULL AND posted_on <= $4 AND (posted_on, account_id, seq) > ($1, $2, $3) \
         ORDER BY posted_on, account_id, seq LIMIT $5",
        (after.0, after.1, after.2, to, limit),
    )
    .await
}

/// The entry that undid another, if one did.
pub async fn reversal_of(view: &mut View, account: Uuid, seq: i64) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> =
        view.maybe("SELECT seq FROM entry WHERE account_id = $1 AND reverses = $2", (account, seq)).await?;
    Ok(row.map(|(seq,)| seq))
}

/// The sum of an account's entries whose references begin with a text.
pub async fn sum_of_references(view: &mut View, account: Uuid, prefix: &str) -> Result<Money, StoreError> {
    let beyond = format!("{prefix}\u{10FFFF}");
    let (sum,): (i64,) = view
        .one(
            "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM entry \
             WHERE account_id = $1 AND reference >= $2 AND reference < $3",
            (account, prefix, beyond),
        )
        .await?;
    Ok(Money::from_kopecks(sum))
}
