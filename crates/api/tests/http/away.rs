//! The database fails under load and comes back. PostgreSQL goes away, as in a restart: connections break in the middle
//! of whatever they carry, and none is taken for a while. It goes away behind a relay, so that other tests keep theirs.
//! SQLite's disk fills up.

use crate::harness::{Cabinet, Person};
use cabinet_store::testing::{Bench, block_on};
use cabinet_store::{Options, Store};
use serde_json::json;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A way to PostgreSQL that can be cut.
struct Relay {
    /// Where PostgreSQL is.
    server: String,
    port: u16,
    here: Arc<AtomicBool>,
    /// Both ends of every connection.
    sockets: Arc<Mutex<Vec<TcpStream>>>,
    listening: Option<thread::JoinHandle<()>>,
}

impl Relay {
    fn to(server: &str) -> Relay {
        let mut relay = Relay {
            server: server.to_owned(),
            port: 0,
            here: Arc::default(),
            sockets: Arc::default(),
            listening: None,
        };
        relay.come_back();
        relay
    }

    fn come_back(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).expect("the port is ours");
        self.port = listener.local_addr().expect("an address").port();
        self.here.store(true, Ordering::SeqCst);
        let (server, here, sockets) = (self.server.clone(), self.here.clone(), self.sockets.clone());
        self.listening = Some(thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if !here.load(Ordering::SeqCst) {
                    break;
                }
                let far = TcpStream::connect(&server).expect("PostgreSQL answers");
                let copy = |socket: &TcpStream| socket.try_clone().expect("a socket");
                sockets.lock().unwrap().extend([copy(&near), copy(&far)]);
                for (mut from, mut to) in [(copy(&near), copy(&far)), (far, near)] {
                    thread::spawn(move || {
                        let _ = io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                    });
                }
            }
        }));
    }

    fn go_away(&mut self) {
        self.here.store(false, Ordering::SeqCst);
        // Wakes the listener, which sees that it is over and gives the port up.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.listening.take().expect("it listens").join().expect("it ends");
        for socket in self.sockets.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

/// Answers of each kind that the load saw.
#[derive(Default)]
struct Seen {
    served: AtomicU32,
    refused: AtomicU32,
}

/// Reads and writes, one after another, until the caller has seen enough.
async fn load(cabinet: &Cabinet, person: &Person, seen: &Seen, enough: impl Fn() -> bool) {
    while !enough() {
        let quote = cabinet.post("/api/v1/me/tariff-change/quote").by(person).json(&json!({ "tariff": "home-50" }));
        for call in [cabinet.get("/api/v1/me").by(person), quote] {
            let answer = call.send().await;
            match answer.status {
                200 => seen.served.fetch_add(1, Ordering::Relaxed),
                503 => {
                    assert_eq!(answer.problem(), "503 unavailable");
                    seen.refused.fetch_add(1, Ordering::Relaxed)
                }
                other => panic!("{other}: {answer:?}"),
            };
        }
    }
}

#[test]
fn a_database_that_went_away_costs_503s_and_nothing_else() {
    block_on(async {
        let bench = Bench::postgres().await;
        let server =
            bench.url.split(['@', '/']).find(|part| part.contains("127.0.0.1")).expect("an address").to_owned();
        let mut relay = Relay::to(&server);
        let url = bench.url.replace(&server, &format!("127.0.0.1:{}", relay.port));
        let store = Store::open(&url, Options { connections: 8, wait: Duration::from_secs(1) }).await.expect("opens");
        let cabinet = Cabinet::open(store.clone()).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let seen = Seen::default();
        let (served, refused) = (|| seen.served.load(Ordering::Relaxed), || seen.refused.load(Ordering::Relaxed));
        load(&cabinet, &person, &seen, || served() >= 20).await;
        assert_eq!(refused(), 0);

        let callers = async {
            let one = || load(&cabinet, &person, &seen, || refused() >= 12);
            tokio::join!(one(), one(), one(), one(), one(), one())
        };
        tokio::join!(callers, async { relay.go_away() });

        relay.come_back();
        let (back, before) = (Instant::now(), served());
        load(&cabinet, &person, &seen, || served() >= before + 20).await;
        assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
        let report = cabinet.service().audit_book(|_, _| ()).await.expect("reads the book");
        assert!(report.broken.is_none(), "{report:?}");
        cabinet.close().await;
        store.close().await;
        bench.close().await;
    });
}

/// The most pages the file may have; as few as it has, to be as full as a disk can be.
async fn room(store: &Store, pages: &'static str) {
    let mut tx = store.write().await.expect("begins");
    tx.one::<(i64,)>(pages, ()).await.expect("is set");
    tx.commit().await.expect("commits");
}

#[test]
fn a_full_disk_costs_503s_and_nothing_else() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open(bench.store.clone()).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let quote = || {
            let wish = json!({ "tariff": "home-50" });
            cabinet.post("/api/v1/me/tariff-change/quote").by(&person).json(&wish).send()
        };
        room(&bench.store, "PRAGMA max_page_count = 1").await;
        let mut served = 0;
        let refused = loop {
            let answer = quote().await;
            if answer.status != 200 {
                break answer;
            }
            served += 1;
            assert!(served < 1000, "the disk is never full");
        };
        assert_eq!(refused.problem(), "503 unavailable");
        assert_eq!(cabinet.get("/api/v1/me").by(&person).send().await.status, 200, "reads go on");
        // The limit is of a connection, and the one that hit it is gone.
        room(&bench.store, "PRAGMA max_page_count = 1").await;
        assert_eq!(quote().await.problem(), "503 unavailable");

        room(&bench.store, "PRAGMA max_page_count = 1000000").await;
        assert_eq!(quote().await.status, 200);
        let report = cabinet.service().audit_book(|_, _| ()).await.expect("reads the book");
        assert!(report.broken.is_none(), "{report:?}");
        cabinet.close().await;
        bench.close().await;
    });
}
