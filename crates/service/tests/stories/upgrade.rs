//! A lived book of an earlier state of the program is opened by this one.
//!
//! `tests/fixtures/book-NN.*` were written by the program whose schema had NN steps ([`crate::books`]). The one of step 16 was
//! made by hand, of its demo, in which a payment went through the gateway and another was begun, a terminal paid, a voucher was
//! redeemed, a contract registered, paid, given back to, adjusted and suspended by commands, a member of staff added and a
//! bank's register taken in; then `.dump` of sqlite3, and `pg_dump --inserts`, without what they set for their own session.

use crate::support::{House, access, money};
use cabinet_core::{Money, Standing};
use cabinet_service::{Actor, Chance, Clock, Service, SteppedClock};
use cabinet_store::testing::{Bench, block_on, pour};
use cabinet_store::{Schema, accounts, bills};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use time::macros::{date, format_description, time};
use time::{Date, Time};
use uuid::Uuid;

/// What the program that wrote a book told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The day it was written on.
    day: String,
    contracts: Vec<Contract>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Contract {
    contract: String,
    balance: Money,
    entries: i64,
    bills: usize,
}

impl Told {
    /// What this program tells of the book of a house.
    pub async fn by(house: &House) -> Told {
        Told { day: house.clock.today().to_string(), contracts: contracts(&house.service).await }
    }

    fn day(&self) -> Date {
        Date::parse(&self.day, format_description!("[year]-[month]-[day]")).unwrap()
    }
}

async fn contracts(service: &Service) -> Vec<Contract> {
    let mut view = service.store.read().await.unwrap();
    let mut told = Vec::new();
    for held in accounts::page(&mut view, Uuid::nil(), i64::MAX).await.unwrap() {
        let bills = bills::page(&mut view, held.id, None, 1000).await.unwrap().len();
        let (balance, entries) = (held.account.balance, held.account.entries);
        told.push(Contract { contract: held.contract, balance, entries, bills });
    }
    told.sort_by(|one, other| one.contract.cmp(&other.contract));
    told
}

/// Every book that is kept, by name, with what was told of it.
fn fixtures() -> Vec<(String, Told)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".told.json")?.to_owned())).collect();
    names.sort_unstable();
    names
        .into_iter()
        .map(|name| {
            let told = serde_json::from_str(&text(&name, "told.json")).unwrap();
            (name, told)
        })
        .collect()
}

fn text(name: &str, ending: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.{ending}"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Opens, migrates and audits a book, and lives a day with it.
async fn goes_on(name: &str, told: &Told, bench: Bench, engine: &str) {
    let store = bench.store.clone();
    pour(&store, &text(name, engine)).await;
    store.migrate().await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema::Current, "{name}");
    let morning = Time::from_hms(9, 0, 0).unwrap();
    let clock = Arc::new(SteppedClock::at_local(told.day(), time!(20:00)));
    let service = Service::new(store.clone(), clock.clone(), Chance::seeded(1), access());
    let report = service.audit_book(|_, _| ()).await.unwrap();
    let entries: i64 = told.contracts.iter().map(|one| one.entries).sum();
    assert_eq!(
        (report.accounts, report.entries, report.broken),
        (told.contracts.len() as i64, entries, None),
        "{name}"
    );
    assert_eq!(service.audit_row_by_row().await.unwrap(), None, "{name}");
    assert_eq!(contracts(&service).await, told.contracts, "{name}");

    // The next day is charged, whoever can pay is served again, and what waits of the outbox is done.
    let next = told.day().next_day().unwrap();
    clock.set_local(next, morning);
    let run = service.run_day(next, |_, _| ()).await.unwrap();
    assert!(run.failed.is_empty() && run.charged > 0, "{name}: {run:?}");
    for one in &told.contracts {
        let account = service.find_contract(&one.contract.parse().unwrap()).await.unwrap();
        let held = service.show_subscriber(account).await.unwrap().held.account;
        match held.standing(next) {
            Standing::Closed => continue,
            Standing::Suspended => drop(service.resume(Actor::Staff, account).await.unwrap()),
            _ => {}
        }
        service.pay_cash(Actor::Staff, account, money("500.00"), None).await.unwrap();
        let standing = service.show_subscriber(account).await.unwrap().held.account.standing(next);
        assert!(matches!(standing, Standing::Active | Standing::Paused), "{name} {}: {standing:?}", one.contract);
        service.show_statement(account, None).await.unwrap();
        service.list_payments(account, None, 10).await.unwrap();
    }
    service.work_outbox().await.unwrap();
    assert_eq!(service.audit_book(|_, _| ()).await.unwrap().broken, None, "{name}");
    bench.close().await;
}

/// What the book of step 16 holds beside its entries.
async fn the_sixteenth(bench: Bench, engine: &str) {
    let store = bench.store.clone();
    pour(&store, &text("book-16", engine)).await;
    assert_eq!(store.schema().await.unwrap(), Schema::Behind);
    store.migrate().await.unwrap();
    let clock = Arc::new(SteppedClock::at_local(date!(2026 - 11 - 24), time!(9:00)));
    let service = Service::new(store, clock, Chance::seeded(1), access());
    let account = service.find_contract(&"0000".parse().unwrap()).await.unwrap();
    let (paid, _) = service.list_payments(account, None, 10).await.unwrap();
    let paid: Vec<(Money, bool)> = paid.iter().map(|held| (held.payment.amount, held.payment.credited)).collect();
    assert_eq!(paid, [(money("20.00"), false), (money("50.00"), true)]);
    let (lines, _) = service.list_bank_lines(None, 10).await.unwrap();
    service.assign_bank_line(Actor::Staff, lines[0].id, &"0002".parse().unwrap()).await.unwrap();
    assert_eq!(service.audit_book(|_, _| ()).await.unwrap().broken, None);
    bench.close().await;
}

mod sqlite {
    use super::*;

    #[test]
    fn every_book_of_the_past_goes_on() {
        block_on(async {
            for (name, told) in fixtures() {
                goes_on(&name, &told, Bench::bare_sqlite().await, "sqlite.sql").await;
            }
        });
    }

    #[test]
    fn the_book_of_step_16_is_all_there() {
        block_on(async { the_sixteenth(Bench::bare_sqlite().await, "sqlite.sql").await });
    }
}

mod postgres {
    use super::*;

    #[test]
    fn every_book_of_the_past_goes_on() {
        block_on(async {
            for (name, told) in fixtures() {
                goes_on(&name, &told, Bench::bare_postgres().await, "postgres.sql").await;
            }
        });
    }

    #[test]
    fn the_book_of_step_16_is_all_there() {
        block_on(async { the_sixteenth(Bench::bare_postgres().await, "postgres.sql").await });
    }
}
