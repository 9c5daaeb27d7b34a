//! Language and looks, as the subscriber chose them.

use crate::account_tx::Actor;
use crate::{Error, Service};
use cabinet_core::{Language, Refusal};
use cabinet_store::profiles;
use serde_json::json;
use uuid::Uuid;

/// Language and looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFacts {
    /// Language of texts.
    pub language: Language,
    /// `system`, `light` or `dark`.
    pub theme: String,
}

impl Service {
    /// Language and theme.
    pub async fn show_settings(&self, account: Uuid) -> Result<SettingsFacts, Error> {
        let profile = profiles::find(&mut self.store.read().await?, account).await?.ok_or(Refusal::NotFound)?;
        let language = Language::from_code(&profile.language).unwrap_or_default();
        Ok(SettingsFacts { language, theme: profile.theme })
    }

    /// Replaces language and theme; choosing what is chosen leaves no trace.
    pub async fn change_settings(&self, account: Uuid, settings: SettingsFacts) -> Result<SettingsFacts, Error> {
        let mut work = self.lock_account(account).await?;
        let mut profile = profiles::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let mut fields = Vec::new();
        if profile.language != settings.language.code() {
            profile.language = settings.language.code().to_owned();
            fields.push("language");
        }
        if profile.theme != settings.theme {
            profile.theme = settings.theme.clone();
            fields.push("theme");
        }
        if !fields.is_empty() {
            profiles::put(&mut work.tx, account, &profile).await?;
            work.audit(Actor::Subscriber, "settings.change", json!({ "fields": fields })).await?;
            work.commit().await?;
        }
        Ok(settings)
    }
}
