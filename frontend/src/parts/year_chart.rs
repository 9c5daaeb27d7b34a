//! What was charged and what was paid, a month a pair of bars. The same figures stand in the table below it, for eyes and
//! for whoever is read to.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::forecast_chart::{Scale, grid, label};
use cabinet_contract::statement::{Year, YearMonth};
use cabinet_core::{Money, Month};
use leptos::prelude::*;
use std::fmt::Write;

/// Parts of a month's width: an empty one, two of each bar, an empty one.
const PARTS: usize = 6;

fn scale(highest: i64) -> Scale {
    let highest = highest.max(100);
    Scale { days: 12 * PARTS, top: highest + highest / 16, bottom: 0 }
}

/// Two bars a month, as high as its sums.
fn bars(scale: &Scale, months: &[YearMonth]) -> String {
    let mut drawing = String::new();
    let mut bar = |class: &str, month: Month, part: usize, sum: Money| {
        let from = usize::from(month.number() - 1) * PARTS + part;
        let (left, right, top) = (scale.x(from), scale.x(from + 2), scale.y(sum));
        let _ = write!(drawing, "<path class='{class}' d='M{left} 100V{top}H{right}V100Z'/>");
    };
    for month in months {
        bar("put", month.month, 1, month.paid);
        bar("taken", month.month, 3, month.charged);
    }
    drawing
}

/// The chart with its key.
pub fn chart(year: &Year) -> AnyView {
    let sums = || year.months.iter().flat_map(|month| [month.charged, month.paid]);
    let scale = scale(sums().map(|sum| sum.kopecks()).max().unwrap_or(0));
    let mut drawing = String::new();
    let mut labels = Vec::new();
    for line in grid(&scale) {
        let y = scale.y(line);
        let _ = write!(drawing, "<path class='g' d='M0 {y}H100'/>");
        labels.push(label("chart__t chart__t--y", None, Some(y), format::parts(language(), line).0));
    }
    drawing.push_str(&bars(&scale, &year.months));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a bar is, where it stands and how high it is, in hundredths of the chart.
    fn read(drawing: &str) -> Vec<(&str, f64, f64, f64)> {
        let bar = |path: &'_ str| -> Option<(f64, f64, f64)> {
            let (left, rest) = path.strip_prefix('M')?.split_once(" 100V")?;
            let (top, right) = rest.strip_suffix("V100Z")?.split_once('H')?;
            let [left, right, top] = [left, right, top].map(|text| text.parse::<f64>().expect("a place"));
            Some((left, right - left, 100.0 - top))
        };
        let paths = drawing.split("<path class='").skip(1);
        paths
            .map(|path| {
                let (class, rest) = path.split_once("' d='").expect("a path");
                let (left, width, height) = bar(rest.trim_end_matches("'/>")).expect("a bar");
                (class, left, width, height)
            })
            .collect()
    }

    #[test]
    fn a_bar_stands_in_its_month_and_is_as_high_as_its_sum() {
        let sum = |hryvnias: i64| Money::from_kopecks(hryvnias * 100);
        let month = |text: &str, paid, charged| YearMonth {
            month: text.parse().expect("a month"),
            opening: Money::ZERO,
            charged: sum(charged),
            paid: sum(paid),
            closing: Money::ZERO,
        };
        let months = [month("2014-01", 160, 40), month("2014-12", 0, 80)];
        let scale = scale(160_00);
        let wanted = [("put", 0.0, 160.0), ("taken", 0.0, 40.0), ("put", 11.0, 0.0), ("taken", 11.0, 80.0)];
        let drawing = bars(&scale, &months);
        let bars = read(&drawing);
        assert_eq!(bars.len(), wanted.len(), "{drawing}");
        for ((class, left, width, height), (of, month, sum)) in bars.into_iter().zip(wanted) {
            assert_eq!(class, of);
            let (begins, ends) = (month * 100.0 / 12.0, (month + 1.0) * 100.0 / 12.0);
            assert!(left > begins && left + width < ends, "{class} of month {month} from {left}, {width} wide");
            // A hundredth of the chart is the least that is drawn.
            assert!((height - sum * 100.0 / 170.0).abs() < 0.02, "{sum} is {height} high");
        }
    }
}
