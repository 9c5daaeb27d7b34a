//! Tariffs as a group of radio buttons, each compared with the present one.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::icon;
use crate::parts::icon::small;
use crate::problem;
use cabinet_contract::tariff::{MyTariffs, PerDay, RefusalView, TariffOffer};
use cabinet_core::Money;
use leptos::prelude::*;
use time::Date;

/// The picker; `chosen` holds the code of the wished tariff. A tariff that is refused says why, unless `told` says it of
/// all of them.
pub fn picker(tariffs: &MyTariffs, today: Date, chosen: RwSignal<Option<String>>, told: bool) -> AnyView {
    let fastest = tariffs.items.iter().map(|offer| offer.down_mbps).max().unwrap_or(1).max(1);
    let present = tariffs.items.iter().find(|offer| offer.current).map(|offer| offer.down_mbps);
    let plans = tariffs
        .items
        .iter()
        .map(|offer| {
            if offer.current {
                current(offer, fastest, today)
            } else {
                plan(offer, fastest, present.unwrap_or(offer.down_mbps), today, chosen, told)
            }
        })
        .collect_view();
    view! { <fieldset class="plans"><legend class="vh">{t!(tariffs.choose)}</legend>{plans}</fieldset> }.into_any()
}

/// Why this tariff cannot be chosen now.
pub fn refusal(offer: &TariffOffer) -> Option<&RefusalView> {
    offer.change.as_ref()?.refusal.as_ref()
}

/// Why none can be chosen now, where one reason holds for all.
pub fn barred(tariffs: &MyTariffs) -> Option<&RefusalView> {
    let mut reasons = tariffs.items.iter().filter(|offer| !offer.current).map(refusal);
    let first = reasons.next()??;
    reasons.all(|other| other == Some(first)).then_some(first)
}

/// `1,61–1,62 ₴`, or one figure where the days are equal.
pub fn per_day(cost: PerDay) -> String {
    let language = language();
    if cost.min == cost.max {
        format::money(language, cost.max)
    } else {
        format!("{}–{}", format::figure(language, cost.min), format::money(language, cost.max))
    }
}

fn plan(
    offer: &TariffOffer,
    fastest: i64,
    present: i64,
    today: Date,
    chosen: RwSignal<Option<String>>,
    told: bool,
) -> AnyView {
    let language = language();
    let code = offer.code.clone();
    let chosen_now = {
        let code = code.clone();
        crate::parts::chosen(move || chosen.with(|chosen| chosen.as_deref() == Some(code.as_str())))
    };
    let choose = move |_| chosen.set(Some(code.clone()));
    let difference = t!(tariffs.difference, sum = format::signed_money(language, offer.difference)).to_string();
    let mut notes = Vec::new();
    match offer.down_mbps - present {
        0 => {}
        more if more > 0 => notes.push(note("in", t!(tariffs.faster, by = more).to_string())),
        less => notes.push(note("out", t!(tariffs.slower, by = -less).to_string())),
    }
    if let Some(change) = &offer.change {
        if let Some(refusal) = &change.refusal {
            if !told {
                notes.push(note("info", problem::told(&refusal.detail, &refusal.details)));
            }
        } else {
            if let Some(day) = change.starts_on {
                notes
                    .push(note("calendar", t!(tariffs.from, day = format::day_near(language, day, today)).to_string()));
            }
            let cost = change.cost.unwrap_or(Money::ZERO);
            notes.push(note("tariff", t!(tariffs.cost, sum = format::money(language, cost)).to_string()));
        }
    }
    notes.extend(offer.enough_until_after.map(|day| enough(day, today)));
    let refused = refusal(offer).is_some();
    view! {
        <label class=if refused { "plan plan--off" } else { "plan" }>
            <input
                type="radio"
                name="plan"
                value=offer.code.clone()
                disabled=refused
                prop:checked=chosen_now
                on:change=choose
            />
            <div>
                <div class="plan__name">{offer.name.clone()}</div>
                {speed(offer, fastest)}
            </div>
            <div class="plan__price"><b class="money">{format::money(language, offer.monthly_fee)}</b><span>{difference}</span></div>
            <ul class="row plan__cmp" role="list">{notes}</ul>
        </label>
    }
    .into_any()
}

fn current(offer: &TariffOffer, fastest: i64, today: Date) -> AnyView {
    let mut notes = vec![note("calendar", t!(tariffs.a_day, sum = per_day(offer.per_day)).to_string())];
    notes.extend(offer.enough_until_after.map(|day| enough(day, today)));
    view! {
        <div class="plan plan--now">
            {icon("ok")}
            <div>
                <div class="plan__name">{offer.name.clone()} " " <span class="pill pill--ok">{t!(tariffs.yours)}</span></div>
                {speed(offer, fastest)}
            </div>
            <div class="plan__price">
                <b class="money">{format::money(language(), offer.monthly_fee)}</b><span>{t!(tariffs.a_month)}</span>
            </div>
            <ul class="row plan__cmp" role="list">{notes}</ul>
        </div>
    }
    .into_any()
}

fn speed(offer: &TariffOffer, fastest: i64) -> AnyView {
    let width = format!("{}%", offer.down_mbps * 100 / fastest);
    view! {
        <div class="speed">
            <span class="speed__bar" style:--w=width aria-hidden="true"></span>
            <span class="num">{t!(tariffs.speed, mbps = offer.down_mbps).to_string()}</span>
        </div>
    }
    .into_any()
}

fn enough(day: Date, today: Date) -> AnyView {
    note("clock", t!(tariffs.enough, day = format::day_near(language(), day, today)).to_string())
}

fn note(symbol: &'static str, text: String) -> AnyView {
    view! { <li>{small(symbol)}{text}</li> }.into_any()
}
