//! Databases full of active accounts, the bare statements that charge them, and a book that was lived.

use cabinet_core::calendar::days;
use cabinet_core::{Language, Money, Month, TariffCode};
use cabinet_service::access::{Access, AccessSettings, Caller, Delivery};
use cabinet_service::office::Registration;
use cabinet_service::sign_in::SignIn;
use cabinet_service::{Chance, Clock, Service, SteppedClock, SystemClock};
use cabinet_store::{Options, Store};
use indicatif::ProgressBar;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use std::net::Ipv4Addr;
use std::sync::Arc;
use time::Date;
use time::macros::time;
use uuid::Uuid;

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
    "INSERT INTO tariff (code, name, down_mbps, up_mbps, offered, position) VALUES ('home-20', 'Домашній 20', 20, 20, TRUE, 0); \
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

/// A subscriber of the lived book, signed in.
pub struct Reader {
    /// Contract number.
    pub contract: String,
    /// Access token.
    pub token: String,
}

/// Everybody's password in it.
pub const PASSWORD: &str = "sonne-und-regen-17";

/// A book lived by the use cases, served from now on.
pub struct Lived {
    /// The use cases on the machine's clock.
    pub service: Service,
    /// The last whole month.
    pub month: Month,
    /// Who may ask.
    pub readers: Vec<Reader>,
}

/// As the product is opened, but for the life of tokens.
pub fn access() -> Access {
    // Tokens outlive the bench, so that nobody has to renew one in the middle of it.
    let settings = AccessSettings { access_seconds: 24 * 3600, ..AccessSettings::default() };
    Access::new(&[7; 32], settings).expect("a secret of 32 bytes")
}

/// The first day of [`live`]: of the month before the last whole one.
pub fn first_day() -> Date {
    Month::of(SystemClock.today()).previous().previous().first()
}

/// Lives [`first_day`] to today: `readers` register and pay each month, and the daily run charges them among the
/// accounts that are there already.
pub async fn live(store: Store, readers: u32) -> Lived {
    let (first, today) = (first_day(), SystemClock.today());
    let clock = Arc::new(SteppedClock::at_local(first, time!(9:00)));
    let past = Service::new(store.clone(), clock.clone(), Chance::seeded(1), access());
    past.fill_defaults().await.expect("a policy");
    past.load_signing_keys().await.expect("keys");
    let length = (today - first).whole_days().unsigned_abs() + 1;
    let bar = ProgressBar::new(u64::from(readers) + length).with_message("making the book");
    bar.set_style(crate::bar_style());
    let mut ids = Vec::new();
    for number in 0..readers {
        ids.push(register(&past, &contract(number), number).await);
        bar.inc(1);
    }
    for day in days(first, today) {
        clock.set_local(day, time!(9:00));
        if day == today {
            clock.set(SystemClock.now());
        }
        past.run_day(day, |_, _| ()).await.expect("runs");
        if day.day() == 10 {
            for id in &ids {
                past.pay_cash(cabinet_service::Actor::Staff, *id, Money::from_kopecks(50_00), None)
                    .await
                    .expect("is paid");
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let service = Service::new(store, Arc::new(SystemClock), Chance::system(), access());
    service.load_signing_keys().await.expect("keys");
    let mut signed = Vec::new();
    for number in 0..readers {
        let contract = contract(number);
        let token = sign_in(&service, &contract, PASSWORD, number).await.access_token;
        signed.push(Reader { contract, token });
    }
    Lived { service, month: Month::of(today).previous(), readers: signed }
}

fn contract(number: u32) -> String {
    format!("00{number:04}")
}

async fn register(service: &Service, contract: &str, number: u32) -> Uuid {
    let registration = Registration {
        contract: contract.parse().expect("a contract number"),
        last_name: "Іваненко".to_owned(),
        first_name: "Дарина".to_owned(),
        middle_name: "Олександрівна".to_owned(),
        address: "вул. Миру 1".to_owned(),
        phones: "000-00-00".to_owned(),
        email: None,
        tariff: TariffCode::new("home-20"),
        language: Language::Uk,
        first_payment: Some(Money::from_kopecks(60_00)),
    };
    let registered = service.register_subscriber(cabinet_service::Actor::Staff, registration).await.expect("registers");
    let signed = sign_in(service, contract, &registered.first_password, number).await;
    service
        .change_password(&signed.principal(), &registered.first_password, PASSWORD)
        .await
        .expect("changes the password");
    registered.id
}

async fn sign_in(service: &Service, contract: &str, password: &str, number: u32) -> cabinet_service::access::SignedIn {
    let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 1)) + number).into();
    let given = SignIn {
        login: contract.to_owned(),
        password: password.to_owned(),
        delivery: Delivery::Body,
        device: None,
        caller: Caller { address, user_agent: "bench".to_owned() },
    };
    service.sign_in(given).await.expect("signs in")
}
