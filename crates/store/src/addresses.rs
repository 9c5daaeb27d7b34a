//! The provider's static addresses, and which account has which.

use crate::accounts::Address;
use crate::{StoreError, Tx, View};
use cabinet_core::account::StaticIp;
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

/// A static address of the provider.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AddressRow {
    /// The address.
    pub address: String,
    /// The pool it belongs to.
    pub pool: String,
    /// The IPv6 prefix that goes with it.
    pub ipv6_prefix: Option<String>,
    /// The contract that has it.
    pub contract: Option<String>,
    /// The first day it may be given.
    pub free_from: Date,
    /// It is given to nobody any more.
    pub withdrawn: bool,
}

/// Adds an address, or takes a withdrawn one up again, whose prefix stays unless another is given; answers whether there was
/// none before.
pub async fn add(
    tx: &mut Tx,
    address: &str,
    pool: &str,
    ipv6_prefix: Option<String>,
    free_from: Date,
) -> Result<bool, StoreError> {
    let added = tx
        .run(
            "INSERT INTO ip_address (address, pool, ipv6_prefix, free_from, withdrawn) VALUES ($1, $2, $3, $4, FALSE) \
             ON CONFLICT (address) DO NOTHING",
            (address, pool, ipv6_prefix.clone(), free_from),
        )
        .await?;
    if added == 0 {
        tx.run(
            "UPDATE ip_address SET pool = $2, ipv6_prefix = COALESCE($3, ipv6_prefix), withdrawn = FALSE WHERE address = $1",
            (address, pool, ipv6_prefix),
        )
        .await?;
    }
    Ok(added == 1)
}

/// Gives an address to nobody any more; whoever has it keeps it. Answers whether there is such an address.
pub async fn withdraw(tx: &mut Tx, address: &str) -> Result<bool, StoreError> {
    Ok(tx.run("UPDATE ip_address SET withdrawn = TRUE WHERE address = $1", (address,)).await? == 1)
}

/// Gives an address its IPv6 prefix, or takes it away; answers whether there is such an address.
pub async fn put_prefix(tx: &mut Tx, address: &str, prefix: Option<String>) -> Result<bool, StoreError> {
    let known =
        tx.run("UPDATE ip_address SET ipv6_prefix = $2 WHERE address = $1", (address, prefix.clone())).await? == 1;
    tx.run("UPDATE static_ip SET prefix = $2 WHERE address = $1", (address, prefix)).await?;
    Ok(known)
}

/// The IPv6 prefixes of every address but this one.
pub async fn prefixes_beside(view: &mut View, address: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT ipv6_prefix FROM ip_address WHERE ipv6_prefix IS NOT NULL AND address <> $1";
    let rows: Vec<(String,)> = view.all(sql, (address,)).await?;
    Ok(rows.into_iter().map(|(prefix,)| prefix).collect())
}

/// The IPv6 prefix that goes with the address of an account.
pub async fn prefix_of(view: &mut View, account: Uuid) -> Result<Option<String>, StoreError> {
    let row: Option<(Option<String>,)> =
        view.maybe("SELECT ipv6_prefix FROM ip_address WHERE account_id = $1", (account,)).await?;
    Ok(row.and_then(|(prefix,)| prefix))
}

/// Addresses in order of pool and text, those behind `after` (a pool and an address).
pub async fn page(view: &mut View, after: (&str, &str), limit: i64) -> Result<Vec<AddressRow>, StoreError> {
    view.all(
        "SELECT p.address, p.pool, p.ipv6_prefix, a.contract, p.free_from, p.withdrawn \
         FROM ip_address p LEFT JOIN account a ON a.id = p.account_id \
         WHERE (p.pool, p.address) > ($1, $2) ORDER BY p.pool, p.address LIMIT $3",
        (after.0, after.1, limit),
    )
    .await
}

/// Whether an address can be given on that day.
pub async fn any_free(view: &mut View, today: Date) -> Result<bool, StoreError> {
    let found: Option<(String,)> = view
        .maybe(
            "SELECT address FROM ip_address WHERE account_id IS NULL AND NOT withdrawn AND free_from <= $1 \
             ORDER BY free_from, address LIMIT 1",
            (today,),
        )
        .await?;
    Ok(found.is_some())
}

/// How often another one is looked for where somebody else was quicker.
const TRIES: usize = 8;

/// Gives the account the address that has rested longest; none where all are taken.
pub async fn take(tx: &mut Tx, account: Uuid, today: Date) -> Result<Option<String>, StoreError> {
    for _ in 0..TRIES {
        // On PostgreSQL another transaction may take the same row first: its change is seen once it has ended, and the
        // next one is looked for.
        let taken: Option<(String,)> = tx
            .maybe(
                "UPDATE ip_address SET account_id = $1 WHERE account_id IS NULL AND address = (SELECT address \
                 FROM ip_address WHERE account_id IS NULL AND NOT withdrawn AND free_from <= $2 \
                 ORDER BY free_from, address LIMIT 1) RETURNING address",
                (account, today),
            )
            .await?;
        if taken.is_some() || !any_free(tx, today).await? {
            return Ok(taken.map(|(address,)| address));
        }
    }
    Ok(None)
}

/// Connects the address an account was given.
pub async fn connect(tx: &mut Tx, account: Uuid, of: &Address, ip: &StaticIp) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO static_ip (account_id, service_id, order_id, address, prefix, connected_on, serves_until, \
         charged_through, count_fee, count_month, count_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        (
            account,
            of.service_id,
            of.order_id,
            of.address.as_str(),
            of.prefix.clone(),
            ip.connected_on,
            ip.until,
            ip.charged_through,
            ip.count.fee.kopecks(),
            ip.count.month.first(),
            i64::from(ip.count.days),
        ),
    )
    .await?;
    Ok(())
}

/// Takes the address from the account; it rests until `free_from`.
pub async fn release(tx: &mut Tx, account: Uuid, free_from: Date) -> Result<(), StoreError> {
    tx.run("DELETE FROM static_ip WHERE account_id = $1", (account,)).await?;
    tx.run("UPDATE ip_address SET account_id = NULL, free_from = $2 WHERE account_id = $1", (account, free_from))
        .await?;
    Ok(())
}
