//! Where one pays: here, or, while the cabinet takes no payments itself, elsewhere.

use crate::i18n::t;
use crate::parts::icon;
use cabinet_contract::provider::Provider;
use leptos::prelude::*;

const NBSP: &str = "\u{a0}";

/// Whether the cabinet takes payments itself.
pub fn online(provider: &Provider) -> bool {
    !provider.payment_methods.is_empty()
}

/// The way to pay: a button, or words on where to go.
pub fn way(provider: &Provider) -> AnyView {
    if online(provider) {
        view! { <p class="balance__how"><a class="btn btn--hero" href="/pay">{icon("pay")}{t!(nav.pay)}</a></p> }
            .into_any()
    } else {
        how(provider).map(|how| view! { <p class="balance__how">{how}</p> }).into_any()
    }
}

/// Where to bring money, or whom to ask; nothing of a provider that tells neither.
pub fn how(provider: &Provider) -> Option<String> {
    let called = called(provider);
    match &provider.address {
        Some(address) => {
            let place: Vec<&str> = [Some(address.as_str()), called.as_deref()].into_iter().flatten().collect();
            Some(t!(pay.office, place = place.join("; ")).to_string())
        }
        None => Some(t!(pay.support, place = called?).to_string()),
    }
}

/// `0 800 000 000, пн–сб 9:00–18:00`: support's first phone, or its e-mail, and when it answers.
pub fn called(provider: &Provider) -> Option<String> {
    // A number is not broken between lines.
    let phone = provider.phones.first().or(provider.email.as_ref())?.replace(' ', NBSP);
    Some(match &provider.hours {
        Some(hours) => format!("{phone}, {hours}"),
        None => phone,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::speak;
    use cabinet_core::Language;

    #[test]
    fn whoever_must_pay_is_told_where() {
        speak(Language::Uk);
        let mut provider: Provider = serde_json::from_str(
            r#"{"name":"Онлайн","phones":["0 800"],"address":"вул. Миру, 1","hours":"пн–пт","languages":["uk"]}"#,
        )
        .expect("a provider");
        let told = |provider: &Provider| how(provider).unwrap_or_default().replace(NBSP, " ");
        assert_eq!(told(&provider), "Заплатити можна готівкою в центрі обслуговування: вул. Миру, 1; 0 800, пн–пт.");
        provider.hours = None;
        provider.address = None;
        assert_eq!(told(&provider), "Де заплатити, підкаже підтримка: 0 800.");
        provider.phones.clear();
        assert_eq!(how(&provider), None);
        provider.address = Some("вул. Миру, 1".to_owned());
        assert_eq!(told(&provider), "Заплатити можна готівкою в центрі обслуговування: вул. Миру, 1.");
    }
}
