//! A sum of money in words, as bills print it: «двісті гривень 50 копійок».

use crate::language::Language;
use crate::money::Money;

/// The three forms a counted noun has in Slavic languages: 1, 2–4, 5–20 (CLDR one, few, many).
type Forms = [&'static str; 3];

struct Numbers {
    /// 1–19, in the feminine: гривня, гривна and тысяча are.
    feminine: [&'static str; 20],
    /// 1 and 2 in the masculine: мільйон.
    masculine: [&'static str; 3],
    tens: [&'static str; 10],
    hundreds: [&'static str; 10],
    thousand: Forms,
    million: Forms,
    milliard: Forms,
    hryvnia: Forms,
    kopeck: Forms,
}

const UK: Numbers = Numbers {
    feminine: [
        "нуль",
        "одна",
        "дві",
        "три",
        "чотири",
        "п’ять",
        "шість",
        "сім",
        "вісім",
        "дев’ять",
        "десять",
        "одинадцять",
        "дванадцять",
        "тринадцять",
        "чотирнадцять",
        "п’ятнадцять",
        "шістнадцять",
        "сімнадцять",
        "вісімнадцять",
        "дев’ятнадцять",
    ],
    masculine: ["", "один", "два"],
    tens: ["", "", "двадцять", "тридцять", "сорок", "п’ятдесят", "шістдесят", "сімдесят", "вісімдесят", "дев’яносто"],
    hundreds: ["", "сто", "двісті", "триста", "чотириста", "п’ятсот", "шістсот", "сімсот", "вісімсот", "дев’ятсот"],
    thousand: ["тисяча", "тисячі", "тисяч"],
    million: ["мільйон", "мільйони", "мільйонів"],
    milliard: ["мільярд", "мільярди", "мільярдів"],
    hryvnia: ["гривня", "гривні", "гривень"],
    kopeck: ["копійка", "копійки", "копійок"],
};

const RU: Numbers = Numbers {
    feminine: [
        "ноль",
        "одна",
        "две",
        "три",
        "четыре",
        "пять",
        "шесть",
        "семь",
        "восемь",
        "девять",
        "десять",
        "одиннадцать",
        "двенадцать",
        "тринадцать",
        "четырнадцать",
        "пятнадцать",
        "шестнадцать",
        "семнадцать",
        "восемнадцать",
        "девятнадцать",
    ],
    masculine: ["", "один", "два"],
    tens: ["", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"],
    hundreds: ["", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"],
    thousand: ["тысяча", "тысячи", "тысяч"],
    million: ["миллион", "миллиона", "миллионов"],
    milliard: ["миллиард", "миллиарда", "миллиардов"],
    hryvnia: ["гривна", "гривны", "гривен"],
    kopeck: ["копейка", "копейки", "копеек"],
};

/// The plural form of a whole number in Ukrainian and Russian.
fn form(number: u64, forms: Forms) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    }
}

/// The sum in words: whole hryvnias spelled, kopecks in two digits. A negative sum is told without its sign; bills have
/// none.
pub fn in_words(sum: Money, language: Language) -> String {
    let kopecks = sum.kopecks().unsigned_abs();
    let (whole, part) = (kopecks / 100, kopecks % 100);
    match language {
        Language::Uk => slavic(whole, part, &UK),
        Language::Ru => slavic(whole, part, &RU),
        Language::En => {
            let (hryvnia, kopeck) =
                (if whole == 1 { "hryvnia" } else { "hryvnias" }, if part == 1 { "kopeck" } else { "kopecks" });
            format!("{} {hryvnia} {part:02} {kopeck}", english(whole))
        }
    }
}

fn slavic(whole: u64, part: u64, numbers: &Numbers) -> String {
    let mut words = Vec::new();
    for (size, forms) in [(1_000_000_000, numbers.milliard), (1_000_000, numbers.million), (1_000, numbers.thousand)] {
        let count = whole / size % if size == 1_000_000_000 { u64::MAX } else { 1_000 };
        if count > 0 {
            below_thousand(count % 1_000, size == 1_000, numbers, &mut words);
            words.push(form(count, forms));
        }
    }
    if !whole.is_multiple_of(1_000) {
        below_thousand(whole % 1_000, true, numbers, &mut words);
    }
    if whole == 0 {
        words.push(numbers.feminine[0]);
    }
    words.push(form(whole, numbers.hryvnia));
    format!("{} {part:02} {}", words.join(" "), form(part, numbers.kopeck))
}

fn below_thousand(number: u64, feminine: bool, numbers: &Numbers, words: &mut Vec<&'static str>) {
    let (hundreds, rest) = ((number / 100) as usize, (number % 100) as usize);
    let (tens, ones) = if rest < 20 { (0, rest) } else { (rest / 10, rest % 10) };
    let one = match ones {
        1 | 2 if !feminine => numbers.masculine[ones],
        _ => numbers.feminine[ones],
    };
    words.extend([numbers.hundreds[hundreds], numbers.tens[tens]].into_iter().filter(|word| !word.is_empty()));
    if ones > 0 {
        words.push(one);
    }
}

const ENGLISH: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn english(number: u64) -> String {
    let mut words = Vec::new();
    for (size, name) in [(1_000_000_000, " billion"), (1_000_000, " million"), (1_000, " thousand"), (1, "")] {
        let count = number / size % if size == 1_000_000_000 { u64::MAX } else { 1_000 };
        if count > 0 {
            words.push(format!("{}{name}", english_below_thousand((count % 1_000) as usize)));
        }
    }
    if words.is_empty() { ENGLISH[0].to_owned() } else { words.join(" ") }
}

fn english_below_thousand(number: usize) -> String {
    let rest = match number % 100 {
        0 => String::new(),
        small @ 1..20 => ENGLISH[small].to_owned(),
        large if large % 10 == 0 => ENGLISH_TENS[large / 10].to_owned(),
        large => format!("{}-{}", ENGLISH_TENS[large / 10], ENGLISH[large % 10]),
    };
    match (number / 100, rest.as_str()) {
        (0, _) => rest,
        (hundreds, "") => format!("{} hundred", ENGLISH[hundreds]),
        (hundreds, _) => format!("{} hundred {rest}", ENGLISH[hundreds]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uk(kopecks: i64) -> String {
        in_words(Money::from_kopecks(kopecks), Language::Uk)
    }

    #[test]
    fn hryvnias_are_feminine_and_kopecks_stand_in_digits() {
        assert_eq!(uk(200_50), "двісті гривень 50 копійок");
        assert_eq!(uk(1_00), "одна гривня 00 копійок");
        assert_eq!(uk(2_01), "дві гривні 01 копійка");
        assert_eq!(uk(21_02), "двадцять одна гривня 02 копійки");
        assert_eq!(uk(12_11), "дванадцять гривень 11 копійок");
        assert_eq!(uk(0), "нуль гривень 00 копійок");
    }

    #[test]
    fn thousands_are_feminine_and_millions_masculine() {
        assert_eq!(uk(1_001_00), "одна тисяча одна гривня 00 копійок");
        assert_eq!(uk(2_000_00), "дві тисячі гривень 00 копійок");
        assert_eq!(uk(1_000_000_00), "один мільйон гривень 00 копійок");
        assert_eq!(uk(2_345_678_90), "два мільйони триста сорок п’ять тисяч шістсот сімдесят вісім гривень 90 копійок");
        assert_eq!(uk(111_000_00), "сто одинадцять тисяч гривень 00 копійок");
    }

    #[test]
    fn other_languages_count_by_their_own_rules() {
        let told = |kopecks, language| in_words(Money::from_kopecks(kopecks), language);
        assert_eq!(told(152_232, Language::Ru), "одна тысяча пятьсот двадцать две гривны 32 копейки");
        assert_eq!(told(152_232, Language::En), "one thousand five hundred twenty-two hryvnias 32 kopecks");
        assert_eq!(told(1_01, Language::En), "one hryvnia 01 kopeck");
        assert_eq!(told(340_00, Language::En), "three hundred forty hryvnias 00 kopecks");
    }

    #[test]
    fn no_sum_is_too_large_to_tell() {
        for language in Language::ALL {
            assert!(!in_words(Money::from_kopecks(i64::MAX), language).is_empty());
            assert!(!in_words(Money::from_kopecks(i64::MIN), language).is_empty());
        }
    }
}
