//! Sums and days as each language writes them.

use crate::words::Words;
use cabinet_core::{Language, Money, Month};
use time::{Date, PrimitiveDateTime};

const NBSP: char = '\u{a0}';
/// The minus of typesetters, as wide as a plus.
const MINUS: char = '−';

/// `1 234,50`, with a minus below zero; English writes a point.
pub(crate) fn figure(sum: Money, language: Language) -> String {
    let kopecks = sum.kopecks().unsigned_abs();
    let whole = (kopecks / 100).to_string();
    let mut text = String::new();
    if sum.is_negative() {
        text.push(MINUS);
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(NBSP);
        }
        text.push(digit);
    }
    let point = if language == Language::En { '.' } else { ',' };
    format!("{text}{point}{:02}", kopecks % 100)
}

/// `1 234,50 ₴`.
pub(crate) fn money(sum: Money, language: Language) -> String {
    format!("{}{NBSP}₴", figure(sum, language))
}

/// `+50,00` or `−1,62`.
pub(crate) fn signed(sum: Money, language: Language) -> String {
    let sign = if sum > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", figure(sum, language))
}

/// `01.12.2014`.
pub(crate) fn date(day: Date) -> String {
    format!("{:02}.{:02}.{:04}", day.day(), u8::from(day.month()), day.year())
}

/// `1 грудня 2014 р.`.
pub(crate) fn full_date(day: Date, language: Language) -> String {
    let year = match language {
        Language::Uk => format!("{}{NBSP}р.", day.year()),
        Language::Ru => format!("{}{NBSP}г.", day.year()),
        Language::En => day.year().to_string(),
    };
    format!("{} {year}", day_of_month(day, language))
}

/// `1 грудня`.
pub(crate) fn day_of_month(day: Date, language: Language) -> String {
    let months = Words::of(language).months_of;
    format!("{}{NBSP}{}", day.day(), months[usize::from(u8::from(day.month())) - 1])
}

/// `1 грудня 2014 р., 14:05`.
pub(crate) fn moment(at: PrimitiveDateTime, language: Language) -> String {
    format!("{}, {:02}:{:02}", full_date(at.date(), language), at.hour(), at.minute())
}

/// `грудень 2014`.
pub(crate) fn month(month: Month, language: Language) -> String {
    format!("{} {}", Words::of(language).months[usize::from(month.number()) - 1], month.year())
}

/// `1–23 грудня`, of one month.
pub(crate) fn span((from, to): (Date, Date), language: Language) -> String {
    if from == to { day_of_month(to, language) } else { format!("{}–{}", from.day(), day_of_month(to, language)) }
}

/// `UA21 3223 1300 …`, in fours as ISO 13616 prints it.
pub(crate) fn iban(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    let fours: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join(&NBSP.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn sums_are_written_as_each_language_does() {
        let sum = Money::from_kopecks(1_234_567_05);
        assert_eq!(
            Language::ALL.map(|language| money(sum, language)),
            ["1\u{a0}234\u{a0}567,05\u{a0}₴", "1\u{a0}234\u{a0}567,05\u{a0}₴", "1\u{a0}234\u{a0}567.05\u{a0}₴",]
        );
        assert_eq!(money(Money::from_kopecks(123_450), Language::Uk), "1\u{a0}234,50\u{a0}₴");
        assert_eq!(signed(Money::from_kopecks(-1_62), Language::Uk), "−1,62");
        assert_eq!(signed(Money::from_kopecks(50_00), Language::Uk), "+50,00");
        assert_eq!(
            figure(Money::from_kopecks(i64::MIN), Language::En),
            "−92\u{a0}233\u{a0}720\u{a0}368\u{a0}547\u{a0}758.08"
        );
    }

    #[test]
    fn days_are_written_as_each_language_does() {
        let day = date!(2026 - 12 - 01);
        assert_eq!(
            Language::ALL.map(|language| full_date(day, language).replace('\u{a0}', " ")),
            ["1 грудня 2026 р.", "1 декабря 2026 г.", "1 December 2026",]
        );
        let of = Month::of(day);
        assert_eq!(
            Language::ALL.map(|language| month(of, language)),
            ["грудень 2026", "декабрь 2026", "December 2026"]
        );
        assert_eq!(super::date(day), "01.12.2026");
        assert_eq!(span((day, date!(2026 - 12 - 23)), Language::Uk), "1–23\u{a0}грудня");
        assert_eq!(span((day, day), Language::Uk), "1\u{a0}грудня");
        assert!(moment(datetime!(2026-12-01 9:05), Language::Uk).ends_with("р., 09:05"));
        assert_eq!(iban("UA213223130000026007233566001").split('\u{a0}').count(), 8);
    }
}
