//! How the network is told, and how much at once.

use super::Webhook;
use crate::acquirer::{SettingsError, base_url, secret, told_to_nobody};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How the network is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// Not at all: nothing is written to be told.
    #[default]
    None,
    /// To the log only, and it counts as done.
    Log,
    /// Routers, by changes of their live sessions (RFC 5176).
    Radius,
    /// Another system, by a signed POST.
    Webhook,
}

/// How the network is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// In which way.
    pub driver: Driver,
    /// How many subscribers at once.
    pub parallel: usize,
    /// Where the POST goes.
    pub webhook_url: String,
    /// What it is signed with.
    #[serde(serialize_with = "told_to_nobody")]
    pub webhook_secret: Option<SecretString>,
    /// The file that holds it instead.
    pub webhook_secret_file: Option<PathBuf>,
}

impl Default for NetworkSettings {
    fn default() -> NetworkSettings {
        NetworkSettings {
            driver: Driver::None,
            parallel: 64,
            webhook_url: String::new(),
            webhook_secret: None,
            webhook_secret_file: None,
        }
    }
}

impl NetworkSettings {
    /// How many subscribers are told at once.
    ///
    /// # Errors
    /// None, or more than sockets should be open.
    pub fn parallel(&self) -> Result<usize, SettingsError> {
        match self.parallel {
            1..=512 => Ok(self.parallel),
            _ => Err(SettingsError::Unfit("parallel", "1 to 512")),
        }
    }

    /// Where the POST goes, and how it is signed.
    ///
    /// # Errors
    /// What is missing or does not fit.
    pub fn webhook(&self) -> Result<Webhook, SettingsError> {
        let secret = secret(&self.webhook_secret, &self.webhook_secret_file, "webhook_secret")?;
        Webhook::new(base_url(&self.webhook_url, "webhook_url")?, secret)
    }
}
