//! `cabinet news`: what is told to everybody, or to who lives in some places.

use super::{Failure, for_staff, hint, id, say, told};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_core::support::NewsKind;
use cabinet_service::Actor;
use cabinet_service::clock::local_instant;
use cabinet_service::tell_news::{NewNotice, Words};
use clap::{Args, Subcommand};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

/// Notices a list shows.
const LISTED: i64 = 100;

#[derive(Subcommand)]
pub(super) enum News {
    /// Publish news, or works that are planned; prints the id
    Add(Box<Add>),
    /// List notices, the newest first
    List,
    /// Take a notice back: nobody is shown it any more
    Withdraw(Withdraw),
}

#[derive(Args)]
pub(super) struct Add {
    /// The title in Ukrainian, one line
    title: String,
    /// What there is to say beside it
    #[arg(long, value_name = "TEXT", default_value = "")]
    text: String,
    /// The title in Russian; whoever reads it is told the Ukrainian without
    #[arg(long, value_name = "TEXT")]
    title_ru: Option<String>,
    /// The text in Russian
    #[arg(long, value_name = "TEXT", default_value = "", requires = "title_ru")]
    text_ru: String,
    /// The title in English
    #[arg(long, value_name = "TEXT")]
    title_en: Option<String>,
    /// The text in English
    #[arg(long, value_name = "TEXT", default_value = "", requires = "title_en")]
    text_en: String,
    /// Whom it concerns, as addresses have it: `вул. Іванова; вул. Миру 1`; everybody without
    #[arg(long, value_name = "PLACES", default_value = "")]
    places: String,
    /// Planned works begin then, local time: `2026-12-25 02:00`
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "works_to")]
    works_from: Option<OffsetDateTime>,
    /// And end then
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "works_from")]
    works_to: Option<OffsetDateTime>,
    /// Shown from then on; at once without
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<OffsetDateTime>,
    /// Shown until then; to the end of the works without, thirty days for news
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<OffsetDateTime>,
}

#[derive(Args)]
pub(super) struct Withdraw {
    /// The notice, as `cabinet news list` names it
    #[arg(value_parser = id)]
    notice: Uuid,
}

impl News {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            News::Add(given) => {
                let outcome = service.add_news(Actor::Staff, &given.notice()).await;
                let added = for_staff(outcome, |refusal| match refusal {
                    Refusal::FieldInvalid { field: "places", .. } => {
                        Some("places are parted by `;`, each with a letter or digit, 400 characters in all".to_owned())
                    }
                    Refusal::FieldInvalid { field: "until" | "ends_at" | "starts_at" | "from", .. } => {
                        Some("it ends after it begins, after now, and within a thousand days".to_owned())
                    }
                    Refusal::FieldInvalid { .. } => {
                        Some("a title is one line of 1 to 120 characters, a text at most 4000".to_owned())
                    }
                    _ => None,
                })?;
                say(added.value.id)?;
            }
            News::List => {
                for one in service.list_all_news(None, LISTED).await?.0 {
                    let places = if one.places.is_empty() { "everybody" } else { &one.places };
                    let works = one.starts_at.zip(one.ends_at);
                    let works = works.map(|(start, end)| format!("  works {} – {}", told(start), told(end)));
                    let withdrawn = if one.withdrawn_at.is_some() { "  withdrawn" } else { "" };
                    say(format!(
                        "{}  shown {} – {}{}{withdrawn}  [{places}]  {}",
                        one.id,
                        told(one.shown_from),
                        told(one.shown_until),
                        works.unwrap_or_default(),
                        one.title_uk
                    ))?;
                }
            }
            News::Withdraw(given) => {
                let outcome = service.withdraw_news(Actor::Staff, given.notice).await;
                for_staff(outcome, |refusal| match refusal {
                    Refusal::NotFound => {
                        Some(format!("there is no such notice: {} tells them", hint(config, "news list")))
                    }
                    Refusal::AlreadyDecided => Some("it is withdrawn already".to_owned()),
                    _ => None,
                })?;
                say("withdrawn")?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

impl Add {
    fn notice(self) -> NewNotice {
        let works = self.works_from.zip(self.works_to);
        let words = |title: String, body: String| Words { title, body };
        NewNotice {
            kind: if works.is_some() { NewsKind::PlannedWork } else { NewsKind::News },
            uk: words(self.title, self.text),
            ru: self.title_ru.map(|title| words(title, self.text_ru)),
            en: self.title_en.map(|title| words(title, self.text_en)),
            places: self.places,
            from: self.from,
            until: self.until,
            works,
        }
    }
}

/// A local moment of the command line.
fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let local = PrimitiveDateTime::parse(text.trim(), form).map_err(|_| "write a moment like 2026-12-25 02:00")?;
    match local.year() {
        2000..=2999 => Ok(local_instant(local.date(), local.time())),
        _ => Err("that is not this millennium".to_owned()),
    }
}
