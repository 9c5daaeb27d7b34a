//! How far the routers follow: the profile wished for an account, by generation, and the one they took last.

use crate::engine::{Raw, id_list};
use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use std::collections::HashSet;
use time::OffsetDateTime;
use uuid::Uuid;

/// How the network stands to an account. One without a row never changed since routers are told anything.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NetworkState {
    /// The account.
    pub account_id: Uuid,
    /// Grows with every profile wished; a session's `Class` names the one it began with.
    pub generation: i64,
    /// When this one was wished.
    pub changed_at: OffsetDateTime,
    /// What is wished, as core writes a profile.
    pub profile: Option<String>,
    /// The moment for which a task waits, since something is planned for it.
    pub turns_at: Option<OffsetDateTime>,
    /// The generation taken last.
    pub applied_generation: Option<i64>,
    /// When it was.
    pub applied_at: Option<OffsetDateTime>,
    /// The profile routers are believed to hold.
    pub applied: Option<String>,
    /// Why the last try failed.
    pub failure: Option<String>,
}

impl NetworkState {
    /// Whether the routers have what is wished.
    pub fn is_taken(&self) -> bool {
        self.applied_generation == Some(self.generation)
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account_id, generation, changed_at, profile, turns_at, applied_generation, applied_at, applied, \
             failure FROM network_state ",
            $rest
        )
    };
}

/// That of an account.
pub async fn find(view: &mut View, account: Uuid) -> Result<Option<NetworkState>, StoreError> {
    view.maybe(select!("WHERE account_id = $1"), (account,)).await
}

/// The same, kept from others until the transaction ends.
pub async fn lock(tx: &mut Tx, account: Uuid) -> Result<Option<NetworkState>, StoreError> {
    match tx.run("UPDATE network_state SET generation = generation WHERE account_id = $1", (account,)).await? {
        0 => Ok(None),
        _ => find(tx, account).await,
    }
}

/// Those of many accounts, kept from others until the transaction ends.
pub async fn lock_many(tx: &mut Tx, accounts: &[Uuid]) -> Result<Vec<NetworkState>, StoreError> {
    // On SQLite nobody else writes meanwhile. In order of id, so that two who lock many never wait for each other.
    let postgres = select!("WHERE account_id = ANY($1) ORDER BY account_id FOR UPDATE");
    let sqlite = select!("WHERE account_id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY account_id");
    tx.all_of([postgres, sqlite], accounts, None).await
}

macro_rules! wish {
    ($rows:literal) => {
        concat!(
            "INSERT INTO network_state (account_id, generation, changed_at, profile, turns_at, applied_generation, \
             applied_at, applied) ",
            $rows,
            " ON CONFLICT (account_id) DO UPDATE SET generation = excluded.generation, \
             changed_at = excluded.changed_at, profile = excluded.profile, turns_at = excluded.turns_at, \
             failure = CASE WHEN network_state.generation = excluded.generation THEN network_state.failure END"
        )
    };
}

/// Writes what is wished; what was taken stands only in a row that is new.
pub async fn wish(tx: &mut Tx, state: &NetworkState) -> Result<(), StoreError> {
    tx.run(
        wish!("VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
        (
            state.account_id,
            state.generation,
            state.changed_at,
            state.profile.clone(),
            state.turns_at,
            state.applied_generation,
            state.applied_at,
            state.applied.clone(),
        ),
    )
    .await?;
    Ok(())
}

/// The same of many accounts at once.
pub async fn wish_many(tx: &mut Tx, states: &[NetworkState]) -> Result<(), StoreError> {
    if states.is_empty() {
        return Ok(());
    }
    match tx.raw() {
        Raw::Postgres(connection) => {
            sqlx::query(wish!(
                "SELECT * FROM UNNEST($1::uuid[], $2::bigint[], $3::timestamptz[], $4::text[], $5::timestamptz[], \
                 $6::bigint[], $7::timestamptz[], $8::text[])"
            ))
            .bind(states.iter().map(|state| state.account_id).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.generation).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.changed_at).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.profile.clone()).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.turns_at).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.applied_generation).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.applied_at).collect::<Vec<_>>())
            .bind(states.iter().map(|state| state.applied.clone()).collect::<Vec<_>>())
            .execute(connection)
            .await?;
        }
        // As with the outbox: a statement that stays prepared costs microseconds.
        Raw::Sqlite(_) => {
            for state in states {
                wish(tx, state).await?;
            }
        }
    }
    Ok(())
}

macro_rules! wish_one {
    ($rows:literal) => {
        concat!(
            "INSERT INTO network_state (account_id, generation, changed_at, profile) ",
            $rows,
            " ON CONFLICT (account_id) DO UPDATE SET generation = network_state.generation + 1, \
             changed_at = excluded.changed_at, profile = excluded.profile, failure = NULL \
             WHERE network_state.profile IS NULL OR network_state.profile <> excluded.profile RETURNING account_id"
        )
    };
}

/// Wishes one profile for many accounts, each of a new generation, which is the second where there was no row; answers those for whom it is another than before.
pub async fn wish_one(
    tx: &mut Tx,
    accounts: &[Uuid],
    profile: &str,
    at: OffsetDateTime,
) -> Result<HashSet<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = match tx.raw() {
        Raw::Postgres(connection) => {
            let sql = wish_one!("SELECT id, 2, $2, $3 FROM UNNEST($1::uuid[]) AS i (id) ORDER BY id");
            sqlx::query_as(sql).bind(accounts).bind(at).bind(profile).fetch_all(connection).await?
        }
        Raw::Sqlite(connection) => {
            let sql = wish_one!("SELECT unhex(value), 2, $2, $3 FROM json_each($1) WHERE TRUE");
            sqlx::query_as(sql).bind(id_list(accounts)).bind(at).bind(profile).fetch_all(connection).await?
        }
    };
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A generation that routers took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The account.
    pub account: Uuid,
    /// Which.
    pub generation: i64,
    /// Its profile.
    pub profile: String,
}

/// Routers took these. Answers those accounts whose routers were told a later one meanwhile: which of both came last is
/// not known.
pub async fn take_many(tx: &mut Tx, taken: &[Taken], at: OffsetDateTime) -> Result<Vec<Uuid>, StoreError> {
    let mut done = HashSet::new();
    match tx.raw() {
        Raw::Postgres(connection) => {
            let rows: Vec<(Uuid,)> = sqlx::query_as(
                "UPDATE network_state n SET applied_generation = i.generation, applied = i.profile, applied_at = $4, \
                 failure = NULL FROM UNNEST($1::uuid[], $2::bigint[], $3::text[]) AS i (id, generation, profile) \
                 WHERE n.account_id = i.id AND (n.applied_generation IS NULL OR n.applied_generation <= i.generation) \
                 RETURNING n.account_id",
            )
            .bind(taken.iter().map(|one| one.account).collect::<Vec<_>>())
            .bind(taken.iter().map(|one| one.generation).collect::<Vec<_>>())
            .bind(taken.iter().map(|one| one.profile.as_str()).collect::<Vec<_>>())
            .bind(at)
            .fetch_all(connection)
            .await?;
            done.extend(rows.into_iter().map(|(id,)| id));
        }
        Raw::Sqlite(_) => {
            for one in taken {
                let sql = "UPDATE network_state SET applied_generation = $2, applied = $3, applied_at = $4, \
                     failure = NULL WHERE account_id = $1 AND (applied_generation IS NULL OR applied_generation <= $2)";
                if tx.run(sql, (one.account, one.generation, one.profile.as_str(), at)).await? == 1 {
                    done.insert(one.account);
                }
            }
        }
    }
    Ok(taken.iter().map(|one| one.account).filter(|account| !done.contains(account)).collect())
}

/// They did not: why.
pub async fn fail(tx: &mut Tx, account: Uuid, generation: i64, why: &str) -> Result<(), StoreError> {
    tx.run(
        "UPDATE network_state SET failure = $3 WHERE account_id = $1 AND generation = $2",
        (account, generation, why),
    )
    .await?;
    Ok(())
}

/// What routers hold is not known: they are to be told again. `false` where they wait to be told anyway.
pub async fn doubt(tx: &mut Tx, account: Uuid) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE network_state SET applied_generation = NULL \
             WHERE account_id = $1 AND applied_generation = generation",
            (account,),
        )
        .await?;
    Ok(rows == 1)
}

/// Forgets an account.
pub async fn forget(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    tx.run("DELETE FROM network_state WHERE account_id = $1", (account,)).await?;
    Ok(())
}

/// How many accounts the routers do not follow, and for how many of them a try failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Behind {
    /// Not told yet, or in vain.
    pub waiting: i64,
    /// In vain.
    pub failing: i64,
}

/// How many accounts the routers do not follow.
pub async fn behind(view: &mut View) -> Result<Behind, StoreError> {
    view.one(
        "SELECT COUNT(*) AS waiting, COUNT(failure) AS failing FROM network_state \
         WHERE applied_generation IS NULL OR applied_generation <> generation",
        (),
    )
    .await
}

/// An account the routers do not follow.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Lagging {
    /// Contract number.
    pub contract: String,
    /// What is wished.
    pub profile: Option<String>,
    /// Since when.
    pub changed_at: OffsetDateTime,
    /// Why the last try failed.
    pub failure: Option<String>,
}

/// Accounts the routers do not follow, the longest first.
pub async fn lagging(view: &mut View, limit: i64) -> Result<Vec<Lagging>, StoreError> {
    view.all(
        "SELECT a.contract, n.profile, n.changed_at, n.failure FROM network_state n JOIN account a ON a.id = n.account_id \
         WHERE n.applied_generation IS NULL OR n.applied_generation <> n.generation \
         ORDER BY n.changed_at, a.contract LIMIT $1",
        (limit,),
    )
    .await
}
