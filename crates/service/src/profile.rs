//! The subscriber's own facts: read, changed, or asked of staff.

use crate::account_tx::Actor;
use crate::{Error, Service};
use cabinet_core::{Language, Refusal};
use cabinet_store::profiles::{self, Profile, Request};
use cabinet_store::{accounts, credentials};
use uuid::Uuid;

/// The profile page.
#[derive(Clone, Debug)]
pub struct ProfileFacts {
    /// Contract number.
    pub contract: String,
    /// Login of one's own.
    pub login: Option<String>,
    /// The facts.
    pub profile: Profile,
    /// Wishes that wait for staff.
    pub requests: Vec<Request>,
}

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

/// Language and looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFacts {
    /// Language of texts.
    pub language: Language,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

impl Service {
    /// The profile and what waits for staff.
    pub async fn show_profile(&self, account: Uuid) -> Result<ProfileFacts, Error> {
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let profile = profiles::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let requests = profiles::open_requests(&mut view, account).await?;
        let login = credentials::of(&mut view, account).await?.and_then(|credential| credential.login);
        Ok(ProfileFacts { contract: held.contract, login, profile, requests })
    }

    /// Changes what is the subscriber's to change; a new name or address becomes a request to staff unless the policy
    /// lets it through at once.
    pub async fn update_profile(&self, account: Uuid, wish: ProfileWish) -> Result<ProfileFacts, Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let old = profiles::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let mut new = old.clone();
        set(&mut new.phones, wish.phones);
        if let Some(email) = wish.email {
            new.email = Some(email).filter(|email| !email.is_empty());
        }
        set(&mut new.consent_promotions, wish.consent_promotions);
        set(&mut new.consent_draws, wish.consent_draws);
        if (&new.phones, &new.email) != (&old.phones, &old.email) {
            new.contacts_updated_at = Some(now);
        }
        if (new.consent_promotions, new.consent_draws) != (old.consent_promotions, old.consent_draws) {
            new.consents_changed_at = Some(now);
        }
        let mut wished = new.clone();
        set(&mut wished.last_name, wish.last_name);
        set(&mut wished.first_name, wish.first_name);
        set(&mut wished.middle_name, wish.middle_name);
        set(&mut wished.address, wish.address);
        let at_once = work.ground.policy.profile_changes_at_once;
        let full_name = |p: &Profile| format!("{} {} {}", p.last_name, p.first_name, p.middle_name).trim().to_owned();
        for (field, present, wanted) in
            [("name", full_name(&old), full_name(&wished)), ("address", old.address.clone(), wished.address.clone())]
        {
            if present != wanted && !at_once {
                let request = Request { id: self.new_id(), field: field.to_owned(), wish: wanted, created_at: now };
                profiles::ask(&mut work.tx, account, &request).await?;
            }
        }
        profiles::put(&mut work.tx, account, if at_once { &wished } else { &new }).await?;
        work.audit(Actor::Subscriber, "profile.update", serde_json::json!({})).await?;
        work.commit().await?;
        self.show_profile(account).await
    }

    /// Language and theme.
    pub async fn show_settings(&self, account: Uuid) -> Result<SettingsFacts, Error> {
        let profile = profiles::find(&mut self.store.read().await?, account).await?.ok_or(Refusal::NotFound)?;
        let language = Language::from_code(&profile.language).unwrap_or_default();
        Ok(SettingsFacts { language, theme: profile.theme })
    }

    /// Replaces language and theme.
    pub async fn change_settings(&self, account: Uuid, settings: SettingsFacts) -> Result<SettingsFacts, Error> {
        let mut work = self.lock_account(account).await?;
        let mut profile = profiles::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        profile.language = settings.language.code().to_owned();
        profile.theme = settings.theme.clone();
        profiles::put(&mut work.tx, account, &profile).await?;
        work.commit().await?;
        Ok(settings)
    }
}

fn set<T>(place: &mut T, wish: Option<T>) {
    if let Some(value) = wish {
        *place = value;
    }
}
