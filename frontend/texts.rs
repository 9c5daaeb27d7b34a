// How the texts of a language lie in one file: in the order of their keys, a line each. The client's build reads the
// sources so, and so does whoever bundles it: the number of a text is its line, in every language.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Between the texts of a language; no text holds it.
const END: char = '\n';

/// Every text by its key: `nav.overview`.
pub fn by_key(sections: &Map<String, Value>) -> Result<BTreeMap<String, &str>, String> {
    let mut texts = BTreeMap::new();
    gather(sections, "", &mut texts)?;
    Ok(texts)
}

/// The file of a language.
pub fn lines(texts: &BTreeMap<String, &str>) -> String {
    let all: Vec<&str> = texts.values().copied().collect();
    all.join(&END.to_string())
}

fn gather<'a>(
    members: &'a Map<String, Value>,
    before: &str,
    texts: &mut BTreeMap<String, &'a str>,
) -> Result<(), String> {
    for (name, value) in members {
        let key = format!("{before}{name}");
        match value {
            Value::String(text) if !text.contains(END) => drop(texts.insert(key, text)),
            Value::Object(members) => gather(members, &format!("{key}."), texts)?,
            _ => return Err(format!("{key} is no text of one line")),
        }
    }
    Ok(())
}
