//! Registers of banks: files of lines, each a sum that came to the provider's account, described in the settings.

use crate::amount::hryvnias;
use cabinet_core::Money;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use time::Date;
use time::format_description::FormatItem;
use time::macros::format_description;

/// How one bank writes its register: `[registers.NAME]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What stands between columns.
    #[serde(default = "semicolon")]
    pub delimiter: char,
    /// How letters are written.
    #[serde(default)]
    pub encoding: Encoding,
    /// Lines above the names of the columns.
    #[serde(default)]
    pub skip: usize,
    /// Whether columns may stand in quotation marks.
    #[serde(default = "yes")]
    pub quotes: bool,
    /// What stands before the kopecks.
    #[serde(default)]
    pub decimal: Decimal,
    /// How days are written.
    #[serde(default)]
    pub dates: Dates,
    /// Name of the column of the day.
    pub date: String,
    /// Name of the column of the sum; sums that left the account stand below zero and are passed over.
    pub amount: String,
    /// Name of the column of what the payer wrote.
    pub purpose: String,
    /// Name of the column of who paid.
    #[serde(default)]
    pub payer: Option<String>,
    /// Name of the column of the document's number, which no two payments share.
    #[serde(default)]
    pub document: Option<String>,
}

fn semicolon() -> char {
    ';'
}

fn yes() -> bool {
    true
}

/// How letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with a mark at its beginning or without.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1251.
    #[serde(rename = "windows-1251")]
    Windows1251,
}

/// What stands before the kopecks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decimal {
    /// `1 234,50`.
    #[default]
    #[serde(rename = ",")]
    Comma,
    /// `1 234.50`.
    #[serde(rename = ".")]
    Point,
}

/// How days are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dates {
    /// `22.11.2026`; a time of day behind it is passed over.
    #[default]
    #[serde(rename = "dd.mm.yyyy")]
    Local,
    /// `2026-11-22` likewise.
    #[serde(rename = "yyyy-mm-dd")]
    Iso,
}

/// A register as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// What came to the account.
    pub lines: Vec<Line>,
    /// Lines that are none, by number, and why.
    pub faults: Vec<(u64, String)>,
    /// How many lines are of money that left the account, or of none.
    pub outgoing: u64,
}

/// Money that came to the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, the first being 1.
    pub number: u64,
    /// The bank's day.
    pub paid_on: Date,
    /// How much, above zero.
    pub amount: Money,
    /// What the payer wrote.
    pub purpose: String,
    /// Who paid; empty where the register does not tell.
    pub payer: String,
    /// The document's number; empty where the register does not tell.
    pub document: String,
}

/// Why a file is not this register: nothing of it is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Unreadable {
    /// Where.
    pub line: u64,
    /// What is wrong there.
    pub why: String,
}

/// No text of a line is kept longer.
const LONGEST: usize = 500;

/// Where each thing stands.
struct Columns {
    date: usize,
    amount: usize,
    purpose: usize,
    payer: Option<usize>,
    document: Option<usize>,
}

/// Reads a register.
///
/// # Errors
/// [`Unreadable`] when the columns are not there, or a quotation mark swallows line ends: then lines cannot be told.
pub fn read(bytes: &[u8], settings: &Settings) -> Result<Register, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut start = 0;
    for _ in 0..settings.skip {
        let end = bytes[start..].iter().position(|byte| *byte == b'\n');
        start += end.map_or(bytes.len() - start, |end| end + 1);
    }
    let delimiter = u8::try_from(settings.delimiter)
        .map_err(|_| Unreadable { line: 1, why: "the delimiter of the settings is no single byte".to_owned() })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quoting(settings.quotes)
        .has_headers(false)
        .flexible(true)
        .from_reader(&bytes[start..]);
    let mut record = csv::ByteRecord::new();
    let mut columns = None;
    let mut register = Register::default();
    loop {
        let place = |record: &csv::ByteRecord| settings.skip as u64 + record.position().map_or(1, csv::Position::line);
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(Unreadable { line: settings.skip as u64 + 1, why: error.to_string() }),
        }
        let line = place(&record);
        if record.iter().any(|field| field.contains(&b'\n') || field.contains(&b'\r')) {
            let why = "a quotation mark that is never closed, or a text of several lines".to_owned();
            return Err(Unreadable { line, why });
        }
        let Some(columns) = &columns else {
            columns = Some(find_columns(&record, settings).map_err(|why| Unreadable { line, why })?);
            continue;
        };
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
            continue;
        }
        match read_line(&record, columns, settings, line) {
            Ok(Some(read)) => register.lines.push(read),
            Ok(None) => register.outgoing += 1,
            Err(why) => register.faults.push((line, why)),
        }
    }
    match columns {
        Some(_) => Ok(register),
        None => Err(Unreadable {
            line: settings.skip as u64 + 1,
            why: "the file ends before its columns are named".to_owned(),
        }),
    }
}

fn find_columns(record: &csv::ByteRecord, settings: &Settings) -> Result<Columns, String> {
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, field) in record.iter().enumerate() {
        let name = decoded(field, settings.encoding).unwrap_or_default();
        names.entry(name.trim().to_owned()).or_default().push(place);
    }
    let find = |name: &String| match names.get(name.trim()).map(Vec::as_slice) {
        Some([place]) => Ok(*place),
        Some(_) => Err(format!("there are several columns «{name}»")),
        None => Err(format!("there is no column «{name}»")),
    };
    Ok(Columns {
        date: find(&settings.date)?,
        amount: find(&settings.amount)?,
        purpose: find(&settings.purpose)?,
        payer: settings.payer.as_ref().map(find).transpose()?,
        document: settings.document.as_ref().map(find).transpose()?,
    })
}

/// A line of money that came; nothing for money that left.
fn read_line(
    record: &csv::ByteRecord,
    columns: &Columns,
    settings: &Settings,
    number: u64,
) -> Result<Option<Line>, String> {
    let text = |place: usize, what: &str| {
        let field = record.get(place).ok_or_else(|| format!("it ends before the {what}"))?;
        decoded(field, settings.encoding)
            .map(|text| tidy(&text))
            .ok_or_else(|| format!("the {what} is not of the encoding"))
    };
    let written = text(columns.amount, "sum")?;
    let amount = amount(&written, settings.decimal).ok_or_else(|| format!("`{written}` is no sum"))?;
    let paid_on = day(&text(columns.date, "day")?, settings.dates).ok_or("its day is no day")?;
    let purpose = text(columns.purpose, "purpose")?;
    let payer = columns.payer.map(|place| text(place, "payer")).transpose()?.unwrap_or_default();
    let document = columns.document.map(|place| text(place, "document")).transpose()?.unwrap_or_default();
    let Some(amount) = amount else { return Ok(None) };
    if !amount.is_payable() {
        return Err(format!("{amount} is more than a payment may be"));
    }
    Ok(Some(Line { number, paid_on, amount, purpose, payer, document }))
}

/// One line of text, as people read it: spreadsheets write `="0042"` to keep a number's zeros.
fn tidy(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.trim();
    let plain = plain.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(plain);
    plain.chars().take(LONGEST).collect()
}

/// A sum with blanks between its thousands; nothing for one of zero or below.
fn amount(text: &str, decimal: Decimal) -> Option<Option<Money>> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let (below, plain) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let foreign = match decimal {
        Decimal::Comma => '.',
        Decimal::Point => ',',
    };
    let sum = hryvnias(plain).ok().filter(|_| !plain.contains(foreign))?;
    Some((!below && !sum.is_zero()).then_some(sum))
}

fn day(text: &str, dates: Dates) -> Option<Date> {
    const LOCAL: &[FormatItem<'_>] = format_description!("[day].[month].[year]");
    const ISO: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]");
    let day = text.split([' ', 'T']).next()?;
    let found = match dates {
        Dates::Local => Date::parse(day, LOCAL),
        Dates::Iso => Date::parse(day, ISO),
    };
    found.ok().filter(|day| (2000..=2199).contains(&day.year()))
}

fn decoded(field: &[u8], encoding: Encoding) -> Option<String> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(field).ok().map(str::to_owned),
        Encoding::Windows1251 => field.iter().map(|byte| letter(*byte)).collect(),
    }
}

/// 0x80 to 0xBF of Windows-1251; `\0` where it has nothing.
const UPPER: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\0™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

fn letter(byte: u8) -> Option<char> {
    match byte {
        0..=0x7f => Some(char::from(byte)),
        0x80..=0xbf => UPPER.chars().nth(usize::from(byte - 0x80)).filter(|c| *c != '\0'),
        0xc0.. => char::from_u32(u32::from(byte - 0xc0) + 0x410),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn settings() -> Settings {
        toml::from_str(
            "date = 'Дата'\namount = 'Сума'\npurpose = 'Призначення'\npayer = 'Платник'\ndocument = 'Документ'",
        )
        .unwrap()
    }

    const HEAD: &str = "Документ;Дата;Сума;Платник;Призначення";

    fn one(line: &str) -> Register {
        read(format!("{HEAD}\n{line}\n").as_bytes(), &settings()).unwrap()
    }

    #[test]
    fn a_line_is_read_whole() {
        let told = one("17;22.11.2026 10:15;\"1 234,50\";ТОВ «А»;\"договір №0042; травень\"");
        let line = Line {
            number: 2,
            paid_on: date!(2026 - 11 - 22),
            amount: Money::from_kopecks(1234_50),
            purpose: "договір №0042; травень".to_owned(),
            payer: "ТОВ «А»".to_owned(),
            document: "17".to_owned(),
        };
        assert_eq!(told, Register { lines: vec![line], ..Register::default() });
    }

    #[test]
    fn marks_formulas_and_encodings_of_banks_are_read() {
        let marked = format!("\u{feff}{HEAD}\r\n=\"0017\";22.11.2026;10,00;=1+1;\"=\"\"0042\"\"\"\r\n");
        let told = read(marked.as_bytes(), &settings()).unwrap();
        let line = &told.lines[0];
        assert_eq!((line.document.as_str(), line.payer.as_str(), line.purpose.as_str()), ("0017", "=1+1", "0042"));

        // As a bank's program wrote it: "Документ;Дата;Сума;Платник;Призначення", then a line of "Ґалаґан Її-Єґ".
        let cp1251 = b"\xc4\xee\xea\xf3\xec\xe5\xed\xf2;\xc4\xe0\xf2\xe0;\xd1\xf3\xec\xe0;\xcf\xeb\xe0\xf2\xed\xe8\xea;\
            \xcf\xf0\xe8\xe7\xed\xe0\xf7\xe5\xed\xed\xff\n1;22.11.2026;10,00;\xa5\xe0\xeb\xe0\xb4\xe0\xed \xaf\xbf-\xaa\xb4;\
            \xe4\xee\xe3\xee\xe2\xb3\xf0 \xb9 5 \x97 \x93\xb2\xed\xf2\xe5\xf0\xed\xe5\xf2\x94 \xe7\x92\xba\xe4\xed.";
        let read_as = Settings { encoding: Encoding::Windows1251, ..settings() };
        let line = &read(cp1251, &read_as).unwrap().lines[0];
        assert_eq!((line.payer.as_str(), line.purpose.as_str()), ("Ґалаґан Її-Єґ", "договір № 5 — “Інтернет” з’єдн."));
        assert!(read(cp1251, &settings()).unwrap_err().why.contains("no column"), "the columns are not of UTF-8");
    }

    #[test]
    fn windows_1251_is_whole() {
        let text: String = (0..=255).map(|byte| letter(byte).unwrap_or('?')).collect();
        let (lower, upper) = text.split_at(128);
        assert!(lower.bytes().eq(0..128));
        // The WHATWG's table.
        assert_eq!(
            upper,
            "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—?™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї\
             АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"
        );
    }

    #[test]
    fn a_line_that_is_none_is_told_and_harms_no_other() {
        let text = format!(
            "{HEAD}\n1;22.11.2026;1e6;x;договір 1\n2;22.11.2026;10,00;x;договір 1\n3;30.02.2026;10,00;x;y\n4;22.11.2026\n\
             5;22.11.2026;0,001;x;y\n6;22.11.2026;10.00;x;y\n7;22.11.2026;99999999,00;x;y\n;;;;\n8;22.11.2026;-5,00;x;y\n\
             9;22.11.2026;0,00;x;y\n10;22.11.2026;NaN;x;y\n"
        );
        let told = read(text.as_bytes(), &settings()).unwrap();
        assert_eq!(told.lines.iter().map(|line| line.document.as_str()).collect::<Vec<_>>(), ["2"]);
        assert_eq!(told.faults.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5, 6, 7, 8, 12]);
        assert_eq!(told.outgoing, 2);
        let mut broken = format!("{HEAD}\n1;22.11.2026;10,00;x;").into_bytes();
        broken.extend_from_slice(b"\xff\xfe\n2;22.11.2026;10,00;x;y\n");
        let told = read(&broken, &settings()).unwrap();
        assert_eq!((told.lines.len(), told.faults.len()), (1, 1));
    }

    #[test]
    fn a_file_whose_lines_cannot_be_told_is_refused_whole() {
        let refused = |text: &str| read(text.as_bytes(), &settings()).unwrap_err();
        assert_eq!(refused("").why, "the file ends before its columns are named");
        assert!(refused("Документ;Дата;Сума;Призначення\n").why.contains("«Платник»"));
        assert!(refused(&format!("{HEAD};Сума\n")).why.contains("several"));
        let swallowed =
            refused(&format!("{HEAD}\n1;22.11.2026;1,00;x;y\n2;22.11.2026;1,00;\"x;y\n3;22.11.2026;1,00;x;y\n"));
        assert_eq!(swallowed.line, 3);
    }

    #[test]
    fn what_the_settings_say_is_followed() {
        let text = "Виписка за 22.11.2026\n\nd,a,p\n2026-11-22,10.50,\"it's \"\"so\n";
        let told: Settings = toml::from_str(
            "delimiter = ','\nskip = 2\nquotes = false\ndecimal = '.'\ndates = 'yyyy-mm-dd'\ndate = 'd'\namount = 'a'\npurpose = 'p'",
        )
        .unwrap();
        let line = &read(text.as_bytes(), &told).unwrap().lines[0];
        assert_eq!((line.number, line.amount, line.purpose.as_str()), (4, Money::from_kopecks(10_50), "\"it's \"\"so"));
    }
}
