//! The world outside: a trait per kind, an adapter a file, a sandbox each.
//!
//! [`acquirer`] sends subscribers to a gateway's payment page and understands what the gateway says of the payment
//! afterwards; [`terminal`] answers terminals and banks that pay by contract number; [`register`] reads the registers of
//! banks; [`mail`] sends letters, [`sms`] short messages, [`web_push`] notifications to browsers; [`network`] tells the network, [`radius`] its routers;
//! [`amount`] reads the decimals of others into [`cabinet_core::Money`].
//!
//! Nothing here knows SQL or an HTTP server: a notification arrives as bytes and headers, an answer leaves as a status
//! and a body, and the instant is passed in.

pub mod acquirer;
pub mod amount;
mod http;
pub mod mail;
pub mod network;
pub mod radius;
pub mod register;
pub mod sms;
pub mod terminal;
#[cfg(feature = "testing")]
pub mod testing;
pub mod web_push;
