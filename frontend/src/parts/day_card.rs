//! The opened day and its arithmetic.

use crate::format;
use crate::i18n::{language, plural, t};
use crate::page::{HelpAt, Page};
use crate::parts::amount::{self, Share};
use crate::parts::{click, icon, table};
use cabinet_contract::statement::{DayState, EmptyReason, Entry, EntryKind, StatementDay};
use cabinet_core::Money;
use leptos::prelude::*;
use time::Date;

/// The card; `step` goes to the day before or after, where there is one in the month.
pub fn card(day: &StatementDay, step: impl Fn(Date) + Clone + 'static) -> AnyView {
    let language = language();
    let (before, after) = (day.date.previous_day(), day.date.next_day());
    let month = cabinet_core::Month::of(day.date);
    let arrow = |to: Option<Date>, symbol: &'static str, text: &'static str| {
        let to = to.filter(|to| month.contains(*to));
        let step = step.clone();
        view! {
            <button
                class="btn btn--bare btn--icon"
                type="button"
                aria-label=text
                aria-disabled=to.is_none().then_some("true")
                on:click=click(move || {
                    if let Some(to) = to {
                        step(to);
                    }
                })
            >
                {icon(symbol)}
            </button>
        }
        .into_any()
    };
    let entries = day.entries.iter().map(entry).collect_view();
    let closing = day.entries.last().map(|last| {
        view! {
            <div class="row row--between">
                <span class="muted">{t!(day.balance_after)}</span>
                <b class="money">{format::money(language, last.balance_after)}</b>
            </div>
        }
    });
    view! {
        <section class="card daycard sticky" id="daycard" aria-live="polite" aria-labelledby="day-h">
            <div class="row row--between row--tight">
                <h2 id="day-h">{format::capital(&format::weekday_day(language, day.date))}</h2>
                <div class="row row--joined no-print">
                    {arrow(before, "left", t!(day.previous))}
                    {arrow(after, "right", t!(day.next))}
                </div>
            </div>
            {why_empty(day).map(|why| view! { <p class="muted">{why}</p> })}
            {entries}
            {closing}
            <a href=Page::Help(HelpAt { day: Some(day.date), ticket: None }).address()>{t!(day.doubt)}</a>
        </section>
    }
    .into_any()
}

fn entry(entry: &Entry) -> AnyView {
    let language = language();
    let under = match (&entry.tariff, table::covered(entry)) {
        (Some(tariff), Some(covered)) => Some(format!("{}, {covered}", t!(day.tariff, name = tariff.as_str()))),
        (Some(tariff), None) => Some(t!(day.tariff, name = tariff.as_str()).to_string()),
        (None, covered) => covered,
    };
    let class = if amount::comes_in(entry) { "money money--in daycard__sum" } else { "money daycard__sum" };
    view! {
        <div class="stack daycard__item">
            <div class="row row--between row--tight">
                <div>{entry.title.clone()}{under.map(|under| view! { <p class="small muted">{under}</p> })}</div>
                <b class=class>{format::signed_money(language, entry.amount)}</b>
            </div>
            {arithmetic(entry)}
        </div>
    }
    .into_any()
}

/// The month's fee is divided by a growing sum: what should be charged up to this day, less what was.
fn arithmetic(entry: &Entry) -> Option<AnyView> {
    let told = entry.explanation.filter(|_| entry.kind == EntryKind::TariffCharge)?;
    let language = language();
    let figure = |amount| format::figure(language, amount);
    let days = table::days(entry);
    let by = if days > 1 { plural!(day.for_days, days) } else { t!(day.for_one).to_owned() };
    let share = |amount: Money| format!("{}%", Share::of(amount.kopecks(), told.fee.kopecks()));
    Some(
        view! {
            <dl class="sumline">
                <dt>{format!("{} × {}/{}", figure(told.fee), told.charged_days, told.days_in_month)}</dt>
                <dd>{figure(told.charged_after)}</dd>
                <dt>{t!(day.before)}</dt>
                <dd>"−\u{202f}"{figure(told.charged_before)}</dd>
                <dt class="res">{by}</dt>
                <dd class="res">{figure(-entry.amount)}</dd>
            </dl>
            <div class="meter" aria-hidden="true">
                <i style:--w=share(told.charged_before)></i>
                <i style:--w=share(-entry.amount)></i>
            </div>
            <p class="small muted">{t!(day.how, fee = format::money(language, told.fee), days = told.days_in_month)}</p>
        }
        .into_any(),
    )
}

fn why_empty(day: &StatementDay) -> Option<String> {
    let text = match (day.state, day.empty) {
        (DayState::Future, _) => t!(day.future),
        (_, Some(EmptyReason::ChargedLater)) => {
            let on = format::day(language(), day.charged_on?);
            return Some(t!(day.charged_later, day = on).to_string());
        }
        (_, Some(EmptyReason::Paused)) => t!(day.paused),
        (_, Some(EmptyReason::Suspended)) => t!(day.suspended),
        (_, Some(EmptyReason::Blocked)) => t!(day.blocked),
        (_, Some(EmptyReason::NotStarted)) => t!(day.not_started),
        (_, Some(EmptyReason::Closed)) => t!(day.closed),
        _ if day.entries.is_empty() => t!(day.nothing),
        _ => return None,
    };
    Some(text.to_owned())
}
