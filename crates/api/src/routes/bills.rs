//! Bills, as their subscriber sees them.

use crate::answer::Answer;
use crate::edge::Context;
use crate::extract::{Path, Query, Subscriber};
use crate::paging::limit;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::views::Speaker;
use actix_web::{Responder, get, web};
use cabinet_contract::bill::{Bill, BillBrief};
use cabinet_contract::page::Page;
use cabinet_contract::view::{Lens, bill_brief};
use cabinet_core::Month;
use serde::Deserialize;
use uuid::Uuid;

/// Which page of bills.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfBills {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Bills
///
/// The newest first, page by page. One is made on the 1st of each month that follows a month with entries.
#[utoipa::path(
    operation_id = "listBills",
    tag = "money",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = r"^\d{4}-\d{2}$", example = "2015-01"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of bills.", body = Page<BillBrief>))
)]
#[get("/me/bills")]
pub async fn list_bills(
    state: web::Data<State>,
    who: Subscriber,
    query: Query<OfBills>,
) -> Result<impl Responder, Trouble> {
    page_of_bills(&state, who.account, query.0).await
}

/// A page of an account's bills, whoever asks.
pub(crate) async fn page_of_bills(
    state: &State,
    account: Uuid,
    asked: OfBills,
) -> Result<Answer<Page<BillBrief>>, Trouble> {
    let cursor = asked.cursor.map(|text| text.parse::<Month>()).transpose();
    let cursor = cursor.map_err(|_| Trouble::query("cursor", "invalid"))?;
    let (bills, next) = state.service.list_bills(account, cursor, limit(asked.limit)?).await?;
    let items = bills.iter().map(|facts| bill_brief(&facts.bill, facts.state)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|month| month.to_string()) }))
}

/// One bill
///
/// The month it closes and the sum it asks, line by line.
#[utoipa::path(
    operation_id = "getBill",
    tag = "money",
    params(("id" = String, Path, description = "The month of its date.", pattern = r"^\d{4}-\d{2}$", example = "2015-01")),
    responses((status = 200, description = "The bill.", body = Bill))
)]
#[get("/me/bills/{id}")]
pub async fn get_bill(
    state: web::Data<State>,
    context: Context,
    who: Subscriber,
    id: Path<String>,
) -> Result<impl Responder, Trouble> {
    whole_bill(&state, &context, who.account, &id.0).await
}

/// A bill of an account, whoever asks.
pub(crate) async fn whole_bill(
    state: &State,
    context: &Context,
    account: Uuid,
    dated: &str,
) -> Result<Answer<Bill>, Trouble> {
    let dated = dated.parse::<Month>().map_err(|_| Trouble::from(Wire::BadPath))?;
    let (facts, ground) = state.service.show_bill(account, dated).await?;
    let words = Speaker(context.language);
    let lens = Lens { catalogue: &ground.catalogue, today: state.service.now().today, words: &words };
    Ok(Answer::ok(lens.bill(&facts.bill, facts.state)))
}
