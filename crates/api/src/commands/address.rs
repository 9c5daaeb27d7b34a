//! `cabinet address`: the provider's static addresses.

use super::{Failure, counted, for_staff, hint, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_core::ip_range::{IpRange, Ipv6Prefix};
use cabinet_service::Actor;
use clap::{Args, Subcommand};
use std::net::Ipv4Addr;

#[derive(Subcommand)]
pub(super) enum Address {
    /// Add addresses to a pool: one, FIRST-LAST or NET/LENGTH, up to 4096 at once
    Add(Add),
    /// List the addresses and the contracts that have them
    List,
    /// Say which IPv6 prefix goes with an address: whoever has the address has it
    Prefix(Prefix),
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
pub(super) struct Prefix {
    /// The address
    address: Ipv4Addr,
    /// The prefix, as 2001:db8:7::/56; none takes it away
    #[arg(value_parser = prefix)]
    prefix: Option<Ipv6Prefix>,
}

#[derive(Args)]
pub(super) struct Withdraw {
    /// The address
    address: Ipv4Addr,
}

fn range(text: &str) -> Result<String, String> {
    text.parse::<IpRange>().map(|_| text.to_owned()).map_err(|why| why.to_string())
}

fn prefix(text: &str) -> Result<Ipv6Prefix, String> {
    text.parse::<Ipv6Prefix>().map_err(|why| why.to_string())
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
                        let prefix = row.ipv6_prefix.map(|prefix| format!("  {prefix}")).unwrap_or_default();
                        say(format!("{}  {:<15}{prefix}  {state}", row.pool, row.address))?;
                    }
                    after = next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            Address::Prefix(given) => {
                let (address, prefix) = (given.address.to_string(), given.prefix.map(|prefix| prefix.to_string()));
                let outcome = service.set_address_prefix(Actor::Staff, &address, prefix.as_deref()).await;
                for_staff(outcome, |refusal| match refusal {
                    Refusal::PrefixTaken => Some("it overlaps the prefix of another address".to_owned()),
                    refusal => absent(refusal, config),
                })?;
                say(match prefix {
                    Some(prefix) => format!("{prefix} goes with {address}"),
                    None => format!("no prefix goes with {address}"),
                })?;
            }
            Address::Withdraw(given) => {
                let address = given.address.to_string();
                let outcome = service.withdraw_address(Actor::Staff, &address).await;
                for_staff(outcome, |refusal| absent(refusal, config))?;
                say(format!("{address} is out of use"))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

fn absent(refusal: &Refusal, config: &Config) -> Option<String> {
    let told = || format!("there is no such address: {} tells them", hint(config, "address list"));
    matches!(refusal, Refusal::NotFound).then(told)
}
