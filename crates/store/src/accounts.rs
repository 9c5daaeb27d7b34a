//! Accounts with their connection: read whole, locked by touching, written whole.

use crate::{StoreError, Tx, View};
use cabinet_core::account::{Account, Count, Pause, PlannedTariff, Promise, StaticIp, TariffService};
use cabinet_core::ledger::EntryKind;
use cabinet_core::notice::Ways;
use cabinet_core::{Money, Month, TariffCode};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// An account as it was read.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub id: Uuid,
    /// Contract number.
    pub contract: String,
    /// Grows with every change below the account.
    pub revision: i64,
    /// Why staff suspended it.
    pub suspended_reason: Option<String>,
    /// Id of the connection.
    pub service_id: Uuid,
    /// The order that planned the change of tariff.
    pub planned_order: Option<Uuid>,
    /// The order that planned the pause.
    pub pause_order: Option<Uuid>,
    /// Which static address the account has.
    pub address: Option<Address>,
    /// What the rules ask.
    pub account: Account,
    /// The connection as it was read: what did not change need not be written.
    read: Connection,
}

/// What the rows of the tariff's connection and of the static address hold.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Connection {
    service: TariffService,
    planned_order: Option<Uuid>,
    static_ip: Option<StaticIp>,
}

impl Connection {
    fn of(account: &Account, planned_order: Option<Uuid>) -> Connection {
        let (service, static_ip) = (account.service.clone(), account.static_ip);
        Connection { service, planned_order, static_ip }
    }
}

impl Held {
    /// The connection that a daily charge of this kind belongs to.
    pub fn connection(&self, kind: EntryKind) -> Uuid {
        match (kind, &self.address) {
            (EntryKind::StaticIpCharge, Some(address)) => address.service_id,
            _ => self.service_id,
        }
    }
}

/// The static address of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Id of this connection of it.
    pub service_id: Uuid,
    /// The order that connected it.
    pub order_id: Uuid,
    /// The address.
    pub address: String,
    /// The IPv6 prefix that goes with it.
    pub prefix: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    contract: String,
    revision: i64,
    suspended_reason: Option<String>,
    opened_on: Date,
    closed_on: Option<Date>,
    suspended_since: Option<Date>,
    blocked_since: Option<Date>,
    balance: i64,
    credit: i64,
    promised_on: Option<Date>,
    promised_until: Option<Date>,
    entries: i64,
    service_id: Uuid,
    tariff_code: String,
    tariff_changed_on: Option<Date>,
    planned_tariff: Option<String>,
    planned_on: Option<Date>,
    planned_order: Option<Uuid>,
    charged_through: Date,
    count_fee: i64,
    count_month: Date,
    count_days: i64,
    pause_from: Option<Date>,
    pause_until: Option<Date>,
    pause_order: Option<Uuid>,
    paused_through: Option<Date>,
    turbo_until: Option<OffsetDateTime>,
    ip_service: Option<Uuid>,
    ip_order: Option<Uuid>,
    ip_address: Option<String>,
    ip_prefix: Option<String>,
    ip_connected_on: Option<Date>,
    ip_until: Option<Date>,
    ip_charged_through: Option<Date>,
    ip_fee: Option<i64>,
    ip_month: Option<Date>,
    ip_days: Option<i64>,
}

impl Row {
    fn address(&mut self) -> Option<(Address, StaticIp)> {
        let address = Address {
            service_id: self.ip_service?,
            order_id: self.ip_order?,
            address: self.ip_address.take()?,
            prefix: self.ip_prefix.take(),
        };
        let ip = StaticIp {
            connected_on: self.ip_connected_on?,
            until: self.ip_until,
            charged_through: self.ip_charged_through?,
            count: Count {
                fee: Money::from_kopecks(self.ip_fee?),
                month: Month::of(self.ip_month?),
                days: self.ip_days? as u8,
            },
        };
        Some((address, ip))
    }
}

macro_rules! columns {
    () => {
        "a.id, a.contract, a.revision, a.suspended_reason, a.opened_on, a.closed_on, a.suspended_since, a.blocked_since, \
         a.balance, a.credit, a.promised_on, a.promised_until, a.entries, s.id AS service_id, s.tariff_code, \
         s.tariff_changed_on, s.planned_tariff, s.planned_on, s.planned_order, s.charged_through, s.count_fee, \
         s.count_month, s.count_days, a.pause_from, a.pause_until, a.pause_order, a.paused_through, a.turbo_until, \
         i.service_id AS ip_service, i.order_id AS ip_order, i.address AS ip_address, i.prefix AS ip_prefix, i.connected_on AS ip_connected_on, \
         i.serves_until AS ip_until, i.charged_through AS ip_charged_through, i.count_fee AS ip_fee, \
         i.count_month AS ip_month, i.count_days AS ip_days"
    };
}

macro_rules! joined {
    () => {
        "account a JOIN service s ON s.account_id = a.id LEFT JOIN static_ip i ON i.account_id = a.id"
    };
}

impl From<Row> for Held {
    fn from(mut row: Row) -> Held {
        let (address, static_ip) = row.address().unzip();
        let planned = row.planned_tariff.zip(row.planned_on);
        let credit = Money::from_kopecks(row.credit);
        let promised = row.promised_on.zip(row.promised_until);
        let account = Account {
            opened_on: row.opened_on,
            closed_on: row.closed_on,
            suspended_since: row.suspended_since,
            blocked_since: row.blocked_since,
            balance: Money::from_kopecks(row.balance),
            promise: promised.map(|(taken_on, until)| Promise { taken_on, until, credit }),
            entries: row.entries,
            service: TariffService {
                tariff: TariffCode::new(row.tariff_code),
                changed_on: row.tariff_changed_on,
                planned: planned
                    .map(|(tariff, starts_on)| PlannedTariff { tariff: TariffCode::new(tariff), starts_on }),
                charged_through: row.charged_through,
                count: Count {
                    fee: Money::from_kopecks(row.count_fee),
                    month: Month::of(row.count_month),
                    days: row.count_days as u8,
                },
            },
            pause: row.pause_from.zip(row.pause_until).map(|(from, until)| Pause { from, until }),
            paused_through: row.paused_through,
            turbo_until: row.turbo_until,
            static_ip,
        };
        Held {
            read: Connection::of(&account, row.planned_order),
            id: row.id,
            contract: row.contract,
            revision: row.revision,
            suspended_reason: row.suspended_reason,
            service_id: row.service_id,
            planned_order: row.planned_order,
            pause_order: row.pause_order,
            address,
            account,
        }
    }
}

/// By id.
pub async fn find(view: &mut View, id: Uuid) -> Result<Option<Held>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM ", joined!(), " WHERE a.id = $1");
    Ok(view.maybe::<Row>(sql, (id,)).await?.map(Held::from))
}

/// Those of many ids, in no order.
pub async fn find_many(view: &mut View, ids: &[Uuid]) -> Result<Vec<Held>, StoreError> {
    let postgres = concat!("SELECT ", columns!(), " FROM ", joined!(), " WHERE a.id = ANY($1)");
    let sqlite =
        concat!("SELECT ", columns!(), " FROM ", joined!(), " WHERE a.id IN (SELECT unhex(value) FROM json_each($1))");
    Ok(view.all_of::<Row>([postgres, sqlite], ids, None).await?.into_iter().map(Held::from).collect())
}

/// What the header of every page shows.
#[derive(Clone, Debug)]
pub struct Header {
    /// The account.
    pub held: Held,
    /// The subscriber's full name.
    pub name: String,
    /// Letters to the e-mail are refused.
    pub email_failing: bool,
}

/// The header in one statement.
pub async fn find_header(view: &mut View, id: Uuid) -> Result<Option<Header>, StoreError> {
    #[derive(FromRow)]
    struct Named {
        #[sqlx(flatten)]
        row: Row,
        last_name: String,
        first_name: String,
        middle_name: String,
        email_failing: bool,
    }
    let sql = concat!(
        "SELECT ",
        columns!(),
        ", p.last_name, p.first_name, p.middle_name, p.email_failing_since IS NOT NULL AS email_failing FROM ",
        joined!(),
        " JOIN profile p ON p.account_id = a.id WHERE a.id = $1"
    );
    Ok(view.maybe::<Named>(sql, (id,)).await?.map(|named| {
        let words = [named.last_name, named.first_name, named.middle_name];
        let name = words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" ");
        Header { held: Held::from(named.row), name, email_failing: named.email_failing }
    }))
}

/// The account and the subscriber's full name.
pub async fn find_with_name(view: &mut View, id: Uuid) -> Result<Option<(Held, String)>, StoreError> {
    Ok(find_header(view, id).await?.map(|header| (header.held, header.name)))
}

/// The id behind a contract number.
pub async fn id_of_contract(view: &mut View, contract: &str) -> Result<Option<Uuid>, StoreError> {
    let found: Option<(Uuid,)> = view.maybe("SELECT id FROM account WHERE contract = $1", (contract,)).await?;
    Ok(found.map(|(id,)| id))
}

/// Locks the account for this transaction and reads it: the first statement of every use case that writes.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Held>, StoreError> {
    match tx.run("UPDATE account SET revision = revision + 1 WHERE id = $1", (id,)).await? {
        0 => Ok(None),
        _ => find(tx, id).await,
    }
}

/// Writes a new account and its connection. [`StoreError::Conflict`] if the contract number is taken.
pub async fn open(
    tx: &mut Tx,
    id: Uuid,
    contract: &str,
    service_id: Uuid,
    account: &Account,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) VALUES ($1, $2, $3, 0, 0, 0, 1)",
        (id, contract, account.opened_on),
    )
    .await?;
    let service = &account.service;
    tx.run(
        "INSERT INTO service (id, account_id, kind, tariff_code, charged_through, count_fee, count_month, count_days) \
         VALUES ($1, $2, 'tariff', $3, $4, $5, $6, $7)",
        (
            service_id,
            id,
            service.tariff.as_str(),
            service.charged_through,
            service.count.fee.kopecks(),
            service.count.month.first(),
            i64::from(service.count.days),
        ),
    )
    .await?;
    Ok(())
}

/// Writes back what was locked and changed.
pub async fn save(tx: &mut Tx, held: &Held) -> Result<(), StoreError> {
    let account = &held.account;
    tx.run(
        "UPDATE account SET closed_on = $2, suspended_since = $3, suspended_reason = $4, blocked_since = $5, \
         balance = $6, credit = $7, promised_on = $8, promised_until = $9, entries = $10, pause_from = $11, \
         pause_until = $12, pause_order = $13, paused_through = $14, turbo_until = $15 WHERE id = $1",
        (
            held.id,
            account.closed_on,
            account.suspended_since,
            held.suspended_reason.clone(),
            account.blocked_since,
            account.balance.kopecks(),
            account.promise.map_or(0, |promise| promise.credit.kopecks()),
            account.promise.map(|promise| promise.taken_on),
            account.promise.map(|promise| promise.until),
            account.entries,
            account.pause.map(|pause| pause.from),
            account.pause.map(|pause| pause.until),
            held.pause_order.filter(|_| account.pause.is_some()),
            account.paused_through,
            account.turbo_until,
        ),
    )
    .await?;
    if held.read == Connection::of(account, held.planned_order) {
        return Ok(());
    }
    if let Some(ip) = &account.static_ip {
        tx.run(
            "UPDATE static_ip SET serves_until = $2, charged_through = $3, count_fee = $4, count_month = $5, \
             count_days = $6 WHERE account_id = $1",
            (
                held.id,
                ip.until,
                ip.charged_through,
                ip.count.fee.kopecks(),
                ip.count.month.first(),
                i64::from(ip.count.days),
            ),
        )
        .await?;
    }
    let service = &account.service;
    let planned = service.planned.as_ref();
    tx.run(
        "UPDATE service SET tariff_code = $3, tariff_changed_on = $4, planned_tariff = $5, planned_on = $6, \
         planned_order = $7, charged_through = $8, count_fee = $9, count_month = $10, count_days = $11 \
         WHERE account_id = $1 AND id = $2",
        (
            held.id,
            held.service_id,
            service.tariff.as_str(),
            service.changed_on,
            planned.map(|planned| planned.tariff.as_str().to_owned()),
            planned.map(|planned| planned.starts_on),
            held.planned_order.filter(|_| planned.is_some()),
            service.charged_through,
            service.count.fee.kopecks(),
            service.count.month.first(),
            i64::from(service.count.days),
        ),
    )
    .await?;
    Ok(())
}

/// Up to `limit` accounts after `after`, in order of id, that the run of `day` has to look at.
pub async fn due(view: &mut View, day: Date, after: Uuid, limit: i64) -> Result<Vec<Held>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM ",
        joined!(),
        " WHERE a.id > $2 AND s.charged_through < $1 AND a.opened_on <= $1 AND a.suspended_since IS NULL \
         AND (a.closed_on IS NULL OR a.closed_on > s.charged_through) ORDER BY a.id LIMIT $3"
    );
    Ok(view.all::<Row>(sql, (day, after, limit)).await?.into_iter().map(Held::from).collect())
}

/// How many accounts the run of `day` has to look at.
pub async fn count_due(view: &mut View, day: Date) -> Result<i64, StoreError> {
    let (count,): (i64,) = view
        .one(
            "SELECT COUNT(*) FROM account a JOIN service s ON s.account_id = a.id \
             WHERE s.charged_through < $1 AND a.opened_on <= $1 AND a.suspended_since IS NULL \
             AND (a.closed_on IS NULL OR a.closed_on > s.charged_through)",
            (day,),
        )
        .await?;
    Ok(count)
}

/// Up to `limit` accounts after `after`, in order of id.
pub async fn page(view: &mut View, after: Uuid, limit: i64) -> Result<Vec<Held>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM ", joined!(), " WHERE a.id > $1 ORDER BY a.id LIMIT $2");
    Ok(view.all::<Row>(sql, (after, limit)).await?.into_iter().map(Held::from).collect())
}

/// The accounts behind `after` through `last`, in order of id.
pub async fn stretch(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Held>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM ", joined!(), " WHERE a.id > $1 AND a.id <= $2 ORDER BY a.id");
    Ok(view.all::<Row>(sql, (after, last)).await?.into_iter().map(Held::from).collect())
}

/// In order of id, each account that ends a stretch of so many.
pub async fn milestones(view: &mut View, every: i64) -> Result<Vec<Uuid>, StoreError> {
    let sql = "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS number FROM account) AS numbered \
         WHERE number % $1 = 0 ORDER BY id";
    let rows: Vec<(Uuid,)> = view.all(sql, (every,)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Accounts behind `after` through `last` that wish to be told something by some ways, in order of id.
pub async fn told(view: &mut View, ways: Ways, after: Uuid, last: Uuid) -> Result<Vec<Held>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM ",
        joined!(),
        " JOIN notice_wish w ON w.account_id = a.id \
         WHERE (w.sms OR w.email OR w.ways = 'push') AND w.ways = $1 AND w.account_id > $2 AND w.account_id <= $3 \
         ORDER BY w.account_id"
    );
    Ok(view.all::<Row>(sql, (ways.code(), after, last)).await?.into_iter().map(Held::from).collect())
}

/// How many accounts there are.
pub async fn count(view: &mut View) -> Result<i64, StoreError> {
    let (count,): (i64,) = view.one("SELECT COUNT(*) FROM account", ()).await?;
    Ok(count)
}

/// Whose balance is below zero.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Debtor {
    /// The account.
    pub id: Uuid,
    /// Contract number.
    pub contract: String,
    /// Surname.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Patronymic.
    pub middle_name: String,
    /// Telephones as they are kept.
    pub phones: String,
    /// Below zero.
    pub balance: i64,
    /// The first day the money did not cover.
    pub blocked_since: Option<Date>,
    /// The last day of a promised payment.
    pub promised_until: Option<Date>,
    /// The first day after the contract.
    pub closed_on: Option<Date>,
}

/// Accounts below zero, the largest debt first, those behind `after` (a balance and an account).
pub async fn debtors(view: &mut View, after: Option<(i64, Uuid)>, limit: i64) -> Result<Vec<Debtor>, StoreError> {
    let (balance, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    view.all(
        "SELECT a.id, a.contract, p.last_name, p.first_name, p.middle_name, p.phones, a.balance, a.blocked_since, \
         a.promised_until, a.closed_on FROM account a JOIN profile p ON p.account_id = a.id \
         WHERE a.balance < 0 AND (a.balance, a.id) > ($1, $2) ORDER BY a.balance, a.id LIMIT $3",
        (balance, id, limit),
    )
    .await
}

/// The contract of an account that has no connection, which the other finders would pass over.
pub async fn unconnected(view: &mut View) -> Result<Option<String>, StoreError> {
    let found: Option<(String,)> = view
        .maybe(
            "SELECT contract FROM account a WHERE NOT EXISTS (SELECT 1 FROM service s WHERE s.account_id = a.id) \
             ORDER BY contract LIMIT 1",
            (),
        )
        .await?;
    Ok(found.map(|(contract,)| contract))
}
