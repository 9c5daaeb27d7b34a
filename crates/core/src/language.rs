//! Languages the cabinet speaks.

use serde::{Deserialize, Serialize};

/// A language of texts; Ukrainian until the person picks another (RULES §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Українська.
    #[default]
    Uk,
    /// Русский.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All of them, the default first.
    pub const ALL: [Language; 3] = [Language::Uk, Language::Ru, Language::En];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::Uk => "uk",
            Language::Ru => "ru",
            Language::En => "en",
        }
    }

    /// By ISO 639-1 code.
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }
}
