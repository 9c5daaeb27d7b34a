//! A table of cells for spreadsheets, as those of Ukraine open it by a double click: UTF-8 with its mark, semicolons between
//! cells, a comma in sums, days with points. No cell of text is ever read as a formula.

use cabinet_core::Money;
use cabinet_core::format::date_figures;
use time::Date;

/// What stands in a cell.
pub(crate) enum Cell<'c> {
    Text(&'c str),
    Sum(Money),
    Day(Date),
    Empty,
}

/// The rows as they are stored, each ended.
pub(crate) struct Table(String);

impl Table {
    /// A table under these headings.
    pub(crate) fn new(headings: &[&str]) -> Table {
        let mut table = Table("\u{feff}".to_owned());
        let headings: Vec<Cell<'_>> = headings.iter().map(|heading| Cell::Text(heading)).collect();
        table.add(&headings);
        table
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, cells: &[Cell<'_>]) {
        let cells: Vec<String> = cells.iter().map(written).collect();
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }

    /// The whole file.
    pub(crate) fn text(self) -> String {
        self.0
    }
}

fn written(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => quoted(text),
        Cell::Sum(amount) => amount.to_string().replace('.', ","),
        Cell::Day(day) => date_figures(*day),
        Cell::Empty => String::new(),
    }
}

/// A text that begins as a formula does gets an apostrophe, by which spreadsheets know a text.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([';', ',', '"', '\'', '\r', '\n', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_row_is_what_a_spreadsheet_takes() {
        let mut table = Table::new(&["Дата", "Сума, ₴"]);
        table.add(&[Cell::Day(date!(2014 - 12 - 01)), Cell::Sum(Money::from_kopecks(-1_234_05))]);
        table.add(&[Cell::Empty, Cell::Text("каже \"так\"; ні")]);
        let lines = ["\u{feff}Дата;\"Сума, ₴\"", "01.12.2014;-1234,05", ";\"каже \"\"так\"\"; ні\"", ""];
        assert_eq!(table.text(), lines.join("\r\n"));
    }

    #[test]
    fn no_text_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "＝1"] {
            let cell = quoted(text);
            assert!(cell.starts_with("\"'"), "{cell}");
        }
        assert_eq!(quoted("Домашній-20 = 20"), "Домашній-20 = 20");
    }
}
