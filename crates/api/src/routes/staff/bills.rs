//! A subscriber's bills, as the subscriber sees them.

use super::Whose;
use crate::edge::Context;
use crate::extract::{Path, Query, Wished};
use crate::paper::Paper;
use crate::problem::{Trouble, Wire};
use crate::routes::bills::{OfBills, page_of_bills, whole_bill};
use crate::staff::{Anyone, Staff};
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, web};
use cabinet_contract::bill::{Bill, BillBrief};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::schema::File;
use cabinet_core::Month;
use uuid::Uuid;

/// A subscriber's bills
///
/// The newest first, page by page, as `listBills` tells the subscriber.
#[utoipa::path(
    operation_id = "listSubscriberBills",
    tag = "staff",
    params(
        Whose,
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = r"^\d{4}-\d{2}$", example = "2015-01"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of bills.", body = Page<BillBrief>))
)]
#[get("/staff/subscribers/{id}/bills")]
pub async fn list_subscriber_bills(
    state: web::Data<State>,
    _who: Staff<Anyone>,
    id: Path<Uuid>,
    query: Query<OfBills>,
) -> Result<impl Responder, Trouble> {
    page_of_bills(&state, id.0, query.0).await
}

/// A bill of a subscriber
///
/// The month it closes and the sum it asks, line by line.
#[utoipa::path(
    operation_id = "getSubscriberBill",
    tag = "staff",
    params(
        Whose,
        ("bill" = String, Path, description = "The month of its date.", pattern = r"^\d{4}-\d{2}$", example = "2015-01")
    ),
    responses((status = 200, description = "The bill.", body = Bill))
)]
#[get("/staff/subscribers/{id}/bills/{bill}")]
pub async fn get_subscriber_bill(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Anyone>,
    path: Path<(Uuid, String)>,
) -> Result<impl Responder, Trouble> {
    whole_bill(&state, &context, path.0.0, &path.0.1).await
}

/// A bill of a subscriber as a PDF
///
/// The same file as the subscriber is given, in the language of `Accept-Language`, else the subscriber's.
#[utoipa::path(
    operation_id = "getSubscriberBillPdf",
    tag = "staff",
    params(
        Whose,
        ("bill" = String, Path, description = "The month of its date.", pattern = r"^\d{4}-\d{2}$", example = "2015-01")
    ),
    responses(
        (status = 200, description = "The bill.", body = File, content_type = "application/pdf"),
        (status = 409, description = "`requisites_absent`: this installation makes no bills on paper.", body = Problem)
    )
)]
#[get("/staff/subscribers/{id}/bills/{bill}/pdf")]
pub async fn get_subscriber_bill_pdf(
    state: web::Data<State>,
    request: HttpRequest,
    _who: Staff<Anyone>,
    wished: Wished,
    path: Path<(Uuid, String)>,
) -> Result<impl Responder, Trouble> {
    let dated = path.0.1.parse::<Month>().map_err(|_| Trouble::from(Wire::BadPath))?;
    let facts = state.service.print_bill(path.0.0, dated).await?;
    Paper::bill(&state, wished, facts)?.answer(&request, &state).await
}
