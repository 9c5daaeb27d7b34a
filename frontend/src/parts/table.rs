//! Entries of the book as lines.

use crate::format;
use crate::i18n::{language, t};
use crate::parts::{amount, icon};
use cabinet_contract::statement::{Entry, EntryKind};
use leptos::prelude::*;
use time::Date;

/// A line of a list of entries.
pub enum Line {
    /// An entry.
    Entry(Box<Entry>),
    /// A day charged with a later one.
    ChargedLater {
        /// The day.
        day: Date,
        /// When it was charged.
        on: Date,
    },
}

/// The table; `total` is the line at its foot, with what it is called, `shown` whether the caption is for eyes too.
pub fn entries(caption: String, shown: bool, lines: Vec<Line>, total: Option<(&'static str, String)>) -> AnyView {
    let rows = lines.into_iter().map(line).collect_view();
    let foot = total.map(|(name, total)| {
        view! {
            <tfoot>
                <tr>
                    <td></td>
                    <td>{name}</td>
                    <td class="r">{total}</td>
                    <td class="opt"></td>
                </tr>
            </tfoot>
        }
    });
    view! {
        <table class="table">
            <caption class=if shown { "" } else { "vh" }>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t!(table.date)}</th>
                    <th scope="col">{t!(table.operation)}</th>
                    <th scope="col" class="r">{t!(table.amount)}</th>
                    <th scope="col" class="r opt">{t!(table.balance_after)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
            {foot}
        </table>
    }
    .into_any()
}

fn line(line: Line) -> AnyView {
    match line {
        Line::Entry(entry) => {
            let (class, symbol) = match entry.kind {
                EntryKind::Reversal | EntryKind::Refund => ("mark", "refresh"),
                _ if amount::comes_in(&entry) => ("mark mark--in", "in"),
                _ => ("mark", "out"),
            };
            let span = covered(&entry);
            view! {
                <tr>
                    <td class="num">{format::day_figures(entry.posted)}</td>
                    <td>
                        <span class="op">
                            <span class=class>{icon(symbol)}</span>
                            <span>{entry.title.clone()}{span.map(|span| view! { " " <span class="muted small">{span}</span> })}</span>
                        </span>
                    </td>
                    <td class="r">{amount::signed(&entry)}</td>
                    <td class="r opt">{format::figure(language(), entry.balance_after)}</td>
                </tr>
            }
            .into_any()
        }
        Line::ChargedLater { day, on } => view! {
            <tr>
                <td class="num">{format::day_figures(day)}</td>
                <td colspan="3" class="muted">{t!(statement.charged_later_line, day = format::day_figures(on))}</td>
            </tr>
        }
        .into_any(),
    }
}

/// `за 21 і 22 грудня` for a charge of several days, or of another day than it was posted.
pub fn covered(entry: &Entry) -> Option<String> {
    let (from, to) = (entry.covers_from?, entry.covers_to?);
    if entry.kind != EntryKind::TariffCharge || (from == to && to == entry.posted) {
        return None;
    }
    let figures = |day| format::day_figures(day);
    Some(if from == to {
        t!(statement.for_day, day = figures(to)).to_string()
    } else {
        t!(statement.for_days, from = figures(from), to = figures(to)).to_string()
    })
}

/// How many days a charge covers.
pub fn days(entry: &Entry) -> i64 {
    match (entry.covers_from, entry.covers_to) {
        (Some(from), Some(to)) => (to - from).whole_days() + 1,
        _ => 0,
    }
}
