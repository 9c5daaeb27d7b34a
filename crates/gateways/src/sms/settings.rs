//! Which gateway short messages are handed to.

use super::{AlphaSms, SmsFly, SmsGateway, TurboSms};
use crate::acquirer::{SettingsError, base_url, secret, text, told_to_nobody};
use crate::http::Patience;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// The gateways known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// turbosms.ua.
    TurboSms,
    /// sms-fly.ua.
    SmsFly,
    /// alphasms.ua.
    AlphaSms,
}

/// The gateway short messages are handed to; without one none are sent.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    /// Which one.
    pub carrier: Option<Carrier>,
    /// The key of the account there.
    #[serde(serialize_with = "told_to_nobody")]
    pub key: Option<SecretString>,
    /// The file that holds it instead.
    pub key_file: Option<PathBuf>,
    /// The sender's name, as it was registered with the gateway.
    pub sender: String,
    /// Where the gateway answers, if not at its own address.
    pub url: String,
}

impl SmsSettings {
    /// The gateway, if there is one.
    ///
    /// # Errors
    /// What is missing or does not fit.
    pub fn build(&self) -> Result<Option<Arc<dyn SmsGateway>>, SettingsError> {
        let Some(carrier) = self.carrier else { return Ok(None) };
        let key = secret(&self.key, &self.key_file, "key")?;
        let sender = text(&self.sender, "sender")?;
        let url = match self.url.trim() {
            "" => carrier.url().to_owned(),
            url => base_url(url, "url")?,
        };
        let patience = Patience::default();
        let http = || crate::http::Http::new(patience).map_err(|_| SettingsError::Tls);
        Ok(Some(match carrier {
            Carrier::TurboSms => Arc::new(TurboSms::new(http()?, url, key, sender)),
            Carrier::SmsFly => Arc::new(SmsFly::new(http()?, url, key, sender)),
            Carrier::AlphaSms => Arc::new(AlphaSms::new(http()?, url, key, sender)),
        }))
    }
}

impl Carrier {
    fn url(self) -> &'static str {
        match self {
            Carrier::TurboSms => "https://api.turbosms.ua",
            Carrier::SmsFly => "https://sms-fly.ua/api/v2/api.php",
            Carrier::AlphaSms => "https://alphasms.ua/api/json.php",
        }
    }
}
