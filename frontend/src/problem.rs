//! What went wrong, in words of the person's language.

use crate::format;
use crate::i18n::{language, t};
use cabinet_client::Error;
use cabinet_contract::quote::Quote;
use cabinet_core::calendar::parse_day;
use cabinet_core::{Money, Month};
use serde_json::{Map, Value};

/// A sentence for a person. The server words its refusals itself, in the language asked.
pub fn message(error: &Error) -> String {
    match error {
        Error::Offline(_) => t!(problem.offline).to_owned(),
        Error::AnotherPerson => t!(session.another).to_owned(),
        Error::Problem(problem) if problem.status < 500 && !problem.detail.is_empty() => {
            told(&problem.detail, &problem.details)
        }
        Error::Problem(_) | Error::Unexpected { .. } => t!(problem.ours).to_owned(),
    }
}

/// A refusal teaches: why, then what is missing and from when it becomes possible.
pub fn told(detail: &str, details: &Map<String, Value>) -> String {
    let mut text = detail.to_owned();
    if let Some(sum) = missing(details) {
        text.push_str(&format!(" {}", t!(refusal.missing, sum = sum)));
    }
    if let Some(day) = possible_from(details) {
        text.push_str(&format!(" {}", t!(refusal.possible_from, day = day)));
    }
    text
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

/// The fresh quote that a refused confirmation brings with it: the person reads it and decides again.
pub fn fresh_quote(error: &Error) -> Option<Quote> {
    let Error::Problem(problem) = error else { return None };
    cabinet_client::from_value(problem.details.get("quote")?).ok()
}

/// The months of a contract, told by a refusal of another one.
pub fn months(error: &Error) -> Option<(Month, Month)> {
    let Error::Problem(problem) = error else { return None };
    let month = |name: &str| problem.details.get(name)?.as_str()?.parse().ok();
    Some((month("first")?, month("last")?))
}

/// The first day on which it becomes possible.
fn possible_from(details: &Map<String, Value>) -> Option<String> {
    Some(format::day_year(language(), parse_day(details.get("possible_from")?.as_str()?)?))
}

/// What is missing to do it.
fn missing(details: &Map<String, Value>) -> Option<String> {
    let amount: Money = details.get("missing")?.as_str()?.parse().ok()?;
    Some(format::money(language(), amount))
}
