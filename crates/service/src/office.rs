//! What the office does: registers a contract, takes cash, suspends and resumes.

use crate::account_tx::Actor;
use crate::{Error, Service};
use cabinet_core::account::Account;
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::person::Field;
use cabinet_core::refusal::FieldFault;
use cabinet_core::statement::SpellKind;
use cabinet_core::{ContractNumber, Language, Money, Refusal, TariffCode, calendar};
use cabinet_store::accounts::{self, Held};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{StoreError, credentials, ledger, spells};
use uuid::Uuid;

/// Cash of any payable sum is taken.
const ANY_PAYMENT: Refusal = Refusal::AmountInvalid { least: Money::PAYMENT_MIN, most: Money::PAYMENT_MAX };

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

impl Service {
    /// Registers a contract from today, its first day charged at once, all in one transaction.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`], [`Refusal::AmountInvalid`], [`Refusal::TariffUnavailable`], [`Refusal::ContractTaken`].
    pub async fn register_subscriber(&self, registration: Registration) -> Result<Registered, Error> {
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
        let first_password = first_password(self);
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
        let mut work = self.lock_within(tx, id).await?;
        if let Some(amount) = registration.first_payment {
            work.post(Draft::new(EntryKind::CashPayment, amount), Actor::Staff).await?;
        }
        work.settle().await?;
        work.audit(Actor::Staff, "subscriber.register", serde_json::json!({ "tariff": registration.tariff })).await?;
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

    /// Records cash. The same receipt again answers the first entry; with another amount it is refused. A payment that
    /// makes a blocked account able again charges today and unblocks it in the same transaction.
    pub async fn pay_cash(&self, account: Uuid, amount: Money, receipt: Option<&str>) -> Result<Entry, Error> {
        if !amount.is_payable() {
            return Err(ANY_PAYMENT.into());
        }
        let mut work = self.open_account(account).await?;
        let reference = receipt.map(|receipt| format!("cash:{receipt}"));
        if let Some(reference) = &reference
            && let Some(entry) = ledger::by_reference(&mut work.tx, account, reference).await?
        {
            return if entry.amount == amount { Ok(entry) } else { Err(Refusal::ReferenceTaken.into()) };
        }
        let draft = Draft { reference, ..Draft::new(EntryKind::CashPayment, amount) };
        let entry = work.post(draft, Actor::Staff).await?;
        work.settle().await?;
        work.audit(Actor::Staff, "payment.cash", serde_json::json!({ "amount": amount, "seq": entry.seq })).await?;
        work.commit().await?;
        Ok(entry)
    }

    /// Suspends an account: from the first uncharged day nothing is charged, until it is resumed.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`] of [`check_reason`], [`Refusal::AccountSuspended`].
    pub async fn suspend(&self, account: Uuid, reason: &str) -> Result<(), Error> {
        let reason = check_reason(reason)?;
        let mut work = self.open_account(account).await?;
        if work.held.account.suspended_since.is_some() {
            return Err(Refusal::AccountSuspended.into());
        }
        let charged = work.held.account.service.charged_through == work.now.today;
        let since = if charged { calendar::tomorrow(work.now.today) } else { work.now.today };
        work.held.account.suspended_since = Some(since);
        work.held.suspended_reason = Some(reason.clone());
        spells::begin(&mut work.tx, account, SpellKind::Suspended, since).await?;
        work.audit(Actor::Staff, "subscriber.suspend", serde_json::json!({ "reason": reason })).await?;
        work.commit().await
    }

    /// Resumes a suspended account: today is charged at once, the days between are not.
    pub async fn resume(&self, account: Uuid) -> Result<(), Error> {
        let mut work = self.open_account(account).await?;
        if work.held.account.suspended_since.take().is_none() {
            return Err(Refusal::NotSuspended.into());
        }
        work.held.suspended_reason = None;
        let last = calendar::yesterday(work.now.today);
        spells::end(&mut work.tx, account, SpellKind::Suspended, last).await?;
        work.settle().await?;
        work.audit(Actor::Staff, "subscriber.resume", serde_json::json!({})).await?;
        work.commit().await
    }
}

/// A reason without blanks around it, if the subscriber can be shown it: 1 to 200 characters on one line.
///
/// # Errors
/// [`Refusal::FieldInvalid`].
pub fn check_reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let fault = match () {
        () if text.is_empty() => FieldFault::Missing,
        () if text.chars().count() > 200 => FieldFault::TooLong,
        () if text.chars().any(char::is_control) => FieldFault::Invalid,
        () => return Ok(text.to_owned()),
    };
    Err(Refusal::FieldInvalid { field: "reason", fault })
}

/// Letters and digits that are not mistaken for one another on paper.
const LEGIBLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Twelve legible characters, 59 bits of chance, in groups of four.
fn first_password(service: &Service) -> String {
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
