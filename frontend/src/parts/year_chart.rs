//! What was charged and what was paid, a month a pair of bars. The same figures stand in the table below it, for eyes and
//! for whoever is read to.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::forecast_chart::{Scale, grid, label};
use cabinet_contract::statement::Year;
use cabinet_core::{Money, Month};
use leptos::prelude::*;
use std::fmt::Write;

/// Parts of a month's width: an empty one, two of each bar, an empty one.
const PARTS: usize = 6;

/// The chart with its key.
pub fn chart(year: &Year) -> AnyView {
    let sums = || year.months.iter().flat_map(|month| [month.charged, month.paid]);
    let highest = sums().map(|sum| sum.kopecks()).max().unwrap_or(0).max(100);
    let scale = Scale { days: 12 * PARTS, top: highest + highest / 16, bottom: 0 };
    let mut drawing = String::new();
    let mut labels = Vec::new();
    for line in grid(&scale) {
        let y = scale.y(line);
        let _ = write!(drawing, "<path class='g' d='M0 {y}H100'/>");
        labels.push(label("chart__t chart__t--y", None, Some(y), format::parts(language(), line).0));
    }
    let mut bar = |class: &str, month: Month, part: usize, sum: Money| {
        let from = usize::from(month.number() - 1) * PARTS + part;
        let (left, right, top) = (scale.x(from), scale.x(from + 2), scale.y(sum));
        let _ = write!(drawing, "<path class='{class}' d='M{left} 100V{top}H{right}V100Z'/>");
    };
    for month in &year.months {
        bar("put", month.month, 1, month.paid);
        bar("taken", month.month, 3, month.charged);
    }
    drawing.push_str("<path class='zero' d='M0 100H100'/>");
    for number in 1..=12 {
        if let Ok(month) = Month::new(year.year, number) {
            let middle = scale.x(usize::from(number - 1) * PARTS + PARTS / 2);
            let class = if number % 2 == 1 { "chart__t chart__t--x" } else { "chart__t chart__t--x chart__t--opt" };
            labels.push(label(class, Some(middle), None, format::month_short(language(), month).to_owned()));
        }
    }
    let key = format!(
        "<li><span class='day day--pay'><svg class=icon><use href='#i-in'/></svg></span>{}<li><span class=day data-level=4></span>{}",
        t!(statement.paid),
        t!(statement.charged),
    );
    view! {
        <div class="chart" aria-hidden="true">
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" inner_html=drawing></svg>
            {labels}
        </div>
        <ul class="row legend" role="list" aria-hidden="true" inner_html=key></ul>
    }
    .into_any()
}
