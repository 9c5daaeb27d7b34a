//! A daily run killed in the middle and run again leaves the book an unbroken run would have left.

use crate::support::Office;
use cabinet_core::account::Account;
use cabinet_core::calendar::yesterday;
use cabinet_core::ledger::{Draft, EntryKind, post};
use cabinet_core::{Money, Now, TariffCode};
use cabinet_service::clock::{Clock, SystemClock};
use cabinet_store::{Store, accounts, ledger};
use std::process::Stdio;
use time::Duration;
use uuid::Uuid;

/// More than two of the run's chunks.
const ACCOUNTS: u128 = 11_000;

async fn fill(store: &Store) {
    let today = SystemClock.today();
    let before = Now { instant: SystemClock.now() - Duration::days(1), today: yesterday(today) };
    let mut tx = store.write().await.unwrap();
    for number in 1..=ACCOUNTS {
        let id = Uuid::from_u128(number);
        let mut account = Account::open(today, TariffCode::new("home-20"));
        accounts::open(&mut tx, id, &number.to_string(), id, &account).await.unwrap();
        if number % 7 != 0 {
            let paid = Draft::new(EntryKind::CashPayment, Money::from_kopecks(100_00));
            let entry = post(&mut account, paid, before, "staff");
            ledger::append(&mut tx, id, id, &entry).await.unwrap();
        }
        let held = accounts::find(&mut tx, id).await.unwrap().unwrap();
        accounts::save(&mut tx, &accounts::Held { account, ..held }).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
}

const CHARGES: &str = "SELECT COUNT(*) FROM entry WHERE kind = 'tariff_charge'";
const BALANCES: &str = "SELECT CAST(SUM(balance) AS BIGINT) FROM account";
const BLOCKED: &str = "SELECT COUNT(*) FROM standing_spell WHERE kind = 'blocked'";

crate::on_both_benches! {
    async fn a_killed_run_is_made_whole_by_the_next(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let store = &office.bench.store;
        fill(store).await;
        let (paying, unpaid) = ((ACCOUNTS - ACCOUNTS / 7) as i64, (ACCOUNTS / 7) as i64);
        let before = count(store, BALANCES).await;
        for chunk in 0..2 {
            let written = count(store, CHARGES).await;
            let mut run = office.command(&["run-day"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while count(store, CHARGES).await == written && run.try_wait().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
            run.kill().unwrap();
            run.wait().unwrap();
            let charged = count(store, CHARGES).await;
            assert!(charged > written, "kill {chunk} came before anything was written");
            assert_eq!(count(store, "SELECT COUNT(*) FROM account WHERE entries <> (SELECT COUNT(*) FROM entry e WHERE e.account_id = account.id)").await, 0);
        }
        let mut together = [office.command(&["run-day"]).spawn().unwrap(), office.command(&["run-day"]).spawn().unwrap()];
        for run in &mut together {
            assert!(run.wait().unwrap().success());
        }
        assert_eq!(count(store, CHARGES).await, paying);
        assert_eq!(count(store, BLOCKED).await, unpaid);
        let day = SystemClock.today();
        let share = Money::from_kopecks(50_00).share(1, cabinet_core::Month::of(day).days()).kopecks();
        assert_eq!(count(store, BALANCES).await, before - share * paying);
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
