//! Buttons that fetch a file and give it to be kept, and a word in place when that fails.

use crate::browser;
use crate::parts::icon::small;
use crate::parts::notice::{Tone, notice};
use crate::parts::{click, live, told};
use crate::problem;
use crate::session::Session;
use cabinet_client::Error;
use cabinet_core::Month;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// A file the server makes.
#[derive(Clone, Copy)]
pub enum Paper {
    /// The bill dated the 1st of a month.
    Bill(Month),
    /// The receipt of a payment.
    Receipt(Uuid),
    /// A month, to be read.
    Statement(Month),
    /// A month, for a spreadsheet.
    Table(Month),
}

/// The buttons of one place.
#[derive(Clone, Copy)]
pub struct Downloads {
    session: Session,
    failed: RwSignal<Option<Error>>,
}

impl Downloads {
    /// None of them pressed yet.
    pub fn new(session: Session) -> Downloads {
        Downloads { session, failed: RwSignal::new(None) }
    }

    /// Whether bills and receipts are made here, followed.
    pub fn makes_papers(self) -> Option<()> {
        self.session.provider().filter(|provider| provider.documents).map(drop)
    }

    /// A button; `said` is its name where the text alone is that of several.
    pub fn button(self, class: &'static str, text: &'static str, said: Option<String>, paper: Paper) -> AnyView {
        let busy = RwSignal::new(false);
        view! {
            <button
                class=class
                type="button"
                aria-label=said
                aria-busy=told(move || busy.get().then_some("true"))
                on:click=click(move || self.fetch(paper, busy))
            >
                {live(move || small(if busy.get() { "refresh" } else { "download" }))}
                {text}
            </button>
        }
        .into_any()
    }

    fn fetch(self, paper: Paper, busy: RwSignal<bool>) {
        if busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        self.failed.set(None);
        spawn_local(async move {
            let client = self.session.client();
            let file = match paper {
                Paper::Bill(dated) => client.bill_pdf(dated),
                Paper::Receipt(payment) => client.receipt_pdf(payment),
                Paper::Statement(month) => client.statement_pdf(Some(month)),
                Paper::Table(month) => client.statement_csv(Some(month)),
            };
            let answer = self.session.ask(file).await;
            busy.try_set(false);
            match answer {
                Ok(file) => browser::keep(&file),
                Err(error) => _ = self.failed.try_set(Some(error)),
            }
        });
    }

    /// What went wrong with the last one pressed.
    pub fn trouble(self) -> AnyView {
        view! {
            <div aria-live="polite">
                {live(move || self.failed.get().map(|error| notice(Tone::Bad, problem::message(&error))))}
            </div>
        }
        .into_any()
    }
}
