//! What every quote shows, the two buttons under it, and what they do.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::icon::small;
use crate::parts::{click, live, told};
use crate::problem;
use crate::session::Session;
use cabinet_client::{Error, fresh_key};
use cabinet_contract::quote::Quote;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use time::Date;
use uuid::Uuid;

/// A quote to be confirmed, with one key however often its button is pressed; `stale` if it took the place of one the
/// person had read.
#[derive(Clone)]
pub struct Question {
    /// What is asked.
    pub quote: Box<Quote>,
    key: Uuid,
    /// It took the place of one the person had read.
    pub stale: bool,
}

/// The signals of what is quoted and confirmed.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Who asks.
    pub session: Session,
    /// The quote in the dialog.
    pub question: RwSignal<Option<Question>>,
    /// Why the quote was refused.
    pub refused: RwSignal<Option<Error>>,
    /// Why the answer to the question was not taken.
    pub failed: RwSignal<Option<String>>,
    /// An answer is on its way.
    pub busy: RwSignal<bool>,
    done: UnsyncCallback<()>,
}

/// What is asked of the server.
pub type Asking<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl Desk {
    /// A desk with nothing on it; `done` is called when an act is done and its dialog closed.
    pub fn new(session: Session, done: impl Fn() + 'static) -> Self {
        Self {
            session,
            question: RwSignal::new(None),
            refused: RwSignal::new(None),
            failed: RwSignal::new(None),
            busy: RwSignal::new(false),
            done: UnsyncCallback::new(move |()| done()),
        }
    }

    /// The question is dropped, unless its answer is on its way: then its key is still needed.
    pub fn close(self) {
        if !self.busy.get_untracked() {
            self.question.set(None);
            self.failed.set(None);
        }
    }

    /// Asks for a quote and opens the dialog with it.
    pub fn quote(self, asking: Asking<Quote>) {
        if self.begin() {
            self.refused.set(None);
            spawn_local(async move {
                let result = self.session.ask(asking).await;
                self.busy.try_set(false);
                match result {
                    Ok(quote) => self.put(quote, false),
                    Err(error) => drop(self.refused.try_set(Some(error))),
                }
            });
        }
    }

    /// Opens the dialog with a quote.
    pub fn put(self, quote: Quote, stale: bool) {
        self.question.try_set(Some(Question { quote: Box::new(quote), key: fresh_key(), stale }));
    }

    /// Confirms what was read; `done` is said when it is.
    pub fn confirm(self, question: &Question, done: String) {
        let (client, id, key) = (self.session.client(), question.quote.id, question.key);
        self.send(Box::pin(async move { client.confirm_quote(id, key).await.map(drop) }), done);
    }

    /// Sends what the dialog asked; `done` is said when it is done.
    pub fn send(self, asking: Asking<()>, done: String) {
        if self.begin() {
            spawn_local(async move {
                let result = self.session.ask(asking).await;
                self.busy.try_set(false);
                match result {
                    Ok(()) => self.finished(done),
                    // Confirmed before, under another key: in another window, say.
                    Err(error) if error.code() == Some("quote_used") => self.finished(done),
                    // A stale quote brings a fresh one with it; the person reads that and decides again.
                    Err(error) => match problem::fresh_quote(&error) {
                        Some(quote) => self.put(quote, true),
                        None => drop(self.failed.try_set(Some(problem::message(&error)))),
                    },
                }
            });
        }
    }

    /// Whether nothing else is on its way.
    fn begin(self) -> bool {
        self.failed.set(None);
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    fn finished(self, text: String) {
        self.close();
        self.done.run(());
        self.session.say(Some(text));
        self.session.changed();
    }
}

/// What is taken, and when.
pub fn lines(quote: &Quote, today: Date) -> AnyView {
    let line = |line: &cabinet_contract::quote::QuoteLine| {
        let day = format::day_near(language(), line.when, today);
        view! {
            <div class="now">
                <dt>{t!(quote.line, title = line.title.as_str(), day = day).to_string()}</dt>
                <dd class="money">{format::money(language(), line.amount)}</dd>
            </div>
        }
    };
    quote.lines.iter().map(line).collect_view().into_any()
}

/// How long the money lasts before and after; nothing where it lasts beyond the forecast both times.
pub fn enough(quote: &Quote, today: Date) -> Option<AnyView> {
    let text = |day: Option<Date>| {
        day.map_or_else(|| t!(quote.beyond).to_owned(), |day| format::day_near(language(), day, today))
    };
    let (before, after) = (quote.enough_until_before, quote.enough_until_after);
    (before.is_some() || after.is_some()).then(|| row(t!(quote.enough), Some(text(before)), text(after)))
}

/// A figure after the act, and before it where that differs.
pub fn row(name: &'static str, before: Option<String>, after: String) -> AnyView {
    let same = before.as_ref() == Some(&after);
    let before = before.filter(|_| !same);
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{before.map(|before| view! { <del><span class="vh">{t!(quote.was)} " "</span>{before}</del> })}{after}</dd>
        </div>
    }
    .into_any()
}

/// The way out and the way on.
pub fn buttons(
    busy: RwSignal<bool>,
    leave: (&'static str, impl Fn() + 'static),
    act: (String, impl Fn() + 'static),
) -> AnyView {
    view! {
        <button class="btn btn--quiet" type="button" on:click=click(leave.1)>{leave.0}</button>
        <button class="btn" type="button" aria-busy=told(move || busy.get().then_some("true")) on:click=click(act.1)>
            {live(move || busy.get().then(|| small("refresh")))}
            {act.0}
        </button>
    }
    .into_any()
}
