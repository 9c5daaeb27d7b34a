//! Series of vouchers.

use super::asked;
use crate::answer::Answer;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::staff::{Manager, Staff};
use crate::state::State;
use actix_web::{HttpRequest, Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{CreateVouchers, PrintedVouchers, Reason, VoucherSeries};
use cabinet_core::Money;
use cabinet_service::vouchers::NewSeries;
use cabinet_store::vouchers::Series;
use uuid::Uuid;

/// Make vouchers
///
/// Their codes are told this once and kept nowhere in clear, so the same key again tells no codes but the series it made.
/// Where the answer was lost, cancel that series and make another under another key.
#[utoipa::path(
    operation_id = "createVouchers",
    tag = "staff",
    params(Keyed),
    request_body(content = CreateVouchers, description = "How many, of what nominal, until when."),
    responses(
        (status = 200, description = "The series with its codes.", body = PrintedVouchers),
        (status = 409, description = "`series_made`: under this key; `details.series` is its id.", body = Problem),
        (status = 422, description = "`amount_invalid`: the nominal is too little or too much.", body = Problem)
    )
)]
#[post("/staff/voucher-series")]
pub async fn create_vouchers(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Manager>,
    key: IdempotencyKey,
    given: Json<CreateVouchers>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    let CreateVouchers { nominal, vouchers, good_through, note } = given.0;
    let new = NewSeries { nominal, vouchers, good_through, note };
    let (series, codes) = state.service.create_vouchers(asked, &new).await?;
    Ok(Answer::ok(PrintedVouchers { series: told(series), codes }))
}

/// Series of vouchers
///
/// The newest first.
#[utoipa::path(
    operation_id = "listVoucherSeries",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of series.", body = Page<VoucherSeries>))
)]
#[get("/staff/voucher-series")]
pub async fn list_voucher_series(
    state: web::Data<State>,
    _who: Staff<Manager>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_vouchers(query.0.cursor, limit(query.0.limit)?).await?;
    Ok(Answer::ok(Page { items: found.into_iter().map(told).collect(), next: next.map(|id| id.to_string()) }))
}

/// Take a series out of use
///
/// What was redeemed stays; nothing else of it is good any more.
#[utoipa::path(
    operation_id = "cancelVouchers",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The series.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    request_body(content = Reason, description = "Why."),
    responses(
        (status = 200, description = "The series as it is now.", body = VoucherSeries),
        (status = 409, description = "`already_decided`: it is out of use.", body = Problem)
    )
)]
#[post("/staff/voucher-series/{id}/cancel")]
pub async fn cancel_vouchers(
    state: web::Data<State>,
    who: Staff<Manager>,
    id: Path<Uuid>,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.cancel_vouchers(who.actor(), id.0, &given.0.reason).await?)))
}

fn told(series: Series) -> VoucherSeries {
    VoucherSeries {
        id: series.id,
        nominal: Money::from_kopecks(series.nominal),
        vouchers: series.vouchers,
        redeemed: series.redeemed,
        good_through: series.good_through,
        note: series.note,
        created_at: series.created_at,
        cancelled_at: series.cancelled_at,
    }
}
