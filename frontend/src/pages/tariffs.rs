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
use crate::parts::quote::{buttons, enough, lines, row};
use crate::parts::tariff_picker::{self, per_day};
use crate::parts::{icon, live, told};
use crate::problem;
use crate::session::{Session, session};
use cabinet_client::{Error, fresh_key};
use cabinet_contract::account::PendingChange;
use cabinet_contract::quote::Quote;
use cabinet_contract::tariff::{MyTariffs, RefusalView, TariffOffer};
use cabinet_core::Money;
use cabinet_core::calendar::tomorrow;
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::Date;
use uuid::Uuid;

/// What the dialog asks: each question has one key, however often its button is pressed.
#[derive(Clone)]
enum Question {
    /// A quote to be confirmed; `stale` if it took the place of one the person had read.
    Change { quote: Box<Quote>, key: Uuid, stale: bool },
    /// The planned change to be taken back.
    Cancel { change: PendingChange, key: Uuid },
}

/// The signals of the page.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    chosen: RwSignal<Option<String>>,
    question: RwSignal<Option<Question>>,
    /// Why the quote was refused.
    refused: RwSignal<Option<Error>>,
    /// Why the answer to the question was not taken.
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Something was done: the keyboard goes on from where its result is told.
    acted: StoredValue<bool>,
}

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let desk = Desk {
        session,
        chosen: RwSignal::new(None),
        question: RwSignal::new(None),
        refused: RwSignal::new(None),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
        acted: StoredValue::new(false),
    };
    let tariffs = Loader::new(session, move || {
        let client = session.client();
        async move { client.my_tariffs().await }
    });
    Effect::new(move |_| {
        desk.chosen.track();
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
        {tariffs.view(loaded::card_skeleton, move |value, old| offered(desk, value, old))}
        {dialog::dialog(
            "question",
            move || desk.question.get().map(|question| asked(desk, question)),
            desk.busy,
            move || desk.close(),
        )}
    }
    .into_any()
}

fn offered(desk: Desk, tariffs: MyTariffs, offline: bool) -> AnyView {
    let today = clock::today();
    let planned = tariffs.pending_change.clone().map(|change| planned(desk, change, today));
    if desk.acted.get_value() {
        desk.acted.set_value(false);
        browser::focus(if tariffs.pending_change.is_some() { "planned" } else { "main" });
    }
    let barred = tariff_picker::barred(&tariffs).map(|refusal| barred(desk, refusal));
    let picker = tariff_picker::picker(&tariffs, today, desk.chosen, barred.is_some());
    let nothing_to_choose = barred.is_some();
    let days = tariffs.days_between_changes;
    let side = move || {
        let chosen = desk.chosen.get();
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

fn planned(desk: Desk, change: PendingChange, today: Date) -> AnyView {
    let day = format::day_near(language(), change.starts_on, today);
    let text = t!(overview.planned, name = change.tariff.name.as_str(), day = day).to_string();
    let may_cancel = change.cancel_refund.is_some();
    let ask = move |_| {
        desk.failed.set(None);
        desk.question.set(Some(Question::Cancel { change: change.clone(), key: fresh_key() }));
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
            desk.quote(code.clone());
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

fn asked(desk: Desk, question: Question) -> Content {
    match question {
        Question::Change { quote, key, stale } => change_asked(desk, &quote, key, stale),
        Question::Cancel { change, key } => cancel_asked(desk, &change, key),
    }
}

fn change_asked(desk: Desk, quote: &Quote, key: Uuid, stale: bool) -> Content {
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
        {stale.then(|| notice(Tone::Warn, t!(quote.stale)))}
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
    let id = quote.id;
    let text = if now > Money::ZERO {
        t!(quote.confirm_paid, sum = money(now)).to_string()
    } else {
        t!(quote.confirm_free).to_owned()
    };
    let done = t!(quote.done, name = name.as_str(), day = quote.starts_on.map(near).unwrap_or_default()).to_string();
    let leave = (t!(quote.leave), move || desk.close());
    let foot = buttons(desk.busy, leave, (text, move || desk.confirm(id, key, done.clone())));
    Content { title: t!(quote.title, name = name.as_str()).to_string(), body, foot }
}

fn cancel_asked(desk: Desk, change: &PendingChange, key: Uuid) -> Content {
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
    let leave = (t!(cancel.leave), move || desk.close());
    let foot = buttons(desk.busy, leave, (t!(cancel.confirm).to_owned(), move || desk.cancel(key)));
    Content { title: t!(cancel.title).to_owned(), body, foot }
}

impl Desk {
    /// The question is dropped, unless its answer is on its way: then its key is still needed.
    fn close(self) {
        if !self.busy.get_untracked() {
            self.question.set(None);
            self.failed.set(None);
        }
    }

    /// Asks for a quote of the chosen tariff and opens the dialog with it.
    fn quote(self, code: String) {
        if self.begin() {
            spawn_local(async move {
                let result = self.session.ask(self.session.client().quote_tariff_change(&code)).await;
                self.busy.try_set(false);
                match result {
                    Ok(quote) => self.put(quote, false),
                    Err(error) => drop(self.refused.try_set(Some(error))),
                }
            });
        }
    }

    fn put(self, quote: Quote, stale: bool) {
        self.question.try_set(Some(Question::Change { quote: Box::new(quote), key: fresh_key(), stale }));
    }

    fn confirm(self, id: Uuid, key: Uuid, done: String) {
        if self.begin() {
            spawn_local(async move {
                let result = self.session.ask(self.session.client().confirm_quote(id, key)).await;
                self.busy.try_set(false);
                match result {
                    Ok(_) => self.finished(done),
                    // Confirmed before, under another key: in another window, say.
                    Err(error) if error.code() == Some("quote_used") => self.finished(done),
                    Err(error) => self.not_confirmed(error),
                }
            });
        }
    }

    /// A stale quote brings a fresh one with it; the person reads that and decides again.
    fn not_confirmed(self, error: Error) {
        match problem::fresh_quote(&error) {
            Some(quote) => self.put(quote, true),
            None => drop(self.failed.try_set(Some(problem::message(&error)))),
        }
    }

    fn cancel(self, key: Uuid) {
        if self.begin() {
            spawn_local(async move {
                let result = self.session.ask(self.session.client().cancel_tariff_change(key)).await;
                self.busy.try_set(false);
                match result {
                    Ok(_) => self.finished(t!(cancel.done).to_owned()),
                    Err(error) => drop(self.failed.try_set(Some(problem::message(&error)))),
                }
            });
        }
    }

    /// Whether nothing else is on its way.
    fn begin(self) -> bool {
        self.failed.set(None);
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    fn finished(self, text: String) {
        self.close();
        self.acted.set_value(true);
        self.chosen.set(None);
        self.session.say(Some(text));
        self.session.changed();
    }
}
