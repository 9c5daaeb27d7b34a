//! What is switched on beside the tariff: Turbo, a pause, a static address.

use crate::money::Currency;
use crate::quote::Order;
use crate::tariff::RefusalView;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// `GET /me/services`: how each service stands, what it costs, and why it cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Services {
    /// Currency of the amounts.
    pub currency: Currency,
    /// The moment of this answer, by which countdowns run.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The business day of this answer.
    #[serde(with = "crate::day")]
    pub today: Date,
    /// Money on the account.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub balance: Money,
    /// The last day the balance covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until: Option<Date>,
    /// The present tariff.
    pub tariff: crate::account::TariffBrief,
    /// More speed for some hours.
    pub turbo: TurboService,
    /// Days without service.
    pub pause: PauseService,
    /// A static address.
    pub static_ip: StaticIpService,
    /// Whether the network gives what is switched on; absent where it is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<crate::network::NetworkState>,
    /// Orders that can be undone at this moment, the last first.
    pub undoable: Vec<Order>,
}

/// Turbo as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurboService {
    /// What runs, and what follows it, in order.
    pub runs: Vec<TurboRun>,
    /// What can be bought.
    pub options: Vec<TurboOption>,
}

/// Hours of more speed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurboRun {
    /// Code of the option.
    #[cfg_attr(feature = "openapi", schema(example = "3h"))]
    pub option: String,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub ends_at: OffsetDateTime,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
    /// It came with the tariff.
    pub free: bool,
}

/// Turbo that can be bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurboOption {
    /// Stable code.
    #[cfg_attr(feature = "openapi", schema(example = "3h"))]
    pub code: String,
    /// Elapsed hours.
    pub hours: i64,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
    /// Its price, which those that come with the tariff do not cost.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub price: Money,
    /// How many of it still come with the tariff this month.
    pub free_left: i64,
    /// What taking it means, or why it cannot be.
    pub outcome: ServiceOutcome,
}

/// What taking a service would do, or why it cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceOutcome {
    /// Taken at confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub cost: Option<Money>,
    /// Balance after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub balance_after: Option<Money>,
    /// The last day the balance would then cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub enough_until_after: Option<Date>,
    /// Why it cannot be now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
}

/// Days without service.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PausePeriod {
    /// The first day.
    #[serde(with = "crate::day")]
    pub from: Date,
    /// The last day.
    #[serde(with = "crate::day")]
    pub until: Date,
}

/// A pause as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PauseService {
    /// The pause that waits or runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<PausePeriod>,
    /// It runs: it can be ended early, but neither changed nor taken back.
    pub running: bool,
    /// Its price, taken when it is planned.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub price: Money,
    /// Days of the shortest.
    pub least_days: i64,
    /// Days of the longest.
    pub most_days: i64,
    /// The first day one can begin; absent while one is planned or runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub earliest: Option<Date>,
    /// The last day one can begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub latest: Option<Date>,
    /// A static address is charged meanwhile, if the money covers it.
    pub static_ip_charged: bool,
    /// Why none can be planned now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalView>,
}

/// A static address as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaticIpService {
    /// The address of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.7"))]
    pub address: Option<String>,
    /// The IPv6 prefix that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "2001:db8:7::/56"))]
    pub ipv6_prefix: Option<String>,
    /// Its last day, once it is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(with = "crate::day::option")]
    pub serves_until: Option<Date>,
    /// Its fee a calendar month, charged by the day; absent where none is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub monthly_fee: Option<Money>,
    /// Days of this month that one connected now would be charged for, today included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_days: Option<i64>,
    /// What they would cost together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub month_amount: Option<Money>,
    /// What connecting one means, or why it cannot be.
    pub outcome: ServiceOutcome,
}

/// `POST /me/turbo/quote`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteTurbo {
    /// Code of the option.
    #[cfg_attr(feature = "openapi", schema(example = "3h", max_length = 20))]
    pub option: String,
}

/// `POST /me/pause/quote`, `PATCH /me/pause`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PauseWish {
    /// The first day without service.
    #[serde(with = "crate::day")]
    pub from: Date,
    /// The last one.
    #[serde(with = "crate::day")]
    pub until: Date,
}

/// `POST /me/static-ip/quote`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteStaticIp {
    /// What is wished.
    pub wish: StaticIpWish,
}

/// What is wished of a static address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaticIpWish {
    /// To have one, from now on.
    Connect,
    /// To have none from tomorrow on.
    Release,
}
