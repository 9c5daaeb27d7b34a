//! Language and looks.

use cabinet_core::Language;
use serde::{Deserialize, Serialize};

/// `GET /me/settings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// Language of texts.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::LanguageCode))]
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
}

/// `PUT /me/settings`: both are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateSettings {
    /// Language of texts.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::LanguageCode))]
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
}

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}
