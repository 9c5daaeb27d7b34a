//! Language and theme.

use crate::browser;
use crate::i18n::t;
use crate::parts::notice::{Tone, notice};
use crate::problem;
use crate::session::{Session, session};
use cabinet_contract::settings::{Settings, Theme};
use cabinet_core::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The languages by their own names.
pub const LANGUAGES: [(Language, &str); 3] =
    [(Language::Uk, "Українська"), (Language::En, "English"), (Language::Ru, "Русский")];

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let failed = RwSignal::new(None::<String>);
    let languages = LANGUAGES
        .map(|(language, name)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="language"
                        id=format!("language-{}", language.code())
                        prop:checked=move || session.language() == language
                        on:change=move |_| {
                            session.choose_language(language);
                            // Everything is drawn anew, this button too.
                            browser::focus_on(format!("#language-{}", language.code()));
                            keep(session, failed);
                        }
                    />
                    <span lang=language.code()><b>{name}</b></span>
                </label>
            }
        })
        .collect_view();
    let themes =
        [(Theme::System, t!(settings.system)), (Theme::Light, t!(settings.light)), (Theme::Dark, t!(settings.dark))]
            .map(|(theme, name)| {
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="theme"
                            prop:checked=move || session.theme() == theme
                            on:change=move |_| {
                                session.choose_theme(theme);
                                keep(session, failed);
                            }
                        />
                        <span><b>{name}</b></span>
                    </label>
                }
            })
            .collect_view();
    view! {
        <h1>{t!(nav.settings)}</h1>
        {move || failed.get().map(|text| notice(Tone::Bad, text))}
        <div class="split split--even">
            <fieldset class="card stack">
                <legend class="vh">{t!(settings.language)}</legend>
                <h2>{t!(settings.language)}</h2>
                <div class="choices choices--3">{languages}</div>
            </fieldset>
            <fieldset class="card stack">
                <legend class="vh">{t!(settings.theme)}</legend>
                <h2>{t!(settings.theme)}</h2>
                <div class="choices choices--3">{themes}</div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// Keeps the choice for other devices; it holds on this one already.
fn keep(session: Session, failed: RwSignal<Option<String>>) {
    let settings = session.settings_now();
    spawn_local(async move {
        match session.ask(session.client().update_settings(&settings)).await {
            Ok(Settings { .. }) => session.say(Some(t!(settings.saved).to_owned())),
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
