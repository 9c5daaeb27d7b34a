//! Texts in three languages with compile-checked keys, and the language in force.
//!
//! The whole tree is drawn anew when the language changes, so a text is an ordinary string everywhere.

use cabinet_core::Language;
use std::cell::Cell;

#[allow(missing_docs, unused_imports, dead_code, clippy::all)]
mod keys {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}

pub use keys::i18n::Locale;

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::Uk) };
}

/// The language in force.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// Puts a language in force; the caller redraws.
pub fn speak(language: Language) {
    LANGUAGE.set(language);
}

/// The set of texts of the language in force.
pub fn locale() -> Locale {
    match language() {
        Language::Uk => Locale::uk,
        Language::Ru => Locale::ru,
        Language::En => Locale::en,
    }
}

/// A text of the language in force: `t!(nav.overview)`, `t!(overview.days, count = 5)`.
macro_rules! t {
    ($($key:tt)*) => { leptos_i18n::td_string!($crate::i18n::locale(), $($key)*) };
}
pub(crate) use t;
