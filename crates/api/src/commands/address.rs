//! `cabinet address`: the provider's static addresses.

use super::{Failure, counted, for_staff, hint, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_core::ip_range::IpRange;
use cabinet_service::Actor;
use clap::{Args, Subcommand};
use std::net::Ipv4Addr;

#[derive(Subcommand)]
pub(super) enum Address {
    /// Add addresses to a pool: one, FIRST-LAST or NET/LENGTH, up to 4096 at once
    Add(Add),
    /// List the addresses and the contracts that have them
    List,
    /// Take an address out of use: it is given to nobody any more, whoever has it keeps it
    Withdraw(Withdraw),
}

#[derive(Args)]
pub(super) struct Add {
    /// The pool's name, 1 to 40 characters
    pool: String,
    /// Which addresses, as 203.0.113.16/28
    #[arg(value_parser = range)]
    range: String,
}

#[derive(Args)]
pub(super) struct Withdraw {
    /// The address
    address: Ipv4Addr,
}

fn range(text: &str) -> Result<String, String> {
    text.parse::<IpRange>().map(|_| text.to_owned()).map_err(|why| why.to_string())
}

impl Address {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Address::Add(given) => {
                let outcome = service.add_addresses(Actor::Staff, &given.pool, &given.range).await;
                let added = for_staff(outcome, |refusal| match refusal {
                    Refusal::FieldInvalid { .. } => Some("a pool's name is one line of 1 to 40 characters".to_owned()),
                    _ => None,
                })?;
                say(format!("{} added to {}", counted(added, "address", "addresses"), given.pool))?;
            }
            Address::List => {
                let mut after = None;
                loop {
                    let (found, next) = service.list_addresses(after, 100).await?;
                    for row in found {
                        let state = match (&row.contract, row.withdrawn) {
                            (Some(contract), false) => format!("contract {contract}"),
                            (Some(contract), true) => format!("contract {contract}, out of use after it"),
                            (None, true) => "out of use".to_owned(),
                            (None, false) if row.free_from > service.now().today => {
                                format!("rests until {}", row.free_from)
                            }
                            (None, false) => "free".to_owned(),
                        };
                        say(format!("{}  {:<15}  {state}", row.pool, row.address))?;
                    }
                    after = next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            Address::Withdraw(given) => {
                let address = given.address.to_string();
                let outcome = service.withdraw_address(Actor::Staff, &address).await;
                for_staff(outcome, |refusal| match refusal {
                    Refusal::NotFound => {
                        Some(format!("there is no such address: {} tells them", hint(config, "address list")))
                    }
                    _ => None,
                })?;
                say(format!("{address} is out of use"))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}
