//! Providers, and which page stands where.

use crate::browser;
use crate::i18n::t;
use crate::page::Page;
use crate::pages;
use crate::parts::{click, icon, live, notice, shell};
use crate::router::Router;
use crate::session::{Session, State};
use cabinet_core::Language;
use leptos::prelude::*;
use std::time::Duration;

/// Long enough to read a sentence twice.
const TOAST_STAYS: Duration = Duration::from_secs(8);

/// Takes the document over from index.html.
pub fn start() {
    mount_to_body(app);
}

fn app() -> impl IntoView {
    let session = Session::start();
    let router = Router::start();
    provide_context(session);
    provide_context(router);

    // What index.html shows stays until there is a language to draw in.
    Effect::new(move |_| {
        if let Some(boot) = browser::document().get_element_by_id("boot").filter(|_| session.worded()) {
            boot.remove();
        }
    });
    Effect::new(move |_| {
        session.language();
        if !session.worded() {
            return;
        }
        let name = match session.state() {
            State::Open => router.page().title(),
            State::FirstPassword => t!(password.title).to_owned(),
            State::Opening | State::Unreached | State::SignedOut { .. } => t!(sign_in.title).to_owned(),
        };
        browser::document().set_title(&format!("{name} · {}", t!(app.title)));
    });
    let place = Memo::new(move |_| (session.state(), router.page().path()));
    Effect::new(move |before: Option<(State, String)>| {
        let now = place.get();
        let state = now.0;
        // The first page keeps the focus where the browser put it, another language where the person had it.
        if before.is_some_and(|before| before != now) && state != State::Opening {
            browser::focus("main");
        }
        now
    });
    // Whoever is signed in has no use for the form.
    Effect::new(move |_| {
        if session.state() == State::Open && router.page() == Page::SignIn {
            router.replace(Page::Overview);
        }
    });

    // A message leaves by itself, unless another has taken its place.
    Effect::new(move |_| {
        if let Some(text) = session.toast() {
            let leave = move || {
                if session.toast_now().as_ref() == Some(&text) {
                    session.say(None);
                }
            };
            set_timeout(leave, TOAST_STAYS);
        }
    });

    let state = Memo::new(move |_| session.state());
    let typed = pages::sign_in::Typed::nothing();
    view! {
        {live(move || {
            // Another language draws everything anew.
            session.language();
            if !session.worded() {
                return ().into_any();
            }
            match state.get() {
                State::Opening => opening().into_any(),
                State::Unreached => unreached(session),
                State::SignedOut { ended } => pages::sign_in::page(ended, typed).into_any(),
                State::FirstPassword => pages::password::page().into_any(),
                State::Open => shell::page().into_any(),
            }
        })}
        <div class="toasts" role="status" aria-live="polite">
            {live(move || session.toast().map(|text| toast(session, text)))}
            {live(move || session.unspoken().map(|language| unspoken(session, language)))}
        </div>
    }
}

fn opening() -> impl IntoView {
    view! {
        <div class="boot" role="status">
            <div class="boot__bars" aria-hidden="true"><i></i><i></i><i></i></div>
            <p class="vh">{t!(state.opening)}</p>
        </div>
    }
}

fn unreached(session: Session) -> AnyView {
    if let Some((me, at)) = session.last_known() {
        return pages::kept::page(session, &me, at);
    }
    view! {
        <main class="boot" id="main" tabindex="-1">
            <h1 class="vh">{t!(app.title)}</h1>
            {notice::unreachable(move || session.open())}
        </main>
    }
    .into_any()
}

fn toast(session: Session, text: String) -> impl IntoView {
    view! {
        <div class="toast">
            {icon("ok")}
            <span>{text}</span>
            <button class="btn btn--sm btn--icon" type="button" aria-label=t!(action.close) on:click=click(move || session.say(None))>
                {icon::small("close")}
            </button>
        </div>
    }
}

/// The chosen language is not here: another is spoken meanwhile.
fn unspoken(session: Session, language: Language) -> impl IntoView {
    view! {
        <div class="toast">
            {icon("offline")}
            <span>{t!(settings.unspoken, language = pages::settings::own_name(language))}</span>
            <button class="btn btn--sm" type="button" on:click=click(move || session.speak_again())>{t!(action.again)}</button>
            <button
                class="btn btn--sm btn--icon"
                type="button"
                aria-label=t!(action.close)
                on:click=click(move || session.give_up_speaking())
            >
                {icon::small("close")}
            </button>
        </div>
    }
}
