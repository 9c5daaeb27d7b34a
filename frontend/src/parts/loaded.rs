//! What comes from the server: waiting, there, there but old, failed.

use crate::browser;
use crate::parts::notice;
use crate::session::Session;
use cabinet_client::{Error, Result};
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::OffsetDateTime;

/// An answer, or what stands in for it.
#[derive(Clone)]
pub enum Loaded<T> {
    /// As the server says.
    Fresh(T),
    /// The network is gone: the last known, and when that was.
    Old(T, OffsetDateTime),
    /// Nothing to show.
    Failed(Error),
}

/// A value that is read from the server, again when its sources change.
pub struct Loader<T: Send + Sync + 'static> {
    value: RwSignal<Option<Loaded<T>>>,
    read_at: StoredValue<Option<OffsetDateTime>>,
    busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Loader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loader<T> {}

impl<T: Clone + Send + Sync + 'static> Loader<T> {
    /// Starts reading; the signals that `fetch` reads before its first wait are its sources.
    pub fn new<Answer>(session: Session, fetch: impl Fn() -> Answer + 'static) -> Loader<T>
    where
        Answer: Future<Output = Result<T>> + 'static,
    {
        let loader = Loader {
            value: RwSignal::new(None),
            read_at: StoredValue::new(None),
            busy: RwSignal::new(false),
            again: RwSignal::new(0),
        };
        let round = StoredValue::new(0_u32);
        Effect::new(move |_| {
            session.follow_news();
            loader.again.track();
            let answer = fetch();
            let this = round.get_value() + 1;
            round.set_value(this);
            loader.busy.set(true);
            spawn_local(async move {
                let result = session.ask(answer).await;
                // A later request has taken over, or the page is gone.
                if round.try_get_value() == Some(this) {
                    loader.take(result);
                }
            });
        });
        loader
    }

    fn take(self, result: Result<T>) {
        let value = match result {
            Ok(value) => {
                self.read_at.set_value(Some(browser::now()));
                Loaded::Fresh(value)
            }
            Err(error) => match (error, self.known(), self.read_at.get_value()) {
                (Error::Offline(_), Some(known), Some(at)) => Loaded::Old(known, at),
                (error, ..) => Loaded::Failed(error),
            },
        };
        self.value.set(Some(value));
        self.busy.set(false);
    }

    /// What is there, fresh or old, not followed.
    pub fn known(self) -> Option<T> {
        match self.value.get_untracked()? {
            Loaded::Fresh(value) | Loaded::Old(value, _) => Some(value),
            Loaded::Failed(_) => None,
        }
    }

    /// What is there, fresh or old, followed.
    pub fn get(self) -> Option<T> {
        match self.value.get()? {
            Loaded::Fresh(value) | Loaded::Old(value, _) => Some(value),
            Loaded::Failed(_) => None,
        }
    }

    /// Puts a value in place that an answer to something else brought along.
    pub fn put(self, value: T) {
        self.take(Ok(value));
    }

    /// Whether a request is on its way, followed.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// Reads again.
    pub fn again(self) {
        self.again.update(|times| *times += 1);
    }

    /// Draws whichever it is; `skeleton` has the size of what replaces it. `draw` gets the time of old data.
    pub fn view(
        self,
        skeleton: fn() -> AnyView,
        draw: impl Fn(T, Option<OffsetDateTime>) -> AnyView + Send + 'static,
    ) -> impl IntoView {
        move || match self.value.get() {
            None => skeleton(),
            Some(Loaded::Fresh(value)) => draw(value, None),
            Some(Loaded::Old(value, at)) => draw(value, Some(at)),
            Some(Loaded::Failed(error)) => notice::failed(&error, move || self.again()),
        }
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
