//! How short messages leave this process.

use crate::config::Config;
use cabinet_gateways::acquirer::SettingsError;
use cabinet_gateways::sms::{Driver, Pocket, SmsGateway};
use cabinet_service::messenger::Messenger;
use std::sync::Arc;

/// The gateway of the settings; the demo, and whoever only logs, has a pocket of its own and sends nothing.
///
/// # Errors
/// What the settings lack.
pub fn messenger(config: &Config) -> Result<Option<Messenger>, SettingsError> {
    let kept = config.demo || config.sms.driver == Driver::Log;
    let pocket = kept.then(|| Arc::new(Pocket::default()));
    let gateway: Arc<dyn SmsGateway> = match &pocket {
        Some(pocket) => Arc::clone(pocket) as Arc<dyn SmsGateway>,
        None => match config.sms.build()? {
            Some(gateway) => gateway,
            None => return Ok(None),
        },
    };
    let of = &config.provider;
    let support = of.phones.first().or(of.email.as_ref()).cloned().unwrap_or_default();
    Ok(Some(Messenger {
        gateway,
        pocket: pocket.filter(|_| config.demo),
        provider: of.name.clone(),
        support,
        languages: of.languages.clone(),
        latin: config.sms.translit,
    }))
}
