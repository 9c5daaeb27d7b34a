//! How the network is told by this process.

use crate::config::Config;
use cabinet_gateways::acquirer::SettingsError;
use cabinet_gateways::network::Driver;
use cabinet_service::network::{Network, Way};
use cabinet_service::{Error, Service};

/// What the network is told with, by the settings; the demo's is its log.
///
/// # Errors
/// What the settings lack.
pub fn network(config: &Config) -> Result<Option<Network>, SettingsError> {
    let parallel = config.network.parallel()?;
    let way = match config.network.driver {
        _ if config.demo => Way::Log,
        Driver::None => return Ok(None),
        Driver::Log => Way::Log,
        Driver::Radius => Way::Radius,
        Driver::Webhook => Way::Webhook(config.network.webhook()?),
    };
    Ok(Some(Network::new(way, parallel)))
}

/// Whether equipment signs in at routers here: with what, whoever gets a contract is told.
///
/// # Errors
/// Those of the store.
pub async fn has_routers(config: &Config, service: &Service) -> Result<bool, Error> {
    let asked = config.radius.is_some() || config.network.driver == Driver::Radius;
    Ok(asked || !service.list_routers().await?.is_empty())
}
