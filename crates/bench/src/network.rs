//! Turbos that end together (PostgreSQL): how long until the last session is back at its own speed, where routers answer
//! after a while and only so many are asked at once.

use crate::book;
use crate::figures::Table;
use cabinet_service::network::{Network, Way};
use cabinet_service::{Chance, Clock, Service, SystemClock};
use md5::{Digest, Md5};
use sqlx::{AssertSqlSafe, Executor};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;

/// Turbos that end at the same moment.
const ENDING: i64 = 10_000;
/// How long the router takes to answer.
const ANSWERS_IN: Duration = Duration::from_millis(20);
const SECRET: &str = "a secret of the bench";
/// How many are told at once, in turn.
const PARALLEL: [usize; 2] = [32, 128];

/// The time to the last push beside the least it can be: all of them, so many at once.
pub async fn measure(admin: &str, table: &mut Table) {
    println!(
        "network, PostgreSQL: {ENDING} Turbos end at the same moment, the router answers after {} ms",
        ANSWERS_IN.as_millis()
    );
    for (place, parallel) in PARALLEL.into_iter().enumerate() {
        let took = ended(admin, parallel).await;
        let least = ANSWERS_IN.as_secs_f64() * ENDING as f64 / parallel as f64;
        println!("  {parallel} at once: {took:.2} s to the last answer, {least:.2} s are the least");
        let beside = format!("{took:.1} s, least {least:.1} s, {:.0} a second", ENDING as f64 / took);
        let what = format!("{ENDING} Turbos end, {parallel} told at once: beside the least");
        match place {
            0 => table.at_most(what, took / least, 2.5, "", beside),
            _ => table.told(what, took / least, "", beside),
        }
    }
}

async fn ended(admin: &str, parallel: usize) -> f64 {
    let (store, mut ours) = book::postgres(admin, "bench_network").await;
    let router = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a port"));
    let (address, answered) = (router.local_addr().expect("an address"), Arc::new(AtomicUsize::new(0)));
    let listening = tokio::spawn(answers(router, answered.clone()));
    for sql in book::fill_postgres(ENDING, SystemClock.today()).into_iter().chain(over(address)) {
        ours.execute(AssertSqlSafe(sql)).await.expect("fills");
    }
    let service = Service::new(store, Arc::new(SystemClock), Chance::system(), book::access());
    service.fill_defaults().await.expect("a policy");
    let service = service.with_network(Network::new(Way::Radius, parallel));
    let started = Instant::now();
    while service.work_network().await.expect("works") > 0 {}
    let took = started.elapsed().as_secs_f64();
    let (behind,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM network_state WHERE applied_generation IS DISTINCT FROM 3")
            .fetch_one(&mut ours)
            .await
            .expect("counts");
    assert_eq!((behind, answered.load(Ordering::Relaxed)), (0, ENDING as usize), "each is told, and once");
    listening.abort();
    service.store.close().await;
    took
}

/// Everybody has a session at 100 Mbit/s, by a Turbo that is over this moment.
fn over(router: SocketAddr) -> Vec<String> {
    [
        format!(
            "INSERT INTO router (name, address, kind, secret, coa_port, signs, demands) \
             VALUES ('bench', '{}', 'bench', '{SECRET}', {}, TRUE, FALSE)",
            router.ip(),
            router.port()
        ),
        "INSERT INTO router_line (kind, access, position, attribute, op, value) \
         VALUES ('bench', 'open', 1, 'Mikrotik-Rate-Limit', ':=', '{up_rate}/{down_rate}')"
            .to_owned(),
        "INSERT INTO turbo_run (account_id, order_id, option_code, taken_on, starts_at, ends_at, down_mbps, up_mbps, free) \
         SELECT id, id, '3h', current_date, now() - interval '3 hours', now() - interval '1 second', 100, 100, FALSE \
         FROM account"
            .to_owned(),
        "UPDATE account SET turbo_until = now() - interval '1 second'".to_owned(),
        "INSERT INTO network_state (account_id, generation, changed_at, profile, applied_generation, applied_at, applied, \
         turns_at) SELECT id, 2, now() - interval '3 hours', 'open 100000/100000', 2, now() - interval '3 hours', \
         'open 100000/100000', now() - interval '1 second' FROM account"
            .to_owned(),
        "INSERT INTO network_session (id, account_id, username, router, session, address, class, started_at, updated_at, \
         seconds, input_octets, output_octets) SELECT id::text, id, contract, '127.0.0.1', contract, '10.0.0.1', 'g1', \
         now() - interval '9 hours', now(), 0, 0, 0 FROM account"
            .to_owned(),
        "INSERT INTO outbox (id, topic, account_id, body, created_at, due_at) \
         SELECT id, 'network', id, '{\"job\":\"network\"}', now() - interval '3 hours', now() - interval '1 second' \
         FROM account"
            .to_owned(),
        "VACUUM ANALYZE".to_owned(),
    ]
    .to_vec()
}

/// A router that does what it is asked, each after a while, however many ask at once.
async fn answers(router: Arc<UdpSocket>, answered: Arc<AtomicUsize>) {
    let mut datagram = [0; 4096];
    while let Ok((length, from)) = router.recv_from(&mut datagram).await {
        let (code, id) = (datagram[0], datagram[1]);
        let authenticator: [u8; 16] = datagram[4..20].try_into().expect("sixteen bytes");
        assert!(length > 20, "a session is named");
        let (router, answered) = (router.clone(), answered.clone());
        tokio::spawn(async move {
            tokio::time::sleep(ANSWERS_IN).await;
            let head = [code + 1, id, 0, 20];
            let digest = Md5::new().chain_update(head).chain_update(authenticator).chain_update(SECRET).finalize();
            let _ = router.send_to(&[&head[..], &digest].concat(), from).await;
            answered.fetch_add(1, Ordering::Relaxed);
        });
    }
}
