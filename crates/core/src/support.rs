//! What a subscriber may write to support, which files may go along, and whom a notice concerns.

use crate::person::folded;
use crate::policy::Policy;
use crate::refusal::{FieldFault, Refusal};
use serde::{Deserialize, Serialize};
use time::Date;

/// Most characters of a message.
pub const TEXT_MAX: usize = 4000;
/// Most characters of it that a list shows.
const BEGINS_MAX: usize = 80;
/// Most bytes of a file.
pub const FILE_MAX: usize = 5 * 1024 * 1024;
/// Most files that go along with a message.
pub const FILES_MAX: usize = 3;
/// Most characters of a file's name, its ending included.
pub const NAME_MAX: usize = 80;
/// Most characters of a notice's title.
pub const TITLE_MAX: usize = 120;
/// Most characters of the places a notice is for.
pub const PLACES_MAX: usize = 400;
/// Most notices that are shown at once.
pub const NEWS_MAX: i64 = 100;

/// Who wrote a message: whose ticket it is.
pub const SUBSCRIBER: &str = "subscriber";
/// Who wrote a message: support.
pub const STAFF: &str = "staff";

/// What a ticket is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Charges and payments.
    Charges,
    /// How the connection works.
    Connection,
    /// Anything else.
    Other,
}

impl Topic {
    /// All of them, in the order of the form.
    pub const ALL: [Topic; 3] = [Topic::Charges, Topic::Connection, Topic::Other];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Topic::Charges => "charges",
            Topic::Connection => "connection",
            Topic::Other => "other",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Support is to answer.
    Open,
    /// Support answered.
    Answered,
    /// It is over; a message of the subscriber opens it again.
    Closed,
}

impl TicketState {
    /// All of them.
    pub const ALL: [TicketState; 3] = [TicketState::Open, TicketState::Answered, TicketState::Closed];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            TicketState::Open => "open",
            TicketState::Answered => "answered",
            TicketState::Closed => "closed",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<TicketState> {
        TicketState::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What is told to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// News.
    News,
    /// Works that were planned, with their hours.
    PlannedWork,
}

impl NewsKind {
    /// Both.
    pub const ALL: [NewsKind; 2] = [NewsKind::News, NewsKind::PlannedWork];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            NewsKind::News => "news",
            NewsKind::PlannedWork => "planned_work",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<NewsKind> {
        NewsKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A text of several lines without blanks around it, if it says something in so many characters. Lines end by a line
/// feed, whatever they ended by; a tab is a blank.
///
/// # Errors
/// [`Refusal::FieldInvalid`].
pub fn check_text(field: &'static str, text: &str, longest: usize) -> Result<String, Refusal> {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    let text = text.trim();
    let fault = match () {
        () if text.is_empty() => FieldFault::Missing,
        () if text.chars().count() > longest => FieldFault::TooLong,
        () if text.chars().any(|c| c.is_control() && c != '\n') => FieldFault::Invalid,
        () => return Ok(text.to_owned()),
    };
    Err(Refusal::FieldInvalid { field, fault })
}

/// How a text begins: its first line, cut where it is long.
pub fn begins(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(BEGINS_MAX) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// What a subscriber has written already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Tickets that wait for support's answer, beside the one that is written to.
    pub waiting: i64,
    /// Messages of the business day.
    pub messages: i64,
    /// Files of the business day, sent with a message or not.
    pub files: i64,
}

/// Whether a subscriber may write one message more, to a ticket that will wait for an answer.
///
/// # Errors
/// [`Refusal::TicketsWaiting`], [`Refusal::WritingSpent`].
pub fn admit_message(written: Written, policy: &Policy, today: Date) -> Result<(), Refusal> {
    if written.waiting >= policy.tickets_waiting {
        return Err(Refusal::TicketsWaiting { most: policy.tickets_waiting });
    }
    spent(written.messages, policy.ticket_messages_per_day, today)
}

/// Whether a subscriber may send one file more.
///
/// # Errors
/// [`Refusal::WritingSpent`].
pub fn admit_file(written: Written, policy: &Policy, today: Date) -> Result<(), Refusal> {
    spent(written.files, policy.ticket_files_per_day, today)
}

fn spent(so_far: i64, most: i64, today: Date) -> Result<(), Refusal> {
    let possible_from = today.next_day().unwrap_or(today);
    if so_far >= most { Err(Refusal::WritingSpent { possible_from }) } else { Ok(()) }
}

/// What a file holds, told by its bytes alone: neither its name nor what a browser says of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    WebP,
    /// A document.
    Pdf,
    /// Plain text.
    Text,
}

impl FileKind {
    /// All of them.
    pub const ALL: [FileKind; 5] = [FileKind::Png, FileKind::Jpeg, FileKind::WebP, FileKind::Pdf, FileKind::Text];

    /// Of these bytes; nothing if they are of none. Text is UTF-8 without control characters.
    pub fn of(bytes: &[u8]) -> Option<FileKind> {
        match bytes {
            [] => None,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(FileKind::Png),
            [0xff, 0xd8, 0xff, ..] => Some(FileKind::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(FileKind::WebP),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(FileKind::Pdf),
            _ => {
                let text = std::str::from_utf8(bytes).ok()?;
                let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
                text.chars().all(plain).then_some(FileKind::Text)
            }
        }
    }

    /// As it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::WebP => "image/webp",
            FileKind::Pdf => "application/pdf",
            FileKind::Text => "text/plain; charset=utf-8",
        }
    }

    /// By what it is served as.
    pub fn from_media_type(media_type: &str) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// Endings its name may have; the first is given where there is none of them.
    fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::WebP => &["webp"],
            FileKind::Pdf => &["pdf"],
            FileKind::Text => &["txt", "log"],
        }
    }

    /// A name that every system keeps: of the last part of a path the letters, digits, blanks and a few marks, with an
    /// ending of this kind, so that whoever opens it opens what it is.
    pub fn name(self, given: &str) -> String {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept = |c: char| {
            if c.is_alphanumeric() || "-_.()".contains(c) { Some(c) } else { c.is_whitespace().then_some(' ') }
        };
        let plain: String = last.chars().filter_map(kept).collect();
        let plain = plain.trim_matches(['.', ' ']);
        let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
        let ending = ending.to_ascii_lowercase();
        let (stem, ending) = match self.endings().iter().find(|known| **known == ending) {
            Some(known) => (stem, *known),
            None => (plain, self.endings()[0]),
        };
        let stem: String = stem.chars().take(NAME_MAX - ending.len() - 1).collect();
        let stem = stem.trim_matches(['.', ' ']);
        format!("{}.{ending}", if stem.is_empty() { "file" } else { stem })
    }
}

/// Places a notice is for, parted by `;`, in the order they were given; empty for everybody.
///
/// # Errors
/// [`Refusal::FieldInvalid`]: a place without a letter or digit would be everybody's.
pub fn check_places(text: &str) -> Result<String, Refusal> {
    let wrong = |fault| Refusal::FieldInvalid { field: "places", fault };
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    if text.chars().count() > PLACES_MAX {
        return Err(wrong(FieldFault::TooLong));
    }
    let places: Vec<&str> = text.split(';').map(str::trim).collect();
    if text.chars().any(char::is_control) || places.iter().any(|place| folded(place).is_empty()) {
        return Err(wrong(FieldFault::Invalid));
    }
    Ok(places.join("; "))
}

/// Whether a notice for these places concerns an address: one of them, parted by `;`, stands in it as whole words, however
/// both are written. A notice for no place concerns everybody.
pub fn concerns(places: &str, address: &str) -> bool {
    let address = format!(" {} ", folded(address));
    places.is_empty() || places.split(';').any(|place| address.contains(&format!(" {} ", folded(place))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn codes_name_what_they_stand_for() {
        for topic in Topic::ALL {
            assert_eq!(Topic::from_code(topic.code()), Some(topic));
        }
        for state in TicketState::ALL {
            assert_eq!(TicketState::from_code(state.code()), Some(state));
        }
        for kind in NewsKind::ALL {
            assert_eq!(NewsKind::from_code(kind.code()), Some(kind));
        }
        for kind in FileKind::ALL {
            assert_eq!(FileKind::from_media_type(kind.media_type()), Some(kind));
        }
    }

    #[test]
    fn a_message_says_something_in_lines() {
        assert_eq!(check_text("text", " a\r\nb\tc \n", 10).as_deref(), Ok("a\nb c"));
        assert_eq!(check_text("text", &"я".repeat(10), 10), Ok("я".repeat(10)));
        let fault = |text: &str| match check_text("text", text, 10) {
            Err(Refusal::FieldInvalid { field: "text", fault }) => Some(fault),
            _ => None,
        };
        assert_eq!(fault(" \n "), Some(FieldFault::Missing));
        assert_eq!(fault(&"я".repeat(11)), Some(FieldFault::TooLong));
        assert_eq!(fault("a\u{0}b"), Some(FieldFault::Invalid));
        assert_eq!(fault("a\u{1b}[2J"), Some(FieldFault::Invalid));
    }

    #[test]
    fn a_list_shows_how_a_message_begins() {
        assert_eq!(begins("Чому?\nТому."), "Чому?");
        assert_eq!(begins(&"я".repeat(80)), "я".repeat(80));
        assert_eq!(begins(&format!("{} {}", "я".repeat(79), "б".repeat(9))), format!("{}…", "я".repeat(79)));
    }

    #[test]
    fn so_many_may_wait_and_so_many_are_written_a_day() {
        let (policy, today) =
            (Policy { tickets_waiting: 2, ticket_messages_per_day: 3, ..Policy::default() }, date!(2026 - 12 - 31));
        let admitted = |waiting, messages| admit_message(Written { waiting, messages, files: 0 }, &policy, today);
        assert_eq!(admitted(1, 2), Ok(()));
        assert_eq!(admitted(2, 0), Err(Refusal::TicketsWaiting { most: 2 }));
        assert_eq!(admitted(0, 3), Err(Refusal::WritingSpent { possible_from: date!(2027 - 01 - 01) }));
        let policy = Policy { ticket_files_per_day: 1, ..policy };
        let file = |files| admit_file(Written { files, ..Written::default() }, &policy, today);
        assert!(file(0).is_ok() && file(1).is_err());
    }

    #[test]
    fn a_file_is_what_its_bytes_are() {
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n...."), Some(FileKind::Png));
        assert_eq!(FileKind::of(b"\xff\xd8\xff\xe0"), Some(FileKind::Jpeg));
        assert_eq!(FileKind::of(b"RIFF\x10\0\0\0WEBPVP8 "), Some(FileKind::WebP));
        assert_eq!(FileKind::of(b"%PDF-1.7\n\0\xff"), Some(FileKind::Pdf));
        assert_eq!(FileKind::of("привіт,\r\n\tсвіте".as_bytes()), Some(FileKind::Text));
        // Markup is text, and is served as nothing else.
        assert_eq!(FileKind::of(b"<script>alert(1)</script>"), Some(FileKind::Text));
        for bad in [
            &b""[..],
            b"GIF89a\0",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"RIFF\x10\0\0\0WAVE",
            b"\x89PNG",
            b"a\0b",
            b"\xff\xfea",
        ] {
            assert_eq!(FileKind::of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_one_that_every_system_keeps() {
        for (kind, given, kept) in [
            (FileKind::Png, "фото лінії.PNG", "фото лінії.png"),
            (FileKind::Jpeg, "IMG_1 (2).jpeg", "IMG_1 (2).jpeg"),
            (FileKind::Text, "../../etc/passwd", "passwd.txt"),
            (FileKind::Text, "C:\\x\\evil.html", "evil.html.txt"),
            (FileKind::Png, "рахунок\u{202e}gpj.exe", "рахунокgpj.exe.png"),
            (FileKind::Pdf, "a\r\nContent-Type: x\".pdf", "a  Content-Type x.pdf"),
            (FileKind::Text, "...", "file.txt"),
            (FileKind::Text, ".log", "log.txt"),
            (FileKind::Pdf, "", "file.pdf"),
            (FileKind::Pdf, "a/", "file.pdf"),
        ] {
            assert_eq!(kind.name(given), kept, "{given:?}");
        }
        let long = FileKind::Jpeg.name(&"я".repeat(300));
        assert_eq!(long.chars().count(), NAME_MAX);
        assert!(long.ends_with("я.jpg"));
    }

    #[test]
    fn a_notice_concerns_who_lives_there() {
        let address = "м. Коростень, вул. Іванова 1/2, кв. 3";
        for place in ["", "вул. Іванова", "Вул Іванова, 1/2", "вул. Миру; вул. Іванова", "коростень"]
        {
            assert!(concerns(place, address), "{place}");
        }
        for place in ["вул. Іван", "вул. Миру", "вул. Іванова 2", "ванова", "вул. Миру; вул. Київська"]
        {
            assert!(!concerns(place, address), "{place}");
        }
        assert!(concerns("вул. Солом'янська", "вул. Соломʼянська 5"));
    }

    #[test]
    fn a_place_is_somebodys() {
        assert_eq!(check_places("  ").as_deref(), Ok(""));
        assert_eq!(check_places(" вул. Миру;вул. Іванова 1 ").as_deref(), Ok("вул. Миру; вул. Іванова 1"));
        for bad in [";", "вул. Миру;", "%", "вул. Миру; _", "a\nb"] {
            assert!(check_places(bad).is_err(), "{bad:?}");
        }
        assert!(check_places(&"я".repeat(PLACES_MAX + 1)).is_err());
    }
}
