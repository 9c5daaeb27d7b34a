//! Who one is; the password, the login, and where one is signed in.

use crate::format;
use crate::i18n::t;
use crate::pages::password;
use crate::parts::field::{self, Errors, Field, Wrong, check};
use crate::parts::icon;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::problem;
use crate::session::session;
use cabinet_contract::profile::{Profile, RequestField, UpdateProfile};
use cabinet_contract::session::{Session as Place, Sessions};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let profile = Loader::new(session, move || {
        let client = session.client();
        async move { client.profile().await }
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(nav.profile)}</h1><p>{t!(profile.lead)}</p></div></div>
        <div class="split split--even">
            <div class="stack stack--wide">
                {profile.view(loaded::card_skeleton, move |value, _| person(profile, value))}
            </div>
            <div class="stack stack--wide">
                <section class="card stack" aria-labelledby="pw-h">
                    <h2 id="pw-h">{t!(password.change)}</h2>
                    {password::form()}
                </section>
                {move || profile.get().map(|value| login(profile, &value))}
                {places()}
            </div>
        </div>
    }
    .into_any()
}

/// The fields of the person, with what waits for staff.
fn person(profile: Loader<Profile>, value: Profile) -> AnyView {
    const SUMMARY: &str = "profile-summary";
    let session = session();
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let last = RwSignal::new(value.last_name.clone());
    let first = RwSignal::new(value.first_name.clone());
    let middle = RwSignal::new(value.middle_name.clone());
    let phones = RwSignal::new(value.phones.clone());
    let email = RwSignal::new(value.email.clone().unwrap_or_default());
    let address = RwSignal::new(value.address.clone());
    let promotions = RwSignal::new(value.consent_promotions);
    let draws = RwSignal::new(value.consent_draws);
    let fields = [
        Field { maxlength: 80, ..Field::new("last_name", t!(profile.last_name)).autocomplete("family-name") },
        Field { maxlength: 80, ..Field::new("first_name", t!(profile.first_name)).autocomplete("given-name") },
        Field { maxlength: 80, ..Field::new("middle_name", t!(profile.middle_name)).autocomplete("additional-name") },
        Field::new("phones", t!(profile.phones)).hint(t!(profile.phones_hint)).autocomplete("tel"),
        Field {
            maxlength: 254,
            kind: "email",
            inputmode: "email",
            ..Field::new("email", t!(profile.email)).autocomplete("email")
        },
        Field {
            maxlength: 200,
            ..Field::new("address", t!(profile.address)).hint(t!(profile.staff_hint)).autocomplete("street-address")
        },
    ];
    let values = [last, first, middle, phones, email, address];
    let before = value.clone();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        let text = |signal: RwSignal<String>, before: &str| {
            let now = signal.get_untracked().trim().to_owned();
            (now != before).then_some(now)
        };
        let tick = |signal: RwSignal<bool>, before: bool| Some(signal.get_untracked()).filter(|now| *now != before);
        let changes = UpdateProfile {
            last_name: text(last, &before.last_name),
            first_name: text(first, &before.first_name),
            middle_name: text(middle, &before.middle_name),
            address: text(address, &before.address),
            phones: text(phones, &before.phones),
            email: text(email, before.email.as_deref().unwrap_or_default()),
            consent_promotions: tick(promotions, before.consent_promotions),
            consent_draws: tick(draws, before.consent_draws),
        };
        if changes == UpdateProfile::default() {
            return session.say(Some(t!(profile.nothing).to_owned()));
        }
        let requested = [&changes.last_name, &changes.first_name, &changes.middle_name, &changes.address]
            .into_iter()
            .any(Option::is_some);
        busy.set(true);
        spawn_local(async move {
            let result = session.ask(session.client().update_profile(&changes)).await;
            busy.try_set(false);
            match result {
                Ok(value) => {
                    let text = if requested { t!(profile.requested) } else { t!(profile.saved) };
                    session.say(Some(text.to_owned()));
                    profile.put(value);
                }
                Err(error) => {
                    let why = problem::message(&error);
                    let named = problem::fields(&error);
                    let wrong = fields
                        .iter()
                        .filter_map(|field| {
                            let (_, told) = named.iter().find(|(name, _)| name == field.id)?;
                            Some(Wrong { id: field.id, label: field.label, why: (*told).to_owned() })
                        })
                        .collect();
                    errors.show(why, wrong, SUMMARY);
                }
            }
        });
    };
    let inputs = fields.iter().zip(values).map(|(field, value)| field.text(value, errors)).collect_view();
    let waiting = value
        .requests
        .iter()
        .map(|request| {
            let what = match request.field {
                RequestField::Name => t!(profile.name),
                RequestField::Address => t!(profile.address),
            };
            view! {
                <div class="setting">
                    <div><b>{what}": "{request.wish.clone()}</b><p>{format::instant(request.created_at)}</p></div>
                    <span class="pill pill--warn">{icon("clock")}{t!(profile.waits)}</span>
                </div>
            }
        })
        .collect_view();
    let waits = (!value.requests.is_empty()).then(|| {
        view! { <section class="card stack" aria-labelledby="req-h"><h2 id="req-h">{t!(profile.requests)}</h2><div>{waiting}</div></section> }
    });
    view! {
        {waits}
        <section class="card stack" aria-labelledby="person-h">
            <h2 id="person-h">{t!(profile.person)}</h2>
            <dl class="sumline"><dt>{t!(header.contract)}</dt><dd class="num">{value.contract.clone()}</dd></dl>
            <form class="form" novalidate on:submit=save>
                {errors.summary(SUMMARY)}
                {inputs}
                <fieldset>
                    <legend>{t!(profile.consents)}</legend>
                    {check(t!(profile.promotions), promotions)}
                    {check(t!(profile.draws), draws)}
                </fieldset>
                <div class="row">{field::submit(t!(action.save), busy, "btn")}</div>
            </form>
        </section>
    }
    .into_any()
}

/// A login of one's own, beside the contract number.
fn login(profile: Loader<Profile>, value: &Profile) -> AnyView {
    const SUMMARY: &str = "login-summary";
    let session = session();
    let errors = Errors::none();
    let busy = RwSignal::new(false);
    let login = RwSignal::new(value.login.clone().unwrap_or_default());
    let secret = RwSignal::new(String::new());
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        errors.clear();
        busy.set(true);
        spawn_local(async move {
            let (wish, password) = (login.get_untracked(), secret.get_untracked());
            let result = session.ask(session.client().change_login(wish.trim(), &password)).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    secret.try_set(String::new());
                    session.say(Some(t!(login.done).to_owned()));
                    profile.again();
                }
                Err(error) => {
                    let why = problem::message(&error);
                    let wrong = match error.code() {
                        Some("password_wrong") => {
                            Wrong { id: "login-password", label: t!(password.old), why: why.clone() }
                        }
                        _ => Wrong { id: "own-login", label: t!(login.label), why: why.clone() },
                    };
                    errors.show(t!(login.failed).to_owned(), vec![wrong], SUMMARY);
                }
            }
        });
    };
    let field_login = Field {
        maxlength: 32,
        ..Field::new("own-login", t!(login.label)).hint(t!(login.hint)).autocomplete("username")
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
                    places.again();
                }
                Err(error) => drop(failed.try_set(Some(problem::message(&error)))),
            }
        });
    };
    let rows = move |value: Sessions, _| {
        let others = value.items.iter().any(|place| !place.current);
        let rows = value.items.into_iter().map(|place| row(place, end)).collect_view();
        view! {
            <div>{rows}</div>
            {others.then(|| view! {
                <div class="row">
                    <button class="btn btn--quiet" type="button" on:click=move |_| end(None)>{t!(places.end_others)}</button>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="places-h">
            <h2 id="places-h">{t!(places.title)}</h2>
            {move || failed.get().map(|text| notice(Tone::Bad, text))}
            {places.view(loaded::lines, rows)}
        </section>
    }
    .into_any()
}

fn row(place: Place, end: impl Fn(Option<uuid::Uuid>) + Copy + 'static) -> AnyView {
    let id = place.id;
    let name = device(&place.user_agent);
    let symbol = if place.user_agent.contains("Mobi") { "mobile" } else { "laptop" };
    let used = format::instant(place.last_used_at);
    let side = if place.current {
        view! { <span class="pill pill--ok">{icon("check")}{t!(places.here)}</span> }.into_any()
    } else {
        let label = t!(places.end_this, name = name.as_str()).to_string();
        view! {
            <button class="btn btn--quiet btn--sm" type="button" aria-label=label on:click=move |_| end(Some(id))>{t!(places.end)}</button>
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
fn device(agent: &str) -> String {
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
