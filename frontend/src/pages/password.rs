//! Change of password: the form, and the page where a first password must be changed.

use crate::i18n::t;
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::icon::mark;
use crate::parts::shell::brand;
use crate::problem;
use crate::session::{State, session};
use cabinet_client::Error;
use leptos::prelude::*;
use leptos::task::spawn_local;

const SUMMARY: &str = "password-summary";

/// The page of a first password.
pub fn page() -> impl IntoView {
    let session = session();
    view! {
        <a class="skip" href="#main">{t!(sign_in.skip)}</a>
        <div class="signin">
            <header class="signin__art">
                <span class="brand">{mark()}<span>{brand(session)}</span></span>
                <div><p class="signin__motto">{t!(sign_in.motto)}</p><p>{t!(sign_in.about)}</p></div>
                <div></div>
            </header>
            <main class="signin__main" id="main" tabindex="-1">
                <div class="signin__box">
                    <div><h1>{t!(password.title)}</h1><p class="muted">{t!(password.first)}</p></div>
                    {form()}
                    <button class="btn btn--bare" type="button" on:click=move |_| session.sign_out()>{t!(nav.sign_out)}</button>
                </div>
            </main>
        </div>
    }
}

/// Old, new, again.
pub fn form() -> AnyView {
    let session = session();
    let old = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        if let Some(missing) = unfit(&old.get_untracked(), &new.get_untracked(), &again.get_untracked()) {
            return errors.show(t!(password.failed).to_owned(), vec![missing], SUMMARY);
        }
        busy.set(true);
        spawn_local(async move {
            let client = session.client();
            let result = session.ask(client.change_password(&old.get_untracked(), &new.get_untracked())).await;
            busy.try_set(false);
            match result {
                Ok(tokens) => {
                    for value in [old, new, again] {
                        value.try_set(String::new());
                    }
                    session.say(Some(t!(password.done).to_owned()));
                    if session.state_now() == State::FirstPassword {
                        session.come_in(&tokens).await;
                    }
                }
                Err(error) => errors.show(t!(password.failed).to_owned(), refused(&error), SUMMARY),
            }
        });
    };
    let old_field = Field::new("old-password", t!(password.old)).autocomplete("current-password");
    let new_field = Field::new("new-password", t!(password.new)).hint(t!(password.hint)).autocomplete("new-password");
    let again_field = Field::new("again-password", t!(password.again)).autocomplete("new-password");
    view! {
        <form class="form" novalidate on:submit=save>
            {errors.summary(SUMMARY)}
            {old_field.password(old, errors)}
            {new_field.password(new, errors)}
            {again_field.password(again, errors)}
            <div class="row">{field::submit(t!(password.save), busy, "btn")}</div>
        </form>
    }
    .into_any()
}

fn unfit(old: &str, new: &str, again: &str) -> Option<Wrong> {
    let wrong = |id, label, why: &str| Some(Wrong { id, label, why: why.to_owned() });
    if old.is_empty() {
        wrong("old-password", t!(password.old), t!(password.old_empty))
    } else if new.is_empty() {
        wrong("new-password", t!(password.new), t!(password.new_empty))
    } else if new != again {
        wrong("again-password", t!(password.again), t!(password.differ))
    } else {
        None
    }
}

fn refused(error: &Error) -> Vec<Wrong> {
    let why = problem::message(error);
    match error.code() {
        Some("password_wrong") => vec![Wrong { id: "old-password", label: t!(password.old), why }],
        _ => vec![Wrong { id: "new-password", label: t!(password.new), why }],
    }
}
