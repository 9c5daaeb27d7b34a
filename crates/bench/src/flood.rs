//! Reads while sign-ins arrive faster than passwords can be hashed.

use crate::book::{PASSWORD, Reader};
use crate::figures::{self, Table};
use crate::load::{self, Connection, Load, Pace};
use crate::reads::{Product, Rounds};
use cabinet_core::Refusal;
use cabinet_service::password::Passwords;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Readers at their leisure: so many connections, each asking once in this time.
const READERS: Pace = Pace::Every(8, Duration::from_millis(40));

/// Sign-ins arrive so many times faster than the hashing pool works.
const OVERLOAD: f64 = 1.5;

/// The median read, quiet and in the flood, in turn.
pub async fn measure(
    engine: &str,
    product: &Product,
    readers: &[Reader],
    header: &Load,
    rounds: Rounds,
    table: &mut Table,
) {
    let capacity = capacity(&product.state.service.access.hasher).await;
    let rate = capacity * OVERLOAD;
    println!("  {engine}: the pool hashes {capacity:.0} passwords a second, {rate:.0} sign-ins arrive");
    load::run(header, READERS, Duration::from_secs(1)).await;
    let (mut quiet, mut flooded, mut answers) = (vec![], vec![], BTreeMap::new());
    let bodies = sign_ins(readers);
    for _ in 0..rounds.count {
        quiet.push(load::run(header, READERS, rounds.time).await.p50);
        let flood = Flood::start(product.address, bodies.clone(), rate);
        // The queue fills first.
        tokio::time::sleep(Duration::from_secs(1)).await;
        flooded.push(load::run(header, READERS, rounds.time).await.p50);
        for (status, count) in flood.stop().await {
            *answers.entry(status).or_insert(0) += count;
        }
        println!(
            "  {engine}: quiet p50 {:.2?}, in the flood {:.2?}",
            quiet[quiet.len() - 1],
            flooded[flooded.len() - 1]
        );
    }
    let ratio = figures::ratio(&figures::seconds(&flooded), &figures::seconds(&quiet));
    let told: Vec<_> = answers.iter().map(|(status, count)| format!("{count} x {status}")).collect();
    let beside = format!(
        "quiet {:.2?}, flood {:.2?}; sign-ins: {}",
        figures::median(&quiet),
        figures::median(&flooded),
        told.join(", ")
    );
    table.at_most(format!("p50 of GET /me in a flood, {engine}"), ratio, 3.0, "", beside);
    // Without sign-ins both served and turned away there was no flood; turned away for another cause is another test.
    let of =
        |statuses: &[u16]| answers.iter().filter(|(status, _)| statuses.contains(status)).map(|(_, n)| n).sum::<u32>();
    let (served, busy) = (f64::from(of(&[200])), f64::from(of(&[503])));
    let all = f64::from(answers.values().sum::<u32>().max(1));
    table.at_least(format!("sign-ins served or told busy, {engine}"), (served + busy) / all, 0.99, "", String::new());
    table.at_least(format!("of them told busy, {engine}"), busy / all, 0.05, "", String::new());
}

/// Hashes a second, always a few of them waiting.
async fn capacity(pool: &Passwords) -> f64 {
    let (started, time) = (Instant::now(), Duration::from_secs(2));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move {
                let mut done = 0;
                while started.elapsed() < time {
                    match pool.check("nobody's password", None).await {
                        Ok(_) => done += 1,
                        Err(Refusal::Busy) => tokio::task::yield_now().await,
                        Err(other) => panic!("{other}"),
                    }
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for worker in workers {
        done += worker.await.expect("does not panic");
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}

/// Right sign-ins of all readers, each from an address of its own.
fn sign_ins(readers: &[Reader]) -> Arc<Vec<Vec<u8>>> {
    let request = |(number, reader): (usize, &Reader)| {
        let address = Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 1, 0, 1)) + number as u32);
        let body = format!(r#"{{"login":"{}","password":"{PASSWORD}","delivery":"body"}}"#, reader.contract);
        let head = format!(
            "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        format!("{head}{body}").into_bytes()
    };
    Arc::new(readers.iter().enumerate().map(request).collect())
}

/// Sign-ins that arrive at a rate, whether or not those before were answered.
struct Flood {
    over: Arc<AtomicBool>,
    thread: tokio::task::JoinHandle<BTreeMap<u16, u32>>,
}

impl Flood {
    fn start(server: SocketAddr, requests: Arc<Vec<Vec<u8>>>, rate: f64) -> Flood {
        let over = Arc::new(AtomicBool::new(false));
        let ended = over.clone();
        let thread = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(arrive(server, &requests, rate, &ended))
        });
        Flood { over, thread }
    }

    async fn stop(self) -> BTreeMap<u16, u32> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.await.expect("the flood does not panic")
    }
}

async fn arrive(server: SocketAddr, requests: &[Vec<u8>], rate: f64, over: &AtomicBool) -> BTreeMap<u16, u32> {
    let started = Instant::now();
    let mut arrived = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let due = started + Duration::from_secs_f64(arrived.len() as f64 / rate);
        tokio::time::sleep_until(due.into()).await;
        let request = requests[arrived.len() % requests.len()].clone();
        arrived.push(tokio::spawn(async move {
            let mut connection = Connection::open(server).await?;
            connection.ask(&request).await.map(|answer| answer.status)
        }));
    }
    let mut answers = BTreeMap::new();
    for one in arrived {
        // A connection refused by the system is a sign-in that was not answered.
        let status = one.await.expect("a sign-in does not panic").unwrap_or(0);
        *answers.entry(status).or_insert(0) += 1;
    }
    answers
}
