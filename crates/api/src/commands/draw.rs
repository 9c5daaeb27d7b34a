//! `cabinet draw`: who agreed to prize draws and promotions, and draws held among them.

use super::{Failure, counted, for_staff, local_day, parse_day, put, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_service::Actor;
use cabinet_store::draws::{Consent, Draw as Held};
use clap::{Args, Subcommand};
use std::fmt::Write;
use time::Date;

/// Rows asked for at once.
const PAGE: i64 = 100;

#[derive(Subcommand)]
pub(super) enum Draw {
    /// List contracts that agreed to prize draws and renewed their contacts on a day or later
    List(Listed),
    /// Draw a winner among them and record the draw; a title is drawn once
    Hold(Hold),
    /// Tell the draws that were held, the newest first
    Held,
}

#[derive(Args)]
pub(super) struct Listed {
    /// The first day contacts count as renewed
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    since: Date,
    /// Who agreed to hear of promotions instead
    #[arg(long)]
    promotions: bool,
}

#[derive(Args)]
pub(super) struct Hold {
    /// What is drawn
    title: String,
    /// The first day contacts count as renewed
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    since: Date,
}

impl Draw {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Draw::List(Listed { since, promotions }) => {
                let consent = if promotions { Consent::Promotions } else { Consent::Draws };
                let mut cursor = None;
                loop {
                    let (found, next) = service.list_agreed(consent, since, cursor, PAGE).await?;
                    let lines = found.iter().fold(String::new(), |mut lines, one| {
                        let name = format!("{} {} {}", one.last_name, one.first_name, one.middle_name);
                        let email = one.email.as_deref().unwrap_or_default();
                        let renewed = local_day(one.contacts_updated_at);
                        let _ = writeln!(
                            lines,
                            "{:<10}  {:<40}  {}  {}  {email}",
                            one.contract,
                            name.trim(),
                            renewed,
                            one.phones
                        );
                        lines
                    });
                    put(&lines)?;
                    match next {
                        Some(next) => cursor = Some(next),
                        None => break,
                    }
                }
            }
            Draw::Hold(Hold { title, since }) => {
                let held = for_staff(service.hold_draw(Actor::Staff, &title, since).await, |refusal| match refusal {
                    Refusal::NobodyDrawn => Some(format!("nobody agreed to draws and renewed contacts since {since}")),
                    Refusal::AlreadyDecided => Some(format!("«{title}» was drawn among others: `cabinet draw held`")),
                    _ => None,
                })?;
                say(line(&held))?;
            }
            Draw::Held => {
                let mut cursor = None;
                loop {
                    let (found, next) = service.list_draws(cursor, PAGE).await?;
                    for held in &found {
                        say(line(held))?;
                    }
                    match next {
                        Some(next) => cursor = Some(next),
                        None => break,
                    }
                }
            }
        }
        service.store.close().await;
        Ok(())
    }
}

fn line(held: &Held) -> String {
    format!(
        "{}  {}  contract {} of {}, contacts since {}",
        local_day(held.held_at),
        held.title,
        held.contract,
        counted(held.contracts, "contract", "contracts"),
        held.updated_since
    )
}
