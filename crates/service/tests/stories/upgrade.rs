//! A lived book of an earlier state of the program is opened by this one.
//!
//! `tests/fixtures/book-16.*.sql` were written by the binary of the 16th step of the schema: its demo, in which a payment
//! went through the gateway and another was begun, a terminal paid, a voucher was redeemed, a contract registered, paid,
//! given back to, adjusted and suspended by commands, a member of staff added and a bank's register taken in; then
//! `.dump` of sqlite3, and `pg_dump --inserts`, without what they set for their own session.

use crate::support::{access, money};
use cabinet_core::Money;
use cabinet_service::{Actor, Chance, Service, SteppedClock};
use cabinet_store::testing::{Bench, block_on, pour};
use cabinet_store::{Schema, bills};
use std::sync::Arc;
use time::macros::{date, time};

/// What the old program told: contract, balance, entries and bills.
const TOLD: [(&str, &str, i64, usize); 4] =
    [("0000", "159.70", 125, 5), ("0001", "0.33", 48, 2), ("0002", "154.32", 48, 1), ("0042", "183.33", 6, 0)];

async fn a_book_of_the_past_goes_on(bench: Bench, dump: &str) {
    let store = bench.store.clone();
    pour(&store, dump).await;
    assert_eq!(store.schema().await.unwrap(), Schema::Behind);
    store.migrate().await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema::Current);

    let clock = Arc::new(SteppedClock::at_local(date!(2026 - 11 - 23), time!(20:00)));
    let service = Service::new(store.clone(), clock.clone(), Chance::seeded(1), access());
    let report = service.audit_book(|_, _| ()).await.unwrap();
    assert_eq!((report.accounts, report.entries, report.broken), (4, 227, None));
    assert_eq!(service.audit_row_by_row().await.unwrap(), None);
    let mut accounts = Vec::new();
    for (contract, balance, entries, bills) in TOLD {
        let account = service.find_contract(&contract.parse().unwrap()).await.unwrap();
        let held = service.show_subscriber(account).await.unwrap().held.account;
        let made = bills::page(&mut store.read().await.unwrap(), account, None, 100).await.unwrap();
        assert_eq!((held.balance, held.entries, made.len()), (money(balance), entries, bills), "{contract}");
        accounts.push(account);
    }
    let (paid, _) = service.list_payments(accounts[0], None, 10).await.unwrap();
    let paid: Vec<(Money, bool)> = paid.iter().map(|held| (held.payment.amount, held.payment.credited)).collect();
    assert_eq!(paid, [(money("20.00"), false), (money("50.00"), true)]);

    // And it goes on: the next day is charged, what waits of the outbox is done, cash is taken, a bank's line is decided.
    clock.set_local(date!(2026 - 11 - 24), time!(9:00));
    let run = service.run_day(date!(2026 - 11 - 24), |_, _| ()).await.unwrap();
    assert_eq!((run.failed, run.charged), (vec![], 2), "one is blocked, one suspended");
    service.resume(Actor::Staff, accounts[3]).await.unwrap();
    service.pay_cash(Actor::Staff, accounts[1], money("100.00"), None).await.unwrap();
    let (lines, _) = service.list_bank_lines(None, 10).await.unwrap();
    service.assign_bank_line(Actor::Staff, lines[0].id, &"0002".parse().unwrap()).await.unwrap();
    assert_eq!(service.audit_book(|_, _| ()).await.unwrap().broken, None);
    bench.close().await;
}

mod sqlite {
    #[test]
    fn a_book_of_the_past_goes_on() {
        let dump = include_str!("../fixtures/book-16.sqlite.sql");
        super::block_on(async { super::a_book_of_the_past_goes_on(super::Bench::bare_sqlite().await, dump).await });
    }
}

mod postgres {
    #[test]
    fn a_book_of_the_past_goes_on() {
        let dump = include_str!("../fixtures/book-16.postgres.sql");
        super::block_on(async { super::a_book_of_the_past_goes_on(super::Bench::bare_postgres().await, dump).await });
    }
}
