//! A book as this state of the program leaves it, written down for later states to open ([`crate::upgrade`]).
//!
//! `cargo xtask books` has these tests write `tests/fixtures/book-NN.*`, NN being the last step of the schema: once a
//! release, before anything of the next one is built upon it. A book is never made anew once a release has it.

use crate::news::news;
use crate::reports::lived;
use crate::routers::router;
use crate::support::{House, money};
use crate::upgrade::Told;
use cabinet_core::support::Topic;
use cabinet_core::{Language, TariffCode};
use cabinet_gateways::acquirer::{Acquirers, Choice, Notification, Sandbox, SandboxSettings};
use cabinet_gateways::register::Settings;
use cabinet_gateways::terminal::{Limits, Payment, PaymentRef, Request};
use cabinet_service::Actor;
use cabinet_service::access::{Owner, Principal};
use cabinet_service::admit_session::{self, SessionTold, What};
use cabinet_service::manage_staff::NewMember;
use cabinet_service::pay_online::PaymentWish;
use cabinet_service::take_terminal::AtTerminal;
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::write_to_support::{NewMessage, NewTicket};
use cabinet_store::testing::{Bench, block_on, pour};
use cabinet_store::{Schema, Store};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use time::macros::date;
use uuid::Uuid;

const ROUTER: &str = "192.0.2.1";
/// Where the books are to be written; nowhere in an ordinary run.
const FOLDER: &str = "CABINET_BOOKS";
/// PostgreSQL's own writer of dumps.
const PG_DUMP: &str = "CABINET_PG_DUMP";

/// Two months with every kind of entry, and what stands beside a book: payments of gateways and terminals in each of their
/// states, a line of a bank that waits, a ticket with a file, news that was read, a wish that waits, a router with a session,
/// people of the office, a suspended contract and one to be charged on.
async fn book(store: Store) -> House {
    let (mut house, accounts) = lived(store).await;
    let gateway =
        SandboxSettings { enabled: true, secret: Some("a secret of sixteen".into()), ..SandboxSettings::default() };
    let gateway = Arc::new(Sandbox::new(&gateway).unwrap());
    house.service.acquirers = Acquirers::of(vec![gateway.clone()]);
    let service = &house.service;
    let third = house.registers("0044", "home-20", Some("80.00")).await;
    for (sum, choice) in [("50.00", Some(Choice::Paid)), ("40.00", Some(Choice::Declined)), ("20.00", None)] {
        let wish = PaymentWish {
            amount: Some(money(sum)),
            bill: None,
            method: "sandbox".to_owned(),
            language: Language::Uk,
            public_url: "https://cabinet.example".to_owned(),
        };
        let held = service.create_payment(third, &wish, house.key("pay")).await.unwrap().value;
        let Some(choice) = choice else { continue };
        let page: serde_json::Value = serde_json::from_str(held.redirect.as_deref().unwrap()).unwrap();
        let ticket = gateway.ticket(page["url"].as_str().unwrap().split_once('?').unwrap().1).unwrap();
        let word = gateway.choose(&ticket, choice, service.now().instant).unwrap();
        let headers = [(word.header, word.signature.as_str())];
        let raw = Notification { body: &word.body, headers: &headers, query: "" };
        service.take_notification("sandbox", raw).await.unwrap();
        if choice == Choice::Paid {
            let seq = service.show_payment(third, held.id).await.unwrap().credited_seq.unwrap();
            service.refund_through_gateway(Actor::Staff, third, seq, money("10.00"), "забагато").await.unwrap();
        }
    }
    let payment = |txn: &str| Payment {
        txn: txn.parse().unwrap(),
        account: "0044".parse().unwrap(),
        amount: money("15.00"),
        at: None,
    };
    let terminal = AtTerminal { name: "kyiv-osmp", limits: Limits { min: money("1.00"), max: money("100.00") } };
    let cancel = Request::Cancel { payment: PaymentRef::Txn("18".parse().unwrap()), account: None, amount: None };
    for request in [Request::Pay(payment("18")), cancel, Request::Reserve(payment("19"))] {
        service.take_terminal(terminal, &request).await;
    }
    let settings: Settings = serde_json::from_value(serde_json::json!({
        "date": "Дата", "amount": "Сума", "purpose": "Призначення", "document": "Документ",
    }))
    .unwrap();
    let file = "Документ;Дата;Сума;Призначення\n7;02.07.2024;12,00;за Інтернет\n";
    service.import_register(Actor::Staff, "privat", &settings, file.as_bytes()).await.unwrap();
    let question = NewTicket {
        topic: Topic::Other,
        about_day: None,
        first: NewMessage {
            text: "Добрий день".to_owned(),
            files: vec![service.keep_file(third, "trace", b"1 * * *").await.unwrap().id],
        },
    };
    let ticket = service.open_ticket(third, &question, house.key("ticket")).await.unwrap().value.ticket;
    let answer = NewMessage { text: "Відповідь".to_owned(), files: vec![] };
    service.answer_ticket(Actor::Staff, third, ticket, &answer, false).await.unwrap();
    let told = service.add_news(Actor::Staff, &news("Новина", "Київська")).await.unwrap().value;
    service.mark_news_read(third, told.id).await.unwrap();
    let who = Principal { owner: Owner::Account(third), session_id: Uuid::nil(), must_change: false };
    let wish = ProfileWish { address: Some("вул. Нова 1".to_owned()), ..ProfileWish::default() };
    service.update_profile(&who, wish, None).await.unwrap();
    service.put_router(Actor::Staff, router("core", ROUTER, "mikrotik")).await.unwrap();
    let session = SessionTold {
        username: "0044".to_owned(),
        session: "81000001".to_owned(),
        seconds: 60,
        ..SessionTold::default()
    };
    let what = What::Session(Box::new(session));
    let report = admit_session::Told { id: "a".to_owned(), router: ROUTER.to_owned(), what, delay: 0 };
    service.record_session(&report).await.unwrap();
    let olena =
        NewMember { login: "olena".into(), name: "Олена".into(), role: cabinet_core::staff::Role::Cashier };
    service.add_staff(Actor::Staff, &olena).await.unwrap();
    let wish = ProfileWish {
        email: Some("olha@example.com".into()),
        phones: Some("0501234567".into()),
        ..ProfileWish::default()
    };
    service.edit_profile(Actor::Staff, third, wish).await.unwrap();
    let quote = service.quote_tariff_change(third, TariffCode::new("home-50")).await.unwrap();
    service.confirm_quote(third, quote.id, house.key("plan")).await.unwrap();
    service.suspend(Actor::Staff, accounts[1], "на прохання").await.unwrap();
    house.lives_to(date!(2024 - 07 - 03)).await;
    house
}

/// Everything a file of SQLite holds, as statements.
async fn dump_of(store: &Store) -> String {
    let mut view = store.view().await.unwrap();
    let mut text = String::new();
    let tables: Vec<(String, String)> = view
        .all("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid", ())
        .await
        .unwrap();
    // Rows refer to rows of tables that come later.
    tables.iter().for_each(|(_, sql)| text.push_str(&format!("{sql};\n")));
    for (name, _) in tables {
        let columns = format!("SELECT name FROM pragma_table_info('{name}') ORDER BY cid");
        let columns: Vec<(String,)> = view.all(columns.leak(), ()).await.unwrap();
        let values: Vec<String> = columns.iter().map(|(column,)| format!("quote(\"{column}\")")).collect();
        let rows = format!("SELECT {} FROM \"{name}\"", values.join(" || ',' || "));
        let rows: Vec<(String,)> = view.all(rows.leak(), ()).await.unwrap();
        for (row,) in rows {
            text.push_str(&format!("INSERT INTO \"{name}\" VALUES({row});\n"));
        }
    }
    let rest = "SELECT sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid";
    let rest: Vec<(String,)> = view.all(rest, ()).await.unwrap();
    rest.iter().for_each(|(sql,)| text.push_str(&format!("{sql};\n")));
    text
}

/// What PostgreSQL's writer tells, without what it sets for its own session.
fn dump_by(program: &std::ffi::OsStr, url: &str) -> String {
    let told =
        Command::new(program).args(["--inserts", "--no-owner", "--no-privileges", "--dbname", url]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8(told.stdout).unwrap();
    let own = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"];
    let kept = text.lines().filter(|line| !line.is_empty() && !own.iter().any(|start| line.starts_with(start)));
    kept.map(|line| format!("{line}\n")).collect()
}

async fn step_of(store: &Store) -> i64 {
    let sql = "SELECT MAX(version) FROM _sqlx_migrations";
    store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
}

fn write(step: i64, ending: &str, text: &str) {
    if let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) {
        let file = folder.join(format!("book-{step:02}.{ending}"));
        let anew = std::env::var_os("CABINET_BOOKS_ANEW").is_some();
        assert!(anew || !file.exists(), "there is a book of step {step}, which a release may have: --anew replaces it");
        std::fs::write(file, text).unwrap();
    }
}

mod sqlite {
    use super::*;

    #[test]
    fn a_book_of_this_state_is_whole_and_is_read_back_from_its_dump() {
        block_on(async {
            let bench = Bench::sqlite().await;
            let house = book(bench.store.clone()).await;
            house.audited().await;
            let (told, dump) = (Told::by(&house).await, dump_of(&bench.store).await);
            let again = Bench::bare_sqlite().await;
            pour(&again.store, &dump).await;
            assert_eq!(again.store.schema().await.unwrap(), Schema::Current);
            let other = House::beside(again.store.clone(), &house);
            other.audited().await;
            assert_eq!((Told::by(&other).await, dump_of(&again.store).await == dump), (told.clone(), true));
            let step = step_of(&bench.store).await;
            write(step, "sqlite.sql", &dump);
            write(step, "told.json", &format!("{}\n", serde_json::to_string_pretty(&told).unwrap()));
            again.close().await;
            bench.close().await;
        });
    }
}

mod postgres {
    use super::*;

    #[test]
    fn a_book_of_this_state_is_whole() {
        block_on(async {
            let bench = Bench::postgres().await;
            let house = book(bench.store.clone()).await;
            house.audited().await;
            if let Some(program) = std::env::var_os(PG_DUMP) {
                write(step_of(&bench.store).await, "postgres.sql", &dump_by(&program, &bench.url));
            }
            bench.close().await;
        });
    }
}
