//! Acquirers from outside: documentation's vectors, forged and odd notifications, and gateways over real HTTP that are
//! slow, dead, lying, redirecting and endless.

mod liqpay;
mod monobank;
mod sandbox;
mod settings;
mod stub;
mod wayforpay;
mod wire;

use cabinet_core::{Language, Money};
use cabinet_gateways::acquirer::{Acquirer, AcquirerSettings, Asked, Checkout, Event, Notification, Rejected};
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::datetime;

/// The instant of every test that needs no other.
const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

/// The only acquirer of these settings.
fn only(settings: &AcquirerSettings) -> Arc<dyn Acquirer> {
    let acquirers = settings.build(true).expect("settings");
    assert_eq!(acquirers.all().len(), 1);
    acquirers.all()[0].clone()
}

fn uah(hryvnias: &str) -> Money {
    hryvnias.parse().expect("an amount")
}

fn checkout() -> Checkout {
    Checkout {
        reference: "0199e8a0-7c00-7000-8000-000000000001".to_owned(),
        amount: uah("37.10"),
        description: "Інтернет, договір 0000".to_owned(),
        language: Language::Uk,
        return_url: "https://lk.example.ua/pay/back".to_owned(),
        notify_url: "https://lk.example.ua/api/v1/gateways/x/notify".to_owned(),
        expires_at: NOW + time::Duration::HOUR,
    }
}

fn asked(reference: &str) -> Asked<'_> {
    Asked { reference, provider_ref: None }
}

async fn verify(acquirer: &dyn Acquirer, headers: &[(&str, &str)], body: &[u8]) -> Result<Event, Rejected> {
    acquirer.verify(Notification { body, headers, query: "" }, NOW).await
}

/// The text with one bit of one byte turned, for every byte; `bit` chooses by the byte's place.
fn turned(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len()).map(|at| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        bytes
    })
}
