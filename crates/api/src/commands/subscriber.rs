//! `cabinet subscriber`: what an office does until it has screens.

use super::{Failure, Which};
use crate::config::Config;
use crate::serve;
use cabinet_core::{ContractNumber, Language, Money, Standing, TariffCode};
use cabinet_service::Service;
use cabinet_service::office::Registration;
use clap::{Args, Subcommand};
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum Subscriber {
    /// Register a contract from today; prints the first password, once
    Register(Box<Register>),
    /// Show a contract
    Show(Contract),
    /// Issue a one-time code for a forgotten password; ten minutes, five tries
    RecoveryCode(Contract),
    /// Record cash
    Pay(Pay),
    /// Suspend a contract: nothing is charged until it is resumed
    Suspend(Suspend),
    /// Resume a suspended contract; today is charged at once
    Resume(Contract),
}

#[derive(Args)]
pub(super) struct Contract {
    /// Contract number
    contract: ContractNumber,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
pub(super) struct Register {
    /// Contract number: 1 to 20 digits
    contract: ContractNumber,
    /// Family name
    #[arg(long, value_parser = name)]
    last_name: String,
    /// Given name
    #[arg(long, value_parser = name)]
    first_name: String,
    /// Patronymic
    #[arg(long, default_value = "")]
    middle_name: String,
    /// Address of the connection
    #[arg(long, value_parser = name)]
    address: String,
    /// Phones, several with `;`
    #[arg(long, default_value = "")]
    phones: String,
    /// E-mail
    #[arg(long)]
    email: Option<String>,
    /// Code of the tariff, as `home-20`
    #[arg(long)]
    tariff: String,
    /// Cash paid with it, as 50.00; without it the account begins blocked
    #[arg(long, value_name = "AMOUNT", value_parser = cash)]
    paid: Option<Money>,
    /// Language of texts: uk, ru or en
    #[arg(long, default_value = "uk", value_parser = language)]
    language: Language,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
pub(super) struct Pay {
    /// Contract number
    contract: ContractNumber,
    /// Amount, as 50.00
    #[arg(value_parser = cash)]
    amount: Money,
    /// Number of the receipt: the same one is never recorded twice
    #[arg(long)]
    receipt: Option<String>,
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
pub(super) struct Suspend {
    /// Contract number
    contract: ContractNumber,
    /// Why, shown to the subscriber
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    which: Which,
}

impl Subscriber {
    pub(super) fn which(&self) -> Which {
        match self {
            Subscriber::Register(register) => register.which,
            Subscriber::Show(contract) | Subscriber::RecoveryCode(contract) | Subscriber::Resume(contract) => {
                contract.which
            }
            Subscriber::Pay(pay) => pay.which,
            Subscriber::Suspend(suspend) => suspend.which,
        }
    }

    pub(super) async fn carry_out(self, config: Config) -> Result<(), Failure> {
        let service = serve::open(&config).await?;
        match self {
            Subscriber::Register(register) => register_one(&service, *register).await?,
            Subscriber::Show(given) => {
                let id = find(&service, &given.contract).await?;
                show(&service, id).await?;
            }
            Subscriber::RecoveryCode(given) => {
                find(&service, &given.contract).await?;
                let code = service.issue_recovery_code(given.contract.as_str()).await?;
                println!("{code}");
                eprintln!("good for ten minutes and five tries, once");
            }
            Subscriber::Pay(pay) => {
                let id = find(&service, &pay.contract).await?;
                let entry = service.pay_cash(id, pay.amount, pay.receipt.as_deref()).await?;
                println!("entry {}: {} recorded on {}", entry.seq, entry.amount, entry.posted_on);
                show(&service, id).await?;
            }
            Subscriber::Suspend(suspend) => {
                let id = find(&service, &suspend.contract).await?;
                service.suspend(id, &suspend.reason).await?;
                show(&service, id).await?;
            }
            Subscriber::Resume(given) => {
                let id = find(&service, &given.contract).await?;
                service.resume(id).await?;
                show(&service, id).await?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

async fn find(service: &Service, contract: &ContractNumber) -> Result<Uuid, Failure> {
    match service.find_contract(contract).await {
        Err(cabinet_service::Error::Refused(cabinet_core::Refusal::NotFound)) => {
            Err(Failure::Told(format!("there is no contract {contract}")))
        }
        other => Ok(other?),
    }
}

async fn register_one(service: &Service, given: Register) -> Result<(), Failure> {
    let contract = given.contract.clone();
    let registration = Registration {
        contract: given.contract,
        last_name: given.last_name,
        first_name: given.first_name,
        middle_name: given.middle_name.trim().to_owned(),
        address: given.address,
        phones: given.phones.trim().to_owned(),
        email: given.email,
        tariff: TariffCode::new(given.tariff),
        language: given.language,
        first_payment: given.paid,
    };
    let registered = service.register_subscriber(registration).await?;
    println!("contract        {contract}");
    println!("first password  {}", registered.first_password);
    eprintln!("the password is shown this once; it must be changed at the first sign-in");
    Ok(())
}

async fn show(service: &Service, id: Uuid) -> Result<(), Failure> {
    let facts = service.show_subscriber(id).await?;
    let (held, profile) = (&facts.held, &facts.profile);
    let account = &held.account;
    let today = service.now().today;
    let standing = match account.standing(today) {
        Standing::Active => "active",
        Standing::Blocked => "blocked",
        Standing::Suspended => "suspended",
        Standing::Closed => "closed",
    };
    println!("contract  {}", held.contract);
    println!("name      {} {} {}", profile.last_name, profile.first_name, profile.middle_name);
    println!("address   {}", profile.address);
    println!("phones    {}", profile.phones);
    if let Some(email) = &profile.email {
        println!("e-mail    {email}");
    }
    println!("tariff    {}", facts.tariff);
    if let Some(planned) = account.pending_on(today) {
        println!("planned   {} from {}", planned.tariff, planned.starts_on);
    }
    println!("standing  {standing}");
    if let Some(reason) = &held.suspended_reason {
        println!("reason    {reason}");
    }
    println!("balance   {}", account.balance);
    println!("entries   {}, charged through {}", account.entries, account.service.charged_through);
    Ok(())
}

fn cash(text: &str) -> Result<Money, String> {
    let amount: Money = text.parse().map_err(|error: cabinet_core::money::MoneyError| error.to_string())?;
    if !amount.is_payable() {
        return Err(format!("an amount of cash lies between 0.01 and {}", Money::PAYMENT_MAX));
    }
    Ok(amount)
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("1 to 200 characters".to_owned());
    }
    Ok(text.to_owned())
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "one of uk, ru, en".to_owned())
}
