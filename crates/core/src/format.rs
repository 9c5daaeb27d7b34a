//! Money, days, months and counts as people of each language write them: the client, the server and its documents write
//! them alike. Small functions of our own: the formatters of ICU would double the client for three languages.

use crate::calendar::Month;
use crate::language::Language;
use crate::money::Money;
use time::{Date, Weekday};

/// Keeps a number and its unit on one line.
pub const NBSP: char = '\u{a0}';
const MINUS: char = '\u{2212}';

type Months = [&'static str; 12];
type Days = [&'static str; 7];

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
const SHORT: [Months; 3] = [
    ["січ", "лют", "бер", "кві", "тра", "чер", "лип", "сер", "вер", "жов", "лис", "гру"],
    ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];
const WEEKDAYS: [Days; 3] = [
    ["понеділок", "вівторок", "середа", "четвер", "п’ятниця", "субота", "неділя"],
    ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
];
const WEEKDAYS_SHORT: [Days; 3] = [
    ["пн", "вт", "ср", "чт", "пт", "сб", "нд"],
    ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
];

fn row(language: Language) -> usize {
    match language {
        Language::Uk => 0,
        Language::Ru => 1,
        Language::En => 2,
    }
}

fn index(day: Date) -> usize {
    usize::from(u8::from(day.month())) - 1
}

/// `1 234,50`, with a minus before debts; English writes a point.
pub fn figure(language: Language, amount: Money) -> String {
    let (whole, fraction) = parts(language, amount);
    whole + &fraction
}

/// `1 234` and `,50`: the hero prints the fraction smaller.
pub fn parts(language: Language, amount: Money) -> (String, String) {
    let kopecks = amount.kopecks().unsigned_abs();
    let point = if language == Language::En { '.' } else { ',' };
    let sign = if amount.is_negative() { MINUS.to_string() } else { String::new() };
    (sign + &grouped(kopecks / 100), format!("{point}{:02}", kopecks % 100))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 4);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(NBSP);
        }
        text.push(digit);
    }
    text
}

/// `1 234,50 ₴`.
pub fn money(language: Language, amount: Money) -> String {
    format!("{}{NBSP}₴", figure(language, amount))
}

/// `+50,00` or `−1,62`: money in and out of a day.
pub fn signed(language: Language, amount: Money) -> String {
    let sign = if amount > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", figure(language, amount))
}

/// `+50,00 ₴` or `−1,62 ₴`.
pub fn signed_money(language: Language, amount: Money) -> String {
    format!("{}{NBSP}₴", signed(language, amount))
}

/// `+50` in a narrow cell, where the kopecks have no room.
pub fn signed_whole(language: Language, amount: Money) -> String {
    let sign = if amount > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", parts(language, amount).0)
}

/// `15 січня`.
pub fn day(language: Language, date: Date) -> String {
    format!("{}{NBSP}{}", date.day(), GENITIVE[row(language)][index(date)])
}

/// `15 січня 2015`.
pub fn day_year(language: Language, date: Date) -> String {
    format!("{} {}", day(language, date), date.year())
}

/// `15 січня`, with the year when it is not the present one.
pub fn day_near(language: Language, date: Date, today: Date) -> String {
    // A plan over New Year is still near; half a year away the year is needed.
    if (date - today).whole_days().abs() < 180 { day(language, date) } else { day_year(language, date) }
}

/// `24 гру`.
pub fn day_short(language: Language, date: Date) -> String {
    format!("{}{NBSP}{}", date.day(), SHORT[row(language)][index(date)])
}

/// `23.12`.
pub fn day_figures(date: Date) -> String {
    format!("{:02}.{:02}", date.day(), u8::from(date.month()))
}

/// `01.12.2014`.
pub fn date_figures(date: Date) -> String {
    format!("{}.{:04}", day_figures(date), date.year())
}

/// `вівторок, 9 грудня`.
pub fn weekday_day(language: Language, date: Date) -> String {
    format!("{}, {}", weekday(language, date), day(language, date))
}

fn weekday(language: Language, date: Date) -> &'static str {
    WEEKDAYS[row(language)][usize::from(date.weekday().number_days_from_monday())]
}

/// `Грудень 2014`.
pub fn month(language: Language, month: Month) -> String {
    capital(&month_within(language, month))
}

/// `грудень`.
pub fn month_name(language: Language, month: Month) -> &'static str {
    NOMINATIVE[row(language)][index(month.first())]
}

/// `гру`, where there is no room for more.
pub fn month_short(language: Language, month: Month) -> &'static str {
    match (language, month.number()) {
        // After a number May has another case.
        (Language::Ru, 5) => "май",
        _ => SHORT[row(language)][index(month.first())],
    }
}

/// `листопад 2014`, within a sentence and after «по».
pub fn month_within(language: Language, month: Month) -> String {
    format!("{} {}", month_name(language, month), month.year())
}

/// `листопада 2014`, as it stands after «з».
pub fn month_from(language: Language, month: Month) -> String {
    format!("{} {}", GENITIVE[row(language)][index(month.first())], month.year())
}

/// Monday to Sunday: the short name shown and the full one spoken.
pub fn week(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    WEEKDAYS_SHORT[row(language)].into_iter().zip(WEEKDAYS[row(language)])
}

/// The form a noun takes after a whole number (CLDR). Three languages need no tables of plural rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 1 день, 21 день.
    One,
    /// 2 дні, 23 дні.
    Few,
    /// 5 днів, 11 днів; in English all but one.
    Many,
}

impl Form {
    /// After this number.
    pub fn of(language: Language, count: i64) -> Form {
        let count = count.unsigned_abs();
        match (language, count % 10, count % 100) {
            (Language::En, ..) if count == 1 => Form::One,
            (Language::En, ..) => Form::Many,
            (_, _, 11..=14) => Form::Many,
            (_, 1, _) => Form::One,
            (_, 2..=4, _) => Form::Few,
            _ => Form::Many,
        }
    }
}

/// `1 день`, `22 дні`, `30 днів`: a number with the word in the form it asks for: one, few, many.
pub fn counted(language: Language, count: i64, forms: [&str; 3]) -> String {
    format!("{count}{NBSP}{}", forms[Form::of(language, count) as usize])
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| std::iter::once(upper(first)).chain(letters).collect()).unwrap_or_default()
}

/// In small letters.
pub fn small(text: &str) -> String {
    text.chars().map(lower).collect()
}

// Latin and Cyrillic letters suffice here; the tables of all scripts would weigh more than a page of the client.
fn upper(letter: char) -> char {
    match letter {
        'а'..='я' => shifted(letter, -0x20),
        'ѐ'..='џ' => shifted(letter, -0x50),
        'ґ' => 'Ґ',
        _ => letter.to_ascii_uppercase(),
    }
}

fn lower(letter: char) -> char {
    match letter {
        'А'..='Я' => shifted(letter, 0x20),
        'Ѐ'..='Џ' => shifted(letter, 0x50),
        'Ґ' => 'ґ',
        _ => letter.to_ascii_lowercase(),
    }
}

fn shifted(letter: char, by: i32) -> char {
    char::from_u32((letter as u32).wrapping_add_signed(by)).unwrap_or(letter)
}

/// Whether a bar of the ruler begins a week.
pub fn begins_week(date: Date) -> bool {
    date.weekday() == Weekday::Monday
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    /// What a formatter gives in each language, hard spaces as `_`.
    fn three(format: impl Fn(Language) -> String) -> [String; 3] {
        Language::ALL.map(|language| format(language).replace(NBSP, "_"))
    }

    #[test]
    fn sums_are_grouped_and_signed() {
        let sum = Money::from_kopecks(1_234_567_05);
        assert_eq!(three(|l| money(l, sum)), ["1_234_567,05_₴", "1_234_567,05_₴", "1_234_567.05_₴"]);
        assert_eq!(figure(Language::Uk, Money::from_kopecks(-5)), "−0,05");
        assert_eq!(figure(Language::Uk, Money::from_kopecks(999_99)), "999,99");
        assert_eq!(signed(Language::En, Money::from_kopecks(50_00)), "+50.00");
        assert_eq!(signed(Language::Ru, Money::ZERO), "0,00");
        assert_eq!(signed_money(Language::Uk, Money::from_kopecks(-1_62)), format!("−1,62{NBSP}₴"));
        assert_eq!(signed_whole(Language::Uk, Money::from_kopecks(1_500_00)), format!("+1{NBSP}500"));
        assert_eq!(parts(Language::En, Money::from_kopecks(37_10)), ("37".to_owned(), ".10".to_owned()));
    }

    #[test]
    fn days_are_named_in_each_language() {
        let new_year = date!(2015 - 01 - 01);
        assert_eq!(three(|l| day(l, new_year)), ["1_січня", "1_января", "1_January"]);
        assert_eq!(three(|l| day_short(l, new_year)), ["1_січ", "1_янв", "1_Jan"]);
        assert_eq!(three(|l| day_year(l, new_year)), ["1_січня 2015", "1_января 2015", "1_January 2015"]);
        assert_eq!(
            three(|l| weekday_day(l, new_year)),
            ["четвер, 1_січня", "четверг, 1_января", "Thursday, 1_January"]
        );
        assert_eq!(three(|l| month(l, Month::of(new_year))), ["Січень 2015", "Январь 2015", "January 2015"]);
        assert_eq!((day_figures(new_year).as_str(), date_figures(new_year).as_str()), ("01.01", "01.01.2015"));
        assert_eq!(three(|l| month_short(l, Month::of(new_year)).to_owned()), ["січ", "янв", "Jan"]);
        assert_eq!(three(|l| month_within(l, Month::of(new_year))), ["січень 2015", "январь 2015", "January 2015"]);
        assert_eq!(three(|l| month_from(l, Month::of(new_year))), ["січня 2015", "января 2015", "January 2015"]);
    }

    #[test]
    fn a_year_is_told_where_it_is_not_plain() {
        let today = date!(2014 - 12 - 23);
        assert_eq!(day_near(Language::En, date!(2015 - 01 - 15), today), format!("15{NBSP}January"));
        assert_eq!(day_near(Language::En, date!(2016 - 01 - 15), today), format!("15{NBSP}January 2016"));
        assert_eq!(day_near(Language::En, date!(2013 - 12 - 23), today), format!("23{NBSP}December 2013"));
    }

    #[test]
    fn numbers_choose_the_form_of_their_word() {
        let told = |count| counted(Language::Uk, count, ["день", "дні", "днів"]).replace(NBSP, " ");
        assert_eq!(
            [0, 1, 2, 5, 11, 12, 14, 21, 22, 30, 111].map(told),
            [
                "0 днів",
                "1 день",
                "2 дні",
                "5 днів",
                "11 днів",
                "12 днів",
                "14 днів",
                "21 день",
                "22 дні",
                "30 днів",
                "111 днів"
            ]
        );
        let told = |count| counted(Language::En, count, ["day", "days", "days"]).replace(NBSP, " ");
        assert_eq!([0, 1, 21].map(told), ["0 days", "1 day", "21 days"]);
    }

    #[test]
    fn letters_change_size_in_both_alphabets() {
        assert_eq!(capital("їжак"), "Їжак");
        assert_eq!(capital("ґанок"), "Ґанок");
        assert_eq!(capital("ёлка"), "Ёлка");
        assert_eq!(capital(""), "");
        assert_eq!(small("АБОНПЛАТА Ґ Є Fee"), "абонплата ґ є fee");
    }

    #[test]
    fn a_week_begins_on_monday() {
        assert_eq!(week(Language::Uk).next(), Some(("пн", "понеділок")));
        assert_eq!(week(Language::En).last(), Some(("Sun", "Sunday")));
        assert!(begins_week(date!(2014 - 12 - 22)));
        assert!(!begins_week(date!(2014 - 12 - 21)));
    }
}
