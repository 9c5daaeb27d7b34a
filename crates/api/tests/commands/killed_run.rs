//! A daily run killed again and again, with payments in between, leaves the book an unbroken run would have left.

use crate::support::Office;
use cabinet_core::account::Account;
use cabinet_core::accrual::settle;
use cabinet_core::calendar::yesterday;
use cabinet_core::ledger::{Draft, EntryKind, post};
use cabinet_core::statement::SpellKind;
use cabinet_core::{Catalogue, Money, Now, Policy, TariffCode};
use cabinet_service::Chance;
use cabinet_service::clock::{Clock, SystemClock};
use cabinet_service::ground::default_tariffs;
use cabinet_store::{Store, accounts, ledger, spells};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use time::{Date, Duration};
use uuid::Uuid;

/// More than two of the run's chunks.
const ACCOUNTS: u128 = 11_000;
/// Every so many accounts pay while the run is going on.
const PAYING: u128 = 500;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// One in seven has no money; one in five was last charged six days ago, often in another month.
fn before_the_run(number: u128, today: Date) -> (Account, Vec<cabinet_core::ledger::Entry>) {
    let last = yesterday(today);
    let opened = if number.is_multiple_of(5) { last - Duration::days(5) } else { today };
    let mut account = Account::open(opened, TariffCode::new("home-20"));
    let mut entries = Vec::new();
    if !number.is_multiple_of(7) {
        let paid = Draft::new(EntryKind::CashPayment, Money::from_kopecks(100_00 + (number % 900) as i64));
        let at = Now { instant: time::OffsetDateTime::UNIX_EPOCH, today: opened.min(last) };
        entries.push(post(&mut account, paid, at, "staff"));
    }
    (account, entries)
}

async fn fill(store: &Store, today: Date) {
    let mut tx = store.write().await.unwrap();
    for number in 1..=ACCOUNTS {
        let (account, entries) = before_the_run(number, today);
        accounts::open(&mut tx, id(number), &number.to_string(), id(number), &account).await.unwrap();
        for entry in &entries {
            ledger::append(&mut tx, id(number), id(number), entry).await.unwrap();
        }
        tx.run(
            "INSERT INTO profile (account_id, last_name, first_name, middle_name, address, phones, consent_promotions, \
             consent_draws, language, theme) VALUES ($1, 'Іваненко', 'Іван', '', '', '', FALSE, FALSE, 'uk', 'system')",
            (id(number),),
        )
        .await
        .unwrap();
        let mut held = accounts::find(&mut tx, id(number)).await.unwrap().unwrap();
        held.account = account;
        accounts::save(&mut tx, &held).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn charges(store: &Store) -> i64 {
    let sql = "SELECT COUNT(*) FROM entry WHERE kind = 'tariff_charge'";
    store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
}

/// Every account and every charge is what `settle`, run once over the account as it was, makes of it.
async fn compare_with_an_unbroken_run(store: &Store, today: Date) {
    let (catalogue, policy) = (Catalogue { tariffs: default_tariffs() }, Policy::default());
    let now = Now { instant: time::OffsetDateTime::UNIX_EPOCH, today };
    let mut view = store.view().await.unwrap();
    for number in 1..=ACCOUNTS {
        let (mut expected, _) = before_the_run(number, today);
        let mut charged = settle(&mut expected, &catalogue, &policy, now).entries;
        if number % PAYING == 0 {
            post(&mut expected, Draft::new(EntryKind::CashPayment, Money::from_kopecks(10_00)), now, "staff");
            charged.extend(settle(&mut expected, &catalogue, &policy, now).entries);
        }
        let found = accounts::find(&mut view, id(number)).await.unwrap().unwrap().account;
        let book = ledger::page(&mut view, id(number), Default::default(), None, 100).await.unwrap();
        let taken = |entries: &mut dyn Iterator<Item = &cabinet_core::ledger::Entry>| {
            entries.filter_map(|entry| Some((entry.cover?, entry.amount, entry.posted_on))).collect::<Vec<_>>()
        };
        assert_eq!(taken(&mut book.iter().rev()), taken(&mut charged.iter()), "contract {number}");
        // A payment may have come before the charge or after it.
        if number % PAYING != 0 {
            let seqs = |entry: &cabinet_core::ledger::Entry| (entry.seq, entry.balance_after);
            let posted = book.iter().rev().filter(|entry| entry.cover.is_some()).map(seqs);
            assert!(posted.eq(charged.iter().map(seqs)), "contract {number}");
        }
        assert_eq!(found, expected, "contract {number}");
        let stopped = spells::between(&mut view, id(number), today, today).await.unwrap();
        let blocked = stopped.iter().any(|spell| spell.kind == SpellKind::Blocked);
        assert_eq!(blocked, expected.blocked_since.is_some(), "contract {number}");
    }
}

async fn kills_and_compares(office: &Office, today: Date) {
    let store = &office.bench.store;
    fill(store, today).await;
    let quiet =
        |arguments: &[&str]| office.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let all = (1..=ACCOUNTS).filter(|number| !number.is_multiple_of(7)).count() as i64;
    let moments = Chance::seeded(20);
    let mut kills = 0;
    // Killed at moments of chance until most of the work is done: some kills come before anything was written.
    while kills < 20 && charges(store).await < all * 2 / 3 {
        let mut run = quiet(&["run-day"]);
        let leased = async || {
            let sql = "SELECT COUNT(*) FROM lease";
            store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0 > 0
        };
        while !leased().await {
            assert_eq!(run.try_wait().unwrap(), None, "kill {kills}: the run ended by itself");
        }
        for _ in 0..u16::from_le_bytes(moments.secret()) % 400 {
            if charges(store).await >= all * 2 / 3 {
                break;
            }
        }
        run.kill().unwrap();
        assert_eq!(run.wait().unwrap().signal(), Some(9), "kill {kills} came when the run had ended");
        let mut tx = store.write().await.unwrap();
        tx.run("DELETE FROM lease", ()).await.unwrap();
        tx.commit().await.unwrap();
        kills += 1;
    }
    let written = charges(store).await;
    println!("{kills} kills; {written} charges written, {all} and more in all");
    assert!(kills >= 2 && written < all, "{kills} kills left {written} charges of {all}");
    // Two runs at once, and payments while they go on.
    let mut together = vec![quiet(&["run-day"]), quiet(&["run-day"])];
    for number in (1..=ACCOUNTS).filter(|number| number % PAYING == 0) {
        together.push(quiet(&["subscriber", "pay", &number.to_string(), "10.00", "--receipt", "1"]));
        if together.len() > 6 {
            assert!(together.remove(2).wait().unwrap().success());
        }
    }
    for mut one in together {
        assert!(one.wait().unwrap().success());
    }
}

crate::on_both_benches! {
    async fn a_killed_run_is_made_whole_by_the_next(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let today = SystemClock.today();
        kills_and_compares(&office, today).await;
        // The commands live by the machine's clock: a midnight in between makes another book, and this one is void.
        if SystemClock.today() == today {
            compare_with_an_unbroken_run(&office.bench.store, today).await;
        }
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
