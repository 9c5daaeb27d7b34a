//! Which gateway short messages are handed to.

use super::{AlphaSms, SmsFly, SmsGateway, TurboSms};
use crate::acquirer::{SettingsError, base_url, secret, text, told_to_nobody};
use crate::http::Patience;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// The gateways known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// None: no messages are sent.
    #[default]
    None,
    /// Messages are kept in the process and sent to nobody.
    Log,
    /// turbosms.ua.
    TurboSms,
    /// sms-fly.ua.
    SmsFly,
    /// alphasms.ua.
    AlphaSms,
}

/// The gateway short messages are handed to.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    /// Which one.
    pub driver: Driver,
    /// The key of the account there.
    #[serde(serialize_with = "told_to_nobody")]
    pub key: Option<SecretString>,
    /// The file that holds it instead.
    pub key_file: Option<PathBuf>,
    /// The sender's name, as it was registered with the gateway.
    pub sender: String,
    /// Where the gateway answers, if not at its own address.
    pub url: String,
    /// Whether messages are written in Latin letters.
    pub translit: bool,
}

impl SmsSettings {
    /// The gateway, if there is one.
    ///
    /// # Errors
    /// What is missing or does not fit.
    pub fn build(&self) -> Result<Option<Arc<dyn SmsGateway>>, SettingsError> {
        let Some(own) = self.driver.url() else { return Ok(None) };
        let key = secret(&self.key, &self.key_file, "key")?;
        let sender = text(&self.sender, "sender")?;
        let url = match self.url.trim() {
            "" => own.to_owned(),
            url => base_url(url, "url")?,
        };
        let http = crate::http::Http::new(Patience::default()).map_err(|_| SettingsError::Tls)?;
        Ok(match self.driver {
            Driver::None | Driver::Log => None,
            Driver::TurboSms => Some(Arc::new(TurboSms::new(http, url, key, sender))),
            Driver::SmsFly => Some(Arc::new(SmsFly::new(http, url, key, sender))),
            Driver::AlphaSms => Some(Arc::new(AlphaSms::new(http, url, key, sender))),
        })
    }
}

impl Driver {
    /// Where it answers, if it is one that sends.
    fn url(self) -> Option<&'static str> {
        match self {
            Driver::None | Driver::Log => None,
            Driver::TurboSms => Some("https://api.turbosms.ua"),
            Driver::SmsFly => Some("https://sms-fly.ua/api/v2/api.php"),
            Driver::AlphaSms => Some("https://alphasms.ua/api/json.php"),
        }
    }
}
