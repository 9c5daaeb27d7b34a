//! Lists read page by page.

use serde::{Deserialize, Serialize};

/// A page of a list; `next` is the cursor of the following one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it back as `cursor` for the rows that follow; empty on the last page.
    pub next: Option<String>,
}
