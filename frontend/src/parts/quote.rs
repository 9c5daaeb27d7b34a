//! What every quote shows, and the two buttons under it.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::icon::small;
use crate::parts::{click, live, told};
use cabinet_contract::quote::Quote;
use leptos::prelude::*;
use time::Date;

/// What is taken, and when.
pub fn lines(quote: &Quote, today: Date) -> AnyView {
    let line = |line: &cabinet_contract::quote::QuoteLine| {
        let day = format::day_near(language(), line.when, today);
        view! {
            <div class="now">
                <dt>{t!(quote.line, title = line.title.as_str(), day = day).to_string()}</dt>
                <dd class="money">{format::money(language(), line.amount)}</dd>
            </div>
        }
    };
    quote.lines.iter().map(line).collect_view().into_any()
}

/// How long the money lasts before and after; nothing where it lasts beyond the forecast both times.
pub fn enough(quote: &Quote, today: Date) -> Option<AnyView> {
    let text = |day: Option<Date>| {
        day.map_or_else(|| t!(quote.beyond).to_owned(), |day| format::day_near(language(), day, today))
    };
    let (before, after) = (quote.enough_until_before, quote.enough_until_after);
    (before.is_some() || after.is_some()).then(|| row(t!(quote.enough), Some(text(before)), text(after)))
}

/// A figure after the act, and before it where that differs.
pub fn row(name: &'static str, before: Option<String>, after: String) -> AnyView {
    let same = before.as_ref() == Some(&after);
    let before = before.filter(|_| !same);
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{before.map(|before| view! { <del><span class="vh">{t!(quote.was)} " "</span>{before}</del> })}{after}</dd>
        </div>
    }
    .into_any()
}

/// The way out and the way on.
pub fn buttons(
    busy: RwSignal<bool>,
    leave: (&'static str, impl Fn() + 'static),
    act: (String, impl Fn() + 'static),
) -> AnyView {
    view! {
        <button class="btn btn--quiet" type="button" on:click=click(leave.1)>{leave.0}</button>
        <button class="btn" type="button" aria-busy=told(move || busy.get().then_some("true")) on:click=click(act.1)>
            {live(move || busy.get().then(|| small("refresh")))}
            {act.0}
        </button>
    }
    .into_any()
}
