//! The few things asked of the browser itself.

use time::{OffsetDateTime, UtcOffset};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Event, HtmlElement, Storage, Window};

/// The window.
pub fn window() -> Window {
    web_sys::window().expect("the client runs in a window")
}

/// The document.
pub fn document() -> Document {
    window().document().expect("a window has a document")
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Reads a remembered choice; nothing where storage is forbidden.
pub fn recall(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Remembers a choice on this device, if it may.
pub fn remember(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets a remembered choice.
pub fn forget(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// Puts the keyboard focus on an element, once it stands in the document.
pub fn focus(id: &'static str) {
    after_drawing(move || {
        if let Some(element) = document().get_element_by_id(id) {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// Puts the keyboard focus on the element that a selector names.
pub fn focus_on(selector: String) {
    after_drawing(move || {
        if let Ok(Some(element)) = document().query_selector(&selector) {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// Runs once what was just changed has been drawn.
pub fn after_drawing(then: impl FnOnce() + 'static) {
    let callback = Closure::once_into_js(then);
    let _ = window().request_animation_frame(callback.unchecked_ref());
}

/// Runs at every event of the window of this name, as long as the page lives.
pub fn on_window(event: &str, handler: impl FnMut(Event) + 'static) {
    let callback = Closure::<dyn FnMut(Event)>::new(handler);
    let _ = window().add_event_listener_with_callback(event, callback.as_ref().unchecked_ref());
    callback.forget();
}

/// An instant in the browser's zone.
pub fn local(moment: OffsetDateTime) -> OffsetDateTime {
    let date = js_sys::Date::new(&(moment.unix_timestamp() as f64 * 1000.0).into());
    let minutes = -date.get_timezone_offset() as i32;
    UtcOffset::from_whole_seconds(minutes * 60).map_or(moment, |offset| moment.to_offset(offset))
}

/// The present instant by the browser's clock.
pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp((js_sys::Date::now() / 1000.0) as i64).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Sets the language of the document.
pub fn set_language(code: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", code);
    }
}

/// Overrides the system's theme, or gives it back.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

/// Closes a popover, if it is open.
pub fn hide_popover(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    if element.matches(":popover-open").unwrap_or(false) {
        let _ = element.unchecked_into::<HtmlElement>().hide_popover();
    }
}

/// Brings an element into view, moving no more than needed.
pub fn reveal(id: &'static str) {
    after_drawing(move || {
        if let Some(element) = document().get_element_by_id(id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
