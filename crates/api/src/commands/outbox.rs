//! `cabinet outbox`: tasks that were given up.

use super::{Failure, counted, for_staff, hint, id, say, told};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_service::Actor;
use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

/// Tasks told at once.
const SHOWN: i64 = 100;

#[derive(Subcommand)]
pub(super) enum Outbox {
    /// List tasks that were given up, the newest first
    List(Given),
    /// Try tasks that were given up again: one, or all of a topic, or all
    Repeat(Repeat),
}

#[derive(Args)]
pub(super) struct Given {
    /// Of this topic only
    #[arg(long, value_name = "TOPIC")]
    topic: Option<Topic>,
}

#[derive(Args)]
pub(super) struct Repeat {
    /// This one, as `cabinet outbox list` names it
    #[arg(value_parser = id, conflicts_with = "topic")]
    task: Option<Uuid>,
    /// All of this topic
    #[arg(long, value_name = "TOPIC")]
    topic: Option<Topic>,
}

/// What tasks are about.
#[derive(Clone, Copy, ValueEnum)]
enum Topic {
    /// Letters of bills
    Bill,
    /// Other letters and messages, codes among them
    Notice,
    /// Notices
    Message,
    /// Payments asked after
    PaymentPoll,
    /// Turbo that the network did not take
    Network,
}

impl Topic {
    fn code(self) -> &'static str {
        match self {
            Topic::Bill => "bill",
            Topic::Notice => "notice",
            Topic::Message => "message",
            Topic::PaymentPoll => "payment_poll",
            Topic::Network => "network",
        }
    }
}

impl Outbox {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Outbox::List(given) => {
                let mut found = service.list_dead_of(given.topic.map(Topic::code), SHOWN + 1).await?;
                let more = found.len() as i64 > SHOWN;
                found.truncate(SHOWN as usize);
                for task in found {
                    let why = task.error.unwrap_or_default();
                    say(format!("{}  {:<12}  {}  {why}", task.id, task.topic, told(task.ended_at)))?;
                }
                if more {
                    say(format!("… and more: the newest {SHOWN} are shown"))?;
                }
            }
            Outbox::Repeat(Repeat { task: Some(task), .. }) => {
                for_staff(service.repeat_task(Actor::Staff, task).await, |refusal| match refusal {
                    Refusal::NotFound => {
                        Some(format!("no such task waits to be repeated: {} tells them", hint(config, "outbox list")))
                    }
                    _ => None,
                })?;
                say("1 task will be tried again")?;
            }
            Outbox::Repeat(Repeat { topic, .. }) => {
                let tasks = service.repeat_tasks(Actor::Staff, topic.map(Topic::code)).await?;
                say(format!("{} will be tried again", counted(tasks, "task", "tasks")))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}
