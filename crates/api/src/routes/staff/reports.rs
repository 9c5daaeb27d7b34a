//! What the office reads of the whole book.

use crate::answer::Answer;
use crate::extract::Query;
use crate::paging::limit;
use crate::problem::Trouble;
use crate::staff::{Analyst, Staff, Teller};
use crate::state::State;
use actix_web::{Responder, get, web};
use cabinet_contract::page::Page;
use cabinet_contract::staff::{ChargesReport, DayTakings, Debtor, MoneyReport, TariffEarned};
use cabinet_core::calendar::yesterday;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Money, Refusal};
use cabinet_service::Error;
use cabinet_service::keep_journal::sum_up;
use serde::Deserialize;
use time::Date;
use time::macros::format_description;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which days; today where nothing is named.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OfDays {
    /// The first day; the last one unless given.
    #[param(value_type = Option<Date>, example = "2026-11-01")]
    from: Option<String>,
    /// The last day, at most a year after the first; today unless given.
    #[param(value_type = Option<Date>, example = "2026-11-30")]
    to: Option<String>,
}

impl OfDays {
    fn read(&self, today: Date) -> Result<(Date, Date), Trouble> {
        let form = format_description!("[year]-[month]-[day]");
        let day = |name, text: &Option<String>| {
            let day = text.as_deref().map(|text| Date::parse(text, form)).transpose();
            day.map_err(|_| Trouble::query(name, "invalid"))
        };
        let to = day("to", &self.to)?.unwrap_or(today);
        Ok((day("from", &self.from)?.unwrap_or(to), to))
    }
}

/// Days that do not fit stand in the query here, not in a body.
fn of_query(error: Error) -> Trouble {
    match error {
        Error::Refused(Refusal::FieldInvalid { field, fault: FieldFault::TooLong }) => {
            Trouble::query(field, "too_late")
        }
        Error::Refused(Refusal::FieldInvalid { field, .. }) => Trouble::query(field, "before_from"),
        other => other.into(),
    }
}

/// What came in and went back
///
/// By day and way, in the order of days.
#[utoipa::path(
    operation_id = "getMoneyReport",
    tag = "staff",
    params(OfDays),
    responses((status = 200, description = "The report.", body = MoneyReport))
)]
#[get("/staff/reports/money")]
pub async fn get_money_report(
    state: web::Data<State>,
    _who: Staff<Teller>,
    query: Query<OfDays>,
) -> Result<impl Responder, Trouble> {
    let (from, to) = query.0.read(state.service.now().today)?;
    let found = state.service.report_money(from, to).await.map_err(of_query)?;
    let (paid, returned, vouchers) = sum_up(&found);
    let items: Vec<DayTakings> = found
        .into_iter()
        .map(|one| DayTakings {
            date: one.day,
            method: one.method,
            payments: one.payments,
            paid: one.paid,
            returned: one.returned,
        })
        .collect();
    Ok(Answer::ok(MoneyReport { from, to, items, paid, returned, vouchers }))
}

/// What each tariff earned
///
/// By the daily charges posted on these days, and what of charges was given back on them.
#[utoipa::path(
    operation_id = "getChargesReport",
    tag = "staff",
    params(OfDays),
    responses((status = 200, description = "The report.", body = ChargesReport))
)]
#[get("/staff/reports/charges")]
pub async fn get_charges_report(
    state: web::Data<State>,
    _who: Staff<Analyst>,
    query: Query<OfDays>,
) -> Result<impl Responder, Trouble> {
    let (from, to) = query.0.read(state.service.now().today)?;
    let found = state.service.report_charges(from, to).await.map_err(of_query)?;
    let catalogue = state.service.catalogue().await?;
    let name = |code: &str| {
        let known = catalogue.tariffs.iter().find(|tariff| tariff.code.as_str() == code);
        known.map_or_else(|| code.to_owned(), |tariff| tariff.name.clone())
    };
    let items: Vec<TariffEarned> = found
        .into_iter()
        .map(|one| TariffEarned {
            name: name(&one.tariff_code),
            tariff: one.tariff_code,
            contracts: one.accounts,
            days: one.days,
            charged: Money::from_kopecks(one.charged),
            returned: Money::from_kopecks(one.returned),
        })
        .collect();
    let earned = items.iter().map(|one| one.charged - one.returned).sum();
    Ok(Answer::ok(ChargesReport { from, to, items, earned }))
}

/// Which page of debtors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfDebtors {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Whose balance is below zero
///
/// The largest debt first, page by page.
#[utoipa::path(
    operation_id = "listDebtors",
    tag = "staff",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = "^-[0-9]+[.][0-9]{2}_[0-9a-f-]{36}$", example = "-10.65_0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of debtors.", body = Page<Debtor>))
)]
#[get("/staff/reports/debtors")]
pub async fn list_debtors(
    state: web::Data<State>,
    _who: Staff<Analyst>,
    query: Query<OfDebtors>,
) -> Result<impl Responder, Trouble> {
    let cursor = |text: &str| {
        let (balance, id) = text.split_once('_')?;
        Some((balance.parse::<Money>().ok().filter(|balance| balance.is_negative())?, Uuid::parse_str(id).ok()?))
    };
    let after = match query.0.cursor.as_deref() {
        Some(text) => Some(cursor(text).ok_or_else(|| Trouble::query("cursor", "invalid"))?),
        None => None,
    };
    let (found, next) = state.service.list_debtors(after, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|one| {
        let words = [one.last_name, one.first_name, one.middle_name];
        Debtor {
            id: one.id,
            contract: one.contract,
            name: words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" "),
            phones: one.phones,
            debt: Money::from_kopecks(-one.balance),
            blocked_since: one.blocked_since,
            promised_until: one.promised_until,
            last_day: one.closed_on.map(yesterday),
        }
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|(balance, id)| format!("{balance}_{id}")) }))
}
