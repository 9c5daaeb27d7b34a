//! The provider's static addresses.

use crate::answer::{Answer, done};
use crate::extract::{Json, Path, Query};
use crate::paging::limit;
use crate::problem::{Trouble, Wire};
use crate::staff::{Manager, Staff};
use crate::state::State;
use actix_web::{HttpResponse, Responder, delete, get, post, put, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{AddAddresses, AddedAddresses, AddressPrefix, StaticAddress};
use cabinet_store::addresses::AddressRow;
use serde::Deserialize;

/// Which page of addresses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPool {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Add static addresses
///
/// One address, `FIRST-LAST` or `NET/LENGTH`, up to 4096 at once. Those that are there already stay; those out of use
/// are taken up again.
#[utoipa::path(
    operation_id = "addAddresses",
    tag = "staff",
    request_body(content = AddAddresses, description = "Which addresses, in which pool."),
    responses((status = 200, description = "How many are new.", body = AddedAddresses))
)]
#[post("/staff/addresses")]
pub async fn add_addresses(
    state: web::Data<State>,
    who: Staff<Manager>,
    given: Json<AddAddresses>,
) -> Result<impl Responder, Trouble> {
    let added = state.service.add_addresses(who.actor(), &given.0.pool, &given.0.range).await?;
    Ok(Answer::ok(AddedAddresses { added }))
}

/// Static addresses
///
/// By pool, with the contract that has each.
#[utoipa::path(
    operation_id = "listAddresses",
    tag = "staff",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", example = "main 203.0.113.17"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of addresses.", body = Page<StaticAddress>))
)]
#[get("/staff/addresses")]
pub async fn list_addresses(
    state: web::Data<State>,
    _who: Staff<Manager>,
    query: Query<ByPool>,
) -> Result<impl Responder, Trouble> {
    let after = match &query.0.cursor {
        Some(cursor) => Some(cursor.rsplit_once(' ').ok_or(Wire::BadQuery)?),
        None => None,
    };
    let after = after.map(|(pool, address)| (pool.to_owned(), address.to_owned()));
    let (found, next) = state.service.list_addresses(after, limit(query.0.limit)?).await?;
    let next = next.map(|(pool, address)| format!("{pool} {address}"));
    Ok(Answer::ok(Page { items: found.into_iter().map(told).collect(), next }))
}

/// Give a static address its IPv6 prefix
///
/// Whoever has the address has the prefix, of 32 to 64 bits; none takes it away. Routers learn of it as of the address.
#[utoipa::path(
    operation_id = "setAddressPrefix",
    tag = "staff",
    params(("address" = String, Path, description = "The address.", example = "203.0.113.17")),
    request_body(content = AddressPrefix, description = "Which prefix."),
    responses(
        (status = 204, description = "It goes with the address."),
        (status = 404, description = "`not_found`: there is no such address.", body = Problem),
        (status = 409, description = "`prefix_taken`: it overlaps that of another address.", body = Problem)
    )
)]
#[put("/staff/addresses/{address}/ipv6-prefix")]
pub async fn set_address_prefix(
    state: web::Data<State>,
    who: Staff<Manager>,
    address: Path<String>,
    given: Json<AddressPrefix>,
) -> Result<impl Responder, Trouble> {
    state.service.set_address_prefix(who.actor(), &address.0, given.0.prefix.as_deref()).await?;
    Ok(done())
}

/// Take a static address out of use
///
/// It is given to nobody any more; whoever has it keeps it.
#[utoipa::path(
    operation_id = "withdrawAddress",
    tag = "staff",
    params(("address" = String, Path, description = "The address.", example = "203.0.113.17")),
    responses(
        (status = 204, description = "It is out of use."),
        (status = 404, description = "`not_found`: there is no such address.", body = Problem)
    )
)]
#[delete("/staff/addresses/{address}")]
pub async fn withdraw_address(
    state: web::Data<State>,
    who: Staff<Manager>,
    address: Path<String>,
) -> Result<impl Responder, Trouble> {
    state.service.withdraw_address(who.actor(), &address.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn told(row: AddressRow) -> StaticAddress {
    StaticAddress {
        address: row.address,
        pool: row.pool,
        ipv6_prefix: row.ipv6_prefix,
        contract: row.contract,
        free_from: row.free_from,
        withdrawn: row.withdrawn,
    }
}
