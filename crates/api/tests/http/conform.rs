//! Every answer of these tests beside the document: its status, headers and code are told there, and its body holds
//! what its schema declares and nothing else.

use crate::harness::Answer;
use cabinet_api::openapi;
use reqwest::Method;
use serde_json::Value;
use std::sync::OnceLock;
use time::Date;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::Uuid;

/// Headers that mean something to a program, so the document must tell them.
const TOLD: [&str; 11] = [
    "etag",
    "content-disposition",
    "set-cookie",
    "retry-after",
    "clear-site-data",
    "idempotency-replayed",
    "www-authenticate",
    "content-language",
    "ratelimit",
    "ratelimit-policy",
    "x-request-id",
];

/// The document, made once.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(openapi::document)
}

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{id}` or `{seq}`.
    pub path: String,
    pub told: &'static Value,
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    let paths = document()["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().expect("operations").iter().map(|(method, told)| Operation {
                id: told["operationId"].as_str().expect("an id").to_owned(),
                method: Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"),
                path: path.clone(),
                told,
            })
        })
        .collect()
}

impl Operation {
    /// Its parameters of a kind (`path`, `query`, `header`), references followed.
    pub fn parameters(&self, kind: &str) -> Vec<&'static Value> {
        let given = self.told["parameters"].as_array().into_iter().flatten();
        given.map(resolved).filter(|parameter| parameter["in"] == kind).collect()
    }

    /// The schema of its body, if that is JSON.
    pub fn body(&self) -> Option<&'static Value> {
        let content = &self.told.get("requestBody")?["content"];
        content.get("application/json").map(|media| &media["schema"])
    }
}

/// What a `$ref` names, or the value itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere"),
        None => value,
    }
}

/// Names of the members a schema declares, of any choice it offers.
pub fn properties(schema: &'static Value) -> Vec<String> {
    let schema = resolved(schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    own.chain(schema["oneOf"].as_array().into_iter().flatten().flat_map(properties)).collect()
}

/// The operation an address belongs to: a word before a parameter.
pub fn operation(method: &Method, path: &str) -> Option<Operation> {
    let fits = |template: &str| {
        let (parts, told): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
        let equal = |(part, told): (&&str, &&str)| part == told || (told.starts_with('{') && !part.is_empty());
        parts.len() == told.len() && parts.iter().zip(&told).all(equal)
    };
    let mut fitting: Vec<_> = operations().into_iter().filter(|one| one.method == *method && fits(&one.path)).collect();
    fitting.sort_by_key(|one| one.path.contains('{'));
    fitting.into_iter().next()
}

/// Panics unless the document tells this answer.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let Some(operation) = operation(method, path) else { return };
    if let Err(why) = told(&operation, answer) {
        panic!("{method} {path} {}: {why}\n{}", answer.status, answer.text);
    }
}

fn told(operation: &Operation, answer: &Answer) -> Result<(), String> {
    let status = answer.status.to_string();
    let told = operation.told["responses"].get(&status).ok_or("the document does not tell this status")?;
    let headers = |name: &str| {
        told["headers"].as_object().is_some_and(|told| told.keys().any(|key| key.eq_ignore_ascii_case(name)))
    };
    for name in TOLD.into_iter().filter(|name| answer.headers.contains_key(*name)) {
        if !headers(name) {
            return Err(format!("the document does not tell the header {name}"));
        }
    }
    let Some(content) = told.get("content") else {
        return if answer.text.is_empty() { Ok(()) } else { Err("the document tells no body".to_owned()) };
    };
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let media = content.get(kind).ok_or_else(|| format!("the document does not tell {kind}"))?;
    // Packed bodies are one test's own matter.
    if kind.starts_with("text/")
        || kind == "application/pdf"
        || kind == "application/zip"
        || kind == "application/octet-stream"
        || answer.headers.contains_key("content-encoding")
    {
        return Ok(());
    }
    let body = answer.json();
    fits(&media["schema"], &body, "$")?;
    if let Some(examples) = media.get("examples").and_then(Value::as_object)
        && !examples.values().any(|example| example["value"]["code"] == body["code"])
    {
        return Err(format!("the document does not tell the code {}", body["code"]));
    }
    Ok(())
}

/// Whether a value is of a schema, with no member the schema does not declare.
pub fn fits(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = document().pointer(reference.trim_start_matches('#')).ok_or("a reference leads nowhere")?;
        return fits(named, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let tried: Vec<_> = choices.iter().map(|choice| fits(choice, value, at)).collect();
        return match tried.iter().any(Result::is_ok) {
            true => Ok(()),
            false => Err(tried.into_iter().filter_map(Result::err).collect::<Vec<_>>().join("; or ")),
        };
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Err(format!("{at}: {value} is none of {values:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return Err(format!("{at}: a schema without a type")),
    };
    let of = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.contains(&of) {
        return Err(format!("{at}: {value} is not of type {types:?}"));
    }
    match value {
        Value::String(text) => text_fits(schema, text).map_err(|why| format!("{at}: `{text}` {why}")),
        Value::Number(number) => {
            let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
            let number = number.as_f64().unwrap_or(f64::NAN);
            let inside = least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
            if inside { Ok(()) } else { Err(format!("{at}: {number} is out of range")) }
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(place, item)| fits(&schema["items"], item, &format!("{at}[{place}]"))),
        Value::Object(members) => {
            for needed in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !members.contains_key(needed) {
                    return Err(format!("{at}: {needed} is missing"));
                }
            }
            members.iter().try_for_each(|(name, member)| {
                let schema = schema["properties"]
                    .get(name)
                    .or_else(|| schema.get("additionalProperties").filter(|of| of.is_object()));
                let schema = schema.ok_or_else(|| format!("{at}: {name} is not declared"))?;
                fits(schema, member, &format!("{at}.{name}"))
            })
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn text_fits(schema: &Value, text: &str) -> Result<(), String> {
    let length = text.chars().count() as u64;
    if schema["maxLength"].as_u64().is_some_and(|most| length > most)
        || schema["minLength"].as_u64().is_some_and(|least| length < least)
    {
        return Err("has the wrong length".to_owned());
    }
    if let Some(pattern) = schema["pattern"].as_str()
        && !regex_lite::Regex::new(pattern).expect("a pattern").is_match(text)
    {
        return Err(format!("does not match {pattern}"));
    }
    let good = match schema["format"].as_str() {
        Some("date") => Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok(),
        Some("date-time") => OffsetDateTime::parse(text, &Rfc3339).is_ok(),
        Some("uuid") => Uuid::parse_str(text).is_ok(),
        Some("password" | "binary") | None => true,
        Some(other) => return Err(format!("has a format this test does not know, {other}")),
    };
    if good { Ok(()) } else { Err("is not of its format".to_owned()) }
}

#[test]
fn members_that_are_not_declared_are_found() {
    let schema = &document()["components"]["schemas"]["Settings"];
    let value = serde_json::json!({ "language": "uk", "theme": "dark" });
    assert_eq!(fits(schema, &value, "$"), Ok(()));
    for wrong in [
        serde_json::json!({ "language": "uk", "theme": "dark", "password_hash": "x" }),
        serde_json::json!({ "language": "uk" }),
        serde_json::json!({ "language": "de", "theme": "dark" }),
        serde_json::json!({ "language": null, "theme": "dark" }),
    ] {
        assert!(fits(schema, &wrong, "$").is_err(), "{wrong}");
    }
}
