//! Sums, days, months and counts as people of each language write them; the web client writes them the same way.

use cabinet_core::{Language, Money, Month};
use time::Date;

/// Keeps a number and what belongs to it on one line.
pub const NBSP: char = '\u{a0}';
const MINUS: char = '\u{2212}';

type Months = [&'static str; 12];

const GENITIVE: [Months; 3] = [
    [
        "січня",
        "лютого",
        "березня",
        "квітня",
        "травня",
        "червня",
        "липня",
        "серпня",
        "вересня",
        "жовтня",
        "листопада",
        "грудня",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    ENGLISH,
];
const NOMINATIVE: [Months; 3] = [
    [
        "січень",
        "лютий",
        "березень",
        "квітень",
        "травень",
        "червень",
        "липень",
        "серпень",
        "вересень",
        "жовтень",
        "листопад",
        "грудень",
    ],
    [
        "январь",
        "февраль",
        "март",
        "апрель",
        "май",
        "июнь",
        "июль",
        "август",
        "сентябрь",
        "октябрь",
        "ноябрь",
        "декабрь",
    ],
    ENGLISH,
];
const ENGLISH: Months = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn row(language: Language) -> usize {
    match language {
        Language::Uk => 0,
        Language::Ru => 1,
        Language::En => 2,
    }
}

/// `15 січня 2015`.
pub fn day(day: Date, language: Language) -> String {
    let month = GENITIVE[row(language)][usize::from(u8::from(day.month())) - 1];
    format!("{}{NBSP}{month} {}", day.day(), day.year())
}

/// `листопад 2014`, as it stands after «по».
pub fn month(month: Month, language: Language) -> String {
    named(month, NOMINATIVE[row(language)])
}

/// `листопада 2014`, as it stands after «з».
pub fn from_month(month: Month, language: Language) -> String {
    named(month, GENITIVE[row(language)])
}

fn named(month: Month, names: Months) -> String {
    format!("{} {}", names[usize::from(u8::from(month.first().month())) - 1], month.year())
}

/// `−1 234,50 ₴`; English writes a point.
pub fn amount(amount: Money, language: Language) -> String {
    let point = if language == Language::En { '.' } else { ',' };
    let sign = if amount.is_negative() { MINUS.to_string() } else { String::new() };
    let kopecks = amount.kopecks().unsigned_abs();
    let digits = (kopecks / 100).to_string();
    let mut whole = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            whole.push(NBSP);
        }
        whole.push(digit);
    }
    format!("{sign}{whole}{point}{:02}{NBSP}₴", kopecks % 100)
}

/// `1 день`, `22 дні`, `30 днів`: a number with the word in the form it asks for: one, few, many. English has two.
pub fn count(number: u64, forms: [&str; 3], language: Language) -> String {
    let form = match (language, number % 10, number % 100) {
        (Language::En, ..) => usize::from(number != 1),
        (_, 1, tens) if tens != 11 => 0,
        (_, 2..=4, tens) if !(12..=14).contains(&tens) => 1,
        _ => 2,
    };
    format!("{number}{NBSP}{}", forms[form])
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn each_language_has_one_form_of_a_sum_and_of_a_day() {
        let sum = |kopecks, language| amount(Money::from_kopecks(kopecks), language).replace(NBSP, "_");
        assert_eq!(sum(1_234_567_05, Language::Uk), "1_234_567,05_₴");
        assert_eq!(sum(-5, Language::Ru), "−0,05_₴");
        assert_eq!(sum(50_00, Language::En), "50.00_₴");
        let told = |language| day(date!(2015 - 01 - 05), language).replace(NBSP, "_");
        assert_eq!(
            Language::ALL.map(told),
            ["5_січня 2015".to_owned(), "5_января 2015".to_owned(), "5_January 2015".to_owned()]
        );
        let may = Month::of(date!(2026 - 05 - 01));
        assert_eq!(
            (month(may, Language::Uk), from_month(may, Language::Ru)),
            ("травень 2026".to_owned(), "мая 2026".to_owned())
        );
    }

    #[test]
    fn numbers_choose_the_form_of_their_word() {
        let told = |number| count(number, ["день", "дні", "днів"], Language::Uk).replace(NBSP, " ");
        assert_eq!(
            [1, 2, 5, 11, 12, 21, 22, 30, 111].map(told),
            ["1 день", "2 дні", "5 днів", "11 днів", "12 днів", "21 день", "22 дні", "30 днів", "111 днів"]
        );
        assert_eq!(
            [1, 21].map(|number| count(number, ["day", "days", "days"], Language::En).replace(NBSP, " ")),
            ["1 day", "21 days"]
        );
    }
}
