//! Tariffs, their fees, and the policy.

use crate::{StoreError, Tx, View};
use cabinet_core::tariff::{Catalogue, FeeVersion, FreeTurbo, Tariff};
use cabinet_core::{Money, Month, Policy, TariffCode};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};

#[derive(FromRow)]
struct Row {
    code: String,
    name: String,
    down_mbps: i64,
    up_mbps: i64,
    offered: bool,
    tariff_group: String,
    free_turbo_option: Option<String>,
    free_turbos: i64,
    starts_on: Date,
    fee: i64,
}

/// Every tariff with every version of its fee.
pub async fn catalogue(view: &mut View) -> Result<Catalogue, StoreError> {
    let rows: Vec<Row> = view
        .all(
            "SELECT t.code, t.name, t.down_mbps, t.up_mbps, t.offered, t.tariff_group, t.free_turbo_option, \
             t.free_turbos, f.starts_on, f.fee FROM tariff t JOIN tariff_fee f ON f.tariff_code = t.code ORDER BY t.position, t.code, f.starts_on",
            (),
        )
        .await?;
    let mut tariffs: Vec<Tariff> = Vec::new();
    for row in rows {
        let version = FeeVersion { from: Month::of(row.starts_on), fee: Money::from_kopecks(row.fee) };
        match tariffs.last_mut().filter(|tariff| tariff.code.as_str() == row.code) {
            Some(tariff) => tariff.fees.push(version),
            None => tariffs.push(Tariff {
                code: TariffCode::new(row.code),
                name: row.name,
                down_mbps: row.down_mbps,
                up_mbps: row.up_mbps,
                offered: row.offered,
                group: row.tariff_group,
                free_turbo: row
                    .free_turbo_option
                    .map(|option| FreeTurbo { option, per_month: row.free_turbos })
                    .filter(|free| free.per_month > 0),
                fees: vec![version],
            }),
        }
    }
    Ok(Catalogue { tariffs })
}

/// Writes a tariff and the versions it lacks; versions that are there keep their fee unless it differs.
pub async fn put_tariff(tx: &mut Tx, tariff: &Tariff, position: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO tariff (code, name, down_mbps, up_mbps, offered, position, tariff_group, free_turbo_option, free_turbos) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, down_mbps = excluded.down_mbps, \
         up_mbps = excluded.up_mbps, offered = excluded.offered, position = excluded.position, \
         tariff_group = excluded.tariff_group, free_turbo_option = excluded.free_turbo_option, \
         free_turbos = excluded.free_turbos",
        (
            tariff.code.as_str(),
            tariff.name.as_str(),
            tariff.down_mbps,
            tariff.up_mbps,
            tariff.offered,
            position,
            tariff.group.as_str(),
            tariff.free_turbo.as_ref().map(|free| free.option.clone()),
            tariff.free_turbo.as_ref().map_or(0, |free| free.per_month),
        ),
    )
    .await?;
    for version in &tariff.fees {
        tx.run(
            "INSERT INTO tariff_fee (tariff_code, starts_on, fee) VALUES ($1, $2, $3) \
             ON CONFLICT (tariff_code, starts_on) DO UPDATE SET fee = excluded.fee",
            (tariff.code.as_str(), version.from.first(), version.fee.kopecks()),
        )
        .await?;
    }
    Ok(())
}

/// The policy in force and its version; empty on a database that was never filled.
pub async fn policy(view: &mut View) -> Result<Option<(i64, Policy)>, StoreError> {
    let row: Option<(i64, String)> =
        view.maybe("SELECT version, body FROM policy ORDER BY version DESC LIMIT 1", ()).await?;
    row.map(|(version, body)| {
        let policy = serde_json::from_str(&body).map_err(|error| StoreError::corrupt(format!("policy: {error}")))?;
        Ok((version, policy))
    })
    .transpose()
}

/// Adds a version of the policy.
pub async fn put_policy(tx: &mut Tx, version: i64, policy: &Policy, at: OffsetDateTime) -> Result<(), StoreError> {
    let body = serde_json::to_string(policy).map_err(|error| StoreError::corrupt(error.to_string()))?;
    tx.run("INSERT INTO policy (version, body, created_at) VALUES ($1, $2, $3)", (version, body, at)).await?;
    Ok(())
}

/// A fact of the installation itself.
pub async fn fact(view: &mut View, name: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = view.maybe("SELECT value FROM installation WHERE name = $1", (name,)).await?;
    Ok(row.map(|(value,)| value))
}

/// Writes a fact of the installation.
pub async fn put_fact(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
    .await?;
    Ok(())
}
