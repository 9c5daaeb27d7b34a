//! Tables for programs and spreadsheets: comma-separated values as RFC 4180 has them.

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// Comma-separated values with a line of headings; sums with a point
    #[default]
    Csv,
    /// JSON
    Json,
}

/// The table as text.
pub(super) fn csv<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: [String; N]| format!("{}\r\n", cells.map(|cell| quoted(&cell)).join(","));
    let headings = line(headings.map(str::to_owned));
    rows.into_iter().map(line).fold(headings, |text, line| text + &line)
}

/// A text that begins as a formula does gets an apostrophe, by which spreadsheets know a text; a sum below zero does not.
fn quoted(cell: &str) -> String {
    let formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<cabinet_core::Money>().is_err();
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\r', '\n', '\'']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        let text = csv(["name", "sum"], [["=1+1, \"x\"".to_owned(), "-1.61".to_owned()]]);
        assert_eq!(text, "name,sum\r\n\"'=1+1, \"\"x\"\"\",-1.61\r\n");
    }
}
