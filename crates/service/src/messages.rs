//! What short messages say. Each is a line a language; names in braces are filled in, the same in every language.

use crate::Error;
use crate::letters::{Values, filled, plain};
use cabinet_core::Language;

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The balance and how long it lasts.
    Balance,
    /// The balance, where it lasts beyond all reckoning or nothing is charged.
    Plain,
    /// The account is blocked.
    Blocked,
    /// A payment came in.
    Paid,
    /// The account runs again.
    Restored,
    /// Both.
    PaidRestored,
    /// Another tariff began.
    Changed,
    /// Turbo runs.
    Turbo,
    /// A pause began.
    Paused,
    /// It is over.
    Resumed,
    /// A static address is connected.
    Address,
    /// It serves no more.
    AddressGone,
    /// A code that confirms the phone.
    Code,
    /// Word to a phone that messages go to another one.
    Moved,
    /// Word to a phone that it is the account's no longer.
    Removed,
    /// A code for a forgotten password.
    Recovery,
    /// Turbo was given back.
    Returned,
}

macro_rules! texts {
    ($name:literal) => {
        [
            include_str!(concat!("messages/", $name, ".uk.txt")),
            include_str!(concat!("messages/", $name, ".ru.txt")),
            include_str!(concat!("messages/", $name, ".en.txt")),
        ]
    };
}

impl Message {
    /// All of them.
    pub const ALL: [Message; 17] = [
        Message::Balance,
        Message::Plain,
        Message::Blocked,
        Message::Paid,
        Message::Restored,
        Message::PaidRestored,
        Message::Changed,
        Message::Turbo,
        Message::Paused,
        Message::Resumed,
        Message::Address,
        Message::AddressGone,
        Message::Code,
        Message::Moved,
        Message::Removed,
        Message::Recovery,
        Message::Returned,
    ];

    fn text(self, language: Language) -> &'static str {
        let texts = match self {
            Message::Balance => texts!("balance"),
            Message::Plain => texts!("plain"),
            Message::Blocked => texts!("blocked"),
            Message::Paid => texts!("paid"),
            Message::Restored => texts!("restored"),
            Message::PaidRestored => texts!("paid_restored"),
            Message::Changed => texts!("changed"),
            Message::Turbo => texts!("turbo"),
            Message::Paused => texts!("paused"),
            Message::Resumed => texts!("resumed"),
            Message::Address => texts!("address"),
            Message::AddressGone => texts!("address_gone"),
            Message::Code => texts!("code"),
            Message::Moved => texts!("moved"),
            Message::Removed => texts!("removed"),
            Message::Recovery => texts!("recovery"),
            Message::Returned => texts!("returned"),
        };
        match language {
            Language::Uk => texts[0],
            Language::Ru => texts[1],
            Language::En => texts[2],
        }
    }

    /// The message in a language, in letters that every telephone has.
    ///
    /// # Errors
    /// [`Error::Internal`] if a value is missing.
    pub fn write(self, language: Language, values: &Values<'_>) -> Result<String, Error> {
        Ok(simple(&filled(self.text(language).trim_end(), values, plain)?))
    }
}

/// Blanks, minus and quotes as every telephone has them: a single finer one would make a Latin message twice as long.
fn simple(text: &str) -> String {
    let letter = |c: char| match c {
        '\u{a0}' | '\u{202f}' => ' ',
        '\u{2212}' | '–' | '—' | '‑' => '-',
        '«' | '»' | '“' | '”' | '„' => '"',
        '’' | '‘' | 'ʼ' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(letter).collect()
}

/// The text in Latin letters, for installations that send 160 of them for the price of 70: Ukrainian by the Cabinet of
/// Ministers' table of 2010, Russian letters beside it.
pub fn latin(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut within = false;
    let mut before = ' ';
    for c in text.chars() {
        let small = c.to_lowercase().next().unwrap_or(c);
        let latin = match small {
            'г' if before == 'з' => "gh",
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' => "h",
            'ґ' => "g",
            'д' => "d",
            'е' | 'э' => "e",
            'є' => {
                if within {
                    "ie"
                } else {
                    "ye"
                }
            }
            'ж' => "zh",
            'з' => "z",
            'и' | 'ы' => "y",
            'і' => "i",
            'ї' => {
                if within {
                    "i"
                } else {
                    "yi"
                }
            }
            'й' => {
                if within {
                    "i"
                } else {
                    "y"
                }
            }
            'к' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' => "u",
            'ф' => "f",
            'х' => "kh",
            'ц' => "ts",
            'ч' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ю' => {
                if within {
                    "iu"
                } else {
                    "yu"
                }
            }
            'я' => {
                if within {
                    "ia"
                } else {
                    "ya"
                }
            }
            'ё' => {
                if within {
                    "io"
                } else {
                    "yo"
                }
            }
            'ь' | 'ъ' => "",
            _ => {
                written.push(c);
                within = c.is_alphanumeric();
                before = c;
                continue;
            }
        };
        if c == small {
            written.push_str(latin);
        } else {
            let mut letters = latin.chars();
            written.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            written.push_str(letters.as_str());
        }
        within = true;
        before = small;
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_gateways::sms::parts;
    use std::collections::BTreeSet;

    /// Every value any message may ask for, as long as they mostly are.
    const VALUES: [(&str, &str); 11] = [
        ("balance", "\u{2212}137,10"),
        ("amount", "150,00"),
        ("day", "15\u{a0}січня"),
        ("until", "15\u{a0}листопада, 18:40"),
        ("address", "203.111.222.255"),
        ("contract", "0000"),
        ("tariff", "Домашній 100"),
        ("code", "01234567"),
        ("provider", "Онлайн"),
        ("support", "0800000000"),
        ("minutes", "10"),
    ];

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn a_message_asks_for_the_same_in_every_language_and_for_nothing_unknown() {
        for message in Message::ALL {
            let asked = Language::ALL.map(|language| names(message.text(language)));
            assert!(asked.iter().all(|names| *names == asked[0]), "{message:?}: {asked:?}");
            assert!(asked[0].iter().all(|name| VALUES.iter().any(|(known, _)| known == name)), "{message:?}");
            for language in Language::ALL {
                let written = message.write(language, &VALUES).unwrap();
                assert!(!written.contains(['{', '}', '\n', '₴', '\u{a0}', '\u{2212}', '’']), "{written}");
                assert_eq!(message.text(language).trim_end().lines().count(), 1, "{message:?}");
            }
            let Some(needed) = VALUES.iter().position(|(name, _)| asked[0].contains(name)) else { continue };
            let lacking: Vec<_> = VALUES.iter().copied().filter(|value| *value != VALUES[needed]).collect();
            assert!(message.write(Language::Uk, &lacking).is_err(), "{message:?}");
        }
    }

    #[test]
    fn a_message_is_one_part() {
        for message in Message::ALL {
            for language in Language::ALL {
                let written = message.write(language, &VALUES).unwrap();
                assert_eq!(parts(&written), 1, "{} letters: {written}", written.chars().count());
                assert_eq!(parts(&latin(&written)), 1);
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_never_another_name() {
        let values = VALUES.map(|(name, value)| (name, if name == "provider" { "{code}\n«X»" } else { value }));
        let written = Message::Code.write(Language::En, &values).unwrap();
        assert_eq!(written, "01234567 is your code for {code} \"X\". Tell it to nobody");
    }

    #[test]
    fn latin_letters_are_those_of_passports() {
        for (text, expected) in [
            ("Згурський Юрій, Їжакевич, Єнакієве", "Zghurskyi Yurii, Yizhakevych, Yenakiieve"),
            ("Баланс -137,10 грн, вистачить до 15 січня", "Balans -137,10 hrn, vystachyt do 15 sichnia"),
            ("Щука, ґанок, Київ", "Shchuka, ganok, Kyiv"),
            ("SMS 0800", "SMS 0800"),
        ] {
            assert_eq!(latin(text), expected);
        }
    }
}
