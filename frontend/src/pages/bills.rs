//! Bills: the list, and one of them line by line.

use crate::clock;
use crate::format;
use crate::i18n::{language, plural, t};
use crate::page::Page;
use crate::parts::download::{Downloads, Paper};
use crate::parts::loaded::{self, Loader};
use crate::parts::notice::{self, Tone};
use crate::parts::older::{Older, Row};
use crate::parts::{email, icon, live, pay, told};
use crate::router::Router;
use crate::session::{Session, session};
use cabinet_contract::bill::{Bill, BillBrief, BillLine, BillStatus};
use cabinet_contract::page::Page as Rows;
use cabinet_core::{Money, Month};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
pub fn page() -> AnyView {
    let session = session();
    let router: Router = expect_context();
    let list = Loader::new(session, move || {
        let client = session.client();
        async move { client.bills(None).await }
    });
    let asked = move || match router.page() {
        Page::Bills(bill) => bill,
        _ => None,
    };
    let shown = Memo::new(move |_| asked().or_else(|| list.get()?.items.first().map(|bill| bill.id)));
    let bill = Loader::of_month(session, shown, move |bill| {
        let client = session.client();
        async move {
            match bill {
                Some(bill) => client.bill(bill).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let older = Older::new(session, move |next| {
        let client = session.client();
        Box::pin(async move {
            let page = client.bills(Some(&next)).await?;
            let drawn = |bill: BillBrief| Arc::new(move || row(&bill, shown)) as Row;
            Ok((page.items.into_iter().map(drawn).collect(), page.next))
        })
    });
    view! {
        <div class="row row--between head"><div><h1>{t!(bills.title)}</h1><p>{t!(bills.lead)}</p></div></div>
        <div class="split">
            <div class="stack stack--wide">
                {list.view(loaded::card_skeleton, move |first, _| rows(&first, older, shown))}
                {email::bills()}
            </div>
            {bill.view(loaded::card_skeleton, move |bill, _| live(move || bill.as_ref().map(|bill| one(bill, session))))}
        </div>
    }
    .into_any()
}

fn rows(first: &Rows<BillBrief>, older: Older, shown: Memo<Option<Month>>) -> AnyView {
    if first.items.is_empty() {
        return notice::empty(t!(bills.empty).to_owned(), t!(bills.empty_why).to_owned());
    }
    let lines = first.items.iter().map(|bill| row(bill, shown)).collect_view();
    older.behind(&first.next);
    view! {
        <section class="card card--flush">
            <table class="table bill__list">
                <caption>{t!(bills.list)}</caption>
                <thead><tr>
                    <th scope="col">{t!(bills.number)}</th>
                    <th scope="col" class="opt">{t!(table.date)}</th>
                    <th scope="col" class="r">{t!(table.amount)}</th>
                    <th scope="col">{t!(pay.state)}</th>
                </tr></thead>
                <tbody>
                    {lines}
                    {older.rows()}
                </tbody>
            </table>
            {older.more(t!(bills.older))}
        </section>
    }
    .into_any()
}

fn row(bill: &BillBrief, shown: Memo<Option<Month>>) -> AnyView {
    let id = bill.id;
    // On the least of telephones a table has no room for the month's name.
    let due = format::day_figures(bill.due_on.unwrap_or(bill.date));
    view! {
        <tr>
            <th scope="row">
                <a href=Page::Bills(Some(id)).address() aria-current=told(move || (shown.get() == Some(id)).then_some("true"))>
                    {bill.number.clone()}
                </a>
                <span class="muted small bill__month">{format::month_within(language(), id)}</span>
            </th>
            <td class="opt num">{format::date_figures(bill.date)}</td>
            <td class="r">{format::figure(language(), bill.to_pay)}</td>
            <td>{standing(bill, due)}</td>
        </tr>
    }
    .into_any()
}

/// How a bill stands, as a pill.
fn standing(bill: &BillBrief, due: String) -> AnyView {
    let (class, symbol, text) = match bill.status {
        BillStatus::Paid if bill.to_pay.is_zero() => ("pill pill--ok", "check", t!(bills.covered).to_owned()),
        BillStatus::Paid => ("pill pill--ok", "check", t!(bills.paid).to_owned()),
        BillStatus::Open if bill.due_on.is_some_and(|due| due < clock::today()) => {
            ("pill pill--bad", "warn", t!(bills.overdue, day = due))
        }
        BillStatus::Open => ("pill pill--warn", "clock", t!(bills.until, day = due)),
        BillStatus::Replaced => ("pill", "skip", t!(bills.replaced).to_owned()),
        BillStatus::Unknown => return "—".into_any(),
    };
    view! { <span class=class>{icon(symbol)}{text}</span> }.into_any()
}

fn one(bill: &Bill, session: Session) -> AnyView {
    let language = language();
    let figure = |amount| format::figure(language, amount);
    let brief = &bill.brief;
    let since = brief.missing.filter(|missing| *missing != brief.to_pay).map(|missing| {
        view! {
            <dt>{t!(bills.put_in)}</dt><dd>{figure(missing - brief.to_pay)}</dd>
            <dt class="res">{t!(bills.missing)}</dt><dd class="res">{figure(missing)}</dd>
        }
    });
    let ahead = bill.ahead.iter().map(|line| line_of(line, line.amount)).collect_view();
    let charges = bill.charges.iter().map(|line| line_of(line, -line.amount)).collect_view();
    let credits = bill.credits.iter().map(|line| line_of(line, line.amount)).collect_view();
    let (month, closes) = (brief.id, brief.closes);
    let (is_open, address) = (brief.status == BillStatus::Open, Page::Pay(Some(month)).address());
    let way = move || {
        let provider = session.provider().filter(|_| is_open)?;
        Some(if pay::online(&provider) {
            view! { <a class="btn" href=address.clone()>{t!(bills.pay)}</a> }.into_any()
        } else {
            pay::how(&provider).map(|how| notice::notice(Tone::Info, how)).into_any()
        })
    };
    view! {
        <section class="card stack" id="bill" aria-labelledby="bill-h">
            <div class="row row--between">
                <h2 id="bill-h">{brief.number.clone()}</h2>
                <b class="money bill__sum">{format::money(language, brief.to_pay)}</b>
            </div>
            <p>{standing(brief, format::day(language, brief.due_on.unwrap_or(brief.date)))}</p>
            <dl class="sumline small">
                <dt>{t!(bills.ahead, month = format::month_name(language, month))}</dt><dd>{figure(bill.ahead_sum)}</dd>
                <dt>{t!(bills.left, day = format::day(language, brief.date))}</dt><dd>{figure(-bill.closing)}</dd>
                <dt class="res">{t!(bills.to_pay)}</dt><dd class="res">{figure(brief.to_pay)}</dd>
                {since}
            </dl>
            {live(way)}
            {live(move || paper(session, month))}
            {(!bill.ahead.is_empty()).then(|| view! {
                <details class="small bill__part">
                    <summary>{t!(bills.ahead, month = format::month_name(language, month))}</summary>
                    <dl class="sumline">{ahead}</dl>
                </details>
            })}
            <details class="small bill__part" open>
                <summary>{t!(bills.closed, month = format::month_within(language, closes))}</summary>
                <dl class="sumline">
                    <dt>{t!(bills.left, day = format::day(language, closes.first()))}</dt><dd>{figure(bill.opening)}</dd>
                    {charges}
                    {credits}
                    <dt class="res">{t!(bills.left, day = format::day(language, brief.date))}</dt>
                    <dd class="res">{figure(bill.closing)}</dd>
                </dl>
            </details>
        </section>
    }
    .into_any()
}

/// The bill as a file, where bills are made.
fn paper(session: Session, bill: Month) -> Option<AnyView> {
    let downloads = Downloads::new(session);
    downloads.makes_papers()?;
    let button = downloads.button("btn btn--quiet", t!(download.bill), None, Paper::Bill(bill));
    Some(view! { <div class="stack">{button}{downloads.trouble()}</div> }.into_any())
}

/// A line with its arithmetic under its name.
fn line_of(line: &BillLine, amount: Money) -> AnyView {
    let language = language();
    let figures = |day| format::day_figures(day);
    let how = match (line.covers_from, line.covers_to, line.price) {
        (Some(from), Some(to), Some(fee)) => {
            let period = if from == to { figures(to) } else { format!("{}–{}", figures(from), figures(to)) };
            let (days, fee) = (plural!(bills.days, line.quantity), format::figure(language, fee));
            Some(t!(bills.line, days = days, period = period, fee = fee))
        }
        _ => (line.quantity > 1).then(|| t!(bills.times, n = line.quantity)),
    };
    let name = match &line.tariff {
        Some(tariff) => format!("{}, {tariff}", line.title),
        None => line.title.clone(),
    };
    view! {
        <dt>{name}{how.map(|how| view! { <span class="muted bill__month">{how}</span> })}</dt>
        <dd>{format::signed(language, amount)}</dd>
    }
    .into_any()
}
