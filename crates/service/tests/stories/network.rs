//! The network is told what to give: at once, when something planned comes, again until it is taken; and who paid for what
//! it never took gets it back.

use crate::support::{House, money};
use cabinet_core::account::Pause;
use cabinet_core::ledger::EntryKind;
use cabinet_core::{Money, TariffCode};
use cabinet_gateways::network::Webhook;
use cabinet_gateways::radius::template::PRESETS;
use cabinet_gateways::testing::router::{FakeRouter, Temper};
use cabinet_service::acts::{Order, OrderStatus, Quote};
use cabinet_service::network::{Network, Way};
use cabinet_service::show_network::Following;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::ledger::Filter;
use cabinet_store::network_sessions::{self, Heard};
use cabinet_store::outbox::{self, Task};
use cabinet_store::routers::{self, Line, Router};
use cabinet_store::{Engine, Store, network_states, turbos};
use futures_util::future::join;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration as StdDuration;
use time::macros::{date, time};
use time::{Date, Duration};
use uuid::Uuid;

const SECRET: &str = "testing123";
const TODAY: Date = date!(2026 - 11 - 23);

/// A house whose network is a router of a temper, of RouterOS.
async fn house(store: Store, temper: Temper) -> (House, FakeRouter) {
    let router = FakeRouter::start(SECRET, temper).await;
    let mut tx = store.write().await.unwrap();
    let row = Router {
        name: "core".to_owned(),
        address: router.address.ip().to_string(),
        kind: "mikrotik".to_owned(),
        secret: SECRET.to_owned(),
        coa_port: router.address.port().into(),
        signs: true,
        demands: true,
    };
    routers::put(&mut tx, &row).await.unwrap();
    let lines: Vec<Line> = PRESETS[0].served.iter().map(|line| written(line)).collect();
    routers::put_lines(&mut tx, "mikrotik", &lines).await.unwrap();
    tx.commit().await.unwrap();
    let network = Network::new(Way::Radius, 8).with_patience(vec![StdDuration::from_millis(300)]);
    (House::open(store, TODAY).await.with_network(network), router)
}

fn written(line: &str) -> Line {
    let (attribute, value) = line.split_once(" := ").unwrap();
    Line { access: "open".into(), attribute: attribute.into(), op: ":=".into(), value: value.into() }
}

/// What the router told last of the session a contract has; `class` is what its sign-in was answered.
async fn accounted(house: &House, account: Uuid, class: &str, began: time::OffsetDateTime) {
    let now = house.clock.now();
    let heard = Heard {
        id: format!("{account}:{began}"),
        account: Some(account),
        username: "1".to_owned(),
        router: "127.0.0.1".to_owned(),
        session: "81000001".to_owned(),
        port: None,
        address: Some("10.0.0.9".to_owned()),
        caller: None,
        class: Some(class.to_owned()),
        began,
        at: now,
        stopped: false,
        seconds: (now - began).whole_seconds(),
        input_octets: 1_000,
        output_octets: 30_000,
        ended: None,
    };
    let mut tx = house.service.store.write().await.unwrap();
    network_sessions::record(&mut tx, &heard).await.unwrap();
    tx.commit().await.unwrap();
}

const WEBHOOK_SECRET: &str = "a secret of sixteen";

/// Another system that knows the network: it hears one POST for each answer it was given to say.
struct Billing {
    url: String,
    answers: mpsc::Sender<u16>,
    posts: mpsc::Receiver<(String, String)>,
}

impl Billing {
    fn start() -> Billing {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/network", listener.local_addr().unwrap());
        let (answers, said) = mpsc::channel::<u16>();
        let (told, posts) = mpsc::channel();
        std::thread::spawn(move || {
            for status in said {
                let mut stream = BufReader::new(listener.accept().unwrap().0);
                let (mut signature, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).unwrap();
                    let Some((name, value)) = line.trim_end().split_once(": ") else {
                        if line == "\r\n" { break } else { continue }
                    };
                    match name.to_ascii_lowercase().as_str() {
                        "cabinet-signature" => signature = value.to_owned(),
                        "content-length" => length = value.parse().unwrap(),
                        _ => {}
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                let answer = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
                told.send((signature, String::from_utf8(body).unwrap())).unwrap();
            }
        });
        Billing { url, answers, posts }
    }

    /// What was posted, if its signature is of now and of it.
    fn heard(&self, house: &House) -> Value {
        let (signature, body) = self.posts.recv().unwrap();
        let at = house.clock.now().unix_timestamp();
        let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        let made: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(signature, format!("t={at},v1={made}"));
        serde_json::from_str(&body).unwrap()
    }
}

/// A contract on 20 Mbit/s with money and a session of the first minute.
async fn online(house: &House, paid: &str) -> Uuid {
    let account = house.registers("1", "home-20", Some(paid)).await;
    works(house).await;
    accounted(house, account, "g1", house.clock.now()).await;
    account
}

/// Does everything that is due.
async fn works(house: &House) {
    while house.service.work_network().await.unwrap() > 0 {}
}

async fn confirmed(house: &House, id: Uuid, quote: Result<Quote, Error>) -> Order {
    house.service.confirm_quote(id, quote.unwrap().id, house.key("c")).await.unwrap().value
}

async fn turbo(house: &House, id: Uuid, option: &str) -> Order {
    confirmed(house, id, house.service.quote_turbo(id, option.to_owned()).await).await
}

async fn following(house: &House, id: Uuid) -> Following {
    house.service.show_network(id).await.unwrap().following
}

/// What was asked, once however often it was repeated: the speed of a change, or `end`.
fn asked(router: &FakeRouter) -> Vec<String> {
    let mut told: Vec<Vec<u8>> = Vec::new();
    for (_, datagram) in router.heard() {
        if !told.contains(&datagram) {
            told.push(datagram);
        }
    }
    told.iter().map(|datagram| if datagram[0] == 40 { "end".to_owned() } else { rate(&datagram[20..]) }).collect()
}

/// The value of Mikrotik-Rate-Limit.
fn rate(mut attributes: &[u8]) -> String {
    while let [number, length, ..] = *attributes {
        let (one, rest) = attributes.split_at(length.into());
        if number == 26 && one[2..7] == [0, 0, 0x3a, 0x8c, 8] {
            return String::from_utf8(one[8..].to_vec()).unwrap();
        }
        attributes = rest;
    }
    panic!("no speed in {attributes:?}")
}

async fn waiting(store: &Store) -> i64 {
    let sql = "SELECT COUNT(*) FROM outbox WHERE topic = 'network' AND ended_at IS NULL";
    store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
}

async fn last(house: &House, id: Uuid) -> (EntryKind, Money) {
    let (entries, _) = house.service.list_entries(id, Filter::default(), None, 1).await.unwrap();
    (entries[0].kind, entries[0].amount)
}

cabinet_store::on_both! {
    async fn turbo_reaches_the_session_and_leaves_it_when_its_hours_are_over(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "200.00").await;
        assert_eq!((asked(&router).len(), following(&house, id).await), (0, Following::Applied));
        turbo(&house, id, "3h").await;
        assert_eq!(following(&house, id).await, Following::Pending, "the request itself asks no router");
        assert!(asked(&router).is_empty());
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M"]);
        let facts = house.service.show_network(id).await.unwrap();
        assert_eq!((facts.following, facts.applied.unwrap().down_kbit), (Following::Applied, 100_000));
        house.clock.step(Duration::hours(3) - Duration::SECOND);
        works(&house).await;
        assert_eq!(asked(&router).len(), 1);
        house.clock.step(Duration::SECOND);
        accounted(&house, id, "g1", house.clock.now() - Duration::hours(3)).await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M", "20M/20M"]);
        assert_eq!(waiting(&house.service.store).await, 0);
    }

    async fn several_changes_before_the_worker_comes_are_one_push_of_the_last(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "200.00").await;
        let order = turbo(&house, id, "3h").await;
        house.service.undo_order(id, order.id, house.key("u")).await.unwrap();
        turbo(&house, id, "24h").await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M"]);
    }

    async fn an_address_a_pause_and_want_of_money_end_the_session(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "31.00").await;
        house.service.add_addresses(Actor::Staff, "main", "203.0.113.16/31").await.unwrap();
        confirmed(&house, id, house.service.quote_static_ip(id).await).await;
        works(&house).await;
        assert_eq!(asked(&router), ["end"]);
        let wish = Pause { from: date!(2026 - 11 - 24), until: date!(2026 - 11 - 30) };
        confirmed(&house, id, house.service.quote_pause(id, wish).await).await;
        works(&house).await;
        assert_eq!(asked(&router).len(), 1, "it has not begun");
        house.clock.set_local(wish.from, time!(0:00));
        accounted(&house, id, "g2", house.clock.now() - Duration::HOUR).await;
        works(&house).await;
        assert_eq!(asked(&router).len(), 2, "five minutes before the daily run");
        house.lives_to(date!(2026 - 12 - 20)).await;
        accounted(&house, id, "g3", house.clock.now() - Duration::HOUR).await;
        works(&house).await;
        let facts = house.service.show_network(id).await.unwrap();
        assert_eq!(facts.wished, cabinet_core::network::Profile::GARDEN, "the money is spent");
        let before = asked(&router).len();
        house.service.pay_cash(Actor::Staff, id, money("100.00"), Some("r1")).await.unwrap();
        works(&house).await;
        assert_eq!(asked(&router).len(), before + 1, "and what restores it ends the session of those who may only pay");
        assert_eq!(following(&house, id).await, Following::Applied);
    }

    async fn a_router_that_knows_no_change_ends_the_session_and_one_without_it_has_done_it(store) {
        let (house, router) = house(store, Temper::Refuses(401)).await;
        let id = online(&house, "200.00").await;
        turbo(&house, id, "3h").await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M", "end"]);
        assert_eq!(following(&house, id).await, Following::Pending, "it refused that too");
        router.becomes(Temper::Refuses(503));
        house.clock.step(Duration::seconds(6));
        works(&house).await;
        assert_eq!(following(&house, id).await, Following::Applied, "nobody is there: the next sign-in has it");
    }

    async fn a_turbo_that_the_network_never_took_is_off_and_paid_back_after_ten_minutes(store) {
        let (house, router) = house(store.clone(), Temper::Silent).await;
        let id = online(&house, "200.00").await;
        let before = house.balance(id).await;
        let order = turbo(&house, id, "3h").await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M", "end"], "who does not answer a change may know the end of a session");
        for _ in 0..9 {
            house.clock.step(Duration::minutes(1));
            works(&house).await;
        }
        assert_eq!(house.balance(id).await, before - money("5.00"));
        house.clock.step(Duration::minutes(1));
        works(&house).await;
        assert_eq!((last(&house, id).await, house.balance(id).await), ((EntryKind::Reversal, money("5.00")), before));
        let (orders, _) = house.service.list_orders(id, None, 10).await.unwrap();
        assert_eq!((orders[0].id, orders[0].status), (order.id, OrderStatus::Cancelled));
        assert_eq!(house.service.show_network(id).await.unwrap().wished.down_kbit, 20_000);
        let dead = house.service.list_dead_of(Some("network"), 10).await.unwrap();
        let why = dead[0].error.clone().unwrap();
        assert!(why.contains("contract 1 was not taken") && why.contains("5.00"), "{why}");
        house.clock.step(Duration::minutes(11));
        accounted(&house, id, "g1", house.clock.now() - Duration::HOUR).await;
        router.becomes(Temper::Takes);
        works(&house).await;
        assert_eq!(following(&house, id).await, Following::Applied);
        assert_eq!(asked(&router).last().unwrap(), "20M/20M");
        house.audited().await;
    }

    async fn a_turbo_that_was_taken_late_stays_on_and_is_paid_back(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "200.00").await;
        let before = house.balance(id).await;
        turbo(&house, id, "24h").await;
        // No worker for half an hour.
        house.clock.step(Duration::minutes(30));
        accounted(&house, id, "g1", house.clock.now() - Duration::HOUR).await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M"]);
        assert_eq!(house.balance(id).await, before);
        let facts = house.service.show_network(id).await.unwrap();
        assert_eq!((facts.following, facts.wished.down_kbit), (Following::Applied, 100_000));
        house.audited().await;
    }

    async fn what_is_undone_while_the_network_is_told_waits_for_nobody_who_waits_for_it(store) {
        // Elsewhere one writes at a time.
        if store.engine() == Engine::Sqlite {
            return;
        }
        let (house, router) = house(store.clone(), Temper::Takes).await;
        let id = online(&house, "200.00").await;
        let order = turbo(&house, id, "3h").await;
        let mut undo = store.write().await.unwrap();
        turbos::remove(&mut undo, id, order.id).await.unwrap();
        let undoes = async {
            let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while store.read().await.unwrap().one::<(i64,)>(waiting, ()).await.unwrap().0 == 0 {}
            network_states::lock(&mut undo, id).await.unwrap();
            undo.commit().await.unwrap();
        };
        join(works(&house), undoes).await;
        assert_eq!(asked(&router), ["100M/100M"]);
    }

    async fn a_task_of_a_later_build_keeps_nobody_waiting(store) {
        let (house, router) = house(store.clone(), Temper::Takes).await;
        let id = online(&house, "200.00").await;
        let now = house.clock.now();
        let body = r#"{"job":"of_tomorrow"}"#.to_owned();
        let task = Task { id: Uuid::from_u128(7), topic: "network".to_owned(), account_id: Some(id), body, created_at: now, due_at: now };
        let mut tx = store.write().await.unwrap();
        outbox::put(&mut tx, &task).await.unwrap();
        tx.commit().await.unwrap();
        turbo(&house, id, "3h").await;
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M"]);
        let sql = "SELECT COUNT(*) FROM outbox WHERE id = $1 AND ended_at IS NULL AND error IS NOT NULL";
        let kept: (i64,) = store.read().await.unwrap().one(sql, (task.id,)).await.unwrap();
        assert_eq!(kept.0, 1, "it waits for whoever knows it");
    }

    async fn a_turbo_taken_in_time_is_never_paid_back_nor_one_of_somebody_who_is_offline(store) {
        let (house, router) = house(store, Temper::AnswersAt(1)).await;
        let (id, offline) = (online(&house, "200.00").await, house.registers("2", "home-20", Some("200.00")).await);
        turbo(&house, id, "3h").await;
        turbo(&house, offline, "3h").await;
        let before = (house.balance(id).await, house.balance(offline).await);
        works(&house).await;
        router.becomes(Temper::Silent);
        house.clock.step(Duration::minutes(11));
        works(&house).await;
        assert_eq!((house.balance(id).await, house.balance(offline).await), before);
        assert_eq!(house.service.list_dead_of(Some("network"), 10).await.unwrap().len(), 0);
    }

    async fn another_system_is_told_signed_and_again_until_it_says_yes(store) {
        let billing = Billing::start();
        let webhook = Webhook::new(billing.url.clone(), WEBHOOK_SECRET.into()).unwrap();
        let house = House::open(store, TODAY).await.with_network(Network::new(Way::Webhook(webhook), 4));
        let id = house.registers("0042", "home-20", Some("200.00")).await;
        works(&house).await;
        billing.answers.send(500).unwrap();
        turbo(&house, id, "3h").await;
        works(&house).await;
        let first = billing.heard(&house);
        assert_eq!((&first["contract"], &first["access"], &first["down_kbit"]), (&json!("0042"), &json!("open"), &json!(100_000)));
        assert_eq!(following(&house, id).await, Following::Pending, "it said no");
        billing.answers.send(204).unwrap();
        house.clock.step(Duration::seconds(6));
        works(&house).await;
        assert_eq!(billing.heard(&house), first, "the same once more");
        assert_eq!(following(&house, id).await, Following::Applied);
        billing.answers.send(200).unwrap();
        house.clock.step(Duration::hours(3));
        works(&house).await;
        let after = billing.heard(&house);
        assert_eq!(after["down_kbit"], 20_000);
        assert!(after["generation"].as_i64() > first["generation"].as_i64(), "whoever hears both out of order knows the later one");
        assert_eq!(waiting(&house.service.store).await, 0);
    }

    async fn a_contract_stopped_before_the_network_followed_is_not_paid_its_turbo_back(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "200.00").await;
        turbo(&house, id, "24h").await;
        house.service.suspend(Actor::Staff, id, "борг").await.unwrap();
        works(&house).await;
        assert_eq!(asked(&router), ["end"]);
        let before = house.balance(id).await;
        house.clock.step(Duration::minutes(11));
        works(&house).await;
        assert_eq!((last(&house, id).await.0, house.balance(id).await), (EntryKind::Turbo, before), "the network did as it was told");
        assert_eq!(house.service.list_dead_of(Some("network"), 10).await.unwrap().len(), 0);
    }

    async fn a_session_nobody_heard_of_for_a_quarter_of_an_hour_is_none(store) {
        let (house, router) = house(store, Temper::Silent).await;
        let id = online(&house, "200.00").await;
        house.clock.step(Duration::minutes(16));
        turbo(&house, id, "3h").await;
        works(&house).await;
        assert!(asked(&router).is_empty(), "its router lost its power, and would never answer");
        assert_eq!(following(&house, id).await, Following::Applied, "the next sign-in has it");
    }

    async fn where_nobody_is_told_nothing_is_written_and_nothing_paid_back(store) {
        let house = House::open(store, TODAY).await;
        let id = house.registers("1", "home-20", Some("200.00")).await;
        turbo(&house, id, "3h").await;
        house.clock.step(Duration::minutes(11));
        assert_eq!((waiting(&house.service.store).await, house.service.work_network().await.unwrap()), (0, 0));
        let facts = house.service.show_network(id).await.unwrap();
        assert_eq!((facts.following, facts.applied, facts.wished.down_kbit), (Following::Unknown, None, 100_000));
        assert_eq!(last(&house, id).await.0, EntryKind::Turbo);
    }

    async fn whoever_the_daily_run_blocks_in_bulk_is_told_as_well(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let mut ids = Vec::new();
        for contract in ["1", "2", "3"] {
            ids.push(house.registers(contract, "home-20", Some("2.00")).await);
        }
        works(&house).await;
        house.at(date!(2026 - 11 - 24));
        for id in &ids[..2] {
            accounted(&house, *id, "g1", house.clock.now() - Duration::HOUR).await;
        }
        let report = house.service.run_day(date!(2026 - 11 - 24), |_, _| ()).await.unwrap();
        assert_eq!(report.blocked, 3);
        assert_eq!(waiting(&house.service.store).await, 3);
        works(&house).await;
        assert_eq!(asked(&router), ["end", "end"]);
        assert_eq!(house.service.show_network(ids[2]).await.unwrap().applied, Some(cabinet_core::network::Profile::GARDEN));
    }

    async fn the_backstop_finds_a_session_that_began_with_less_and_a_speed_that_was_changed(store) {
        let (house, router) = house(store, Temper::Takes).await;
        let id = online(&house, "200.00").await;
        house.clock.step(Duration::minutes(1));
        turbo(&house, id, "3h").await;
        works(&house).await;
        assert_eq!(house.service.check_network().await.unwrap(), (1, 0), "its session was told");
        house.clock.step(Duration::minutes(1));
        accounted(&house, id, "g2", house.clock.now()).await;
        assert_eq!(house.service.check_network().await.unwrap(), (1, 0), "one that began with what is wished is left alone");
        // Signed in before Turbo was on, heard of only now that the router was told: by a server with an older answer.
        house.clock.step(Duration::minutes(1));
        accounted(&house, id, "g1", house.clock.now()).await;
        assert_eq!(house.service.check_network().await.unwrap(), (1, 1));
        house.clock.step(Duration::minutes(1));
        works(&house).await;
        assert_eq!(asked(&router), ["100M/100M", "100M/100M", "100M/100M"], "both sessions of the contract");
        assert_eq!(house.service.check_network().await.unwrap(), (1, 0), "once");
        house.clock.step(Duration::hours(3));
        works(&house).await;
        accounted(&house, id, "g1", house.clock.now() - Duration::hours(3)).await;
        let mut catalogue = house.service.catalogue().await.unwrap();
        let faster = catalogue.tariffs.iter_mut().find(|tariff| tariff.code == TariffCode::new("home-20")).unwrap();
        (faster.down_mbps, faster.up_mbps) = (30, 25);
        house.service.import_catalogue(&catalogue).await.unwrap();
        assert_eq!(house.service.check_network().await.unwrap(), (1, 1));
        works(&house).await;
        assert_eq!(asked(&router).last().unwrap(), "25M/30M", "upload first: RouterOS counts from itself");
    }
}
