//! What gateways and terminals tell reaches several servers at once, and servers that are killed over it: each payment is
//! credited once.

use crate::support::{Office, Served};
use cabinet_core::payment::Payment;
use cabinet_core::{Language, Money};
use cabinet_gateways::acquirer::{Choice, Sandbox, SandboxSettings, Signed, Ticket};
use cabinet_service::Chance;
use cabinet_service::clock::{Clock, SystemClock};
use cabinet_store::Store;
use cabinet_store::payments::{self, Held};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use time::Duration;
use uuid::Uuid;

const SECRET: &str = "sixteen bytes and more";
const SUM: Money = Money::from_kopecks(10_00);
/// Payments that are notified of while servers are killed.
const PAYMENTS: u128 = 60;
/// Gateways tell of so many payments at once.
const AT_ONCE: usize = 4;

fn serve(office: &Office) -> Served {
    office.serve(&[("CABINET_PAYMENTS__SANDBOX__ENABLED", "true"), ("CABINET_PAYMENTS__SANDBOX__SECRET", SECRET)])
}

fn registered(office: &Office) {
    office.runs(&["migrate"]);
    let who = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
    office.runs(&[&["subscriber", "register", "0042"][..], &who].concat());
}

/// A subscriber who ordered so many payments; what the gateway says of each when it is paid.
async fn ordered(office: &Office, count: u128) -> Vec<Signed> {
    registered(office);
    let store = &office.bench.store;
    let account: (Uuid,) = store.read().await.unwrap().one("SELECT id FROM account", ()).await.unwrap();
    let now = SystemClock.now();
    let mut tx = store.write().await.unwrap();
    for number in 1..=count {
        let held = Held {
            id: Uuid::from_u128(number),
            account_id: account.0,
            provider: "sandbox".to_owned(),
            payment: Payment::new(SUM),
            bill: None,
            credited_seq: None,
            provider_ref: None,
            redirect: None,
            fiscal_url: None,
            attention: None,
            attention_at: None,
            no_page_at: None,
            created_at: now,
            expires_at: now + Duration::days(1),
            changed_at: now,
        };
        payments::open(&mut tx, &held).await.unwrap();
    }
    tx.commit().await.unwrap();
    let gateway = SandboxSettings { secret: Some(SECRET.into()), ..SandboxSettings::default() };
    let gateway = Sandbox::new(&gateway).unwrap();
    let told = |number| {
        let ticket = Ticket {
            reference: Uuid::from_u128(number).to_string(),
            amount: SUM,
            description: String::new(),
            language: Language::Uk,
            return_url: String::new(),
            notify_url: String::new(),
        };
        gateway.choose(&ticket, Choice::Paid, now).unwrap()
    };
    (1..=count).map(told).collect()
}

/// What a server answered, if it lived to answer.
fn answer(base: &str, request: &[u8]) -> Option<String> {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).ok()?;
    stream.write_all(request).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    (!answer.is_empty()).then_some(answer)
}

/// The status a server answered a gateway with, if it lived to answer.
fn notify(base: &str, told: &Signed) -> Option<u16> {
    let head = format!(
        "POST /api/v1/gateways/sandbox/notification HTTP/1.1\r\nHost: cabinet\r\nConnection: close\r\n\
         Content-Type: application/json\r\n{}: {}\r\nContent-Length: {}\r\n\r\n",
        told.header,
        told.signature,
        told.body.len()
    );
    answer(base, &[head.as_bytes(), &told.body].concat())?.split(' ').nth(1)?.parse().ok()
}

/// The result a terminal was answered with, if the server lived to answer: 0 is taken, 1 is to come again.
fn pay(base: &str, number: usize) -> Option<u16> {
    let request = format!(
        "GET /api/v1/gateways/terminals/kyiv?command=pay&txn_id={number}&txn_date=20261122143000&account=0042&sum=10.00 \
         HTTP/1.1\r\nHost: cabinet\r\nConnection: close\r\n\r\n"
    );
    let answer = answer(base, request.as_bytes())?;
    answer.split_once("<result>")?.1.split_once("</result>")?.0.parse().ok()
}

/// How many payments were credited, and how many times.
async fn credits(store: &Store, kind: &str) -> (i64, i64) {
    let sql = "SELECT COUNT(DISTINCT reference), COUNT(*) FROM entry WHERE kind = $1";
    store.read().await.unwrap().one(sql, (kind,)).await.unwrap()
}

/// Servers are killed while they are told of payments, until half of those are credited.
async fn killed_over(
    office: &Office,
    serve: impl Fn(&Office) -> Served,
    tell: impl Fn(&str, usize) -> Option<u16> + Sync,
    [taken, busy]: [u16; 2],
    kind: &str,
) {
    let (moments, mut kills) = (Chance::seeded(30), 0);
    let next = AtomicUsize::new(0);
    while credits(&office.bench.store, kind).await.0 < PAYMENTS as i64 / 2 {
        let mut server = serve(office);
        let enough = usize::from(u16::from_le_bytes(moments.secret()) % 12);
        let answered = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                // Whoever tells of payments goes on until nobody answers.
                scope.spawn(|| {
                    loop {
                        let one = next.fetch_add(1, Ordering::Relaxed) % PAYMENTS as usize;
                        match tell(&server.base, one) {
                            Some(said) if said == taken => answered.fetch_add(1, Ordering::Relaxed),
                            Some(said) if said == busy => 0,
                            Some(other) => panic!("{other}"),
                            None => break,
                        };
                    }
                });
            }
            while answered.load(Ordering::Relaxed) < enough {
                thread::yield_now();
            }
            server.signal("KILL");
        });
        server.wait();
        kills += 1;
        assert!(kills < 40, "nothing is credited");
    }
    assert!(kills >= 2, "{kills} kills");
    let (credited, entries) = credits(&office.bench.store, kind).await;
    assert_eq!(credited, entries);
    println!("{kills} kills; {credited} of {PAYMENTS} payments credited by then");

    let server = serve(office);
    for one in 0..PAYMENTS as usize {
        assert_eq!(tell(&server.base, one), Some(taken));
    }
    server.end();
    assert_eq!(credits(&office.bench.store, kind).await, (PAYMENTS as i64, PAYMENTS as i64));
    office.runs(&["audit"]);
}

crate::on_both_benches! {
    async fn a_payment_told_a_hundred_times_to_two_servers_is_credited_once(bench) {
        let office = Office::over(bench);
        let told = ordered(&office, 1).await;
        let servers = [serve(&office), serve(&office)];
        let answers: Vec<Option<u16>> = thread::scope(|scope| {
            let told = &told[0];
            let callers: Vec<_> = (0..100).map(|call| {
                let base = &servers[call % 2].base;
                // A server too busy to write asks the gateway to come again, as it does.
                scope.spawn(move || loop {
                    match notify(base, told) {
                        Some(503) => thread::yield_now(),
                        answer => break answer,
                    }
                })
            }).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == Some(200)), "{answers:?}");
        assert_eq!(credits(&office.bench.store, "online_payment").await, (1, 1));
        for server in servers {
            server.end();
        }
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn a_server_killed_over_payments_loses_none_and_doubles_none(bench) {
        let office = Office::over(bench);
        let told = ordered(&office, PAYMENTS).await;
        killed_over(&office, serve, |base, one| notify(base, &told[one]), [200, 503], "online_payment").await;
        office.bench.close().await;
    }

    async fn a_server_killed_over_payments_of_terminals_loses_none_and_doubles_none(bench) {
        let office = Office::over(bench);
        registered(&office);
        let settings = "[terminals.kyiv]\non = true\ndialect = \"osmp\"\nallow = [\"127.0.0.1\"]\n";
        std::fs::write(office.path("cabinet.toml"), settings).unwrap();
        killed_over(&office, |office| office.serve(&[]), |base, one| pay(base, one + 1), [0, 1], "terminal_payment").await;
        office.bench.close().await;
    }
}
