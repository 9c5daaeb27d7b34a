//! Requests to support, and what the provider tells of itself.

use cabinet_core::support::Topic;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What a ticket is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketTopic {
    /// Charges and payments.
    Charges,
    /// How the connection works.
    Connection,
    /// Anything else.
    Other,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl From<Topic> for TicketTopic {
    fn from(topic: Topic) -> TicketTopic {
        match topic {
            Topic::Charges => TicketTopic::Charges,
            Topic::Connection => TicketTopic::Connection,
            Topic::Other => TicketTopic::Other,
        }
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Support is to answer.
    Open,
    /// Support answered.
    Answered,
    /// It is over; a message opens it again.
    Closed,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageAuthor {
    /// Whose ticket it is.
    Subscriber,
    /// Support.
    Staff,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

/// A ticket in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub topic: TicketTopic,
    /// The day of the statement it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::option")]
    pub day: Option<Date>,
    /// Where it stands.
    pub status: TicketStatus,
    /// How its first message begins: one line.
    #[cfg_attr(feature = "openapi", schema(example = "Чому 22 грудня списано 3,22?"))]
    pub begins: String,
    /// How many messages it has.
    pub messages: i64,
    /// Whether its subscriber has not read the last of them.
    pub unread: bool,
    /// When it was opened.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last moved.
    #[serde(with = "time::serde::rfc3339")]
    pub moved_at: OffsetDateTime,
}

/// `GET /me/tickets/{id}`: a ticket with everything in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketThread {
    /// The ticket.
    pub ticket: Ticket,
    /// What was said, the first message first.
    pub messages: Vec<TicketMessage>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketMessage {
    /// Its number within the ticket, the first being 1.
    pub seq: i64,
    /// Who wrote it.
    pub author: MessageAuthor,
    /// Which member of staff; told to staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<String>,
    /// Plain text in lines.
    pub text: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What goes along.
    pub files: Vec<TicketFile>,
}

/// A file, without its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketFile {
    /// Its id.
    pub id: Uuid,
    /// A name that may be kept, with an ending of what the file is.
    #[cfg_attr(feature = "openapi", schema(example = "фото.png"))]
    pub name: String,
    /// What its bytes are: `image/png`, `image/jpeg`, `image/webp`, `application/pdf` or `text/plain; charset=utf-8`.
    #[cfg_attr(feature = "openapi", schema(example = "image/png"))]
    pub media_type: String,
    /// How many bytes.
    pub size: i64,
}

/// `POST /me/tickets`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenTicket {
    /// What it is about.
    #[cfg_attr(feature = "openapi", schema(value_type = TicketTopic))]
    pub topic: Topic,
    /// The day of the statement it is about, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::day::option")]
    pub day: Option<Date>,
    /// What happened: plain text, lines apart by `\n`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub text: String,
    /// Ids of files sent before by `keepTicketFile`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 3))]
    pub files: Vec<Uuid>,
}

/// `POST /me/tickets/{id}/messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WriteMessage {
    /// Plain text, lines apart by `\n`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub text: String,
    /// Ids of files sent before by `keepTicketFile`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 3))]
    pub files: Vec<Uuid>,
}

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketSent {
    /// The ticket.
    pub ticket: Uuid,
    /// The number of the message within it.
    pub seq: i64,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// `PUT /me/tickets/{id}/read`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReadThrough {
    /// The number of the last message that was read.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub through: i64,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// News.
    News,
    /// Works that were planned, with their hours.
    PlannedWork,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl From<cabinet_core::support::NewsKind> for NewsKind {
    fn from(kind: cabinet_core::support::NewsKind) -> NewsKind {
        match kind {
            cabinet_core::support::NewsKind::News => NewsKind::News,
            cabinet_core::support::NewsKind::PlannedWork => NewsKind::PlannedWork,
        }
    }
}

/// Something that concerns the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewsItem {
    /// Its id.
    pub id: Uuid,
    /// What is told.
    pub kind: NewsKind,
    /// One line, in the language of the request where it has one, else in Ukrainian.
    pub title: String,
    /// Plain text in lines; may be empty.
    pub text: String,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: OffsetDateTime,
    /// When works begin.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When they end.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// Whether the caller has read it.
    pub read: bool,
}
