//! The subscriber's own facts changed, or their change asked of staff.

use crate::access::Principal;
use crate::account_tx::Actor;
use crate::show_profile::ProfileFacts;
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::person::{CONSENTS_TEXT, Field};
use cabinet_core::phone::Phone;
use cabinet_store::credentials::Credential;
use cabinet_store::profiles::{self, Profile, Request};
use cabinet_store::{credentials, draws, emails, phones};
use serde_json::json;
use uuid::Uuid;

/// What is to change; absent members stay.
#[derive(Clone, Debug, Default)]
pub struct ProfileWish {
    /// Family name.
    pub last_name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Address of the connection.
    pub address: Option<String>,
    /// Phones as written.
    pub phones: Option<String>,
    /// E-mail; empty takes it away.
    pub email: Option<String>,
    /// Promotions.
    pub consent_promotions: Option<bool>,
    /// Prize draws.
    pub consent_draws: Option<bool>,
}

impl ProfileWish {
    /// The wish with its texts as they may be kept.
    fn checked(self) -> Result<ProfileWish, Refusal> {
        let check = |field: Field, text: Option<String>| text.map(|text| field.check(&text)).transpose();
        Ok(ProfileWish {
            last_name: check(Field::LastName, self.last_name)?,
            first_name: check(Field::FirstName, self.first_name)?,
            middle_name: check(Field::MiddleName, self.middle_name)?,
            address: check(Field::Address, self.address)?,
            phones: check(Field::Phones, self.phones)?,
            email: check(Field::Email, self.email)?,
            ..self
        })
    }

    /// The profile with the contacts of this wish.
    fn with_contacts(&self, profile: &Profile) -> Profile {
        let mut wished = profile.clone();
        set(&mut wished.phones, self.phones.clone());
        if let Some(email) = &self.email {
            wished.email = Some(email.clone()).filter(|email| !email.is_empty());
        }
        wished
    }
}

impl Service {
    /// Changes what is the subscriber's to change; a new name or address becomes a request to staff unless the policy
    /// lets it through at once. Phones and e-mail change only with the present password, since codes and bills go there:
    /// whoever finds a browser signed in takes no account with it. A wish that changes nothing leaves no trace.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`], [`Refusal::PasswordNeeded`], [`Refusal::PasswordWrong`], [`Refusal::Throttled`].
    pub async fn update_profile(
        &self,
        who: &Principal,
        wish: ProfileWish,
        password: Option<&str>,
    ) -> Result<ProfileFacts, Error> {
        let account = who.owner.id();
        let wish = wish.checked()?;
        let old = profiles::find(&mut self.store.read().await?, account).await?.ok_or(Refusal::NotFound)?;
        // A password that nothing asks for is neither weighed nor counted.
        let proof = match password {
            Some(password) if wish.with_contacts(&old) != old => Some(self.prove_again(who, password).await?),
            _ => None,
        };
        self.change_profile(Actor::Subscriber, account, wish, proof.as_ref()).await
    }

    /// Changes what staff were told or have checked: all of it holds at once.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`].
    pub async fn edit_profile(&self, by: Actor, account: Uuid, wish: ProfileWish) -> Result<ProfileFacts, Error> {
        self.change_profile(by, account, wish.checked()?, None).await
    }

    /// `proof` is the way in of a subscriber who gave the password again.
    async fn change_profile(
        &self,
        by: Actor,
        account: Uuid,
        wish: ProfileWish,
        proof: Option<&Credential>,
    ) -> Result<ProfileFacts, Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let old = profiles::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let mut new = wish.with_contacts(&old);
        if new != old {
            new.contacts_updated_at = Some(now);
            if by == Actor::Subscriber {
                let credential = proof.ok_or(Refusal::PasswordNeeded)?;
                // The password may have been changed while this one was being checked.
                if !credentials::lock_checked(&mut work.tx, account, &credential.password_hash).await? {
                    return Err(Refusal::PasswordWrong.into());
                }
            }
        }
        set(&mut new.consent_promotions, wish.consent_promotions);
        set(&mut new.consent_draws, wish.consent_draws);
        if (new.consent_promotions, new.consent_draws) != (old.consent_promotions, old.consent_draws) {
            new.consents_changed_at = Some(now);
        }
        let mut wished = new.clone();
        set(&mut wished.last_name, wish.last_name);
        set(&mut wished.first_name, wish.first_name);
        set(&mut wished.middle_name, wish.middle_name);
        set(&mut wished.address, wish.address);

        let (new, requests) = if by != Actor::Subscriber || work.ground.policy.profile_changes_at_once {
            (wished, Vec::new())
        } else {
            let open = profiles::open_requests(&mut work.tx, account).await?;
            let asked = |field: &str, wish: &str| open.iter().any(|one| one.field == field && one.wish == wish);
            let mut requests = asked_of_staff(&old, &wished);
            requests.retain(|(field, wish)| !asked(field, wish));
            (new, requests)
        };
        let fields = changed(&old, &new);
        if fields.is_empty() && requests.is_empty() {
            drop(work);
            return self.show_profile(account).await;
        }
        let mut told = Vec::new();
        for (field, wish) in requests {
            let request = Request { id: self.new_id(), field: field.to_owned(), wish, created_at: now };
            profiles::ask(&mut work.tx, account, &request).await?;
            told.push(json!({ "field": field, "id": request.id }));
        }
        if new.email != old.email
            && let Some(before) = emails::find(&mut work.tx, account).await?
        {
            self.tell_old_address(&mut work.tx, account, &before, new.email.is_none(), now).await?;
        }
        if new.phones != old.phones
            && let Some(before) = phones::find(&mut work.tx, account).await?
            && !before.confirmed.as_ref().is_none_or(|phone| Phone::all_of(&new.phones).contains(phone))
        {
            self.tell_old_phone(&mut work.tx, account, &before, true, now).await?;
        }
        profiles::put(&mut work.tx, account, &new).await?;
        if new.consents_changed_at != old.consents_changed_at {
            draws::note_wording(&mut work.tx, account, CONSENTS_TEXT).await?;
        }
        // Which fields, not what they hold: the log outlives what the law lets one keep of a person.
        work.audit(by, "profile.update", json!({ "fields": fields, "requests": told })).await?;
        work.commit().await?;
        self.show_profile(account).await
    }
}

fn set<T>(place: &mut T, wish: Option<T>) {
    if let Some(value) = wish {
        *place = value;
    }
}

/// What staff decides, and into what it would change.
fn asked_of_staff(old: &Profile, wished: &Profile) -> Vec<(&'static str, String)> {
    let full_name = |p: &Profile| format!("{} {} {}", p.last_name, p.first_name, p.middle_name).trim().to_owned();
    let mut asked =
        vec![("name", full_name(old), full_name(wished)), ("address", old.address.clone(), wished.address.clone())];
    asked.retain(|(_, present, wanted)| present != wanted);
    asked.into_iter().map(|(field, _, wanted)| (field, wanted)).collect()
}

/// Names of the fields that differ.
fn changed(old: &Profile, new: &Profile) -> Vec<&'static str> {
    let mut fields = vec![
        ("last_name", old.last_name != new.last_name),
        ("first_name", old.first_name != new.first_name),
        ("middle_name", old.middle_name != new.middle_name),
        ("address", old.address != new.address),
        ("phones", old.phones != new.phones),
        ("email", old.email != new.email),
        ("consent_promotions", old.consent_promotions != new.consent_promotions),
        ("consent_draws", old.consent_draws != new.consent_draws),
    ];
    fields.retain(|(_, differs)| *differs);
    fields.into_iter().map(|(name, _)| name).collect()
}
