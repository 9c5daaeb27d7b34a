//! What staff send and are told, a file for each room of the office.

mod accounts;
mod house;
mod payments;
mod registers;
mod reports;
mod stock;
mod telling;

pub use accounts::{
    Closed, ConnectionLogin, Decision, EditSubscriber, Erased, NoticeStatus, OpenRequest, RecoveryCode,
    RegisterSubscriber, Registered, SentNotice, Subscriber, SubscriberFound,
};
pub use house::{AuditRow, DailyRun, DeadTask, OfTopic, RepeatedTasks, Topic};
pub use payments::{
    DecidePayment, DecidedPayment, OrphanedEvent, PaymentAttention, PaymentInReview, PaymentWord, RefundPayment,
    StaffPayment, SumWithReason, TakeCash,
};
pub use registers::{AssignLine, BankLine, BankLineStatus, ImportReport, LineNote};
pub use reports::{ChargesReport, DayTakings, Debtor, MoneyReport, TariffEarned};
pub use stock::{
    AddAddresses, AddedAddresses, AddressPrefix, CreateVouchers, PrintedVouchers, StaticAddress, VoucherSeries,
};
pub use telling::{
    AddNews, AnswerTicket, ConsentTo, Consenting, HoldDraw, NewsWords, PrizeDraw, StaffNews, StaffThread, StaffTicket,
};

use cabinet_core::staff::Role;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// `GET /staff/me`: the member of staff who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffMember {
    /// Its id.
    pub id: Uuid,
    /// What they sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "cashier"))]
    pub login: String,
    /// As colleagues know them.
    pub name: String,
    /// What they are there for.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::RoleCode))]
    pub role: Role,
    /// When they were added.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Why something is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// 1 to 200 characters on one line.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub reason: String,
}
