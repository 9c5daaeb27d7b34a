//! Whatever goes wrong, as `application/problem+json` (RFC 9457).
//!
//! A [`Trouble`] is raised anywhere below; [`crate::edge`] words it, because only there the language, the path and
//! the request's id are known.

use crate::edge::Context;
use crate::texts;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use cabinet_contract::problem::{Problem, code};
use cabinet_core::refusal::{FieldFault, WeakPassword};
use cabinet_core::{Money, Month, Refusal, payment};
use cabinet_service::Error;
use cabinet_store::StoreError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// What went wrong, before it is worded.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The kind.
    pub kind: Kind,
    /// What belongs to it.
    pub details: Map<String, Value>,
    /// The value of `Allow`, for a method not offered.
    pub allow: Option<String>,
}

/// Kinds of trouble.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The domain refuses.
    Refused(Refusal),
    /// The request does not reach the domain, or the answer does not come.
    Wire(Wire),
}

/// Kinds of trouble on the wire itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// The body is not JSON, or names a field twice.
    BadJson,
    /// The path holds something that cannot be.
    BadPath,
    /// The query holds something that cannot be.
    BadQuery,
    /// `Idempotency-Key` is missing or malformed.
    BadKey,
    /// The body did not arrive in time.
    TooSlow,
    /// Fields of the body; `details.fields` names them.
    Invalid,
    /// No access token.
    Unauthenticated,
    /// Not allowed from where it came.
    Forbidden,
    /// Nothing there.
    NotFound,
    /// The method is not offered.
    MethodNotAllowed,
    /// The body is too large.
    TooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// The database is away or busy.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Wire {
    /// The stable code and the status.
    pub fn code(self) -> (&'static str, StatusCode) {
        match self {
            Wire::BadJson | Wire::BadPath | Wire::BadQuery | Wire::BadKey => {
                (code::BAD_REQUEST, StatusCode::BAD_REQUEST)
            }
            Wire::TooSlow => (code::BAD_REQUEST, StatusCode::REQUEST_TIMEOUT),
            Wire::Invalid => (code::INVALID, StatusCode::UNPROCESSABLE_ENTITY),
            Wire::Unauthenticated => (code::UNAUTHENTICATED, StatusCode::UNAUTHORIZED),
            Wire::Forbidden => (code::FORBIDDEN, StatusCode::FORBIDDEN),
            Wire::NotFound => (code::NOT_FOUND, StatusCode::NOT_FOUND),
            Wire::MethodNotAllowed => (code::METHOD_NOT_ALLOWED, StatusCode::METHOD_NOT_ALLOWED),
            Wire::TooLarge => (code::TOO_LARGE, StatusCode::PAYLOAD_TOO_LARGE),
            Wire::UnsupportedMediaType => (code::UNSUPPORTED_MEDIA_TYPE, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Wire::Unavailable => (code::UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE),
            Wire::Internal => (code::INTERNAL, StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// The status of a refusal. 401 and 403 concern the session, 404 absence, 422 a field, 429 and 503 patience; all
/// else is a refusal of the domain, 409.
pub fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::SignInFailed | Refusal::SessionEnded => StatusCode::UNAUTHORIZED,
        Refusal::MustChangePassword | Refusal::NotPermitted => StatusCode::FORBIDDEN,
        Refusal::NotFound | Refusal::MonthOutside { .. } => StatusCode::NOT_FOUND,
        Refusal::PasswordNeeded
        | Refusal::PasswordWrong
        | Refusal::PasswordWeak { .. }
        | Refusal::LoginInvalid
        | Refusal::FieldInvalid { .. }
        | Refusal::CodeWrong
        | Refusal::ContactCodeWrong
        | Refusal::AmountInvalid { .. }
        | Refusal::RegisterUnreadable { .. }
        | Refusal::FileUnfit
        | Refusal::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Busy | Refusal::GatewayAway => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::LoginTaken
        | Refusal::TariffSame
        | Refusal::TariffUnavailable
        | Refusal::ChangePlanned { .. }
        | Refusal::ChangeTooSoon { .. }
        | Refusal::CancelLimit { .. }
        | Refusal::NothingPlanned
        | Refusal::FundsShort { .. }
        | Refusal::AccountBlocked { .. }
        | Refusal::ContractYoung { .. }
        | Refusal::PromiseNotNeeded { .. }
        | Refusal::PromiseActive { .. }
        | Refusal::PromiseUnpaid { .. }
        | Refusal::PromiseLimit { .. }
        | Refusal::AccountPaused { .. }
        | Refusal::TurboUnavailable
        | Refusal::TurboNotFaster
        | Refusal::TurboRunning { .. }
        | Refusal::PausePlanned { .. }
        | Refusal::PauseLength { .. }
        | Refusal::PauseStart { .. }
        | Refusal::PauseTooSoon { .. }
        | Refusal::NotPaused
        | Refusal::PauseEnding { .. }
        | Refusal::PauseStarted
        | Refusal::PoolEmpty
        | Refusal::StaticIpConnected
        | Refusal::StaticIpAbsent
        | Refusal::StaticIpEnding { .. }
        | Refusal::UndoOver
        | Refusal::UndoSpent { .. }
        | Refusal::AccountSuspended
        | Refusal::AccountClosed
        | Refusal::QuoteStale
        | Refusal::EditStale
        | Refusal::QuoteExpired
        | Refusal::QuoteUsed
        | Refusal::KeyInProgress
        | Refusal::ContractTaken
        | Refusal::ReferenceTaken
        | Refusal::NotSuspended
        | Refusal::BillSettled
        | Refusal::MethodUnavailable
        | Refusal::TooManyPayments
        | Refusal::NotReversible
        | Refusal::AlreadyReversed
        | Refusal::RefundTooLarge { .. }
        | Refusal::AlreadyDecided
        | Refusal::PrefixTaken
        | Refusal::VoucherUnknown
        | Refusal::VoucherUsed
        | Refusal::VoucherExpired
        | Refusal::ContractOpen
        | Refusal::BalanceLeft { .. }
        | Refusal::SeriesMade { .. }
        | Refusal::RefundUnsendable { .. }
        | Refusal::RequisitesAbsent
        | Refusal::PaymentNotCredited
        | Refusal::ContactAbsent
        | Refusal::ContactConfirmed
        | Refusal::ContactUnconfirmed
        | Refusal::CodesSpent { .. }
        | Refusal::MailAbsent
        | Refusal::SmsAbsent
        | Refusal::PushAbsent
        | Refusal::NobodyDrawn
        | Refusal::TicketsWaiting { .. }
        | Refusal::WritingSpent { .. }
        | Refusal::DayInFuture { .. } => StatusCode::CONFLICT,
    }
}

fn instant(at: time::OffsetDateTime) -> String {
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

/// What belongs to a refusal: the same members wherever it is told.
pub fn details(refusal: &Refusal) -> Map<String, Value> {
    let mut details = Map::new();
    if let Some(missing) = refusal.missing() {
        details.insert("missing".to_owned(), json!(missing));
    }
    if let Some(day) = refusal.possible_from() {
        details.insert("possible_from".to_owned(), json!(day));
    }
    match refusal {
        Refusal::MonthOutside { first, last } => {
            details.insert("first".to_owned(), json!(first));
            details.insert("last".to_owned(), json!(last));
        }
        Refusal::PasswordWeak { reasons } => {
            let first = reasons.first();
            details.insert("reason".to_owned(), json!(first));
            details.insert("reasons".to_owned(), json!(reasons));
            details.insert("fields".to_owned(), json!({ "new_password": first }));
        }
        Refusal::LoginInvalid => {
            details.insert("fields".to_owned(), json!({ "login": "invalid" }));
        }
        Refusal::FieldInvalid { field, fault } => {
            details.insert("fields".to_owned(), json!({ *field: fault }));
        }
        Refusal::ContactCodeWrong => {
            details.insert("fields".to_owned(), json!({ "code": FieldFault::Invalid }));
        }
        Refusal::AmountInvalid { least, most } => {
            details.insert("least".to_owned(), json!(least));
            details.insert("most".to_owned(), json!(most));
            details.insert("fields".to_owned(), json!({ "amount": FieldFault::Invalid }));
        }
        Refusal::ChangePlanned { starts_on, .. } => {
            details.insert("starts_on".to_owned(), json!(starts_on));
        }
        Refusal::PausePlanned { starts_on, .. } => {
            details.insert("starts_on".to_owned(), json!(starts_on));
        }
        Refusal::TurboRunning { until, .. } => {
            details.insert("ends_at".to_owned(), json!(instant(*until)));
        }
        Refusal::PauseLength { least, most } => {
            details.insert("least_days".to_owned(), json!(least));
            details.insert("most_days".to_owned(), json!(most));
        }
        Refusal::PauseStart { latest, .. } => {
            details.insert("latest".to_owned(), json!(latest));
        }
        Refusal::PauseEnding { resumes_on } => {
            details.insert("resumes_on".to_owned(), json!(resumes_on));
        }
        Refusal::AccountPaused { until, .. } | Refusal::StaticIpEnding { until, .. } => {
            details.insert("until".to_owned(), json!(until));
        }
        Refusal::PromiseActive { until, .. } => {
            details.insert("until".to_owned(), json!(until));
        }
        Refusal::PromiseUnpaid { taken_on, .. } => {
            details.insert("taken_on".to_owned(), json!(taken_on));
        }
        Refusal::Throttled { retry_after_seconds } => {
            details.insert("retry_after_seconds".to_owned(), json!(retry_after_seconds));
        }
        Refusal::RefundTooLarge { most } => {
            details.insert("most".to_owned(), json!(most));
        }
        Refusal::BalanceLeft { balance } => {
            details.insert("balance".to_owned(), json!(balance));
        }
        Refusal::SeriesMade { series } => {
            details.insert("series".to_owned(), json!(series));
        }
        Refusal::RefundUnsendable { whole_only } => {
            details.insert("whole_only".to_owned(), json!(whole_only));
        }
        Refusal::RegisterUnreadable { why } => {
            details.insert("why".to_owned(), json!(why));
        }
        Refusal::DayInFuture { today } => {
            details.insert("today".to_owned(), json!(today));
        }
        _ => {}
    }
    details
}

impl Trouble {
    /// A trouble of the wire.
    pub fn wire(wire: Wire) -> Trouble {
        Trouble { kind: Kind::Wire(wire), details: Map::new(), allow: None }
    }

    /// One field of the body and what is wrong with it: `unknown`, `missing`, `wrong_type`, `too_long`, `invalid`.
    pub fn field(name: &str, what: &str) -> Trouble {
        Trouble::wire(Wire::Invalid).with("fields", &json!({ name: what }))
    }

    /// A part of the query and what is wrong with it.
    pub fn query(name: &str, what: &str) -> Trouble {
        Trouble::wire(Wire::BadQuery).with("parameters", &json!({ name: what }))
    }

    /// With something that belongs to it.
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Trouble {
        let value = serde_json::to_value(value).expect("a value of the contract is always JSON");
        self.details.insert(name.to_owned(), value);
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match &self.kind {
            Kind::Refused(refusal) => refusal.code(),
            Kind::Wire(wire) => wire.code().0,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match &self.kind {
            Kind::Refused(refusal) => status(refusal),
            Kind::Wire(wire) => wire.code().1,
        }
    }

    /// What the body of the answer says.
    pub fn problem(&self, context: &Context) -> Problem {
        Problem {
            kind: format!("urn:cabinet:problem:{}", self.code()),
            title: texts::title(&self.kind).to_owned(),
            status: self.status().as_u16(),
            detail: texts::detail(&self.kind, context.language),
            instance: context.path.clone(),
            code: self.code().to_owned(),
            details: self.details.clone(),
            request_id: context.request_id.clone(),
        }
    }

    /// The whole answer, for the request of `context`.
    pub fn answer(&self, context: &Context) -> HttpResponse {
        let status = self.status();
        let mut answer = HttpResponse::build(status);
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        answer.insert_header((header::CONTENT_LANGUAGE, context.language.code()));
        if status == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(methods) = self.allow.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok()) {
            answer.insert_header((header::ALLOW, methods));
        }
        match &self.kind {
            Kind::Refused(Refusal::Throttled { retry_after_seconds }) => {
                answer.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()));
            }
            Kind::Refused(Refusal::Busy | Refusal::KeyInProgress) | Kind::Wire(Wire::Unavailable) => {
                answer.insert_header((header::RETRY_AFTER, "1"));
            }
            _ => {}
        }
        answer.body(serde_json::to_vec(&self.problem(context)).expect("a problem is always JSON"))
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Trouble {
        Trouble { details: details(&refusal), kind: Kind::Refused(refusal), allow: None }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        match error {
            Error::Refused(refusal) | Error::QuoteStale { refusal, .. } => refusal.into(),
            Error::QuoteUsed(_) => Refusal::QuoteUsed.into(),
            Error::Store(error @ (StoreError::Busy | StoreError::Unavailable(_))) => {
                tracing::warn!(%error, "the store did not serve");
                Wire::Unavailable.into()
            }
            Error::Store(error @ (StoreError::Conflict | StoreError::Corrupt(_) | StoreError::Database(_))) => {
                tracing::error!(?error, "the store failed");
                Wire::Internal.into()
            }
            Error::Internal(what) => {
                tracing::error!(what, "something that cannot be");
                Wire::Internal.into()
            }
        }
    }
}

impl From<Wire> for Trouble {
    fn from(wire: Wire) -> Trouble {
        Trouble::wire(wire)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without a request there is no language and no id: the edge replaces this by [`Trouble::answer`].
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status())
    }
}

/// A trouble of each code that a request may meet, with what belongs to it made up: for the examples of the API's
/// document.
pub fn sample(code: &str) -> Option<Trouble> {
    let day = time::macros::date!(2026 - 12 - 01);
    let missing = Money::from_kopecks(17_40);
    let refusals = [
        Refusal::SignInFailed,
        Refusal::Throttled { retry_after_seconds: 8 },
        Refusal::Busy,
        Refusal::SessionEnded,
        Refusal::MustChangePassword,
        Refusal::NotPermitted,
        Refusal::PasswordNeeded,
        Refusal::PasswordWrong,
        Refusal::PasswordWeak { reasons: vec![WeakPassword::TooShort, WeakPassword::Common] },
        Refusal::LoginTaken,
        Refusal::LoginInvalid,
        Refusal::CodeWrong,
        Refusal::NotFound,
        Refusal::MonthOutside { first: Month::of(time::macros::date!(2014 - 11 - 30)), last: Month::of(day) },
        Refusal::TariffSame,
        Refusal::TariffUnavailable,
        Refusal::ChangePlanned { starts_on: day, possible_from: time::macros::date!(2026 - 12 - 31) },
        Refusal::ChangeTooSoon { possible_from: day },
        Refusal::CancelLimit { possible_from: day },
        Refusal::NothingPlanned,
        Refusal::FundsShort { missing },
        Refusal::AccountBlocked { missing },
        Refusal::ContractYoung { possible_from: day },
        Refusal::PromiseNotNeeded { possible_from: Some(day) },
        Refusal::PromiseActive { until: day, possible_from: time::macros::date!(2027 - 01 - 01) },
        Refusal::PromiseUnpaid { taken_on: time::macros::date!(2026 - 11 - 27), missing, possible_from: None },
        Refusal::PromiseLimit { possible_from: day },
        Refusal::AccountPaused { until: day, possible_from: time::macros::date!(2026 - 12 - 02) },
        Refusal::TurboUnavailable,
        Refusal::TurboNotFaster,
        Refusal::TurboRunning { until: time::macros::datetime!(2026-11-30 18:40 UTC), possible_from: day },
        Refusal::PausePlanned { starts_on: day, possible_from: time::macros::date!(2026 - 12 - 15) },
        Refusal::PauseLength { least: 7, most: 180 },
        Refusal::PauseStart { possible_from: day, latest: time::macros::date!(2027 - 05 - 29) },
        Refusal::PauseTooSoon { possible_from: day },
        Refusal::NotPaused,
        Refusal::PauseEnding { resumes_on: day },
        Refusal::PauseStarted,
        Refusal::PoolEmpty,
        Refusal::StaticIpConnected,
        Refusal::StaticIpAbsent,
        Refusal::StaticIpEnding { until: day, possible_from: time::macros::date!(2026 - 12 - 02) },
        Refusal::UndoOver,
        Refusal::UndoSpent { possible_from: day },
        Refusal::AccountSuspended,
        Refusal::AccountClosed,
        Refusal::QuoteStale,
        Refusal::EditStale,
        Refusal::QuoteExpired,
        Refusal::QuoteUsed,
        Refusal::KeyReused,
        Refusal::KeyInProgress,
        Refusal::AmountInvalid { least: payment::LEAST, most: payment::MOST },
        Refusal::BillSettled,
        Refusal::MethodUnavailable,
        Refusal::TooManyPayments,
        Refusal::GatewayAway,
        Refusal::ContractTaken,
        Refusal::ReferenceTaken,
        Refusal::NotSuspended,
        Refusal::NotReversible,
        Refusal::AlreadyReversed,
        Refusal::RefundTooLarge { most: missing },
        Refusal::AlreadyDecided,
        Refusal::PrefixTaken,
        Refusal::VoucherUnknown,
        Refusal::VoucherUsed,
        Refusal::VoucherExpired,
        Refusal::RegisterUnreadable { why: "line 1: there is no column «Сума»".to_owned() },
        Refusal::ContractOpen,
        Refusal::BalanceLeft { balance: missing },
        Refusal::SeriesMade { series: "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7".to_owned() },
        Refusal::RefundUnsendable { whole_only: true },
        Refusal::RequisitesAbsent,
        Refusal::PaymentNotCredited,
        Refusal::ContactAbsent,
        Refusal::ContactConfirmed,
        Refusal::ContactUnconfirmed,
        Refusal::ContactCodeWrong,
        Refusal::CodesSpent { possible_from: day },
        Refusal::MailAbsent,
        Refusal::SmsAbsent,
        Refusal::PushAbsent,
        Refusal::NobodyDrawn,
        Refusal::TicketsWaiting { most: 5 },
        Refusal::WritingSpent { possible_from: day },
        Refusal::FileUnfit,
    ];
    let wires = [
        Wire::Unauthenticated,
        Wire::Forbidden,
        Wire::TooLarge,
        Wire::UnsupportedMediaType,
        Wire::Unavailable,
        Wire::Internal,
    ];
    let mut troubles = refusals.map(Trouble::from).into_iter().chain(wires.map(Trouble::wire));
    troubles
        .find(|trouble| trouble.code() == code)
        .or_else(|| (code == "invalid").then(|| Trouble::field("role", "unknown")))
}
