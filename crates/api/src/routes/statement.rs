//! The month, the book, the forecast.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{Path, Query, Subscriber};
use crate::paging::limit;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::views::Teller;
use actix_web::{Responder, get, web};
use cabinet_contract::account::Forecast;
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::statement::{self as contract, Entry, Statement, Year};
use cabinet_contract::view;
use cabinet_core::Month;
use cabinet_core::ledger::EntryKind;
use cabinet_store::ledger::Filter;
use serde::Deserialize;
use time::Date;
use time::macros::format_description;

/// Which month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfMonth {
    month: Option<String>,
}

impl OfMonth {
    /// The month, if one is named.
    pub(super) fn month(self) -> Result<Option<Month>, Trouble> {
        self.month.map(|text| text.parse()).transpose().map_err(|_| Trouble::query("month", "invalid"))
    }
}

/// A month of the account
///
/// Opening and closing balance, totals, and the calendar in ISO weeks: each day with its entries, or why it has none.
#[utoipa::path(
    operation_id = "getStatement",
    tag = "money",
    params(("month" = Option<String>, Query, description = "The month, `2014-12`; the present one unless given.", example = "2014-12", pattern = r"^\d{4}-\d{2}$")),
    responses(
        (status = 200, description = "The month.", body = Statement),
        (status = 404, description = "`month_outside`: before the contract's first month or after the present one.", body = Problem)
    )
)]
#[get("/me/statement")]
pub async fn get_statement(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<OfMonth>,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.show_statement(who.account, query.0.month()?).await?;
    let teller = Teller::new(&state, &context).await?;
    Ok(Answer::polled(teller.lens().statement(&facts.sheet, facts.first_month)))
}

/// A year of the account
///
/// Each of its months with the balances around it and what was taken and put in, the contract's months only.
#[utoipa::path(
    operation_id = "getYear",
    tag = "money",
    params(("year" = i32, Path, description = "The year.", minimum = 1900, maximum = 9998, example = 2014)),
    responses(
        (status = 200, description = "The year.", body = Year),
        (status = 404, description = "`month_outside`: before the contract's first month or after the present one.", body = Problem)
    )
)]
#[get("/me/statement/years/{year}")]
pub async fn get_year(state: web::Data<State>, who: Subscriber, year: Path<i32>) -> Result<impl Responder, Trouble> {
    let january = Month::new(year.0, 1).map_err(|_| Trouble::from(Wire::BadPath))?;
    let facts = state.service.show_year(who.account, january.year()).await?;
    Ok(Answer::polled(view::year(&facts.year, (facts.first_month, facts.last_month), facts.today)))
}

/// Which rows of the book.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfEntries {
    from: Option<String>,
    to: Option<String>,
    kind: Option<String>,
    cursor: Option<i64>,
    limit: Option<i64>,
}

impl OfEntries {
    fn filter(&self) -> Result<Filter, Trouble> {
        let from = day("from", self.from.as_deref())?;
        let to = day("to", self.to.as_deref())?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Trouble::query("from", "after_to"));
        }
        let kind = match self.kind.as_deref() {
            Some(code) => Some(EntryKind::from_code(code).ok_or_else(|| Trouble::query("kind", "invalid"))?),
            None => None,
        };
        Ok(Filter { from, to, kind })
    }
}

/// The book
///
/// Every entry, the newest first, page by page.
#[utoipa::path(
    operation_id = "listEntries",
    tag = "money",
    params(
        ("from" = Option<Date>, Query, description = "Posted on this day or later.", example = "2014-12-01"),
        ("to" = Option<Date>, Query, description = "Posted on this day or earlier.", example = "2014-12-31"),
        ("kind" = Option<contract::EntryKind>, Query, description = "Only entries of this kind.", example = "cash_payment"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = r"^[0-9]{1,18}$", example = "42"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of the book.", body = Page<Entry>))
)]
#[get("/me/entries")]
pub async fn list_entries(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<OfEntries>,
) -> Result<impl Responder, Trouble> {
    let (filter, limit) = (query.0.filter()?, limit(query.0.limit)?);
    let (entries, next) = state.service.list_entries(who.account, filter, query.0.cursor, limit).await?;
    let teller = Teller::new(&state, &context).await?;
    let items = entries.iter().map(|entry| teller.lens().entry(entry)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|seq| seq.to_string()) }))
}

/// One entry
///
/// With the arithmetic of its amount.
#[utoipa::path(
    operation_id = "getEntry",
    tag = "money",
    params(("seq" = i64, Path, description = "Its number within the account.", minimum = 1, example = 1)),
    responses((status = 200, description = "The entry.", body = Entry))
)]
#[get("/me/entries/{seq}")]
pub async fn get_entry(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    seq: Path<i64>,
) -> Result<impl Responder, Trouble> {
    let entry = state.service.show_entry(who.account, seq.0).await?;
    let teller = Teller::new(&state, &context).await?;
    Ok(Answer::ok(teller.lens().entry(&entry)))
}

/// How far ahead.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfForecast {
    days: Option<i64>,
}

/// The balance of the coming days
///
/// This month so far, the coming days without a payment and with the recommended one, and what will happen in them.
#[utoipa::path(
    operation_id = "getForecast",
    tag = "money",
    params(("days" = Option<i64>, Query, description = "Days ahead; 45 unless given.", minimum = 1, maximum = 400, example = 45)),
    responses((status = 200, description = "The forecast.", body = Forecast))
)]
#[get("/me/forecast")]
pub async fn get_forecast(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    query: Query<OfForecast>,
) -> Result<impl Responder, Trouble> {
    let days = Some(query.0.days.unwrap_or(45)).filter(|days| (1..=400).contains(days));
    let days = days.ok_or_else(|| Trouble::query("days", "out_of_range"))?;
    let facts = state.service.show_forecast(who.account, days).await?;
    Ok(Answer::polled(Teller::new(&state, &context).await?.forecast(&facts)))
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, Trouble> {
    let day = text.map(|text| Date::parse(text, format_description!("[year]-[month]-[day]"))).transpose();
    day.map_err(|_| Trouble::query(name, "invalid"))
}
