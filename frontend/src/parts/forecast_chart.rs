//! The balance of this month and of the days to come. Steps, because money moves once a day; solid is fact, dotted is
//! forecast, dashed is "with a payment", hatching is no service. Labels are HTML, so text never scales.

use crate::browser;
use crate::format;
use crate::i18n::{language, t};
use crate::parts::amount::Share;
use cabinet_contract::account::{BalanceDay, Forecast, ForecastEvent, ForecastKind};
use cabinet_contract::statement::{Entry, EntryKind};
use cabinet_core::Money;
use leptos::prelude::*;
use std::fmt::Write;
use time::Date;

/// The whole width or height.
const WHOLE: Share = Share::percent(100);
/// Pixels a label of the axis takes, with the space beside it.
const LABEL_WIDTH: i64 = 50;

/// Where days and sums stand.
pub(super) struct Scale {
    /// How many of them the width holds.
    pub(super) days: usize,
    /// Kopecks at the upper edge and at the lower one.
    pub(super) top: i64,
    pub(super) bottom: i64,
}

impl Scale {
    pub(super) fn y(&self, amount: Money) -> Share {
        Share::of(self.top - amount.kopecks(), self.top - self.bottom)
    }

    /// The left edge of a day, counted from the first one shown.
    pub(super) fn x(&self, day: usize) -> Share {
        Share::of(day as i64, self.days as i64)
    }
}

/// The chart with its heading and key; `payments` are marked where they came in.
pub fn chart(forecast: &Forecast, payments: &[Entry]) -> AnyView {
    let language = language();
    let past = &forecast.past;
    let coming = &forecast.coming;
    let (Some(first), Some(today)) = (past.first(), past.last()) else { return ().into_any() };
    let last = coming.last().unwrap_or(today);
    let (stop, rest) = (stops(forecast), rests(forecast));
    let with_payment = forecast.recommended_payment > Money::ZERO && !forecast.with_payment.is_empty();

    let all = || past.iter().chain(coming).chain(forecast.with_payment.iter().filter(|_| with_payment));
    let highest = all().map(|day| day.balance.kopecks()).max().unwrap_or(0).max(100);
    let lowest = all().map(|day| day.balance.kopecks()).min().unwrap_or(0).min(0);
    let scale = Scale { days: past.len() + coming.len(), top: highest + highest / 16, bottom: lowest + lowest / 16 };

    let here = scale.x(past.len());
    let until = stop.map_or(coming.len(), |stop| stop);
    let past_line = steps(&scale, 0, past, None);
    let next_line = steps(&scale, past.len(), &coming[..until], Some(today.balance));
    let plan_line = if with_payment {
        steps(&scale, past.len(), &forecast.with_payment, Some(today.balance))
    } else {
        String::new()
    };
    let stop_x = scale.x(past.len() + until);
    let zero = scale.y(Money::ZERO);

    let mut drawing = String::from(
        "<defs><pattern id='hatch' width='2' height='4' patternUnits='userSpaceOnUse' patternTransform='rotate(25)'>\
         <path d='M0 0V4' stroke='var(--line-strong)' stroke-width='1' opacity='.45'/></pattern></defs>",
    );
    let mut labels = Vec::new();
    for line in grid(&scale) {
        let y = scale.y(line);
        let _ = write!(drawing, "<path class='g' d='M0 {y}H100'/>");
        let figure = format::parts(language, line).0;
        labels.push(label("chart__t chart__t--y", None, Some(y), figure));
    }
    if stop.is_some() {
        let _ = write!(drawing, "<rect class='off' x='{stop_x}' y='0' width='{}' height='100'/>", WHOLE - stop_x);
    }
    if let Some((from, until)) = rest {
        let (left, right) = (scale.x(past.len() + from), scale.x(past.len() + until));
        let _ = write!(drawing, "<rect class='off' x='{left}' y='0' width='{}' height='100'/>", right - left);
    }
    let _ = write!(
        drawing,
        "<path class='past' d='{past_line}V{zero}H0Z'/><path class='next' d='{next_line}V{zero}H{here}Z'/>\
         <path class='plan-l' d='{plan_line}'/><path class='past-l' d='{past_line}'/><path class='next-l' d='{next_line}'/>\
         <path class='zero' d='M0 {zero}H100'/><path class='now' d='M{here} -3V100'/>",
    );

    let changes = changes(forecast);
    for (row, (place, _, what)) in changes.iter().enumerate() {
        let x = scale.x(past.len() + place);
        let _ = write!(drawing, "<path class='ev' d='M{x} 0V100'/>");
        let class = if x > Share::percent(50) { "chart__t chart__t--e" } else { "chart__t chart__t--s" };
        // Several of one week would lie on each other.
        labels.push(label(class, Some(x), Some(Share::percent(5 + 9 * row as i64)), (*what).to_owned()));
    }
    let room = label_room();
    // Where labels stand already, from their left edges.
    let mut used: Vec<Share> = Vec::new();
    let mut axis = |x: Share, day: Date, align: Align| {
        let (class, left) = match align {
            Align::Start => ("chart__t chart__t--x chart__t--s", x),
            Align::Middle => ("chart__t chart__t--x", x - room.half()),
            Align::End => ("chart__t chart__t--x chart__t--e", x - room),
        };
        if used.iter().all(|other| other.apart(left) >= room) {
            used.push(left);
            labels.push(label(class, Some(x), None, format::day_short(language, day)));
        }
    };
    if let Some(stop) = stop.filter(|stop| *stop > 0) {
        axis(stop_x, coming[stop].date, Align::Middle);
    }
    for (place, day, _) in &changes {
        axis(scale.x(past.len() + place), *day, Align::Middle);
    }
    axis(Share::percent(0), first.date, Align::Start);
    axis(WHOLE, last.date, Align::End);
    for (place, day) in past.iter().chain(coming).enumerate() {
        if day.date.day() == 1 {
            axis(scale.x(place), day.date, Align::Middle);
        }
    }
    for entry in payments.iter().filter(|entry| entry.amount > Money::ZERO && entry.kind != EntryKind::Reversal) {
        let place = past.iter().position(|day| day.date == entry.posted);
        // Beside today's tag there is no room.
        if let Some(place) = place.filter(|place| scale.x(*place).apart(here) >= room) {
            let y = (scale.y(past[place].balance) - Share::percent(7)).max(Share::percent(3));
            let text = format::signed(language, entry.amount);
            labels.push(label("chart__t chart__t--in chart__t--s", Some(scale.x(place)), Some(y), text));
        }
    }
    let tag = t!(chart.today, sum = format::figure(language, today.balance)).to_string();
    let tag_class = if here > Share::percent(85) {
        "chart__t chart__t--tag chart__t--e"
    } else if here < Share::percent(15) {
        "chart__t chart__t--tag chart__t--s"
    } else {
        "chart__t chart__t--tag"
    };
    labels.push(label(tag_class, Some(here), Some(Share::percent(-6)), tag));
    labels.push(label("chart__dot", Some(here), Some(scale.y(today.balance)), String::new()));
    if let Some(stop) = stop {
        let balance = if stop == 0 { today.balance } else { coming[stop - 1].balance };
        labels.push(label("chart__dot chart__dot--end", Some(stop_x), Some(scale.y(balance)), String::new()));
        if WHOLE - stop_x > room + room {
            labels.push(label(
                "chart__t",
                Some(stop_x.middle(WHOLE)),
                Some(Share::percent(14)),
                t!(chart.off).to_owned(),
            ));
        }
    }

    // Only what is drawn is explained.
    let goes_on = until > 0;
    let mut key = vec![key_line("key__past", "M0 4H28", t!(chart.was).to_owned())];
    if goes_on {
        key.push(key_line("key__next", "M1 4H28", t!(chart.will).to_owned()));
    }
    if with_payment {
        let sum = format::money(language, forecast.recommended_payment);
        key.push(key_line("key__plan", "M0 4H28", t!(chart.with_payment, sum = sum).to_string()));
    }
    let range = format!("{} – {}, ₴", format::day(language, first.date), format::day(language, last.date));
    view! {
        <section class="card" aria-labelledby="ch-h">
            <div class="row row--between card__head">
                <h2 id="ch-h">{if goes_on || with_payment { t!(chart.title) } else { t!(chart.past) }}</h2>
                <span class="eyebrow">{range}</span>
            </div>
            <div class="chart" role="img" aria-label=said(forecast, first, today, stop)>
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" inner_html=drawing></svg>
                {labels}
            </div>
            <ul class="row legend key" role="list">{key}</ul>
        </section>
    }
    .into_any()
}

/// Where the money ends, among the coming days: days of a pause are no stop.
fn stops(forecast: &Forecast) -> Option<usize> {
    let rest = rests(forecast).map_or(0..0, |(from, until)| from..until);
    let unserved = |(place, day): (usize, &BalanceDay)| !day.served && !rest.contains(&place);
    forecast.coming.iter().enumerate().position(unserved)
}

/// The coming days of a pause: the first one, and the one service goes on.
fn rests(forecast: &Forecast) -> Option<(usize, usize)> {
    let day = |kind| forecast.events.iter().find(|event| event.kind == kind).map(|event| event.date);
    let place = |day: Date| forecast.coming.partition_point(|coming| coming.date < day);
    let until = place(day(ForecastKind::PauseEnds)?);
    let from = day(ForecastKind::PauseStarts).map_or(0, place);
    (from < until).then_some((from, until))
}

/// Changes that are planned, in order: where among the coming days, when, and what.
fn changes(forecast: &Forecast) -> Vec<(usize, Date, &'static str)> {
    let coming = &forecast.coming;
    let change = |event: &ForecastEvent| {
        let what = match event.kind {
            ForecastKind::TariffStarts => t!(next.tariff),
            ForecastKind::PauseStarts => t!(next.pause),
            ForecastKind::PauseEnds => t!(next.pause_over),
            ForecastKind::TurboEnds => t!(next.turbo),
            _ => return None,
        };
        let place = coming.partition_point(|day| day.date < event.date);
        (place < coming.len()).then_some((place, event.date, what))
    };
    forecast.events.iter().filter_map(change).collect()
}

/// Which part of a label stands at its place.
#[derive(Clone, Copy)]
enum Align {
    Start,
    Middle,
    End,
}

/// The part of the chart's width a label takes: little on a desk, much on a telephone.
fn label_room() -> Share {
    let window = browser::window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1280.0);
    // Menu, margins and the figures of the scale leave the chart at least this much of the window.
    Share::of(LABEL_WIDTH, window as i64 * 2 / 3)
}

/// The same figures in a sentence.
fn said(forecast: &Forecast, first: &BalanceDay, today: &BalanceDay, stop: Option<usize>) -> String {
    let language = language();
    let mut text = t!(
        chart.said,
        from = format::day(language, first.date),
        first = format::money(language, first.balance),
        now = format::money(language, today.balance)
    )
    .to_string();
    match stop {
        // Stopped before today, by whatever: that it would stop some day is no news.
        _ if !today.served => text.push_str(t!(chart.said_off)),
        Some(stop) => text.push_str(&t!(chart.said_stop, day = format::day(language, forecast.coming[stop].date))),
        None => {
            if let Some(last) = forecast.coming.last() {
                text.push_str(&t!(
                    chart.said_last,
                    day = format::day(language, last.date),
                    sum = format::money(language, last.balance)
                ));
            }
        }
    }
    for (_, date, what) in changes(forecast) {
        let _ = write!(text, " {}: {what}.", format::day(language, date));
    }
    text
}

/// A path of steps, from the left edge of the day `from`; it begins at `before`, where that is given.
fn steps(scale: &Scale, from: usize, days: &[BalanceDay], before: Option<Money>) -> String {
    let Some(first) = days.first() else { return format!("M{} 0", scale.x(from)) };
    let mut path = format!("M{} {}", scale.x(from), scale.y(before.unwrap_or(first.balance)));
    for (place, day) in days.iter().enumerate() {
        let _ = write!(path, "V{}H{}", scale.y(day.balance), scale.x(from + place + 1));
    }
    path
}

/// At most five round figures from zero up (and down, for debts).
pub(super) fn grid(scale: &Scale) -> Vec<Money> {
    let span = scale.top - scale.bottom;
    let mut step = 100_i64;
    while span * 2 > step * 9 {
        // 1, 2, 5, 10, 20, 50 … hryvnias.
        let lead = step.to_string().starts_with('2');
        step = if lead { step * 5 / 2 } else { step * 2 };
    }
    let lowest = scale.bottom / step;
    let highest = scale.top / step;
    (lowest..=highest).map(|times| Money::from_kopecks(times * step)).collect()
}

/// A text at its place, for eyes only.
pub(super) fn label(class: &'static str, x: Option<Share>, y: Option<Share>, text: String) -> AnyView {
    let place = |value: Option<Share>| value.map(|value| value.to_string());
    view! { <span class=class style:--x=place(x) style:--y=place(y) aria-hidden="true">{text}</span> }.into_any()
}

fn key_line(class: &'static str, path: &'static str, text: String) -> AnyView {
    let line = format!("<path d='{path}'/>");
    view! { <li><svg class=class aria-hidden="true" inner_html=line></svg>{text}</li> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_contract::money::Currency;
    use time::Duration;
    use time::macros::date;

    const TODAY: Date = date!(2014 - 12 - 23);

    /// Twelve days, of which those named are served, and what happens on which of them.
    fn forecast(served: std::ops::Range<i64>, rest: std::ops::Range<i64>, events: &[(i64, ForecastKind)]) -> Forecast {
        let day = |ahead: i64| BalanceDay {
            date: TODAY + Duration::days(ahead),
            balance: Money::ZERO,
            served: served.contains(&ahead) && !rest.contains(&ahead),
        };
        let event = |(ahead, kind): &(i64, ForecastKind)| ForecastEvent {
            date: TODAY + Duration::days(*ahead),
            kind: *kind,
            amount: None,
            tariff: None,
            at: None,
        };
        Forecast {
            currency: Currency::UAH,
            today: TODAY,
            past: vec![day(0)],
            coming: (1..13).map(day).collect(),
            with_payment: Vec::new(),
            recommended_payment: Money::ZERO,
            events: events.iter().map(event).collect(),
            parts: Vec::new(),
        }
    }

    #[test]
    fn a_pause_is_no_stop_and_the_stop_behind_it_is_one() {
        let (starts, ends) = (ForecastKind::PauseStarts, ForecastKind::PauseEnds);
        let waits = forecast(0..13, 3..6, &[(3, starts), (6, ends)]);
        assert_eq!((rests(&waits), stops(&waits)), (Some((2, 5)), None));
        let poor = forecast(0..9, 3..6, &[(3, starts), (6, ends), (9, ForecastKind::ServiceStops)]);
        assert_eq!((rests(&poor), stops(&poor)), (Some((2, 5)), Some(8)));
        let runs = forecast(0..13, 0..6, &[(6, ends)]);
        assert_eq!((rests(&runs), stops(&runs)), (Some((0, 5)), None), "it runs already");
        let long = forecast(0..13, 3..40, &[(3, starts), (40, ends)]);
        assert_eq!((rests(&long), stops(&long)), (Some((2, 12)), None), "it ends beyond what is shown");
        let stopped = forecast(0..0, 0..0, &[]);
        assert_eq!((rests(&stopped), stops(&stopped)), (None, Some(0)));
    }

    #[test]
    fn what_is_planned_is_marked_on_its_day() {
        let events = [
            (0, ForecastKind::TurboEnds),
            (1, ForecastKind::NextCharge),
            (3, ForecastKind::TariffStarts),
            (40, ForecastKind::PauseStarts),
        ];
        let marked: Vec<_> = changes(&forecast(0..13, 0..0, &events)).into_iter().map(|of| (of.0, of.1)).collect();
        assert_eq!(
            marked,
            [(0, TODAY), (2, TODAY + Duration::days(3))],
            "of today at its end, not beyond what is shown"
        );
    }
}
