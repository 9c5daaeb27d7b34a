//! What is given out: vouchers and static addresses.

use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// `POST /staff/voucher-series`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateVouchers {
    /// What each is worth.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub nominal: Money,
    /// How many.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub vouchers: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: String,
}

/// Vouchers printed together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoucherSeries {
    /// Its id.
    pub id: Uuid,
    /// What each is worth.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub nominal: Money,
    /// How many there are.
    pub vouchers: i64,
    /// How many of them were redeemed.
    pub redeemed: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for.
    pub note: String,
    /// When they were made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When they were taken out of use.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub cancelled_at: Option<OffsetDateTime>,
}

/// A series with its codes, which are told this once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintedVouchers {
    /// The series.
    pub series: VoucherSeries,
    /// The codes, to be printed.
    pub codes: Vec<String>,
}

/// `POST /staff/addresses`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddAddresses {
    /// The pool's name.
    #[cfg_attr(feature = "openapi", schema(example = "main", max_length = 40))]
    pub pool: String,
    /// One address, `FIRST-LAST` or `NET/LENGTH`.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.16/28", max_length = 40))]
    pub range: String,
}

/// `PUT /staff/addresses/{address}/ipv6-prefix`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressPrefix {
    /// `PREFIX/LENGTH` of 32 to 64 bits; none takes it away.
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56", max_length = 43))]
    pub prefix: Option<String>,
}

/// How many addresses were new.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddedAddresses {
    /// How many.
    pub added: i64,
}

/// A static address of the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaticAddress {
    /// The address.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.17"))]
    pub address: String,
    /// The pool it belongs to.
    pub pool: String,
    /// The IPv6 prefix that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56"))]
    pub ipv6_prefix: Option<String>,
    /// The contract that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The first day it may be given to somebody.
    pub free_from: Date,
    /// It is given to nobody any more.
    pub withdrawn: bool,
}
