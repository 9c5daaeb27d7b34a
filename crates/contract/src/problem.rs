//! Errors: RFC 9457 with a stable code.

use serde::{Deserialize, Serialize};

/// `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI naming the kind of problem: `urn:cabinet:problem:CODE`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(example = "urn:cabinet:problem:tariff_same"))]
    pub kind: String,
    /// The kind in English.
    pub title: String,
    /// HTTP status.
    #[cfg_attr(feature = "openapi", schema(example = 409))]
    pub status: u16,
    /// What happened, in the caller's language.
    pub detail: String,
    /// The path asked.
    pub instance: String,
    /// The stable code programs read.
    #[cfg_attr(feature = "openapi", schema(example = "tariff_same"))]
    pub code: String,
    /// What belongs to the code: `missing`, `possible_from`, `fields`, `quote`, `order`, …
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Details))]
    pub details: serde_json::Map<String, serde_json::Value>,
    /// Names the request in the server's log.
    pub request_id: String,
}

/// Codes of the wire itself; the domain's stand in `cabinet_core::Refusal::code`.
pub mod code {
    /// Syntax: JSON, path or query.
    pub const BAD_REQUEST: &str = "bad_request";
    /// A field's value or name; `details.fields` names them.
    pub const INVALID: &str = "invalid";
    /// No or no valid access token.
    pub const UNAUTHENTICATED: &str = "unauthenticated";
    /// Not allowed from where it came.
    pub const FORBIDDEN: &str = "forbidden";
    /// Nothing there.
    pub const NOT_FOUND: &str = "not_found";
    /// The method is not offered.
    pub const METHOD_NOT_ALLOWED: &str = "method_not_allowed";
    /// The body is too large.
    pub const TOO_LARGE: &str = "too_large";
    /// The body is not JSON.
    pub const UNSUPPORTED_MEDIA_TYPE: &str = "unsupported_media_type";
    /// Try again later.
    pub const UNAVAILABLE: &str = "unavailable";
    /// A fault of ours.
    pub const INTERNAL: &str = "internal";
}
