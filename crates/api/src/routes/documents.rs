//! Documents as files, in the language of `Accept-Language`, else the one chosen in the account's settings.

use crate::extract::{Path, Query, Subscriber, Wished};
use crate::paper::Paper;
use crate::problem::{Trouble, Wire};
use crate::routes::statement::OfMonth;
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::schema::File;
use cabinet_core::Month;
use uuid::Uuid;

/// A bill as a PDF
///
/// As the subscriber is given it: who sells and to whom, the month closed, the sum asked in figures and words, how to pay
/// it, and the National Bank's QR code. `getProvider` tells in `documents` whether bills can be had.
#[utoipa::path(
    operation_id = "getBillPdf",
    tag = "money",
    params(("id" = String, Path, description = "The month of its date.", pattern = r"^\d{4}-\d{2}$", example = "2015-01")),
    responses(
        (status = 200, description = "The bill.", body = File, content_type = "application/pdf"),
        (status = 409, description = "`requisites_absent`: this installation makes no bills on paper.", body = Problem)
    )
)]
#[get("/me/bills/{id}/pdf")]
pub async fn get_bill_pdf(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    wished: Wished,
    id: Path<String>,
) -> Result<impl Responder, Trouble> {
    let dated = id.0.parse::<Month>().map_err(|_| Trouble::from(Wire::BadPath))?;
    let facts = state.service.print_bill(who.account, dated).await?;
    Paper::bill(&state, wished, facts)?.answer(&request, &state).await
}

/// The receipt of a payment as a PDF
///
/// It confirms that the money is on the balance, and is no document of a cash register; where the gateway made one, it
/// names its address.
#[utoipa::path(
    operation_id = "getReceiptPdf",
    tag = "pay",
    params(("id" = Uuid, Path, description = "The payment.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses(
        (status = 200, description = "The receipt.", body = File, content_type = "application/pdf"),
        (status = 409, description = "`payment_not_credited`: the payment waits, failed, or was wholly taken back; `requisites_absent`: this installation makes no receipts.", body = Problem)
    )
)]
#[get("/me/payments/{id}/receipt.pdf")]
pub async fn get_receipt_pdf(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    wished: Wished,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.print_receipt(who.account, id.0).await?;
    Paper::receipt(&state, wished, facts)?.answer(&request, &state).await
}

/// A month of the account as a PDF
///
/// Every entry with the balance after it, and the totals.
#[utoipa::path(
    operation_id = "getStatementPdf",
    tag = "money",
    params(("month" = Option<String>, Query, description = "The month, `2014-12`; the present one unless given.", example = "2014-12", pattern = r"^\d{4}-\d{2}$")),
    responses(
        (status = 200, description = "The month.", body = File, content_type = "application/pdf"),
        (status = 404, description = "`month_outside`: before the contract's first month or after the present one.", body = Problem)
    )
)]
#[get("/me/statement.pdf")]
pub async fn get_statement_pdf(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    wished: Wished,
    query: Query<OfMonth>,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.print_statement(who.account, query.0.month()?).await?;
    Paper::statement(&state, wished, facts).answer(&request, &state).await
}

/// A month of the account for a spreadsheet
///
/// Every entry between the balances around them, in the form spreadsheets of Ukraine open by themselves, whatever the
/// language: UTF-8 with its mark, `;` between cells, a comma in sums, days as `22.12.2014`. No text begins as a formula.
#[utoipa::path(
    operation_id = "getStatementCsv",
    tag = "money",
    params(("month" = Option<String>, Query, description = "The month, `2014-12`; the present one unless given.", example = "2014-12", pattern = r"^\d{4}-\d{2}$")),
    responses(
        (status = 200, description = "The month.", body = File, content_type = "text/csv"),
        (status = 404, description = "`month_outside`: before the contract's first month or after the present one.", body = Problem)
    )
)]
#[get("/me/statement.csv")]
pub async fn get_statement_csv(
    state: web::Data<State>,
    request: HttpRequest,
    who: Subscriber,
    wished: Wished,
    query: Query<OfMonth>,
) -> Result<impl Responder, Trouble> {
    let facts = state.service.print_statement(who.account, query.0.month()?).await?;
    Paper::table(&state, wished, facts).answer(&request, &state).await
}
