//! A year, month by month.

use crate::format;
use crate::i18n::{language, t};
use crate::page::{Page, StatementAt};
use crate::pages::statement::equation;
use crate::parts::loaded::{self, Loader};
use crate::parts::{live, year_chart};
use crate::problem;
use crate::session::session;
use cabinet_contract::statement::Year;
use cabinet_core::Money;
use leptos::prelude::*;

/// The page.
pub fn page(year: i32) -> AnyView {
    let session = session();
    let loader = Loader::new(session, move || {
        let client = session.client();
        async move { client.year(year).await }
    });
    // The contract's years, as soon as any answer told them, even one that refuses this year.
    let years = move || {
        let months = loader.get().map(|year| (year.first_month, year.last_month));
        let (first, last) = months.or_else(|| problem::months(&loader.error()?))?;
        let before = Some((year - 1).min(last.year())).filter(|to| *to >= first.year());
        let after = Some((year + 1).max(first.year())).filter(|to| *to <= last.year());
        let before = arrow("left", before, |year| t!(year.previous, year = year));
        let arrows = before + &arrow("right", after, |year| t!(year.next, year = year));
        Some(view! { <nav class="month" aria-label=t!(statement.year) inner_html=arrows></nav> })
    };
    view! {
        <div class="row row--between head head--stmt">
            <h1>{t!(year.title, year = year)}</h1>
            {live(years)}
        </div>
        {loader.view(loaded::card_skeleton, |year, _| shown(&year))}
    }
    .into_any()
}

/// A link to another year, which stays where there is none. As text, like all of this page that never changes: a type of
/// view for each part would weigh more than the page.
fn arrow(symbol: &str, year: Option<i32>, said: fn(i32) -> String) -> String {
    let (to, said) = match year {
        Some(year) => (format!("href={}", Page::Year(year).address()), said(year)),
        None => ("aria-disabled=true".to_owned(), t!(year.none).to_owned()),
    };
    format!(
        "<a class='btn btn--quiet btn--icon' role=link tabindex=0 {to} aria-label='{said}'>\
         <svg class=icon aria-hidden=true><use href='#i-{symbol}'/></svg></a>"
    )
}

fn shown(year: &Year) -> AnyView {
    let (Some(first), Some(last)) = (year.months.first(), year.months.last()) else { return ().into_any() };
    let end = last.month.last().min(year.today);
    view! {
        {equation((first.month.first(), end), year.today, [year.opening, year.paid, year.charged, year.closing])}
        <section class="card">
            <h2>{t!(year.chart)}</h2>
            {year_chart::chart(year)}
        </section>
        <section class="card card--flush" inner_html=table(year)></section>
    }
    .into_any()
}

/// Months in rows, the year at the foot.
fn table(year: &Year) -> String {
    let language = language();
    let line = |name: &str, sums: [Money; 3]| {
        let [paid, charged, closing] = sums.map(|sum| format::figure(language, sum));
        format!("<tr>{name}<td class=r>{paid}<td class=r>{charged}<td class='r opt'>{closing}</tr>")
    };
    let rows = year.months.iter().fold(String::new(), |rows, of| {
        let at = StatementAt { month: Some(of.month), ..StatementAt::default() };
        let name = format::capital(format::month_name(language, of.month));
        let name = format!("<th scope=row><a href={}>{name}</a>", Page::Statement(at).address());
        rows + &line(&name, [of.paid, of.charged, of.closing])
    });
    let heading = |class: &str, text: &str| format!("<th scope=col class='{class}'>{text}");
    format!(
        "<table class=table><caption>{}</caption><thead><tr>{}{}{}{}</thead><tbody>{rows}</tbody><tfoot>{}</tfoot></table>",
        t!(year.caption, year = year.year),
        heading("", t!(statement.month)),
        heading("r", t!(year.paid)),
        heading("r", t!(year.charged)),
        heading("r opt", t!(year.closing)),
        line(&format!("<td>{}", t!(year.total)), [year.paid, year.charged, year.closing]),
    )
}
