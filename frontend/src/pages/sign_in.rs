//! The way in.

use crate::browser;
use crate::i18n::{plural, t};
use crate::pages::{password, settings};
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::icon::mark;
use crate::parts::notice::{Tone, notice};
use crate::parts::shell::{brand, tel};
use crate::parts::{click, live, told};
use crate::problem;
use crate::session::{Session, session};
use cabinet_client::Error;
use cabinet_contract::provider::DemoSignIn;
use leptos::prelude::*;
use leptos::task::spawn_local;

const SUMMARY: &str = "sign-in-summary";
/// Heights of the days beside the form, in percent: decoration. The last eight are days to come.
const DAYS: [u8; 31] = [
    52, 60, 48, 66, 58, 74, 62, 55, 70, 64, 80, 58, 68, 76, 60, 84, 72, 64, 78, 90, 70, 6, 96, 74, 50, 44, 52, 40, 46,
    38, 42,
];

/// What is typed; it outlives the drawing of the page in another language.
#[derive(Clone, Copy)]
pub struct Typed {
    login: RwSignal<String>,
    password: RwSignal<String>,
    recovery: [RwSignal<String>; 3],
}

impl Typed {
    /// An empty form.
    pub fn nothing() -> Typed {
        let empty = || RwSignal::new(String::new());
        Typed { login: empty(), password: empty(), recovery: [empty(), empty(), empty()] }
    }

    /// Whoever comes next finds nothing of it.
    fn clear(self) {
        for text in [self.login, self.password].into_iter().chain(self.recovery) {
            text.set(String::new());
        }
    }
}

/// The page; `ended` if a session has just ended by itself.
pub fn page(ended: bool, typed: Typed) -> impl IntoView {
    let session = session();
    let Typed { login, password, .. } = typed;
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let restored = RwSignal::new(false);
    let enter = move || {
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let (login, password) = (login.get_untracked(), password.get_untracked());
        let mut missing = Vec::new();
        if login.trim().is_empty() {
            missing.push(wrong("login", t!(sign_in.contract), t!(sign_in.contract_empty)));
        }
        if password.is_empty() {
            missing.push(wrong("password", t!(sign_in.password), t!(sign_in.password_empty)));
        }
        if !missing.is_empty() {
            return errors.show(t!(sign_in.failed).to_owned(), missing, SUMMARY);
        }
        busy.set(true);
        spawn_local(async move {
            let result = session.sign_in(login.trim(), &password).await;
            busy.try_set(false);
            match result {
                Ok(()) => typed.clear(),
                Err(error) => errors.show(problem::message(&error), refused(&error), SUMMARY),
            }
        });
    };
    let demo = move |sign_in: DemoSignIn| {
        login.set(sign_in.login);
        password.set(sign_in.password);
        enter();
    };
    let days = DAYS
        .iter()
        .enumerate()
        .map(|(day, height)| {
            view! { <i class=if day < 23 { "on" } else { "" } style:--h=format!("{height}%")></i> }
        })
        .collect_view();
    let field_login = login_field("login").hint(|| t!(sign_in.contract_hint).to_owned());
    let field_password = Field::new("password", t!(sign_in.password)).autocomplete("current-password");
    view! {
        <a class="skip" href="#main">{t!(sign_in.skip)}</a>
        <div class="signin">
            <header class="signin__art">
                <a class="brand" href="/sign-in">{mark()}<span>{brand(session)}</span></a>
                <div><p class="signin__motto">{t!(sign_in.motto)}</p><p>{t!(sign_in.about)}</p></div>
                <div class="signin__days" aria-hidden="true">{days}</div>
            </header>
            <main class="signin__main" id="main" tabindex="-1">
                <div class="signin__box">
                    <div><h1>{t!(app.title)}</h1><p class="muted">{t!(sign_in.how)}</p></div>
                    {live(move || match (session.leaving(), restored.get(), ended) {
                        (true, ..) => Some(notice(Tone::Warn, t!(sign_in.leaving))),
                        (false, true, _) => Some(notice(Tone::Ok, t!(recovery.done))),
                        (false, false, true) => Some(notice(Tone::Info, t!(sign_in.ended))),
                        (false, false, false) => None,
                    })}
                    <form
                        class="form"
                        novalidate
                        on:submit=move |event| {
                            event.prevent_default();
                            enter();
                        }
                    >
                        {errors.summary(SUMMARY)}
                        {field_login.text(login, errors)}
                        {field_password.password(password, errors)}
                        {field::submit(t!(sign_in.enter), busy, "btn btn--wide")}
                    </form>
                    {live(move || (!restored.get()).then(|| forgotten(session, typed, errors, restored)))}
                    {live(move || session.provider().and_then(|provider| provider.demo).map(|demos| demo_list(demos, demo)))}
                    <div class="row row--between signin__lang">{live(move || languages(session))}</div>
                </div>
            </main>
        </div>
    }
}

/// A contract number, or a login of one's own.
fn login_field(id: &'static str) -> Field {
    Field { maxlength: 64, ..Field::new(id, t!(sign_in.contract)).autocomplete("username") }
}

fn wrong(id: &'static str, label: &'static str, why: &str) -> Wrong {
    Wrong { id, label, why: why.to_owned() }
}

/// One answer for every cause: which of the two was wrong is not told, so both are marked.
fn refused(error: &Error) -> Vec<Wrong> {
    if error.code() != Some("sign_in_failed") {
        return Vec::new();
    }
    vec![
        wrong("login", t!(sign_in.contract), t!(problem.field_invalid)),
        wrong("password", t!(sign_in.password), t!(problem.field_invalid)),
    ]
}

fn demo_list(demos: Vec<DemoSignIn>, pick: impl Fn(DemoSignIn) + Copy + 'static) -> AnyView {
    let rows = demos
        .into_iter()
        .map(|demo| {
            let (login, about) = (demo.login.clone(), demo.about.clone());
            view! {
                <div class="setting">
                    <div><b class="num">{login.clone()}</b><p>{about}</p></div>
                    <button
                        class="btn btn--quiet btn--sm"
                        type="button"
                        aria-label=t!(sign_in.demo_enter, login = login)
                        on:click=click(move || pick(demo.clone()))
                    >
                        {t!(sign_in.enter)}
                    </button>
                </div>
            }
        })
        .collect_view();
    view! { <section class="card stack" aria-labelledby="demo-h"><h2 id="demo-h">{t!(sign_in.demo)}</h2><div>{rows}</div></section> }.into_any()
}

fn languages(session: Session) -> AnyView {
    let buttons = settings::languages(session)
        .into_iter()
        .map(|(language, name)| {
            view! {
                <button
                    type="button"
                    id=settings::language_id(language)
                    lang=language.code()
                    aria-current=told(move || (session.wished() == language).then_some("true"))
                    on:click=click(move || session.choose_language(language))
                >
                    {name}
                </button>
            }
        })
        .collect_view();
    view! { <nav class="langs" aria-label=t!(settings.language)>{buttons}</nav> }.into_any()
}

/// Support restores the password: how to reach it, and where the code it gives is used.
fn forgotten(session: Session, typed: Typed, errors: Errors, restored: RwSignal<bool>) -> AnyView {
    let phones = move || {
        session.provider().map(|provider| {
            provider
                .phones
                .iter()
                .map(|phone| view! { " " <a href=tel(phone) class="num nowrap">{phone.clone()}</a> })
                .collect_view()
        })
    };
    view! {
        <details class="small link" open=typed.recovery.iter().any(|text| text.with_untracked(|text| !text.is_empty()))>
            <summary>{t!(recovery.question)}</summary>
            <div class="stack signin__recovery">
                <p class="muted">{t!(recovery.call)}{live(phones)}". "{t!(recovery.then)}</p>
                <p class="muted">{t!(recovery.no_access)}</p>
                {recovery(typed, errors, restored)}
            </div>
        </details>
    }
    .into_any()
}

/// How long a code is good.
fn code_hint() -> String {
    session()
        .provider()
        .and_then(|provider| provider.recovery_minutes)
        .map_or_else(String::new, |minutes| plural!(recovery.code_hint, minutes))
}

/// `refused` is what the form of sign-in says of the last try: nothing once the password is a new one, which `restored`
/// tells.
fn recovery(typed: Typed, refused: Errors, restored: RwSignal<bool>) -> AnyView {
    const SUMMARY: &str = "recovery-summary";
    let session = session();
    let [login, code, new] = typed.recovery;
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let confirm = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let (login, code, new) = (login.get_untracked(), code.get_untracked(), new.get_untracked());
        let mut missing = Vec::new();
        if login.trim().is_empty() {
            missing.push(wrong("code-login", t!(sign_in.contract), t!(sign_in.contract_empty)));
        }
        if code.trim().is_empty() {
            missing.push(wrong("code", t!(recovery.code), t!(problem.field_empty)));
        }
        if let Some(why) = password::broken(session, "", &new) {
            missing.push(wrong("code-new", t!(password.new), &why));
        }
        if !missing.is_empty() {
            return errors.show(t!(password.failed).to_owned(), missing, SUMMARY);
        }
        busy.set(true);
        spawn_local(async move {
            let result = session.client().confirm_recovery(login.trim(), code.trim(), &new).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    typed.clear();
                    typed.login.set(login);
                    refused.clear();
                    restored.set(true);
                    browser::focus("login");
                }
                Err(error) => {
                    let fields = match error.code() {
                        Some("code_wrong") => vec![wrong("code", t!(recovery.code), &problem::message(&error))],
                        Some("password_weak") => vec![wrong("code-new", t!(password.new), &problem::message(&error))],
                        _ => Vec::new(),
                    };
                    errors.show(problem::message(&error), fields, SUMMARY);
                }
            }
        });
    };
    let code_field = Field::new("code", t!(recovery.code)).hint(code_hint).autocomplete("one-time-code");
    let new_field = Field::new("code-new", t!(password.new)).hint(password::hint).autocomplete("new-password");
    view! {
        <form class="form" novalidate on:submit=confirm aria-labelledby="rec-h">
            <h2 id="rec-h">{t!(recovery.title)}</h2>
            {errors.summary(SUMMARY)}
            {login_field("code-login").text(login, errors)}
            {code_field.text(code, errors)}
            {new_field.password(new, errors)}
            {field::submit(t!(recovery.save), busy, "btn btn--quiet btn--wide")}
        </form>
    }
    .into_any()
}
