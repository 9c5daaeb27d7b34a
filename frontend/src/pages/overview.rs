//! The balance, how long it lasts, what comes next.

use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::page::{Page, StatementAt};
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::pay::Order;
use crate::parts::table::{self, Line};
use crate::parts::{
    amount, balance_header, connection, email, forecast_chart, icon, live, news, notice as states, promise,
};
use crate::session::session;
use cabinet_client::EntriesQuery;
use cabinet_contract::account::{Forecast, ForecastEvent, ForecastKind, Overview, Standing};
use cabinet_contract::statement::{Entry, EntryKind};
use cabinet_core::Month;
use leptos::prelude::*;

/// How far the forecast looks: two months' fees and a change between them are seen.
const DAYS: u16 = 60;
/// Rows of the latest operations shown here.
const SHOWN: usize = 4;
/// Read a month of rows, so that the chart can mark the payments of the days it shows.
const READ: u32 = 40;

/// The page; the header is owned by the frame.
pub fn page(header: Loader<Overview>) -> AnyView {
    let session = session();
    Effect::new(move |_| connection::follow(session, header.get().and_then(|me| me.network)));
    let coming = Loader::new(session, move || {
        let client = session.client();
        async move {
            let query = EntriesQuery { limit: Some(READ), ..EntriesQuery::default() };
            let forecast = client.forecast(Some(DAYS)).await?;
            Ok((forecast, client.entries(&query).await?.items))
        }
    });
    let order = Order::new(session);
    // Another sum is another payment.
    let recommended = Memo::new(move |_| header.get().map(|me| me.recommended_payment));
    Effect::new(move |_| {
        recommended.track();
        order.renew();
    });
    // Kept while the header is read anew: a question may stand open.
    let blocked = Memo::new(move |_| header.get().is_some_and(|me| me.standing == Standing::Blocked));
    view! {
        <h1 class="vh">{live(move || match header.get() {
            Some(me) => t!(overview.title, contract = me.contract).to_string(),
            None => t!(nav.overview).to_owned(),
        })}</h1>
        {news::banners(session)}
        {live(move || header.get().and_then(|me| email::banner(&me)))}
        {live(move || header.get().and_then(|me| planned(&me)))}
        {live(move || header.get().and_then(|me| promise::running(&me)))}
        {live(move || header.get().and_then(|me| switched_on(&me)))}
        <div class="split split--fill">
            {header.view_aged(balance_header::skeleton, move |me, old| {
                balance_header::balance(&me, session.provider().as_ref(), order, old, move || header.again())
            })}
            {coming.view(loaded::card_skeleton, move |(forecast, entries), _| {
                let next = next(header, &forecast);
                if !blocked.get() {
                    return next;
                }
                let happened = move || header.get().and_then(|me| happened(&me, &entries));
                view! { <div class="stack stack--wide">{live(happened)}{next}</div> }.into_any()
            })}
        </div>
        {live(move || blocked.get().then(promise::card))}
        {live(move || coming.get().map(|(forecast, entries)| view! {
            {forecast_chart::chart(&forecast, &entries)}
            {latest(entries, forecast.today)}
        }))}
    }
    .into_any()
}

fn planned(me: &Overview) -> Option<AnyView> {
    let change = me.pending_change.as_ref()?;
    let day = format::day_near(language(), change.starts_on, me.today);
    let text = t!(overview.planned, name = change.tariff.name.as_str(), day = day).to_string();
    Some(notice(Tone::Info, view! { {text} " " <a href="/tariffs">{t!(overview.planned_link)}</a> }))
}

/// The pause that waits, and the Turbo that runs.
fn switched_on(me: &Overview) -> Option<AnyView> {
    let near = |day| format::day_near(language(), day, me.today);
    let pause = me.pause.map(|pause| match me.standing {
        Standing::Paused => t!(balance.paused, day = near(pause.until)),
        _ => t!(overview.pause, from = near(pause.from), until = near(pause.until)),
    });
    let turbo = me.turbo_until.map(|until| match connection::turbo_waits(me.network) {
        Some(waits) => waits.to_owned(),
        None => t!(overview.turbo, time = clock::instant(until)),
    });
    let told = [pause, turbo].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let link = view! { {told.clone()} " " <a href="/services">{t!(nav.services)}</a> };
    (!told.is_empty()).then(|| notice(Tone::Info, link))
}

/// How it came to the stop: the last payment, the last paid day and the first one that was not.
fn happened(me: &Overview, entries: &[Entry]) -> Option<AnyView> {
    let language = language();
    let stopped_on = me.stopped_since.filter(|_| me.standing == Standing::Blocked)?;
    let left = |entry: &Entry| t!(happened.left, sum = format::money(language, entry.balance_after));
    let signed = |entry: &Entry| format::signed(language, entry.amount);
    let put_in = entries.iter().find(|entry| amount::comes_in(entry));
    let put_in = put_in.map(|entry| (entry.posted, entry.title.clone(), left(entry), signed(entry)));
    let paid_day = entries.iter().find(|entry| entry.kind == EntryKind::TariffCharge).map(|entry| {
        let day = entry.covers_to.unwrap_or(entry.posted);
        (day, t!(next.last_day).to_owned(), left(entry), signed(entry))
    });
    let short = t!(happened.short, name = me.tariff.name.as_str());
    let stop = Some((stopped_on, t!(happened.stopped).to_owned(), short, String::new()));
    let mut events: Vec<_> = [put_in, paid_day, stop].into_iter().flatten().collect();
    events.sort_by_key(|(day, ..)| *day);
    let lines = events.into_iter().map(|(day, title, under, sum)| {
        view! {
            <li>
                <time datetime=day.to_string()>{format::day_short(language, day)}</time>
                <div>{title}<p>{under}</p></div>
                <span class="money">{sum}</span>
            </li>
        }
    });
    Some(
        view! {
            <section class="card" aria-labelledby="happened-h">
                <h2 class="card__head" id="happened-h">{t!(happened.title)}</h2>
                <ol class="timeline" role="list">{lines.collect_view()}</ol>
            </section>
        }
        .into_any(),
    )
}

fn next(header: Loader<Overview>, forecast: &Forecast) -> AnyView {
    let events: Vec<AnyView> = forecast.events.iter().filter_map(line).collect();
    let why = how(header, forecast);
    // Nothing lies ahead of a stopped account; how its sum is reckoned still does.
    if events.is_empty() {
        let Some(why) = why else { return ().into_any() };
        return view! { <section class="card" aria-labelledby="how-h"><h2 class="card__head" id="how-h">{t!(next.how)}</h2>{why}</section> }
            .into_any();
    }
    let why = why.map(
        |why| view! { <details class="small link timeline__how"><summary>{t!(next.how)}</summary>{why}</details> },
    );
    view! {
        <section class="card" aria-labelledby="next-h">
            <div class="row row--between card__head"><h2 id="next-h">{t!(next.title)}</h2></div>
            <ol class="timeline" role="list">{events}</ol>
            {why}
        </section>
    }
    .into_any()
}

/// The arithmetic of the recommended sum.
fn how(header: Loader<Overview>, forecast: &Forecast) -> Option<AnyView> {
    if forecast.parts.is_empty() || forecast.recommended_payment.is_zero() {
        return None;
    }
    let language = language();
    let parts = forecast
        .parts
        .iter()
        .map(|part| {
            let name = format::capital(format::month_name(language, part.month));
            view! {
                <dt>{plural!(next.part, part.days).replace("{month}", &name)}</dt>
                <dd>{format::money(language, part.amount)}</dd>
            }
        })
        .collect_view();
    let balance = move || {
        header.get().map(|me| {
            view! {
                <dt>{t!(next.on_account)}</dt>
                <dd>"−\u{202f}"{format::money(language, me.balance)}</dd>
            }
        })
    };
    Some(
        view! {
            <dl class="sumline">
                {parts}
                {balance}
                <dt class="res">{t!(balance.recommended)}</dt>
                <dd class="res">{format::money(language, forecast.recommended_payment)}</dd>
            </dl>
        }
        .into_any(),
    )
}

fn line(event: &ForecastEvent) -> Option<AnyView> {
    let language = language();
    let tariff = event.tariff.as_deref();
    let by_tariff = tariff.map(|name| t!(next.by_tariff, name = name).to_string());
    let sum = event.amount.map(|amount| format::money(language, amount));
    let (title, under, side) = match event.kind {
        ForecastKind::NextCharge => {
            let charge = event.amount.map(|amount| format::money(language, -amount.abs()));
            (t!(next.charge), by_tariff, charge)
        }
        // A month's fee is taken day by day: it is told in words, and does not stand among the sums of days.
        ForecastKind::NewMonth => {
            let fee = event.amount.map(|fee| format::money(language, -fee.abs()));
            let fee = fee.map(|fee| t!(next.month_fee, sum = fee).to_string());
            let parts: Vec<String> = [fee, by_tariff].into_iter().flatten().collect();
            (t!(next.month), Some(parts.join(", ")), None)
        }
        ForecastKind::TariffStarts => {
            (t!(next.tariff), tariff.map(|name| t!(next.named, name = name).to_string()), sum)
        }
        ForecastKind::PauseStarts => (t!(next.pause), None, None),
        ForecastKind::PauseEnds => (t!(next.pause_over), None, None),
        ForecastKind::TurboEnds => (t!(next.turbo), event.at.map(clock::instant), None),
        ForecastKind::LastPaidDay => (t!(next.last_day), None, None),
        ForecastKind::ServiceStops => (t!(next.stops), sum.map(|sum| t!(next.short, sum = sum).to_string()), None),
        ForecastKind::Unknown => return None,
    };
    let side = match side {
        Some(side) => view! { <span class="money">{side}</span> }.into_any(),
        None if event.kind == ForecastKind::ServiceStops => view! { <span>{icon("stop")}</span> }.into_any(),
        None => view! { <span></span> }.into_any(),
    };
    Some(
        view! {
            <li>
                <time datetime=event.date.to_string()>{format::day_short(language, event.date)}</time>
                <div>{title}{under.map(|under| view! { <p>{under}</p> })}</div>
                {side}
            </li>
        }
        .into_any(),
    )
}

fn latest(entries: Vec<Entry>, today: time::Date) -> AnyView {
    if entries.is_empty() {
        return states::empty(t!(overview.no_entries).to_owned(), t!(overview.no_entries_why).to_owned());
    }
    let month = Month::of(entries[0].posted.min(today));
    let link = Page::Statement(StatementAt { month: Some(month), ..StatementAt::default() }).address();
    let name = t!(overview.statement_of, month = format::month_name(language(), month)).to_string();
    let lines = entries.into_iter().take(SHOWN).map(|entry| Line::Entry(Box::new(entry))).collect();
    view! {
        <section class="card card--flush" aria-labelledby="last-h">
            <div class="row row--between card__head"><h2 id="last-h">{t!(overview.latest)}</h2><a href=link>{name}</a></div>
            {table::entries(t!(overview.latest).to_owned(), false, lines, None)}
        </section>
    }
    .into_any()
}
