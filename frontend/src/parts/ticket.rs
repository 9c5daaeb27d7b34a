//! Requests to support: the list, one of them message by message, and the form for another.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, t};
use crate::page::{HelpAt, Page};
use crate::parts::field::{Errors, Wrong, submit};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::news::{Told, listed};
use crate::parts::notice::{Tone, notice};
use crate::parts::older::{Older, Row};
use crate::parts::{click, icon, live, told};
use crate::problem;
use crate::router::Router;
use crate::session::Session;
use cabinet_client::{Error, fresh_key};
use cabinet_contract::support::{
    MessageAuthor, OpenTicket, Ticket, TicketFile, TicketMessage, TicketStatus, TicketThread, TicketTopic, WriteMessage,
};
use cabinet_core::support::{FILE_MAX, FILES_MAX, TEXT_MAX, Topic};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// What the server takes, for the browser's choice of files; the server looks for itself.
const TAKEN: &str = ".png,.jpg,.jpeg,.webp,.pdf,.txt,.log,image/png,image/jpeg,image/webp,application/pdf,text/plain";

/// The list; nothing where nothing was asked.
pub fn list(session: Session, told: Told, chosen: Memo<Option<Uuid>>) -> AnyView {
    let older = Older::new(session, move |next| {
        let client = session.client();
        Box::pin(async move {
            let page = client.tickets(Some(&next)).await?;
            let drawn = |ticket: Ticket| Arc::new(move || row(&ticket, chosen)) as Row;
            Ok((page.items.into_iter().map(drawn).collect(), page.next))
        })
    });
    live(move || {
        let (_, page) = told.get().filter(|(_, page)| !page.items.is_empty())?;
        older.behind(&page.next);
        let rows = page.items.iter().map(|ticket| row(ticket, chosen)).collect_view();
        let rows = view! { {rows}{older.rows()} }.into_any();
        Some(listed("tickets-h", t!(ticket.list), rows, older.more(t!(ticket.older))))
    })
}

fn row(ticket: &Ticket, chosen: Memo<Option<Uuid>>) -> AnyView {
    let id = ticket.id;
    let link = Page::Help(HelpAt { ticket: Some(id), day: None }).address();
    let state = if ticket.unread { unread() } else { standing(ticket.status) };
    view! {
        <li>
            {icon("mail")}
            <div class="said">
                <a href=link aria-current=told(move || (chosen.get() == Some(id)).then_some("true"))>{ticket.begins.clone()}</a>
                <p>{topic(ticket.topic)}", "{clock::instant(ticket.moved_at)}</p>
            </div>
            {state}
        </li>
    }
    .into_any()
}

fn unread() -> AnyView {
    view! { <span class="pill pill--warn">{icon("mail")}{t!(ticket.unread)}</span> }.into_any()
}

fn standing(status: TicketStatus) -> AnyView {
    let (class, symbol, text) = match status {
        TicketStatus::Open => ("pill", "clock", t!(ticket.open)),
        TicketStatus::Answered => ("pill pill--ok", "check", t!(ticket.has_answer)),
        TicketStatus::Closed => ("pill", "check", t!(ticket.closed)),
        TicketStatus::Unknown => return ().into_any(),
    };
    view! { <span class=class>{icon(symbol)}{text}</span> }.into_any()
}

fn topic(topic: TicketTopic) -> &'static str {
    match topic {
        TicketTopic::Charges => t!(ticket.charges),
        TicketTopic::Connection => t!(ticket.connection),
        TicketTopic::Other | TicketTopic::Unknown => t!(ticket.other),
    }
}

/// One of them, read as soon as it is seen, with the form to write on.
pub fn one(session: Session, id: Uuid) -> AnyView {
    let thread = Loader::new(session, move || {
        let client = session.client();
        async move { client.ticket(id).await }
    });
    Effect::new(move |_| {
        if let Some(TicketThread { ticket, .. }) = thread.get().filter(|thread| thread.ticket.unread) {
            spawn_local(async move {
                if session.client().mark_ticket_read(id, ticket.messages).await.is_ok() {
                    session.changed();
                }
            });
        }
    });
    let draft = Draft::new(session, "reply");
    let send = move || {
        let message = WriteMessage { text: draft.text.get_untracked(), files: draft.ids() };
        let (client, key) = (session.client(), draft.key.get_value());
        draft.send(async move { client.write_message(id, &message, key).await.map(|sent| sent.ticket) });
    };
    browser::focus("ticket-h");
    view! {
        <section class="card stack" id="ticket" aria-labelledby="ticket-h">
            <h2 id="ticket-h" tabindex="-1">{t!(ticket.one)}</h2>
            {thread.view(loaded::lines, move |thread, _| conversation(session, thread))}
            {live(move || thread.get().map(|_| ()).map(|()| view! {
                <form class="stack" novalidate on:submit=sent(send)>
                    {draft.fields(t!(ticket.reply))}
                    {submit(t!(ticket.send), draft.busy, "btn btn--quiet")}
                </form>
            }))}
        </section>
    }
    .into_any()
}

fn conversation(session: Session, thread: TicketThread) -> AnyView {
    let ticket = thread.ticket;
    let day = ticket.day.map(|day| t!(ticket.about, day = format::day_year(language(), day)));
    let failed = RwSignal::new(None);
    let messages = thread.messages.into_iter().map(|one| message(session, ticket.id, one, failed)).collect_view();
    view! {
        <div class="row row--between">
            <span class="muted">{topic(ticket.topic)}{day.map(|day| view! { ". " {day} })}</span>
            {standing(ticket.status)}
        </div>
        <ol class="thread" role="list">{messages}</ol>
        <div aria-live="polite">{live(move || failed.get().map(|error| notice(Tone::Bad, problem::message(&error))))}</div>
    }
    .into_any()
}

fn message(session: Session, ticket: Uuid, message: TicketMessage, failed: RwSignal<Option<Error>>) -> AnyView {
    let own = message.author == MessageAuthor::Subscriber;
    let files = message.files.into_iter().map(|file| download(session, ticket, file, failed)).collect_view();
    view! {
        <li class=if own { "said said--own" } else { "said" }>
            <p class="muted small">
                <b>{if own { t!(ticket.you) } else { t!(ticket.support) }}</b>", "{clock::instant(message.at)}
            </p>
            <p>{message.text}</p>
            {files}
        </li>
    }
    .into_any()
}

fn download(session: Session, ticket: Uuid, file: TicketFile, failed: RwSignal<Option<Error>>) -> AnyView {
    let (id, name, shown) = (file.id, file.name.clone(), file.name);
    let fetch = move || {
        let name = name.clone();
        spawn_local(async move {
            match session.ask(session.client().ticket_file(ticket, id)).await {
                // The header spells the name in ASCII only.
                Ok(file) => browser::keep(&cabinet_client::File { name, ..file }),
                Err(error) => _ = failed.try_set(Some(error)),
            }
        });
    };
    view! {
        <button class="btn btn--quiet btn--sm" type="button" on:click=click(fetch)>
            {small("download")}<span class="said">{shown}</span>
        </button>
    }
    .into_any()
}

/// The form for another one; `day` is the one that is asked about.
pub fn form(session: Session, day: Option<Date>) -> AnyView {
    let draft = Draft::new(session, "ticket");
    let about = RwSignal::new(if day.is_some() { Topic::Charges } else { Topic::Connection });
    let send = move || {
        let new =
            OpenTicket { topic: about.get_untracked(), day, text: draft.text.get_untracked(), files: draft.ids() };
        let (client, key) = (session.client(), draft.key.get_value());
        draft.send(async move { client.open_ticket(&new, key).await.map(|sent| sent.ticket) });
    };
    if day.is_some() {
        browser::focus("ticket-text");
    }
    let options = Topic::ALL.map(|one| {
        view! { <option value=one.code() selected=one == about.get_untracked()>{topic(one.into())}</option> }
    });
    let choose = move |event| {
        about.set(Topic::from_code(&event_target_value(&event)).unwrap_or(Topic::Other));
        draft.key.set_value(fresh_key());
    };
    view! {
        <section class="card stack" aria-labelledby="write-h">
            <h2 id="write-h">{t!(ticket.write)}</h2>
            {day.map(|day| notice(Tone::Info, t!(help.about_day, day = format::day_year(language(), day)).to_string()))}
            <form class="stack" novalidate on:submit=sent(send)>
                <div class="field">
                    <label for="ticket-topic">{t!(ticket.topic)}</label>
                    <select class="input" id="ticket-topic" on:change=choose>{options}</select>
                </div>
                {draft.fields(t!(ticket.what))}
                {submit(t!(ticket.send), draft.busy, "btn")}
            </form>
        </section>
    }
    .into_any()
}

fn sent(send: impl Fn() + 'static) -> Box<dyn FnMut(web_sys::SubmitEvent)> {
    Box::new(move |event| {
        event.prevent_default();
        send();
    })
}

/// What is being written.
#[derive(Clone, Copy)]
struct Draft {
    session: Session,
    /// Of its inputs' ids.
    name: &'static str,
    text: RwSignal<String>,
    files: RwSignal<Vec<TicketFile>>,
    busy: RwSignal<bool>,
    errors: Errors,
    /// One for what is written, however often the button is pressed.
    key: StoredValue<Uuid>,
}

impl Draft {
    fn new(session: Session, name: &'static str) -> Draft {
        let draft = Draft {
            session,
            name,
            text: RwSignal::new(String::new()),
            files: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            errors: Errors::none(),
            key: StoredValue::new(fresh_key()),
        };
        Effect::new(move |_| {
            draft.text.track();
            draft.files.track();
            draft.key.set_value(fresh_key());
            draft.errors.clear();
        });
        draft
    }

    fn ids(self) -> Vec<Uuid> {
        self.files.with_untracked(|files| files.iter().map(|file| file.id).collect())
    }

    fn area(self) -> &'static str {
        if self.name == "reply" { "reply-text" } else { "ticket-text" }
    }

    fn chooser(self) -> &'static str {
        if self.name == "reply" { "reply-files" } else { "ticket-files" }
    }

    fn refuse(self, id: &'static str, why: String) {
        self.errors.at(Wrong { id, label: "", why });
    }

    fn send(self, sending: impl Future<Output = Result<Uuid, Error>> + 'static) {
        if self.text.with_untracked(|text| text.trim().is_empty()) {
            return self.refuse(self.area(), t!(ticket.empty).to_owned());
        }
        if self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        let router: Router = expect_context();
        let sending: std::pin::Pin<Box<dyn Future<Output = Result<Uuid, Error>>>> = Box::pin(sending);
        spawn_local(async move {
            let result = self.session.ask(sending).await;
            self.busy.try_set(false);
            match result {
                Ok(ticket) => {
                    self.text.try_set(String::new());
                    self.files.try_set(Vec::new());
                    self.session.say(Some(t!(ticket.sent).to_owned()));
                    self.session.changed();
                    router.go(Page::Help(HelpAt { ticket: Some(ticket), day: None }));
                }
                Err(error) => self.refuse(self.area(), problem::message(&error)),
            }
        });
    }

    /// Keeps the chosen files, one after the other, until one is refused.
    fn keep(self, input: web_sys::HtmlInputElement) {
        let chosen: Vec<web_sys::File> = input
            .files()
            .map(|list| (0..list.length()).filter_map(|place| list.get(place)).collect())
            .unwrap_or_default();
        // The same file may be chosen again.
        input.set_value("");
        let most = FILES_MAX - self.files.with_untracked(Vec::len).min(FILES_MAX);
        if chosen.len() > most {
            return self.refuse(self.chooser(), t!(ticket.too_many, n = FILES_MAX));
        }
        if chosen.iter().any(|file| file.size() > FILE_MAX as f64) {
            return self.refuse(self.chooser(), t!(ticket.too_large, n = FILE_MAX / 1024 / 1024));
        }
        if chosen.is_empty() || self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        spawn_local(async move {
            for file in chosen {
                let kept = match browser::bytes(&file).await {
                    Some(bytes) => self.session.ask(self.session.client().keep_ticket_file(&file.name(), bytes)).await,
                    None => Err(Error::Offline(String::new())),
                };
                match kept {
                    Ok(kept) => _ = self.files.try_update(|files| files.push(kept)),
                    Err(error) => {
                        self.refuse(self.chooser(), problem::message(&error));
                        break;
                    }
                }
            }
            self.busy.try_set(false);
        });
    }

    fn fields(self, label: &'static str) -> AnyView {
        let (area, chooser, errors) = (self.area(), self.chooser(), self.errors);
        let choose = move |event: web_sys::Event| self.keep(event_target(&event));
        view! {
            <div class="field">
                <label for=area>{label}</label>
                <textarea
                    class="input"
                    id=area
                    rows="4"
                    maxlength=TEXT_MAX.to_string()
                    aria-describedby=format!("{area}-error")
                    aria-invalid=told(move || errors.has(area).then_some("true"))
                    prop:value=move || self.text.get()
                    on:input=move |event| self.text.set(event_target_value(&event))
                ></textarea>
                {errors.note(area)}
            </div>
            <div class="field">
                <label for=chooser>{t!(ticket.files)}</label>
                <input
                    class="input"
                    id=chooser
                    type="file"
                    multiple
                    accept=TAKEN
                    aria-describedby=format!("{chooser}-hint {chooser}-error")
                    aria-invalid=told(move || errors.has(chooser).then_some("true"))
                    on:change=choose
                />
                <p class="field__hint" id=format!("{chooser}-hint")>
                    {t!(ticket.files_hint, n = FILES_MAX, size = FILE_MAX / 1024 / 1024)}
                </p>
                {errors.note(chooser)}
                {live(move || self.chips())}
            </div>
        }
        .into_any()
    }

    /// The files that go along, each with a button that leaves it out.
    fn chips(self) -> Option<AnyView> {
        let files = self.files.get();
        if files.is_empty() {
            return None;
        }
        let rows = files.into_iter().map(|file| {
            let id = file.id;
            let drop = move || {
                self.files.update(|files| files.retain(|one| one.id != id));
                browser::focus(self.chooser());
            };
            let named = t!(ticket.drop, name = file.name.as_str());
            view! {
                <li>
                    {icon("check")}
                    <div class="said">{file.name}</div>
                    <button class="btn btn--bare btn--sm btn--icon" type="button" aria-label=named on:click=click(drop)>
                        {small("close")}
                    </button>
                </li>
            }
        });
        Some(view! { <ul class="svc-list" role="list">{rows.collect_view()}</ul> }.into_any())
    }
}
