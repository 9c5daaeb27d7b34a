//! What subscribers are told and answered: draws, tickets, news.

use crate::support::{NewsKind, Ticket, TicketMessage};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentTo {
    /// Hearing of promotions and offers.
    Promotions,
    /// Taking part in prize draws.
    Draws,
}

/// A contract that agreed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consenting {
    /// The account.
    pub id: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// Full name.
    pub name: String,
    /// Phones as written.
    pub phones: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When phones or e-mail last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub contacts_updated_at: OffsetDateTime,
    /// When a consent last changed.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub consents_changed_at: Option<OffsetDateTime>,
    /// Which wording it was given to; empty for a consent from before it was kept.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11"))]
    pub wording: String,
}

/// `POST /staff/draws`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldDraw {
    /// What is drawn: a title is drawn once.
    #[cfg_attr(feature = "openapi", schema(example = "Роутер до Нового року", min_length = 1, max_length = 120))]
    pub title: String,
    /// Those take part whose contacts were renewed on this day or later.
    pub updated_since: Date,
}

/// A prize draw that was held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrizeDraw {
    /// Its id.
    pub id: Uuid,
    /// What was drawn.
    pub title: String,
    /// Those took part whose contacts were renewed on this day or later.
    pub updated_since: Date,
    /// Among how many contracts.
    pub contracts: i64,
    /// Who won.
    pub winner: Uuid,
    /// The winner's contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// When it was held.
    #[serde(with = "time::serde::rfc3339")]
    pub held_at: OffsetDateTime,
}

/// A ticket in support's list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffTicket {
    /// Whose it is.
    pub subscriber: Uuid,
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0042"))]
    pub contract: String,
    /// The ticket.
    pub ticket: Ticket,
}

/// A ticket with everything in it, as support sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffThread {
    /// Whose it is.
    pub subscriber: Uuid,
    /// The ticket.
    pub ticket: Ticket,
    /// What was said, the first message first.
    pub messages: Vec<TicketMessage>,
}

/// `POST /staff/subscribers/{id}/tickets/{ticket}/messages`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerTicket {
    /// Plain text, lines apart by `\n`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub text: String,
    /// Ids of files sent before by `keepStaffTicketFile`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 3))]
    pub files: Vec<Uuid>,
    /// Whether nothing is left to say.
    #[serde(default)]
    pub close: bool,
}

/// The words of a notice in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewsWords {
    /// One line.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120))]
    pub title: String,
    /// Plain text, lines apart by `\n`; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    pub text: String,
}

/// `POST /staff/news`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddNews {
    /// What is told.
    #[cfg_attr(feature = "openapi", schema(value_type = NewsKind))]
    pub kind: cabinet_core::support::NewsKind,
    /// In Ukrainian.
    pub uk: NewsWords,
    /// In Russian; whoever reads it is told the Ukrainian without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<NewsWords>,
    /// In English; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<NewsWords>,
    /// Whom it concerns: streets or houses as addresses have them, several with `;`. Everybody without any.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 400, example = "вул. Іванова; вул. Миру 1"))]
    pub places: String,
    /// From when it is shown; at once without.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub from: Option<OffsetDateTime>,
    /// Until when; to the end of the works without, thirty days for news.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// When works begin: asked of planned works.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When they end: likewise.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
}

/// A notice as the office sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffNews {
    /// Its id.
    pub id: Uuid,
    /// What is told.
    pub kind: NewsKind,
    /// In Ukrainian.
    pub uk: NewsWords,
    /// In Russian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ru: Option<NewsWords>,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<NewsWords>,
    /// Whom it concerns; everybody if empty.
    pub places: String,
    /// From when it is shown.
    #[serde(with = "time::serde::rfc3339")]
    pub from: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// When works begin.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub starts_at: Option<OffsetDateTime>,
    /// When they end.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::serde::rfc3339::option")]
    pub withdrawn_at: Option<OffsetDateTime>,
}
