//! News and planned works that concern the subscriber: a banner until it is read, and all of them in the help.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, t};
use crate::page::{HelpAt, Page as At};
use crate::parts::icon::small;
use crate::parts::loaded::Loader;
use crate::parts::{click, icon, live};
use crate::problem;
use crate::session::Session;
use cabinet_contract::page::Page;
use cabinet_contract::support::{NewsItem, NewsKind, Ticket};
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// Banners that stand at once.
const BANNERS: usize = 2;

/// What is told to the subscriber: notices that concern them, and their requests.
pub type Told = Loader<(Vec<NewsItem>, Page<Ticket>)>;

/// Reads it.
pub fn read(session: Session) -> Told {
    Loader::new(session, move || {
        let client = session.client();
        async move { Ok((client.news().await?.items, client.tickets(None).await?)) }
    })
}

/// What is unread: notices, and an answer of support. Where it cannot be read nothing stands.
pub fn banners(session: Session) -> AnyView {
    let (told, hidden) = (read(session), RwSignal::new(Vec::new()));
    live(move || {
        let (news, tickets) = told.get()?;
        let unread = news.iter().filter(|item| !item.read && !hidden.with(|hidden| hidden.contains(&item.id)));
        let shown = unread.take(BANNERS).map(|item| banner(item, session, hidden)).collect_view();
        Some(view! { {shown}{tickets.items.iter().find(|ticket| ticket.unread).map(answered)} })
    })
}

fn banner(item: &NewsItem, session: Session, hidden: RwSignal<Vec<Uuid>>) -> AnyView {
    let (id, title) = (item.id, titled(item));
    view! {
        <div class="notice" role="note">
            {symbol(item.kind)}
            <div><b>{title.clone()}</b>" "<a href="/help">{t!(news.more)}</a></div>
            <button
                class="btn btn--bare btn--sm btn--icon"
                type="button"
                aria-label=t!(news.hide, title = title)
                on:click=click(move || hide(session, id, hidden))
            >
                {small("close")}
            </button>
        </div>
    }
    .into_any()
}

fn hide(session: Session, id: Uuid, hidden: RwSignal<Vec<Uuid>>) {
    hidden.update(|hidden| hidden.push(id));
    browser::focus("main");
    spawn_local(async move {
        if let Err(error) = session.ask(session.client().mark_news_read(id)).await {
            hidden.try_update(|hidden| hidden.retain(|one| *one != id));
            session.say(Some(problem::message(&error)));
        }
    });
}

fn answered(ticket: &Ticket) -> AnyView {
    let link = At::Help(HelpAt { ticket: Some(ticket.id), day: None }).address();
    view! {
        <div class="notice" role="note">
            {icon("mail")}
            <div><b>{t!(ticket.answered)}</b>" "<a href=link>{t!(ticket.read)}</a></div>
        </div>
    }
    .into_any()
}

/// All that is told now; nothing where nothing is.
pub fn card(told: Told) -> AnyView {
    live(move || {
        let (items, _) = told.get().filter(|(items, _)| !items.is_empty())?;
        let rows = items.iter().map(row).collect_view();
        Some(listed("news-h", t!(news.title), rows.into_any(), ().into_any()))
    })
}

/// A card that is a list, and what stands under it.
pub fn listed(id: &'static str, title: &'static str, rows: AnyView, more: AnyView) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id>
            <h2 class="card__head" id=id>{title}</h2>
            <ul class="svc-list" role="list">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

fn row(item: &NewsItem) -> AnyView {
    let text = (!item.text.is_empty()).then(|| view! { <p class="said">{item.text.clone()}</p> });
    view! { <li>{symbol(item.kind)}<div><b>{titled(item)}</b>{text}</div><span></span></li> }.into_any()
}

fn symbol(kind: NewsKind) -> AnyView {
    icon(if kind == NewsKind::PlannedWork { "tools" } else { "info" })
}

/// `Планові роботи 25 грудня, 02:00–04:00.`
fn titled(item: &NewsItem) -> String {
    let (Some(start), Some(end)) = (item.starts_at, item.ends_at) else { return item.title.clone() };
    let day = |at| clock::day(at).map(|day| format::day(language(), day)).unwrap_or_default();
    let (first, last) = (day(start), day(end));
    let (from, to) = (clock::time(start), clock::time(end));
    let when =
        if first == last { format!("{first}, {from}–{to}") } else { format!("{first}, {from} – {last}, {to}") };
    format!("{} {when}", item.title)
}
