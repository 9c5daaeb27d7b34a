//! The manual, how to reach the provider, and requests to support.

use crate::i18n::t;
use crate::page::{HelpAt, Page};
use crate::parts::loaded::{self, Loader};
use crate::parts::shell::tel;
use crate::parts::{connection, icon, live, news, ticket};
use crate::router::Router;
use crate::session::{Session, session};
use cabinet_contract::help::{Help, HelpSection};
use cabinet_contract::provider::Provider;
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let router: Router = expect_context();
    let at = move || match router.page() {
        Page::Help(at) => at,
        _ => HelpAt::default(),
    };
    let (day, chosen) = (Memo::new(move |_| at().day), Memo::new(move |_| at().ticket));
    let told = news::read(session);
    let help = Loader::new(session, move || {
        let client = session.client();
        async move { client.help().await }
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(nav.help)}</h1><p>{t!(help.lead)}</p></div></div>
        <div class="split">
            <div class="stack stack--wide">
                {live(move || chosen.get().map(|id| ticket::one(session, id)))}
                {news::card(told)}
                {ticket::list(session, told, chosen)}
                {help.view(loaded::card_skeleton, |help, _| manual(help))}
            </div>
            <div class="stack stack--wide">
                {connection::card()}
                {live(move || contacts(session))}
                {live(move || ticket::form(session, day.get()))}
            </div>
        </div>
    }
    .into_any()
}

fn manual(help: Help) -> AnyView {
    let sections = help
        .sections
        .into_iter()
        .enumerate()
        .map(|(place, section)| {
            view! {
                <details open=place == 0 id=section.id.clone()>
                    <summary>{section.title.clone()}</summary>
                    <div class="prose">{prose(&section)}</div>
                </details>
            }
        })
        .collect_view();
    view! { <section class="card faq" aria-labelledby="manual-h"><h2 id="manual-h">{t!(help.manual)}</h2>{sections}</section> }
        .into_any()
}

/// Paragraphs; lines that begin with `- ` make a list.
fn prose(section: &HelpSection) -> AnyView {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut items: Vec<String> = Vec::new();
    let flush = |items: &mut Vec<String>, parts: &mut Vec<AnyView>| {
        if !items.is_empty() {
            let rows = std::mem::take(items).into_iter().map(|item| view! { <li>{item}</li> }).collect_view();
            parts.push(view! { <ul>{rows}</ul> }.into_any());
        }
    };
    for line in section.paragraphs.iter().flat_map(|paragraph| paragraph.lines()) {
        match line.strip_prefix("- ") {
            Some(item) => items.push(item.to_owned()),
            None => {
                flush(&mut items, &mut parts);
                parts.push(view! { <p>{line.to_owned()}</p> }.into_any());
            }
        }
    }
    flush(&mut items, &mut parts);
    parts.into_any()
}

fn contacts(session: Session) -> AnyView {
    let Some(provider) = session.provider() else { return loaded::card_skeleton() };
    let Provider { phones, email, address, hours, .. } = provider;
    let phones = phones
        .into_iter()
        .map(|phone| {
            let hours = hours.clone();
            view! {
                <li>
                    {icon("phone")}
                    <div><a href=tel(&phone) class="num">{phone.clone()}</a>{hours.map(|hours| view! { <p>{hours}</p> })}</div>
                    <span></span>
                </li>
            }
        })
        .collect_view();
    let email = email.map(|email| {
        view! { <li>{icon("mail")}<div><a href=format!("mailto:{email}")>{email.clone()}</a></div><span></span></li> }
    });
    let address = address.map(|address| {
        view! { <li>{icon("overview")}<div>{t!(help.office)}<p>{address}</p></div><span></span></li> }
    });
    view! {
        <section class="card stack" aria-labelledby="contacts-h">
            <h2 id="contacts-h">{t!(help.contacts)}</h2>
            <ul class="svc-list" role="list">{phones}{email}{address}</ul>
        </section>
    }
    .into_any()
}
