//! What a gateway tells reaches several servers at once, and servers that are killed over it: each payment is credited
//! once.

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

/// A subscriber who ordered so many payments; what the gateway says of each when it is paid.
async fn ordered(office: &Office, count: u128) -> Vec<Signed> {
    office.runs(&["migrate"]);
    let who = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
    office.runs(&[&["subscriber", "register", "0042"][..], &who].concat());
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

/// The status a server answered with, if it lived to answer.
fn notify(base: &str, told: &Signed) -> Option<u16> {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /api/v1/gateways/sandbox/notification HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\n{}: {}\r\nContent-Length: {}\r\n\r\n",
        told.header,
        told.signature,
        told.body.len()
    );
    stream.write_all(&[head.as_bytes(), &told.body].concat()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

/// How many payments were credited, and how many times.
async fn credits(store: &Store) -> (i64, i64) {
    let sql = "SELECT COUNT(DISTINCT reference), COUNT(*) FROM entry WHERE kind = 'online_payment'";
    store.read().await.unwrap().one(sql, ()).await.unwrap()
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
        assert_eq!(credits(&office.bench.store).await, (1, 1));
        for server in servers {
            server.end();
        }
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn a_server_killed_over_payments_loses_none_and_doubles_none(bench) {
        let office = Office::over(bench);
        let told = ordered(&office, PAYMENTS).await;
        let (moments, mut kills) = (Chance::seeded(30), 0);
        let next = AtomicUsize::new(0);
        while credits(&office.bench.store).await.0 < PAYMENTS as i64 / 2 {
            let mut server = serve(&office);
            let enough = usize::from(u16::from_le_bytes(moments.secret()) % 12);
            let answered = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..AT_ONCE {
                    // A gateway goes on until nobody answers.
                    scope.spawn(|| loop {
                        let one = next.fetch_add(1, Ordering::Relaxed) % told.len();
                        match notify(&server.base, &told[one]) {
                            Some(200) => answered.fetch_add(1, Ordering::Relaxed),
                            Some(503) => 0,
                            Some(other) => panic!("{other}"),
                            None => break,
                        };
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
        let (credited, entries) = credits(&office.bench.store).await;
        assert_eq!(credited, entries);
        println!("{kills} kills; {credited} of {PAYMENTS} payments credited by then");

        let server = serve(&office);
        for one in &told {
            assert_eq!(notify(&server.base, one), Some(200));
        }
        server.end();
        assert_eq!(credits(&office.bench.store).await, (PAYMENTS as i64, PAYMENTS as i64));
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
