//! What the office keeps an eye on.

use super::Paged;
use crate::answer::{Answer, done};
use crate::edge::Context;
use crate::extract::{Path, Query};
use crate::paging::{ByPage, limit};
use crate::problem::Trouble;
use crate::staff::{Admin, Cashier, Staff};
use crate::state::State;
use crate::views::Speaker;
use actix_web::{Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::staff::{DailyRun, DeadTask, OrphanedEvent, PaymentInReview};
use cabinet_core::Money;
use serde::Deserialize;
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

/// Payments that wait for a person
///
/// A sum, currency or merchant did not fit; nothing was credited. The newest first.
#[utoipa::path(
    operation_id = "listPaymentsInReview",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of payments.", body = Page<PaymentInReview>))
)]
#[get("/staff/payments/review")]
pub async fn list_payments_in_review(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Cashier>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_in_review(query.0.cursor, limit(query.0.limit)?).await?;
    let one = |held| Speaker(context.language).payment(held);
    let items =
        found.iter().map(|held| one(held).map(|payment| PaymentInReview { subscriber: held.account_id, payment }));
    Ok(Answer::ok(Page { items: items.collect::<Result<_, _>>()?, next: next.map(|id| id.to_string()) }))
}

/// What gateways said of no payment of ours
///
/// The newest first.
#[utoipa::path(
    operation_id = "listOrphanedEvents",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of them.", body = Page<OrphanedEvent>))
)]
#[get("/staff/payments/orphans")]
pub async fn list_orphaned_events(
    state: web::Data<State>,
    _who: Staff<Cashier>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_orphans(query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|event| OrphanedEvent {
        id: event.id,
        gateway: event.provider,
        verified: event.verified,
        kind: event.kind,
        note: event.note,
        received_at: event.received_at,
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|id| id.to_string()) }))
}

/// Which page of days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfRuns {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Days of the daily run
///
/// Those that are done, the last first.
#[utoipa::path(
    operation_id = "listRuns",
    tag = "staff",
    params(
        ("cursor" = Option<Date>, Query, description = "`next` of the page before.", example = "2026-11-01"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of days.", body = Page<DailyRun>))
)]
#[get("/staff/runs")]
pub async fn list_runs(
    state: web::Data<State>,
    _who: Staff<Admin>,
    query: Query<OfRuns>,
) -> Result<impl Responder, Trouble> {
    let form = format_description!("[year]-[month]-[day]");
    let cursor = query.0.cursor.as_deref().map(|text| Date::parse(text, form)).transpose();
    let cursor = cursor.map_err(|_| Trouble::query("cursor", "invalid"))?;
    let (found, next) = state.service.list_runs(cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|run| DailyRun {
        day: run.day,
        started_at: run.started_at,
        finished_at: run.finished_at,
        accounts: run.accounts,
        charged: run.charged,
        total: Money::from_kopecks(run.total),
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|day| day.to_string()) }))
}

/// Tasks that were given up
///
/// After the last try failed, the newest first.
#[utoipa::path(
    operation_id = "listDeadTasks",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of tasks.", body = Page<DeadTask>))
)]
#[get("/staff/outbox")]
pub async fn list_dead_tasks(
    state: web::Data<State>,
    _who: Staff<Admin>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_dead(query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|task| DeadTask {
        id: task.id,
        topic: task.topic,
        subscriber: task.account_id,
        created_at: task.created_at,
        ended_at: task.ended_at,
        attempts: task.attempts,
        error: task.error,
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|id| id.to_string()) }))
}

/// Try a task again
///
/// One that was given up, from its beginning.
#[utoipa::path(
    operation_id = "repeatTask",
    tag = "staff",
    params(("id" = Uuid, Path, description = "The task.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 204, description = "It will be tried soon."))
)]
#[post("/staff/outbox/{id}/repeat")]
pub async fn repeat_task(
    state: web::Data<State>,
    who: Staff<Admin>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    state.service.repeat_task(who.actor(), id.0).await?;
    Ok(done())
}
