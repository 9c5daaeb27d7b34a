//! A month's statement as a list with totals.

use crate::csv::{Cell, Table};
use crate::draw;
use crate::figures::{full_date, span};
use crate::sheet::{Align, BODY, BRAND, Block, Column, Look, Row, SMALL, STRONG, Sheet, Style, WIDTH};
use crate::supplier::Contacts;
use crate::words::{Words, fill};
use cabinet_core::format::{date_figures, day, figure, money, month_within, signed};
use cabinet_core::ledger::Entry;
use cabinet_core::{Language, TariffCode, statement};
use time::Date;

/// What a statement is printed from.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The month.
    pub sheet: &'f statement::Sheet,
    /// Contract number.
    pub contract: &'f str,
    /// The subscriber's full name.
    pub name: &'f str,
    /// Where the service is.
    pub address: &'f str,
    /// What a tariff is called.
    pub tariff: &'f dyn Fn(&TariffCode) -> String,
    /// The business day it is printed.
    pub made_on: Date,
    /// Whose statement it is.
    pub contacts: &'f Contacts,
}

/// The statement as a PDF.
pub fn pdf(facts: &Facts<'_>, language: Language) -> Vec<u8> {
    let words = Words::of(language);
    let of = facts.sheet;
    let title = fill(words.statement, &[("contract", facts.contract), ("month", &month_within(language, of.month))]);
    let mut sheet = Sheet::new(title.clone());
    sheet.add(Block::Text(facts.contacts.name.clone(), BRAND));
    sheet.add(Block::Rule);
    sheet.add(Block::Heading(1, title));
    let made = fill(words.statement_made, &[("date", &full_date(facts.made_on, language))]);
    sheet.add(Block::Text(made, Style { size: 10.0, ..SMALL }));
    sheet.add(Block::Gap(8.0));
    let on = |text: &str, date| fill(text, &[("day", &day(language, date))]);
    let subscriber = vec![
        (words.contract.to_owned(), facts.contract.to_owned()),
        (words.service_address.to_owned(), facts.address.to_owned()),
    ];
    let totals = vec![
        (on(words.balance_on, of.month.first()), money(language, of.opening)),
        (words.charged_total.to_owned(), money(language, of.charged)),
        (words.paid_total.to_owned(), money(language, of.paid)),
        (on(words.balance_at_end, end(facts)), money(language, of.closing)),
    ];
    sheet.add_beside(
        WIDTH * 0.5,
        vec![Block::Text(facts.name.to_owned(), STRONG), Block::Gap(2.0), Block::Fields(subscriber)],
        vec![Block::Fields(totals)],
    );
    sheet.add(Block::Gap(10.0));
    let entries = entries(of);
    if entries.is_empty() {
        sheet.add(Block::Text(words.no_entries.to_owned(), BODY));
    } else {
        sheet.add_table(&columns(words), &rows(facts, &entries, words, language));
    }
    draw::pdf(sheet, &facts.contacts.name, language)
}

/// The same entries as a table for spreadsheets, between the balances around them; of one form in every language.
pub fn csv(facts: &Facts<'_>, language: Language) -> String {
    let words = Words::of(language);
    let of = facts.sheet;
    let mut table = Table::new(&[
        words.column_date,
        words.column_entry,
        words.tariff,
        words.column_from,
        words.column_to,
        words.column_sum,
        words.column_balance,
    ]);
    let balance = |table: &mut Table, text: &str, on: Date, sum| {
        let label = fill(text, &[("day", &day(language, on))]);
        let none = || Cell::Empty;
        table.add(&[Cell::Day(on), Cell::Text(&label), none(), none(), none(), none(), Cell::Sum(sum)]);
    };
    balance(&mut table, words.balance_on, of.month.first(), of.opening);
    for entry in entries(of) {
        let tariff = entry.tariff.as_ref().map(facts.tariff).unwrap_or_default();
        let days = entry.cover.map_or([Cell::Empty, Cell::Empty], |cover| [Cell::Day(cover.from), Cell::Day(cover.to)]);
        let [from, to] = days;
        table.add(&[
            Cell::Day(entry.posted_on),
            Cell::Text(words.kind(entry.kind)),
            Cell::Text(&tariff),
            from,
            to,
            Cell::Sum(entry.amount),
            Cell::Sum(entry.balance_after),
        ]);
    }
    balance(&mut table, words.balance_at_end, end(facts), of.closing);
    table.text()
}

/// The last day the balance is known for: the month's, or the present one.
fn end(facts: &Facts<'_>) -> Date {
    facts.sheet.month.last().min(facts.made_on)
}

fn entries(of: &statement::Sheet) -> Vec<&Entry> {
    of.weeks.iter().flat_map(|week| &week.days).flat_map(|day| &day.entries).collect()
}

fn columns(words: &Words) -> [Column; 4] {
    let column = |heading: &str, width, align| Column { heading: heading.to_owned(), width, align };
    [
        column(words.column_date, 68.0, Align::Left),
        column(words.column_entry, 0.0, Align::Left),
        column(words.column_sum, 84.0, Align::Right),
        column(words.column_balance, 90.0, Align::Right),
    ]
}

fn rows(facts: &Facts<'_>, entries: &[&Entry], words: &Words, language: Language) -> Vec<Row> {
    let sum = |label: String, sum: String, balance: String| Row {
        look: Look::Sum,
        cells: vec![(label, 2), (sum, 1), (balance, 1)],
    };
    let of = facts.sheet;
    let on = |text: &str, date| fill(text, &[("day", &day(language, date))]);
    let mut rows = vec![sum(on(words.balance_on, of.month.first()), "–".to_owned(), figure(language, of.opening))];
    for entry in entries {
        let tariff = entry.tariff.as_ref().map(facts.tariff);
        let mut what = words.kind_of(entry.kind, tariff.as_deref());
        // A charge of the day it stands on needs no days.
        if let Some(cover) = entry.cover.filter(|cover| (cover.from, cover.to) != (entry.posted_on, entry.posted_on)) {
            what = format!("{what}, {}", span((cover.from, cover.to), language));
        }
        let cells = [
            date_figures(entry.posted_on),
            what,
            signed(language, entry.amount),
            figure(language, entry.balance_after),
        ];
        rows.push(Row { look: Look::Plain, cells: cells.map(|text| (text, 1)).into() });
    }
    rows.push(sum(words.charged_total.to_owned(), signed(language, -of.charged), "–".to_owned()));
    rows.push(sum(words.paid_total.to_owned(), signed(language, of.paid), "–".to_owned()));
    rows.push(sum(on(words.balance_at_end, end(facts)), "–".to_owned(), figure(language, of.closing)));
    rows
}
