//! Dates and times as the dialects write them: wall-clock time of the provider's zone, without an offset.

use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// `20261122143000`.
const COMPACT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day][hour][minute][second]");
/// `2026-11-22T14:30:00`.
const ISO: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
/// `2026-11-22 14:30:00`.
const SPACED: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
/// `202611`.
const MONTH: &[BorrowedFormatItem<'_>] = format_description!("[year][month]");

/// Reads `20261122143000`.
pub(super) fn from_compact(text: &str) -> Option<PrimitiveDateTime> {
    starts_with_digit(text).then(|| PrimitiveDateTime::parse(text, COMPACT).ok())?
}

/// Reads `2026-11-22T14:30:00`, or the same with a fraction and an offset, which is dropped: the bank's own wall clock.
pub(super) fn from_iso(text: &str) -> Option<PrimitiveDateTime> {
    if !starts_with_digit(text) {
        return None;
    }
    PrimitiveDateTime::parse(text, ISO).ok().or_else(|| {
        let moment = time::OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(PrimitiveDateTime::new(moment.date(), moment.time()))
    })
}

/// The library would take a year with a sign.
fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Writes `20261122143000`.
pub(super) fn compact(moment: PrimitiveDateTime) -> String {
    write(moment, COMPACT)
}

/// Writes `2026-11-22T14:30:00`.
pub(super) fn iso(moment: PrimitiveDateTime) -> String {
    write(moment, ISO)
}

/// Writes `2026-11-22 14:30:00`.
pub(super) fn spaced(moment: PrimitiveDateTime) -> String {
    write(moment, SPACED)
}

/// Writes `202611`.
pub(super) fn month(moment: PrimitiveDateTime) -> String {
    write(moment, MONTH)
}

fn write(moment: PrimitiveDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    moment.format(format).expect("a date and a time hold every part of these formats")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn moments_are_read_and_written() {
        let moment = datetime!(2026-11-22 14:30:05);
        assert_eq!(from_compact("20261122143005"), Some(moment));
        assert_eq!(from_iso("2026-11-22T14:30:05"), Some(moment));
        assert_eq!(from_iso("2021-07-07T12:57:54.196+03:00"), Some(datetime!(2021-07-07 12:57:54.196)));
        assert_eq!(compact(moment), "20261122143005");
        assert_eq!(iso(moment), "2026-11-22T14:30:05");
        assert_eq!(spaced(moment), "2026-11-22 14:30:05");
        assert_eq!(month(moment), "202611");
        for text in [
            "",
            "20260229000000",
            "2026112214300",
            "20261122243000",
            "+20261122143000",
            "-00011122143000",
            "2026-11-22",
        ] {
            assert_eq!((from_compact(text), from_iso(text)), (None, None), "{text}");
        }
    }
}
