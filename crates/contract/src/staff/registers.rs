//! Registers of banks, and their lines.

use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A line of a file and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineNote {
    /// Its number, the first being 1.
    pub line: u64,
    /// What is to be said, in English.
    pub why: String,
}

/// What became of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// Lines credited now.
    pub credited: u64,
    /// Their sum.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub sum: Money,
    /// Lines that wait for a person.
    pub waiting: Vec<LineNote>,
    /// Lines taken in before.
    pub known: u64,
    /// Lines of money that left the account, or of none.
    pub outgoing: u64,
    /// Lines that could not be read: nothing was taken of them.
    pub faults: Vec<LineNote>,
}

/// A line of a bank's register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankLine {
    /// Its id.
    pub id: Uuid,
    /// Name of the register.
    pub register: String,
    /// What tells it from the others: the document's number, where the bank gives one.
    pub document: String,
    /// The bank's day.
    pub paid_on: Date,
    /// How much.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub amount: Money,
    /// What the payer wrote.
    pub purpose: String,
    /// Who paid.
    pub payer: String,
    /// Where it stands.
    pub status: BankLineStatus,
    /// Why it waits, or was dismissed.
    pub why: String,
    /// Whose it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<Uuid>,
    /// When it was taken in.
    #[serde(with = "time::serde::rfc3339")]
    pub imported_at: OffsetDateTime,
}

/// Where a line of a register stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BankLineStatus {
    /// The money is on a balance.
    Credited,
    /// A person is to say whose it is.
    Waiting,
    /// Put aside.
    Dismissed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// Whose a line is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignLine {
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042", pattern = "^[0-9]{1,20}$"))]
    pub contract: String,
}
