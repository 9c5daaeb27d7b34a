//! Where one pays: here, or, while the cabinet takes no payments itself, elsewhere; and the order of a payment.

use crate::browser;
use crate::i18n::t;
use crate::page::Page;
use crate::parts::icon;
use crate::router::Router;
use crate::session::Session;
use cabinet_client::{Error, fresh_key};
use cabinet_contract::payment::{CreatePayment, Payment};
use cabinet_contract::provider::Provider;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use uuid::Uuid;

const NBSP: &str = "\u{a0}";

/// How long another site may take to open before the button works again.
const LEAVING: Duration = Duration::from_secs(5);

/// The order of a payment, and what came of it.
#[derive(Clone, Copy)]
pub struct Order {
    session: Session,
    router: Router,
    /// One key for one wish, however often its button is pressed.
    key: StoredValue<Uuid>,
    /// It is on its way.
    pub busy: RwSignal<bool>,
    /// Why it was not taken.
    pub failed: RwSignal<Option<Error>>,
}

impl Order {
    /// Nothing ordered yet.
    pub fn new(session: Session) -> Order {
        Order {
            session,
            router: expect_context(),
            key: StoredValue::new(fresh_key()),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
        }
    }

    /// Another wish: another key.
    pub fn renew(self) {
        self.key.set_value(fresh_key());
        self.failed.set(None);
    }

    /// Orders the payment and leaves for the gateway's page.
    pub fn send(self, wish: CreatePayment) {
        if self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        self.failed.set(None);
        let key = self.key.get_value();
        spawn_local(async move {
            match self.session.ask(self.session.client().create_payment(&wish, key)).await {
                Ok(Payment { redirect: Some(redirect), .. }) => {
                    browser::leave(&redirect);
                    // The browser's "back" may bring this very page again, as it was left.
                    set_timeout(move || _ = self.busy.try_set(false), LEAVING);
                }
                // It was paid meanwhile, by an earlier press.
                Ok(payment) => {
                    self.busy.try_set(false);
                    self.router.go(Page::Payment(payment.id));
                }
                Err(error) => {
                    self.busy.try_set(false);
                    self.failed.try_set(Some(error));
                }
            }
        });
    }
}

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

/// The ways to pay without this site, for whoever has no card at hand: by contract number, and by the account's requisites.
pub fn others(provider: &Provider, contract: &str) -> AnyView {
    let terminal = provider.terminals.then(|| view! { <p>{t!(pay.terminal, contract = contract)}</p> });
    let transfer = provider.requisites.as_ref().map(|to| {
        // In the language of banks, and as registers of banks are read.
        let purpose = format!("За Інтернет, договір № {contract}");
        let lines = [
            (t!(pay.payee), to.name.clone()),
            (t!(pay.code), to.code.clone()),
            ("IBAN", to.iban.clone()),
            (t!(pay.bank), to.bank.clone()),
            (t!(pay.purpose), purpose),
        ];
        let lines = lines.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
        view! { <details class="small link"><summary>{t!(pay.transfer)}</summary><dl class="sumline payee">{lines}</dl></details> }
    });
    view! {
        <section class="card stack" aria-labelledby="others-h">
            <div class="row">{icon("bill")}<h2 id="others-h">{t!(pay.others)}</h2></div>
            {how(provider).map(|how| view! { <p>{how}</p> })}
            {terminal}
            {transfer}
        </section>
    }
    .into_any()
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
