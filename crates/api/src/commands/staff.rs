//! `cabinet staff`: who works in the office.

use super::{Failure, for_staff, hint, local_day, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::Refusal;
use cabinet_core::staff::Role;
use cabinet_service::manage_staff::NewMember;
use cabinet_service::{Actor, Service};
use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(super) enum Staff {
    /// Add a member of staff; prints the first password, once
    Add(Add),
    /// List everybody, those who left among them
    List,
    /// Give a new first password, print it once, and end every session
    Password(Member),
    /// Take access away at once
    Disable(Member),
    /// Give access back
    Enable(Member),
}

#[derive(Args)]
pub(super) struct Add {
    /// What they sign in with: 3 to 32 Latin letters, digits, `.`, `_`, `-`, beginning with a letter
    login: String,
    /// As colleagues know them
    #[arg(long)]
    name: String,
    /// cashier, support, manager or admin
    #[arg(long, value_parser = role)]
    role: Role,
}

#[derive(Args)]
pub(super) struct Member {
    /// What they sign in with
    login: String,
}

impl Staff {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Staff::Add(given) => add(&service, given).await?,
            Staff::List => list(&service, config).await?,
            Staff::Password(given) => {
                let password =
                    named(service.reset_staff_password(Actor::Staff, &given.login).await, config, &given.login)?;
                tell_password(&given.login, &password)?;
            }
            Staff::Disable(given) => {
                named(service.disable_staff(Actor::Staff, &given.login).await, config, &given.login)?;
                say(format!("{} has no access any more", given.login))?;
            }
            Staff::Enable(given) => {
                named(service.enable_staff(Actor::Staff, &given.login).await, config, &given.login)?;
                say(format!("{} has access again", given.login))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

async fn add(service: &Service, given: Add) -> Result<(), Failure> {
    let Add { login, name, role } = given;
    let new = NewMember { login: login.clone(), name, role };
    let password = for_staff(service.add_staff(Actor::Staff, &new).await, |refusal| match refusal {
        Refusal::LoginTaken => Some(format!("the login {login} is taken")),
        Refusal::LoginInvalid => Some(format!(
            "`{login}` is no login: 3 to 32 Latin letters, digits, dots, hyphens or underscores, a letter first"
        )),
        Refusal::FieldInvalid { .. } => Some("a name is one line of 1 to 120 characters".to_owned()),
        _ => None,
    })?;
    tell_password(&login, &password)
}

fn tell_password(login: &str, password: &str) -> Result<(), Failure> {
    say(format!("login           {login}\nfirst password  {password}"))?;
    eprintln!("the password is shown this once; it must be changed at the first sign-in");
    Ok(())
}

async fn list(service: &Service, config: &Config) -> Result<(), Failure> {
    let members = service.list_staff().await?;
    if members.is_empty() {
        eprintln!("nobody yet: {} makes the first", hint(config, "staff add LOGIN --name NAME --role admin"));
    }
    for one in members {
        let left = one.disabled_at.map(|at| format!("  no access since {}", local_day(at))).unwrap_or_default();
        say(format!("{:16} {:8} {}{left}", one.login, one.role, one.name))?;
    }
    Ok(())
}

fn named<T>(outcome: Result<T, cabinet_service::Error>, config: &Config, login: &str) -> Result<T, Failure> {
    for_staff(outcome, |refusal| match refusal {
        Refusal::NotFound => {
            Some(format!("no member of staff has the login {login}: {} tells them", hint(config, "staff list")))
        }
        Refusal::AlreadyDecided => Some(format!("nothing to do: so it is with the access of {login} already")),
        _ => None,
    })
}

fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code.trim()).ok_or_else(|| "one of cashier, support, manager, admin".to_owned())
}
