//! Pages about letters, made by the server: the one behind a letter's link, and the demo's mailbox.

use crate::sandbox_page::{document, escape};
use crate::texts::{Three, pick};
use cabinet_core::Language;
use cabinet_gateways::mail::Kept;
use cabinet_gateways::{sms, web_push};
use cabinet_service::clock::local_time;
use cabinet_service::confirm_email::Unsubscribing;
use time::OffsetDateTime;

/// Where the looks of these pages are.
pub const STYLE: &str = "/api/v1/letters/style.css";

const BILLS: Three = ["Рахунки на e-mail", "Счета на e-mail", "Bills by e-mail"];
const ASK: Three = [
    "Більше не надсилати рахунки на цю адресу? У кабінеті вони лишаться, і там же їх можна ввімкнути знову.",
    "Больше не присылать счета на этот адрес? В кабинете они останутся, и там же их можно включить снова.",
    "Send no more bills to this address? They stay in the cabinet, where they can be switched on again.",
];
const OFF: Three = ["Вимкнути", "Выключить", "Switch off"];
const DONE: Three = [
    "Рахунки на цю адресу більше не надходитимуть.",
    "Счета на этот адрес больше не придут.",
    "No more bills will come to this address.",
];
const STALE: Three = [
    "Це посилання більше не діє: рахунки на цю адресу не надсилаються.",
    "Эта ссылка больше не действует: счета на этот адрес не отправляются.",
    "This link is good no more: no bills go to that address.",
];
const MAILBOX: Three = ["Листи й SMS демо", "Письма и SMS демо", "Letters and SMS of the demo"];
const ABOUT: Three = [
    "Тут ніщо не надсилається: це листи, SMS і сповіщення в браузер, які надійшли б абонентам.",
    "Здесь ничего не отправляется: это письма, SMS и уведомления в браузер, которые пришли бы абонентам.",
    "Nothing is sent here: these are the letters, messages and notifications subscribers would get.",
];
const NONE: Three = ["Тут ще нічого немає.", "Здесь ещё ничего нет.", "There is nothing here yet."];
const PARTS: Three = ["частин", "частей", "parts"];

/// The page behind the link of a letter.
pub fn unsubscribe(found: Unsubscribing, key: &str) -> String {
    let say = |texts: Three| pick(texts, found.language);
    let body = if found.bills {
        format!(
            r#"<p>{}</p><form method="post" action="?key={}"><button name="List-Unsubscribe" value="One-Click">{}</button></form>"#,
            say(ASK),
            escape(key),
            say(OFF)
        )
    } else {
        format!("<p>{}</p>", say(DONE))
    };
    document(found.language, say(BILLS), STYLE, &body)
}

/// The page behind a link that is nobody's any more.
pub fn stale(language: Language) -> String {
    document(language, pick(BILLS, language), STYLE, &format!("<p>{}</p>", pick(STALE, language)))
}

/// The demo's mailbox, the newest first, letters, short messages and notifications together.
pub fn mailbox(
    letters: &[Kept],
    messages: &[sms::Kept],
    notifications: &[web_push::Kept],
    language: Language,
) -> String {
    let mut body = format!("<p class=\"about\">{}</p>", pick(ABOUT, language));
    if letters.is_empty() && messages.is_empty() && notifications.is_empty() {
        body.push_str(&format!("<p>{}</p>", pick(NONE, language)));
    }
    let mut articles: Vec<(OffsetDateTime, String)> = letters.iter().map(|kept| (kept.at, letter(kept))).collect();
    articles.extend(messages.iter().map(|kept| (kept.at, message(kept, language))));
    articles.extend(notifications.iter().map(|kept| (kept.at, notification(kept))));
    // Those of one second stay as they are, each kind's newest first.
    articles.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    body.extend(articles.into_iter().map(|(_, article)| article));
    document(language, pick(MAILBOX, language), STYLE, &body)
}

fn letter(Kept { at, letter }: &Kept) -> String {
    let at = local_time(*at);
    let files: String = letter
        .attachments
        .iter()
        .map(|file| format!("<p>{}, {} KiB</p>", escape(file.name.as_str()), file.bytes.len().div_ceil(1024)))
        .collect();
    format!(
        "<article><h2>{}</h2><p>{} · {:02}:{:02}</p><pre>{}</pre>{files}</article>",
        escape(letter.subject.as_str()),
        escape(letter.to.as_str()),
        at.hour(),
        at.minute(),
        linked(&letter.text),
    )
}

fn message(sms::Kept { at, message }: &sms::Kept, language: Language) -> String {
    let at = local_time(*at);
    let parts = match sms::parts(&message.text) {
        1 => String::new(),
        parts => format!(" · {parts} {}", pick(PARTS, language)),
    };
    format!(
        "<article><h2>SMS</h2><p>{} · {:02}:{:02}{parts}</p><pre>{}</pre></article>",
        message.to,
        at.hour(),
        at.minute(),
        escape(&message.text),
    )
}

fn notification(web_push::Kept { at, to, message }: &web_push::Kept) -> String {
    let at = local_time(*at);
    let told: serde_json::Value = serde_json::from_slice(message).unwrap_or_default();
    let text = |name: &str| escape(told[name].as_str().unwrap_or_default());
    format!(
        "<article><h2>Push: {}</h2><p>{} · {:02}:{:02}</p><pre>{}</pre></article>",
        text("title"),
        escape(to),
        at.hour(),
        at.minute(),
        text("body"),
    )
}

/// The text, its addresses as links.
fn linked(text: &str) -> String {
    let word = |word: &str| {
        let blanks = word.len() - word.trim_end().len();
        let (said, after) = word.split_at(word.len() - blanks);
        if said.starts_with("http://") || said.starts_with("https://") {
            let (address, rest) = said.split_at(said.trim_end_matches([',', '.']).len());
            let address = escape(address);
            format!("<a href=\"{address}\">{address}</a>{}{after}", escape(rest))
        } else {
            format!("{}{after}", escape(said))
        }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_core::phone::Phone;
    use cabinet_gateways::mail::{HeaderText, Letter, MailAddress};
    use time::macros::datetime;

    #[test]
    fn a_letter_is_text_on_the_page_and_its_addresses_lead_somewhere() {
        let letter = Letter {
            id: HeaderText::new("1").unwrap(),
            to: MailAddress::new("ivan@example.com").unwrap(),
            subject: HeaderText::new("<b>").unwrap(),
            text: "a <script> here\nhttps://x.example/?a=1&b=\"2\", end\n".to_owned(),
            html: String::new(),
            attachments: Vec::new(),
            unsubscribe: None,
        };
        let message = sms::Sms {
            id: "2".to_owned(),
            to: Phone::new("0501234567").unwrap(),
            text: format!("<i>{}", "я".repeat(70)),
        };
        let kept = Kept { at: datetime!(2026-11-22 12:05 UTC), letter };
        let later = sms::Kept { at: datetime!(2026-11-22 12:06 UTC), message };
        let told = web_push::Kept {
            at: datetime!(2026-11-22 12:07 UTC),
            to: "fcm.googleapis.com".to_owned(),
            message: br#"{"title":"<b>","body":"<u>37"}"#.to_vec(),
        };
        let page = mailbox(&[kept], &[later], &[told], Language::En);
        assert!(page.contains("Push: &lt;b&gt;") && page.contains("14:07") && page.contains("&lt;u&gt;37"), "{page}");
        let (sms, letter) = (page.find("+380501234567").unwrap(), page.find("ivan@example.com").unwrap());
        assert!(sms < letter && page.contains("14:06 · 2 parts") && page.contains("&lt;i&gt;"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&lt;b&gt;") && !page.contains("<script"), "{page}");
        let link = "<a href=\"https://x.example/?a=1&amp;b=&quot;2&quot;\">";
        assert!(page.contains(link) && page.contains("</a>, end") && page.contains("14:05"), "{page}");
        assert!(mailbox(&[], &[], &[], Language::En).contains("nothing here yet"));
    }

    #[test]
    fn the_key_of_a_link_is_text() {
        let page = unsubscribe(Unsubscribing { language: Language::Uk, bills: true }, "\"><script>");
        assert!(page.contains("&quot;&gt;&lt;script&gt;") && !page.contains("<script>"));
    }
}
