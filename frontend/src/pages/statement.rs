//! A month, day by day.

use crate::browser;
use crate::format;
use crate::i18n::{language, t};
use crate::page::{Page, StatementAt};
use crate::parts::download::{Downloads, Paper};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::month_calendar::{self, Action};
use crate::parts::notice::{self, Tone};
use crate::parts::table::{self, Line};
use crate::parts::{chosen, day_card, icon, live, told};
use crate::problem;
use crate::router::Router;
use crate::session::session;
use cabinet_contract::statement::{DayState, EntryKind, Statement, StatementDay};
use cabinet_core::{Money, Month};
use leptos::html;
use leptos::prelude::*;
use time::Date;

/// What the address says, followed.
fn at(router: Router) -> StatementAt {
    match router.page() {
        Page::Statement(at) => at,
        _ => StatementAt::default(),
    }
}

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let router: Router = expect_context();
    let month = Memo::new(move |_| at(router).month);
    let list = Memo::new(move |_| at(router).list);
    let day = Memo::new(move |_| at(router).day);
    let statement = Loader::of_month(session, month, move |month| {
        let client = session.client();
        async move { client.statement(month).await }
    });
    // The contract's months, as soon as any answer told them, even one that refuses this month.
    let span = move || match (statement.get(), statement.error()) {
        (Some(statement), _) => Some((statement.first_month, statement.last_month)),
        (None, Some(error)) => problem::months(&error),
        (None, None) => None,
    };
    let first = Memo::new(move |known: Option<&Option<Month>>| span().map(|span| span.0).or(known.copied().flatten()));
    let last = Memo::new(move |known: Option<&Option<Month>>| span().map(|span| span.1).or(known.copied().flatten()));
    // The month asked for stands in the choice at once, not only when it is there.
    let shown_month = Memo::new(move |_| month.get().or_else(|| statement.get().map(|statement| statement.month)));
    // Whoever looks for payments looks for them in other months too.
    let kind = RwSignal::new(None::<(EntryKind, String)>);
    let downloads = Downloads::new(session);
    // The keyboard's place in the grid survives the drawing of another month.
    let by_keyboard = StoredValue::new(None::<Date>);
    let opened = Memo::new(move |_| {
        let statement = statement.get()?;
        match day.get() {
            Some(day) if statement.month.contains(day) => Some(day),
            _ => usual_day(&statement),
        }
    });

    let go = move |change: &dyn Fn(&mut StatementAt)| {
        let mut to = StatementAt { unread: false, ..at_now(router) };
        change(&mut to);
        router.go(Page::Statement(to));
    };
    let go_by_keyboard = move |day: Date| {
        let Some(statement) = statement.known() else { return };
        let to = Month::of(day);
        if (statement.first_month..=statement.last_month).contains(&to) {
            by_keyboard.set_value(Some(day));
            go(&|at| *at = StatementAt { month: Some(to), list: at.list, ..StatementAt::default() });
        }
    };
    let act = move |action| match action {
        Action::Open(date) => {
            open(router, statement.known().map(|statement| statement.month), date);
            browser::reveal("daycard");
        }
        Action::Turn(date) => go_by_keyboard(date),
    };

    // From a month without a statement there is a way to the nearest that has one.
    let nearest = move || {
        let (first, last) = problem::months(&statement.error()?)?;
        let to = month.get()?.clamp(first, last);
        let address = Page::Statement(StatementAt { month: Some(to), ..StatementAt::default() }).address();
        let text = t!(statement.nearest, month = format::small(&format::month(language(), to))).to_string();
        Some(view! { <div class="row row--middle"><a class="btn" href=address>{text}</a></div> })
    };

    let views = move || {
        let tab = |as_list: bool, symbol: &'static str, text: &'static str| {
            view! {
                <label>
                    <input
                        type="radio"
                        name="view"
                        prop:checked=chosen(move || list.get() == as_list)
                        on:change=move |_| go(&|at| at.list = as_list)
                    />
                    {small(symbol)}
                    {text}
                </label>
            }
        };
        view! {
            <div class="tabs" role="radiogroup" aria-label=t!(statement.view)>
                {tab(false, "calendar", t!(statement.calendar))}
                {tab(true, "list", t!(statement.list))}
            </div>
        }
    };
    let shown = move |value: Statement, _: bool| {
        let focus = RwSignal::new(opened.get_untracked().unwrap_or_else(|| value.month.first()));
        if let Some(day) = by_keyboard.get_value().filter(|day| value.month.contains(*day)) {
            by_keyboard.set_value(None);
            focus.set(day);
            month_calendar::refocus();
        }
        let days = value.clone();
        let content = {
            let value = value.clone();
            move || match list.get() {
                true => as_list(&value, kind),
                false => month_calendar::calendar(&value, opened, focus, act),
            }
        };
        let card = move || {
            let date = opened.get()?;
            let day = days.weeks.iter().flat_map(|week| &week.days).find(|day| day.date == date && is_inside(day))?;
            let month = days.month;
            Some(day_card::card(day, move |to| {
                focus.set(to);
                open(router, Some(month), to);
            }))
        };
        view! {
            {equation(
                (value.month.first(), value.month.last().min(value.today)),
                value.today,
                [value.opening, value.paid, value.charged, value.closing],
            )}
            <div class="stmt">
                <div aria-busy=told(move || statement.busy().then_some("true"))>{live(content)}</div>
                {live(move || (!list.get()).then(|| card.clone()()))}
                {live(move || (!list.get()).then(legend))}
            </div>
            {more(downloads, value.month)}
        }
        .into_any()
    };
    view! {
        <div class="row row--between head head--stmt">
            <h1>{t!(nav.statement)}</h1>
            {live(move || Some(months((first.get()?, last.get()?), shown_month, list, router)))}
            {views()}
        </div>
        {live(move || at(router).unread.then(|| notice::notice(Tone::Warn, t!(statement.unread))))}
        {statement.view(loaded::card_skeleton, shown)}
        {live(nearest)}
    }
    .into_any()
}

fn at_now(router: Router) -> StatementAt {
    match router.page_now() {
        Page::Statement(at) => at,
        _ => StatementAt::default(),
    }
}

/// A day opened is part of the address, but not a step back in the history: people look at many.
fn open(router: Router, month: Option<Month>, day: Date) {
    let at = at_now(router);
    let month = at.month.or(month);
    router.replace(Page::Statement(StatementAt { month, unread: false, day: Some(day), ..at }));
}

fn is_inside(day: &StatementDay) -> bool {
    day.state != DayState::Outside
}

/// Today, or the last day on which something happened.
fn usual_day(statement: &Statement) -> Option<Date> {
    let days = || statement.weeks.iter().flat_map(|week| &week.days).filter(|day| is_inside(day));
    days()
        .find(|day| day.state == DayState::Today)
        .or_else(|| days().rev().find(|day| !day.entries.is_empty()))
        .or_else(|| days().next())
        .map(|day| day.date)
}

/// Previous and next month, and a choice of any by month and year. Drawn once: whoever turns months keeps the keyboard
/// on the arrow.
fn months((first, last): (Month, Month), shown: Memo<Option<Month>>, list: Memo<bool>, router: Router) -> AnyView {
    let holds = move |month: &Month| (first..=last).contains(month);
    // From a month outside the contract both arrows lead into it.
    let before = Memo::new(move |_| shown.get().map(|shown| shown.previous().min(last)).filter(|to| *to >= first));
    let after = Memo::new(move |_| shown.get().map(|shown| shown.next().max(first)).filter(|to| *to <= last));
    let previous = |month: String| t!(statement.previous, month = month).to_string();
    let next = |month: String| t!(statement.next, month = month).to_string();
    // As text: a type of view for every option would weigh more than the page.
    let numbers = move || {
        let year = shown.get().map_or(last.year(), Month::year);
        (1..=12).filter_map(|number| Month::new(year, number).ok()).fold(String::new(), |options, month| {
            let (number, absent) = (month.number(), if holds(&month) { "" } else { " disabled" });
            let name = format::capital(format::month_name(language(), month));
            options + &format!("<option value={number}{absent}>{name}</option>")
        })
    };
    let years = move || {
        // A year outside the contract stands in the choice as long as its month does.
        let stranger = shown.get().map(Month::year).filter(|year| !(first.year()..=last.year()).contains(year));
        let stranger = stranger.map_or_else(String::new, |year| format!("<option disabled>{year}</option>"));
        (first.year()..=last.year()).rev().fold(stranger, |options, year| options + &format!("<option>{year}</option>"))
    };
    let month_choice = NodeRef::<html::Select>::new();
    let year_choice = NodeRef::<html::Select>::new();
    // Set when the options stand in the document; an attribute of theirs counts only until the first choice.
    Effect::new(move |_| {
        let Some(month) = shown.get() else { return };
        let set = move |choice: NodeRef<html::Select>, value: String| {
            if let Some(choice) = choice.try_get_untracked().flatten() {
                choice.set_value(&value);
            }
        };
        browser::after_drawing(move || {
            set(month_choice, month.number().to_string());
            set(year_choice, month.year().to_string());
        });
    });
    let go = move |year: i32, number: u8| {
        if let Ok(month) = Month::new(year, number) {
            let month = Some(month.clamp(first, last));
            router.go(Page::Statement(StatementAt { month, list: list.get_untracked(), ..StatementAt::default() }));
        }
    };
    let to_month = move |event| {
        if let (Some(shown), Ok(number)) = (shown.get_untracked(), event_target_value(&event).parse()) {
            go(shown.year(), number);
        }
    };
    let to_year = move |event| {
        if let (Some(shown), Ok(year)) = (shown.get_untracked(), event_target_value(&event).parse()) {
            go(year, shown.number());
        }
    };
    view! {
        <nav class="month" aria-label=t!(statement.pick)>
            {arrow(before, "left", previous, list)}
            <select class="input" aria-label=t!(statement.month) node_ref=month_choice on:change=to_month inner_html=numbers></select>
            <select class="input" aria-label=t!(statement.year) node_ref=year_choice on:change=to_year inner_html=years></select>
            {arrow(after, "right", next, list)}
        </nav>
    }
    .into_any()
}

/// A link to a neighbouring month, which stays where there is none.
fn arrow(month: Memo<Option<Month>>, symbol: &'static str, text: fn(String) -> String, list: Memo<bool>) -> AnyView {
    let address = move || {
        let to = StatementAt { month: Some(month.get()?), list: list.get(), ..StatementAt::default() };
        Some(Page::Statement(to).address())
    };
    view! {
        <a
            class="btn btn--quiet btn--icon"
            role="link"
            tabindex="0"
            href=address
            aria-disabled=told(move || month.get().is_none().then_some("true"))
            aria-label=move || match month.get() {
                Some(month) => text(format::month(language(), month)),
                None => t!(statement.no_month).to_owned(),
            }
        >
            {icon(symbol)}
        </a>
    }
    .into_any()
}

/// The month as files, and its year.
fn more(downloads: Downloads, month: Month) -> AnyView {
    let year = month.year();
    view! {
        <div class="row" role="group" aria-label=t!(download.title)>
            <span class="small muted">{t!(download.title)}</span>
            {downloads.button("btn btn--quiet", "PDF", None, Paper::Statement(month))}
            {downloads.button("btn btn--quiet", "CSV", None, Paper::Table(month))}
            <a class="btn btn--bare" href=Page::Year(year).address()>{t!(year.link, year = year)}</a>
        </div>
        {downloads.trouble()}
    }
    .into_any()
}

/// What was there on the first of these days, came, went, and is there on the last, as one line; `sums` in this order.
pub fn equation((from, to): (Date, Date), today: Date, sums: [Money; 4]) -> AnyView {
    let language = language();
    let money = |amount| format::money(language, amount);
    let [opening, paid, charged, balance] = sums;
    let closing = if to == today {
        t!(statement.now, day = format::day(language, to)).to_string()
    } else {
        t!(statement.closing, day = format::day(language, to)).to_string()
    };
    view! {
        <dl class="equation" aria-label=t!(statement.sum)>
            <div>
                <dt>{t!(statement.opening, day = format::day(language, from)).to_string()}</dt>
                <dd class="money">{money(opening)}</dd>
            </div>
            <div data-op="+">
                <dt>{t!(statement.paid)}</dt>
                <dd class="money money--in">{format::signed_money(language, paid)}</dd>
            </div>
            <div data-op="−">
                <dt>{t!(statement.charged)}</dt>
                <dd class="money">{money(charged)}</dd>
            </div>
            <div data-op="="><dt>{closing}</dt><dd class="money">{money(balance)}</dd></div>
        </dl>
    }
    .into_any()
}

/// The same month as lines, the newest first, all of them or those of a kind.
fn as_list(statement: &Statement, kind: RwSignal<Option<(EntryKind, String)>>) -> AnyView {
    let days = || statement.weeks.iter().flat_map(|week| &week.days).filter(|day| is_inside(day));
    let mut kinds: Vec<(EntryKind, String)> = Vec::new();
    for entry in days().flat_map(|day| &day.entries) {
        if kinds.iter().all(|(known, _)| *known != entry.kind) {
            kinds.push((entry.kind, entry.title.clone()));
        }
    }
    let wanted = kind.get();
    let only = wanted.as_ref().map(|(kind, _)| *kind);
    if let Some(wanted) = wanted.filter(|(kind, _)| kinds.iter().all(|(known, _)| known != kind)) {
        kinds.push(wanted);
    }
    let mut lines = Vec::new();
    let mut sum = Money::ZERO;
    for day in days() {
        if only.is_none_or(|only| only == EntryKind::TariffCharge) {
            lines.extend(day.charged_on.map(|on| Line::ChargedLater { day: day.date, on }));
        }
        for entry in day.entries.iter().filter(|entry| only.is_none_or(|only| only == entry.kind)) {
            sum += entry.amount;
            lines.push(Line::Entry(Box::new(entry.clone())));
        }
    }
    lines.reverse();
    let (language, month) = (language(), statement.month);
    let total = match only {
        Some(_) => (t!(statement.together), format::signed(language, sum)),
        None => (t!(statement.charged), format::figure(language, statement.charged)),
    };
    let caption = t!(statement.caption, month = format::month(language, month)).to_string();
    let shown = match lines.is_empty() {
        true if only.is_some() => notice::empty(
            t!(statement.no_such, month = format::month(language, month)).to_string(),
            t!(statement.no_such_why).to_owned(),
        ),
        true => notice::empty(
            t!(statement.empty, month = format::month(language, month)).to_string(),
            t!(statement.empty_why).to_owned(),
        ),
        false => {
            view! { <section class="card card--flush">{table::entries(caption, true, lines, Some(total))}</section> }
                .into_any()
        }
    };
    view! { <div class="stack">{(kinds.len() > 1 || only.is_some()).then(|| choice(kinds, only, kind))}{shown}</div> }
        .into_any()
}

/// Which kind of entries is listed.
fn choice(
    kinds: Vec<(EntryKind, String)>,
    only: Option<EntryKind>,
    chosen: RwSignal<Option<(EntryKind, String)>>,
) -> AnyView {
    let all = format!("<option value=''>{}", t!(statement.all));
    let options = kinds.iter().enumerate().fold(all, |options, (place, (kind, title))| {
        let chosen = if only == Some(*kind) { " selected" } else { "" };
        options + &format!("<option value={place}{chosen}>{}", title.replace('&', "&amp;").replace('<', "&lt;"))
    });
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        chosen.set(place.and_then(|place| kinds.get(place).cloned()));
        browser::focus("kind");
    };
    view! {
        <div class="field">
            <label for="kind">{t!(statement.kind)}</label>
            <select class="input" id="kind" on:change=choose inner_html=options></select>
        </div>
    }
    .into_any()
}

fn legend() -> AnyView {
    view! {
        <ul class="row legend" role="list">
            <li><span class="day" data-level="1" aria-hidden="true"></span>{t!(legend.charged)}</li>
            <li><span class="day day--pay" aria-hidden="true">{icon("in")}</span>{t!(legend.paid)}</li>
            <li><span class="day" data-state="missed" aria-hidden="true"></span>{t!(legend.later)}</li>
            <li><span class="day" data-state="blocked" aria-hidden="true"></span>{t!(legend.stopped)}</li>
            <li><span class="day" data-state="future" aria-hidden="true"></span>{t!(legend.future)}</li>
        </ul>
    }
    .into_any()
}
