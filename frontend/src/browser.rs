//! The few things asked of the browser itself.

use cabinet_client::File;
use cabinet_contract::payment::Redirect;
use leptos::prelude::set_timeout;
use std::time::Duration;
use time::OffsetDateTime;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Blob, BlobPropertyBag, Document, Event, HtmlElement, RequestInit, Response, Storage, Url, Window,
};

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

/// How long a text file may take, in milliseconds: the page waits for it to speak the person's language.
const TEXT_MS: u32 = 8_000;
/// A page that is older than this, in milliseconds, may begin anew by itself.
const SETTLED_MS: f64 = 30_000.0;

/// The texts of a language, as the bundle has them beside the program; nothing if they cannot be had now. index.html
/// names the file, and `theme.js` asks for the one that is wanted before the program runs.
pub async fn texts(code: &str) -> Option<String> {
    text_at(&document().document_element()?.get_attribute(&format!("data-texts-{code}"))?).await
}

/// Begins anew if the server has another version of this client by now, since the files of this one are gone then; tells
/// whether it does. What has just begun does not: two versions beside each other would send it to and fro.
pub async fn renew() -> bool {
    let start = document().query_selector("script[type=module]").ok().flatten();
    let Some(start) = start.and_then(|start| start.get_attribute("src")) else { return false };
    let settled = window().performance().is_some_and(|clock| clock.now() > SETTLED_MS);
    let renewed = settled && text_at("/index.html").await.is_some_and(|index| !index.contains(&start));
    if renewed {
        let _ = window().location().reload();
    }
    renewed
}

async fn text_at(address: &str) -> Option<String> {
    let options = RequestInit::new();
    options.set_signal(Some(&AbortSignal::timeout_with_u32(TEXT_MS)));
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &options)).await.ok()?;
    let answer: Response = answer.unchecked_into();
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// The element that has the keyboard, by its id.
pub fn focused() -> Option<String> {
    document().active_element().map(|element| element.id()).filter(|id| !id.is_empty())
}

/// Whether nothing has the keyboard focus: what had it is gone.
pub fn focus_is_lost() -> bool {
    let document = document();
    document.active_element().is_none_or(|element| Some(element) == document.body().map(Into::into))
}

/// Puts the keyboard focus on an element, once it stands in the document.
pub fn focus(id: &'static str) {
    after_drawing(move || {
        if let Some(element) = document().get_element_by_id(id) {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// Puts the keyboard focus on the element that a selector names, once it stands in the document.
pub fn focus_on(selector: String) {
    after_drawing(move || focus_now(&selector));
}

/// Puts the keyboard focus on the element that a selector names: the next key is already for that one.
pub fn focus_now(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
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

/// An instant by the provider's clock on the wall, as `2014-12-23 14:32`: Swedish writes days that way round.
pub fn in_kyiv(moment: OffsetDateTime) -> String {
    // The old name of the zone is the one that every browser knows.
    const OPTIONS: &str = r#"{"timeZone":"Europe/Kiev","year":"numeric","month":"2-digit","day":"2-digit","hour":"2-digit","minute":"2-digit"}"#;
    let date = js_sys::Date::new(&(moment.unix_timestamp() as f64 * 1000.0).into());
    date.to_locale_string("sv", &js_sys::JSON::parse(OPTIONS).unwrap_or_default()).into()
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

/// Leaves for another site: by going to an address, or by posting a form.
pub fn leave(to: &Redirect) {
    if to.fields.is_empty() {
        let _ = window().location().assign(&to.url);
        return;
    }
    let element = |name| document().create_element(name);
    let (Ok(form), Some(body)) = (element("form"), document().body()) else { return };
    let _ = form.set_attribute("method", "post");
    let _ = form.set_attribute("action", &to.url);
    for field in &to.fields {
        let Ok(input) = element("input") else { return };
        for (name, value) in [("type", "hidden"), ("name", &field.name), ("value", &field.value)] {
            let _ = input.set_attribute(name, value);
        }
        let _ = form.append_child(&input);
    }
    let _ = body.append_child(&form);
    let _ = form.unchecked_into::<web_sys::HtmlFormElement>().submit();
}

/// What a chosen file holds; nothing if it is gone or may not be read.
pub async fn bytes(file: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// How long a file stays at its address: a slow browser asks its person first.
const KEPT: Duration = Duration::from_secs(60);

/// Gives a file to be kept, under its name.
pub fn keep(file: &File) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(file.bytes.as_slice()));
    let options = BlobPropertyBag::new();
    options.set_type(&file.media_type);
    let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) else { return };
    let Ok(address) = Url::create_object_url_with_blob(&blob) else { return };
    if let Ok(link) = document().create_element("a") {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", &file.name);
        link.unchecked_into::<HtmlElement>().click();
    }
    set_timeout(move || _ = Url::revoke_object_url(&address), KEPT);
}

/// What `device.js` offers to the program.
fn device() -> Option<JsValue> {
    js_sys::Reflect::get(&window(), &"cabinet".into()).ok()
}

/// Whether another build of the client has taken over.
pub fn renewed() -> bool {
    let told = device().and_then(|device| js_sys::Reflect::get(&device, &"renewed".into()).ok());
    told.is_some_and(|told| told.is_truthy())
}

/// Asks `device.js` by a function's name; nothing where the browser cannot, or where its person does not want it.
pub async fn ask_device(name: &str, argument: &str) -> Option<String> {
    let device = device()?;
    let function: js_sys::Function = js_sys::Reflect::get(&device, &name.into()).ok()?.dyn_into().ok()?;
    let answer = function.call1(&device, &argument.into()).ok()?;
    JsFuture::from(js_sys::Promise::resolve(&answer)).await.ok()?.as_string()
}

/// Loads an address of this client anew.
pub fn go(address: &str) -> bool {
    window().location().assign(address).is_ok()
}

/// Puts the keyboard focus on an element, if what had it is gone.
pub fn focus_if_lost(id: &'static str) {
    after_drawing(move || {
        if focus_is_lost() {
            focus_now(&format!("#{id}"));
        }
    });
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
