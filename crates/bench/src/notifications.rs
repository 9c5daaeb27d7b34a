//! Gateways' notifications of distinct payments over HTTP beside bare transactions that write the same rows (PostgreSQL).

use crate::book;
use crate::figures::{self, Table};
use crate::load::{self, Load, Pace};
use crate::reads::{Product, Rounds};
use cabinet_core::{Language, Money};
use cabinet_gateways::acquirer::{AcquirerSettings, Choice, Sandbox, SandboxSettings, Ticket};
use cabinet_service::{Chance, Clock, Service, SystemClock};
use secrecy::SecretString;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Executor, PgPool};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Whoever asks at once, of the product and of the bare database alike.
const AT_ONCE: usize = 16;
/// Connections of the bare writers, as many as the product has.
const CONNECTIONS: u32 = 10;
/// Payments that wait, one an account: more than all rounds together can take.
const PAYMENTS: u32 = 120_000;
/// What each of them is of.
const SUM: Money = Money::from_kopecks(100_00);

/// The account of a payment.
fn account(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

/// The payment of an account.
fn payment(number: u32) -> Uuid {
    Uuid::from_u128((0xf << 124) | u128::from(number))
}

/// The ratio, and how long one notification takes when half as many arrive.
pub async fn measure(admin: &str, rounds: Rounds, table: &mut Table) {
    let today = SystemClock.today();
    let (store, mut ours) = book::postgres(admin, "bench_payments").await;
    let (floor, mut theirs) = book::postgres(admin, "bench_payments_floor").await;
    floor.close().await;
    let waiting = "INSERT INTO payment (account_id, id, provider, amount, state, created_at, expires_at, changed_at) \
         SELECT id, ('f' || substr(id::text, 2))::uuid, 'sandbox', 10000, 'created', now(), now() + interval '1 day', now() \
         FROM account";
    for sql in book::fill_postgres(PAYMENTS.into(), today).into_iter().chain([waiting.into(), "VACUUM ANALYZE".into()])
    {
        ours.execute(AssertSqlSafe(sql.clone())).await.expect("fills");
        theirs.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let sandbox = SandboxSettings {
        enabled: true,
        secret: Some(SecretString::from("a secret of the bench")),
        ..SandboxSettings::default()
    };
    let requests = Arc::new(notifications(&Sandbox::new(&sandbox).expect("a gateway")));
    let settings = AcquirerSettings { sandbox, ..AcquirerSettings::default() };
    let service = Service::new(store, Arc::new(SystemClock), Chance::system(), book::access());
    service.fill_defaults().await.expect("a policy");
    service.load_signing_keys().await.expect("keys");
    let service = service.with_acquirers(settings.build(true).expect("gateways"));
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let product = Product::start(service, workers);
    let load = Load::once(product.address, requests);
    let url = format!("{}/bench_payments_floor", admin.rsplit_once('/').expect("a URL with a database").0);
    let bare = Bare::open(&url).await;

    println!(
        "notifications, PostgreSQL: {PAYMENTS} payments of as many accounts, {AT_ONCE} at once, {} rounds of {:?}, \
         product over HTTP and bare transactions alternating",
        rounds.count, rounds.time
    );
    load::run(&load, Pace::Closed(AT_ONCE), Duration::from_secs(1)).await;
    bare.run(Duration::from_secs(1)).await;
    let (mut product_rates, mut bare_rates) = (vec![], vec![]);
    for _ in 0..rounds.count {
        product_rates.push(load::run(&load, Pace::Closed(AT_ONCE), rounds.time).await.a_second);
        bare_rates.push(bare.run(rounds.time).await);
        let last = product_rates.len() - 1;
        println!("  product {:.0}/s, bare {:.0}/s", product_rates[last], bare_rates[last]);
    }
    let rate = figures::median(&product_rates);
    let beside = format!("product {rate:.0}/s, bare {:.0}/s", figures::median(&bare_rates));
    let ratio = figures::ratio(&product_rates, &bare_rates);
    table.at_least("notifications, PostgreSQL: beside bare", ratio, 0.3, "", beside);

    let every = Duration::from_secs_f64(AT_ONCE as f64 / (rate / 2.0));
    let half = load::run(&load, Pace::Every(AT_ONCE, every), rounds.time * 3).await;
    let beside = format!("{:.0} a second arrive", half.a_second);
    table.told("notifications at half of that load: p50", half.p50.as_secs_f64() * 1000.0, " ms", beside);
    table.told("notifications at half of that load: p99", half.p99.as_secs_f64() * 1000.0, " ms", String::new());

    let credited = "SELECT COUNT(*) FROM entry WHERE kind = 'online_payment'";
    let (credited,): (i64,) = sqlx::query_as(credited).fetch_one(&mut ours).await.expect("counts");
    assert_eq!(credited as usize, load.sent(), "each notification is credited once");
    product.stop().await;
    bare.pool.close().await;
}

/// What the gateway sends when everybody pays.
fn notifications(gateway: &Sandbox) -> Vec<Vec<u8>> {
    let now = SystemClock.now();
    let notification = |number: u32| {
        let ticket = Ticket {
            reference: payment(number).to_string(),
            amount: SUM,
            description: String::new(),
            language: Language::Uk,
            return_url: String::new(),
            notify_url: String::new(),
        };
        let signed = gateway.choose(&ticket, Choice::Paid, now).expect("a notification");
        let head = format!(
            "POST /api/v1/gateways/sandbox/notification HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/json\r\n{}: {}\r\nContent-Length: {}\r\n\r\n",
            signed.header,
            signed.signature,
            signed.body.len()
        );
        [head.into_bytes(), signed.body].concat()
    };
    (1..=PAYMENTS).map(notification).collect()
}

/// Writers of the rows of a notification, and of nothing else.
struct Bare {
    pool: PgPool,
    next: Arc<AtomicU32>,
}

impl Bare {
    async fn open(url: &str) -> Bare {
        let options = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false);
        Bare { pool: options.connect(url).await.expect("connects"), next: Arc::new(AtomicU32::new(1)) }
    }

    /// Transactions a second.
    async fn run(&self, time: Duration) -> f64 {
        let started = Instant::now();
        let writers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (pool, next) = (self.pool.clone(), self.next.clone());
                tokio::spawn(async move {
                    let mut done = 0;
                    while started.elapsed() < time {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        assert!(number <= PAYMENTS, "there are too few payments");
                        credit(&pool, number).await.expect("writes");
                        done += 1;
                    }
                    done
                })
            })
            .collect();
        let mut done = 0;
        for writer in writers {
            done += writer.await.expect("a writer does not panic");
        }
        f64::from(done) / started.elapsed().as_secs_f64()
    }
}

async fn credit(pool: &PgPool, number: u32) -> Result<(), sqlx::Error> {
    let (account, payment, now) = (account(number), payment(number), SystemClock.now());
    let mut tx = pool.begin().await?;
    let touched = "UPDATE account SET revision = revision + 1, entries = entries + 1, balance = balance + $2 \
         WHERE id = $1 RETURNING entries, balance";
    let (seq, balance): (i64, i64) =
        sqlx::query_as(touched).bind(account).bind(SUM.kopecks()).fetch_one(&mut *tx).await?;
    sqlx::query(
        "INSERT INTO provider_txn (provider, txn, kind, account_id, number, amount, created_at) \
         VALUES ('sandbox', $1, 'credit', $2, $3, $4, $5)",
    )
    .bind(format!("sandbox-{payment}"))
    .bind(account)
    .bind(seq)
    .bind(SUM.kopecks())
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, reference, actor) \
         VALUES ($1, $2, $3, $4, 'online_payment', $5, $6, $7, 'system')",
    )
    .bind(account)
    .bind(seq)
    .bind(now.date())
    .bind(now)
    .bind(SUM.kopecks())
    .bind(balance)
    .bind(format!("payment:sandbox:{payment}"))
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE payment SET state = 'paid', credited_seq = $3, changed_at = $4 WHERE account_id = $1 AND id = $2",
    )
    .bind(account)
    .bind(payment)
    .bind(seq)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO payment_event (id, provider, payment_id, kind, body, note, received_at) \
         VALUES ($1, 'sandbox', $2, 'paid', $3, 'credited', $4)",
    )
    .bind(Uuid::now_v7())
    .bind(payment)
    .bind([b'.'; 200].as_slice())
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO audit (id, account_id, at, actor, act, details) VALUES ($1, $2, $3, 'system', 'payment.news', $4)",
    )
    .bind(Uuid::now_v7())
    .bind(account)
    .bind(now)
    .bind(format!(r#"{{"payment":"{payment}","transaction":"sandbox-{payment}","credited":"100.00"}}"#))
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
