//! What the service sends notifications to browsers with.

use cabinet_core::Language;
use cabinet_gateways::web_push::{PushGateway, Tray};
use std::sync::Arc;

/// How notifications leave, and what the provider says of itself in them.
#[derive(Clone)]
pub struct Pusher {
    /// How they leave.
    pub gateway: Arc<dyn PushGateway>,
    /// The demo's, for its page; it is the gateway there.
    pub tray: Option<Arc<Tray>>,
    /// What browsers subscribe with.
    pub public_key: String,
    /// Trade name.
    pub provider: String,
    /// The languages spoken here.
    pub languages: Vec<Language>,
}
