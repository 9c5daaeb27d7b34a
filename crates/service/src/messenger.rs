//! What the service sends short messages with.

use crate::messages::{Message, latin};
use crate::{Error, letters::Values};
use cabinet_core::Language;
use cabinet_gateways::sms::{Pocket, SmsGateway};
use std::sync::Arc;

/// How short messages leave, and what the provider says of itself in them.
#[derive(Clone)]
pub struct Messenger {
    /// How they leave.
    pub gateway: Arc<dyn SmsGateway>,
    /// The demo's, for its page; it is the gateway there.
    pub pocket: Option<Arc<Pocket>>,
    /// Trade name.
    pub provider: String,
    /// How support is reached.
    pub support: String,
    /// The languages spoken here.
    pub languages: Vec<Language>,
    /// Whether messages are written in Latin letters, of which 160 cost as much as 70 Cyrillic ones.
    pub latin: bool,
}

impl Messenger {
    /// A message in a subscriber's language, as far as it is spoken here, with what may stand in any.
    pub(crate) fn write(
        &self,
        message: Message,
        language: &str,
        contract: &str,
        values: &Values<'_>,
    ) -> Result<String, Error> {
        let language = Language::from_code(language).filter(|language| self.languages.contains(language));
        let own = [("provider", self.provider.as_str()), ("support", self.support.as_str()), ("contract", contract)];
        let values: Vec<(&'static str, &str)> = own.into_iter().chain(values.iter().copied()).collect();
        let text = message.write(language.unwrap_or_default(), &values)?;
        Ok(if self.latin { latin(&text) } else { text })
    }
}
