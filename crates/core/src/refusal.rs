//! Every reason to say no, each with a stable code that clients translate.

use crate::money::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// A refusal of the domain: what is wrong, what is missing, and when it becomes possible.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", self.code())]
pub enum Refusal {
    /// Sign-in: unknown login or wrong password; one answer for every cause.
    SignInFailed,
    /// Too many tries: wait.
    Throttled {
        /// Whole seconds until the next try is weighed.
        retry_after_seconds: u64,
    },
    /// The hashing pool's queue is full.
    Busy,
    /// The session ended, was revoked, or its token is not ours.
    SessionEnded,
    /// The first password must be changed before anything else.
    MustChangePassword,
    /// Whoever signed in has no right to this: a subscriber among staff, staff among subscribers, or another role's.
    NotPermitted,
    /// The present password given with a change is wrong.
    PasswordWrong,
    /// What is asked wants the present password with it.
    PasswordNeeded,
    /// The new password is too easy.
    PasswordWeak {
        /// Every rule it breaks, one at least.
        reasons: Vec<WeakPassword>,
    },
    /// The login is taken by another contract.
    LoginTaken,
    /// The login is not of the allowed form, or looks like a contract number.
    LoginInvalid,
    /// The recovery code is wrong, used or old.
    CodeWrong,
    /// No such object among the caller's own.
    NotFound,
    /// A month before the contract or after the present.
    MonthOutside {
        /// The first month that exists, `YYYY-MM`.
        first: crate::calendar::Month,
        /// The last month that exists.
        last: crate::calendar::Month,
    },
    /// The wished tariff is the present one.
    TariffSame,
    /// The tariff is not offered to this account, or does not exist.
    TariffUnavailable,
    /// A change is already planned.
    ChangePlanned {
        /// The day it starts.
        starts_on: Date,
        /// The first day another change is possible, unless this one is taken back.
        possible_from: Date,
    },
    /// The last change took effect too recently.
    ChangeTooSoon {
        /// The first day a change is possible again.
        possible_from: Date,
    },
    /// Cancelled plans are limited in a month.
    CancelLimit {
        /// The first day a cancellation is possible again.
        possible_from: Date,
    },
    /// Nothing is planned.
    NothingPlanned,
    /// The balance does not pay the price.
    FundsShort {
        /// How much is missing.
        missing: Money,
    },
    /// The account is blocked for want of money.
    AccountBlocked {
        /// What would unblock it.
        missing: Money,
    },
    /// The contract is too young to be lent money.
    ContractYoung {
        /// The first day it is old enough.
        possible_from: Date,
    },
    /// The money lasts long enough without a promised payment.
    PromiseNotNeeded {
        /// The first day it will be needed as things are; none within the forecast.
        possible_from: Option<Date>,
    },
    /// A promised payment is running.
    PromiseActive {
        /// Its last day.
        until: Date,
        /// The first day another may be given, this one being paid back by then.
        possible_from: Date,
    },
    /// The last promised payment ran out and is not paid back.
    PromiseUnpaid {
        /// The day it was taken.
        taken_on: Date,
        /// What pays it back.
        missing: Money,
        /// The first day another may be given once it is paid back; right then, unless there is one.
        possible_from: Option<Date>,
    },
    /// Promised payments are limited in a month.
    PromiseLimit {
        /// The first day of the next month.
        possible_from: Date,
    },
    /// The subscriber paused the account.
    AccountPaused {
        /// The last day of the pause.
        until: Date,
        /// The day service goes on.
        possible_from: Date,
    },
    /// Such Turbo is not sold here.
    TurboUnavailable,
    /// The tariff is as fast already.
    TurboNotFaster,
    /// Turbo runs into the days wished for a pause.
    TurboRunning {
        /// When it ends.
        until: OffsetDateTime,
        /// The first day a pause can begin.
        possible_from: Date,
    },
    /// A pause is planned; or Turbo would run into it.
    PausePlanned {
        /// Its first day.
        starts_on: Date,
        /// The day after it.
        possible_from: Date,
    },
    /// A pause of so many days is not given.
    PauseLength {
        /// Days of the shortest.
        least: i64,
        /// Days of the longest.
        most: i64,
    },
    /// A pause can begin neither before tomorrow nor so far ahead.
    PauseStart {
        /// The first day it can begin.
        possible_from: Date,
        /// The last one.
        latest: Date,
    },
    /// The last pause ended too recently.
    PauseTooSoon {
        /// The first day another can begin.
        possible_from: Date,
    },
    /// The account is not paused.
    NotPaused,
    /// Service goes on tomorrow anyway.
    PauseEnding {
        /// The day service goes on.
        resumes_on: Date,
    },
    /// The pause has begun: it can only be ended early.
    PauseStarted,
    /// Static addresses are not sold here, or all are taken.
    PoolEmpty,
    /// The account has a static address.
    StaticIpConnected,
    /// The account has none.
    StaticIpAbsent,
    /// The static address is given up already.
    StaticIpEnding {
        /// Its last day.
        until: Date,
        /// The first day another can be connected.
        possible_from: Date,
    },
    /// What was done is not undone, or not any more.
    UndoOver,
    /// As many as may be undone in a month were undone.
    UndoSpent {
        /// The first day of the next month.
        possible_from: Date,
    },
    /// The account is suspended by staff.
    AccountSuspended,
    /// The account is closed.
    AccountClosed,
    /// The quote's ground has moved: entries, tariffs, policy or the day.
    QuoteStale,
    /// What was edited has changed since it was read.
    EditStale,
    /// The quote's ten minutes or its day are over.
    QuoteExpired,
    /// The quote was confirmed before, under another key.
    QuoteUsed,
    /// The idempotency key was used with another request.
    KeyReused,
    /// A twin of this request is still being worked on.
    KeyInProgress,
    /// The contract number is taken.
    ContractTaken,
    /// A payment with this reference was recorded with another amount.
    ReferenceTaken,
    /// The account is not suspended, so there is nothing to resume.
    NotSuspended,
    /// A field of what was given does not have the form it must have.
    FieldInvalid {
        /// Its name on the wire.
        field: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
    /// The sum is less or more than may be paid this way.
    AmountInvalid {
        /// The least.
        least: Money,
        /// The most.
        most: Money,
    },
    /// The bill is paid, or a later one asks for what it asked.
    BillSettled,
    /// No such way to pay is offered here.
    MethodUnavailable,
    /// As many payments as may wait at once wait for their payer.
    TooManyPayments,
    /// The gateway did not answer, or refused; nothing was taken.
    GatewayAway,
    /// An entry of this kind, or one of which a part went back already, is not undone.
    NotReversible,
    /// The entry was undone before.
    AlreadyReversed,
    /// More than is left of the payment, or than the balance holds.
    RefundTooLarge {
        /// The most that can go back.
        most: Money,
    },
    /// Somebody decided it before.
    AlreadyDecided,
    /// The IPv6 prefix lies within one that goes with another address, or the other way round.
    PrefixTaken,
    /// No voucher has this code, or its series was cancelled.
    VoucherUnknown,
    /// The voucher was redeemed before.
    VoucherUsed,
    /// The voucher's time is over.
    VoucherExpired,
    /// The file is not the register it should be.
    RegisterUnreadable {
        /// Where, and what is wrong there.
        why: String,
    },
    /// The contract still runs, and only what has ended is forgotten.
    ContractOpen,
    /// Money is owed one way or the other: it must be given back, paid or written off first.
    BalanceLeft {
        /// The balance.
        balance: Money,
    },
    /// The key made a series of vouchers before, whose codes are told once.
    SeriesMade {
        /// The id of that series.
        series: String,
    },
    /// The gateway cannot give the money back by itself, or not a part of it; nothing was posted.
    RefundUnsendable {
        /// It could give the whole back.
        whole_only: bool,
    },
    /// Bills and receipts name whoever sells, and this installation has no requisites.
    RequisitesAbsent,
    /// The payment is not on the balance: it waits, failed, or was wholly taken back.
    PaymentNotCredited,
    /// The profile holds no such contact.
    ContactAbsent,
    /// The contact is confirmed already.
    ContactConfirmed,
    /// Only a confirmed contact is good for this.
    ContactUnconfirmed,
    /// The code that confirms a contact is wrong, used or old.
    ContactCodeWrong,
    /// As many codes as are sent in a day were sent.
    CodesSpent {
        /// The first day another one is sent.
        possible_from: Date,
    },
    /// This installation sends no letters.
    MailAbsent,
    /// This installation sends no short messages.
    SmsAbsent,
    /// This installation sends no notifications to browsers.
    PushAbsent,
    /// Nobody takes part in the draw.
    NobodyDrawn,
    /// As many tickets as may wait at once wait for support's answer.
    TicketsWaiting {
        /// How many.
        most: i64,
    },
    /// As many messages or files as are taken in a day were taken.
    WritingSpent {
        /// The first day more are.
        possible_from: Date,
    },
    /// The file is of no kind that is taken.
    FileUnfit,
    /// The day lies in the future.
    DayInFuture {
        /// The present business day.
        today: Date,
    },
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldFault {
    /// Nothing, where something must stand.
    Missing,
    /// More characters than are kept.
    TooLong,
    /// Not of the field's form.
    Invalid,
}

/// Which rule a new password breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeakPassword {
    /// Fewer characters than the setting asks.
    TooShort,
    /// More than 256 characters.
    TooLong,
    /// Among those tried first by attackers.
    Common,
    /// Contains the contract number, login, phone or provider's name.
    Personal,
    /// Equal to the present password.
    Unchanged,
}

impl Refusal {
    /// The stable code programs read.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::SignInFailed => "sign_in_failed",
            Refusal::Throttled { .. } => "throttled",
            Refusal::Busy => "busy",
            Refusal::SessionEnded => "session_ended",
            Refusal::MustChangePassword => "must_change_password",
            Refusal::NotPermitted => "not_permitted",
            Refusal::PasswordNeeded => "password_needed",
            Refusal::PasswordWrong => "password_wrong",
            Refusal::PasswordWeak { .. } => "password_weak",
            Refusal::LoginTaken => "login_taken",
            Refusal::LoginInvalid => "login_invalid",
            Refusal::CodeWrong => "code_wrong",
            Refusal::NotFound => "not_found",
            Refusal::MonthOutside { .. } => "month_outside",
            Refusal::TariffSame => "tariff_same",
            Refusal::TariffUnavailable => "tariff_unavailable",
            Refusal::ChangePlanned { .. } => "change_planned",
            Refusal::ChangeTooSoon { .. } => "change_too_soon",
            Refusal::CancelLimit { .. } => "cancel_limit",
            Refusal::NothingPlanned => "nothing_planned",
            Refusal::FundsShort { .. } => "funds_short",
            Refusal::AccountBlocked { .. } => "account_blocked",
            Refusal::ContractYoung { .. } => "contract_young",
            Refusal::PromiseNotNeeded { .. } => "promise_not_needed",
            Refusal::PromiseActive { .. } => "promise_active",
            Refusal::PromiseUnpaid { .. } => "promise_unpaid",
            Refusal::PromiseLimit { .. } => "promise_limit",
            Refusal::AccountPaused { .. } => "account_paused",
            Refusal::TurboUnavailable => "turbo_unavailable",
            Refusal::TurboNotFaster => "turbo_not_faster",
            Refusal::TurboRunning { .. } => "turbo_running",
            Refusal::PausePlanned { .. } => "pause_planned",
            Refusal::PauseLength { .. } => "pause_length",
            Refusal::PauseStart { .. } => "pause_start",
            Refusal::PauseTooSoon { .. } => "pause_too_soon",
            Refusal::NotPaused => "not_paused",
            Refusal::PauseEnding { .. } => "pause_ending",
            Refusal::PauseStarted => "pause_started",
            Refusal::PoolEmpty => "pool_empty",
            Refusal::StaticIpConnected => "static_ip_connected",
            Refusal::StaticIpAbsent => "static_ip_absent",
            Refusal::StaticIpEnding { .. } => "static_ip_ending",
            Refusal::UndoOver => "undo_over",
            Refusal::UndoSpent { .. } => "undo_spent",
            Refusal::AccountSuspended => "account_suspended",
            Refusal::AccountClosed => "account_closed",
            Refusal::QuoteStale => "quote_stale",
            Refusal::EditStale => "edit_stale",
            Refusal::QuoteExpired => "quote_expired",
            Refusal::QuoteUsed => "quote_used",
            Refusal::KeyReused => "key_reused",
            Refusal::KeyInProgress => "key_in_progress",
            Refusal::ContractTaken => "contract_taken",
            Refusal::ReferenceTaken => "reference_taken",
            Refusal::NotSuspended => "not_suspended",
            Refusal::FieldInvalid { .. } => "invalid",
            Refusal::AmountInvalid { .. } => "amount_invalid",
            Refusal::BillSettled => "bill_settled",
            Refusal::MethodUnavailable => "method_unavailable",
            Refusal::TooManyPayments => "too_many_payments",
            Refusal::GatewayAway => "gateway_away",
            Refusal::NotReversible => "not_reversible",
            Refusal::AlreadyReversed => "already_reversed",
            Refusal::RefundTooLarge { .. } => "refund_too_large",
            Refusal::AlreadyDecided => "already_decided",
            Refusal::PrefixTaken => "prefix_taken",
            Refusal::VoucherUnknown => "voucher_unknown",
            Refusal::VoucherUsed => "voucher_used",
            Refusal::VoucherExpired => "voucher_expired",
            Refusal::RegisterUnreadable { .. } => "register_unreadable",
            Refusal::ContractOpen => "contract_open",
            Refusal::BalanceLeft { .. } => "balance_left",
            Refusal::SeriesMade { .. } => "series_made",
            Refusal::RefundUnsendable { .. } => "refund_unsendable",
            Refusal::RequisitesAbsent => "requisites_absent",
            Refusal::PaymentNotCredited => "payment_not_credited",
            Refusal::ContactAbsent => "contact_absent",
            Refusal::ContactConfirmed => "contact_confirmed",
            Refusal::ContactUnconfirmed => "contact_unconfirmed",
            Refusal::ContactCodeWrong => "contact_code_wrong",
            Refusal::CodesSpent { .. } => "codes_spent",
            Refusal::MailAbsent => "mail_absent",
            Refusal::SmsAbsent => "sms_absent",
            Refusal::PushAbsent => "push_absent",
            Refusal::NobodyDrawn => "nobody_drawn",
            Refusal::TicketsWaiting { .. } => "tickets_waiting",
            Refusal::WritingSpent { .. } => "writing_spent",
            Refusal::FileUnfit => "file_unfit",
            Refusal::DayInFuture { .. } => "day_in_future",
        }
    }

    /// How much money is missing, where that is the reason.
    pub fn missing(&self) -> Option<Money> {
        match self {
            Refusal::FundsShort { missing }
            | Refusal::AccountBlocked { missing }
            | Refusal::PromiseUnpaid { missing, .. } => Some(*missing),
            _ => None,
        }
    }

    /// The first day the refused thing becomes possible, where a day is the reason.
    pub fn possible_from(&self) -> Option<Date> {
        match self {
            Refusal::ChangeTooSoon { possible_from }
            | Refusal::CancelLimit { possible_from }
            | Refusal::ChangePlanned { possible_from, .. }
            | Refusal::ContractYoung { possible_from }
            | Refusal::PromiseActive { possible_from, .. }
            | Refusal::PromiseLimit { possible_from }
            | Refusal::WritingSpent { possible_from }
            | Refusal::AccountPaused { possible_from, .. }
            | Refusal::TurboRunning { possible_from, .. }
            | Refusal::PausePlanned { possible_from, .. }
            | Refusal::PauseStart { possible_from, .. }
            | Refusal::PauseTooSoon { possible_from }
            | Refusal::StaticIpEnding { possible_from, .. }
            | Refusal::UndoSpent { possible_from }
            | Refusal::CodesSpent { possible_from } => Some(*possible_from),
            Refusal::PromiseNotNeeded { possible_from } | Refusal::PromiseUnpaid { possible_from, .. } => {
                *possible_from
            }
            _ => None,
        }
    }
}
