//! Rows that the tests of several modules stand on.

use cabinet_store::{Store, credentials};
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
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
