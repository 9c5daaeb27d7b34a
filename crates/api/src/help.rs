//! The manual: files of this crate, `## Title {#id}` and plain paragraphs, read once at start. `{name}` in a paragraph
//! is a number of the policy, put in when it is told.

use crate::texts::pick;
use cabinet_contract::help::{Help, HelpSection};
use cabinet_core::format;
use cabinet_core::policy::DowngradeStart;
use cabinet_core::{Language, Policy};

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

    /// In a language, with the numbers of a policy.
    pub fn tell(&self, language: Language, policy: &Policy) -> Help {
        let manual = match language {
            Language::Uk => &self.uk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        };
        let numbers = numbers(policy, language);
        let filled = |text: &String| {
            numbers.iter().fold(text.clone(), |text, (name, number)| text.replace(&format!("{{{name}}}"), number))
        };
        let sections = manual.sections.iter().map(|section| HelpSection {
            paragraphs: section.paragraphs.iter().map(filled).collect(),
            ..section.clone()
        });
        Help { sections: sections.collect() }
    }
}

/// What the manual says of the policy, by its names there.
fn numbers(policy: &Policy, language: Language) -> [(&'static str, String); 8] {
    let count = |number: i64, uk, ru, en| {
        let forms = match language {
            Language::Uk => uk,
            Language::Ru => ru,
            Language::En => en,
        };
        format::counted(language, number, forms)
    };
    let days = |number: i64| count(number, ["день", "дні", "днів"], ["день", "дня", "дней"], ["day", "days", "days"]);
    let minutes = count(
        policy.quote_minutes,
        ["хвилину", "хвилини", "хвилин"],
        ["минуту", "минуты", "минут"],
        ["minute", "minutes", "minutes"],
    );
    let times =
        |number: i64| count(number, ["раз", "рази", "разів"], ["раза", "раз", "раз"], ["time", "times", "times"]);
    let characters = count(
        policy.password_min as i64,
        ["символ", "символи", "символів"],
        ["символа", "символов", "символов"],
        ["character", "characters", "characters"],
    );
    let starts = match policy.downgrade_start {
        DowngradeStart::NextMonth => {
            ["з 1 числа наступного місяця", "с 1 числа следующего месяца", "from the 1st of the next month"]
        }
        DowngradeStart::NextDay => ["з наступного дня", "со следующего дня", "from the next day"],
    };
    let again = match policy.days_between_changes {
        0 => pick(["будь-коли", "в любое время", "at any time"], language).to_owned(),
        apart => format!("{} {}", pick(["раз на", "раз в", "once in"], language), days(apart)),
    };
    let within = count(
        policy.undo_minutes,
        ["хвилини", "хвилин", "хвилин"],
        ["минуты", "минут", "минут"],
        ["minute", "minutes", "minutes"],
    );
    let undone = times(policy.undos_per_month);
    let undo = match (policy.undo_minutes > 0 && policy.undos_per_month > 0, language) {
        (true, Language::Uk) => format!(
            "Помилково ввімкнене можна скасувати впродовж {within}: усе списане повернеться. Кожну з послуг так скасовують \
             щонайбільше {undone} на місяць."
        ),
        (true, Language::Ru) => format!(
            "Включённое по ошибке можно отменить в течение {within}: всё списанное вернётся. Каждую из услуг так отменяют не \
             больше {undone} в месяц."
        ),
        (true, Language::En) => format!(
            "What was switched on by mistake can be undone within {within}: everything taken comes back. Each of the services \
             can be undone so {undone} a month at most."
        ),
        (false, Language::Uk) => "Те, що ви підтвердили, починає діяти й назад не береться.".to_owned(),
        (false, Language::Ru) => "То, что вы подтвердили, начинает действовать и назад не берётся.".to_owned(),
        (false, Language::En) => "What you have confirmed takes effect and is not undone.".to_owned(),
    };
    [
        ("recommend_days", days(policy.recommend_days)),
        ("change_again", again),
        ("downgrade_price", format::money(language, policy.downgrade_price)),
        ("downgrade_start", pick(starts, language).to_owned()),
        ("quote_minutes", minutes),
        ("cancels_per_month", times(policy.cancels_per_month)),
        ("password_min", characters),
        ("undo", undo),
    ]
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

    fn told(language: Language) -> Help {
        Manual::read().tell(language, &Policy::default())
    }

    #[test]
    fn every_language_has_the_same_sections() {
        let ids = |language| told(language).sections.into_iter().map(|section| section.id).collect::<Vec<_>>();
        assert_eq!(ids(Language::Uk), ids(Language::Ru));
        assert_eq!(ids(Language::Uk), ids(Language::En));
        assert!(ids(Language::Uk).len() >= 10);
        for language in Language::ALL {
            for section in told(language).sections {
                let texts = std::iter::once(&section.title).chain(&section.paragraphs);
                assert!(!section.paragraphs.is_empty(), "{}", section.id);
                texts.for_each(|text| assert!(!text.contains(['{', '}']), "{}: {text}", section.id));
            }
        }
    }

    #[test]
    fn numbers_are_the_policys() {
        let policy = Policy { quote_minutes: 21, downgrade_start: DowngradeStart::NextDay, ..Policy::default() };
        let help = Manual::read().tell(Language::Uk, &policy);
        let change = help.sections.iter().find(|section| section.id == "tariff-change").expect("the section");
        let text = change.paragraphs.join("\n").replace(format::NBSP, " ");
        assert!(
            text.contains("діє 21 хвилину") && text.contains("коштує 25,00 ₴") && text.contains("діє з наступного дня"),
            "{text}"
        );
    }

    #[test]
    fn what_can_be_undone_is_the_policys() {
        let undo = |undo_minutes, undos_per_month, language| {
            let policy = Policy { undo_minutes, undos_per_month, ..Policy::default() };
            let help = Manual::read().tell(language, &policy);
            let services = help.sections.into_iter().find(|section| section.id == "services").expect("the section");
            services.paragraphs.last().expect("a paragraph").replace(format::NBSP, " ")
        };
        let uk = undo(10, 1, Language::Uk);
        assert!(uk.contains("впродовж 10 хвилин:") && uk.contains("щонайбільше 1 раз на місяць"), "{uk}");
        let ru = undo(1, 3, Language::Ru);
        assert!(ru.contains("в течение 1 минуты:") && ru.contains("не больше 3 раз в месяц"), "{ru}");
        let en = undo(5, 2, Language::En);
        assert!(en.contains("within 5 minutes:") && en.contains("2 times a month at most"), "{en}");
        for (minutes, times) in [(0, 1), (10, 0)] {
            assert_eq!(undo(minutes, times, Language::En), "What you have confirmed takes effect and is not undone.");
        }
    }

    /// The texts of a locale file, up to what is filled in.
    fn names(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => {
                found.push(text.split('{').next().unwrap_or_default().trim().to_owned());
            }
            serde_json::Value::Object(members) => members.values().for_each(|value| names(value, found)),
            _ => {}
        }
    }

    #[test]
    fn controls_are_called_as_on_the_page() {
        let locales = [
            (Language::Uk, include_str!("../../../frontend/locales/uk.json")),
            (Language::Ru, include_str!("../../../frontend/locales/ru.json")),
            (Language::En, include_str!("../../../frontend/locales/en.json")),
        ];
        for (language, locale) in locales {
            let refusal = crate::texts::refusal(&cabinet_core::Refusal::SignInFailed, language);
            let mut known = vec![refusal.trim_end_matches('.').to_owned()];
            names(&serde_json::from_str(locale).expect("a locale file is JSON"), &mut known);
            let help = told(language);
            let text = help.sections.iter().flat_map(|section| &section.paragraphs);
            let quoted: Vec<&str> = text
                .flat_map(|text| text.split(['«', '“']).skip(1))
                .filter_map(|rest| rest.split(['»', '”']).next())
                .collect();
            assert!(quoted.len() >= 10, "{language:?}");
            for name in quoted {
                assert!(known.iter().any(|known| known == name), "{language:?}: nothing is called «{name}»");
            }
        }
    }
}
