//! Everything that is kept of a subscriber, as `data.json` of the archive holds it.

use crate::account::Overview;
use crate::bill::BillBrief;
use crate::history::HistoryRow;
use crate::payment::Payment;
use crate::profile::Profile;
use crate::push::Push;
use crate::quote::Order;
use crate::settings::Settings;
use crate::sms_balance::SmsBalance;
use crate::statement::Entry;
use crate::support::TicketThread;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// `POST /me/data-export`: the present password, asked again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExportData {
    /// The present password.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub password: String,
}

/// `data.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataExport {
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// Who keeps it.
    pub provider: String,
    /// The header as it was then.
    pub account: Overview,
    /// Names, address, contacts and consents.
    pub profile: Profile,
    /// When a consent last changed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub consents_changed_at: Option<OffsetDateTime>,
    /// When phones or e-mail last changed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub contacts_updated_at: Option<OffsetDateTime>,
    /// Language and looks.
    pub settings: Settings,
    /// What was asked of staff.
    pub requests: Vec<AskedOfStaff>,
    /// Where one signed in.
    pub sessions: Vec<KeptSession>,
    /// The last sessions of the connection, the last begun first.
    pub connections: Vec<KeptConnection>,
    /// When each known browser or app was last seen.
    pub devices: Vec<Moment>,
    /// The book, newest first.
    pub entries: Vec<Entry>,
    /// Bills, newest first.
    pub bills: Vec<BillBrief>,
    /// Payments through gateways, newest first.
    pub payments: Vec<Payment>,
    /// Lines of banks' registers that were credited.
    pub transfers: Vec<Transfer>,
    /// What was ordered, newest first.
    pub orders: Vec<Order>,
    /// Tickets with every message, newest first; a file lies beside as `files/{id}/{name}`, unless it is one too many.
    pub tickets: Vec<TicketThread>,
    /// What is told of the account, and by which ways.
    pub sms_balance: SmsBalance,
    /// What browsers are told, and which.
    pub push: Push,
    /// What was done, newest first.
    pub history: Vec<HistoryRow>,
}

/// A wish that staff decide, or decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedOfStaff {
    /// `name`, `address` or `erasure`.
    pub about: String,
    /// Into what.
    pub wish: String,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    /// When it was decided.
    #[serde(with = "time::serde::rfc3339::option")]
    pub decided_at: Option<OffsetDateTime>,
    /// How.
    pub granted: Option<bool>,
}

/// A session, ended or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptSession {
    /// What the browser or app called itself.
    pub user_agent: String,
    /// Where it was last used from.
    pub address: String,
    /// When it was opened.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was last used.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

/// A session of the connection, as the router told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptConnection {
    /// The name it signed in under.
    pub username: String,
    /// The address it had.
    pub address: Option<String>,
    /// The equipment, as a MAC address.
    pub equipment: Option<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// Bytes from the subscriber.
    pub uploaded: i64,
    /// Bytes to the subscriber.
    pub downloaded: i64,
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(#[serde(with = "time::serde::rfc3339")] pub OffsetDateTime);

/// A line of a bank's register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// The bank's document.
    pub document: String,
    /// The bank's day.
    #[serde(with = "crate::day")]
    pub paid_on: Date,
    /// How much.
    pub amount: Money,
    /// Who paid, as the bank names them.
    pub payer: String,
    /// What the payer wrote.
    pub purpose: String,
}
