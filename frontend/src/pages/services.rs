//! Turbo, a pause, a static address: each with its state, its price and the way to its quote.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::dialog::{self, Content};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::older::Older;
use crate::parts::quote::{Asking, Desk, Question, buttons, enough, lines, row};
use crate::parts::tariff_picker::per_day;
use crate::parts::{chosen, click, connection, countdown, icon, live, orders, sms_balance, told};
use crate::problem;
use crate::session::session;
use cabinet_client::{Error, fresh_key};
use cabinet_contract::quote::{Act, Order, Quote};
use cabinet_contract::services::{PauseService, PauseWish, ServiceOutcome, Services, StaticIpService, StaticIpWish};
use cabinet_core::Money;
use cabinet_core::calendar::parse_day;
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::{Date, Duration};
use uuid::Uuid;

/// A pause is offered of so many days at first.
const FIRST_PAUSE: i64 = 14;

/// What the dialog asks that needs no quote: it gives back, or costs nothing.
#[derive(Clone)]
enum Plain {
    Undo(Order),
    CancelPause(Money),
    ChangePause(PauseWish),
}

/// Sends what the dialog asks.
type Sending = Box<dyn Fn() -> Asking<()>>;

/// The signals of the page.
#[derive(Clone, Copy)]
struct Page {
    desk: Desk,
    /// The service a refusal belongs to.
    asked: RwSignal<&'static str>,
    plain: RwSignal<Option<(Plain, Uuid)>>,
    option: RwSignal<Option<String>>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    /// What the days typed for a pause would mean.
    preview: RwSignal<Option<Result<Box<Quote>, Error>>>,
    acted: StoredValue<bool>,
    /// What was done before.
    orders: Older,
}

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let (plain, acted) = (RwSignal::new(None), StoredValue::new(false));
    let preview = RwSignal::new(None);
    let desk = Desk::new(session, move || {
        plain.set(None);
        preview.set(None);
        acted.set_value(true);
    });
    let page = Page {
        desk,
        asked: RwSignal::new(""),
        plain,
        option: RwSignal::new(None),
        from: RwSignal::new(String::new()),
        until: RwSignal::new(String::new()),
        preview,
        acted,
        orders: orders::orders(session),
    };
    let services = Loader::new(session, move || {
        let client = session.client();
        async move { client.services().await }
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(nav.services)}</h1><p>{t!(services.lead)}</p></div></div>
        <div class="split split--even split--fill svcs">
            {services.view(loaded::card_skeleton, move |services, offline| page.cards(&services, offline))}
            {sms_balance::card()}
        </div>
        {orders::card(page.orders)}
        {dialog::dialog(
            "service",
            move || {
                let plain = plain.get().map(|(plain, key)| page.plainly(&plain, key));
                plain.or_else(|| desk.question.get().map(|question| page.question(question)))
            },
            desk.busy,
            move || page.close(),
        )}
    }
    .into_any()
}

fn money(amount: Money) -> String {
    format::money(language(), amount)
}

fn near(day: Date) -> String {
    format::day_near(language(), day, clock::today())
}

/// The head of a card: its symbol, what it is, how it stands.
fn head(id: &'static str, symbol: &'static str, name: &'static str, about: String, pill: AnyView) -> AnyView {
    view! {
        <div class="svc__head">
            <span class="svc__icon">{icon(symbol)}</span>
            <div><h2 id=id tabindex="-1">{name}</h2><p>{about}</p></div>
            {pill}
        </div>
    }
    .into_any()
}

fn pill(class: &'static str, text: String) -> AnyView {
    view! { <span class=class>{text}</span> }.into_any()
}

impl Page {
    fn cards(self, services: &Services, offline: bool) -> AnyView {
        if self.acted.get_value() {
            self.acted.set_value(false);
            browser::focus("main");
            self.orders.anew();
        }
        view! {
            {services.undoable.iter().map(|order| self.undo(order, offline)).collect_view()}
            {self.turbo(services, offline)}
            {self.pause(services, offline)}
            {self.static_ip(&services.static_ip, offline)}
        }
        .into_any()
    }

    /// Closes the dialog, unless an answer is on its way.
    fn close(self) {
        self.desk.close();
        if !self.desk.busy.get_untracked() {
            self.plain.set(None);
        }
    }

    fn ask(self, what: &'static str, asking: Asking<Quote>) {
        self.asked.set(what);
        self.desk.quote(asking);
    }

    fn ask_plainly(self, plain: Plain) {
        self.desk.failed.set(None);
        self.plain.set(Some((plain, fresh_key())));
    }

    /// Why a card's quote was refused, or that there is no network.
    fn why(self, what: &'static str, offline: bool) -> AnyView {
        let refused = live(move || {
            let error = self.desk.refused.get().filter(|_| self.asked.get() == what);
            error.map(|error| notice(Tone::Warn, problem::message(&error)))
        });
        let offline = offline.then(|| notice(Tone::Warn, t!(problem.offline_money)));
        view! { <div aria-live="polite">{offline}{refused}</div> }.into_any()
    }

    /// The foot of a card: what the act leaves, and its button.
    fn foot(self, note: AnyView, text: AnyView, off: bool, act: impl Fn() + 'static) -> AnyView {
        let busy = self.desk.busy;
        view! {
            <div class="row row--between svc__foot">
                <span class="small muted">{note}</span>
                <button
                    class="btn"
                    type="button"
                    aria-disabled=off.then_some("true")
                    aria-busy=told(move || busy.get().then_some("true"))
                    on:click=click(move || {
                        if !off {
                            act();
                        }
                    })
                >
                    {text}
                </button>
            </div>
        }
        .into_any()
    }

    /// What was ordered a moment ago can be taken back.
    fn undo(self, order: &Order, offline: bool) -> AnyView {
        let Some(until) = order.undo_until else { return ().into_any() };
        let text = t!(services.undoable, what = act_name(order.act), time = clock::time(until));
        let order = order.clone();
        view! {
            <div class="notice">
                {icon("info")}
                <div>{text}</div>
                <button
                    class="btn btn--bare btn--sm"
                    type="button"
                    on:click=click(move || {
                        if !offline {
                            self.ask_plainly(Plain::Undo(order.clone()));
                        }
                    })
                >
                    {t!(services.undo)}
                </button>
            </div>
        }
        .into_any()
    }

    fn turbo(self, services: &Services, offline: bool) -> AnyView {
        let turbo = services.turbo.clone();
        let Some(fastest) = turbo.options.iter().map(|option| option.down_mbps).max() else { return ().into_any() };
        let running = !turbo.runs.is_empty();
        let waits = connection::turbo_waits(services.network).filter(|_| running);
        connection::follow(self.desk.session, services.network);
        let state = match running {
            true if waits.is_some() => pill("pill pill--warn", t!(network.pending).to_owned()),
            true => view! { <span class="pill pill--run">{small("turbo")}{t!(services.running)}</span> }.into_any(),
            false => pill("pill", t!(services.turbo_off).to_owned()),
        };
        let about = t!(services.turbo_about, fast = fastest, base = services.tariff.down_mbps);
        let session = self.desk.session;
        let left = countdown::view(&turbo.runs, services.at, move || session.changed());
        let refusal = turbo.options.iter().all(|option| option.outcome.refusal.is_some());
        let told_why = turbo.options.first().filter(|_| refusal).and_then(|option| refused(&option.outcome));
        let possible = turbo.options.iter().find(|option| option.outcome.refusal.is_none());
        let known = self.option.get_untracked();
        if !turbo.options.iter().any(|option| Some(&option.code) == known.as_ref()) {
            self.option.set(possible.or(turbo.options.first()).map(|option| option.code.clone()));
        }
        let choices = turbo.options.iter().map(|option| {
            let (code, value) = (option.code.clone(), option.code.clone());
            let price = match option.free_left {
                0 => money(option.price),
                free => plural!(services.free, free),
            };
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="turbo"
                        value=value
                        prop:checked=chosen({
                            let code = code.clone();
                            move || self.option.get().as_ref() == Some(&code)
                        })
                        on:change=move |_| self.option.set(Some(code.clone()))
                    />
                    <span><b>{plural!(services.hours, option.hours)}</b><span>{price}</span></span>
                </label>
            }
            .into_any()
        });
        let choices = choices.collect_view();
        let legend = if running { t!(services.turbo_more) } else { t!(services.turbo_choose) };
        let options = StoredValue::new(turbo.options);
        let foot = live(move || {
            let code = self.option.get()?;
            let option = options.with_value(|options| options.iter().find(|option| option.code == code).cloned())?;
            let note = match &option.outcome.refusal {
                Some(_) => refused(&option.outcome).unwrap_or_default(),
                None => after(&option.outcome),
            };
            let cost = option.outcome.cost.unwrap_or(option.price);
            let text = match (cost > Money::ZERO, running) {
                (true, false) => t!(services.turbo_for, sum = money(cost)),
                (true, true) => t!(services.turbo_more_for, sum = money(cost)),
                (false, false) => t!(services.turbo_free).to_owned(),
                (false, true) => t!(services.turbo_more_free).to_owned(),
            };
            let off = offline || option.outcome.refusal.is_some();
            Some(self.foot(note.into_any(), text.into_any(), off, move || {
                let (client, code) = (self.desk.session.client(), code.clone());
                self.ask("turbo", Box::pin(async move { client.quote_turbo(&code).await }));
            }))
        });
        view! {
            <section class="card svc" aria-labelledby="turbo-h">
                {head("turbo-h", "turbo", t!(services.turbo), about, state)}
                {waits.map(|waits| view! { <p role="status">{waits}</p> })}
                {left}
                {told_why.map(|why| view! { <p>{why}</p> })}
                {(!refusal).then(|| view! {
                    <fieldset class="stack"><legend>{legend}</legend><div class="choices choices--3">{choices}</div></fieldset>
                    {self.why("turbo", offline)}
                    {foot}
                })}
            </section>
        }
        .into_any()
    }

    fn pause(self, services: &Services, offline: bool) -> AnyView {
        let pause = services.pause.clone();
        let about = t!(services.pause_about, least = pause.least_days, most = pause.most_days);
        let state = match (pause.present, pause.running) {
            (Some(of), true) => pill("pill pill--warn", t!(header.until, day = near(of.until))),
            (Some(_), false) => pill("pill pill--run", t!(services.planned).to_owned()),
            (None, _) => pill("pill", t!(services.pause_off).to_owned()),
        };
        let body = match (pause.present, pause.running) {
            (Some(of), true) => {
                let text = t!(services.paused, from = near(of.from), until = near(of.until));
                let note = t!(services.pause_ends_next).into_any();
                let foot = self.foot(note, t!(services.pause_end).into_any(), offline, move || {
                    let client = self.desk.session.client();
                    self.ask("pause", Box::pin(async move { client.quote_pause_end().await }));
                });
                view! { <p>{text}</p> {self.why("pause", offline)} {foot} }.into_any()
            }
            (Some(of), false) => {
                self.fill(of.from, of.until);
                let text = t!(services.pause_waits, from = near(of.from), until = near(of.until));
                let price = pause.price;
                let cancel = move || {
                    if !offline {
                        self.ask_plainly(Plain::CancelPause(price));
                    }
                };
                let cancel = view! {
                    <button class="btn btn--bare btn--sm" type="button" on:click=click(cancel)>
                        {t!(services.pause_cancel)}
                    </button>
                };
                let foot = self.foot(cancel.into_any(), t!(services.pause_move).into_any(), offline, move || {
                    if let Some(wish) = self.wish() {
                        self.ask_plainly(Plain::ChangePause(wish));
                    }
                });
                view! { <p>{text}</p> {self.days(&pause)} {self.why("pause", offline)} {foot} }.into_any()
            }
            (None, _) => self.offer_pause(&pause, offline),
        };
        view! {
            <section class="card svc" aria-labelledby="pause-h">
                {head("pause-h", "pause", t!(services.pause), about, state)}
                {body}
            </section>
        }
        .into_any()
    }

    fn offer_pause(self, pause: &PauseService, offline: bool) -> AnyView {
        if let Some(refusal) = &pause.refusal {
            let price = t!(services.pause_price, sum = money(pause.price));
            let why = problem::told(&refusal.detail, &refusal.details);
            return view! { <p>{why}</p><p class="small muted">{price}</p> }.into_any();
        }
        if let Some(first) = pause.earliest.filter(|_| self.wish().is_none()) {
            self.fill(first, first + Duration::days(FIRST_PAUSE.clamp(pause.least_days, pause.most_days) - 1));
        }
        self.look();
        let sums = live(move || {
            let quote = self.preview.get()?;
            Some(match quote {
                Ok(quote) => preview(&quote),
                Err(error) => notice(Tone::Warn, problem::message(&error)),
            })
        });
        let text = t!(services.pause_for, sum = money(pause.price));
        let foot = live(move || {
            let off = offline || !self.preview.with(|quote| matches!(quote, Some(Ok(_))));
            self.foot(t!(services.pause_early).into_any(), text.clone().into_any(), off, move || {
                if let Some(Ok(quote)) = self.preview.get_untracked() {
                    self.desk.put(*quote, false);
                }
            })
        });
        view! {
            {self.days(pause)}
            <div aria-live="polite">{sums}</div>
            {offline.then(|| notice(Tone::Warn, t!(problem.offline_money)))}
            {foot}
        }
        .into_any()
    }

    /// Puts days into the fields, unless somebody typed others.
    fn fill(self, from: Date, until: Date) {
        if self.from.get_untracked().is_empty() {
            self.from.set(from.to_string());
            self.until.set(until.to_string());
        }
    }

    /// The days typed, where they are days in order.
    fn wish(self) -> Option<PauseWish> {
        let day = |field: RwSignal<String>| parse_day(&field.get_untracked());
        let wish = PauseWish { from: day(self.from)?, until: day(self.until)? };
        (wish.from <= wish.until).then_some(wish)
    }

    /// Asks what the days typed would mean; an answer that comes after others were typed is dropped.
    fn look(self) {
        let Some(wish) = self.wish() else { return self.preview.set(None) };
        let client = self.desk.session.client();
        spawn_local(async move {
            let asking = Box::pin(async move { client.quote_pause(wish).await });
            let answer = self.desk.session.ask(asking).await;
            if self.from.try_get_untracked().is_some() && self.wish() == Some(wish) {
                self.preview.try_set(Some(answer.map(Box::new)));
            }
        });
    }

    fn days(self, pause: &PauseService) -> AnyView {
        let (first, latest) = (pause.earliest.map(|day| day.to_string()), pause.latest.map(|day| day.to_string()));
        let planned = pause.present.is_some();
        let field =
            move |id: &'static str, label, value: RwSignal<String>, least: Option<String>, most: Option<String>| {
                view! {
                    <div class="field">
                        <label for=id>{label}</label>
                        <input
                            class="input"
                            id=id
                            name=id
                            type="date"
                            min=least
                            max=most
                            prop:value=move || value.get()
                            on:change=move |event| {
                                value.set(event_target_value(&event));
                                if !planned {
                                    self.look();
                                }
                            }
                        />
                    </div>
                }
                .into_any()
            };
        view! {
            <div class="grid" style:--min="11rem">
                {field("pause-from", t!(services.from), self.from, first.clone(), latest)}
                {field("pause-until", t!(services.until), self.until, first, None)}
            </div>
        }
        .into_any()
    }

    fn static_ip(self, of: &StaticIpService, offline: bool) -> AnyView {
        let Some(fee) = of.monthly_fee else { return ().into_any() };
        let state = match (&of.address, of.serves_until) {
            (Some(_), Some(until)) => pill("pill pill--warn", t!(header.until, day = near(until))),
            (Some(_), None) => {
                view! { <span class="pill pill--ok">{small("check")}{t!(services.ip_on)}</span> }.into_any()
            }
            (None, _) => pill("pill", t!(services.ip_off).to_owned()),
        };
        let client = move || self.desk.session.client();
        let body = match (&of.address, of.serves_until) {
            (Some(address), ends) => {
                let foot = match ends {
                    Some(until) => {
                        view! { <p class="small muted">{t!(services.ip_ends, day = near(until))}</p> }.into_any()
                    }
                    None => {
                        let text = t!(services.ip_release).into_any();
                        self.foot(t!(services.ip_restart).into_any(), text, offline, move || {
                            let client = client();
                            let asking = async move { client.quote_static_ip(StaticIpWish::Release).await };
                            self.ask("ip", Box::pin(asking));
                        })
                    }
                };
                view! {
                    <dl class="sumline">
                        <dt>{t!(services.ip_address)}</dt><dd class="num">{address.clone()}</dd>
                        {of.ipv6_prefix.clone().map(|prefix| view! { <dt>"IPv6"</dt><dd class="num">{prefix}</dd> })}
                        <dt>{t!(services.ip_fee)}</dt><dd>{money(fee)}</dd>
                    </dl>
                    {self.why("ip", offline)}
                    {foot}
                }
                .into_any()
            }
            (None, _) => {
                let month = of.month_days.zip(of.month_amount).map(|(days, amount)| {
                    view! { <dt>{plural!(services.ip_month, days)}</dt><dd>{money(amount)}</dd> }
                });
                let lasts = of.outcome.enough_until_after.map(|day| {
                    view! { <dt class="res">{t!(quote.enough)}</dt><dd class="res">{near(day)}</dd> }
                });
                let why = refused(&of.outcome);
                let off = offline || why.is_some();
                let note = t!(services.ip_restart).into_any();
                let foot = self.foot(note, t!(services.ip_connect).into_any(), off, move || {
                    let client = client();
                    let asking = async move { client.quote_static_ip(StaticIpWish::Connect).await };
                    self.ask("ip", Box::pin(asking));
                });
                view! {
                    <dl class="sumline"><dt>{t!(services.ip_fee)}</dt><dd>{money(fee)}</dd>{month}{lasts}</dl>
                    {why.map(|why| view! { <p>{why}</p> })}
                    {self.why("ip", offline)}
                    {foot}
                }
                .into_any()
            }
        };
        view! {
            <section class="card svc" aria-labelledby="ip-h">
                {head("ip-h", "ip", t!(services.ip), t!(services.ip_about).to_owned(), state)}
                {body}
            </section>
        }
        .into_any()
    }

    /// The dialog of a quote.
    fn question(self, question: Question) -> Content {
        let quote = &question.quote;
        let today = clock::today();
        let taken: Money = quote.lines.iter().map(|line| line.amount).sum();
        let hours = quote.starts_at.zip(quote.ends_at).map(|(from, until)| {
            let speed = quote.down_mbps.map(|mbps| row(t!(quote.speed), None, t!(tariffs.speed, mbps = mbps)));
            let (from, until) = (clock::instant(from), clock::instant(until));
            view! { {row(t!(services.begins), None, from)}{row(t!(services.ends), None, until)}{speed} }.into_any()
        });
        let days = match quote.act {
            Act::Pause => quote.starts_on.zip(quote.until).map(|(from, until)| {
                let saved = quote.saved.map(|saved| row(t!(services.saved), None, money(saved)));
                view! { {row(t!(services.begins), None, near(from))}{row(t!(services.last), None, near(until))}{saved} }
                    .into_any()
            }),
            Act::PauseEnd => quote.starts_on.map(|day| row(t!(services.resumes), None, near(day))),
            Act::StaticIpRelease => quote.until.map(|day| row(t!(services.last), None, near(day))),
            _ => None,
        };
        let undo = quote.undo_minutes.map(|minutes| format!(" {}", plural!(services.undo_within, minutes)));
        let body = view! {
            {question.stale.then(|| notice(Tone::Warn, t!(quote.stale)))}
            <dl class="quote">
                {lines(quote, today)}
                {hours}
                {days}
                {row(t!(quote.daily), Some(per_day(quote.per_day_before)), per_day(quote.per_day_after))}
                {row(
                    t!(quote.balance),
                    Some(format::figure(language(), quote.balance_before)),
                    money(quote.balance_after),
                )}
                {enough(quote, today)}
            </dl>
            {live(move || self.desk.failed.get().map(|text| notice(Tone::Bad, text)))}
            <p class="small muted">{t!(quote.valid, time = clock::time(quote.expires_at))}{undo}</p>
        }
        .into_any();
        let text = match taken > Money::ZERO {
            true => t!(services.confirm_paid, sum = money(taken)),
            false => t!(services.confirm).to_owned(),
        };
        let done = match quote.act {
            Act::Turbo => t!(services.turbo_done, time = quote.ends_at.map(clock::instant).unwrap_or_default()),
            Act::Pause => t!(services.pause_done, day = quote.starts_on.map(near).unwrap_or_default()),
            Act::PauseEnd => t!(services.pause_end_done, day = quote.starts_on.map(near).unwrap_or_default()),
            Act::StaticIpRelease => t!(services.ip_release_done).to_owned(),
            _ => t!(services.ip_done).to_owned(),
        };
        let title = title(quote.act);
        let leave = (t!(services.leave), move || self.close());
        let foot = buttons(self.desk.busy, leave, (text, move || self.desk.confirm(&question, done.clone())));
        Content { title: title.to_owned(), body, foot }
    }

    /// The dialog of what needs no quote.
    fn plainly(self, plain: &Plain, key: Uuid) -> Content {
        let client = self.desk.session.client();
        let (title, text, act, done, asking): (&str, String, &str, &str, Sending) = match plain {
            Plain::Undo(order) => {
                let id = order.id;
                let taken: Money = order.entries.iter().map(|entry| -entry.amount).sum();
                let text = match taken > Money::ZERO {
                    true => t!(services.undo_returns, sum = money(taken)),
                    false => t!(services.undo_off).to_owned(),
                };
                let send = move || -> Asking<()> {
                    let client = client.clone();
                    Box::pin(async move { client.undo_order(id, key).await.map(drop) })
                };
                (t!(services.undo_title), text, t!(services.undo), t!(services.undone), Box::new(send))
            }
            Plain::CancelPause(price) => {
                let send = move || -> Asking<()> {
                    let client = client.clone();
                    Box::pin(async move { client.cancel_pause(key).await.map(drop) })
                };
                let text = t!(services.undo_returns, sum = money(*price));
                let (title, act) = (t!(services.pause_cancel_title), t!(services.pause_cancel));
                (title, text, act, t!(services.pause_cancelled), Box::new(send))
            }
            Plain::ChangePause(wish) => {
                let wish = *wish;
                let send = move || -> Asking<()> {
                    let client = client.clone();
                    Box::pin(async move { client.change_pause(wish, key).await.map(drop) })
                };
                let text = t!(services.pause_waits, from = near(wish.from), until = near(wish.until));
                let (title, act) = (t!(services.pause_move_title), t!(services.pause_move));
                (title, text, act, t!(services.pause_moved), Box::new(send))
            }
        };
        let body = view! {
            <p>{text}</p>
            {live(move || self.desk.failed.get().map(|text| notice(Tone::Bad, text)))}
        }
        .into_any();
        let leave = (t!(cancel.leave), move || self.close());
        let act = (act.to_owned(), move || self.desk.send(asking(), done.to_owned()));
        Content { title: title.to_owned(), body, foot: buttons(self.desk.busy, leave, act) }
    }
}

fn act_name(act: Act) -> &'static str {
    match act {
        Act::Turbo => t!(services.turbo),
        Act::Pause => t!(services.pause),
        _ => t!(services.ip),
    }
}

fn title(act: Act) -> &'static str {
    match act {
        Act::Turbo => t!(services.turbo_title),
        Act::Pause => t!(services.pause_title),
        Act::PauseEnd => t!(services.pause_end_title),
        Act::StaticIpRelease => t!(services.ip_release_title),
        _ => t!(services.ip_title),
    }
}

/// Why something cannot be.
fn refused(outcome: &ServiceOutcome) -> Option<String> {
    outcome.refusal.as_ref().map(|refusal| problem::told(&refusal.detail, &refusal.details))
}

/// What the account has after it.
fn after(outcome: &ServiceOutcome) -> String {
    let taken = outcome.balance_after.filter(|_| outcome.cost > Some(Money::ZERO));
    let Some(balance) = taken.map(money) else { return String::new() };
    match outcome.enough_until_after {
        Some(day) => t!(services.after_until, sum = balance, day = near(day)),
        None => t!(services.after, sum = balance),
    }
}

/// What the days of a pause mean.
fn preview(quote: &Quote) -> AnyView {
    let taken: Money = quote.lines.iter().map(|line| line.amount).sum();
    let length = quote.starts_on.zip(quote.until).map(|(from, until)| (until - from).whole_days() + 1);
    let length = length.map(|days| view! { <dt>{t!(services.length)}</dt><dd>{plural!(services.days, days)}</dd> });
    let saved = quote.saved.map(|saved| view! { <dt>{t!(services.saved)}</dt><dd>{money(saved)}</dd> });
    let lasts = quote.enough_until_after.map(|after| {
        let text = match quote.enough_until_before {
            Some(before) => t!(services.instead, day = near(after), before = near(before)),
            None => near(after),
        };
        view! { <dt class="res">{t!(quote.enough)}</dt><dd class="res">{text}</dd> }
    });
    view! {
        <dl class="sumline">
            {length}
            <dt>{t!(services.now)}</dt><dd>{money(taken)}</dd>
            {saved}
            {lasts}
        </dl>
    }
    .into_any()
}
