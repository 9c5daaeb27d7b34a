//! Subscribers: found, registered, looked after.

use super::{Whose, asked};
use crate::answer::{Answer, done, done_keyed};
use crate::edge::Context;
use crate::extract::{IdempotencyKey, Json, Keyed, Path, Query};
use crate::network::has_routers;
use crate::paging::{ByPage, Paged, limit};
use crate::problem::Trouble;
use crate::routes::profile;
use crate::staff::{Admin, Anyone, Staff, Support};
use crate::state::State;
use crate::views::Teller;
use actix_web::{HttpRequest, Responder, get, patch, post, web};
use cabinet_contract::page::Page;
use cabinet_contract::problem::Problem;
use cabinet_contract::profile::{Profile, RequestField};
use cabinet_contract::staff::{
    AuditRow, Closed, ConnectionLogin, Decision, EditSubscriber, Erased, NoticeStatus, OpenRequest, Reason,
    RecoveryCode, RegisterSubscriber, Registered, SentNotice, Subscriber, SubscriberFound,
};
use cabinet_core::TariffCode;
use cabinet_service::office::{Registration, Secrets};
use cabinet_service::update_profile::ProfileWish;
use cabinet_store::audit;
use cabinet_store::ledger::Filter;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many entries a subscriber's page shows.
const LAST_ENTRIES: i64 = 10;

/// Whom to look for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfSearch {
    query: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Find subscribers
///
/// A contract number finds its contract; anything else whoever has all its words in the name, address, phones, e-mail or
/// contract number. By contract number, page by page; everybody where nothing is asked.
#[utoipa::path(
    operation_id = "searchSubscribers",
    tag = "staff",
    params(
        ("query" = Option<String>, Query, description = "Words of a name or address, a phone, a contract number.", max_length = 200, example = "іваненко миру"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before.", pattern = "^[0-9]{1,20}$", example = "0042"),
        ("limit" = Option<i64>, Query, description = "Rows of a page.", minimum = 1, maximum = 100, example = 50)
    ),
    responses((status = 200, description = "A page of subscribers.", body = Page<SubscriberFound>))
)]
#[get("/staff/subscribers")]
pub async fn search_subscribers(
    state: web::Data<State>,
    _who: Staff<Anyone>,
    query: Query<OfSearch>,
) -> Result<impl Responder, Trouble> {
    let OfSearch { query, cursor, limit: rows } = query.0;
    let text = query.unwrap_or_default();
    if text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Trouble::query("query", "invalid"));
    }
    if cursor.as_ref().is_some_and(|cursor| cursor.len() > 20 || !cursor.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Trouble::query("cursor", "invalid"));
    }
    let (found, next) = state.service.search_subscribers(&text, cursor.as_deref(), limit(rows)?).await?;
    let items = found.into_iter().map(|one| {
        let words = [one.last_name, one.first_name, one.middle_name];
        SubscriberFound {
            id: one.account_id,
            contract: one.contract,
            name: words.iter().filter(|word| !word.is_empty()).cloned().collect::<Vec<_>>().join(" "),
            address: one.address,
            phones: one.phones,
            balance: cabinet_core::Money::from_kopecks(one.balance),
        }
    });
    Ok(Answer::ok(Page { items: items.collect(), next }))
}

/// Register a contract
///
/// From today, its first day charged at once. The first password is told this once and must be changed at the first
/// sign-in, and so is what the equipment signs in with at a router, where there is one. The contract number makes repeating
/// it harmless: a lost answer is made good by a recovery code.
#[utoipa::path(
    operation_id = "registerSubscriber",
    tag = "staff",
    request_body(content = RegisterSubscriber, description = "Whose contract, and for what."),
    responses(
        (status = 200, description = "The account and its first password.", body = Registered),
        (status = 409, description = "`contract_taken`; `tariff_unavailable`: there is no such tariff.", body = Problem),
        (status = 422, description = "`invalid`; `amount_invalid`.", body = Problem)
    )
)]
#[post("/staff/subscribers")]
pub async fn register_subscriber(
    state: web::Data<State>,
    who: Staff<Support>,
    given: Json<RegisterSubscriber>,
) -> Result<impl Responder, Trouble> {
    let given = given.0;
    let registration = Registration {
        contract: given.contract.parse().map_err(|_| Trouble::field("contract", "invalid"))?,
        last_name: given.last_name,
        first_name: given.first_name,
        middle_name: given.middle_name,
        address: given.address,
        phones: given.phones,
        email: given.email,
        tariff: TariffCode::new(given.tariff),
        language: given.language,
        first_payment: given.paid,
    };
    let secrets = Secrets::of(&state.service, &registration.contract);
    let connection = has_routers(&state.config, &state.service).await?.then(|| secrets.login.clone());
    let registered = state.service.register_with_secrets(who.actor(), registration, secrets).await?;
    Ok(Answer::ok(Registered {
        id: registered.id,
        first_password: registered.first_password,
        connection: connection.map(|login| ConnectionLogin { name: login.username, secret: login.secret }),
    }))
}

/// A subscriber
///
/// The header and the profile as the subscriber sees them, and the last entries of the book.
#[utoipa::path(
    operation_id = "getSubscriber",
    tag = "staff",
    params(Whose),
    responses((status = 200, description = "The subscriber.", body = Subscriber))
)]
#[get("/staff/subscribers/{id}")]
pub async fn get_subscriber(
    state: web::Data<State>,
    context: Context,
    _who: Staff<Anyone>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let overview = state.service.show_overview(id.0).await?;
    let profile = state.service.show_profile(id.0).await?;
    let (entries, _) = state.service.list_entries(id.0, Filter::default(), None, LAST_ENTRIES).await?;
    let teller = Teller::new(&state, &context).await?;
    Ok(Answer::ok(Subscriber {
        id: id.0,
        overview: teller.overview(&overview),
        profile: profile::told(profile),
        entries: entries.iter().map(|entry| teller.lens().entry(entry)).collect(),
    }))
}

/// Edit a profile
///
/// Members that are absent stay as they are; what is given holds at once. Consents are the subscriber's own.
#[utoipa::path(
    operation_id = "editSubscriber",
    tag = "staff",
    params(Whose),
    request_body(content = EditSubscriber, description = "What is to change."),
    responses((status = 200, description = "The profile as it is now.", body = Profile))
)]
#[patch("/staff/subscribers/{id}/profile")]
pub async fn edit_subscriber(
    state: web::Data<State>,
    who: Staff<Support>,
    id: Path<Uuid>,
    given: Json<EditSubscriber>,
) -> Result<impl Responder, Trouble> {
    let EditSubscriber { last_name, first_name, middle_name, address, phones, email } = given.0;
    let wish = ProfileWish { last_name, first_name, middle_name, address, phones, email, ..ProfileWish::default() };
    Ok(Answer::ok(profile::told(state.service.edit_profile(who.actor(), id.0, wish).await?)))
}

/// End a contract
///
/// Tomorrow if today is charged, else today. The balance stays as it is; giving it back is a refund of its own.
#[utoipa::path(
    operation_id = "closeContract",
    tag = "staff",
    params(Whose, Keyed),
    request_body(content = Reason, description = "Why."),
    responses(
        (status = 200, description = "The first day without service.", body = Closed),
        (status = 409, description = "`account_closed`: its end is set already.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/close")]
pub async fn close_contract(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    let answered = state.service.close_contract(asked, id.0, &given.0.reason).await?;
    Ok(Answer::keyed(Closed { closed_on: answered.value }, answered.replayed))
}

/// Stop an account
///
/// From the first uncharged day nothing is charged, until it is resumed. The subscriber is shown why.
#[utoipa::path(
    operation_id = "suspendSubscriber",
    tag = "staff",
    params(Whose, Keyed),
    request_body(content = Reason, description = "Why."),
    responses(
        (status = 204, description = "Suspended."),
        (status = 409, description = "`account_suspended`: it is already; `account_closed`.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/suspend")]
pub async fn suspend_subscriber(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    id: Path<Uuid>,
    key: IdempotencyKey,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &given.0);
    Ok(done_keyed(state.service.suspend(asked, id.0, &given.0.reason).await?.replayed))
}

/// Let an account run again
///
/// Today is charged at once, the days between are not.
#[utoipa::path(
    operation_id = "resumeSubscriber",
    tag = "staff",
    params(Whose, Keyed),
    responses(
        (status = 204, description = "Resumed."),
        (status = 409, description = "`not_suspended`: there is nothing to resume.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/resume")]
pub async fn resume_subscriber(
    state: web::Data<State>,
    request: HttpRequest,
    who: Staff<Support>,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<impl Responder, Trouble> {
    let asked = asked(&who, key, &request, &());
    Ok(done_keyed(state.service.resume(asked, id.0).await?.replayed))
}

/// Letters to the e-mail come back
///
/// A relay that takes a letter and learns only later that nobody lives there tells so by a letter to the sender, which a
/// person reads. Nothing is sent there any more until the subscriber confirms the address anew, and the cabinet says so.
#[utoipa::path(
    operation_id = "noteBounce",
    tag = "staff",
    params(Whose),
    responses(
        (status = 204, description = "Noted; repeating it changes nothing."),
        (status = 409, description = "`contact_absent`: there is no e-mail.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/email/bounced")]
pub async fn note_bounce(
    state: web::Data<State>,
    who: Staff<Support>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    state.service.note_bounce(who.actor(), id.0).await?;
    Ok(done())
}

/// A one-time code for a forgotten password
///
/// To be told to a person who was checked; it replaces any earlier one.
#[utoipa::path(
    operation_id = "issueRecoveryCode",
    tag = "staff",
    params(Whose),
    responses((status = 200, description = "The code.", body = RecoveryCode))
)]
#[post("/staff/subscribers/{id}/recovery-code")]
pub async fn issue_recovery_code(
    state: web::Data<State>,
    who: Staff<Support>,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    let contract = state.service.show_subscriber(id.0).await?.held.contract;
    let code = state.service.issue_recovery_code(who.actor(), &contract).await?;
    Ok(Answer::ok(RecoveryCode { code }))
}

/// What waits for a decision
///
/// New names and addresses that subscribers asked for, the oldest first.
#[utoipa::path(
    operation_id = "listRequests",
    tag = "staff",
    params(Paged),
    responses((status = 200, description = "A page of requests.", body = Page<OpenRequest>))
)]
#[get("/staff/requests")]
pub async fn list_requests(
    state: web::Data<State>,
    _who: Staff<Support>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_requests(query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|one| OpenRequest {
        id: one.request.id,
        subscriber: one.account_id,
        contract: one.contract,
        field: RequestField::from_code(&one.request.field),
        wish: one.request.wish,
        created_at: one.request.created_at,
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|id| id.to_string()) }))
}

/// Decide a request
///
/// A wish that is granted holds from now on. Of a name the first word becomes the family name, the second the given one,
/// the rest the patronymic. A wish to be forgotten is refused here; it is granted by `eraseSubscriber`.
#[utoipa::path(
    operation_id = "decideRequest",
    tag = "staff",
    params(
        ("id" = Uuid, Path, description = "The account.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"),
        ("request" = Uuid, Path, description = "The request.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")
    ),
    request_body(content = Decision, description = "What becomes of it."),
    responses(
        (status = 204, description = "Decided."),
        (status = 409, description = "`already_decided`: by somebody else.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/requests/{request}/decision")]
pub async fn decide_request(
    state: web::Data<State>,
    who: Staff<Support>,
    path: Path<(Uuid, Uuid)>,
    given: Json<Decision>,
) -> Result<impl Responder, Trouble> {
    let ((account, request), note) = (path.0, given.0.note.as_deref());
    state.service.decide_request(who.actor(), account, request, given.0.granted, note).await?;
    Ok(done())
}

/// What was done to an account
///
/// And by whom, the newest first.
#[utoipa::path(
    operation_id = "listAudit",
    tag = "staff",
    params(Whose, Paged),
    responses((status = 200, description = "A page of the log.", body = Page<AuditRow>))
)]
#[get("/staff/subscribers/{id}/audit")]
pub async fn list_audit(
    state: web::Data<State>,
    _who: Staff<Support>,
    id: Path<Uuid>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (rows, next) = state.service.list_audit(id.0, query.0.cursor, limit(query.0.limit)?).await?;
    let items = rows.into_iter().map(|row| audit_row(row, None)).collect();
    Ok(Answer::ok(Page { items, next: next.map(|id| id.to_string()) }))
}

/// What a subscriber was told
///
/// By short messages and letters, without asking, the newest first: a year of it. A gateway that tells is asked what became
/// of a message.
#[utoipa::path(
    operation_id = "listSentNotices",
    tag = "staff",
    params(Whose, Paged),
    responses((status = 200, description = "A page of notices.", body = Page<SentNotice>))
)]
#[get("/staff/subscribers/{id}/notices")]
pub async fn list_sent_notices(
    state: web::Data<State>,
    _who: Staff<Support>,
    id: Path<Uuid>,
    query: Query<ByPage>,
) -> Result<impl Responder, Trouble> {
    let (found, next) = state.service.list_notices(id.0, query.0.cursor, limit(query.0.limit)?).await?;
    let items = found.into_iter().map(|told| SentNotice {
        id: told.id,
        channel: told.channel,
        kind: told.kind,
        status: NoticeStatus::of(&told.state, told.delivery.as_deref()),
        created_at: told.created_at,
        ended_at: told.ended_at,
        parts: told.parts,
    });
    Ok(Answer::ok(Page { items: items.collect(), next: next.map(|id| id.to_string()) }))
}

/// Take everything personal away
///
/// For good: names, address, contacts, sessions, the way in, wishes, whatever was to be sent, and every text of the log; the
/// book stays. Of an ended contract whose balance is zero. Done before it is answered as it was then, so repeating it is
/// harmless.
#[utoipa::path(
    operation_id = "eraseSubscriber",
    tag = "staff",
    params(Whose),
    request_body(content = Reason, description = "On what ground; it is kept."),
    responses(
        (status = 200, description = "When it was done.", body = Erased),
        (status = 409, description = "`contract_open`: it must be closed first; `balance_left`: `details.balance` must be given back, paid or written off first.", body = Problem)
    )
)]
#[post("/staff/subscribers/{id}/erase")]
pub async fn erase_subscriber(
    state: web::Data<State>,
    who: Staff<Admin>,
    id: Path<Uuid>,
    given: Json<Reason>,
) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(Erased { erased_at: state.service.erase_subscriber(who.actor(), id.0, &given.0.reason).await? }))
}

/// A row of the log as staff read it.
pub(super) fn audit_row(row: audit::AuditRow, contract: Option<String>) -> AuditRow {
    AuditRow {
        id: row.id,
        at: row.at,
        actor: row.actor,
        staff: row.staff_login,
        subscriber: row.account_id,
        contract,
        act: row.act,
        details: told(&row.details),
    }
}

/// Each detail as a text.
fn told(details: &str) -> BTreeMap<String, String> {
    let members: BTreeMap<String, Value> = serde_json::from_str(details).unwrap_or_default();
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, text(value))).collect()
}
