//! Registers of banks.

use crate::answer::Answer;
use crate::extract::{Json, Path, Query, Upload};
use crate::paging::{ByPage, Paged, limit};
use crate::problem::{Trouble, Wire};
use crate::staff::{Cashier, Staff};
use crate::state::State;
use actix_web::{Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::staff::{AssignLine, BankLine, BankLineStatus, ImportReport, LineNote, Reason};
use cabinet_core::Money;
use cabinet_store::bank_lines;
use uuid::Uuid;

/// Take a register in
///
/// A file as the bank gives it, at most 1 MiB, read as `[registers.NAME]` of the settings says. A line is credited to the
/// one contract its purpose names, or waits for a person; what was taken in before, by whatever file, is passed over and
/// counted in `known`, so the same file may be sent again and needs no key.
#[utoipa::path(
    operation_id = "importRegister",
    tag = "staff",
    params(("name" = String, Path, description = "Name of the register in the settings.", max_length = 40, example = "privat")),
    request_body(content = String, content_type = "text/csv", description = "The file."),
    responses(
        (status = 200, description = "What became of it.", body = ImportReport),
        (status = 422, description = "`register_unreadable`: `details.why` says where and why; nothing of it was taken.", body = Problem)
    )
)]
#[post("/staff/registers/{name}")]
pub async fn import_register(
    state: web::Data<State>,
    who: Staff<Cashier>,
    name: Path<String>,
    file: Upload,
) -> Result<impl Responder, Trouble> {
    let settings = state.config.registers.get(&name.0).ok_or(Wire::NotFound)?;
    let report = state.service.import_register(who.actor(), &name.0, settings, &file.0).await?;
    let notes = |lines: Vec<(u64, String)>| lines.into_iter().map(|(line, why)| LineNote { line, why }).collect();
    Ok(Answer::ok(ImportReport {
        credited: report.credited,
        sum: report.sum,
        waiting: notes(report.waiting),
        known: report.known,
        outgoing: report.outgoing,
        faults: notes(report.faults),
    }))
}

/// Lines that wait for a person
///
/// The oldest first.
#[utoipa::path(
    operation_id = "listBankLines",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of lines.", body = Page<BankLine>))
)]
#[get("/staff/bank-lines")]
pub async fn list_bank_lines(
    state: web::Data<State>,
    _who: Staff<Cashier>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_bank_lines(query.0.cursor, limit(query.0.limit)?).await?;
    Ok(Answer::ok(Page { items: found.into_iter().map(told).collect(), next: next.map(|id| id.to_string()) }))
}

/// Credit a line to a contract
///
/// A line is decided once; credited to the same contract again it is answered as it is, so repeating it is harmless.
#[utoipa::path(
    operation_id = "assignBankLine",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The line.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    request_body(content = AssignLine, description = "Whose it is."),
    responses(
        (status = 200, description = "The line as it is now.", body = BankLine),
        (status = 409, description = "`already_decided`: it waits no more; `account_closed`.", body = Problem)
    )
)]
#[post("/staff/bank-lines/{id}/assign")]
pub async fn assign_bank_line(
    state: web::Data<State>,
    who: Staff<Cashier>,
    id: Path<Uuid>,
    given: Json<AssignLine>,
) -> Result<impl Responder, Trouble> {
    let contract = given.0.contract.parse().map_err(|_| Trouble::field("contract", "invalid"))?;
    Ok(Answer::ok(told(state.service.assign_bank_line(who.actor(), id.0, &contract).await?)))
}

/// Put a line aside
///
/// Its money is nobody's here.
#[utoipa::path(
    operation_id = "dismissBankLine",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The line.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    request_body(content = Reason, description = "Why."),
    responses(
        (status = 200, description = "The line as it is now.", body = BankLine),
        (status = 409, description = "`already_decided`: it waits no more.", body = Problem)
    )
)]
#[post("/staff/bank-lines/{id}/dismiss")]
pub async fn dismiss_bank_line(
    state: web::Data<State>,
    who: Staff<Cashier>,
    id: Path<Uuid>,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.dismiss_bank_line(who.actor(), id.0, &given.0.reason).await?)))
}

fn told(line: bank_lines::BankLine) -> BankLine {
    BankLine {
        id: line.id,
        register: line.register,
        document: line.document,
        paid_on: line.paid_on,
        amount: Money::from_kopecks(line.amount),
        purpose: line.purpose,
        payer: line.payer,
        status: match line.state.as_str() {
            "credited" => BankLineStatus::Credited,
            "dismissed" => BankLineStatus::Dismissed,
            _ => BankLineStatus::Waiting,
        },
        why: line.why,
        subscriber: line.account_id,
        imported_at: line.imported_at,
    }
}
