//! The page of the demo's gateway: where a real payer would be at the bank, the demo's chooses what the bank says.

use crate::texts::{Three, pick};
use cabinet_core::Language;
use cabinet_core::format;
use cabinet_gateways::acquirer::{Choice, Ticket};

/// The page's looks.
pub const STYLE: &str = include_str!("../sandbox.css");

const TITLE: Three = ["Тестовий банк", "Тестовый банк", "Test bank"];
const ABOUT: Three = [
    "Гроші тут несправжні. Оберіть, що скаже банк.",
    "Деньги здесь ненастоящие. Выберите, что скажет банк.",
    "No money here is real. Choose what the bank will say.",
];
const CLOSED: Three = [
    "Банк нічого не повідомив: так буває, коли вкладку закрили. Платіж чекатиме добу.",
    "Банк ничего не сообщил: так бывает, когда вкладку закрыли. Платёж подождёт сутки.",
    "The bank said nothing, as when a tab is closed. The payment waits for a day.",
];
const BACK: Three = ["Повернутися до кабінету", "Вернуться в кабинет", "Back to the cabinet"];

const LOOKS: &str = "/api/v1/gateways/sandbox/style.css";

/// The page's own policy: its style, its form, nothing else.
pub fn policy() -> &'static str {
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

fn wording(choice: Choice) -> (&'static str, Three) {
    match choice {
        Choice::Paid => ("paid", ["Сплачено", "Оплачено", "Paid"]),
        Choice::Declined => ("declined", ["Відхилено", "Отклонено", "Declined"]),
        Choice::ClosedTab => {
            ("closed_tab", ["Вкладку закрито, не сплачено", "Вкладка закрыта, не оплачено", "Tab closed, not paid"])
        }
        Choice::PaidLater => (
            "paid_later",
            [
                "Сплачено, але повідомлення загубиться: кабінет дізнається за хвилину-дві",
                "Оплачено, но уведомление потеряется: кабинет узнает через минуту-две",
                "Paid, but the notification is lost: the account learns of it in a minute or two",
            ],
        ),
    }
}

/// The choice of a posted form.
pub fn choice(form: &[u8]) -> Option<Choice> {
    let code = form.strip_prefix(b"choice=")?;
    Choice::ALL.into_iter().find(|choice| wording(*choice).0.as_bytes() == code)
}

/// The page for a ticket; `query` is the ticket as the browser sent it.
pub fn page(ticket: &Ticket, query: &str) -> String {
    let language = ticket.language;
    let buttons: String = Choice::ALL
        .into_iter()
        .map(|choice| {
            let (code, texts) = wording(choice);
            format!(r#"<button name="choice" value="{code}">{}</button>"#, pick(texts, language))
        })
        .collect();
    let body = format!(
        r#"<p class="sum">{}</p><p>{}</p><p class="about">{}</p><form method="post" action="?{}">{buttons}</form>"#,
        format::money(language, ticket.amount),
        escape(&ticket.description),
        pick(ABOUT, language),
        escape(query),
    );
    document(language, pick(TITLE, language), LOOKS, &body)
}

/// What is left after the tab was closed.
pub fn closed(ticket: &Ticket) -> String {
    let language = ticket.language;
    let (told, back) = (pick(CLOSED, language), pick(BACK, language));
    document(
        language,
        pick(TITLE, language),
        LOOKS,
        &format!(r#"<p>{told}</p><p><a href="{}">{back}</a></p>"#, escape(&ticket.return_url)),
    )
}

/// A page of the server's own, with [`STYLE`] at the address of `looks`.
pub(crate) fn document(language: Language, title: &str, looks: &str, body: &str) -> String {
    format!(
        r#"<!doctype html><html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{title}</title><link rel="stylesheet" href="{looks}"></head><body><main><h1>{title}</h1>{body}</main></body></html>"#,
        language.code()
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_says_is_text_and_never_markup() {
        let ticket = Ticket {
            reference: "r".to_owned(),
            amount: "10.00".parse().unwrap(),
            description: "<script>alert(1)</script>".to_owned(),
            language: Language::Uk,
            return_url: "https://cabinet.example/\"><b>".to_owned(),
            notify_url: String::new(),
        };
        let page = page(&ticket, "a=\"><b>&b");
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script") && !page.contains("<b>"));
        assert!(!closed(&ticket).contains("<b>"));
    }

    #[test]
    fn every_choice_is_read_back() {
        for one in Choice::ALL {
            assert_eq!(choice(format!("choice={}", wording(one).0).as_bytes()), Some(one));
        }
        assert_eq!(choice(b"choice=all"), None);
    }
}
