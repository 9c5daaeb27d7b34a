//! The web client of the cabinet.
//!
//! [`page::Page`] is every address; each page owns one resource and puts [`parts`] together, which take plain values
//! and give events. [`session`] is what pages share. Texts are keys of `locales/`, checked at compile time.

mod app;
mod browser;
mod clock;
mod device;
mod i18n;
mod page;
mod pages;
mod parts;
mod problem;
mod router;
mod session;

use cabinet_core::format;

fn main() {
    app::start();
}
