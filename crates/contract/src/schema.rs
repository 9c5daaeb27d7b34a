//! Stand-ins that describe the domain's text forms to OpenAPI; no value of them is ever made.

use utoipa::ToSchema;

/// An amount with exactly two decimals, in the account's currency.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^-?\d+\.\d{2}$", example = "37.10")]
pub struct Amount(#[allow(dead_code)] String);

/// A calendar month.
#[derive(ToSchema)]
#[schema(value_type = String, pattern = r"^\d{4}-\d{2}$", example = "2014-12")]
pub struct MonthText(#[allow(dead_code)] String);

/// A language: Ukrainian, Russian or English.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, missing_docs)]
pub enum LanguageCode {
    Uk,
    Ru,
    En,
}
