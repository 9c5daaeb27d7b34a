//! Who one is; the password, the login, and where one is signed in.

use crate::browser;
use crate::clock;
use crate::i18n::t;
use crate::pages::password;
use crate::parts::contact::{self, Way};
use crate::parts::field::{self, Errors, Field, Wrong, check};
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::own_data;
use crate::parts::{click, icon, live};
use crate::problem;
use crate::session::session;
use cabinet_contract::profile::{Profile, RequestField, UpdateProfile};
use cabinet_contract::session::{Session as Place, Sessions};
use cabinet_core::password::check_login;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let profile = Loader::for_form(session, move || {
        let client = session.client();
        async move { client.profile().await }
    });
    // Saving one form says nothing about the other: both are drawn from the first answer only.
    let there = Memo::new(move |_| profile.get().is_some());
    let name = RwSignal::new(String::new());
    Effect::new(move |_| {
        if let Some(value) = profile.get() {
            name.set(value.login.unwrap_or(value.contract));
        }
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(nav.profile)}</h1><p>{t!(profile.lead)}</p></div></div>
        <div class="split split--even">
            <div class="stack stack--wide">
                {profile.view(loaded::card_skeleton, move |value, _| person(value))}
            </div>
            <div class="stack stack--wide">
                <section class="card stack" aria-labelledby="pw-h">
                    <h2 id="pw-h">{t!(password.change)}</h2>
                    {password::form(name)}
                </section>
                {live(move || there.get().then(|| profile.known().map(|value| login(value.login))))}
                {places()}
                {own_data::history()}
            </div>
        </div>
    }
    .into_any()
}

/// A text of the form: what it shows, and what the server has.
#[derive(Clone, Copy)]
struct Text {
    field: Field,
    shown: RwSignal<String>,
    saved: fn(&Profile) -> &str,
    change: fn(&mut UpdateProfile) -> &mut Option<String>,
}

/// The fields of the person, with what waits for staff.
fn person(value: Profile) -> AnyView {
    const SUMMARY: &str = "profile-summary";
    const SECRET: &str = "profile-password";
    let session = session();
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let contract = value.contract.clone();
    let promotions = RwSignal::new(value.consent_promotions);
    let draws = RwSignal::new(value.consent_draws);
    let saved = RwSignal::new(value);
    let text = |field: Field, of: fn(&Profile) -> &str, change: fn(&mut UpdateProfile) -> &mut Option<String>| Text {
        field,
        shown: RwSignal::new(saved.with_untracked(|saved| of(saved).to_owned())),
        saved: of,
        change,
    };
    let name = |id, label, autocomplete| Field { maxlength: 80, ..Field::new(id, label).autocomplete(autocomplete) };
    let email = Field {
        maxlength: 254,
        kind: "email",
        inputmode: "email",
        ..Field::new("email", t!(profile.email)).autocomplete("email")
    };
    let address = Field {
        maxlength: 200,
        ..Field::new("address", t!(profile.address))
            .hint(|| t!(profile.staff_hint).to_owned())
            .autocomplete("street-address")
    };
    let phones =
        Field::new("phones", t!(profile.phones)).hint(|| t!(profile.phones_hint).to_owned()).autocomplete("tel");
    let texts = [
        text(name("last_name", t!(profile.last_name), "family-name"), |p| &p.last_name, |c| &mut c.last_name),
        text(name("first_name", t!(profile.first_name), "given-name"), |p| &p.first_name, |c| &mut c.first_name),
        text(
            name("middle_name", t!(profile.middle_name), "additional-name"),
            |p| &p.middle_name,
            |c| &mut c.middle_name,
        ),
        text(phones, |p| &p.phones, |c| &mut c.phones),
        text(email, |p| p.email.as_deref().unwrap_or_default(), |c| &mut c.email),
        text(address, |p| &p.address, |c| &mut c.address),
    ];
    // Codes and bills go to contacts, so others are taken with the password only.
    let proves = Memo::new(move |_| {
        let differs = |text: &Text| text.shown.with(|now| saved.with(|saved| now.trim() != (text.saved)(saved)));
        texts.iter().any(|text| matches!(text.field.id, "phones" | "email") && differs(text))
    });
    let secret = RwSignal::new(String::new());
    let field_secret = Field::new(SECRET, t!(profile.password)).autocomplete("current-password");
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let mut changes = UpdateProfile::default();
        saved.with_untracked(|saved| {
            for text in texts {
                let now = text.shown.get_untracked().trim().to_owned();
                *(text.change)(&mut changes) = Some(now).filter(|now| now != (text.saved)(saved));
            }
            let tick = |signal: RwSignal<bool>, before: bool| Some(signal.get_untracked()).filter(|now| *now != before);
            changes.consent_promotions = tick(promotions, saved.consent_promotions);
            changes.consent_draws = tick(draws, saved.consent_draws);
        });
        if changes == UpdateProfile::default() {
            return session.say(Some(t!(profile.nothing).to_owned()));
        }
        changes.password = Some(secret.get_untracked()).filter(|secret| proves.get_untracked() && !secret.is_empty());
        busy.set(true);
        spawn_local(async move {
            let result = session.ask(session.client().update_profile(&changes)).await;
            busy.try_set(false);
            match result {
                Ok(value) => {
                    secret.try_set(String::new());
                    let waits = waits(&changes, &value);
                    session.say(Some(if waits { t!(profile.requested) } else { t!(profile.saved) }.to_owned()));
                    for text in texts {
                        // The server keeps it its own way, or as a request; what was typed since then stays.
                        let sent = (text.change)(&mut changes.clone()).take();
                        let untouched =
                            text.shown.try_get_untracked().is_some_and(|now| Some(now.trim()) == sent.as_deref());
                        if untouched {
                            text.shown.try_set((text.saved)(&value).to_owned());
                        }
                    }
                    saved.try_set(value);
                }
                Err(error) => {
                    let why = problem::message(&error);
                    let named = problem::fields(&error);
                    if matches!(error.code(), Some("password_needed" | "password_wrong")) {
                        return errors.at(Wrong { id: SECRET, label: field_secret.label, why });
                    }
                    let wrong = texts
                        .iter()
                        .filter_map(|Text { field, .. }| {
                            let (_, told) = named.iter().find(|(name, _)| name == field.id)?;
                            Some(Wrong { id: field.id, label: field.label, why: (*told).to_owned() })
                        })
                        .collect();
                    errors.show(why, wrong, SUMMARY);
                }
            }
        });
    };
    let inputs = texts.map(|text| text.field.text(text.shown, errors)).into_iter().collect_view();
    view! {
        {live(move || saved.with(requests))}
        <section class="card stack" aria-labelledby="person-h">
            <h2 id="person-h">{t!(profile.person)}</h2>
            <dl class="sumline"><dt>{t!(header.contract)}</dt><dd class="num">{contract}</dd></dl>
            <form class="form" novalidate on:submit=save>
                {errors.summary(SUMMARY)}
                {inputs}
                {live(move || proves.get().then(|| field_secret.password(secret, errors)))}
                <fieldset>
                    <legend>{t!(profile.consents)}</legend>
                    {check(t!(profile.promotions), promotions)}
                    {check(t!(profile.draws), draws)}
                </fieldset>
                <div class="row">{field::submit(t!(action.save), busy, "btn")}</div>
            </form>
        </section>
        {contact::card(Way::Email, saved)}
        {contact::card(Way::Phone, saved)}
        {own_data::card(saved)}
    }
    .into_any()
}

/// Whether some of these changes became a request: an office may let them be made at once.
fn waits(changes: &UpdateProfile, now: &Profile) -> bool {
    let asked = |field| now.requests.iter().any(|request| request.field == field);
    let name = [&changes.last_name, &changes.first_name, &changes.middle_name].into_iter().any(Option::is_some);
    (name && asked(RequestField::Name)) || (changes.address.is_some() && asked(RequestField::Address))
}

/// What waits for staff.
fn requests(value: &Profile) -> Option<AnyView> {
    if value.requests.is_empty() {
        return None;
    }
    let waiting = value
        .requests
        .iter()
        .map(|request| {
            let what = match request.field {
                RequestField::Name => Some(t!(profile.name)),
                RequestField::Address => Some(t!(profile.address)),
                RequestField::Erasure => Some(t!(data.erasure)),
                RequestField::Unknown => None,
            };
            view! {
                <div class="setting">
                    <div>
                        <b>{what}{(!request.wish.is_empty()).then(|| format!(": {}", request.wish))}</b>
                        <p>{clock::instant(request.created_at)}</p>
                    </div>
                    <span class="pill pill--warn">{icon("clock")}{t!(profile.waits)}</span>
                </div>
            }
        })
        .collect_view();
    Some(
        view! { <section class="card stack" aria-labelledby="req-h"><h2 id="req-h">{t!(profile.requests)}</h2><div>{waiting}</div></section> }
            .into_any(),
    )
}

/// A login of one's own, beside the contract number.
fn login(present: Option<String>) -> AnyView {
    const SUMMARY: &str = "login-summary";
    let session = session();
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let login = RwSignal::new(present.unwrap_or_default());
    let secret = RwSignal::new(String::new());
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let (wish, password) = (login.get_untracked(), secret.get_untracked());
        let unfit = unfit_login(wish.trim(), &password);
        if !unfit.is_empty() {
            return errors.show(t!(login.failed).to_owned(), unfit, SUMMARY);
        }
        busy.set(true);
        spawn_local(async move {
            let result = session.ask(session.client().change_login(wish.trim(), &password)).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    secret.try_set(String::new());
                    session.say(Some(t!(login.done).to_owned()));
                    // Other sessions have ended, and the list of them tells so.
                    session.changed();
                }
                Err(error) => {
                    let why = problem::message(&error);
                    let wrong = match error.code() {
                        Some("password_wrong") => Wrong { id: "login-password", label: t!(login.password), why },
                        _ => Wrong { id: "own-login", label: t!(login.label), why },
                    };
                    errors.show(t!(login.failed).to_owned(), vec![wrong], SUMMARY);
                }
            }
        });
    };
    let field_login = Field {
        maxlength: 32,
        ..Field::new("own-login", t!(login.label)).hint(|| t!(login.hint).to_owned()).autocomplete("username")
    };
    let field_secret = Field::new("login-password", t!(login.password)).autocomplete("current-password");
    view! {
        <section class="card stack" aria-labelledby="login-h">
            <h2 id="login-h">{t!(login.title)}</h2>
            <p class="small muted">{t!(login.lead)}</p>
            <form class="form" novalidate on:submit=save>
                {errors.summary(SUMMARY)}
                {field_login.text(login, errors)}
                {field_secret.password(secret, errors)}
                <div class="row">{field::submit(t!(login.save), busy, "btn btn--quiet")}</div>
            </form>
        </section>
    }
    .into_any()
}

/// What is wrong with the form, all at once. What a login may be, the hint says.
fn unfit_login(wish: &str, password: &str) -> Vec<Wrong> {
    let mut unfit = Vec::new();
    if check_login(wish).is_err() {
        unfit.push(Wrong { id: "own-login", label: t!(login.label), why: t!(problem.field_invalid).to_owned() });
    }
    if password.is_empty() {
        unfit.push(Wrong {
            id: "login-password",
            label: t!(login.password),
            why: t!(sign_in.password_empty).to_owned(),
        });
    }
    unfit
}

/// Where one is signed in.
fn places() -> AnyView {
    let session = session();
    let places = Loader::new(session, move || {
        let client = session.client();
        async move { client.sessions().await }
    });
    let failed = RwSignal::new(None::<String>);
    let end = move |which: Option<uuid::Uuid>| {
        failed.set(None);
        spawn_local(async move {
            let client = session.client();
            let result = match which {
                Some(id) => session.ask(client.end_session(id)).await,
                None => session.ask(client.sign_out_others()).await,
            };
            match result {
                Ok(()) => {
                    session.say(Some(t!(places.ended).to_owned()));
                    // The button goes with its row.
                    browser::focus("places-h");
                    places.again();
                }
                Err(error) => drop(failed.try_set(Some(problem::message(&error)))),
            }
        });
    };
    let rows = move |value: Sessions, _: bool| {
        let others = value.items.iter().any(|place| !place.current);
        let rows = value.items.into_iter().map(|place| row(place, end)).collect_view();
        view! {
            <div>{rows}</div>
            {others.then(|| view! {
                <div class="row">
                    <button class="btn btn--quiet" type="button" on:click=click(move || end(None))>{t!(places.end_others)}</button>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="places-h">
            <h2 id="places-h" tabindex="-1">{t!(places.title)}</h2>
            {live(move || failed.get().map(|text| notice(Tone::Bad, text)))}
            {places.view(loaded::lines, rows)}
        </section>
    }
    .into_any()
}

fn row(place: Place, end: impl Fn(Option<uuid::Uuid>) + Copy + 'static) -> AnyView {
    let id = place.id;
    let name = device(&place.user_agent);
    let symbol = if place.user_agent.contains("Mobi") { "mobile" } else { "laptop" };
    let used = clock::instant(place.last_used_at);
    let side = if place.current {
        view! { <span class="pill pill--ok">{icon("check")}{t!(places.here)}</span> }.into_any()
    } else {
        let label = t!(places.end_this, name = name.as_str()).to_string();
        view! {
            <button class="btn btn--quiet btn--sm" type="button" aria-label=label on:click=click(move || end(Some(id)))>{t!(places.end)}</button>
        }
        .into_any()
    };
    view! {
        <div class="setting">
            <div class="row row--tight">{icon(symbol)}<div><b>{name}</b><p class="num">{place.address}" · "{used}</p></div></div>
            {side}
        </div>
    }
    .into_any()
}

/// `Windows, Firefox`: the two words of a browser's long name that mean something to a person.
pub fn device(agent: &str) -> String {
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    match (system, browser) {
        (Some(system), Some(browser)) => format!("{system}, {browser}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => t!(places.unknown).to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_and_its_password_are_looked_at_together() {
        let told = |wish, password| unfit_login(wish, password).into_iter().map(|wrong| wrong.id).collect::<Vec<_>>();
        assert_eq!(told("0000", ""), ["own-login", "login-password"]);
        assert_eq!(told("ivan.ivanov", ""), ["login-password"]);
        assert_eq!(told("ivan.ivanov", "secret"), [""; 0]);
    }
}
