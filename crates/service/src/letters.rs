//! What letters say. Each is a file a language: the subject, an empty line, then paragraphs; one that begins with `= ` is
//! what the letter is about and stands out. Names in braces are filled in, the same in every language.

use crate::Error;
use cabinet_core::Language;
use cabinet_gateways::mail::HeaderText;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// A code that confirms the address.
    Code,
    /// Word to an address that it is the account's no longer.
    Changed,
    /// The same where no other address took its place.
    Removed,
    /// A bill with something to pay.
    Bill,
    /// A bill the balance covers.
    Covered,
    /// A notice, in the words of its short message.
    Notice,
    /// A code for a forgotten password.
    Recovery,
    /// Support answered a ticket.
    Answer,
}

/// What is filled in, by its name in the files.
pub type Values<'v> = [(&'static str, &'v str)];

/// Values that are addresses, told as links.
const LINKS: [&str; 2] = ["link", "unsubscribe"];

macro_rules! texts {
    ($name:literal) => {
        [
            include_str!(concat!("letters/", $name, ".uk.txt")),
            include_str!(concat!("letters/", $name, ".ru.txt")),
            include_str!(concat!("letters/", $name, ".en.txt")),
        ]
    };
}

impl Template {
    /// All of them.
    pub const ALL: [Template; 8] = [
        Template::Code,
        Template::Changed,
        Template::Removed,
        Template::Bill,
        Template::Covered,
        Template::Notice,
        Template::Recovery,
        Template::Answer,
    ];

    fn text(self, language: Language) -> &'static str {
        let texts = match self {
            Template::Code => texts!("code"),
            Template::Changed => texts!("changed"),
            Template::Removed => texts!("removed"),
            Template::Bill => texts!("bill"),
            Template::Covered => texts!("covered"),
            Template::Notice => texts!("notice"),
            Template::Recovery => texts!("recovery"),
            Template::Answer => texts!("answer"),
        };
        match language {
            Language::Uk => texts[0],
            Language::Ru => texts[1],
            Language::En => texts[2],
        }
    }

    /// The letter in a language.
    ///
    /// # Errors
    /// [`Error::Internal`] if a value is missing or the subject would not be one line.
    pub fn write(self, language: Language, values: &Values<'_>) -> Result<Written, Error> {
        let (subject, body) = self.text(language).split_once("\n\n").unwrap_or_default();
        let subject = HeaderText::new(filled(subject, values, plain)?).map_err(Error::internal)?;
        let (mut text, mut html) = (String::new(), String::new());
        for paragraph in body.trim_end().split("\n\n") {
            let (said, style) = match paragraph.strip_prefix("= ") {
                Some(said) => (said, " style=\"font-size:1.5em;font-weight:bold\""),
                None => (paragraph, ""),
            };
            text.push_str(&filled(said, values, plain)?);
            text.push_str("\n\n");
            html.push_str(&format!("<p{style}>{}</p>\n", filled(said, values, marked)?));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body style=\"font-family:sans-serif;line-height:1.5;max-width:36em\">\n{html}</body></html>\n",
            language.code(),
            escape(subject.as_str()),
        );
        Ok(Written { subject, text, html })
    }
}

/// A letter in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is about.
    pub subject: HeaderText,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The text with every name in braces replaced, once: what is filled in is never read again.
pub(crate) fn filled(text: &str, values: &Values<'_>, form: fn(&str, &str) -> String) -> Result<String, Error> {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or_else(|| Error::internal("a letter's brace stands open"))?;
        let (_, value) = values
            .iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| Error::internal(format!("a letter asks for {name}")))?;
        done.push_str(before);
        done.push_str(&form(name, value));
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

pub(crate) fn plain(_: &str, value: &str) -> String {
    value.to_owned()
}

fn marked(name: &str, value: &str) -> String {
    let value = escape(value);
    if LINKS.contains(&name) { format!("<a href=\"{value}\">{value}</a>") } else { value }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every value any letter may ask for.
    const VALUES: [(&str, &str); 12] = [
        ("provider", "Онлайн"),
        ("support", "0 800 000 000"),
        ("contract", "0000"),
        ("code", "012345"),
        ("minutes", "10"),
        ("number", "0000-2015-01"),
        ("amount", "12,90 ₴"),
        ("day", "23 січня"),
        ("month", "січень 2015"),
        ("text", "Баланс 12,90 грн"),
        ("link", "https://cabinet.example.com/bills?bill=2015-01"),
        ("unsubscribe", "https://cabinet.example.com/x?key=a&b"),
    ];

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
    }

    #[test]
    fn a_letter_asks_for_the_same_in_every_language() {
        for template in Template::ALL {
            let asked = Language::ALL.map(|language| names(template.text(language)));
            assert!(asked.iter().all(|names| *names == asked[0]), "{template:?}: {asked:?}");
            let shape =
                |language| template.text(language).split("\n\n").map(|part| part.starts_with("= ")).collect::<Vec<_>>();
            assert!(Language::ALL.into_iter().all(|language| shape(language) == shape(Language::Uk)), "{template:?}");
            for language in Language::ALL {
                let written = template.write(language, &VALUES).unwrap();
                for text in [written.subject.as_str(), &written.text, &written.html] {
                    assert!(!text.contains(['{', '}']) && !text.contains("= "), "{template:?} {language:?}: {text}");
                }
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_text_and_never_markup_nor_another_name() {
        let values = VALUES.map(|(name, value)| (name, if name == "contract" { "<b>{code}\"&" } else { value }));
        let written = Template::Code.write(Language::En, &values).unwrap();
        assert!(written.text.contains("contract <b>{code}\"&:"), "{}", written.text);
        assert!(written.html.contains("contract &lt;b&gt;{code}&quot;&amp;:"), "{}", written.html);
        let bill = Template::Bill.write(Language::Uk, &VALUES).unwrap();
        let link =
            "<a href=\"https://cabinet.example.com/x?key=a&amp;b\">https://cabinet.example.com/x?key=a&amp;b</a>";
        assert!(bill.html.contains(link) && bill.text.contains("x?key=a&b\n"), "{}", bill.html);
        assert_eq!(bill.subject.as_str(), "Рахунок 0000-2015-01: 12,90 ₴");
    }

    #[test]
    fn a_letter_that_lacks_a_value_or_breaks_its_subject_is_not_written() {
        assert!(Template::Code.write(Language::Uk, &VALUES[1..]).is_err());
        let broken = VALUES.map(|(name, value)| (name, if name == "provider" { "a\r\nBcc: x@y.z" } else { value }));
        assert!(Template::Code.write(Language::Uk, &broken).is_err());
    }
}
