//! What was done to a contract, as its subscriber reads it.

use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// `GET /me/audit`: something that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who did it.
    pub by: DoneBy,
    /// Its stable code; new ones may come.
    #[cfg_attr(feature = "openapi", schema(example = "payment.cash"))]
    pub act: String,
    /// What was done, in words.
    pub title: String,
    /// The sum it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<crate::schema::Amount>))]
    pub amount: Option<Money>,
    /// The day it takes effect, or the first one it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::option")]
    pub day: Option<Date>,
    /// The last day it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::option")]
    pub until: Option<Date>,
    /// Why, in the words of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who did something to a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DoneBy {
    /// Whoever signed in as the subscriber.
    Subscriber,
    /// The provider's staff.
    Staff,
    /// The cabinet by itself.
    System,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}
