//! Days, spans and account numbers as documents write them.

use cabinet_core::Language;
use cabinet_core::format::{NBSP, day};
use cabinet_core::requisites::Iban;
use time::{Date, PrimitiveDateTime};

/// `1 грудня 2014 р.`.
pub(crate) fn full_date(date: Date, language: Language) -> String {
    let year = match language {
        Language::Uk => format!("{}{NBSP}р.", date.year()),
        Language::Ru => format!("{}{NBSP}г.", date.year()),
        Language::En => date.year().to_string(),
    };
    format!("{} {year}", day(language, date))
}

/// `1 грудня 2014 р., 14:05`.
pub(crate) fn moment(at: PrimitiveDateTime, language: Language) -> String {
    format!("{}, {:02}:{:02}", full_date(at.date(), language), at.hour(), at.minute())
}

/// `1–23 грудня`, of one month.
pub(crate) fn span((from, to): (Date, Date), language: Language) -> String {
    if from == to { day(language, to) } else { format!("{}–{}", from.day(), day(language, to)) }
}

/// `UA21 3223 1300 …`, in fours as ISO 13616 prints it.
pub(crate) fn iban(iban: &Iban) -> String {
    let letters: Vec<char> = iban.as_str().chars().collect();
    let fours: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join(&NBSP.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn days_are_written_as_each_language_does() {
        let day = date!(2026 - 12 - 01);
        assert_eq!(
            Language::ALL.map(|language| full_date(day, language).replace('\u{a0}', " ")),
            ["1 грудня 2026 р.", "1 декабря 2026 г.", "1 December 2026",]
        );
        assert_eq!(span((day, date!(2026 - 12 - 23)), Language::Uk), "1–23\u{a0}грудня");
        assert_eq!(span((day, day), Language::Uk), "1\u{a0}грудня");
        assert!(moment(datetime!(2026-12-01 9:05), Language::Uk).ends_with("р., 09:05"));
        let account: Iban = "UA213223130000026007233566001".parse().unwrap();
        assert_eq!(iban(&account).split('\u{a0}').count(), 8);
    }
}
