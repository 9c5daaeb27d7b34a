//! Language, theme, notifications on this device.

use crate::i18n::t;
use crate::parts::notice::{Tone, notice};
use crate::parts::{chosen, live, push};
use crate::problem;
use crate::session::{Session, session};
use cabinet_contract::settings::{Settings, Theme};
use cabinet_core::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The languages this provider offers, by their own names.
pub fn languages(session: Session) -> Vec<(Language, &'static str)> {
    let offered = session.provider().map(|provider| provider.languages).unwrap_or_else(|| Language::ALL.to_vec());
    offered.into_iter().map(|language| (language, own_name(language))).collect()
}

/// What a language calls itself.
pub fn own_name(language: Language) -> &'static str {
    match language {
        Language::Uk => "Українська",
        Language::Ru => "Русский",
        Language::En => "English",
    }
}

/// Names the button of a language.
pub fn language_id(language: Language) -> String {
    format!("language-{}", language.code())
}

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let failed = RwSignal::new(None::<String>);
    let languages = move || {
        languages(session)
            .into_iter()
            .map(|(language, name)| {
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="language"
                            id=language_id(language)
                            prop:checked=chosen(move || session.wished() == language)
                            on:change=move |_| keep(session, failed, move |settings| settings.language = language)
                        />
                        <span lang=language.code()><b>{name}</b></span>
                    </label>
                }
            })
            .collect_view()
    };
    let themes =
        [(Theme::System, t!(settings.system)), (Theme::Light, t!(settings.light)), (Theme::Dark, t!(settings.dark))]
            .map(|(theme, name)| {
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="theme"
                            prop:checked=chosen(move || session.theme() == theme)
                            on:change=move |_| keep(session, failed, move |settings| settings.theme = theme)
                        />
                        <span><b>{name}</b></span>
                    </label>
                }
            })
            .collect_view();
    view! {
        <h1>{t!(nav.settings)}</h1>
        {live(move || failed.get().map(|text| notice(Tone::Bad, text)))}
        <div class="split split--even">
            <section class="card stack" aria-labelledby="language-h">
                <h2 id="language-h">{t!(settings.language)}</h2>
                <div class="choices choices--3" role="radiogroup" aria-labelledby="language-h">{languages}</div>
            </section>
            <section class="card stack" aria-labelledby="theme-h">
                <h2 id="theme-h">{t!(settings.theme)}</h2>
                <div class="choices choices--3" role="radiogroup" aria-labelledby="theme-h">{themes}</div>
            </section>
            {push::card()}
        </div>
    }
    .into_any()
}

/// Keeps a choice for every device; it holds on this one already.
fn keep(session: Session, failed: RwSignal<Option<String>>, change: impl Fn(&mut Settings) + 'static) {
    spawn_local(async move {
        match session.choose(change).await {
            Ok(()) => session.say(Some(t!(settings.saved).to_owned())),
            Err(error) => {
                let text = format!("{} {}", t!(settings.not_saved), problem::message(&error));
                // The page may have been drawn anew in another language meanwhile.
                if failed.try_set(Some(text.clone())).is_some() {
                    session.say(Some(text));
                }
            }
        }
    });
}
