//! What the office keeps an eye on.

use super::subscribers::audit_row;
use crate::answer::{Answer, done};
use crate::extract::{Json, Path, Query};
use crate::paging::{ByPage, Paged, limit, of_cursor};
use crate::problem::Trouble;
use crate::staff::{Admin, Cashier, Staff};
use crate::state::State;
use actix_web::{Responder, get, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::staff::{AuditRow, DailyRun, DeadTask, OfTopic, OrphanedEvent, RepeatedTasks, Topic};
use cabinet_core::Money;
use cabinet_service::show_history::LogWish;
use serde::Deserialize;
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

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
        kind: event.kind,
        note: event.note,
        received_at: event.received_at,
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|id| id.to_string()) }))
}

/// Which rows of the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfLog {
    subscriber: Option<Uuid>,
    act: Option<String>,
    staff: Option<String>,
    from: Option<String>,
    to: Option<String>,
    cursor: Option<Uuid>,
    limit: Option<i64>,
}

/// The whole log
///
/// Whatever changed something, be it about a contract or about the office itself, the newest first.
#[utoipa::path(
    operation_id = "searchLog",
    tag = "staff",
    params(
        ("subscriber" = Option<Uuid>, Query, description = "About this account only.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("act" = Option<String>, Query, description = "Of this code only.", max_length = 60, example = "payment.cash"),
        ("staff" = Option<String>, Query, description = "By the member of staff with this login only.", max_length = 64, example = "cashier"),
        ("from" = Option<Date>, Query, description = "From this business day on.", example = "2026-11-01"),
        ("to" = Option<Date>, Query, description = "Until this business day.", example = "2026-11-30"),
        Paged
    ),
    responses((status = 200, description = "A page of the log.", body = Page<AuditRow>))
)]
#[get("/staff/audit")]
pub async fn search_log(
    state: web::Data<State>,
    _who: Staff<Admin>,
    query: Query<OfLog>,
) -> Result<impl Responder, Trouble> {
    let OfLog { subscriber, act, staff, from, to, cursor, limit: rows } = query.0;
    let form = format_description!("[year]-[month]-[day]");
    let day = |name, text: Option<String>| {
        let day = text.map(|text| Date::parse(&text, form)).transpose();
        day.map_err(|_| Trouble::query(name, "invalid"))
    };
    let days = (day("from", from)?, day("to", to)?);
    let wish = LogWish { account: subscriber, act, staff, days };
    let (found, next) = state.service.search_log(&wish, cursor, limit(rows)?).await.map_err(of_cursor)?;
    let items = found.into_iter().map(|one| audit_row(one.row, one.contract)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
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

/// Try every task given up again
///
/// Of one topic or of all, from their beginning: after an outage that outlasted their patience. Those of which nothing is
/// kept but that they were, as a word to an address that is the account's no longer, stay as they are.
#[utoipa::path(
    operation_id = "repeatTasks",
    tag = "staff",
    request_body(content = OfTopic, description = "Which."),
    responses((status = 200, description = "How many will be tried soon.", body = RepeatedTasks))
)]
#[post("/staff/outbox/repeat")]
pub async fn repeat_tasks(
    state: web::Data<State>,
    who: Staff<Admin>,
    given: Json<OfTopic>,
) -> Result<impl Responder, Trouble> {
    let tasks = state.service.repeat_tasks(who.actor(), given.0.topic.as_ref().map(Topic::code)).await?;
    Ok(Answer::ok(RepeatedTasks { tasks }))
}
