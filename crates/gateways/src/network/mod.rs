//! How the network learns what to give a subscriber: routers by [`crate::radius`], or another system by a [`Webhook`].

mod settings;
mod webhook;

pub use settings::{Driver, NetworkSettings};
pub use webhook::{SIGNATURE, Told, Webhook};
