//! How notifications to browsers leave this process.

use crate::config::Config;
use crate::serve::StartError;
use cabinet_gateways::acquirer::Patience;
use cabinet_gateways::web_push::{PushGateway, Tray, WebPush};
use cabinet_service::Service;
use cabinet_service::pusher::Pusher;
use std::sync::Arc;

/// The push services of browsers, unless the settings want none; the demo has a tray of its own and sends nothing.
///
/// # Errors
/// Those of the store, and a key that was sealed with another secret.
pub async fn pusher(config: &Config, service: &Service) -> Result<Option<Pusher>, StartError> {
    let Some(contact) = contact(config).filter(|_| config.push.enabled) else { return Ok(None) };
    let vapid = service.load_push_key(&contact).await?;
    let public_key = vapid.public_key().to_owned();
    let tray = config.demo.then(|| Arc::new(Tray::default()));
    let gateway: Arc<dyn PushGateway> = match &tray {
        Some(tray) => Arc::clone(tray) as Arc<dyn PushGateway>,
        None => Arc::new(WebPush::new(vapid, Patience::default()).map_err(StartError::Push)?),
    };
    Ok(Some(Pusher {
        gateway,
        tray,
        public_key,
        provider: config.provider.name.clone(),
        languages: config.provider.languages.clone(),
    }))
}

/// Whom the people of a push service write to: they take nothing from nobody.
fn contact(config: &Config) -> Option<String> {
    let mail = config.provider.email.as_ref().map(|email| format!("mailto:{email}"));
    mail.or_else(|| config.web.public_url.clone().filter(|url| url.starts_with("https://")))
}
