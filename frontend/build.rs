//! Turns `locales/*.json` into the texts of each language and into keys that the compiler checks: a number for each text,
//! the same in every language.

mod texts;

use serde_json::{Map, Value};
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

const LANGUAGES: [&str; 3] = ["uk", "ru", "en"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=texts.rs");
    println!("cargo::rerun-if-changed=locales");
    // Whoever cuts pages out of the program needs to know what refers to what.
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let mut keys = Vec::new();
    for language in LANGUAGES {
        let sections: Map<String, Value> = serde_json::from_slice(&fs::read(format!("locales/{language}.json"))?)?;
        let texts = texts::by_key(&sections).map_err(|error| format!("{language}: {error}"))?;
        let names: Vec<String> = texts.keys().cloned().collect();
        if keys.is_empty() {
            fs::write(target.join("keys.rs"), module(&sections, "", &names)?)?;
            keys = names;
        } else if let Some(name) = lone(&keys, &names) {
            return Err(format!("{language}: {name} is there, or in {}, but not in both", LANGUAGES[0]).into());
        }
        // The program holds the first of them; tests read the others, and the bundle has them beside the program.
        fs::write(target.join(format!("{language}.txt")), texts::lines(&texts))?;
    }
    Ok(())
}

/// The keys as constants in modules named as their sections.
fn module(members: &Map<String, Value>, before: &str, keys: &[String]) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    for (name, value) in members {
        let key = format!("{before}{name}");
        match value {
            Value::Object(members) => {
                write!(source, "pub mod {name} {{ {} }}", module(members, &format!("{key}."), keys)?)?;
            }
            _ => {
                let place = keys.binary_search(&key).map_err(|_| format!("no text {key}"))?;
                write!(source, "pub const {name}: usize = {place};")?;
            }
        }
    }
    Ok(source)
}

/// The first name that is not in both.
fn lone<'a>(ours: &'a [String], theirs: &'a [String]) -> Option<&'a String> {
    let not_in = |others: &'a [String]| move |name: &&String| others.binary_search(name).is_err();
    ours.iter().find(not_in(theirs)).or_else(|| theirs.iter().find(not_in(ours)))
}
