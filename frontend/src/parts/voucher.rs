//! The form for a voucher's code.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::field::{Errors, Field, Wrong, submit};
use crate::parts::icon;
use crate::problem;
use crate::session::session;
use cabinet_client::fresh_key;
use leptos::prelude::*;
use leptos::task::spawn_local;

const CODE: &str = "voucher-code";

/// The card. Codes are taken as they are typed: the server knows them with or without what stands between their groups,
/// in letters of any size.
pub fn card() -> AnyView {
    let session = session();
    let (code, busy, errors) = (RwSignal::new(String::new()), RwSignal::new(false), Errors::none());
    // One key for one code, however often its button is pressed.
    let key = StoredValue::new(fresh_key());
    Effect::new(move |_| {
        code.track();
        key.set_value(fresh_key());
        errors.clear();
    });
    let redeem = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let refuse = move |why| errors.at(Wrong { id: CODE, label: t!(voucher.code), why });
        let typed = code.get_untracked().trim().to_owned();
        if typed.is_empty() {
            return refuse(t!(voucher.empty).to_owned());
        }
        if busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        errors.clear();
        let key = key.get_value();
        spawn_local(async move {
            let result = session.ask(session.client().redeem_voucher(&typed, key)).await;
            busy.try_set(false);
            match result {
                Ok(entry) => {
                    code.try_set(String::new());
                    session.say(Some(t!(voucher.done, sum = format::money(language(), entry.amount)).to_string()));
                    session.changed();
                }
                Err(error) => refuse(problem::message(&error)),
            }
        });
    };
    let field = Field { maxlength: 40, ..Field::new(CODE, t!(voucher.code)).hint(|| t!(voucher.hint).to_owned()) };
    view! {
        <section class="card stack" aria-labelledby="voucher-h" id="voucher">
            <div class="row">{icon("voucher")}<h2 id="voucher-h">{t!(voucher.title)}</h2></div>
            <p class="muted small">{t!(voucher.lead)}</p>
            <form class="stack" novalidate on:submit=redeem>
                {field.text(code, errors)}
                {submit(t!(voucher.redeem), busy, "btn btn--quiet")}
            </form>
        </section>
    }
    .into_any()
}
