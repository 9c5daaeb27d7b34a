//! Stand-ins that describe the domain's text forms to OpenAPI; no value of them is ever made.

use std::collections::BTreeMap;
use time::Date;
use utoipa::ToSchema;

/// An amount with exactly two decimals, in the account's currency.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{2}$", example = "37.10")]
pub struct Amount(#[allow(dead_code)] String);

/// A calendar month.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^\d{4}-\d{2}$", example = "2014-12")]
pub struct MonthText(#[allow(dead_code)] String);

/// A file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct File(#[allow(dead_code)] String);

/// A language: Ukrainian, Russian or English.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, missing_docs)]
pub enum LanguageCode {
    Uk,
    Ru,
    En,
}

/// What a member of staff is there for.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, missing_docs)]
pub enum RoleCode {
    Cashier,
    Support,
    Manager,
    Admin,
}

/// What belongs to a problem's code; each member only where its code has it.
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct Details {
    /// `funds_short`, `account_blocked`, `promise_unpaid`: how much money is missing.
    missing: Option<Amount>,
    /// `change_planned`, `change_too_soon`, `cancel_limit`, `contract_young`, `promise_active`, `promise_limit`,
    /// `promise_not_needed`, `promise_unpaid`, `codes_spent`, `writing_spent`, `account_paused`, `turbo_running`,
    /// `pause_planned`, `pause_start`, `pause_too_soon`, `static_ip_ending`, `undo_spent`: the first day it becomes possible.
    possible_from: Option<Date>,
    /// `promise_active`: the last day of the one that runs; `account_paused`, `static_ip_ending`: the last day of it.
    until: Option<Date>,
    /// `turbo_running`: when it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<String>,
    /// `pause_start`: the last day a pause can begin.
    latest: Option<Date>,
    /// `pause_length`: days of the shortest pause.
    least_days: Option<i64>,
    /// `pause_length`: days of the longest pause.
    most_days: Option<i64>,
    /// `pause_ending`: the day service goes on.
    resumes_on: Option<Date>,
    /// `promise_unpaid`: the day it was taken.
    taken_on: Option<Date>,
    /// `change_planned`, `pause_planned`: the day what is planned starts.
    starts_on: Option<Date>,
    /// `month_outside`: the first month there is.
    first: Option<MonthText>,
    /// `month_outside`: the last month there is.
    last: Option<MonthText>,
    /// `password_weak`: the first rule it breaks.
    reason: Option<Weakness>,
    /// `password_weak`: every rule it breaks.
    reasons: Option<Vec<Weakness>>,
    /// `amount_invalid`: the least that may be paid.
    least: Option<Amount>,
    /// `amount_invalid`, `refund_too_large`: the most that may be paid, or go back.
    most: Option<Amount>,
    /// Fields of the body and what is wrong with each: `unknown`, `missing`, `wrong_type`, `too_long`, `invalid`, …
    fields: Option<BTreeMap<String, String>>,
    /// `bad_request`: parts of the query and what is wrong with each.
    parameters: Option<BTreeMap<String, String>>,
    /// `throttled`: seconds to wait.
    retry_after_seconds: Option<u64>,
    /// `quote_stale`, `quote_expired`: a fresh quote of the same wish.
    quote: Option<crate::quote::Quote>,
    /// `balance_left`: the balance.
    balance: Option<Amount>,
    /// `series_made`: the id of the series that the key made.
    series: Option<String>,
    /// `refund_unsendable`: the gateway could give the whole payment back, but no part of it.
    whole_only: Option<bool>,
    /// `register_unreadable`: where, and what is wrong there, in English; `invalid` of a catalogue or a policy: the rule that
    /// its field breaks.
    why: Option<String>,
    /// `quote_used`: the order it became.
    order: Option<crate::quote::Order>,
}

/// Which rule a new password breaks.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, missing_docs)]
pub enum Weakness {
    TooShort,
    TooLong,
    Common,
    Personal,
    Unchanged,
}
