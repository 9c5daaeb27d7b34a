//! Symbols of the sprite in index.html, and the mark of the provider.

use leptos::prelude::*;

/// A symbol, for eyes only: the text beside it says the same.
pub fn icon(name: &'static str) -> AnyView {
    drawn("icon", name)
}

/// A symbol in a line of small text.
pub fn small(name: &'static str) -> AnyView {
    drawn("icon icon--sm", name)
}

/// A symbol that stands alone.
pub fn large(name: &'static str) -> AnyView {
    drawn("icon icon--lg", name)
}

fn drawn(class: &'static str, name: &'static str) -> AnyView {
    view! { <svg class=class aria-hidden="true" inner_html=format!("<use href=\"#i-{name}\"/>")></svg> }.into_any()
}

/// Three paid days and the next one: money is days.
pub fn mark() -> AnyView {
    const DAYS: &str = "<rect width='32' height='32' rx='8' fill='#0b2f38'/><g fill='#f6c552'>\
        <rect x='7' y='9' width='3.5' height='15' rx='1.2'/><rect x='12.5' y='13' width='3.5' height='11' rx='1.2'/>\
        <rect x='18' y='13' width='3.5' height='11' rx='1.2'/></g>\
        <rect x='23.9' y='13.4' width='2.7' height='10.2' rx='1' fill='none' stroke='#a9c6ca' stroke-width='1'/>";
    view! { <svg viewBox="0 0 32 32" aria-hidden="true" inner_html=DAYS></svg> }.into_any()
}
