//! `cabinet subscriber`: what an office does until it has screens.

use super::request::{self, Decide};
use super::{Failure, for_staff, hint, say};
use crate::config::Config;
use crate::network::has_routers;
use crate::serve;
use cabinet_contract::staff::NoticeStatus;
use cabinet_core::person::Field;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Catalogue, ContractNumber, Language, Money, Refusal, Standing, TariffCode};
use cabinet_documents::guide;
use cabinet_service::office::{Registration, Secrets, check_reason};
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::{Actor, Service};
use cabinet_store::StoreError;
use cabinet_store::ledger::Filter;
use cabinet_store::open::create_private;
use clap::{Args, Subcommand};
use std::fmt::Write;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Entries shown of a contract.
const LATEST: i64 = 10;
/// Notices shown of one.
const NOTICES: i64 = 100;

#[derive(Subcommand)]
pub(super) enum Subscriber {
    /// Register a contract from today; prints the first password, once, or the contract's guide that holds it
    Register(Box<Register>),
    /// Find contracts by number, name, phone or address
    Search(Search),
    /// Show a contract and its latest entries by number
    Show(Contract),
    /// Change names, address, phones or e-mail; what is not given stays
    Edit(Box<Edit>),
    /// List what subscribers asked to have changed and nobody has decided, the oldest first
    Requests,
    /// Grant such a request, which holds at once, or refuse it
    Decide(Decide),
    /// End a contract: tomorrow if today is charged, else today; its balance stays
    Close(Close),
    /// Take everything personal of an ended contract away, for good; the book stays, without a name
    Erase(Erase),
    /// Issue a one-time code for a forgotten password, to be given to a person who was checked
    RecoveryCode(Contract),
    /// Record cash
    Pay(Pay),
    /// Suspend a contract: nothing is charged until it is resumed
    Suspend(Suspend),
    /// Resume a suspended contract; today is charged at once
    Resume(Contract),
    /// Show with what the subscriber's equipment signs in at a router, or give it a new secret
    NetworkSecret(NetworkSecret),
    /// Note that letters to the e-mail come back: nothing is sent there until it is confirmed anew
    Bounced(Contract),
    /// List what a contract was told by SMS and letters, the newest first, and what became of it
    Notices(Contract),
}

#[derive(Args)]
pub(super) struct Contract {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
}

impl Contract {
    pub(super) fn number(&self) -> &ContractNumber {
        &self.contract
    }
}

#[derive(Args)]
pub(super) struct Search {
    /// Words of a name or address, a phone, a contract number
    #[arg(required = true)]
    words: Vec<String>,
}

#[derive(Args)]
pub(super) struct Edit {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// Family name
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::LastName, text))]
    last_name: Option<String>,
    /// Given name
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::FirstName, text))]
    first_name: Option<String>,
    /// Patronymic
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::MiddleName, text))]
    middle_name: Option<String>,
    /// Address of the connection
    #[arg(long, value_parser = |text: &str| field(Field::Address, text))]
    address: Option<String>,
    /// Phones, several with `;`
    #[arg(long, value_parser = |text: &str| field(Field::Phones, text))]
    phones: Option<String>,
    /// E-mail; an empty one takes it away
    #[arg(long, value_parser = |text: &str| field(Field::Email, text))]
    email: Option<String>,
}

#[derive(Args)]
pub(super) struct Register {
    /// Contract number: 1 to 20 digits
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// Family name
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::LastName, text))]
    last_name: String,
    /// Given name
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::FirstName, text))]
    first_name: String,
    /// Patronymic
    #[arg(long, value_name = "NAME", value_parser = |text: &str| field(Field::MiddleName, text))]
    middle_name: Option<String>,
    /// Address of the connection
    #[arg(long, value_parser = |text: &str| field(Field::Address, text))]
    address: String,
    /// Phones, several with `;`, as "067-111-22-33; 044 123 45 67"
    #[arg(long, value_parser = |text: &str| field(Field::Phones, text))]
    phones: Option<String>,
    /// E-mail
    #[arg(long, value_parser = |text: &str| field(Field::Email, text))]
    email: Option<String>,
    /// Code of the tariff, as home-20; `cabinet catalogue export -` tells them
    #[arg(long, value_name = "CODE")]
    tariff: String,
    /// Cash paid with it, as 50.00; without it the account begins blocked
    #[arg(long, value_name = "AMOUNT", value_parser = cash)]
    paid: Option<Money>,
    /// Language of texts: uk, ru or en
    #[arg(long, default_value = "uk", value_parser = language)]
    language: Language,
    /// Write the contract's guide to this PDF, in its language; the first password stands on its last page and nowhere else
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Pay {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// Amount, as 50.00
    #[arg(value_parser = cash)]
    amount: Money,
    /// Number of the receipt: the same one is never recorded twice for a contract
    #[arg(long, value_name = "NUMBER", value_parser = receipt)]
    receipt: Option<String>,
}

#[derive(Args)]
pub(super) struct Close {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// Why, shown to the subscriber in the history of the contract
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Args)]
pub(super) struct Erase {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// On what ground, for the log: the date of the request, not a name
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Args)]
pub(super) struct Suspend {
    /// Contract number
    #[arg(value_parser = contract)]
    contract: ContractNumber,
    /// Why, shown to the subscriber
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Args)]
pub(super) struct NetworkSecret {
    /// Contract number
    #[arg(value_parser = contract, required_unless_present = "missing")]
    contract: Option<ContractNumber>,
    /// Make a new secret
    #[arg(long, conflicts_with = "missing")]
    new: bool,
    /// Take the secret from standard input: the one the equipment has already
    #[arg(long, conflicts_with_all = ["new", "missing"])]
    stdin: bool,
    /// The name it signs in under, in place of the contract number; the secret stays unless another is given
    #[arg(long, value_name = "NAME", conflicts_with = "missing")]
    username: Option<String>,
    /// Make one for every contract that has none, as those of before this version, and list them
    #[arg(long, conflicts_with = "contract")]
    missing: bool,
}

impl Subscriber {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        match self {
            Subscriber::Register(register) => register_one(&service, config, *register).await?,
            Subscriber::Search(given) => search(&service, &given.words.join(" ")).await?,
            Subscriber::Edit(given) => edit(&service, *given).await?,
            Subscriber::Requests => request::list(&service).await?,
            Subscriber::Decide(given) => request::decide(&service, config, &given).await?,
            Subscriber::Close(given) => close(&service, &given).await?,
            Subscriber::Erase(given) => erase(&service, config, &given).await?,
            Subscriber::Show(given) => {
                let id = find(&service, &given.contract).await?;
                show(&service, id).await?;
            }
            Subscriber::RecoveryCode(given) => issue_code(&service, config, &given.contract).await?,
            Subscriber::Pay(given) => pay(&service, &given).await?,
            Subscriber::Suspend(given) => suspend(&service, config, &given).await?,
            Subscriber::NetworkSecret(given) => network_secret(&service, config, given).await?,
            Subscriber::Bounced(given) => bounced(&service, &given.contract).await?,
            Subscriber::Notices(given) => notices(&service, &given.contract).await?,
            Subscriber::Resume(given) => resume(&service, config, &given.contract).await?,
        }
        service.store.close().await;
        Ok(())
    }
}

async fn network_secret(service: &Service, config: &Config, given: NetworkSecret) -> Result<(), Failure> {
    let Some(contract) = given.contract.filter(|_| !given.missing) else {
        for (contract, login) in service.make_network_logins(Actor::Staff).await? {
            say(format!("{contract}  {}  {}", login.username, login.secret))?;
        }
        return Ok(());
    };
    let id = find(service, &contract).await?;
    let present = service.show_network_login(id).await?;
    let typed = given.stdin.then(|| std::io::read_to_string(std::io::stdin())).transpose();
    let typed = typed.map_err(|why| Failure::Told(format!("standard input: {why}")))?;
    let kept = present.as_ref().filter(|_| !given.new).map(|login| login.secret.clone());
    let secret = typed.map(|text| text.trim().to_owned()).or(kept);
    let login = match present {
        Some(login) if given.username.is_none() && secret.as_ref() == Some(&login.secret) => login,
        None if !given.new && !given.stdin && given.username.is_none() => {
            let make = hint(config, &format!("subscriber network-secret {contract} --new"));
            return Err(Failure::Told(format!("contract {contract} signs in at no router: {make} makes a secret")));
        }
        _ => {
            let set = service.put_network_login(Actor::Staff, id, given.username.as_deref(), secret.as_deref()).await;
            for_staff(set, |refusal| match refusal {
                Refusal::FieldInvalid { field: "username", .. } => Some(
                    "a name is 1 to 64 Latin letters, digits or @._:/-, nobody else's and no other contract's number"
                        .to_owned(),
                ),
                Refusal::FieldInvalid { .. } => {
                    Some("a secret is 1 to 128 printable characters without blanks and quotes".to_owned())
                }
                _ => None,
            })?
        }
    };
    say(format!("name    {}\nsecret  {}", login.username, login.secret))
}

async fn bounced(service: &Service, contract: &ContractNumber) -> Result<(), Failure> {
    let id = find(service, contract).await?;
    for_staff(service.note_bounce(Actor::Staff, id).await, |refusal| {
        (*refusal == Refusal::ContactAbsent).then(|| format!("contract {contract} has no e-mail"))
    })?;
    say(format!("nothing is sent to the e-mail of contract {contract} until it is confirmed anew"))
}

async fn notices(service: &Service, contract: &ContractNumber) -> Result<(), Failure> {
    let id = find(service, contract).await?;
    for told in service.list_notices(id, None, NOTICES).await?.0 {
        let at = super::told(told.ended_at.unwrap_or(told.created_at));
        let status = NoticeStatus::of(&told.state, told.delivery.as_deref()).code();
        say(format!("{at}  {:<5}  {:<13}  {status}", told.channel, told.kind))?;
    }
    Ok(())
}

pub(super) async fn find(service: &Service, contract: &ContractNumber) -> Result<Uuid, Failure> {
    for_staff(service.find_contract(contract).await, |refusal| {
        (*refusal == Refusal::NotFound).then(|| format!("there is no contract {contract}: check the number"))
    })
}

async fn register_one(service: &Service, config: &Config, given: Register) -> Result<(), Failure> {
    let contract = given.contract.clone();
    let catalogue = service.catalogue().await?;
    let secrets = Secrets::of(service, &contract);
    let login = has_routers(config, service).await?.then(|| secrets.login.clone());
    let connection = login.as_ref().map(|login| (login.username.as_str(), login.secret.as_str()));
    let printed = |path: &Path| Sheet::write(path, &guide(config, &catalogue, &given, &secrets, connection));
    let sheet = given.sheet.as_deref().map(printed).transpose()?;
    let tariff = TariffCode::new(given.tariff.trim());
    let registration = Registration {
        contract: given.contract,
        last_name: given.last_name,
        first_name: given.first_name,
        middle_name: given.middle_name.unwrap_or_default(),
        address: given.address,
        phones: given.phones.unwrap_or_default(),
        email: given.email,
        tariff: tariff.clone(),
        language: given.language,
        first_payment: given.paid,
    };
    let known: Vec<&str> = catalogue.tariffs.iter().map(|tariff| tariff.code.as_str()).collect();
    let registered =
        for_staff(service.register_with_secrets(Actor::Staff, registration, secrets).await, |refusal| match refusal {
            Refusal::TariffUnavailable => {
                Some(format!("there is no tariff `{tariff}`; there are {}", known.join(", ")))
            }
            Refusal::ContractTaken => {
                let by_whom = hint(config, &format!("subscriber show {contract}"));
                Some(format!("contract {contract} is taken: {by_whom} tells by whom"))
            }
            _ => None,
        })?;
    match sheet {
        Some(sheet) => {
            let path = sheet.keep();
            say(format!("contract  {contract}\nguide     {}", path.display()))?;
            eprintln!("the first password is on its last page, nowhere else: give it to the subscriber, keep no copy");
        }
        None => {
            say(format!("contract        {contract}\nfirst password  {}", registered.first_password))?;
            if let Some(login) = &login {
                say(format!("router name     {}\nrouter secret   {}", login.username, login.secret))?;
            }
            eprintln!("the password is shown this once; it must be changed at the first sign-in");
        }
    }
    if given.paid.is_none() {
        let pay = hint(config, &format!("subscriber pay {contract} AMOUNT"));
        eprintln!("the account is blocked until it has money: {pay}");
    }
    Ok(())
}

/// The contract's guide.
fn guide(
    config: &Config,
    catalogue: &Catalogue,
    given: &Register,
    secrets: &Secrets,
    connection: Option<(&str, &str)>,
) -> Vec<u8> {
    let names = [Some(&given.last_name), Some(&given.first_name), given.middle_name.as_ref()];
    let names: Vec<&str> =
        names.into_iter().flatten().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let code = TariffCode::new(given.tariff.trim());
    let facts = guide::Facts {
        contract: given.contract.as_str(),
        name: &names.join(" "),
        address: given.address.trim(),
        tariff: catalogue.find(&code).map_or(code.as_str(), |tariff| &tariff.name),
        password: &secrets.first_password,
        connection,
        contacts: &config.contacts(given.language),
    };
    guide::pdf(&facts, given.language)
}

/// A file that nobody else reads, which goes again unless the contract it is about is registered.
struct Sheet {
    path: PathBuf,
    kept: bool,
}

impl Sheet {
    /// Writes it to the disk; what is there already stays.
    fn write(path: &Path, bytes: &[u8]) -> Result<Sheet, Failure> {
        let told = |why: std::io::Error| match why.kind() {
            ErrorKind::AlreadyExists => {
                Failure::Told(format!("{} is there already: nothing was registered; name another file", path.display()))
            }
            _ => Failure::Told(format!("{}: {why}; nothing was registered", path.display())),
        };
        let mut file = create_private(path).map_err(told)?;
        let sheet = Sheet { path: path.to_owned(), kept: false };
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(told)?;
        Ok(sheet)
    }

    fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

async fn issue_code(service: &Service, config: &Config, contract: &ContractNumber) -> Result<(), Failure> {
    find(service, contract).await?;
    // The server knows a code by its own secret, which sealed the signing keys.
    let is_the_servers = config.secret_key_file.exists()
        && match service.load_signing_keys().await {
            Err(cabinet_service::Error::Store(StoreError::Corrupt(_))) => false,
            other => other.map(|()| true)?,
        };
    if !is_the_servers {
        let file = config.secret_key_file.display();
        let told = "is not the server's, which would not know the code: name that one in CABINET_SECRET_KEY_FILE";
        return Err(Failure::Told(format!("the secret key file {file} {told}")));
    }
    let code = for_staff(service.issue_recovery_code(Actor::Staff, contract.as_str()).await, |refusal| {
        (*refusal == Refusal::NotFound).then(|| format!("contract {contract} is closed: it gets no code"))
    })?;
    say(code)?;
    let policy = &service.ground().await?.policy;
    eprintln!("good for {} minutes and {} tries, once", policy.recovery_minutes, policy.recovery_tries);
    Ok(())
}

async fn pay(service: &Service, given: &Pay) -> Result<(), Failure> {
    let (contract, receipt) = (&given.contract, given.receipt.as_deref());
    let id = find(service, contract).await?;
    let paid = for_staff(service.pay_cash(Actor::Staff, id, given.amount, receipt).await, |refusal| match refusal {
        Refusal::ReferenceTaken => {
            let receipt = receipt.unwrap_or_default();
            let told = "is recorded with another amount: check the receipt; nothing was posted now";
            Some(format!("receipt {receipt} of contract {contract} {told}"))
        }
        _ => None,
    })?;
    let (seq, amount, day) = (paid.value.seq, paid.value.amount, paid.value.posted_on);
    say(if paid.replayed {
        format!("already recorded, nothing posted: entry {seq}, {amount}, on {day}")
    } else {
        format!("entry {seq}: {amount} recorded on {day}")
    })?;
    show(service, id).await
}

async fn search(service: &Service, text: &str) -> Result<(), Failure> {
    let mut cursor: Option<String> = None;
    loop {
        let (found, next) = service.search_subscribers(text, cursor.as_deref(), 100).await?;
        for one in found {
            let name = [one.last_name, one.first_name, one.middle_name].join(" ");
            let balance = Money::from_kopecks(one.balance);
            say(format!("{:10} {}  {}  {}  {balance}", one.contract, name.trim_end(), one.address, one.phones))?;
        }
        cursor = next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

async fn edit(service: &Service, given: Edit) -> Result<(), Failure> {
    let Edit { contract, last_name, first_name, middle_name, address, phones, email } = given;
    let id = find(service, &contract).await?;
    let wish = ProfileWish { last_name, first_name, middle_name, address, phones, email, ..ProfileWish::default() };
    service.edit_profile(Actor::Staff, id, wish).await?;
    show(service, id).await
}

async fn close(service: &Service, given: &Close) -> Result<(), Failure> {
    let contract = &given.contract;
    let id = find(service, contract).await?;
    let closed = for_staff(service.close_contract(Actor::Staff, id, &given.reason).await, |refusal| {
        (*refusal == Refusal::AccountClosed).then(|| format!("the end of contract {contract} is set already"))
    })?;
    say(format!("contract {contract} is without service from {}", closed.value))?;
    show(service, id).await
}

async fn erase(service: &Service, config: &Config, given: &Erase) -> Result<(), Failure> {
    let contract = &given.contract;
    let id = find(service, contract).await?;
    let erased = for_staff(service.erase_subscriber(Actor::Staff, id, &given.reason).await, |refusal| match refusal {
        Refusal::ContractOpen => {
            let close = hint(config, &format!("subscriber close {contract}"));
            Some(format!("contract {contract} still runs: {close} ends it, with the next day where today is charged"))
        }
        Refusal::BalanceLeft { balance } => Some(format!(
            "the balance of contract {contract} is {balance}: give it back or write it off first, {} or {}",
            hint(config, "payment refund"),
            hint(config, "adjust")
        )),
        _ => None,
    })?;
    say(format!("nothing personal is kept of contract {contract} since {erased}; backups made before still hold it"))
}

async fn suspend(service: &Service, config: &Config, given: &Suspend) -> Result<(), Failure> {
    let contract = &given.contract;
    let id = find(service, contract).await?;
    for_staff(service.suspend(Actor::Staff, id, &given.reason).await, |refusal| match refusal {
        Refusal::AccountSuspended => {
            let why = hint(config, &format!("subscriber show {contract}"));
            Some(format!("contract {contract} is suspended already: {why} tells why"))
        }
        _ => None,
    })?;
    show(service, id).await
}

async fn resume(service: &Service, config: &Config, contract: &ContractNumber) -> Result<(), Failure> {
    let id = find(service, contract).await?;
    let standing = service.show_subscriber(id).await?.held.account.standing(service.now().today);
    for_staff(service.resume(Actor::Staff, id).await, |refusal| match (refusal, standing) {
        (Refusal::NotSuspended, Standing::Blocked) => Some(format!(
            "contract {contract} is not suspended but blocked for want of money: {} unblocks it",
            hint(config, &format!("subscriber pay {contract} AMOUNT"))
        )),
        (Refusal::NotSuspended, _) => Some(format!("contract {contract} is not suspended: nothing to resume")),
        _ => None,
    })?;
    show(service, id).await
}

pub(super) async fn show(service: &Service, id: Uuid) -> Result<(), Failure> {
    let facts = service.show_subscriber(id).await?;
    let (held, profile) = (&facts.held, &facts.profile);
    let account = &held.account;
    let today = service.now().today;
    let standing = match account.standing(today) {
        Standing::Active => "active",
        Standing::Blocked => "blocked",
        Standing::Paused => "paused",
        Standing::Suspended => "suspended",
        Standing::Closed => "closed",
    };
    let names = [&profile.last_name, &profile.first_name, &profile.middle_name];
    let names: Vec<&str> = names.into_iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let planned = account.pending_on(today).map(|planned| format!("{} from {}", planned.tariff, planned.starts_on));
    let rows = [
        ("contract", Some(held.contract.clone())),
        ("name", Some(names.join(" "))),
        ("address", Some(profile.address.clone())),
        ("phones", Some(profile.phones.clone())),
        ("e-mail", profile.email.clone()),
        ("tariff", Some(format!("{} ({})", facts.tariff, account.tariff_on(today)))),
        ("planned", planned),
        ("standing", Some(standing.to_owned())),
        ("closes", account.closed_on.filter(|day| *day > today).map(|day| format!("before {day}"))),
        ("reason", held.suspended_reason.clone()),
        ("balance", Some(account.balance.to_string())),
        ("entries", Some(format!("{}, charged through {}", account.entries, account.service.charged_through))),
    ];
    let mut told = String::new();
    for (name, value) in rows {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writeln!(told, "{name:9} {value}").expect("a text grows");
        }
    }
    let (latest, _) = service.list_entries(id, Filter::default(), None, LATEST).await?;
    for entry in latest {
        // What `payment reverse` and `payment refund` ask for.
        writeln!(told, "entry {:<4} {}  {:<16} {:>10}", entry.seq, entry.posted_on, entry.kind.code(), entry.amount)
            .expect("a text grows");
    }
    say(told.trim_end())
}

pub(super) fn contract(text: &str) -> Result<ContractNumber, String> {
    text.trim().parse().map_err(|error: cabinet_core::account::ContractNumberError| error.to_string())
}

fn cash(text: &str) -> Result<Money, String> {
    let amount: Money = text.trim().parse().map_err(|error: cabinet_core::money::MoneyError| error.to_string())?;
    if !amount.is_payable() {
        return Err(format!("an amount of cash lies between 0.01 and {}", Money::PAYMENT_MAX));
    }
    Ok(amount)
}

fn receipt(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control) {
        return Err("a receipt has a number of 1 to 80 characters".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn reason(text: &str) -> Result<String, String> {
    check_reason(text).map_err(|_| "the subscriber is shown why: 1 to 200 characters on one line".to_owned())
}

/// A field of a person, refused in the words of its form.
fn field(field: Field, text: &str) -> Result<String, String> {
    field.check(text).map_err(|refusal| match (refusal, field) {
        (Refusal::FieldInvalid { fault: FieldFault::Missing, .. }, _) => "it must not be empty".to_owned(),
        (Refusal::FieldInvalid { fault: FieldFault::TooLong, .. }, _) => {
            format!("at most {} characters", field.longest())
        }
        (_, Field::Phones) => "one phone or several with `;` between, each of 5 to 15 digits".to_owned(),
        (_, Field::Email) => "not an address of e-mail, as name@example.com".to_owned(),
        _ => "one line of text, without control characters".to_owned(),
    })
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code.trim()).ok_or_else(|| "one of uk, ru, en".to_owned())
}
