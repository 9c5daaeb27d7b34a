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
/// Words that may stand between such a word and its number.
const BETWEEN: [&str; 9] = ["номер", "ном", "no", "n", "nr", "рахун", "рах", "счет", "счёт"];
/// Words a date follows.
const DATED: [&str; 4] = ["від", "вiд", "от", "dated"];

/// The contract numbers a purpose names, each once, in order: digits after «договір», «договору №», «дог.», «о/р» and
/// their like, a date between them skipped; or the whole purpose, where it is nothing but digits. Whether there is such
/// a contract, and only one, the caller asks.
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
    let mut at = gap_end(text, from);
    loop {
        let end = word_end(text, at);
        let word: String = text[at..end].iter().collect();
        let is = |known: &[&str]| known.iter().any(|one| one.chars().map(alike).eq(word.chars()));
        if end > at && DATED.iter().any(|one| one.chars().map(alike).eq(word.chars())) {
            at = date_end(text, gap_end(text, end))?;
        } else if end > at && (is(&BETWEEN) || ["рахун", "рах"].iter().any(|stem| word.starts_with(stem))) {
            at = gap_end(text, end);
        } else {
            break;
        }
    }
    let end = (at..text.len()).find(|place| !text[*place].is_ascii_digit()).unwrap_or(text.len());
    // `12.05.2020` is no number of a contract, nor is `42А`.
    let dated =
        text.get(end).is_some_and(|c| matches!(c, '.' | '/')) && text.get(end + 1).is_some_and(char::is_ascii_digit);
    if dated || text.get(end).is_some_and(|c| c.is_alphabetic()) {
        return None;
    }
    text[at..end].iter().collect::<String>().parse().ok()
}

/// Behind a date and what is said after it, as in `12.05.2020 р.`.
fn date_end(text: &[char], from: usize) -> Option<usize> {
    let of_date = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/' | '-');
    let end = (from..text.len()).find(|place| !of_date(text[*place])).unwrap_or(text.len());
    if end == from {
        return None;
    }
    let word = gap_end(text, end);
    let after = word_end(text, word);
    let year: String = text[word..after].iter().collect();
    Some(if ["р", "року", "г", "года"].contains(&year.as_str()) { gap_end(text, after) } else { word })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(contracts(purpose).is_empty(), "{purpose}");
        }
    }

    #[test]
    fn several_contracts_are_all_named_once() {
        let found = contracts("договір 1, договір 2, дог. 1");
        assert_eq!(found.iter().map(ContractNumber::as_str).collect::<Vec<_>>(), ["1", "2"]);
    }
}
