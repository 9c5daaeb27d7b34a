//! The office: a contract registered, found and looked at.

use crate::account_tx::Actor;
use crate::manage_routers::first_login;
use crate::{Error, Service};
use cabinet_core::account::Account;
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::person::{Field, folded, phone_digits};
use cabinet_core::refusal::FieldFault;
use cabinet_core::{ContractNumber, Language, Money, Refusal, TariffCode};
use cabinet_store::accounts::{self, Held};
use cabinet_store::network_logins::{self, Login};
use cabinet_store::profiles::{self, Found, Profile};
use cabinet_store::{StoreError, credentials};
use uuid::Uuid;

/// Cash of any payable sum is taken.
pub(crate) const ANY_PAYMENT: Refusal = Refusal::AmountInvalid { least: Money::PAYMENT_MIN, most: Money::PAYMENT_MAX };

/// A contract to be.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Contract number.
    pub contract: ContractNumber,
    /// Family name.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Patronymic; may be empty.
    pub middle_name: String,
    /// Address of the connection.
    pub address: String,
    /// Phones as written.
    pub phones: String,
    /// E-mail.
    pub email: Option<String>,
    /// The tariff taken.
    pub tariff: TariffCode,
    /// Language of texts.
    pub language: Language,
    /// Cash paid at registration; without it the account begins blocked.
    pub first_payment: Option<Money>,
}

/// A new contract and the password that is printed once.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The account.
    pub id: Uuid,
    /// Good until changed at the first sign-in.
    pub first_password: String,
}

/// An account as the office sees it.
#[derive(Clone, Debug)]
pub struct SubscriberFacts {
    /// The account.
    pub held: Held,
    /// Whose it is.
    pub profile: Profile,
    /// Name of the present tariff.
    pub tariff: String,
}

/// What a new contract is given to sign in with: the one at the cabinet, the other at a router. It holds secrets: no `Debug`.
#[derive(Clone)]
pub struct Secrets {
    /// Good until changed at the first sign-in.
    pub first_password: String,
    /// Of the subscriber's equipment.
    pub login: Login,
}

impl Secrets {
    /// New ones.
    pub fn of(service: &Service, contract: &ContractNumber) -> Secrets {
        Secrets { first_password: first_password(service), login: first_login(service, contract.as_str()) }
    }
}

impl Service {
    /// Registers a contract from today, its first day charged at once, all in one transaction.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`], [`Refusal::AmountInvalid`], [`Refusal::TariffUnavailable`], [`Refusal::ContractTaken`].
    pub async fn register_subscriber(&self, by: Actor, registration: Registration) -> Result<Registered, Error> {
        let secrets = Secrets::of(self, &registration.contract);
        self.register_with_secrets(by, registration, secrets).await
    }

    /// The same with secrets that were printed beforehand: what cannot be printed is not registered.
    ///
    /// # Errors
    /// As [`Service::register_subscriber`].
    pub async fn register_with_secrets(
        &self,
        by: Actor,
        registration: Registration,
        secrets: Secrets,
    ) -> Result<Registered, Error> {
        let Secrets { first_password, login } = secrets;
        if registration.first_payment.is_some_and(|amount| !amount.is_payable()) {
            return Err(ANY_PAYMENT.into());
        }
        let profile = Profile {
            last_name: Field::LastName.check(&registration.last_name)?,
            first_name: Field::FirstName.check(&registration.first_name)?,
            middle_name: Field::MiddleName.check(&registration.middle_name)?,
            address: Field::Address.check(&registration.address)?,
            phones: Field::Phones.check(&registration.phones)?,
            email: registration.email.map(|email| Field::Email.check(&email)).transpose()?.filter(|e| !e.is_empty()),
            consent_promotions: false,
            consent_draws: false,
            consents_changed_at: None,
            contacts_updated_at: None,
            language: registration.language.code().to_owned(),
            theme: "system".to_owned(),
        };
        let hash = self.access.hasher.hash(&first_password).await?;
        let now = self.now();
        let (id, service_id) = (self.new_id(), self.new_id());
        let mut tx = self.store.write().await?;
        let account = Account::open(now.today, registration.tariff.clone());
        if crate::ground::Ground::load(&mut tx).await?.catalogue.find(&registration.tariff).is_none() {
            return Err(Refusal::TariffUnavailable.into());
        }
        match accounts::open(&mut tx, id, registration.contract.as_str(), service_id, &account).await {
            Err(StoreError::Conflict) => return Err(Refusal::ContractTaken.into()),
            other => other?,
        }
        profiles::put(&mut tx, id, &profile).await?;
        credentials::insert(&mut tx, id, &hash, true, now.instant).await?;
        network_logins::put(&mut tx, id, &login).await?;
        let mut work = self.lock_within(tx, id).await?;
        if let Some(amount) = registration.first_payment {
            work.post(Draft::new(EntryKind::CashPayment, amount), by).await?;
        }
        work.settle().await?;
        let details = serde_json::json!({ "tariff": registration.tariff, "paid": registration.first_payment });
        work.audit(by, "subscriber.register", details).await?;
        work.commit().await?;
        Ok(Registered { id, first_password })
    }

    /// The account behind a contract number.
    pub async fn find_contract(&self, contract: &ContractNumber) -> Result<Uuid, Error> {
        let id = accounts::id_of_contract(&mut self.store.read().await?, contract.as_str()).await?;
        Ok(id.ok_or(Refusal::NotFound)?)
    }

    /// An account as the office sees it.
    pub async fn show_subscriber(&self, account: Uuid) -> Result<SubscriberFacts, Error> {
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let profile = profiles::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        drop(view);
        let ground = self.ground_of(&held.account).await?;
        let tariff = ground.catalogue.get(held.account.tariff_on(self.clock.today())).name.clone();
        Ok(SubscriberFacts { held, profile, tariff })
    }

    /// Subscribers who are found by a text: a contract number finds its contract, anything else whoever has all its words
    /// in the name, address, phones, e-mail or contract number; by contract number, and the cursor of the next page.
    pub async fn search_subscribers(
        &self,
        text: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<(Vec<Found>, Option<String>), Error> {
        let mut view = self.store.read().await?;
        if cursor.is_none() && accounts::id_of_contract(&mut view, text.trim()).await?.is_some() {
            let contract = text.trim();
            let mut found = profiles::search(&mut view, &[contract.to_owned()], "", 100).await?;
            found.retain(|one| one.contract == contract);
            if !found.is_empty() {
                return Ok((found, None));
            }
        }
        let phone = phone_digits(text);
        let is_phone = phone.len() >= 10 && !text.chars().any(char::is_alphabetic);
        let words: Vec<String> =
            if is_phone { vec![phone] } else { folded(text).split(' ').map(str::to_owned).collect() };
        let found = profiles::search(&mut view, &words, cursor.unwrap_or_default(), limit + 1).await?;
        Ok(paged(found, limit, |one| one.contract.clone()))
    }

    /// Makes whoever was registered by an older version findable; answers how many.
    pub async fn make_findable(&self) -> Result<u64, Error> {
        let mut made = 0;
        loop {
            let mut tx = self.store.write().await?;
            let some = profiles::make_findable(&mut tx, 500).await?;
            tx.commit().await?;
            made += some;
            if some == 0 {
                return Ok(made);
            }
        }
    }
}

/// A page of a list that was asked for one row more, and the cursor of the next.
pub(crate) fn paged<T, C>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> C) -> (Vec<T>, Option<C>) {
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(cursor);
    (rows, next)
}

/// A reason without blanks around it, if the subscriber can be shown it: 1 to 200 characters on one line.
///
/// # Errors
/// [`Refusal::FieldInvalid`].
pub fn check_reason(text: &str) -> Result<String, Refusal> {
    check_line("reason", text, 200)
}

/// A text without blanks around it, if it says something on one line of so many characters.
pub(crate) fn check_line(field: &'static str, text: &str, longest: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let fault = match () {
        () if text.is_empty() => FieldFault::Missing,
        () if text.chars().count() > longest => FieldFault::TooLong,
        () if text.chars().any(char::is_control) => FieldFault::Invalid,
        () => return Ok(text.to_owned()),
    };
    Err(Refusal::FieldInvalid { field, fault })
}

/// Letters and digits that are not mistaken for one another on paper.
const LEGIBLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Twelve legible characters, 59 bits of chance, in groups of four.
pub fn first_password(service: &Service) -> String {
    let groups: Vec<String> = (0..3).map(|_| service.chance.secret_text(LEGIBLE, 4)).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_on_one_line() {
        assert_eq!(check_reason(" переїзд ").as_deref(), Ok("переїзд"));
        assert_eq!(check_reason(&"я".repeat(200)), Ok("я".repeat(200)));
        for (bad, fault) in [
            ("", FieldFault::Missing),
            (" \t ", FieldFault::Missing),
            (&"я".repeat(201), FieldFault::TooLong),
            ("a\nb", FieldFault::Invalid),
        ] {
            assert_eq!(check_reason(bad), Err(Refusal::FieldInvalid { field: "reason", fault }), "{bad:?}");
        }
    }
}
