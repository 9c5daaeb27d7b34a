//! The native dialog: it keeps the focus inside, closes on Esc and gives the focus back by itself.

use crate::i18n::t;
use crate::parts::{click, icon, live};
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

/// A dialog that stands open as long as `content` gives one.
pub struct Content {
    /// The heading, which gets the focus: never the button that does it.
    pub title: String,
    /// What is to be read.
    pub body: AnyView,
    /// The buttons.
    pub foot: AnyView,
}

/// Draws the dialog; `closed` is told when the person closes it. While `busy` an answer is on its way, and the dialog
/// stays to show it.
pub fn dialog(
    id: &'static str,
    content: impl Fn() -> Option<Content> + Send + 'static,
    busy: RwSignal<bool>,
    closed: impl Fn() + Clone + Send + 'static,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let heading = format!("{id}-title");
    let labelled = heading.clone();
    let close = {
        let closed = closed.clone();
        move |_| {
            if !busy.get_untracked() {
                closed();
            } else if let Some(dialog) = node.try_get_untracked().flatten() {
                // A second Esc in a row closes it whatever the page says.
                stand(&dialog, true);
            }
        }
    };
    let cancel = move |event: web_sys::Event| {
        if busy.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <dialog class="dialog" id=id aria-labelledby=labelled node_ref=node on:cancel=cancel on:close=close>
            {live(move || {
                let content = content();
                let open = content.is_some();
                crate::browser::after_drawing(move || {
                    if let Some(dialog) = node.try_get_untracked().flatten() {
                        stand(&dialog, open);
                    }
                });
                let closed = closed.clone();
                content.map(|content| view! {
                    <div class="dialog__head">
                        <h2 id=heading.clone() tabindex="-1" autofocus>{content.title}</h2>
                        <button class="btn btn--bare btn--icon" type="button" aria-label=t!(action.close) on:click=click(closed)>
                            {icon("close")}
                        </button>
                    </div>
                    <div class="dialog__body">{content.body}</div>
                    <div class="dialog__foot">{content.foot}</div>
                })
            })}
        </dialog>
    }
}

fn stand(dialog: &HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
        // The button that opened it may be gone by now.
        if crate::browser::focus_is_lost() {
            crate::browser::focus("main");
        }
    }
}
