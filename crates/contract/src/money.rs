//! Currency.

use serde::{Deserialize, Serialize};

/// ISO 4217 code of an account's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Currency {
    /// Hryvnia.
    #[default]
    UAH,
    /// Something this build does not know.
    #[serde(other, rename = "unknown")]
    Unknown,
}
