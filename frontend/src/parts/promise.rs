//! The promised payment: what it would be, quoted and confirmed in a dialog; and the one that runs.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::dialog::{self, Content};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::quote::{buttons, lines, row};
use crate::parts::{click, icon, live, told};
use crate::problem;
use crate::session::{Session, session};
use cabinet_client::{Error, fresh_key};
use cabinet_contract::account::Overview;
use cabinet_contract::promise::PromisedPayment;
use cabinet_contract::quote::Quote;
use cabinet_core::Money;
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::Date;
use uuid::Uuid;

/// A quote to be confirmed, with one key however often its button is pressed; `stale` if it took the place of one the
/// person had read.
#[derive(Clone)]
struct Question {
    quote: Box<Quote>,
    key: Uuid,
    stale: bool,
}

/// The signals of the card.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    question: RwSignal<Option<Question>>,
    /// Why the quote was refused.
    refused: RwSignal<Option<Error>>,
    /// Why the confirmation was not taken.
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

/// The card: what one taken now would lend and cost, or why it cannot be.
pub fn card() -> AnyView {
    let session = session();
    let desk = Desk {
        session,
        question: RwSignal::new(None),
        refused: RwSignal::new(None),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
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
            <h2 id="promise-h">{icon("promise")} " " {t!(promise.title)}</h2>
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
                    desk.quote();
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
    let Question { quote, key, stale } = question;
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
        {stale.then(|| notice(Tone::Warn, t!(quote.stale)))}
        <dl class="quote">
            {lines(&quote, today)}
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
    let id = quote.id;
    let text = match now > Money::ZERO {
        true => t!(promise.confirm, sum = money(now)).to_string(),
        false => t!(promise.take).to_owned(),
    };
    let done = t!(promise.done, day = until).to_string();
    let leave = (t!(promise.leave), move || desk.close());
    let foot = buttons(desk.busy, leave, (text, move || desk.confirm(id, key, done.clone())));
    Content { title: t!(promise.title).to_owned(), body, foot }
}

impl Desk {
    /// The question is dropped, unless its answer is on its way: then its key is still needed.
    fn close(self) {
        if !self.busy.get_untracked() {
            self.question.set(None);
            self.failed.set(None);
        }
    }

    fn quote(self) {
        if self.begin() {
            spawn_local(async move {
                let result = self.session.ask(self.session.client().quote_promised_payment()).await;
                self.busy.try_set(false);
                match result {
                    Ok(quote) => self.put(quote, false),
                    Err(error) => drop(self.refused.try_set(Some(error))),
                }
            });
        }
    }

    fn put(self, quote: Quote, stale: bool) {
        self.question.try_set(Some(Question { quote: Box::new(quote), key: fresh_key(), stale }));
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
                    Err(error) => match problem::fresh_quote(&error) {
                        Some(quote) => self.put(quote, true),
                        None => drop(self.failed.try_set(Some(problem::message(&error)))),
                    },
                }
            });
        }
    }

    /// Whether nothing else is on its way.
    fn begin(self) -> bool {
        self.failed.set(None);
        self.refused.set(None);
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    fn finished(self, text: String) {
        self.close();
        // The card may leave with what it offered.
        browser::focus("main");
        self.session.say(Some(text));
        self.session.changed();
    }
}
