//! The manual.

use serde::{Deserialize, Serialize};

/// `GET /help`: the manual in the caller's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Help {
    /// Its sections in order.
    pub sections: Vec<HelpSection>,
}

/// A section of the manual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HelpSection {
    /// Stable name, for links.
    #[cfg_attr(feature = "openapi", schema(example = "sign-in"))]
    pub id: String,
    /// Heading.
    pub title: String,
    /// Plain-text paragraphs; a line that begins with `- ` is an item of a list.
    pub paragraphs: Vec<String>,
}
