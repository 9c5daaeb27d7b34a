//! What went wrong, in words of the person's language.

use crate::format;
use crate::i18n::{language, t};
use crate::page::parse_date;
use cabinet_client::Error;
use cabinet_core::Money;
use serde_json::{Map, Value};

/// A sentence for a person. The server words its refusals itself, in the language asked.
pub fn message(error: &Error) -> String {
    match error {
        Error::Offline(_) => t!(problem.offline).to_owned(),
        Error::Problem(problem) if problem.status < 500 && !problem.detail.is_empty() => problem.detail.clone(),
        Error::Problem(_) | Error::Unexpected { .. } => t!(problem.ours).to_owned(),
    }
}

/// What to tell support, where there is something to look up.
pub fn support_code(error: &Error) -> Option<String> {
    match error {
        Error::Problem(problem) if !problem.request_id.is_empty() => Some(problem.request_id.clone()),
        _ => None,
    }
}

/// The fields a refusal names, each with what to do about it.
pub fn fields(error: &Error) -> Vec<(String, &'static str)> {
    let Error::Problem(problem) = error else { return Vec::new() };
    let Some(Value::Object(fields)) = problem.details.get("fields") else { return Vec::new() };
    fields
        .iter()
        .map(|(name, why)| {
            let text = match why.as_str() {
                Some("missing" | "empty") => t!(problem.field_empty),
                Some("too_long") => t!(problem.field_long),
                _ => t!(problem.field_invalid),
            };
            (name.clone(), text)
        })
        .collect()
}

/// A day that belongs to a refusal: the first one on which it becomes possible, or on which a planned change starts.
pub fn possible_from(details: &Map<String, Value>) -> Option<String> {
    Some(format::day_year(language(), parse_date(details.get("possible_from")?.as_str()?)?))
}

/// What is missing to do it.
pub fn missing(details: &Map<String, Value>) -> Option<String> {
    let amount: Money = details.get("missing")?.as_str()?.parse().ok()?;
    Some(format::money(language(), amount))
}
