//! A month as a calendar. Money out fills a day from below, money in comes from above; the four kinds of an empty day
//! are told apart by outline, hatching, sign and words.

use crate::browser;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::{amount, icon, table, told};
use cabinet_contract::statement::{DayState, EmptyReason, Entry, EntryKind, Statement, StatementDay};
use cabinet_core::{Language, Money, Month};
use leptos::prelude::*;
use time::{Date, Duration};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};

/// Where a long word of a cell may be broken; nobody hears it.
const SOFT_HYPHEN: char = '\u{ad}';

/// What a person does in the calendar.
#[derive(Clone, Copy)]
pub enum Action {
    /// Opens a day.
    Open(Date),
    /// Goes to a day of a neighbouring month.
    Turn(Date),
}

/// The calendar. `opened` is the day shown in the card; `at` the one that keeps the keyboard's place.
pub fn calendar(
    statement: &Statement,
    opened: Memo<Option<Date>>,
    at: RwSignal<Date>,
    act: impl Fn(Action) + Clone + 'static,
) -> AnyView {
    let month = statement.month;
    let name = format::month(language(), month);
    let heads = format::week(language())
        .map(|(short, full)| view! { <th scope="col"><abbr title=full>{short}</abbr></th> })
        .collect_view();
    let rows = statement
        .weeks
        .iter()
        .map(|week| {
            let cells = week.days.iter().map(|day| cell(day, opened, at)).collect_view();
            view! {
                <tr>
                    <th class="wk" scope="row"><span class="vh">{t!(calendar.week)} " "</span>{format!("{:02}", week.iso_week)}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    let keys = {
        let act = act.clone();
        move |event: KeyboardEvent| pressed(&event, month, at, &act)
    };
    let click = move |event: web_sys::MouseEvent| {
        if let Some(day) = day_of(&event) {
            at.set(day);
            act(Action::Open(day));
        }
    };
    view! {
        <section class="cal" aria-labelledby="cal-h">
            <h2 class="vh" id="cal-h">{t!(calendar.title, month = name)}</h2>
            <table class="cal__table" id="calendar" role="grid" aria-labelledby="cal-h" aria-describedby="cal-help" on:keydown=keys on:click=click>
                <thead><tr><th class="wk" scope="col"><span class="vh">{t!(calendar.week)}</span></th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="vh" id="cal-help">{t!(calendar.keys)}</p>
        </section>
    }
    .into_any()
}

/// Puts the keyboard back on the day it was on, after another month was drawn.
pub fn refocus() {
    browser::focus_on("#calendar [tabindex='0']".to_owned());
}

fn cell(day: &StatementDay, opened: Memo<Option<Date>>, at: RwSignal<Date>) -> AnyView {
    if day.state == DayState::Outside {
        return view! { <td role="gridcell"></td> }.into_any();
    }
    let date = day.date;
    let look = match (day.state, day.empty) {
        (DayState::Future, _) => Some("future"),
        (_, Some(EmptyReason::ChargedLater)) => Some("missed"),
        (_, Some(EmptyReason::Paused)) => Some("paused"),
        (_, Some(EmptyReason::Suspended | EmptyReason::Blocked)) => Some("blocked"),
        _ => None,
    };
    let paid = day.paid > Money::ZERO;
    let band = if is_returned(day) { "back" } else { "in" };
    view! {
        <td
            class="day"
            role="gridcell"
            data-date=date.to_string()
            data-state=look
            data-level=(day.level > 0).then(|| day.level.to_string())
            data-pay=paid.then_some(band)
            aria-current=(day.state == DayState::Today).then_some("date")
            aria-selected=told(move || Some(if opened.get() == Some(date) { "true" } else { "false" }))
            tabindex=told(move || Some(if at.get() == date { "0" } else { "-1" }))
        >
            <div class="day__in" aria-hidden="true">
                <span class="day__n">{date.day()}</span>
                {paid.then(|| view! {
                    <span class="day__pay" data-long=is_long(day.paid)>
                        <span class="full">{format::signed(language(), day.paid)}</span>
                        <span class="short">{format::signed_whole(language(), day.paid)}</span>
                    </span>
                })}
                {inside(day)}
            </div>
            <span class="vh">{sentence(day)}</span>
        </td>
    }
    .into_any()
}

fn inside(day: &StatementDay) -> AnyView {
    let sign = |symbol, label: String| view! { {icon(symbol)}<span class="day__label">{label}</span> }.into_any();
    if day.charged > Money::ZERO {
        return view! {
            <span class="day__sum" data-long=is_long(day.charged)>{charged(day.charged)}</span>
            <span class="day__label">{label(day)}</span>
        }
        .into_any();
    }
    match day.empty {
        Some(EmptyReason::ChargedLater) => {
            sign("skip", day.charged_on.map_or_else(String::new, |on| see(day.date, on)))
        }
        Some(EmptyReason::Paused) => sign("pause", t!(calendar.paused).to_owned()),
        Some(EmptyReason::Blocked) => sign("stop", t!(calendar.blocked).to_owned()),
        Some(EmptyReason::Suspended) => sign("stop", t!(calendar.suspended).to_owned()),
        Some(EmptyReason::NotStarted | EmptyReason::Closed | EmptyReason::Unknown) => ().into_any(),
        None if day.state == DayState::Past && day.paid.is_zero() => {
            view! { <span class="day__sum">{format::figure(language(), Money::ZERO)}</span> }.into_any()
        }
        None => ().into_any(),
    }
}

/// What was taken; thousands have no room for kopecks in a narrow cell.
fn charged(sum: Money) -> AnyView {
    let figure = format::figure(language(), -sum);
    if is_long(sum) != Some("thousands") {
        return figure.into_any();
    }
    view! { <span class="full">{figure}</span><span class="short">{format::signed_whole(language(), -sum)}</span> }
        .into_any()
}

/// A sum of three digits before the point has no room in the type of the others, one of thousands even less.
fn is_long(sum: Money) -> Option<&'static str> {
    match sum.kopecks() {
        ..100_00 => None,
        100_00..1000_00 => Some("hundreds"),
        _ => Some("thousands"),
    }
}

/// `див. 22`, or `див. 1 січня` when it is of another month.
fn see(day: Date, on: Date) -> String {
    let place = if Month::of(day) == Month::of(on) { on.day().to_string() } else { format::day(language(), on) };
    t!(calendar.see, day = place).to_string()
}

/// What was taken that day and did not come back on it.
fn charges(day: &StatementDay) -> impl Iterator<Item = &Entry> {
    day.entries.iter().filter(|entry| entry.amount.is_negative() && -entry.amount <= day.charged)
}

/// Whether what came in that day is charges given back, and nothing else.
fn is_returned(day: &StatementDay) -> bool {
    day.paid > Money::ZERO && !day.entries.iter().any(amount::comes_in)
}

/// The greatest charge gives the cell its word, which is short; a charge of several days says how many.
fn label(day: &StatementDay) -> String {
    let Some(greatest) = charges(day).min_by_key(|entry| entry.amount) else { return String::new() };
    let days = table::days(greatest);
    match greatest.kind {
        _ if days > 1 => plural!(calendar.for_days, days),
        EntryKind::TariffCharge => t!(calendar.fee).to_owned(),
        EntryKind::TariffChange => t!(calendar.change).to_owned(),
        EntryKind::PromisedPayment => t!(calendar.promise).to_owned(),
        _ => greatest.title.clone(),
    }
}

/// What is spoken in place of the figures of a cell.
fn sentence(day: &StatementDay) -> String {
    let language = language();
    let mut parts = Vec::new();
    if day.paid > Money::ZERO {
        let sum = spoken(language, day.paid);
        parts.push(if is_returned(day) {
            t!(calendar.said_returned, sum = sum).to_string()
        } else {
            t!(calendar.said_paid, sum = sum).to_string()
        });
    }
    if day.charged > Money::ZERO {
        parts.push(t!(calendar.said_charged, sum = spoken(language, day.charged)).to_string());
        for entry in charges(day) {
            let days = table::days(entry);
            let title = format::small(&entry.title);
            parts.push(if days > 1 { format!("{title} {}", plural!(calendar.for_days, days)) } else { title });
        }
    } else {
        parts.extend(match (day.state, day.empty) {
            (DayState::Future, _) => Some(t!(calendar.said_future).to_owned()),
            (_, Some(EmptyReason::ChargedLater)) => {
                day.charged_on.map(|on| t!(calendar.said_later, day = format::day(language, on)).to_string())
            }
            (_, Some(EmptyReason::Paused)) => Some(format::small(t!(calendar.paused))),
            (_, Some(EmptyReason::Blocked)) => Some(format::small(t!(calendar.blocked))),
            (_, Some(EmptyReason::Suspended)) => Some(format::small(&t!(calendar.suspended).replace(SOFT_HYPHEN, ""))),
            (_, Some(EmptyReason::NotStarted | EmptyReason::Closed)) => Some(t!(calendar.said_outside).to_owned()),
            _ if day.paid.is_zero() => Some(t!(calendar.said_nothing).to_owned()),
            _ => None,
        });
    }
    let today = if day.state == DayState::Today { format!("; {}", t!(calendar.said_today)) } else { String::new() };
    format!("{}: {}{today}", format::weekday_day(language, day.date), parts.join(", "))
}

/// `1,62 гривні`, `50 гривень`.
fn spoken(language: Language, amount: Money) -> String {
    let kopecks = amount.kopecks();
    if kopecks % 100 == 0 {
        plural!(money.whole, kopecks / 100)
    } else {
        t!(money.fraction, sum = format::figure(language, amount)).to_string()
    }
}

/// Arrows by day and week; Home and End of the week, with Ctrl of the month; PageUp and PageDown by month.
fn pressed(event: &KeyboardEvent, month: Month, at: RwSignal<Date>, act: &impl Fn(Action)) {
    let Some(day) = day_of(event) else { return };
    let weekday = i64::from(day.weekday().number_days_from_monday());
    let by = |days: i64| day + Duration::days(days);
    let to = match event.key().as_str() {
        "ArrowLeft" => by(-1),
        "ArrowRight" => by(1),
        "ArrowUp" => by(-7),
        "ArrowDown" => by(7),
        "Home" if event.ctrl_key() => month.first(),
        "End" if event.ctrl_key() => month.last(),
        "Home" => by(-weekday).max(month.first()),
        "End" => by(6 - weekday).min(month.last()),
        "Enter" | " " => {
            event.prevent_default();
            return act(Action::Open(day));
        }
        "PageUp" => {
            event.prevent_default();
            return act(Action::Turn(same_day(day, month.previous())));
        }
        "PageDown" => {
            event.prevent_default();
            return act(Action::Turn(same_day(day, month.next())));
        }
        _ => return,
    };
    event.prevent_default();
    if month.contains(to) {
        at.set(to);
        browser::focus_now(&format!("#calendar [data-date='{to}']"));
    }
}

/// The day of this number in another month, or the last one of a shorter month.
fn same_day(day: Date, month: Month) -> Date {
    month.first().replace_day(day.day()).unwrap_or(month.last())
}

fn day_of(event: &Event) -> Option<Date> {
    let cell = event.target()?.dyn_into::<Element>().ok()?.closest("[data-date]").ok()??;
    cabinet_core::calendar::parse_day(&cell.get_attribute("data-date")?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_month_is_turned_to_the_same_day() {
        let to = |day: Date, month: &str| same_day(day, month.parse().expect("a month"));
        assert_eq!(to(date!(2014 - 12 - 15), "2015-01"), date!(2015 - 01 - 15));
        assert_eq!(to(date!(2015 - 01 - 31), "2015-02"), date!(2015 - 02 - 28));
    }
}
