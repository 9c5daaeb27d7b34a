//! Paying online: how much, how, and what came of it.

use crate::browser;
use crate::clock;
use crate::format;
use crate::i18n::{language, t};
use crate::page::Page;
use crate::parts::download::{Downloads, Paper};
use crate::parts::icon::small;
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{Tone, notice};
use crate::parts::older::{Older, Row};
use crate::parts::pay::{self, Order};
use crate::parts::{chosen, click, live, promise, told, voucher};
use crate::problem;
use crate::router::Router;
use crate::session::{Session, session};
use cabinet_client::Error;
use cabinet_contract::account::Overview;
use cabinet_contract::bill::BillBrief;
use cabinet_contract::page::Page as Rows;
use cabinet_contract::payment::{CreatePayment, Payment, PaymentMethod, PaymentOutcome, PaymentPreview, PaymentStatus};
use cabinet_core::{Money, Month};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;
use time::Date;
use uuid::Uuid;

/// How long after the last keystroke a sum is asked about.
const TYPING: Duration = Duration::from_millis(400);
/// How soon a payment that waits is looked at again where no event came, which a proxy may keep back.
const SOON: Duration = Duration::from_secs(10);

/// The signals of the page.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    /// The sum to pay, once it is one.
    amount: RwSignal<Option<Money>>,
    /// The sum as it is typed; empty while a suggested one is chosen.
    typed: RwSignal<String>,
    method: RwSignal<Option<String>>,
    /// The bill the sum is for, while its own sum is chosen.
    bill: RwSignal<Option<Month>>,
    /// What the chosen sum would do, once known.
    outcome: RwSignal<Option<PaymentOutcome>>,
    order: Order,
}

/// The page; the header is owned by the frame.
pub fn page(header: Loader<Overview>) -> AnyView {
    let session = session();
    let router: Router = expect_context();
    let desk = Desk {
        session,
        amount: RwSignal::new(None),
        typed: RwSignal::new(String::new()),
        method: RwSignal::new(None),
        bill: RwSignal::new(None),
        outcome: RwSignal::new(None),
        order: Order::new(session),
    };
    let wanted = match router.page_now() {
        Page::Pay(bill) => bill,
        _ => None,
    };
    let preview = Loader::new(session, move || {
        let client = session.client();
        async move {
            let bill = match wanted {
                Some(bill) => match client.bill(bill).await {
                    Ok(bill) => Some(bill.brief).filter(|bill| bill.missing.is_some()),
                    // A bill that is not there is not paid; the page offers what it always does.
                    Err(Error::Problem(_)) => None,
                    Err(error) => return Err(error),
                },
                None => None,
            };
            Ok((client.payment_preview(None).await?, bill))
        }
    });
    let payments = Loader::new(session, move || {
        let client = session.client();
        async move { client.payments(None).await }
    });
    let downloads = Downloads::new(session);
    let older = Older::new(session, move |next| {
        let client = session.client();
        Box::pin(async move {
            let page = client.payments(Some(&next)).await?;
            let drawn = |payment: Payment| Arc::new(move || row(&payment, downloads)) as Row;
            Ok((page.items.into_iter().map(drawn).collect(), page.next))
        })
    });
    let contract = Memo::new(move |_| header.get().map(|me| me.contract));
    // Words on dates where there are dates to choose.
    let lead = move || {
        let pays = session.provider().is_none_or(|provider| pay::online(&provider));
        let dated = preview.get().is_none_or(|(preview, _)| !preview.suggestions.is_empty());
        (pays && dated).then(|| view! { <p>{t!(pay.lead)}</p> })
    };
    Effect::new(move |_| {
        desk.method.track();
        desk.bill.track();
        desk.ask_about(desk.amount.get());
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(pay.title)}</h1>{live(lead)}</div></div>
        {live(move || match session.provider() {
            None => loaded::card_skeleton(),
            Some(provider) if !pay::online(&provider) => {
                pay::how(&provider).map(|how| notice(Tone::Info, how)).into_any()
            }
            Some(provider) => preview.view(loaded::card_skeleton, move |(preview, bill), offline| {
                form(desk, &preview, bill.as_ref(), &provider.payment_methods, offline)
            }),
        })}
        <div class="split split--even">{promise::card()}{voucher::card()}</div>
        {live(move || {
            let provider = session.provider().filter(pay::online)?;
            Some(pay::others(&provider, &contract.get()?))
        })}
        {live(move || payments.get().filter(|page| !page.items.is_empty()).map(|page| history(&page, older, downloads)))}
    }
    .into_any()
}

fn form(
    desk: Desk,
    preview: &PaymentPreview,
    bill: Option<&BillBrief>,
    methods: &[PaymentMethod],
    offline: bool,
) -> AnyView {
    if desk.method.get_untracked().is_none() {
        desk.method.set(methods.first().map(|method| method.code.clone()));
    }
    let untouched = desk.amount.get_untracked().is_none() && desk.typed.get_untracked().is_empty();
    // A sum that every method takes, so that choosing another one never makes it wrong.
    let least = methods.iter().map(|method| method.least).max().unwrap_or(Money::ZERO);
    let most = methods.iter().map(|method| method.most).min().unwrap_or(Money::PAYMENT_MAX);
    let bounds = (least, most);
    let of_bill = bill.and_then(|bill| Some((bill, bill.missing?, within(bill.missing?, bounds))));
    match (&of_bill, preview.suggestions.first()) {
        (Some((bill, _, sum)), _) if untouched => desk.suggest(*sum, Some(bill.id)),
        (None, Some(first)) if untouched => desk.suggest(first.amount, None),
        _ => {}
    }
    let preview = preview.clone();
    let today = preview.today;
    let for_bill = of_bill.map(|(bill, missing, sum)| {
        let number = &bill.number;
        let good_for = match sum < missing {
            true => t!(pay.for_part, number = number, missing = format::money(language(), missing)),
            false => t!(pay.for_bill, number = number),
        };
        (sum, good_for, Some(bill.id))
    });
    let for_days = preview
        .suggestions
        .iter()
        .map(|one| (one.amount, t!(pay.until, day = format::day_near(language(), one.until, today)), None));
    let alone = for_bill.is_none() && preview.suggestions.is_empty();
    let suggestions = for_bill
        .into_iter()
        .chain(for_days)
        .map(|(amount, good_for, bill)| {
            let of = move || (desk.typed.with(String::is_empty), desk.amount.get(), desk.bill.get());
            let is_chosen = chosen(move || of() == (true, Some(amount), bill));
            view! {
                <label class="choice">
                    <input type="radio" name="sum" prop:checked=is_chosen on:change=move |_| desk.suggest(amount, bill) />
                    <span>
                        <b class="money">{format::money(language(), amount)}</b>
                        <span>{good_for}</span>
                    </span>
                </label>
            }
        })
        .collect_view();
    let ways = methods
        .iter()
        .map(|method| {
            let code = method.code.clone();
            let of = code.clone();
            let is_chosen = chosen(move || desk.method.with(|method| method.as_deref() == Some(of.as_str())));
            let note = if method.test { t!(pay.test) } else { t!(pay.real) };
            view! {
                <label class="choice">
                    <input type="radio" name="how" prop:checked=is_chosen on:change=move |_| desk.method.set(Some(code.clone())) />
                    <span><b>{method.name.clone()}</b><span>{note}</span></span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="split">
            <form class="stack" on:submit=move |event| { event.prevent_default(); desk.pay(offline) }>
                <fieldset class="card stack">
                    <legend class="vh">{t!(pay.sum)}</legend>
                    <h2>{t!(pay.how_much)}</h2>
                    <div class="choices">{suggestions}</div>
                    {own_sum(desk, bounds, alone)}
                </fieldset>
                <fieldset class="card stack">
                    <legend class="vh">{t!(pay.way)}</legend>
                    <h2>{t!(pay.by)}</h2>
                    <div class="choices">{ways}</div>
                </fieldset>
            </form>
            {live(move || outcome(desk, &preview, offline))}
        </div>
    }
    .into_any()
}

/// A sum of one's own; `alone` when there is no other to choose.
fn own_sum(desk: Desk, (least, most): (Money, Money), alone: bool) -> AnyView {
    let hint = t!(pay.bounds, least = format::figure(language(), least), most = format::money(language(), most));
    let wrong = move || !desk.typed.with(String::is_empty) && read(&desk.typed.get(), least, most).is_none();
    view! {
        <div class="field">
            <label for="own">{if alone { t!(pay.sum) } else { t!(pay.own) }}</label>
            <div class="affix">
                <input
                    class="input input--money"
                    id="own"
                    inputmode="decimal"
                    autocomplete="off"
                    maxlength="12"
                    aria-describedby="own-hint"
                    aria-invalid=told(move || wrong().then_some("true"))
                    prop:value=move || desk.typed.get()
                    on:input=move |event| desk.type_sum(event_target_value(&event), least, most)
                />
                <span aria-hidden="true">"₴"</span>
            </div>
            <p class="field__hint" id="own-hint">{hint}</p>
        </div>
    }
    .into_any()
}

/// What is going to be paid and what it is good for.
fn outcome(desk: Desk, preview: &PaymentPreview, offline: bool) -> AnyView {
    let language = language();
    let money = |amount| format::money(language, amount);
    let near = |day: Date| format::day_near(language, day, preview.today);
    let amount = desk.amount.get();
    let known = desk.outcome.get().filter(|outcome| Some(outcome.amount) == amount);
    let after_of = |amount| known.as_ref().map_or(preview.balance + amount, |outcome| outcome.balance_after);
    // Where the summary is a bar, of all its lines this one stays.
    let becomes = amount.map(|amount| {
        view! { <p class="small muted less">{t!(pay.balance_after)} " " <span class="money">{money(after_of(amount))}</span></p> }
    });
    let lines = amount.map(|amount| {
        let after = after_of(amount);
        // Whoever is blocked pays for today at once.
        let today = Some(after - preview.balance - amount).filter(|taken| taken.is_negative());
        view! {
            <dl class="sumline more">
                <dt>{t!(pay.fee)}</dt><dd>{money(Money::ZERO)}</dd>
                <dt>{t!(pay.balance_now)}</dt><dd>{money(preview.balance)}</dd>
                {today.map(|taken| view! { <dt>{t!(pay.today)}</dt><dd>{money(taken)}</dd> })}
                <dt class="res">{t!(pay.balance_after)}</dt><dd class="res">{money(after)}</dd>
            </dl>
        }
    });
    let enough = known.map(|outcome| match (outcome.served, outcome.enough_until_after, preview.enough_until) {
        (false, ..) => t!(pay.still_stopped).to_owned(),
        (true, None, _) => t!(pay.beyond).to_owned(),
        (true, Some(after), Some(before)) if before != after => {
            t!(pay.instead, day = near(after), before = near(before)).to_string()
        }
        (true, Some(after), _) => t!(pay.enough, day = near(after)).to_string(),
    });
    let text = match amount {
        Some(amount) => t!(pay.button, sum = money(amount)).to_string(),
        None => t!(pay.button_none).to_owned(),
    };
    view! {
        <aside class="card stack sticky dock" aria-labelledby="out-h">
            <div>
                <h2 class="eyebrow" id="out-h">{t!(pay.to_pay)}</h2>
                <p class="outcome__sum money">{amount.map_or_else(|| "—".to_owned(), money)}</p>
                {becomes}
            </div>
            {lines}
            <p class="more" aria-live="polite">{enough}</p>
            <div class="dock__why" aria-live="polite">
                {offline.then(|| notice(Tone::Warn, t!(problem.offline_money)))}
                {live(move || desk.order.failed.get().map(|error| notice(Tone::Bad, problem::message(&error))))}
            </div>
            <button
                class="btn"
                type="button"
                aria-disabled=(offline || amount.is_none()).then_some("true")
                aria-busy=told(move || desk.order.busy.get().then_some("true"))
                on:click=click(move || desk.pay(offline))
            >
                {live(move || desk.order.busy.get().then(|| small("refresh")))}
                {text}
            </button>
            <p class="small muted more">{t!(pay.page)}</p>
        </aside>
    }
    .into_any()
}

/// A sum, or the nearest that may be paid at once.
fn within(sum: Money, (least, most): (Money, Money)) -> Money {
    sum.max(least).min(most)
}

/// A sum as people write it: comma or point, blanks between thousands.
fn read(text: &str, least: Money, most: Money) -> Option<Money> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    plain.parse::<Money>().ok().filter(|amount| (least..=most).contains(amount))
}

impl Desk {
    fn suggest(self, amount: Money, bill: Option<Month>) {
        self.typed.set(String::new());
        self.bill.set(bill);
        self.amount.set(Some(amount));
    }

    fn type_sum(self, text: String, least: Money, most: Money) {
        self.bill.set(None);
        self.amount.set(read(&text, least, most));
        self.typed.set(text);
    }

    /// Another wish: another key, and what it would do is asked once typing rests.
    fn ask_about(self, amount: Option<Money>) {
        self.order.renew();
        let Some(amount) = amount else { return };
        set_timeout(
            move || {
                if self.amount.try_get_untracked().flatten() != Some(amount) {
                    return;
                }
                spawn_local(async move {
                    let answer = self.session.ask(self.session.client().payment_preview(Some(amount))).await;
                    if let Ok(preview) = answer {
                        self.outcome.try_set(preview.outcome);
                    }
                });
            },
            TYPING,
        );
    }

    fn pay(self, offline: bool) {
        let (Some(amount), Some(method)) = (self.amount.get_untracked(), self.method.get_untracked()) else { return };
        if !offline {
            self.order.send(CreatePayment { amount: Some(amount), bill: self.bill.get_untracked(), method });
        }
    }
}

fn history(first: &Rows<Payment>, older: Older, downloads: Downloads) -> AnyView {
    older.behind(&first.next);
    let rows = first.items.iter().map(|payment| row(payment, downloads)).collect_view();
    view! {
        <section class="card card--flush" aria-labelledby="payments-h">
            <div class="row card__head"><h2 id="payments-h">{t!(pay.history)}</h2></div>
            <table class="table">
                <caption class="vh">{t!(pay.history)}</caption>
                <thead><tr>
                    <th scope="col">{t!(table.date)}</th>
                    <th scope="col">{t!(pay.state)}</th>
                    <th scope="col" class="r">{t!(table.amount)}</th>
                </tr></thead>
                <tbody>{rows}{older.rows()}</tbody>
            </table>
            {older.more(t!(pay.older))}
            {downloads.trouble()}
        </section>
    }
    .into_any()
}

fn row(payment: &Payment, downloads: Downloads) -> AnyView {
    let (class, text) = standing(payment.status);
    view! {
        <tr>
            <td>
                <a href=format!("/pay/{}", payment.id)>{clock::instant(payment.created_at)}</a>
                <div class="small muted">{payment.method_name.clone()}</div>
                {receipt(downloads, payment, "btn btn--bare receipt")}
                {fiscal(payment)}
            </td>
            <td><span class=class>{text}</span></td>
            <td class="r">{format::figure(language(), payment.amount)}</td>
        </tr>
    }
    .into_any()
}

/// The receipt of a payment that is on the balance, where receipts are made.
fn receipt(downloads: Downloads, payment: &Payment, class: &'static str) -> AnyView {
    let (id, at) = (payment.id, payment.created_at);
    let is_there = payment.entry.is_some() && payment.status != PaymentStatus::Reversed;
    live(move || {
        downloads.makes_papers().filter(|()| is_there).map(|()| {
            let said = t!(download.receipt_of, time = clock::instant(at));
            downloads.button(class, t!(download.receipt), Some(said), Paper::Receipt(id))
        })
    })
}

/// The fiscal receipt, once the gateway has made one.
fn fiscal(payment: &Payment) -> Option<AnyView> {
    let url = payment.fiscal_url.clone()?;
    Some(view! { <a href=url target="_blank" rel="noopener noreferrer">{t!(pay.fiscal)}</a> }.into_any())
}

fn standing(status: PaymentStatus) -> (&'static str, &'static str) {
    match status {
        PaymentStatus::Created => ("pill", t!(pay.created)),
        PaymentStatus::Pending => ("pill pill--warn", t!(pay.pending)),
        PaymentStatus::Paid => ("pill pill--ok", t!(pay.paid)),
        PaymentStatus::Failed => ("pill pill--bad", t!(pay.failed)),
        PaymentStatus::Expired => ("pill", t!(pay.expired)),
        PaymentStatus::Review => ("pill pill--warn", t!(pay.review)),
        PaymentStatus::Reversed => ("pill", t!(pay.reversed)),
        PaymentStatus::Unknown => ("pill", "—"),
    }
}

/// Looks at a payment again and again, ever more rarely, and not while nobody looks at the page.
#[derive(Clone, Copy)]
struct Watch {
    payment: Loader<Payment>,
    armed: StoredValue<bool>,
    turns: StoredValue<u32>,
}

impl Watch {
    fn look_again(self) {
        if self.armed.try_update_value(|armed| std::mem::replace(armed, true)) == Some(false) {
            let turn = self.turns.try_update_value(|turns| std::mem::replace(turns, *turns + 1)).unwrap_or(0);
            self.wait(SOON * if turn < 30 { 1 } else { 5 });
        }
    }

    fn wait(self, time: Duration) {
        set_timeout(
            move || {
                if browser::document().hidden() {
                    self.wait(time);
                } else if self.armed.try_set_value(false).is_none() {
                    self.payment.again();
                }
            },
            time,
        );
    }
}

/// The page of one payment: it follows the gateway's word without being loaded again.
pub fn followed(id: Uuid) -> AnyView {
    let session = session();
    let payment = Loader::new(session, move || {
        let client = session.client();
        async move { client.payment(id).await }
    });
    let watch = Watch { payment, armed: StoredValue::new(false), turns: StoredValue::new(0) };
    Effect::new(move |was_open: Option<bool>| {
        let open = payment.get().map(|payment| payment.status.is_open());
        if open.or(was_open) == Some(true) {
            watch.look_again();
        }
        // The header and the balance of other pages are old from the moment the money came.
        if was_open == Some(true) && open == Some(false) {
            session.changed();
        }
        // What could not be read now may still be open.
        open.or(was_open).unwrap_or(false)
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(pay.one)}</h1></div></div>
        {payment.view(loaded::card_skeleton, move |payment, _| one(&payment, session))}
    }
    .into_any()
}

fn one(payment: &Payment, session: Session) -> AnyView {
    let downloads = Downloads::new(session);
    let (class, text) = standing(payment.status);
    let told = match payment.status {
        PaymentStatus::Created => Some(t!(pay.unpaid)),
        PaymentStatus::Pending => Some(t!(pay.waits)),
        PaymentStatus::Paid => Some(t!(pay.arrived)),
        PaymentStatus::Failed => Some(t!(pay.refused)),
        PaymentStatus::Expired => Some(t!(pay.forgotten)),
        PaymentStatus::Review => Some(t!(pay.looked_at)),
        PaymentStatus::Reversed => Some(t!(pay.went_back)),
        PaymentStatus::Unknown => None,
    };
    // Whoever has paid already may look at the gateway's page, and is not asked to pay again.
    let (class_of_way, way) = match payment.status {
        PaymentStatus::Pending => ("btn btn--quiet", t!(pay.look)),
        _ => ("btn", t!(pay.go_on)),
    };
    let go_on = payment.redirect.clone().map(|redirect| {
        view! { <button class=class_of_way type="button" on:click=click(move || browser::leave(&redirect))>{way}</button> }
    });
    let again = matches!(payment.status, PaymentStatus::Failed | PaymentStatus::Expired)
        .then(|| view! { <a class="btn" href=Page::Pay(payment.bill).address()>{t!(pay.again)}</a> });
    view! {
        <section class="card stack" aria-live="polite">
            <p class="outcome__sum money">{format::money(language(), payment.amount)}</p>
            <p><span class=class>{text}</span></p>
            <p>{told}</p>
            <dl class="sumline">
                <dt>{t!(pay.way)}</dt><dd>{payment.method_name.clone()}</dd>
                {payment.returned.map(|sum| view! {
                    <dt>{t!(pay.reversed)}</dt><dd>{format::money(language(), sum)}</dd>
                })}
                <dt>{t!(pay.ordered)}</dt><dd>{clock::instant(payment.created_at)}</dd>
            </dl>
            <p class="small muted payment__id">{t!(pay.number)} " " <span class="num">{payment.id.to_string()}</span></p>
            <p class="row">{go_on}{again}{receipt(downloads, payment, "btn btn--quiet")}{fiscal(payment)}<a class="btn btn--quiet" href="/">{t!(pay.to_overview)}</a></p>
            {downloads.trouble()}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_read_as_people_write_it() {
        let bounds = (Money::from_kopecks(100), Money::from_kopecks(14_999_00));
        let read = |text| read(text, bounds.0, bounds.1).map(|sum| sum.to_string());
        for (text, sum) in [("50", "50.00"), ("50,5", "50.50"), ("1 234,56", "1234.56"), ("14\u{a0}999.00", "14999.00")]
        {
            assert_eq!(read(text).as_deref(), Some(sum), "{text}");
        }
        for text in ["", "0,99", "15000", "-5", "5.555", "п'ять", "1,2,3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn of_a_bill_is_paid_what_may_be_paid_at_once() {
        let bounds = (Money::from_kopecks(100), Money::from_kopecks(14_999_00));
        for (missing, sum) in [("0.40", "1.00"), ("1.00", "1.00"), ("20.00", "20.00"), ("15000.00", "14999.00")] {
            assert_eq!(within(missing.parse().expect("a sum"), bounds).to_string(), sum, "{missing}");
        }
    }
}
