//! Rows that the tests of several modules stand on.

use cabinet_core::account::Account;
use cabinet_core::ledger::{Cover, Draft, Entry, EntryKind, post};
use cabinet_core::tariff::{FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, TariffCode};
use cabinet_store::accounts::{self, Held};
use cabinet_store::{Store, catalogue, credentials, ledger};
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// The instant most tests begin at.
pub const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

/// So many seconds after [`NOON`].
pub fn after(seconds: i64) -> OffsetDateTime {
    NOON + Duration::seconds(seconds)
}

/// An account with a credential and nothing else.
pub async fn account(store: &Store, contract: &str) -> Uuid {
    let id = Uuid::now_v7();
    let mut tx = store.write().await.unwrap();
    tx.run(
        "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) VALUES ($1, $2, $3, 0, 0, 0, 0)",
        (id, contract, date!(2014 - 11 - 30)),
    )
    .await
    .unwrap();
    credentials::insert(&mut tx, id, "$argon2id$first", true, NOON).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// `home-20` at 50.00 a month since 2000.
pub fn home_20() -> Tariff {
    Tariff {
        code: TariffCode::new("home-20"),
        name: "Домашній 20".to_owned(),
        down_mbps: 20,
        up_mbps: 20,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees: vec![FeeVersion { from: Month::new(2000, 1).unwrap(), fee: Money::from_kopecks(50_00) }],
    }
}

/// A contract on `home-20` from a day, nothing posted yet.
pub async fn subscriber_from(store: &Store, contract: &str, opened_on: Date) -> Held {
    let id = Uuid::now_v7();
    let mut tx = store.write().await.unwrap();
    catalogue::put_tariff(&mut tx, &home_20(), 0).await.unwrap();
    let account = Account::open(opened_on, TariffCode::new("home-20"));
    accounts::open(&mut tx, id, contract, Uuid::now_v7(), &account).await.unwrap();
    let held = accounts::find(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    held
}

/// A contract from 1 December 2014, the month of the manual.
pub async fn subscriber(store: &Store, contract: &str) -> Held {
    subscriber_from(store, contract, date!(2014 - 12 - 01)).await
}

/// Noon of a business day.
pub fn noon(today: Date) -> Now {
    Now { instant: today.with_hms(12, 0, 0).unwrap().assume_utc(), today }
}

/// So many kopecks in cash.
pub fn cash(kopecks: i64) -> Draft {
    Draft::new(EntryKind::CashPayment, Money::from_kopecks(kopecks))
}

/// The charge of one day at 50.00 a month, `k` days charged with it.
pub fn charge(day: Date, k: u8) -> Draft {
    let cover = Cover { from: day, to: day, fee: Money::from_kopecks(50_00), days_before: k - 1, days_after: k };
    Draft {
        cover: Some(cover),
        tariff: Some(TariffCode::new("home-20")),
        ..Draft::new(EntryKind::TariffCharge, cover.charged_before() - cover.charged_after())
    }
}

/// Posts and commits; the account in the database keeps up.
pub async fn posted(store: &Store, held: &mut Held, draft: Draft, today: Date) -> Entry {
    let entry = post(&mut held.account, draft, noon(today), "staff");
    let mut tx = store.write().await.unwrap();
    ledger::append(&mut tx, held.id, held.service_id, &entry).await.unwrap();
    accounts::save(&mut tx, held).await.unwrap();
    tx.commit().await.unwrap();
    entry
}
