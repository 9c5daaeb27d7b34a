//! The tariffs, and the change of tariff: quoted, then confirmed.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::dialog::{self, Content};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::pay;
use crate::parts::quote::{Desk, Question, buttons, enough, lines, row};
use crate::parts::tariff_picker::{self, per_day};
use crate::parts::{icon, live, told};
use crate::problem;
use crate::session::session;
use cabinet_client::{Error, fresh_key};
use cabinet_contract::account::PendingChange;
use cabinet_contract::tariff::{MyTariffs, RefusalView, TariffOffer};
use cabinet_core::Money;
use cabinet_core::calendar::tomorrow;
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

/// The signals of the page.
#[derive(Clone, Copy)]
struct Page {
    chosen: RwSignal<Option<String>>,
    desk: Desk,
    /// The planned change to be taken back, with one key however often its button is pressed.
    cancelled: RwSignal<Option<(PendingChange, Uuid)>>,
    /// Something was done: the keyboard goes on from where its result is told.
    acted: StoredValue<bool>,
}

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let (chosen, cancelled) = (RwSignal::new(None), RwSignal::new(None));
    let acted = StoredValue::new(false);
    let desk = Desk::new(session, move || {
        cancelled.set(None);
        acted.set_value(true);
        chosen.set(None);
    });
    let page = Page { chosen, desk, cancelled, acted };
    let tariffs = Loader::new(session, move || {
        let client = session.client();
        async move { client.my_tariffs().await }
    });
    Effect::new(move |_| {
        chosen.track();
        desk.refused.set(None);
    });
    let lead = move || {
        tariffs.get().and_then(|tariffs| {
            let present = tariffs.items.iter().find(|offer| offer.current)?;
            let balance = format::money(language(), tariffs.balance);
            Some(t!(tariffs.lead, name = present.name.as_str(), balance = balance).to_string())
        })
    };
    view! {
        <div class="row row--between head"><div><h1>{t!(nav.tariff)}</h1><p>{live(lead)}</p></div></div>
        {tariffs.view(loaded::card_skeleton, move |value, old| offered(page, value, old))}
        {dialog::dialog(
            "question",
            move || {
                let cancelled = cancelled.get().map(|(change, key)| cancel_asked(page, &change, key));
                cancelled.or_else(|| desk.question.get().map(|question| change_asked(desk, question)))
            },
            desk.busy,
            move || page.close(),
        )}
    }
    .into_any()
}

fn offered(page: Page, tariffs: MyTariffs, offline: bool) -> AnyView {
    let Page { chosen, desk, acted, .. } = page;
    let today = clock::today();
    let planned = tariffs.pending_change.clone().map(|change| planned(page, change, today));
    if acted.get_value() {
        acted.set_value(false);
        browser::focus(if tariffs.pending_change.is_some() { "planned" } else { "main" });
    }
    let barred = tariff_picker::barred(&tariffs).map(|refusal| barred(desk, refusal));
    let picker = tariff_picker::picker(&tariffs, today, chosen, barred.is_some());
    let nothing_to_choose = barred.is_some();
    let days = tariffs.days_between_changes;
    let side = move || {
        let chosen = chosen.get();
        let offer = tariffs.items.iter().find(|offer| Some(&offer.code) == chosen.as_ref());
        match offer.filter(|offer| tariff_picker::refusal(offer).is_none()) {
            Some(offer) => summary(desk, offer, today, days, offline),
            None => view! {
                <aside class="card stack sticky" aria-labelledby="sel-h">
                    <h2 id="sel-h">{t!(tariffs.none_chosen)}</h2>
                    <p class="small muted">{t!(tariffs.none_chosen_why)}</p>
                </aside>
            }
            .into_any(),
        }
    };
    view! {
        {planned}
        {barred}
        <div class="split">
            <form class="stack" on:submit=|event| event.prevent_default()>{picker}</form>
            {(!nothing_to_choose).then(|| live(side))}
        </div>
    }
    .into_any()
}

/// Why nothing can be chosen, and where money helps, where it is to be paid.
fn barred(desk: Desk, refusal: &RefusalView) -> AnyView {
    let mut text = problem::told(&refusal.detail, &refusal.details);
    let money = refusal.details.contains_key("missing");
    let provider = desk.session.provider().filter(|_| money);
    if provider.as_ref().is_some_and(pay::online) {
        return explained(view! { {text} " " <a href="/pay">{t!(nav.pay)}</a> });
    }
    if let Some(how) = provider.and_then(|provider| pay::how(&provider)) {
        text.push(' ');
        text.push_str(&how);
    }
    explained(text)
}

fn planned(page: Page, change: PendingChange, today: Date) -> AnyView {
    let day = format::day_near(language(), change.starts_on, today);
    let text = t!(overview.planned, name = change.tariff.name.as_str(), day = day).to_string();
    let may_cancel = change.cancel_refund.is_some();
    let ask = move |_| {
        page.desk.failed.set(None);
        page.cancelled.set(Some((change.clone(), fresh_key())));
    };
    view! {
        <div class="notice" id="planned" tabindex="-1">
            {icon("info")}
            <div>{text}{(!may_cancel).then(|| view! { " " {t!(tariffs.no_cancel)} })}</div>
            {may_cancel.then(|| view! {
                <button class="btn btn--bare btn--sm" type="button" on:click=ask>{t!(tariffs.cancel)}</button>
            })}
        </div>
    }
    .into_any()
}

/// What the chosen tariff means, and the way to its quote.
fn summary(desk: Desk, offer: &TariffOffer, today: Date, days: i64, offline: bool) -> AnyView {
    let language = language();
    let money = |amount| format::money(language, amount);
    let change = offer.change.as_ref();
    let cost = change.and_then(|change| change.cost).unwrap_or(Money::ZERO);
    let from = change.and_then(|change| change.starts_on).map(|day| format::day_near(language, day, today));
    let code = offer.code.clone();
    let ask = move |_| {
        if !offline {
            let (client, code) = (desk.session.client(), code.clone());
            desk.quote(Box::pin(async move { client.quote_tariff_change(&code).await }));
        }
    };
    let lines = from.map(|from| {
        view! {
            <dl class="sumline more">
                <dt>{t!(tariffs.now)}</dt><dd>{money(cost)}</dd>
                <dt>{t!(tariffs.month_from, day = from.as_str()).to_string()}</dt><dd>{money(offer.monthly_fee)}</dd>
                <dt>{t!(tariffs.day_from, day = from.as_str()).to_string()}</dt><dd>{per_day(offer.per_day)}</dd>
            </dl>
        }
    });
    view! {
        <aside class="card stack sticky dock" aria-labelledby="sel-h">
            <div>
                <p class="eyebrow more">{t!(tariffs.chosen)}</p>
                <h2 id="sel-h">{offer.name.clone()}</h2>
                <p class="small muted less">{t!(tariffs.cost_now, sum = money(cost)).to_string()}</p>
            </div>
            {lines}
            <div class="dock__why" aria-live="polite">
                {offline.then(|| notice(Tone::Warn, t!(problem.offline_money)))}
                {live(move || desk.refused.get().map(|error| refused(&error)))}
            </div>
            <button
                class="btn"
                type="button"
                aria-disabled=offline.then_some("true")
                aria-busy=told(move || desk.busy.get().then_some("true"))
                on:click=ask
            >
                {live(move || desk.busy.get().then(|| small("refresh")))}
                {t!(tariffs.to_quote)}
            </button>
            <p class="small muted more">
                {t!(tariffs.nothing_yet)}{(days > 0).then(|| format!(" {}", plural!(tariffs.every, days)))}
            </p>
        </aside>
    }
    .into_any()
}

fn explained(why: impl IntoAny + 'static) -> AnyView {
    notice(Tone::Warn, view! { <b>{t!(refusal.title)}</b> " " {why.into_any()} })
}

fn refused(error: &Error) -> AnyView {
    let text = problem::message(error);
    match error {
        Error::Problem(problem) if problem.status < 500 => explained(text),
        _ => notice(Tone::Bad, text),
    }
}

fn change_asked(desk: Desk, question: Question) -> Content {
    let quote = &question.quote;
    let language = language();
    let money = |amount| format::money(language, amount);
    let today = clock::today();
    let near = |day: Date| format::day_near(language, day, today);
    let (before, after) = (&quote.tariff_before, &quote.tariff_after);
    let now: Money = quote.lines.iter().map(|line| line.amount).sum();
    let name = after.name.clone();
    let starts = quote.starts_on.map(&near);
    let short = quote.enough_until_after.filter(|_| quote.recommended_payment_after > Money::ZERO).map(|until| {
        let sum = money(quote.recommended_payment_after);
        notice(Tone::Warn, t!(quote.recommended, day = near(tomorrow(until)), sum = sum).to_string())
    });
    let back = match quote.cancellable_until {
        Some(until) => {
            let text = t!(quote.cancellable, day = near(until)).to_string();
            let returns = (now > Money::ZERO).then(|| format!(" {}", t!(quote.returns)));
            view! { {text}{returns} " " }.into_any()
        }
        None => ().into_any(),
    };
    let no_way_back = quote.cancellable_until.is_none().then(|| notice(Tone::Warn, t!(quote.no_cancel)));
    let body = view! {
        {question.stale.then(|| notice(Tone::Warn, t!(quote.stale)))}
        <dl class="quote">
            {lines(quote, today)}
            {starts.map(|day| row(t!(quote.starts), None, day))}
            {row(t!(quote.monthly), Some(format::figure(language, before.monthly_fee)), money(after.monthly_fee))}
            {row(t!(quote.daily), Some(per_day(quote.per_day_before)), per_day(quote.per_day_after))}
            {row(
                t!(quote.speed),
                Some(before.down_mbps.to_string()),
                t!(tariffs.speed, mbps = after.down_mbps).to_string(),
            )}
            {row(t!(quote.balance), Some(format::figure(language, quote.balance_before)), money(quote.balance_after))}
            {enough(quote, today)}
        </dl>
        {short}
        {no_way_back}
        {live(move || desk.failed.get().map(|text| notice(Tone::Bad, text)))}
        <p class="small muted">{back}{t!(quote.valid, time = clock::time(quote.expires_at)).to_string()}</p>
    }
    .into_any();
    let text = if now > Money::ZERO {
        t!(quote.confirm_paid, sum = money(now)).to_string()
    } else {
        t!(quote.confirm_free).to_owned()
    };
    let done = t!(quote.done, name = name.as_str(), day = quote.starts_on.map(near).unwrap_or_default()).to_string();
    let leave = (t!(quote.leave), move || desk.close());
    let foot = buttons(desk.busy, leave, (text, move || desk.confirm(&question, done.clone())));
    Content { title: t!(quote.title, name = name.as_str()).to_string(), body, foot }
}

fn cancel_asked(page: Page, change: &PendingChange, key: Uuid) -> Content {
    let desk = page.desk;
    let day = format::day_year(language(), change.starts_on);
    let refund = change
        .cancel_refund
        .filter(|refund| *refund > Money::ZERO)
        .map(|refund| format!(" {}", t!(cancel.refund, sum = format::money(language(), refund))));
    let body = view! {
        <p>{t!(cancel.text, name = change.tariff.name.as_str(), day = day).to_string()}{refund}</p>
        {live(move || desk.failed.get().map(|text| notice(Tone::Bad, text)))}
    }
    .into_any();
    let leave = (t!(cancel.leave), move || page.close());
    let cancel = move || {
        let client = desk.session.client();
        let asking = async move { client.cancel_tariff_change(key).await.map(drop) };
        desk.send(Box::pin(asking), t!(cancel.done).to_owned());
    };
    let foot = buttons(desk.busy, leave, (t!(cancel.confirm).to_owned(), cancel));
    Content { title: t!(cancel.title).to_owned(), body, foot }
}

impl Page {
    fn close(self) {
        self.desk.close();
        if !self.desk.busy.get_untracked() {
            self.cancelled.set(None);
        }
    }
}
