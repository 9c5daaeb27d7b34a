//! A request under a key, repeated at several servers, at once and after they were killed: one piece of work, one answer.

use crate::support::{Office, Served};
use cabinet_service::Chance;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const PASSWORD: &str = "трамвай-черешня-9";

fn serve(office: &Office) -> Served {
    let sandbox = [
        ("CABINET_PAYMENTS__SANDBOX__ENABLED", "true"),
        ("CABINET_PAYMENTS__SANDBOX__SECRET", "sixteen bytes and more"),
    ];
    office.serve(&sandbox)
}

/// Status, head and body of an answer, if the server lived to give it.
fn ask(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String, String)> {
    let address = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).ok()?;
    let told: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         {told}Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, head.to_lowercase(), body.to_owned()))
}

fn member(body: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{body}"));
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

/// Registers a contract and signs it in past the first password; answers the header of its requests.
fn signed_in(office: &Office, server: &Served, contract: &str) -> String {
    let who = [
        "--last-name",
        "Іваненко",
        "--first-name",
        "Іван",
        "--address",
        "вул. Миру 1",
        "--tariff",
        "home-20",
        "--paid",
        "100.00",
    ];
    let printed = office.runs(&[&["subscriber", "register", contract][..], &who].concat());
    let first = printed.split_whitespace().last().expect("a password");
    let pair = format!(r#"{{"login":"{contract}","password":"{first}","delivery":"body"}}"#);
    let (status, _, tokens) = ask(&server.base, "POST", "/auth/sign-in", &[], &pair).expect("an answer");
    assert_eq!(status, 200, "{tokens}");
    let bearer = format!("Bearer {}", member(&tokens, "access_token"));
    let change = format!(r#"{{"old_password":"{first}","new_password":"{PASSWORD}"}}"#);
    let (status, _, tokens) =
        ask(&server.base, "PUT", "/me/password", &[("Authorization", &bearer)], &change).expect("an answer");
    assert_eq!(status, 200, "{tokens}");
    format!("Bearer {}", member(&tokens, "access_token"))
}

/// Asks until a server that is too busy to write has answered.
fn order(base: &str, bearer: &str, key: &str, body: &str) -> Option<(u16, bool, String)> {
    loop {
        let headers = [("Authorization", bearer), ("Idempotency-Key", key)];
        match ask(base, "POST", "/me/payments", &headers, body)? {
            (409 | 503, ..) => thread::yield_now(),
            (status, head, body) => return Some((status, head.contains("idempotency-replayed: true"), body)),
        }
    }
}

crate::on_both_benches! {
    async fn a_key_is_known_to_every_server_and_outlives_them(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let mut servers = [serve(&office), serve(&office)];
        let bearer = signed_in(&office, &servers[0], "0042");
        let wish = r#"{"amount":"50.00","method":"sandbox"}"#;
        let answers: Vec<_> = thread::scope(|scope| {
            let callers: Vec<_> = (0..12).map(|call| {
                let (base, bearer) = (&servers[call % 2].base, &bearer);
                scope.spawn(move || order(base, bearer, "one", wish).expect("an answer"))
            }).collect();
            callers.into_iter().map(|caller| caller.join().unwrap()).collect()
        });
        let id = member(&answers[0].2, "id");
        for (status, _, body) in &answers {
            assert_eq!((*status, member(body, "id")), (200, id.clone()));
        }
        // None, if whoever did the work was told to come again before it was answered.
        assert!(answers.iter().filter(|(_, replayed, _)| !replayed).count() <= 1, "one did the work");
        let other = order(&servers[1].base, &bearer, "one", r#"{"amount":"51.00","method":"sandbox"}"#).unwrap();
        assert_eq!((other.0, member(&other.2, "code")), (422, "key_reused".to_owned()));
        let bare = ask(&servers[0].base, "POST", "/me/payments", &[("Authorization", &bearer)], wish).unwrap();
        assert_eq!((bare.0, member(&bare.2, "code")), (400, "bad_request".to_owned()));
        for server in &mut servers {
            server.signal("KILL");
            server.wait();
        }
        let again = serve(&office);
        let (status, replayed, body) = order(&again.base, &bearer, "one", wish).unwrap();
        assert_eq!((status, replayed, member(&body, "id")), (200, true, id));
        again.end();
        let made: (i64,) = office.bench.store.read().await.unwrap().one("SELECT COUNT(*) FROM payment", ()).await.unwrap();
        assert_eq!(made, (1,));
        office.bench.close().await;
    }

    async fn a_server_killed_over_orders_makes_each_once(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let first = serve(&office);
        let payers: Vec<String> = (1..=4).map(|number| signed_in(&office, &first, &format!("004{number}"))).collect();
        first.end();
        let moments = Chance::seeded(8);
        let made = async || office.bench.store.read().await.unwrap().one::<(i64,)>("SELECT COUNT(*) FROM payment", ()).await.unwrap().0;
        let orders: Vec<(&str, String)> =
            payers.iter().flat_map(|payer| (1..=5).map(move |number| (payer.as_str(), format!("order-{number}")))).collect();
        let wish = r#"{"amount":"10.00","method":"sandbox"}"#;
        for kill in 0..4 {
            let mut server = serve(&office);
            let enough = 1 + usize::from(u8::from_le_bytes(moments.secret()) % 6);
            let (base, orders, answered) = (server.base.clone(), &orders, AtomicUsize::new(0));
            thread::scope(|scope| {
                for part in 0..2 {
                    let (base, answered) = (&base, &answered);
                    // Payers press their buttons until nobody answers.
                    scope.spawn(move || {
                        for (payer, key) in orders.iter().skip(part).step_by(2) {
                            match order(base, payer, key, wish) {
                                Some(_) => answered.fetch_add(1, Ordering::Relaxed),
                                None => return,
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
            let by_now = made().await;
            assert!(by_now <= 20, "kill {kill}: {by_now}");
        }
        let server = serve(&office);
        let mut ids: Vec<String> = orders.iter().map(|(payer, key)| {
            let (status, _, body) = order(&server.base, payer, key, wish).expect("an answer");
            assert_eq!(status, 200, "{body}");
            member(&body, "id")
        }).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), made().await), (20, 20));
        server.end();
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn a_server_killed_over_confirmed_quotes_sells_each_once(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let first = serve(&office);
        let buyers: Vec<String> = (1..=6).map(|number| signed_in(&office, &first, &format!("004{number}"))).collect();
        first.end();
        let sold = async || {
            let sql = "SELECT (SELECT COUNT(*) FROM entry WHERE kind = 'turbo'), (SELECT COUNT(*) FROM act_order)";
            office.bench.store.read().await.unwrap().one::<(i64, i64)>(sql, ()).await.unwrap()
        };
        let moments = Chance::seeded(10);
        for round in 1..=4_i64 {
            let mut server = serve(&office);
            let quotes: Vec<String> = buyers.iter().map(|buyer| {
                let (status, _, quote) = ask(&server.base, "POST", "/me/turbo/quote", &[("Authorization", buyer)], r#"{"option":"3h"}"#).expect("an answer");
                assert_eq!(status, 200, "{quote}");
                member(&quote, "id")
            }).collect();
            let key = format!("round-{round}");
            let confirm = |base: &str, place: usize| loop {
                let headers = [("Authorization", buyers[place].as_str()), ("Idempotency-Key", key.as_str())];
                match ask(base, "POST", &format!("/me/quotes/{}/confirm", quotes[place]), &headers, "") {
                    Some((503, ..)) => thread::yield_now(),
                    answer => break answer,
                }
            };
            let enough = usize::from(u16::from_le_bytes(moments.secret()) % 5);
            let answered = AtomicUsize::new(0);
            thread::scope(|scope| {
                for part in 0..2 {
                    let (base, answered, confirm) = (&server.base, &answered, &confirm);
                    scope.spawn(move || {
                        for place in (part..6).step_by(2) {
                            match confirm(base, place) {
                                Some((200, ..)) => answered.fetch_add(1, Ordering::Relaxed),
                                Some(other) => panic!("{other:?}"),
                                None => return,
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
            let (entries, orders) = sold().await;
            assert!(entries == orders && entries <= 6 * round, "{entries} {orders}");
            let server = serve(&office);
            let mut made: Vec<String> = (0..6).map(|place| {
                let (status, _, order) = confirm(&server.base, place).expect("an answer");
                assert_eq!(status, 200, "{order}");
                member(&order, "id")
            }).collect();
            server.end();
            made.sort_unstable();
            made.dedup();
            assert_eq!((made.len(), sold().await), (6, (6 * round, 6 * round)));
        }
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn a_command_killed_over_a_payment_or_its_reversal_leaves_none_or_all_of_it(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&crate::office::IVANOV);
        let store = &office.bench.store;
        let entries = async |kind: &'static str| {
            store.read().await.unwrap().one::<(i64,)>("SELECT COUNT(*) FROM entry WHERE kind = $1", (kind,)).await.unwrap().0
        };
        let moments = Chance::seeded(9);
        let mut killed = 0;
        for number in 1..=3_i64 {
            let receipt = number.to_string();
            let pay = ["subscriber", "pay", "0042", "10.00", "--receipt", &receipt];
            let undo = async || {
                let seq: (i64,) = store.read().await.unwrap().one("SELECT MAX(seq) FROM entry WHERE kind = 'cash_payment'", ()).await.unwrap();
                seq.0.to_string()
            };
            for (kind, wanted) in [("cash_payment", number + 1), ("reversal", number)] {
                let seq = undo().await;
                let reverse = ["payment", "reverse", "0042", &seq, "--reason", "x"];
                let command: &[&str] = if kind == "reversal" { &reverse } else { &pay };
                while entries(kind).await < wanted {
                    let mut run = office.command(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
                    for _ in 0..u16::from_le_bytes(moments.secret()) % 300 {
                        entries(kind).await;
                        if run.try_wait().unwrap().is_some() {
                            break;
                        }
                    }
                    killed += i32::from(run.try_wait().unwrap().is_none());
                    let _ = run.kill();
                    run.wait().unwrap();
                }
                assert_eq!(entries(kind).await, wanted);
                office.runs(&["audit"]);
            }
        }
        println!("{killed} kills");
        assert!(killed > 0);
        office.bench.close().await;
    }
}
