//! Change of password: the form, and the page where a first password must be changed.

use crate::i18n::{plural, t};
use crate::parts::click;
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::icon::mark;
use crate::parts::shell::brand;
use crate::problem;
use crate::session::{Session, State, session};
use cabinet_client::Error;
use cabinet_core::password::check_length;
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
                    {form(session.name())}
                    <button class="btn btn--bare" type="button" on:click=click(move || session.sign_out())>{t!(nav.sign_out)}</button>
                </div>
            </main>
        </div>
    }
}

/// Old, new, again. `name` is what this person signs in with: whoever keeps passwords keeps this one under it.
pub fn form(name: RwSignal<String>) -> AnyView {
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
        let broken = broken(session, &old.get_untracked(), &new.get_untracked());
        let missing = missing(&old.get_untracked(), &new.get_untracked(), &again.get_untracked());
        if !missing.is_empty() {
            return errors.show(t!(password.failed).to_owned(), with_broken(missing, broken), SUMMARY);
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
                    } else {
                        // Other sessions have ended, and the list of them tells so.
                        session.changed();
                    }
                }
                Err(error) => errors.show(t!(password.failed).to_owned(), refused(&error, broken), SUMMARY),
            }
        });
    };
    let old_field = Field::new("old-password", t!(password.old)).autocomplete("current-password");
    let new_field = Field::new("new-password", t!(password.new)).hint(hint).autocomplete("new-password");
    let again_field = Field::new("again-password", t!(password.again)).autocomplete("new-password");
    view! {
        <form class="form" novalidate on:submit=save>
            {errors.summary(SUMMARY)}
            <input type="text" name="username" autocomplete="username" hidden readonly prop:value=move || name.get() />
            {old_field.password(old, errors)}
            {new_field.password(new, errors)}
            {again_field.password(again, errors)}
            <div class="row">{field::submit(t!(password.save), busy, "btn")}</div>
        </form>
    }
    .into_any()
}

/// What a new password must be.
pub fn hint() -> String {
    let least = session().password_min().map(|min| format!("{} ", least(min)));
    format!("{}{}", least.unwrap_or_default(), t!(password.hint))
}

fn least(min: u32) -> String {
    plural!(password.least, min)
}

/// A rule that the new password breaks, as far as this page can tell; the server knows more of them, and decides.
pub fn broken(session: Session, old: &str, new: &str) -> Option<String> {
    let min = session.password_min_now()?;
    if !new.is_empty() && new == old {
        return Some(t!(password.unchanged).to_owned());
    }
    check_length(new, min as usize).err().map(|_| t!(password.short).to_owned())
}

fn missing(old: &str, new: &str, again: &str) -> Vec<Wrong> {
    let wrong = |id, label, why: &str| Wrong { id, label, why: why.to_owned() };
    let mut missing = Vec::new();
    if old.is_empty() {
        missing.push(wrong("old-password", t!(password.old), t!(password.old_empty)));
    }
    if new.is_empty() {
        missing.push(wrong("new-password", t!(password.new), t!(password.new_empty)));
    }
    if new != again {
        missing.push(wrong("again-password", t!(password.again), t!(password.differ)));
    }
    missing
}

/// Everything that is wrong is told at once: what else is wrong, and the rule broken.
fn with_broken(mut wrongs: Vec<Wrong>, broken: Option<String>) -> Vec<Wrong> {
    let id = "new-password";
    if let Some(why) = broken.filter(|_| !wrongs.iter().any(|wrong| wrong.id == id)) {
        let place = wrongs.iter().position(|wrong| wrong.id == "again-password").unwrap_or(wrongs.len());
        wrongs.insert(place, Wrong { id, label: t!(password.new), why });
    }
    wrongs
}

fn refused(error: &Error, broken: Option<String>) -> Vec<Wrong> {
    let why = problem::message(error);
    match error.code() {
        Some("password_wrong") => with_broken(vec![Wrong { id: "old-password", label: t!(password.old), why }], broken),
        _ => vec![Wrong { id: "new-password", label: t!(password.new), why }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::speak;
    use cabinet_core::Language;

    #[test]
    fn everything_wrong_is_told_at_once() {
        speak(Language::En);
        let told = |wrongs: Vec<Wrong>| wrongs.into_iter().map(|wrong| wrong.id).collect::<Vec<_>>();
        assert_eq!(told(missing("", "", "x")), ["old-password", "new-password", "again-password"]);
        assert_eq!(told(missing("old", "new", "new")), [""; 0]);
        let short = || Some(t!(password.short).to_owned());
        assert_eq!(
            told(with_broken(missing("", "new", "other"), short())),
            ["old-password", "new-password", "again-password"]
        );
        assert_eq!(told(with_broken(missing("", "", ""), short())), ["old-password", "new-password"]);
        assert_eq!(told(with_broken(missing("old", "new", ""), short())), ["new-password", "again-password"]);
        assert_eq!(least(10), "At least 10 characters.");
    }
}
