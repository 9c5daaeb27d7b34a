//! No such address.

use crate::i18n::t;
use leptos::prelude::*;

/// The page.
pub fn page() -> AnyView {
    view! {
        <h1>{t!(not_found.title)}</h1>
        <div class="card empty">
            <p>{t!(not_found.text)}</p>
            <a class="btn" href="/">{t!(not_found.home)}</a>
        </div>
    }
    .into_any()
}
