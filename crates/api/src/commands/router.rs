//! `cabinet router`: the provider's routers, and how each kind of them is told a profile.

use super::{Failure, for_staff, hint, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_gateways::radius::template;
use cabinet_service::manage_routers::{Kind, NewRouter};
use cabinet_service::{Actor, Service};
use clap::{Args, Subcommand};
use std::net::IpAddr;

#[derive(Subcommand)]
pub(super) enum Router {
    /// Add a router, or change the one of that name; its secret is read from standard input
    Add(Add),
    /// List the routers
    List,
    /// Forget a router
    Remove(Remove),
    /// Show the kinds of routers with what each is told, or give a kind lines of its own
    Kind(GivenKind),
}

#[derive(Args)]
pub(super) struct Add {
    /// Its name, 1 to 40 characters
    name: String,
    /// The address its requests come from, to which changes are sent
    address: IpAddr,
    /// mikrotik, accel-ppp, cisco, juniper, or a kind of your own
    #[arg(long, value_name = "KIND", default_value = "mikrotik")]
    kind: String,
    /// The port where it listens for changes (RFC 5176)
    #[arg(long, value_name = "PORT", default_value_t = 3799)]
    coa_port: u16,
    /// Send changes without a Message-Authenticator, which some old routers refuse
    #[arg(long)]
    unsigned: bool,
    /// Believe only answers that carry a Message-Authenticator
    #[arg(long, conflicts_with = "unsigned")]
    demand_signature: bool,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The router's name
    name: String,
}

#[derive(Args)]
pub(super) struct GivenKind {
    /// The kind; without lines it is shown, without a name all are
    name: Option<String>,
    /// A line for whoever is served, as `Mikrotik-Rate-Limit := {up_rate}/{down_rate}`; once for each
    #[arg(long, value_name = "LINE", value_parser = line, requires_all = ["name", "garden"])]
    open: Vec<String>,
    /// A line for whoever may reach the cabinet only
    #[arg(long, value_name = "LINE", value_parser = line, requires = "open")]
    garden: Vec<String>,
}

fn line(text: &str) -> Result<String, String> {
    text.parse::<template::Line>().map(|_| text.to_owned()).map_err(|why| why.to_string())
}

impl Router {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Router::Add(given) => add(&service, config, given).await?,
            Router::List => {
                for one in service.list_routers().await? {
                    let signed = if one.signs { "" } else { ", unsigned" };
                    say(format!(
                        "{}  {}  {}  changes at port {}{signed}",
                        one.name, one.address, one.kind, one.coa_port
                    ))?;
                }
            }
            Router::Remove(given) => {
                for_staff(service.remove_router(Actor::Staff, &given.name).await, |refusal| match refusal {
                    Refusal::NotFound => {
                        Some(format!("there is no such router: {} tells them", hint(config, "router list")))
                    }
                    _ => None,
                })?;
                say(format!("{} is forgotten; FreeRADIUS knows it until it is restarted", given.name))?;
            }
            Router::Kind(given) => kind(&service, given).await?,
        }
        service.store.close().await;
        Ok(())
    }
}

async fn add(service: &Service, config: &Config, given: Add) -> Result<(), Failure> {
    let read = std::io::read_to_string(std::io::stdin());
    let secret = read.map_err(|why| Failure::Told(format!("standard input: {why}")))?;
    let new = NewRouter {
        name: given.name.clone(),
        address: given.address,
        kind: given.kind.clone(),
        secret: secret.trim().to_owned(),
        coa_port: given.coa_port,
        signs: !given.unsigned,
        demands: given.demand_signature,
    };
    for_staff(service.put_router(Actor::Staff, new).await, |refusal| match refusal {
        Refusal::FieldInvalid { field: "secret", .. } => Some(
            "a secret is 1 to 128 printable characters without blanks and quotes, given on standard input: \
             `printf %s SECRET | cabinet router add …`"
                .to_owned(),
        ),
        Refusal::FieldInvalid { field: "kind", .. } => {
            Some(format!("there is no kind {}: {} tells them", given.kind, hint(config, "router kind")))
        }
        Refusal::FieldInvalid { field: "address", .. } => {
            Some(format!("{} is another router's: {} tells whose", given.address, hint(config, "router list")))
        }
        Refusal::FieldInvalid { .. } => Some("a router's name is one line of 1 to 40 characters".to_owned()),
        _ => None,
    })?;
    say(format!("{} is known at {}; FreeRADIUS learns of it when it is restarted", given.name, given.address))
}

async fn kind(service: &Service, given: GivenKind) -> Result<(), Failure> {
    if let Some(name) = given.name.clone().filter(|_| !given.open.is_empty()) {
        let kind = Kind { name, open: given.open, garden: given.garden };
        for_staff(service.put_router_kind(Actor::Staff, &kind).await, |refusal| match refusal {
            Refusal::FieldInvalid { .. } => Some("a kind's name is one line of 1 to 40 characters".to_owned()),
            _ => None,
        })?;
    }
    for kind in service.router_kinds().await? {
        if given.name.as_ref().is_some_and(|name| *name != kind.name) {
            continue;
        }
        say(&kind.name)?;
        for (access, lines) in [("open", kind.open), ("garden", kind.garden)] {
            for line in lines {
                say(format!("  {access:<6}  {line}"))?;
            }
        }
    }
    Ok(())
}
