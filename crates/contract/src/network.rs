//! How a subscriber's connection stands: what is to be given, what the network took, sessions and traffic.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// `GET /me/network`: what the network is to give, whether it does, and what the routers tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Network {
    /// The moment of this answer.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether the network gives what is wished.
    pub state: NetworkState,
    /// What it is to give now.
    pub wished: NetworkProfile,
    /// What it took last; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<NetworkProfile>,
    /// Since when this is wished, if it ever changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub changed_at: Option<OffsetDateTime>,
    /// When the network took something last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub applied_at: Option<OffsetDateTime>,
    /// The next moment for which something is planned: the end of Turbo, a pause, another tariff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_change_at: Option<OffsetDateTime>,
    /// When the Turbo that runs, with what follows it, ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub turbo_until: Option<OffsetDateTime>,
    /// The latest sessions, the newest first; empty where routers tell of none.
    pub sessions: Vec<NetworkSession>,
    /// What went through this month.
    pub traffic: NetworkTraffic,
}

/// Whether the network gives what is wished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NetworkState {
    /// This installation tells the network nothing, so nobody knows.
    Untold,
    /// The network is about to be told: mostly within a minute.
    Pending,
    /// It does.
    Applied,
    /// It could not be told in time; it is told again until it takes it.
    Failed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// What the network gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkProfile {
    /// Where to.
    pub access: NetworkAccess,
    /// Kbit/s to the subscriber.
    #[cfg_attr(feature = "openapi", schema(example = 20_000))]
    pub down_kbit: i64,
    /// Kbit/s from the subscriber.
    #[cfg_attr(feature = "openapi", schema(example = 20_000))]
    pub up_kbit: i64,
    /// The static address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub address: Option<String>,
    /// The IPv6 prefix that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56"))]
    pub ipv6_prefix: Option<String>,
}

/// Where a subscriber may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum NetworkAccess {
    /// Everywhere.
    Open,
    /// To the cabinet and the ways to pay only.
    Garden,
    /// Nowhere.
    Off,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// A session at a router.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkSession {
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When the router last told of it.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// When it ended; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// The subscriber's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "10.0.3.14"))]
    pub address: Option<String>,
    /// The subscriber's equipment, mostly as a MAC address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "4C:5E:0C:00:11:22"))]
    pub equipment: Option<String>,
    /// Bytes to the subscriber.
    pub down_bytes: i64,
    /// Bytes from the subscriber.
    pub up_bytes: i64,
}

/// What went through.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkTraffic {
    /// Sessions that ran since then are counted, each as a whole.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Bytes to the subscriber.
    pub down_bytes: i64,
    /// Bytes from the subscriber.
    pub up_bytes: i64,
}
