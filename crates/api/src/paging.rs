//! Lists asked for page by page.

use crate::problem::Trouble;
use cabinet_core::Refusal;
use cabinet_service::Error;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which page of a list whose cursor is an id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByPage {
    /// `next` of the page before.
    pub cursor: Option<Uuid>,
    /// Rows of a page.
    pub limit: Option<i64>,
}

/// The same, as it is described to the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes the query to the document")]
pub struct Paged {
    /// `next` of the page before.
    #[param(example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")]
    cursor: Option<Uuid>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 100, example = 50)]
    limit: Option<i64>,
}

/// A cursor of no row of the list stands in the query, not in the path.
pub fn of_cursor(error: Error) -> Trouble {
    match error {
        Error::Refused(Refusal::NotFound) => Trouble::query("cursor", "invalid"),
        other => other.into(),
    }
}

/// 1 to 100 rows, 50 unless asked otherwise.
///
/// # Errors
/// A query that is out of range.
pub fn limit(wished: Option<i64>) -> Result<i64, Trouble> {
    let limit = wished.unwrap_or(50);
    if (1..=100).contains(&limit) { Ok(limit) } else { Err(Trouble::query("limit", "out_of_range")) }
}
