//! Pages that a first visit does without: each group of them is a file of its own, loaded when one of its pages is
//! opened. A page whose file is here is drawn at once, like any other.

// What lies in another file is declared as a foreign function, which is unsafe by its form: it may differ from what is
// declared. Here the macro writes both sides from one signature.
#![allow(unsafe_code)]

use crate::browser;
use crate::page::Page;
use crate::pages;
use crate::parts::loaded::{self, Loader};
use crate::parts::{live, notice};
use crate::session::{Session, session};
use cabinet_client::Error;
use cabinet_contract::account::Overview;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// Pages of one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Group {
    /// Months and years.
    Statement,
    /// What is paid and billed.
    Money,
    /// What may be changed of the service.
    Services,
    /// Who one is, and who helps.
    Person,
}

/// Whose files are here.
static HERE: [AtomicBool; 4] = [const { AtomicBool::new(false) }; 4];

impl Group {
    /// The group of a page; none of those that belong to the program itself.
    fn of(page: &Page) -> Option<Group> {
        match page {
            Page::Statement(_) | Page::Year(_) => Some(Group::Statement),
            Page::Bills(_) | Page::Pay(_) | Page::Payment(_) => Some(Group::Money),
            Page::Tariffs | Page::Services => Some(Group::Services),
            Page::Profile | Page::Settings | Page::Help(_) => Some(Group::Person),
            Page::Overview | Page::SignIn | Page::NotFound(_) => None,
        }
    }

    fn here(self) -> bool {
        HERE[self as usize].load(Ordering::Relaxed)
    }

    /// Loads the file; false if it cannot be had now.
    async fn load(self) -> bool {
        let file: Answer<()> = match self {
            Group::Statement => Box::pin(load_statement()),
            Group::Money => Box::pin(load_money()),
            Group::Services => Box::pin(load_services()),
            Group::Person => Box::pin(load_person()),
        };
        let here = file.await.is_ok();
        HERE[self as usize].fetch_or(here, Ordering::Relaxed);
        here
    }

    /// Draws a page of a file that is here.
    fn draw(self, page: Page, header: Loader<Overview>) -> AnyView {
        let drawn: Answer<AnyView> = match self {
            Group::Statement => Box::pin(draw_statement(page)),
            Group::Money => Box::pin(draw_money(page, header)),
            Group::Services => Box::pin(draw_services(page)),
            Group::Person => Box::pin(draw_person(page)),
        };
        // Nothing is waited for, so it is drawn within the part of the page that asks.
        match pin!(drawn).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(view)) => view,
            Poll::Ready(Err(_)) | Poll::Pending => loaded::card_skeleton(),
        }
    }
}

#[wasm_split(statement, fallible, preload(load_statement))]
fn draw_statement(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Year(year) => pages::year::page(year),
        _ => pages::statement::page(),
    })
}

#[wasm_split(money, fallible, preload(load_money))]
fn draw_money(page: Page, header: Loader<Overview>) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Bills(_) => pages::bills::page(),
        Page::Payment(id) => pages::pay::followed(id),
        _ => pages::pay::page(header),
    })
}

#[wasm_split(services, fallible, preload(load_services))]
fn draw_services(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Tariffs => pages::tariffs::page(),
        _ => pages::services::page(),
    })
}

#[wasm_split(person, fallible, preload(load_person))]
fn draw_person(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Profile => pages::profile::page(),
        Page::Settings => pages::settings::page(),
        _ => pages::help::page(),
    })
}

/// Where the file of a page is.
#[derive(Clone)]
enum File {
    Coming,
    Here,
    Missing(Error),
}

/// Draws a page, whichever file it is in.
pub fn page(page: Page, header: Loader<Overview>) -> AnyView {
    let Some(group) = Group::of(&page) else {
        return match page {
            Page::Overview => pages::overview::page(header),
            Page::NotFound(_) => pages::not_found::page(),
            _ => ().into_any(),
        };
    };
    if group.here() {
        return group.draw(page, header);
    }
    let session = session();
    let file = RwSignal::new(File::Coming);
    bring(session, group, file);
    // What could not be had is asked for again when the network returns.
    Effect::new(move |_| {
        session.follow_network();
        if file.with_untracked(|file| matches!(file, File::Missing(_))) {
            bring(session, group, file);
        }
    });
    live(move || match file.get() {
        File::Coming => loaded::card_skeleton(),
        File::Here => group.draw(page.clone(), header),
        File::Missing(error) => view! {
            <h1>{page.name()}</h1>
            {notice::failed(&error, move || bring(session, group, file))}
        }
        .into_any(),
    })
}

fn bring(session: Session, group: Group, file: RwSignal<File>) {
    file.set(File::Coming);
    spawn_local(async move {
        if group.load().await {
            file.try_set(File::Here);
            return;
        }
        // Either nothing can be had, or the file is gone since another version of the client was put up.
        let error = match session.client().provider().await {
            Err(error) => error,
            Ok(_) if browser::renew().await => return,
            Ok(_) => Error::Unexpected { status: 0, what: String::new() },
        };
        file.try_set(File::Missing(error));
    });
}

/// Loads the file of a page that is about to be opened.
pub fn prepare(page: &Page) {
    if let Some(group) = Group::of(page).filter(|group| !group.here()) {
        spawn_local(async move {
            group.load().await;
        });
    }
}
