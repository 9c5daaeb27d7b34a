//! The HTTP door and the binary `cabinet`.
//!
//! A request passes [`edge::edge`] (its id, the language of the answer, headers, faults), reaches a handler of
//! [`routes`] by extractors of [`extract`] that say who calls with what, and the handler asks one use case of
//! `cabinet-service`. Whatever goes wrong is a [`problem::Trouble`]; one match words it for the wire.
//! [`commands`] are what an office types; [`serve`] is the only place where everything is wired together.

pub mod answer;
pub mod archive;
pub mod assets;
pub mod chart;
pub mod commands;
pub mod config;
pub mod cookies;
pub mod edge;
pub mod events;
pub mod extract;
pub mod help;
pub mod history;
pub mod letters_page;
pub mod messenger;
pub mod metrics;
pub mod network;
pub mod openapi;
pub mod paging;
pub mod paper;
pub mod post;
pub mod problem;
pub mod pusher;
pub mod radius;
pub mod request_rate;
pub mod requisites;
pub mod routes;
pub mod sandbox_page;
pub mod serve;
pub mod settings;
pub mod staff;
pub mod state;
pub mod texts;
pub mod views;
pub mod zip;
