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

/// A text that depends on a number, which takes the place of `{n}`: `plural!(balance.days, 5)`.
macro_rules! plural {
    ($section:ident . $key:ident, $count:expr) => {{
        let count = i64::from($count);
        let text = match $crate::i18n::Form::of(count) {
            $crate::i18n::Form::One => $crate::i18n::t!($section.$key.one),
            $crate::i18n::Form::Few => $crate::i18n::t!($section.$key.few),
            $crate::i18n::Form::Many => $crate::i18n::t!($section.$key.many),
        };
        text.replace("{n}", &count.to_string())
    }};
}
pub(crate) use plural;

/// The form a noun takes after a whole number. Three languages need no tables of plural rules.
pub enum Form {
    /// 1 день, 21 день.
    One,
    /// 2 дні, 23 дні.
    Few,
    /// 5 днів, 11 днів; in English all but one.
    Many,
}

impl Form {
    /// After this number, in the language in force.
    pub fn of(count: i64) -> Form {
        let count = count.unsigned_abs();
        match (language(), count % 10, count % 100) {
            (Language::En, ..) => {
                if count == 1 {
                    Form::One
                } else {
                    Form::Many
                }
            }
            (_, _, 11..=14) => Form::Many,
            (_, 1, _) => Form::One,
            (_, 2..=4, _) => Form::Few,
            _ => Form::Many,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_choose_the_form_of_their_word() {
        let told = |of: Language| {
            speak(of);
            [0, 1, 2, 5, 11, 12, 14, 21, 22, 25, 101, 111, 112].map(|count| plural!(balance.days, count)).join(" | ")
        };
        assert_eq!(
            told(Language::Uk),
            "це ще 0 днів | це ще 1 день | це ще 2 дні | це ще 5 днів | це ще 11 днів | це ще 12 днів | це ще 14 днів \
             | це ще 21 день | це ще 22 дні | це ще 25 днів | це ще 101 день | це ще 111 днів | це ще 112 днів"
        );
        assert!(told(Language::Ru).starts_with("это ещё 0 дней | это ещё 1 день | это ещё 2 дня | это ещё 5 дней"));
        assert!(told(Language::En).starts_with("0 more days | 1 more day | 2 more days | 5 more days"));
        assert!(told(Language::En).contains("| 21 more days |"));
    }
}
