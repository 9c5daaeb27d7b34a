//! What comes from the server: waiting, there, there but old, failed.

use crate::browser;
use crate::clock;
use crate::i18n::t;
use crate::parts::live;
use crate::parts::notice::{self, Tone};
use crate::session::Session;
use cabinet_client::{Error, Result};
use cabinet_core::Month;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use time::OffsetDateTime;

/// A value of any type: one code reads and shows all of them, which is 10 KiB of the first load.
type Value = Arc<dyn Any + Send + Sync>;
type Answer = Pin<Box<dyn Future<Output = Result<Value>>>>;

/// An answer, or what stands in for it.
#[derive(Clone)]
enum Loaded {
    /// As the server says.
    Fresh(Value),
    /// The network is gone: the last known, and when that was.
    Old(Value, OffsetDateTime),
    /// Nothing to show.
    Failed(Error),
}

/// When a value is read again without being asked to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    /// After an act of one's own and when the network returns.
    WithNews,
    /// Never, once it is there: it fills a form, and what was typed must stay.
    Never,
}

/// A value that is read from the server, again when what it depends on changes.
pub struct Loader<T> {
    reader: Reader,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loader<T> {}

impl<T: Clone + Send + Sync + 'static> Loader<T> {
    /// Starts reading.
    pub fn new<A>(session: Session, fetch: impl Fn() -> A + 'static) -> Loader<T>
    where
        A: Future<Output = Result<T>> + 'static,
    {
        Loader::start(session, Again::WithNews, None, move |_| fetch())
    }

    /// Reads what a form is filled with: once.
    pub fn for_form<A>(session: Session, fetch: impl Fn() -> A + 'static) -> Loader<T>
    where
        A: Future<Output = Result<T>> + 'static,
    {
        Loader::start(session, Again::Never, None, move |_| fetch())
    }

    /// Reads what belongs to a month, and reads again when that changes; the value of the month before never stands
    /// in for the new one.
    pub fn of_month<A>(
        session: Session,
        month: Memo<Option<Month>>,
        fetch: impl Fn(Option<Month>) -> A + 'static,
    ) -> Loader<T>
    where
        A: Future<Output = Result<T>> + 'static,
    {
        Loader::start(session, Again::WithNews, Some(month), fetch)
    }

    fn start<A>(
        session: Session,
        when: Again,
        month: Option<Memo<Option<Month>>>,
        fetch: impl Fn(Option<Month>) -> A + 'static,
    ) -> Loader<T>
    where
        A: Future<Output = Result<T>> + 'static,
    {
        let fetch = move |month| -> Answer {
            let answer = fetch(month);
            Box::pin(async move { answer.await.map(|value| Arc::new(value) as Value) })
        };
        Loader { reader: Reader::start(session, when, month, Box::new(fetch)), value: PhantomData }
    }

    /// What is there, fresh or old, not followed.
    pub fn known(self) -> Option<T> {
        typed(&self.reader.value.get_untracked()?.value()?)
    }

    /// What is there, fresh or old, followed.
    pub fn get(self) -> Option<T> {
        typed(&self.reader.value.get()?.value()?)
    }

    /// Why there is nothing, followed.
    pub fn error(self) -> Option<Error> {
        match self.reader.value.get()? {
            Loaded::Failed(error) => Some(error),
            Loaded::Fresh(_) | Loaded::Old(..) => None,
        }
    }

    /// Whether a request is on its way, followed.
    pub fn busy(self) -> bool {
        self.reader.busy.get()
    }

    /// Reads again.
    pub fn again(self) {
        self.reader.again();
    }

    /// Draws whichever it is; `skeleton` has the size of what replaces it. Over old data stands of when it is; `draw`
    /// is told that it is old.
    pub fn view(self, skeleton: fn() -> AnyView, draw: impl Fn(T, bool) -> AnyView + Send + 'static) -> AnyView {
        self.view_aged(skeleton, move |value, old| {
            let drawn = draw(value, old.is_some());
            match old {
                None => drawn,
                Some(at) => aged(at, drawn),
            }
        })
    }

    /// The same for a part that tells the age of its data itself.
    pub fn view_aged(
        self,
        skeleton: fn() -> AnyView,
        draw: impl Fn(T, Option<OffsetDateTime>) -> AnyView + Send + 'static,
    ) -> AnyView {
        self.reader.view(skeleton, Box::new(move |value, old| typed(value).map(|value| draw(value, old))))
    }
}

fn typed<T: Clone + 'static>(value: &Value) -> Option<T> {
    value.downcast_ref().cloned()
}

fn aged(at: OffsetDateTime, drawn: AnyView) -> AnyView {
    let since = t!(state.old, time = clock::instant(at)).to_string();
    view! { <div class="stack">{notice::notice(Tone::Warn, since)}{drawn}</div> }.into_any()
}

impl Loaded {
    fn value(self) -> Option<Value> {
        match self {
            Loaded::Fresh(value) | Loaded::Old(value, _) => Some(value),
            Loaded::Failed(_) => None,
        }
    }
}

/// The loader of a value, whatever its type.
#[derive(Clone, Copy)]
struct Reader {
    value: RwSignal<Option<Loaded>>,
    read_at: StoredValue<Option<OffsetDateTime>>,
    busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

type Draw = Box<dyn Fn(&Value, Option<OffsetDateTime>) -> Option<AnyView> + Send>;

impl Reader {
    fn start(
        session: Session,
        when: Again,
        month: Option<Memo<Option<Month>>>,
        fetch: Box<dyn Fn(Option<Month>) -> Answer>,
    ) -> Reader {
        let reader = Reader {
            value: RwSignal::new(None),
            read_at: StoredValue::new(None),
            busy: RwSignal::new(false),
            again: RwSignal::new(0),
        };
        let round = StoredValue::new(0_u32);
        Effect::new(move |before: Option<Option<Month>>| {
            session.follow_news();
            reader.again.track();
            let month = month.and_then(|month| month.get());
            if when == Again::Never && matches!(reader.value.get_untracked(), Some(Loaded::Fresh(_))) {
                return month;
            }
            if before.is_some_and(|before| before != month) {
                reader.read_at.set_value(None);
            }
            let answer = fetch(month);
            let this = round.get_value() + 1;
            round.set_value(this);
            reader.busy.set(true);
            spawn_local(async move {
                let result = session.ask(answer).await;
                // A later request has taken over, or the page is gone.
                if round.try_get_value() == Some(this) {
                    reader.take(result);
                }
            });
            month
        });
        reader
    }

    fn take(self, result: Result<Value>) {
        let known = self.value.get_untracked().and_then(Loaded::value);
        let value = match result {
            Ok(value) => {
                self.read_at.set_value(Some(browser::now()));
                Loaded::Fresh(value)
            }
            Err(error) => match (error, known, self.read_at.get_value()) {
                (Error::Offline(_), Some(known), Some(at)) => Loaded::Old(known, at),
                (error, ..) => Loaded::Failed(error),
            },
        };
        self.value.set(Some(value));
        self.busy.set(false);
    }

    fn again(self) {
        self.again.update(|times| *times += 1);
    }

    fn view(self, skeleton: fn() -> AnyView, draw: Draw) -> AnyView {
        live(move || match self.value.get() {
            None => skeleton(),
            Some(Loaded::Fresh(value)) => draw(&value, None).unwrap_or_else(skeleton),
            Some(Loaded::Old(value, at)) => draw(&value, Some(at)).unwrap_or_else(skeleton),
            Some(Loaded::Failed(error)) => notice::failed(&error, move || self.again()),
        })
    }
}

/// Grey lines of a card that is on its way.
pub fn card_skeleton() -> AnyView {
    view! {
        <div class="card" aria-busy="true">{notice::waiting()}{lines()}</div>
    }
    .into_any()
}

/// Grey lines alone, for a card that already stands.
pub fn lines() -> AnyView {
    let widths = ["40%", "100%", "80%", "100%", "65%", "100%", "72%"];
    view! {
        <div class="skel" aria-hidden="true">
            {widths.map(|width| view! { <i style:--w=width></i> })}
        </div>
    }
    .into_any()
}
