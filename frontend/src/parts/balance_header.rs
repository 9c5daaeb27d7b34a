//! The balance and how long it lasts: one bar is one day.

use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::parts::notice::{Tone, notice};
use crate::parts::pay::{self, Order};
use crate::parts::{click, icon, live, told};
use crate::problem;
use cabinet_contract::account::{Overview, Standing};
use cabinet_contract::payment::CreatePayment;
use cabinet_contract::provider::Provider;
use cabinet_core::{Money, calendar};
use leptos::prelude::*;
use time::{Date, OffsetDateTime};

/// More bars than this would be too thin to count.
const MOST_BARS: usize = 62;
/// When so few days are left, the panel says so.
const FEW_DAYS: i64 = 3;

/// The panel; `provider` says where to pay, `order` does, `old` is the time of the data when the network is gone, `again`
/// reads anew.
pub fn balance(
    me: &Overview,
    provider: Option<&Provider>,
    order: Order,
    old: Option<OffsetDateTime>,
    again: impl Fn() + 'static,
) -> AnyView {
    let language = language();
    let (whole, fraction) = format::parts(language, me.balance);
    let left = me.enough_until.map(|until| (until - me.today).whole_days());
    let class = match me.standing {
        Standing::Active | Standing::Paused | Standing::Unknown => "balance",
        _ => "balance balance--blocked",
    };
    let corner = match (old, left) {
        (Some(at), _) => pill("offline", as_of(at, me.today)),
        (None, Some(0)) => pill("warn", t!(balance.last_day).to_owned()),
        (None, Some(left)) if left <= FEW_DAYS => pill("warn", plural!(balance.few, left)),
        _ => view! { <span>{t!(balance.on, day = format::day_year(language, me.today))}</span> }.into_any(),
    };
    view! {
        <section class=class aria-labelledby="bal-h">
            {stopped(me, provider)}
            <div class="row row--between balance__top"><h2 class="eyebrow" id="bal-h">{t!(header.balance)}</h2>{corner}</div>
            <div>
                <p class="balance__sum">{whole}<small>{fraction}{format::NBSP.to_string()}"₴"</small></p>
                {until(me, left)}
            </div>
            {ruler(me)}
            {restore(me, provider, order, old.is_some())}
            {advice(me, provider)}
            {old.map(|_| view! {
                <div class="row balance__act">
                    <button class="btn btn--hero" type="button" on:click=click(again)>
                        {icon::small("refresh")}{t!(action.refresh)}
                    </button>
                </div>
            })}
        </section>
    }
    .into_any()
}

/// The panel before it is known, of the same size.
pub fn skeleton() -> AnyView {
    view! {
        <div class="balance" aria-busy="true">
            <span class="vh" role="status">{t!(balance.loading)}</span>
            <div class="skel" aria-hidden="true">
                <i style:--w="5rem"></i>
                <i style:--w="14rem" style:--h="4rem"></i>
                <i style:--w="70%"></i>
                <i style:--h="3rem"></i>
            </div>
        </div>
    }
    .into_any()
}

/// When the data is of, by the clock and the day on the wall.
fn as_of(at: OffsetDateTime, today: Date) -> String {
    let day = clock::day(at).unwrap_or(today);
    t!(balance.old, time = clock::time(at), day = format::day_near(language(), day, today))
}

fn pill(symbol: &'static str, text: String) -> AnyView {
    view! { <span class="pill">{icon(symbol)}{text}</span> }.into_any()
}

fn stopped(me: &Overview, provider: Option<&Provider>) -> Option<AnyView> {
    let since = me.stopped_since.map(|day| format::day_near(language(), day, me.today));
    let text = match (me.standing, since) {
        (Standing::Blocked, Some(since)) => t!(balance.blocked_since, day = since).to_string(),
        (Standing::Blocked, None) => t!(balance.blocked).to_owned(),
        // Today may have been charged before staff stopped the service.
        (Standing::Suspended, Some(since)) if me.stopped_since > Some(me.today) => {
            t!(balance.suspended_from, day = since).to_string()
        }
        (Standing::Suspended, Some(since)) => t!(balance.suspended_since, day = since).to_string(),
        (Standing::Suspended, None) => t!(balance.suspended).to_owned(),
        (Standing::Closed, _) => t!(balance.closed).to_owned(),
        (Standing::Active | Standing::Paused | Standing::Unknown, _) => return None,
    };
    let reason = me.suspended_reason.clone().map(|reason| format!(" {}: {reason}.", t!(balance.reason)));
    let way = match me.standing {
        Standing::Blocked => restored(me, provider),
        _ => provider.and_then(pay::called).map(|called| {
            let text = format!("{}: {called}.", t!(foot.support));
            view! { <p>{text}</p> }.into_any()
        }),
    };
    Some(
        view! {
            <div class="balance__stop" role="status">
                {icon("stop")}
                <div>{text}{reason}{way}</div>
            </div>
        }
        .into_any(),
    )
}

/// What brings the service back, and where to pay it unless the button under it does.
fn restored(me: &Overview, provider: Option<&Provider>) -> Option<AnyView> {
    let day = format::day_near(language(), me.recommended_until?, me.today);
    let sum = format::money(language(), me.recommended_payment);
    let text = t!(balance.restore, sum = sum, day = day).to_string();
    let elsewhere = provider.filter(|provider| restoring(me, provider).is_none()).map(pay::way);
    Some(view! { <p>{text}</p> {elsewhere} }.into_any())
}

/// The payment that brings the service back, by the first way to pay, where that takes such a sum.
fn restoring(me: &Overview, provider: &Provider) -> Option<CreatePayment> {
    let method = provider.payment_methods.first()?;
    let amount = me.recommended_payment.max(method.least);
    let restores = me.standing == Standing::Blocked && me.recommended_until.is_some() && amount <= method.most;
    restores.then(|| CreatePayment { amount: Some(amount), bill: None, method: method.code.clone() })
}

/// One press pays and restores; another one leads to any other sum.
fn restore(me: &Overview, provider: Option<&Provider>, order: Order, offline: bool) -> Option<AnyView> {
    let wish = restoring(me, provider?)?;
    let sum = wish.amount.map(|amount| format::money(language(), amount)).unwrap_or_default();
    let pay = move || {
        if !offline {
            order.send(wish.clone());
        }
    };
    Some(
        view! {
            <div class="row balance__act">
                <button
                    class="btn btn--sun"
                    type="button"
                    aria-disabled=offline.then_some("true")
                    aria-busy=told(move || order.busy.get().then_some("true"))
                    on:click=click(pay)
                >
                    {live(move || order.busy.get().then(|| icon::small("refresh")))}
                    {t!(balance.pay_restore, sum = sum)}
                </button>
                <a class="btn btn--hero" href="/pay">{t!(balance.other_sum)}</a>
            </div>
            <div aria-live="polite">
                {offline.then(|| notice(Tone::Warn, t!(problem.offline_money)))}
                {live(move || order.failed.get().map(|error| notice(Tone::Bad, problem::message(&error))))}
            </div>
        }
        .into_any(),
    )
}

fn until(me: &Overview, left: Option<i64>) -> Option<AnyView> {
    if let (Some(day), true) = (me.last_day, me.standing != Standing::Closed) {
        let text = t!(balance.ends, day = format::day_near(language(), day, me.today)).to_string();
        return Some(view! { <p class="balance__until">{text}</p> }.into_any());
    }
    let (Some(day), Some(left)) = (me.enough_until, left) else {
        let text = match me.standing {
            Standing::Active => t!(balance.long),
            _ => return None,
        };
        return Some(view! { <p class="balance__until">{text}</p> }.into_any());
    };
    Some(
        view! {
            <p class="balance__until">
                {t!(balance.enough)} " " <b>{format::day_near(language(), day, me.today)}</b>
                {(left > FEW_DAYS).then(|| format!(", {}", plural!(balance.days, left)))}
            </p>
        }
        .into_any(),
    )
}

/// What the account needs, and where to pay it.
fn advice(me: &Overview, provider: Option<&Provider>) -> Option<AnyView> {
    // Whoever is blocked read it beside the state.
    if me.standing == Standing::Blocked && me.recommended_until.is_some() || me.last_day.is_some() {
        return None;
    }
    if me.recommended_payment <= Money::ZERO {
        let until = me.enough_until.or(me.recommended_until).filter(|_| me.standing == Standing::Active)?;
        let text = t!(balance.nothing_due, day = format::day_near(language(), until, me.today)).to_string();
        return Some(view! { <p class="balance__until balance__advice">{text}</p> }.into_any());
    }
    let sum = format::money(language(), me.recommended_payment);
    let until = me.recommended_until.map(|day| format::day_near(language(), day, me.today));
    let text = until.map(|until| format!(" {}", t!(balance.recommended_until, day = until)));
    Some(
        view! {
            <div class="balance__until balance__advice">
                {t!(balance.recommended)} " " <b class="money">{sum}</b>{text}
                {provider.map(pay::way)}
            </div>
        }
        .into_any(),
    )
}

fn ruler(me: &Overview) -> Option<AnyView> {
    let language = language();
    let tomorrow = calendar::tomorrow(me.today);
    let paid: Vec<Date> = match me.enough_until {
        Some(until) => calendar::days(tomorrow, until).take(MOST_BARS).collect(),
        None => Vec::new(),
    };
    let first_added = match (me.enough_until, me.standing) {
        (Some(until), _) => Some(calendar::tomorrow(until)),
        (None, Standing::Blocked) => Some(me.today),
        (None, _) => None,
    };
    let added: Vec<Date> = match (first_added, me.recommended_until) {
        (Some(from), Some(until)) if me.recommended_payment > Money::ZERO && paid.len() < MOST_BARS => {
            calendar::days(from, until).take(MOST_BARS - paid.len()).collect()
        }
        _ => Vec::new(),
    };
    if paid.is_empty() && added.is_empty() {
        return None;
    }
    let mut key = Vec::new();
    let mut words = Vec::new();
    if let (Some(until), false) = (me.enough_until, paid.is_empty()) {
        let text = t!(ruler.paid, day = format::day_near(language, until, me.today)).to_string();
        words.push(text.clone());
        key.push(view! { <span>{text}</span> }.into_any());
    }
    if let (Some(until), false) = (me.recommended_until, added.is_empty()) {
        let sum = format::money(language, me.recommended_payment);
        let text = t!(ruler.added, sum = sum, day = format::day_near(language, until, me.today)).to_string();
        words.push(text.clone());
        key.push(view! { <span class="add">{text}</span> }.into_any());
    }
    let first = paid.first().or(added.first()).copied().unwrap_or(me.today);
    let mut gaps = false;
    let bars = paid
        .iter()
        .map(|day| (*day, ""))
        .chain(added.iter().map(|day| (*day, "add")))
        .map(|(day, kind)| {
            let week = if format::begins_week(day) { " wk" } else { "" };
            let month = if day.day() == 1 { " mon" } else { "" };
            gaps |= day.day() == 1 && day != first;
            view! { <i class=format!("{kind}{week}{month}")></i> }
        })
        .collect::<Vec<_>>();
    let gap = if gaps { format!(", {}", t!(ruler.gap)) } else { String::new() };
    key.push(view! { <span class="how">{t!(ruler.how)}{gap}</span> }.into_any());
    Some(
        view! {
            <div class="ruler">
                <div class="ruler__bars" role="img" aria-label=format!("{}: {}", t!(ruler.title), words.join("; "))>{bars}</div>
                <div class="ruler__key" aria-hidden="true">{key}</div>
            </div>
        }
        .into_any(),
    )
}
