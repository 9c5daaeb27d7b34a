//! Letters: of an e-mail that refuses them, and bills sent there.

use crate::i18n::t;
use crate::parts::loaded::Loader;
use crate::parts::notice::{Tone, notice};
use crate::parts::{chosen, live};
use crate::problem;
use crate::session::session;
use cabinet_client::Error;
use cabinet_contract::account::Overview;
use cabinet_contract::profile::Profile;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Letters to the e-mail are refused, and what to do about it.
pub fn banner(me: &Overview) -> Option<AnyView> {
    me.email_failing
        .then(|| notice(Tone::Warn, view! { {t!(email.failing)} " " <a href="/profile">{t!(email.to_profile)}</a> }))
}

/// The switch of bills by e-mail, where letters are sent.
pub fn bills() -> AnyView {
    let session = session();
    let profile = Loader::new(session, move || {
        let client = session.client();
        async move { client.profile().await }
    });
    let failed = RwSignal::new(None::<String>);
    let wished = RwSignal::new(false);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let kept = profile.get().is_some_and(|profile| profile.email_bills);
        if !busy.get_untracked() {
            wished.set(kept);
        }
    });
    let wish = move |wish: bool| {
        wished.set(wish);
        // Two wishes on their way could arrive in either order: the last one leaves when the first is answered.
        if busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        failed.set(None);
        spawn_local(async move {
            let (sent, answer) = loop {
                let wish = wished.try_get_untracked().unwrap_or(wish);
                let answer: Result<Profile, Error> = session.ask(session.client().switch_email_bills(wish)).await;
                if answer.is_err() || wished.try_get_untracked() != Some(!wish) {
                    break (wish, answer);
                }
            };
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    let text = if sent { t!(email.bills_on) } else { t!(email.bills_off) };
                    session.say(Some(text.to_owned()));
                }
                Err(error) => {
                    wished.try_set(!sent);
                    failed.try_set(Some(problem::message(&error)));
                }
            }
            profile.again();
        });
    };
    // The switch keeps the keyboard while it is switched: what it shows changes, not the switch.
    let stands = Memo::new(move |_| {
        let value = profile.get()?;
        let sends = value.email_bills || session.provider().is_some_and(|provider| provider.mail);
        let email = value.email.filter(|_| value.email_confirmed);
        sends.then_some((email, value.email_confirmed || value.email_bills))
    });
    live(move || {
        let (email, able) = stands.get()?;
        let about = if let Some(email) = email {
            view! { <p>{t!(email.bills_when, email = email)}</p> }.into_any()
        } else {
            view! { <p>{t!(email.bills_confirm)}" "<a href="/profile">{t!(email.to_profile)}</a></p> }.into_any()
        };
        Some(view! {
            <section class="card stack" aria-label=t!(email.bills)>
                <label class="check">
                    <input
                        type="checkbox"
                        role="switch"
                        disabled=!able
                        prop:checked=chosen(move || wished.get())
                        on:change=move |event| wish(event_target_checked(&event))
                    />
                    <span>{t!(email.bills)}</span>
                </label>
                <div class="small muted">{about}</div>
                {live(move || failed.get().map(|text| notice(Tone::Bad, text)))}
            </section>
        })
    })
}
