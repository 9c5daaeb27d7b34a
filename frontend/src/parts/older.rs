//! The pages of a list behind its first, as far as they were asked for.

use crate::parts::notice::{Tone, notice};
use crate::parts::{click, live, told};
use crate::problem;
use crate::session::Session;
use cabinet_client::Error;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use std::sync::Arc;

/// Draws a row: of one type for every list.
pub type Row = Arc<dyn Fn() -> AnyView + Send + Sync>;
/// Rows, and where the next ones begin.
type Answer = Pin<Box<dyn Future<Output = Result<(Vec<Row>, Option<String>), Error>>>>;

/// The rows behind the first page.
#[derive(Clone, Copy)]
pub struct Older {
    session: Session,
    fetch: StoredValue<Box<dyn Fn(String) -> Answer>, LocalStorage>,
    rows: RwSignal<Vec<Row>>,
    /// Where the first page ended when these were asked for.
    first: StoredValue<Option<String>>,
    next: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<Error>>,
}

impl Older {
    /// None yet; `fetch` reads those from a cursor on.
    pub fn new(session: Session, fetch: impl Fn(String) -> Answer + 'static) -> Older {
        Older {
            session,
            fetch: StoredValue::new_local(Box::new(fetch)),
            rows: RwSignal::new(Vec::new()),
            first: StoredValue::new(None),
            next: RwSignal::new(None),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
        }
    }

    /// The first page ends here. Where it ended elsewhere before, what was behind it no longer fits to it.
    pub fn behind(self, first: &Option<String>) {
        if self.first.get_value() != *first {
            self.first.set_value(first.clone());
            self.rows.set(Vec::new());
            self.next.set(first.clone());
        }
    }

    /// Nothing was read yet: the list begins at its first page, once it is asked for.
    pub fn anew(self) {
        self.rows.set(Vec::new());
        self.next.set(Some(String::new()));
    }

    /// The rows, for the list's body.
    pub fn rows(self) -> AnyView {
        live(move || self.rows.get().iter().map(|row| row()).collect_view())
    }

    /// The button for more of them, under the list.
    pub fn more(self, text: &'static str) -> AnyView {
        live(move || {
            let failed = self.failed.get().map(|error| notice(Tone::Bad, problem::message(&error)));
            let next = self.next.get();
            let button = next.map(|next| {
                view! {
                    <div class="row older">
                        <button
                            class="btn btn--quiet btn--sm"
                            type="button"
                            aria-busy=told(move || self.busy.get().then_some("true"))
                            on:click=click(move || self.ask(next.clone()))
                        >
                            {text}
                        </button>
                    </div>
                }
            });
            view! { {failed}{button} }
        })
    }

    fn ask(self, next: String) {
        if self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        let asking = self.fetch.with_value(|fetch| fetch(next.clone()));
        spawn_local(async move {
            let answer = self.session.ask(asking).await;
            self.busy.try_set(false);
            // The first page may have moved meanwhile.
            if self.next.try_get_untracked().flatten() != Some(next) {
                return;
            }
            match answer {
                Ok((rows, next)) => {
                    self.failed.try_set(None);
                    self.rows.try_update(|all| all.extend(rows));
                    self.next.try_set(next);
                }
                Err(error) => _ = self.failed.try_set(Some(error)),
            }
        });
    }
}
