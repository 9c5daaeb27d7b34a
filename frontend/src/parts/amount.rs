//! Money on the page.

use crate::format;
use crate::i18n::language;
use cabinet_core::Money;
use leptos::prelude::*;

/// An entry's amount: what comes in is marked by sign, weight and colour; an ordinary charge is plain ink.
pub fn signed(amount: Money) -> AnyView {
    let text = format::signed(language(), amount);
    if amount > Money::ZERO {
        view! { <span class="money money--in">{text}</span> }.into_any()
    } else {
        text.into_any()
    }
}
