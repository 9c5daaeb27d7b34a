//! The promised payment: what it would be, quoted and confirmed in a dialog; and the one that runs.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::dialog::{self, Content};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::quote::{Desk, Question, buttons, lines, row};
use crate::parts::{click, icon, live, told};
use crate::problem;
use crate::session::session;
use cabinet_contract::account::Overview;
use cabinet_contract::promise::PromisedPayment;
use cabinet_core::Money;
use leptos::prelude::*;
use time::Date;

/// The card: what one taken now would lend and cost, or why it cannot be.
pub fn card() -> AnyView {
    let session = session();
    // The card may leave with what it offered.
    let desk = Desk::new(session, || browser::focus("main"));
    let offer = Loader::new(session, move || {
        let client = session.client();
        async move { client.promised_payment().await }
    });
    view! {
        <section
            class="card stack"
            aria-labelledby="promise-h"
            id="promise"
            aria-busy=told(move || offer.busy().then_some("true"))
        >
            <div class="row">{icon("promise")}<h2 id="promise-h">{t!(promise.title)}</h2></div>
            {offer.view(loaded::lines, move |offer, offline| offered(desk, &offer, offline))}
            {dialog::dialog(
                "promise-question",
                move || desk.question.get().map(|question| asked(desk, question)),
                desk.busy,
                move || desk.close(),
            )}
        </section>
    }
    .into_any()
}

/// The promise that runs or is not paid back, over the pages' figures.
pub fn running(me: &Overview) -> Option<AnyView> {
    let promise = me.promise?;
    let near = |day: Date| format::day_near(language(), day, me.today);
    let debt = format::money(language(), promise.debt);
    Some(match (promise.unpaid, promise.debt > Money::ZERO) {
        (true, _) => notice(Tone::Warn, t!(promise.overdue, day = near(promise.taken_on), sum = debt)),
        (false, true) => notice(Tone::Info, t!(promise.until, day = near(promise.until), sum = debt)),
        (false, false) => notice(Tone::Info, t!(promise.paid, day = near(promise.until))),
    })
}

fn offered(desk: Desk, offer: &PromisedPayment, offline: bool) -> AnyView {
    let money = |amount| format::money(language(), amount);
    let days = (offer.until - offer.today).whole_days();
    let price = money(offer.price);
    let lead = plural!(promise.lead, days).replace("{sum}", &money(offer.credit)).replace("{price}", &price);
    let figures = offer.balance_after.map(|after| {
        let today = offer.charge_today.filter(|charge| !charge.is_zero());
        view! {
            <dl class="sumline">
                <dt>{t!(promise.credit, day = format::day_near(language(), offer.until, offer.today))}</dt>
                <dd>{money(offer.credit)}</dd>
                <dt>{t!(promise.price)}</dt><dd>{price.clone()}</dd>
                {today.map(|charge| view! { <dt>{t!(pay.today)}</dt><dd>{money(charge)}</dd> })}
                <dt class="res">{t!(promise.balance_after)}</dt><dd class="res">{money(after)}</dd>
            </dl>
        }
    });
    let why = offer.refusal.as_ref().map(|refusal| problem::told(&refusal.detail, &refusal.details));
    let off = why.is_some() || offline;
    let text = match off {
        true => t!(promise.take).to_owned(),
        false => t!(promise.take_for, price = price).to_string(),
    };
    view! {
        <p class="muted small">{lead}</p>
        {figures}
        {why.map(|why| view! { <p>{why}</p> })}
        <div aria-live="polite">
            {offline.then(|| notice(Tone::Warn, t!(problem.offline_money)))}
            {live(move || desk.refused.get().map(|error| notice(Tone::Bad, problem::message(&error))))}
        </div>
        <button
            class="btn btn--quiet"
            type="button"
            aria-disabled=off.then_some("true")
            aria-busy=told(move || desk.busy.get().then_some("true"))
            on:click=click(move || {
                if !off {
                    let client = desk.session.client();
                    desk.quote(Box::pin(async move { client.quote_promised_payment().await }));
                }
            })
        >
            {live(move || desk.busy.get().then(|| small("refresh")))}
            {text}
        </button>
    }
    .into_any()
}

fn asked(desk: Desk, question: Question) -> Content {
    let quote = &question.quote;
    let today = clock::today();
    let near = |day: Date| format::day_near(language(), day, today);
    let money = |amount| format::money(language(), amount);
    let now: Money = quote.lines.iter().map(|line| line.amount).sum();
    let until = quote.until.map(near).unwrap_or_default();
    let credit = quote.credit.map(|credit| row(t!(promise.lent), None, money(credit)));
    let debt = (-quote.balance_after).max(Money::ZERO);
    let back =
        (debt > Money::ZERO).then(|| notice(Tone::Warn, t!(promise.owed, day = until.as_str(), sum = money(debt))));
    let body = view! {
        {question.stale.then(|| notice(Tone::Warn, t!(quote.stale)))}
        <dl class="quote">
            {lines(quote, today)}
            {credit}
            {row(t!(promise.serves), None, until.clone())}
            {row(
                t!(quote.balance),
                Some(format::figure(language(), quote.balance_before)),
                money(quote.balance_after),
            )}
        </dl>
        {back}
        {live(move || desk.failed.get().map(|text| notice(Tone::Bad, text)))}
        <p class="small muted">{t!(quote.valid, time = clock::time(quote.expires_at)).to_string()}</p>
    }
    .into_any();
    let text = match now > Money::ZERO {
        true => t!(promise.confirm, sum = money(now)).to_string(),
        false => t!(promise.take).to_owned(),
    };
    let done = t!(promise.done, day = until).to_string();
    let leave = (t!(promise.leave), move || desk.close());
    let foot = buttons(desk.busy, leave, (text, move || desk.confirm(&question, done.clone())));
    Content { title: t!(promise.title).to_owned(), body, foot }
}
