//! `cabinet subscriber requests`, `cabinet subscriber decide`: what subscribers may not change by themselves.

use super::subscriber::{reason, show};
use super::{Failure, for_staff, hint, id, local_day, say};
use crate::config::Config;
use cabinet_core::Refusal;
use cabinet_service::{Actor, Service};
use cabinet_store::profiles::OpenRequest;
use clap::{ArgGroup, Args};
use uuid::Uuid;

#[derive(Args)]
#[command(group(ArgGroup::new("outcome").required(true).args(["grant", "refuse"])))]
pub(super) struct Decide {
    /// The request, as `cabinet subscriber requests` names it
    #[arg(value_parser = id)]
    request: Uuid,
    /// It holds from now on. Of a name the first word becomes the family name, the second the given one
    #[arg(long)]
    grant: bool,
    /// It stays as it was
    #[arg(long)]
    refuse: bool,
    /// What it was decided upon, for the office's log alone
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    note: Option<String>,
}

/// Everything that waits.
async fn waiting(service: &Service) -> Result<Vec<OpenRequest>, Failure> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let (found, next) = service.list_requests(cursor, 100).await?;
        all.extend(found);
        cursor = next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

pub(super) async fn list(service: &Service) -> Result<(), Failure> {
    for one in waiting(service).await? {
        let (request, day) = (&one.request, local_day(one.request.created_at));
        say(format!("{}  {day}  {}  {:<7}  {}", request.id, one.contract, request.field, request.wish))?;
    }
    Ok(())
}

pub(super) async fn decide(service: &Service, config: &Config, given: &Decide) -> Result<(), Failure> {
    let absent = || format!("no such request waits: {} tells those that do", hint(config, "subscriber requests"));
    let found = waiting(service).await?.into_iter().find(|one| one.request.id == given.request);
    let one = found.ok_or_else(|| Failure::Told(absent()))?;
    let note = given.note.as_deref();
    let done = service.decide_request(Actor::Staff, one.account_id, given.request, given.grant, note).await;
    for_staff(done, |refusal| match refusal {
        Refusal::AlreadyDecided | Refusal::NotFound => Some(absent()),
        Refusal::FieldInvalid { field: "granted", .. } => Some(format!(
            "this is a wish to be forgotten: {} does it",
            hint(config, &format!("subscriber erase {}", one.contract))
        )),
        Refusal::FieldInvalid { .. } => Some(format!(
            "`{}` cannot be taken over as it is written: {} does it by hand, then refuse the request",
            one.request.wish,
            hint(config, &format!("subscriber edit {}", one.contract))
        )),
        _ => None,
    })?;
    say(if given.grant { "granted" } else { "refused" })?;
    show(service, one.account_id).await
}
