//! Vouchers, as their holders redeem them.

use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Subscriber};
use crate::problem::Trouble;
use crate::routes::staff::book;
use crate::state::State;
use actix_web::{HttpRequest, Responder, post, web};
use cabinet_contract::payment::RedeemVoucher;
use cabinet_contract::problem::Problem;
use cabinet_contract::statement::Entry;

/// Redeem a voucher
///
/// Its nominal goes to the balance at once. Five codes in a row that are good for nothing make the account rest for an
/// hour.
#[utoipa::path(
    operation_id = "redeemVoucher",
    tag = "pay",
    params(Keyed),
    request_body(content = RedeemVoucher, description = "Its code."),
    responses(
        (status = 200, description = "The entry that credits it.", body = Entry),
        (status = 409, description = "`voucher_unknown`; `voucher_used`; `voucher_expired`; `account_closed`.", body = Problem)
    )
)]
#[post("/me/vouchers/redeem")]
pub async fn redeem_voucher(
    state: web::Data<State>,
    context: Context,
    request: HttpRequest,
    who: Subscriber,
    key: IdempotencyKey,
    given: Json<RedeemVoucher>,
) -> Result<impl Responder, Trouble> {
    let key = key.of_body(&request, &given.0);
    book::told(&state, &context, state.service.redeem_voucher(who.account, &given.0.code, key).await?).await
}
