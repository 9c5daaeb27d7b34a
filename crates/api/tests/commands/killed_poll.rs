//! A server that is killed while it asks a gateway about payments nobody told of: each is credited once, and none is
//! forgotten.

use crate::support::{Office, Served};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_core::Money;
use cabinet_core::payment::Payment;
use cabinet_service::Chance;
use cabinet_service::clock::{Clock, SystemClock};
use cabinet_store::Store;
use cabinet_store::outbox::{self, Task};
use cabinet_store::payments::{self, Held};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use time::Duration;
use uuid::Uuid;

const SUM: Money = Money::from_kopecks(10_00);
const PAYMENTS: u128 = 60;

/// LiqPay as far as its answers to "how does it stand" go: everything was paid.
struct Gateway {
    url: String,
    answered: Arc<AtomicUsize>,
}

impl Gateway {
    fn open() -> Gateway {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answered = Arc::new(AtomicUsize::new(0));
        let count = answered.clone();
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let count = count.clone();
                thread::spawn(move || answer(stream).map(|()| count.fetch_add(1, Ordering::Relaxed)));
            }
        });
        Gateway { url, answered }
    }

    fn serve(&self, office: &Office) -> Served {
        office.serve(&[
            ("CABINET_WEB__PUBLIC_URL", "https://cabinet.example.com"),
            ("CABINET_PAYMENTS__LIQPAY__ENABLED", "true"),
            ("CABINET_PAYMENTS__LIQPAY__PUBLIC_KEY", "i00000000"),
            ("CABINET_PAYMENTS__LIQPAY__PRIVATE_KEY", "a private key"),
            ("CABINET_PAYMENTS__LIQPAY__API_URL", &self.url),
        ])
    }
}

/// Reads a request and answers it, if whoever asks lives long enough.
fn answer(mut stream: TcpStream) -> Option<()> {
    let mut bytes = Vec::new();
    let body = loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some(head) = text.find("\r\n\r\n") else { continue };
        let length = text.split("content-length: ").nth(1)?.split("\r\n").next()?.parse::<usize>().ok()?;
        if bytes.len() >= head + 4 + length {
            break String::from_utf8(bytes[head + 4..].to_vec()).ok()?;
        }
    };
    let data = body.split('&').find_map(|field| field.strip_prefix("data="))?;
    let data = data.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let asked: serde_json::Value = serde_json::from_slice(&STANDARD.decode(data).ok()?).ok()?;
    assert_eq!(asked["action"], "status");
    let told = serde_json::json!({
        "result": "ok", "action": "pay", "status": "success", "order_id": asked["order_id"], "amount": 10.0,
        "payment_id": format!("t-{}", asked["order_id"].as_str()?), "currency": "UAH", "public_key": "i00000000",
    })
    .to_string();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{told}", told.len()).as_bytes()).ok()
}

/// A subscriber whose payers were sent off an hour ago, and nobody has told of them since.
async fn sent_off(office: &Office) {
    office.runs(&["migrate"]);
    let who = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
    office.runs(&[&["subscriber", "register", "0042"][..], &who].concat());
    let store = &office.bench.store;
    let account: (Uuid,) = store.read().await.unwrap().one("SELECT id FROM account", ()).await.unwrap();
    let (now, hour_ago) = (SystemClock.now(), SystemClock.now() - Duration::HOUR);
    let mut tx = store.write().await.unwrap();
    for number in 1..=PAYMENTS {
        let held = Held {
            id: Uuid::from_u128(number),
            account_id: account.0,
            provider: "liqpay".to_owned(),
            payment: Payment::new(SUM),
            bill: None,
            credited_seq: None,
            provider_ref: None,
            redirect: None,
            fiscal_url: None,
            attention: None,
            attention_at: None,
            no_page_at: None,
            created_at: hour_ago,
            expires_at: hour_ago + Duration::days(1),
            changed_at: hour_ago,
        };
        payments::open(&mut tx, &held).await.unwrap();
        assert!(payments::send_off(&mut tx, account.0, held.id, None, "{}").await.unwrap());
        let task = Task {
            id: Uuid::from_u128(1000 + number),
            topic: "payment_poll".to_owned(),
            account_id: Some(account.0),
            body: format!(r#"{{"job":"payment_poll","payment":"{}"}}"#, held.id),
            created_at: hour_ago,
            due_at: now,
        };
        outbox::put(&mut tx, &task).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// How many payments were credited, how many times, and how many tasks are left.
async fn figures(store: &Store) -> (i64, i64, i64) {
    let sql = "SELECT (SELECT COUNT(DISTINCT reference) FROM entry WHERE kind = 'online_payment'), \
         (SELECT COUNT(*) FROM entry WHERE kind = 'online_payment'), \
         (SELECT COUNT(*) FROM outbox WHERE topic = 'payment_poll' AND ended_at IS NULL)";
    store.read().await.unwrap().one(sql, ()).await.unwrap()
}

crate::on_both_benches! {
    async fn a_server_killed_while_it_asks_about_payments_forgets_none_and_doubles_none(bench) {
        let office = Office::over(bench);
        sent_off(&office).await;
        let store = &office.bench.store;
        let gateway = Gateway::open();
        let (moments, mut kills) = (Chance::seeded(40), 0);
        while figures(store).await.0 < PAYMENTS as i64 * 2 / 3 {
            let (answered, credited) = (gateway.answered.load(Ordering::Relaxed), figures(store).await.0);
            let mut server = gateway.serve(&office);
            // Killed when the first is answered, or when some of the twenty asked about at once are written.
            let enough = i64::from(u16::from_le_bytes(moments.secret()) % 8);
            while gateway.answered.load(Ordering::Relaxed) == answered || figures(store).await.0 < credited + enough {
                thread::yield_now();
            }
            server.signal("KILL");
            server.wait();
            let (credited, entries, left) = figures(store).await;
            assert!(credited == entries && left >= PAYMENTS as i64 - credited, "{credited} {entries} {left}");
            office.runs(&["audit"]);
            // What the dead worker held would else wait for the end of its lease.
            let mut tx = store.write().await.unwrap();
            tx.run("UPDATE outbox SET leased_until = NULL WHERE ended_at IS NULL", ()).await.unwrap();
            tx.commit().await.unwrap();
            kills += 1;
            assert!(kills < 60, "nothing is credited");
        }
        assert!(kills >= 2, "{kills} kills");
        println!("{kills} kills; {:?}", figures(store).await);
        let server = gateway.serve(&office);
        while figures(store).await.2 > 0 {
            thread::yield_now();
        }
        server.end();
        assert_eq!(figures(store).await, (PAYMENTS as i64, PAYMENTS as i64, 0));
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
