//! Texts in three languages with compile-checked keys, and the language in force.
//!
//! The whole tree is drawn anew when the language changes, so a text is an ordinary string everywhere. The program holds
//! the texts of Ukrainian; those of the others lie beside it, a file each, and are loaded when they are to be spoken.

use crate::browser;
use cabinet_core::Language;
use std::cell::Cell;
use std::fmt::Display;
use std::sync::{LazyLock, OnceLock};

/// A number for each text, by section and name.
#[allow(missing_docs, dead_code, non_upper_case_globals)]
pub mod keys {
    include!(concat!(env!("OUT_DIR"), "/keys.rs"));
}

/// The texts of a language, in the order of their keys.
type Texts = Vec<&'static str>;

static UK: LazyLock<Texts> = LazyLock::new(|| include_str!(concat!(env!("OUT_DIR"), "/uk.txt")).split(END).collect());
static RU: OnceLock<Texts> = OnceLock::new();
static EN: OnceLock<Texts> = OnceLock::new();

/// Between the texts of a language.
const END: char = '\n';

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::Uk) };
}

/// The language in force.
pub fn language() -> Language {
    LANGUAGE.get()
}

/// Puts a language in force, once its texts were loaded; the caller redraws.
pub fn speak(language: Language) {
    LANGUAGE.set(language);
}

/// Has the texts of a language at hand; false if they cannot be had now.
pub async fn load(language: Language) -> bool {
    match loaded(language) {
        Some(texts) if texts.get().is_none() => match browser::texts(language.code()).await {
            Some(file) => keep(texts, file),
            None => false,
        },
        _ => true,
    }
}

/// The place of a language whose texts are loaded.
fn loaded(language: Language) -> Option<&'static OnceLock<Texts>> {
    match language {
        Language::Uk => None,
        Language::Ru => Some(&RU),
        Language::En => Some(&EN),
    }
}

/// Keeps the texts of a file for as long as the page lives; not those of another build, whose numbers differ.
fn keep(texts: &OnceLock<Texts>, file: String) -> bool {
    let whole = file.split(END).count() == UK.len();
    if whole {
        texts.get_or_init(|| file.leak().split(END).collect());
    }
    whole
}

/// A text of the language in force. One function for all of them: a choice at every place that says something weighs
/// as much as a page of the client.
pub fn text(key: usize) -> &'static str {
    loaded(language()).and_then(OnceLock::get).unwrap_or(&UK)[key]
}

/// A text of the language in force: `t!(nav.overview)`; with values for its places, `t!(header.until, day = "5 May")`
/// puts one for `{day}`.
macro_rules! t {
    ($section:ident . $key:ident, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::filled(
            $crate::i18n::t!($section.$key),
            &[$((stringify!($name), &$value as &dyn std::fmt::Display)),+],
        )
    };
    ($section:ident $(. $key:ident)+) => { $crate::i18n::text($crate::i18n::keys::$section$(::$key)+) };
}
pub(crate) use t;

/// A text with values in its places. One function for all texts: a type for each, as the library makes them, weighs
/// more than a page of the client. A place without a value stays.
pub fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(b, r)| Some((b, r.split_once('}')?))) {
        whole.push_str(before);
        match values.iter().find(|(of, _)| *of == name) {
            Some((_, value)) => whole.push_str(&value.to_string()),
            None => whole.extend(["{", name, "}"]),
        }
        rest = after;
    }
    whole + rest
}

/// A text that depends on a number, which takes the place of `{n}`: `plural!(balance.days, 5)`.
macro_rules! plural {
    ($section:ident . $key:ident, $count:expr) => {{
        let count = i64::from($count);
        let text = match $crate::format::Form::of($crate::i18n::language(), count) {
            $crate::format::Form::One => $crate::i18n::t!($section.$key.one),
            $crate::format::Form::Few => $crate::i18n::t!($section.$key.few),
            $crate::format::Form::Many => $crate::i18n::t!($section.$key.many),
        };
        $crate::i18n::filled(text, &[("n", &count)])
    }};
}
pub(crate) use plural;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    /// The names of the places in a text.
    fn places(text: &str) -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
    }

    /// Every text by its key: `nav.overview`.
    fn texts(locale: &str) -> BTreeMap<String, String> {
        fn walk(value: &serde_json::Value, key: &str, found: &mut BTreeMap<String, String>) {
            match value {
                serde_json::Value::String(text) => drop(found.insert(key.to_owned(), text.clone())),
                serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    walk(value, &key, found);
                }),
                _ => panic!("{key} is no text"),
            }
        }
        let mut found = BTreeMap::new();
        walk(&serde_json::from_str(locale).expect("a locale file is JSON"), "", &mut found);
        found
    }

    /// Every call of `t!` with values: its key and the names of the values.
    fn calls(source: &str) -> Vec<(String, BTreeSet<String>)> {
        let call = |rest: &str| {
            let mut depth = 1_i32;
            let mut parts = vec![String::new()];
            for letter in rest.chars() {
                match letter {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    ',' if depth == 1 => parts.push(String::new()),
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                if let Some(part) = parts.last_mut().filter(|_| letter != ',' || depth > 1) {
                    part.push(letter);
                }
            }
            let names = parts.iter().skip(1).filter_map(|part| Some(part.split_once(" = ")?.0.trim().to_owned()));
            (parts[0].trim().to_owned(), names.collect())
        };
        source
            .split(" t!(")
            .flat_map(|part| part.split("(t!("))
            .flat_map(|part| part.split("{t!("))
            .skip(1)
            .map(call)
            .chain(source.split("&t!(").skip(1).map(call))
            .chain(source.split("=t!(").skip(1).map(call))
            .filter(|(key, _)| key.split('.').count() == 2)
            .collect()
    }

    /// Every source of the client but this one, whose tests speak of calls.
    fn sources(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut found = Vec::new();
        for path in entries.filter(|path| !path.ends_with("i18n.rs")) {
            match path.is_dir() {
                true => found.extend(sources(&path)),
                false => found.push(fs::read_to_string(path).unwrap()),
            }
        }
        found
    }

    #[test]
    fn every_language_has_the_same_places_and_they_are_filled() {
        let uk = texts(include_str!("../locales/uk.json"));
        let others = [texts(include_str!("../locales/ru.json")), texts(include_str!("../locales/en.json"))];
        for (key, text) in &uk {
            for other in &others {
                // The form of one may do without its number: once a day.
                assert!(places(&other[key]) == places(text) || key.ends_with(".one"), "{key}: {}", other[key]);
            }
        }
        let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        let found: Vec<_> = sources.iter().flat_map(|source| calls(source)).collect();
        assert!(found.len() > 200, "{} calls", found.len());
        for (key, names) in found {
            let text = uk.get(&key).unwrap_or_else(|| panic!("no text {key}"));
            assert_eq!(names, places(text), "{key}: {text}");
        }
    }

    #[test]
    fn a_value_is_put_once_and_as_it_is() {
        assert_eq!(filled("{a} і {b}: {a}", &[("a", &"{b}"), ("b", &2)]), "{b} і 2: {b}");
        assert_eq!(filled("{month}: {n} днів", &[("n", &5)]), "{month}: 5 днів");
    }

    /// The files as the bundle has them.
    const FILES: [(Language, &str); 2] = [
        (Language::Ru, include_str!(concat!(env!("OUT_DIR"), "/ru.txt"))),
        (Language::En, include_str!(concat!(env!("OUT_DIR"), "/en.txt"))),
    ];

    fn load_all() {
        for (language, file) in FILES {
            assert!(keep(loaded(language).expect("a place"), file.to_owned()), "{language:?}");
        }
    }

    #[test]
    fn a_language_speaks_by_its_own_file() {
        load_all();
        let sources = [
            (Language::Uk, include_str!("../locales/uk.json")),
            (Language::Ru, include_str!("../locales/ru.json")),
            (Language::En, include_str!("../locales/en.json")),
        ];
        for (language, source) in sources {
            speak(language);
            let texts = texts(source);
            assert_eq!(t!(app.title), texts["app.title"]);
            assert_eq!(t!(header.until), texts["header.until"]);
            assert_eq!(t!(balance.days.few), texts["balance.days.few"]);
        }
    }

    #[test]
    fn a_file_of_another_build_is_not_spoken() {
        let texts = OnceLock::new();
        let (_, file) = FILES[0];
        let (_, shorter) = file.split_once(END).expect("more than one text");
        for wrong in [String::new(), shorter.to_owned(), format!("{file}{END}"), "<!doctype html>".to_owned()] {
            assert!(!keep(&texts, wrong));
        }
        assert!(texts.get().is_none());
        assert!(keep(&texts, file.to_owned()));
    }

    #[test]
    fn numbers_choose_the_form_of_their_word() {
        load_all();
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
