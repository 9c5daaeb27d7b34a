//! What was done to the contract, and what is kept of its subscriber: read, taken home, and asked to be erased.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, t};
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::notice::{Tone, notice};
use crate::parts::older::{Older, Row};
use crate::parts::{click, live};
use crate::problem;
use crate::session::session;
use cabinet_contract::history::{DoneBy, HistoryRow};
use cabinet_contract::profile::{Profile, RequestField};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

const SECRET: &str = "data-password";

/// What was done to the contract, once it is asked for.
pub fn history() -> AnyView {
    let session = session();
    let older = Older::new(session, move |next| {
        let client = session.client();
        Box::pin(async move {
            let page = client.history(Some(&next).filter(|next| !next.is_empty()).map(String::as_str)).await?;
            let drawn = |row: HistoryRow| Arc::new(move || one(&row)) as Row;
            Ok((page.items.into_iter().map(drawn).collect(), page.next))
        })
    });
    // Nothing is read before the button is pressed: few look here.
    older.anew();
    view! {
        <section class="card stack" aria-labelledby="history-h">
            <h2 id="history-h">{t!(history.title)}</h2>
            <p class="small muted">{t!(history.lead)}</p>
            <div>{older.rows()}</div>
            {older.more(t!(history.more))}
        </section>
    }
    .into_any()
}

fn one(row: &HistoryRow) -> AnyView {
    let by = match row.by {
        DoneBy::Subscriber => t!(history.you),
        DoneBy::Staff => t!(history.staff),
        DoneBy::System | DoneBy::Unknown => t!(history.system),
    };
    let when = format!("{} · {by}", clock::instant(row.at));
    let sum = row.amount.map(|sum| format!(", {}", format::money(language(), sum)));
    let days = [row.day, row.until].into_iter().flatten().map(|day| format::day_year(language(), day));
    let about: Vec<String> = days.chain(row.reason.clone()).collect();
    let about = Some(about.join(" · ")).filter(|about| !about.is_empty());
    view! {
        <div class="setting">
            <div><b>{row.title.clone()}{sum}</b><p class="num">{when}</p>{about.map(|about| view! { <p class="breaks">{about}</p> })}</div>
        </div>
    }
    .into_any()
}

/// Everything kept, as an archive; and the wish that it go.
pub fn card(saved: RwSignal<Profile>) -> AnyView {
    let session = session();
    let errors = Errors::none();
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let secret = RwSignal::new(String::new());
    let download = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let password = secret.get_untracked();
        let wrong = |why: String| Wrong { id: SECRET, label: t!(data.password), why };
        errors.clear();
        if password.is_empty() {
            return errors.at(wrong(t!(sign_in.password_empty).to_owned()));
        }
        if busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        spawn_local(async move {
            let answer = session.ask(session.client().export_data(&password)).await;
            busy.try_set(false);
            match answer {
                Ok(file) => {
                    secret.try_set(String::new());
                    browser::keep(&file);
                }
                Err(error) => errors.at(wrong(problem::message(&error))),
            }
        });
    };
    let asked = Memo::new(move |_| {
        saved.with(|saved| saved.requests.iter().any(|request| request.field == RequestField::Erasure))
    });
    let wish = move |wish: bool| {
        failed.set(None);
        spawn_local(async move {
            let client = session.client();
            let answer = match session.ask(client.wish_erasure(wish)).await {
                Ok(()) => session.ask(client.profile()).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(profile) => _ = saved.try_set(profile),
                Err(error) => _ = failed.try_set(Some(problem::message(&error))),
            }
        });
    };
    let erasure = live(move || {
        let asked = asked.get();
        let (about, text) = match asked {
            true => (t!(data.asked), t!(data.withdraw)),
            false => (t!(data.erasure_lead), t!(data.erase)),
        };
        view! {
            <p class="small muted">{about}</p>
            <div class="row">
                <button class="btn btn--quiet btn--sm" type="button" on:click=click(move || wish(!asked))>{text}</button>
            </div>
        }
    });
    let field = Field::new(SECRET, t!(data.password)).autocomplete("current-password");
    view! {
        <section class="card stack" aria-labelledby="data-h">
            <h2 id="data-h">{t!(data.title)}</h2>
            <p class="small muted">{t!(data.lead)}</p>
            <form class="form" novalidate on:submit=download>
                {field.password(secret, errors)}
                <div class="row">{field::submit(t!(data.download), busy, "btn btn--quiet")}</div>
            </form>
            {erasure}
            {live(move || failed.get().map(|text| notice(Tone::Bad, text)))}
        </section>
    }
    .into_any()
}
