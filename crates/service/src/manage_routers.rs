//! The provider's routers, how each kind of them is told a profile, and with what subscribers sign in there.

use crate::account_tx::Actor;
use crate::office::{check_line, first_password};
use crate::{Error, Service};
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Refusal, network::Access};
use cabinet_gateways::radius::template::{self, PRESETS};
use cabinet_store::network_logins::{self, Login};
use cabinet_store::routers::{self, Line, Router};
use cabinet_store::{StoreError, Tx};
use serde_json::json;
use std::net::IpAddr;
use uuid::Uuid;

/// The most bytes of a secret.
const LONGEST_SECRET: usize = 128;
/// Contracts that get a secret at once.
const PAGE: i64 = 500;

/// A router as it is to be.
#[derive(Clone, Debug)]
pub struct NewRouter {
    /// Its name.
    pub name: String,
    /// Where its requests come from.
    pub address: IpAddr,
    /// Its kind: one that has lines, or a preset.
    pub kind: String,
    /// What it and the provider alone know.
    pub secret: String,
    /// Where it listens for changes.
    pub coa_port: u16,
    /// Changes carry a Message-Authenticator.
    pub signs: bool,
    /// Its answers must carry one.
    pub demands: bool,
}

/// A kind of router: its name, and its lines for whoever is served and whoever may reach the cabinet only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The name.
    pub name: String,
    /// `Attribute := value`, for whoever is served.
    pub open: Vec<String>,
    /// For whoever may reach the cabinet only.
    pub garden: Vec<String>,
}

impl Service {
    /// Keeps a router, in place of the one of its name. A preset becomes a kind with its first router.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of `name` (one line of 1 to 40 characters), `secret`, `kind` (unknown) or `address` (another
    /// router's).
    pub async fn put_router(&self, by: Actor, new: NewRouter) -> Result<(), Error> {
        let name = check_line("name", &new.name, 40)?;
        let secret = check_secret(&new.secret)?;
        let mut tx = self.store.write().await?;
        if routers::lines(&mut tx, &new.kind).await?.is_empty() {
            let preset = preset(&new.kind).ok_or(invalid("kind"))?;
            write_kind(&mut tx, &preset).await?;
        }
        let (address, kind) = (new.address.to_string(), new.kind);
        let details = json!({ "name": name, "address": address, "kind": kind });
        let (coa_port, signs, demands) = (i64::from(new.coa_port), new.signs, new.demands);
        match routers::put(&mut tx, &Router { name, address, kind, secret, coa_port, signs, demands }).await {
            Err(StoreError::Conflict) => return Err(invalid("address").into()),
            other => other?,
        }
        self.audit(&mut tx, self.clock.now(), None, by, "router.put", details).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets a router.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn remove_router(&self, by: Actor, name: &str) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        if !routers::remove(&mut tx, name).await? {
            return Err(Refusal::NotFound.into());
        }
        self.audit(&mut tx, self.clock.now(), None, by, "router.remove", json!({ "name": name })).await?;
        Ok(tx.commit().await?)
    }

    /// Every router, by name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_routers(&self) -> Result<Vec<Router>, Error> {
        Ok(routers::list(&mut self.store.read().await?).await?)
    }

    /// Every kind a router may be of: those that have lines, and the presets.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn router_kinds(&self) -> Result<Vec<Kind>, Error> {
        let mut view = self.store.read().await?;
        let mut kinds = Vec::new();
        for name in routers::kinds(&mut view).await? {
            let lines = routers::lines(&mut view, &name).await?;
            let of = |access: Access| {
                let own = lines.iter().filter(|line| line.access == access.code());
                own.map(|line| format!("{} {} {}", line.attribute, line.op, line.value)).collect()
            };
            kinds.push(Kind { open: of(Access::Open), garden: of(Access::Garden), name });
        }
        let others = PRESETS.iter().filter(|known| !kinds.iter().any(|kind| kind.name == known.name));
        let others: Vec<Kind> = others.filter_map(|known| preset(known.name)).collect();
        kinds.extend(others);
        kinds.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(kinds)
    }

    /// Gives a kind these lines in place of those it had.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of `name`, or of `line` where one is no template, or there is none for either.
    pub async fn put_router_kind(&self, by: Actor, kind: &Kind) -> Result<(), Error> {
        let kind = Kind { name: check_line("name", &kind.name, 40)?, ..kind.clone() };
        // Without a line for them, whoever is blocked would go anywhere.
        if kind.open.is_empty() || kind.garden.is_empty() {
            return Err(invalid("line").into());
        }
        let mut tx = self.store.write().await?;
        write_kind(&mut tx, &kind).await?;
        let details = json!({ "name": kind.name, "open": kind.open, "garden": kind.garden });
        self.audit(&mut tx, self.clock.now(), None, by, "router.kind", details).await?;
        Ok(tx.commit().await?)
    }

    /// With what a subscriber's equipment signs in.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn show_network_login(&self, account: Uuid) -> Result<Option<Login>, Error> {
        Ok(network_logins::of(&mut self.store.read().await?, account).await?)
    }

    /// Gives a subscriber's equipment a new secret, or the one given; under the name given, the one it has, or the contract's
    /// number.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::FieldInvalid`] of `username` (1 to 64 letters, digits or `@._:/-`; another contract's
    /// number and a name that is taken are refused) or `secret` (1 to 128 printable characters without blanks and quotes).
    pub async fn put_network_login(
        &self,
        by: Actor,
        account: Uuid,
        username: Option<&str>,
        secret: Option<&str>,
    ) -> Result<Login, Error> {
        let secret = secret.map_or_else(|| Ok(first_password(self)), check_secret)?;
        let mut work = self.lock_account(account).await?;
        let before = network_logins::of(&mut work.tx, account).await?;
        let username = match (username, before) {
            (Some(name), _) => check_username(name, &work.held.contract)?,
            (None, Some(before)) => before.username,
            (None, None) => work.held.contract.clone(),
        };
        let login = Login { username, secret };
        match network_logins::put(&mut work.tx, account, &login).await {
            Err(StoreError::Conflict) => return Err(invalid("username").into()),
            other => other?,
        }
        work.audit(by, "network_login.set", json!({})).await?;
        work.commit().await?;
        Ok(login)
    }

    /// Gives every contract that has none its name and secret: those of before the network was known. Answers each with its
    /// contract number.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn make_network_logins(&self, by: Actor) -> Result<Vec<(String, Login)>, Error> {
        let (mut made, mut after, today) = (Vec::new(), String::new(), self.clock.today());
        loop {
            let page = network_logins::missing(&mut self.store.read().await?, today, &after, PAGE).await?;
            let Some((_, last)) = page.last() else { return Ok(made) };
            after.clone_from(last);
            for (account, contract) in page {
                made.push((contract, self.put_network_login(by, account, None, None).await?));
            }
        }
    }
}

/// The name and secret of a new contract.
pub(crate) fn first_login(service: &Service, contract: &str) -> Login {
    Login { username: contract.to_owned(), secret: first_password(service) }
}

async fn write_kind(tx: &mut Tx, kind: &Kind) -> Result<(), Error> {
    let mut lines = Vec::new();
    for (access, of) in [(Access::Open, &kind.open), (Access::Garden, &kind.garden)] {
        for text in of {
            let read: template::Line = text.parse().map_err(|_| invalid("line"))?;
            let op = read.op.as_str();
            let value = text.split_once(op).map_or("", |(_, value)| value.trim()).to_owned();
            lines.push(Line {
                access: access.code().to_owned(),
                attribute: read.attribute.name.to_owned(),
                op: op.to_owned(),
                value,
            });
        }
    }
    Ok(routers::put_lines(tx, &kind.name, &lines).await?)
}

fn preset(name: &str) -> Option<Kind> {
    let texts = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let known = PRESETS.iter().find(|known| known.name == name)?;
    Some(Kind { name: known.name.to_owned(), open: texts(known.served), garden: texts(known.garden) })
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::FieldInvalid { field, fault: FieldFault::Invalid }
}

/// A secret that every router and FreeRADIUS take as it is.
fn check_secret(secret: &str) -> Result<String, Refusal> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    match (1..=LONGEST_SECRET).contains(&secret.len()) && secret.bytes().all(plain) {
        true => Ok(secret.to_owned()),
        false => Err(invalid("secret")),
    }
}

/// A name that FreeRADIUS writes into its questions as it is. Numbers are for contracts: one that comes later must find its
/// own free.
fn check_username(name: &str, contract: &str) -> Result<String, Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._:/-".contains(&byte);
    let number = name.len() <= 20 && name.bytes().all(|byte| byte.is_ascii_digit());
    match (1..=64).contains(&name.len()) && name.bytes().all(plain) && (!number || name == contract) {
        true => Ok(name.to_owned()),
        false => Err(invalid("username")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_secrets_travel_as_they_are() {
        for name in ["0042", "ivan@home", "AA:BB:CC:DD:EE:FF", "000000000000000000042"] {
            assert_eq!(check_username(name, "0042").as_deref(), Ok(name));
        }
        for name in ["", "0043", "іван", "a b", "a'b", "a%b", &"a".repeat(65)] {
            assert_eq!(check_username(name, "0042"), Err(invalid("username")), "{name:?}");
        }
        assert_eq!(check_secret("p%{User-Name}$1").as_deref(), Ok("p%{User-Name}$1"));
        for secret in ["", "a b", "a\"b", "a'b", "a`b", "a\\b", "пароль", &"a".repeat(129)] {
            assert_eq!(check_secret(secret), Err(invalid("secret")), "{secret:?}");
        }
    }
}
