//! The manual: files of this crate, `## Title {#id}` and plain paragraphs, read once at start.

use cabinet_contract::help::{Help, HelpSection};
use cabinet_core::Language;

/// The manual in every language.
pub struct Manual {
    uk: Help,
    ru: Help,
    en: Help,
}

impl Manual {
    /// Reads the files built into this program.
    pub fn read() -> Manual {
        Manual {
            uk: parse(include_str!("../help/uk.md")),
            ru: parse(include_str!("../help/ru.md")),
            en: parse(include_str!("../help/en.md")),
        }
    }

    /// In a language.
    pub fn tell(&self, language: Language) -> &Help {
        match language {
            Language::Uk => &self.uk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

fn parse(text: &str) -> Help {
    let sections =
        text.split("\n## ").map(|part| part.trim_start_matches("## ").trim()).filter(|part| !part.is_empty());
    Help { sections: sections.map(parse_section).collect() }
}

fn parse_section(text: &str) -> HelpSection {
    let (heading, body) = text.split_once('\n').unwrap_or((text, ""));
    let (title, id) = heading.split_once("{#").expect("every heading of the manual has an id");
    HelpSection {
        id: id.trim_end_matches(['}', ' ']).to_owned(),
        title: title.trim().to_owned(),
        paragraphs: body.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_sections() {
        let manual = Manual::read();
        let ids =
            |language| manual.tell(language).sections.iter().map(|section| section.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(Language::Uk), ids(Language::Ru));
        assert_eq!(ids(Language::Uk), ids(Language::En));
        assert!(ids(Language::Uk).len() >= 10);
        for language in Language::ALL {
            for section in &manual.tell(language).sections {
                assert!(!section.title.contains('{') && !section.paragraphs.is_empty(), "{}", section.id);
            }
        }
    }
}
