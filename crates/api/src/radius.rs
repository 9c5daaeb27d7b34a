//! The section `[radius]`: whom a FreeRADIUS that asks by HTTP is known by.

use crate::config::ConfigError;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The fewest characters of the secret: whoever knows it reads the secrets of every connection.
const SHORTEST: usize = 16;

/// The section as it is written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The password FreeRADIUS sends, as user `radius`; without one it is answered nothing.
    #[serde(serialize_with = "crate::metrics::told_to_nobody")]
    pub secret: Option<SecretString>,
    /// The file that holds it.
    pub secret_file: Option<PathBuf>,
}

impl Settings {
    /// # Errors
    /// A secret that is given twice, cannot be read, or is short.
    pub fn secret(&self) -> Result<Option<SecretString>, ConfigError> {
        const NAME: &str = "CABINET_RADIUS__SECRET";
        let wrong = |why: String| ConfigError::Wrong { name: NAME, why };
        let text = match (&self.secret, &self.secret_file) {
            (Some(_), Some(_)) => return Err(wrong("given twice, here and in a file".to_owned())),
            (Some(secret), None) => secret.expose_secret().trim().to_owned(),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file);
                text.map_err(|why| wrong(format!("{}: {why}", file.display())))?.trim().to_owned()
            }
            (None, None) => return Ok(None),
        };
        match text.len() < SHORTEST {
            true => Err(wrong(format!("has fewer than {SHORTEST} characters"))),
            false => Ok(Some(text.into())),
        }
    }
}
