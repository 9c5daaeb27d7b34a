//! The subscriber's own facts.

use crate::confirm_email::EmailFacts;
use crate::confirm_phone::PhoneFacts;
use crate::{Error, Service};
use cabinet_core::Refusal;
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
    /// How the e-mail stands.
    pub email: EmailFacts,
    /// How the phones stand.
    pub phone: PhoneFacts,
}

impl Service {
    /// The profile and what waits for staff.
    pub async fn show_profile(&self, account: Uuid) -> Result<ProfileFacts, Error> {
        let ground = self.ground().await?;
        let mut view = self.store.view().await?;
        let held = accounts::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let profile = profiles::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let requests = profiles::open_requests(&mut view, account).await?;
        let login = credentials::of(&mut view, account).await?.and_then(|credential| credential.login);
        let email = self.email_facts(&mut view, account, &ground.policy).await?;
        let phone = self.phone_facts(&mut view, account, &ground.policy).await?;
        Ok(ProfileFacts { contract: held.contract, login, profile, requests, email, phone })
    }
}
