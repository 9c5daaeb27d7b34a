//! Names and addresses as a stranger may see them: anyone can type any contract number into a terminal, so the answer
//! lets the subscriber recognise the account and tells nobody else whose it is.

use std::fmt;

/// A name or an address without what would identify a person. Only [`name`] and [`address`] make one, so an answer
/// cannot hold the full text by mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masked(String);

impl Masked {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands for hidden letters, however many there were: their number would tell too.
const HIDDEN: &str = "***";

/// Words that say what kind of place follows; they identify nobody and are kept.
const KINDS_OF_PLACE: [&str; 22] = [
    "м",
    "місто",
    "смт",
    "с",
    "село",
    "обл",
    "область",
    "р-н",
    "район",
    "вул",
    "вулиця",
    "ул",
    "просп",
    "пр",
    "пров",
    "бульв",
    "бул",
    "пл",
    "площа",
    "буд",
    "кв",
    "під",
];

/// `Іваненко Іван Петрович` → `І***о І. П.`: the surname's first and last letters and the initials. A surname of three
/// letters or fewer keeps only its first. Apostrophes, hyphens and quotes count as nothing.
pub fn name(full: &str) -> Masked {
    let mut words = full.split_whitespace().map(letters).filter(|word| !word.is_empty());
    let mut masked = match words.next().as_deref() {
        None => String::new(),
        Some([first, _, _, .., last]) => format!("{first}{HIDDEN}{last}"),
        Some(word) => format!("{}{HIDDEN}", word[0]),
    };
    for word in words {
        masked.push_str(&format!(" {}.", word[0]));
    }
    Masked(masked)
}

/// `м. Київ, вул. Лесі Українки, 12-А, кв. 5` → `м. К***, вул. Л*** У***, *, кв. *`: words keep their first letter,
/// anything with a digit and single letters (a house is often one) become a star, kinds of place stay.
pub fn address(full: &str) -> Masked {
    let words = full.split_whitespace().map(|word| {
        let bare = word.trim_end_matches([',', ';']);
        let (tail, bare) = (&word[bare.len()..], bare);
        format!("{}{tail}", address_word(bare))
    });
    Masked(words.collect::<Vec<_>>().join(" "))
}

fn address_word(word: &str) -> String {
    // «вул.Миру» is written without a blank as often as with one.
    if let Some((kind, rest)) = word.split_once('.')
        && !rest.is_empty()
    {
        return format!("{}{}", address_word(&format!("{kind}.")), address_word(rest));
    }
    let kind = word.trim_end_matches('.').to_lowercase();
    if KINDS_OF_PLACE.contains(&kind.as_str()) && (word.ends_with('.') || kind.chars().count() > 1) {
        return word.to_owned();
    }
    match letters(word).as_slice() {
        _ if word.chars().any(char::is_numeric) => "*".to_owned(),
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, ..] => format!("{first}{HIDDEN}"),
    }
}

fn letters(word: &str) -> Vec<char> {
    word.chars().filter(|letter| letter.is_alphabetic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surname_keeps_its_ends_and_the_rest_their_initials() {
        for (full, masked) in [
            ("Іваненко Іван", "І***о І."),
            ("Іваненко Іван Петрович", "І***о І. П."),
            ("Лук'яненко Мар'яна", "Л***о М."),
            ("Лук’яненко", "Л***о"),
            ("О'Ніл Джо", "О***л Д."),
            ("'Ярема", "Я***а"),
            ("Нечуй-Левицький Іван", "Н***й І."),
            ("Ковч Я", "К***ч Я."),
            ("Кос Оля", "К*** О."),
            ("Лі Ю", "Л*** Ю."),
            ("Я", "Я***"),
            ("  Іваненко \t Іван  ", "І***о І."),
            ("ТОВ «Ромашка»", "Т*** Р."),
            ("<b>Зло</b> & Co", "b***b C."),
            ("12345 -", ""),
            ("", ""),
        ] {
            assert_eq!(name(full).as_str(), masked, "{full}");
        }
    }

    #[test]
    fn an_address_keeps_first_letters_and_hides_every_number() {
        for (full, masked) in [
            ("вул. Миру 1", "вул. М*** *"),
            ("м. Київ, вул. Лесі Українки, 12-А, кв. 5", "м. К***, вул. Л*** У***, *, кв. *"),
            ("вул.Миру,1", "вул.*"),
            ("вул.Миру", "вул.М***"),
            ("вулиця Зелена, буд. 7, кв. 12", "вулиця З***, буд. *, кв. *"),
            ("с. Мар'янівка, О'Коннора 3 А", "с. М***, О*** * *"),
            ("пров. 1-го Травня 22/4", "пров. * Т*** *"),
            ("Б", "*"),
            ("—", ""),
            ("", ""),
        ] {
            assert_eq!(address(full).as_str(), masked, "{full}");
        }
    }
}
