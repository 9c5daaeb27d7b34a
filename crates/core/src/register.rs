//! Whose a line of a bank's register is, by what its payer wrote.

use crate::account::ContractNumber;

/// Words after which payers write a contract number; each stands for whatever it begins.
const NAMES: [&str; 12] = [
    "договір",
    "договор",
    "договip",
    "дог",
    "dogovir",
    "dogovor",
    "contract",
    "абонент",
    "особов",
    "лицев",
    "о/р",
    "л/с",
];
/// Words that say that a number follows, as «№» does.
const SIGNS: [&str; 5] = ["номер", "ном", "no", "n", "nr"];
/// Words that may stand between such a word and its number.
const BETWEEN: [&str; 4] = ["рахун", "рах", "счет", "счёт"];
/// Words a date follows.
const DATED: [&str; 4] = ["від", "вiд", "от", "dated"];
/// Words behind a number that make it a sum, a span or a year…
const MEASURES: [&str; 16] = [
    "грн", "uah", "hrn", "коп", "міс", "мес", "дн", "днів", "дней", "рік", "року", "год", "года", "month", "months",
    "days",
];
/// …whatever these begin…
const MEASURE_STEMS: [&str; 6] = ["грив", "копій", "копе", "місяц", "месяц", "kopi"];
/// …and signs that do.
const MEASURE_SIGNS: [char; 4] = ['₴', '%', '$', '€'];

/// The contract numbers a purpose names, each once, in order: digits after «договір», «договору №», «дог.», «о/р» and
/// their like, a date between them skipped; or the whole purpose, where it is nothing but digits. Whether there is such
/// a contract, the caller asks.
///
/// What may be a sum, a date or a span is no number of a contract, and behind a comma or a date only «№» makes one:
/// «договір, 200», «дог. від 01.05.2024 300». Money that goes to the wrong contract is dearer than a line that waits.
pub fn contracts(purpose: &str) -> Vec<ContractNumber> {
    let text: Vec<char> = purpose.chars().flat_map(char::to_lowercase).map(alike).collect();
    let mut found: Vec<ContractNumber> = Vec::new();
    if let Ok(number) = purpose.trim().parse() {
        return vec![number];
    }
    for at in 0..text.len() {
        let begins = at == 0 || !text[at - 1].is_alphanumeric();
        let Some(name) = NAMES.iter().find(|name| begins && starts(&text, at, name)) else { continue };
        let rest = word_end(&text, at + name.chars().count());
        if let Some(number) = number_after(&text, rest)
            && !found.contains(&number)
        {
            found.push(number);
        }
    }
    found
}

/// Letters that look alike are written for one another.
fn alike(c: char) -> char {
    match c {
        'i' => 'і',
        other => other,
    }
}

fn starts(text: &[char], at: usize, word: &str) -> bool {
    let mut place = at;
    word.chars().map(alike).all(|c| {
        place += 1;
        text.get(place - 1) == Some(&c)
    })
}

fn word_end(text: &[char], from: usize) -> usize {
    (from..text.len()).find(|place| !text[*place].is_alphabetic()).unwrap_or(text.len())
}

fn gap_end(text: &[char], from: usize) -> usize {
    let gap = |c: char| !c.is_alphanumeric() && !matches!(c, ';' | '/');
    (from..text.len()).find(|place| !gap(text[*place])).unwrap_or(text.len())
}

/// The number that stands here, behind words and signs that belong before it.
fn number_after(text: &[char], from: usize) -> Option<ContractNumber> {
    // Whether only a sign of a number lets the next digits be one.
    let mut doubtful = false;
    let mut at = from;
    loop {
        let next = gap_end(text, at);
        for sign in &text[at..next] {
            match sign {
                ',' => doubtful = true,
                '№' | '#' => doubtful = false,
                _ => {}
            }
        }
        let end = word_end(text, next);
        let word: String = text[next..end].iter().collect();
        at = match () {
            () if end == next => {
                at = next;
                break;
            }
            () if is_one(&DATED, &word) => {
                doubtful = true;
                date_end(text, gap_end(text, end))?
            }
            () if is_one(&SIGNS, &word) => {
                doubtful = false;
                end
            }
            () if is_one(&BETWEEN, &word) || ["рахун", "рах"].iter().any(|stem| word.starts_with(stem)) => end,
            () => return None,
        };
    }
    let end = digits_end(text, at);
    // `12.05.2020` is no number of a contract, nor is `42А`.
    let dated =
        text.get(end).is_some_and(|c| matches!(c, '.' | '/')) && text.get(end + 1).is_some_and(char::is_ascii_digit);
    let lettered = text.get(end).is_some_and(|c| c.is_alphabetic());
    if doubtful || dated || lettered || is_measured(text, at, end) {
        return None;
    }
    text[at..end].iter().collect::<String>().parse().ok()
}

fn is_one(known: &[&str], word: &str) -> bool {
    known.iter().any(|one| one.chars().map(alike).eq(word.chars()))
}

fn digits_end(text: &[char], from: usize) -> usize {
    (from..text.len()).find(|place| !text[*place].is_ascii_digit()).unwrap_or(text.len())
}

/// Whether the digits of `at..end` begin a sum, a span or a year: `200 грн`, `200,00 грн`, `2 000 грн`, `3 міс`.
fn is_measured(text: &[char], at: usize, end: usize) -> bool {
    let mut end = end;
    // Thousands in groups; a contract's number before a sum looks the same and is for a person.
    if end - at <= 3 && text.get(at) != Some(&'0') {
        while text.get(end).is_some_and(|c| c.is_whitespace()) && digits_end(text, end + 1) == end + 4 {
            end += 4;
        }
    }
    if text.get(end).is_some_and(|c| matches!(c, ',' | '.')) {
        let cents = digits_end(text, end + 1);
        end = if matches!(cents - end, 2 | 3) { cents } else { end };
    }
    let next = (end..text.len()).find(|place| !text[*place].is_whitespace()).unwrap_or(text.len());
    let word: String = text[next..word_end(text, next)].iter().collect();
    let stemmed = MEASURE_STEMS.iter().any(|stem| word.starts_with(&stem.chars().map(alike).collect::<String>()));
    text.get(next).is_some_and(|sign| MEASURE_SIGNS.contains(sign)) || is_one(&MEASURES, &word) || stemmed
}

/// Behind a date and what is said after it, as in `12.05.2020 р.`.
fn date_end(text: &[char], from: usize) -> Option<usize> {
    let of_date = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-');
    let end = (from..text.len()).find(|place| !of_date(text[*place])).unwrap_or(text.len());
    if end == from {
        return None;
    }
    let word = (end..text.len()).find(|place| !text[*place].is_whitespace()).unwrap_or(text.len());
    let after = word_end(text, word);
    let year: String = text[word..after].iter().collect();
    Some(if ["р", "року", "г", "года"].contains(&year.as_str()) { after } else { end })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_contract_is_named_in_many_ways() {
        for purpose in [
            "договір 0042",
            "Договір №0042",
            "ДОГОВІР № 0042",
            "Оплата за Інтернет, договір 0042, без ПДВ",
            "Оплата згідно договору №0042 за травень",
            "за послуги зг. дог.0042",
            "дог. N 0042 від 12.05.2020",
            "договір від 12.05.2020 р. № 0042",
            "договору № 0042 от 01/02/2020",
            "Оплата по договору номер 0042",
            "особовий рахунок 0042; травень",
            "о/р: 0042",
            "л/с 0042 интернет",
            "лицевой счет № 0042",
            "абонент 0042",
            "Internet service, contract 0042",
            "договip 0042",
            "  0042 ",
            "договір, № 0042",
            "договір, номер 0042",
            "договір від 12.05.2020, № 0042",
            "договір 0042, 200 грн",
            "договір 0042 200 грн",
            "договір № 0042 на суму 200,00 грн за 3 міс.",
            "договір 0042 м. Рокитне, місто",
            "дог. 0042 у сумі 1 200 ₴",
        ] {
            let found = contracts(purpose);
            assert_eq!(found.iter().map(ContractNumber::as_str).collect::<Vec<_>>(), ["0042"], "{purpose}");
        }
    }

    #[test]
    fn other_numbers_are_not_taken_for_one() {
        for purpose in [
            "",
            "Оплата за Інтернет",
            "рахунок № 15 від 12.05.2020",
            "за травень 2020, 50 грн",
            "договір від 12.05.2020",
            "договір 12.05.2020",
            "договір 42А",
            "договір без номера 7",
            "передоговір 5",
            "договір 123456789012345678901",
            "=1+1",
            "договір ٠٠٤٢",
            "згідно договору, 200 грн",
            "згідно договору 200 грн",
            "згідно договору 200,00 грн.",
            "згідно договору 200.50грн",
            "згідно договору 2 000 грн",
            "згідно договору № 200 гривень",
            "дог. від 01.05.2024 300 грн",
            "дог. від 01.05.2024, 300",
            "дог. від 01.05.2024 р. 300",
            "договір, 0042",
            "договір 300 UAH",
            "договір 300₴",
            "договір - 50 коп.",
            "договір 3 міс",
            "договір 12 місяців",
            "договір 2024 року",
            "договір 20% знижки",
        ] {
            assert!(contracts(purpose).is_empty(), "{purpose}");
        }
    }

    proptest! {
        #[test]
        fn a_sum_is_never_taken_for_a_contract(
            number in "[0-9]{4,12}", sum in 1u32..1_000_000, kopecks in 0u32..100, unit in 0usize..5, sign in 0usize..3,
        ) {
            let unit = ["грн", "грн.", "UAH", "₴", "гривень"][unit];
            let sign = ["", "№ ", "номер "][sign];
            for sum in [format!("{sum} {unit}"), format!("{sum},{kopecks:02} {unit}"), format!("{sum}.{kopecks:02}{unit}")] {
                for purpose in [
                    format!("згідно договору {sum}"),
                    format!("згідно договору, {sum}"),
                    format!("дог. від 01.05.2024 {sum}"),
                    format!("договір № {sum}"),
                ] {
                    prop_assert!(contracts(&purpose).is_empty(), "{purpose}");
                }
                for purpose in [
                    format!("договір {sign}{number}, {sum}"),
                    format!("{sum} за договором {sign}{number}"),
                    format!("дог. від 01.05.2024 р. № {number}; {sum}"),
                ] {
                    let found = contracts(&purpose);
                    prop_assert_eq!(found.iter().map(ContractNumber::as_str).collect::<Vec<_>>(), [&number], "{}", purpose);
                }
            }
        }

        #[test]
        fn any_purpose_is_read(purpose in ".{0,80}", tail in "[договірNo№ .,0-9а-я]{0,40}") {
            contracts(&purpose);
            contracts(&format!("{purpose} договір {tail}"));
        }
    }

    #[test]
    fn several_contracts_are_all_named_once() {
        let found = contracts("договір 1, договір 2, дог. 1");
        assert_eq!(found.iter().map(ContractNumber::as_str).collect::<Vec<_>>(), ["1", "2"]);
    }
}
