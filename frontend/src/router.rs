//! The address bar: where one is, and going elsewhere without loading the document anew.
//!
//! A page is a typed value, so this is all a router has to do here; the general one costs 36 KiB of the first load.

use crate::browser;
use crate::page::Page;
use crate::pages::later;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, MouseEvent};

/// Where one is.
#[derive(Clone, Copy)]
pub struct Router {
    page: RwSignal<Page>,
}

impl Router {
    /// Reads the address, and follows links and the browser's back and forward from now on.
    pub fn start() -> Router {
        let router = Router { page: RwSignal::new(read()) };
        browser::on_window("popstate", move |_| router.show(read()));
        browser::on_window("click", move |event| {
            let Ok(click) = event.dyn_into::<MouseEvent>() else { return };
            if let Some(page) = own_link(&click) {
                click.prevent_default();
                router.go(page);
            }
        });
        // Who points at a link, or comes to it by keyboard, is about to open its page.
        for sign in ["pointerover", "focusin"] {
            browser::on_window(sign, |event| {
                if let Some(page) = link_under(&event) {
                    later::prepare(&page);
                }
            });
        }
        router
    }

    /// Where one is, followed.
    pub fn page(self) -> Page {
        self.page.get()
    }

    /// Where one is, not followed.
    pub fn page_now(self) -> Page {
        self.page.get_untracked()
    }

    /// Goes there, with a step in the browser's history.
    pub fn go(self, page: Page) {
        if page != self.page_now() {
            let elsewhere = page.path() != self.page_now().path();
            // A newer build has taken over: it draws the next page, and what was begun on this one is left anyway.
            if elsewhere && browser::renewed() && browser::go(&page.address()) {
                return;
            }
            self.write(&page, |history, address| {
                history.push_state_with_url(&JsValue::NULL, "", Some(address)).is_ok()
            });
            self.page.set(page);
            if elsewhere {
                browser::window().scroll_to_with_x_and_y(0.0, 0.0);
            }
        }
    }

    /// Goes there in place of where one is.
    pub fn replace(self, page: Page) {
        if page != self.page_now() {
            self.write(&page, |history, address| {
                history.replace_state_with_url(&JsValue::NULL, "", Some(address)).is_ok()
            });
            self.page.set(page);
        }
    }

    fn show(self, page: Page) {
        if page != self.page_now() {
            self.page.set(page);
        }
    }

    fn write(self, page: &Page, write: impl FnOnce(web_sys::History, &str) -> bool) {
        let address = page.address();
        let written = browser::window().history().is_ok_and(|history| write(history, &address));
        if !written {
            leptos::logging::warn!("the browser's history refused {address}");
        }
    }
}

fn read() -> Page {
    let location = browser::window().location();
    Page::at(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default())
}

/// The page a plain click on a link of this client leads to.
fn own_link(click: &MouseEvent) -> Option<Page> {
    let plain = click.button() == 0
        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
        && !click.default_prevented();
    if !plain {
        return None;
    }
    link_under(click)
}

/// The page that the link under a pointer leads to.
fn link_under(event: &Event) -> Option<Page> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let href = link.get_attribute("href")?;
    // Only addresses of pages begin with one slash; parts of a page, phones, mail and other sites do not.
    if !href.starts_with('/') || href.starts_with("//") || link.has_attribute("target") {
        return None;
    }
    let (path, query) = href.split_once('?').unwrap_or((&href, ""));
    match Page::at(path, query) {
        Page::NotFound(_) => None,
        page => Some(page),
    }
}
