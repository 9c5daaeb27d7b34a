//! Letters from outside: a relay that takes them, puts them off, refuses them, breaks the line, falls silent; TLS that is
//! required; what stands in a letter.
#![allow(clippy::disallowed_methods, reason = "patience is a part of what is tried")]

use cabinet_gateways::acquirer::{Patience, SettingsError};
use cabinet_gateways::mail::{
    Attachment, Fault, HeaderText, Letter, MailAddress, MailSettings, Mailbox, Mailer, Smtp, Tls, Verdict,
};
use cabinet_gateways::testing::{Act, End, Relay, Sink, Stage, Taken};
use std::sync::Arc;
use std::time::Duration as StdDuration;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/mail/keys");

fn text(text: &str) -> HeaderText {
    HeaderText::new(text).expect("one line")
}

fn letter(to: &str) -> Letter {
    Letter {
        id: text("0199e8a0-7c00-7000-8000-000000000001"),
        to: MailAddress::new(to).expect("an address"),
        subject: text("Рахунок 0000-2026-12: 12,90 ₴"),
        text: "Доброго дня.\n\n.крапка на початку\n".to_owned(),
        html: "<p>Доброго дня.</p>".to_owned(),
        attachments: Vec::new(),
        unsubscribe: None,
    }
}

fn relay(settings: &MailSettings) -> Smtp {
    let patience = Patience { connect: StdDuration::from_secs(2), whole: StdDuration::from_millis(300) };
    settings.build().expect("settings").expect("a relay").with_patience(patience)
}

async fn send(sink: &Sink) -> Result<(), Fault> {
    relay(&sink.settings()).send(&letter("ivan@example.com"), NOW).await
}

/// What comes of a relay that says this at a stage.
async fn says(stage: Stage, line: &'static str) -> (Result<(), Fault>, Vec<Taken>) {
    let manners = move |at, _: &str| if at == stage { Act::say(line) } else { Act::Proper };
    let sink = Sink::with(Relay::new(&["8BITMIME"], manners)).await;
    let outcome = send(&sink).await;
    (outcome, sink.relay.taken())
}

#[tokio::test]
async fn a_letter_is_taken_whole() {
    let sink = Sink::open().await;
    let mut one = letter("ivan@example.com");
    one.unsubscribe = Some(text("https://cabinet.example.com/api/v1/letters/unsubscribe?key=abc"));
    one.attachments = vec![Attachment {
        name: text("bill-0000-2026-12.pdf"),
        media_type: "application/pdf",
        bytes: b"%PDF-1.7 ...".to_vec(),
    }];
    let settings = MailSettings { reply_to: "help@example.com".to_owned(), ..sink.settings() };
    relay(&settings).send(&one, NOW).await.expect("taken");
    let taken = sink.relay.taken();
    assert_eq!(
        (taken.len(), taken[0].from.as_str(), taken[0].to.as_str()),
        (1, "noreply@example.com", "ivan@example.com")
    );
    let told = |name: &str| taken[0].header(name);
    assert_eq!(told("From"), "=?utf-8?b?0J7QvdC70LDQudC9?= <noreply@example.com>");
    assert_eq!(told("To"), "ivan@example.com");
    assert_eq!(told("Reply-To"), "help@example.com");
    assert_eq!(told("Message-ID"), "<0199e8a0-7c00-7000-8000-000000000001@example.com>");
    assert_eq!(told("Auto-Submitted"), "auto-generated");
    assert_eq!(told("List-Unsubscribe"), "<https://cabinet.example.com/api/v1/letters/unsubscribe?key=abc>");
    assert_eq!(told("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(told("Date"), "Sun, 22 Nov 2026 12:00:00 +0000");
    assert!(told("Subject").starts_with("=?utf-8?b?") && told("Content-Type").starts_with("multipart/mixed"));
    let body = &taken[0].letter;
    for part in ["multipart/alternative", "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/pdf"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(body.contains("filename=\"bill-0000-2026-12.pdf\"") && body.is_ascii(), "{body}");
    assert_eq!(sink.relay.heard()[0], "EHLO example.com");
}

#[tokio::test]
async fn a_letter_of_no_list_says_nothing_of_leaving_it() {
    let sink = Sink::open().await;
    send(&sink).await.expect("taken");
    let taken = sink.relay.taken();
    assert_eq!((taken[0].header("List-Unsubscribe"), taken[0].header("List-Unsubscribe-Post")), Default::default());
    assert!(taken[0].header("Content-Type").starts_with("multipart/alternative"));
}

#[tokio::test]
async fn refusals_are_told_apart_by_what_was_refused() {
    let cases = [
        (Stage::Greeting, "421 4.3.2 shutting down", Fault::PutOff(421), Verdict::Waits),
        (Stage::Greeting, "554 no", Fault::NotAdmitted(554), Verdict::Waits),
        (Stage::Sender, "550 5.7.1 not you", Fault::NotAdmitted(550), Verdict::Waits),
        (Stage::Recipient, "451 4.7.1 greylisted", Fault::PutOff(451), Verdict::Again),
        (Stage::Recipient, "550 5.1.1 no such user", Fault::AddressRefused(550), Verdict::AddressFails),
        (Stage::Recipient, "550-5.1.1 no such\r\n550 5.1.1 user", Fault::AddressRefused(550), Verdict::AddressFails),
        (Stage::Recipient, "552 mailbox full", Fault::AddressRefused(552), Verdict::AddressFails),
        (Stage::Recipient, "554 5.7.1 relaying denied", Fault::Refused(554), Verdict::Never),
        (Stage::Recipient, "550 5.1.8 bad sender", Fault::Refused(550), Verdict::Never),
        (Stage::Data, "451 4.3.0 busy", Fault::PutOff(451), Verdict::Again),
        (Stage::Letter, "451 4.3.0 busy", Fault::PutOff(451), Verdict::Again),
        (Stage::Letter, "554 5.7.1 spam", Fault::Refused(554), Verdict::Never),
        (Stage::Data, "550 5.1.1 no such user", Fault::AddressRefused(550), Verdict::AddressFails),
        (Stage::Letter, "550 5.1.1 no such user", Fault::AddressRefused(550), Verdict::AddressFails),
        (Stage::Letter, "552 5.2.2 mailbox full", Fault::AddressRefused(552), Verdict::AddressFails),
        (Stage::Letter, "552 5.2.3 too long", Fault::Refused(552), Verdict::Never),
        (Stage::Letter, "550 5.1.8 bad sender", Fault::Refused(550), Verdict::Never),
        (Stage::Letter, "550 no", Fault::Refused(550), Verdict::Never),
    ];
    for (stage, line, fault, verdict) in cases {
        let (outcome, taken) = says(stage, line).await;
        assert_eq!(outcome, Err(fault), "{stage:?} {line}");
        assert_eq!(fault.verdict(), verdict, "{line}");
        assert_eq!(taken.len(), usize::from(stage == Stage::Letter), "{line}");
        let told = fault.to_string();
        assert!(!told.contains("user") && !told.contains('@'), "{told}");
    }
}

#[tokio::test]
async fn a_line_that_breaks_and_one_that_falls_silent_are_tried_again() {
    for stage in [Stage::Greeting, Stage::Hello, Stage::Sender, Stage::Recipient, Stage::Data, Stage::Letter] {
        for (act, fault, verdict) in
            [(Act::Drop, Fault::NoConnection, Verdict::Waits), (Act::Hang, Fault::Timeout, Verdict::Again)]
        {
            let does = act.clone();
            let manners = move |at, _: &str| if at == stage { does.clone() } else { Act::Proper };
            let sink = Sink::with(Relay::new(&[], manners)).await;
            let patience = Patience { connect: StdDuration::from_millis(300), whole: StdDuration::from_millis(300) };
            let smtp = sink.settings().build().unwrap().unwrap().with_patience(patience);
            let outcome = smtp.send(&letter("ivan@example.com"), NOW).await;
            assert_eq!(outcome, Err(fault), "{stage:?} {act:?}");
            assert_eq!(fault.verdict(), verdict);
        }
    }
}

#[tokio::test]
async fn a_letter_dropped_after_data_is_sent_again_under_one_name() {
    let mut dropped = false;
    let manners = move |at, _: &str| {
        if at == Stage::Letter && !dropped {
            dropped = true;
            return Act::Drop;
        }
        Act::Proper
    };
    let sink = Sink::with(Relay::new(&[], manners)).await;
    let smtp = relay(&sink.settings());
    assert_eq!(smtp.send(&letter("ivan@example.com"), NOW).await, Err(Fault::NoConnection));
    assert_eq!(smtp.send(&letter("ivan@example.com"), NOW + Duration::MINUTE).await, Ok(()));
    let names: Vec<String> = sink.relay.taken().iter().map(|taken| taken.header("Message-ID")).collect();
    assert_eq!((names.len(), &names[0]), (2, &names[1]));
}

#[tokio::test]
async fn one_connection_serves_letter_after_letter_and_a_dead_one_is_replaced() {
    let sink = Sink::open().await;
    let smtp = relay(&sink.settings());
    for _ in 0..3 {
        smtp.send(&letter("ivan@example.com"), NOW).await.expect("taken");
    }
    assert_eq!((sink.relay.taken().len(), sink.relay.connections()), (3, 1));
    // What was kept open is dead when it is looked at again.
    sink.relay.behave(|at, _| if at == Stage::Idle { Act::Drop } else { Act::Proper });
    smtp.send(&letter("ivan@example.com"), NOW).await.expect("taken");
    assert_eq!((sink.relay.taken().len(), sink.relay.connections()), (4, 2));
}

#[tokio::test]
async fn many_letters_share_a_few_connections() {
    let sink = Sink::open().await;
    let smtp = Arc::new(relay(&sink.settings()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let smtp = smtp.clone();
        tasks.spawn(async move { smtp.send(&letter("ivan@example.com"), NOW).await });
    }
    assert!(tasks.join_all().await.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(sink.relay.taken().len(), 20);
    assert!(sink.relay.connections() <= 4, "{}", sink.relay.connections());
}

#[tokio::test]
async fn a_dead_relay_is_left_alone_and_a_refusing_one_is_not() {
    let dead = MailSettings { port: Some(1), ..Sink::open().await.settings() };
    let smtp = relay(&dead);
    for _ in 0..5 {
        assert_eq!(smtp.send(&letter("ivan@example.com"), NOW).await, Err(Fault::NoConnection));
    }
    assert_eq!(smtp.send(&letter("ivan@example.com"), NOW).await, Err(Fault::Resting));
    let later = NOW + Duration::seconds(30);
    assert_eq!(smtp.send(&letter("ivan@example.com"), later).await, Err(Fault::NoConnection), "one tries again");

    let manners = |at, _: &str| if at == Stage::Recipient { Act::say("451 later") } else { Act::Proper };
    let sink = Sink::with(Relay::new(&[], manners)).await;
    let smtp = relay(&sink.settings());
    for _ in 0..10 {
        assert_eq!(smtp.send(&letter("ivan@example.com"), NOW).await, Err(Fault::PutOff(451)));
    }
}

#[tokio::test]
async fn addresses_of_other_letters_need_a_relay_that_knows_them() {
    let sink = Sink::open().await;
    let smtp = relay(&sink.settings());
    smtp.send(&letter("іван@приклад.укр"), NOW).await.expect("taken");
    assert!(sink.relay.heard().iter().any(|line| line.starts_with("MAIL ") && line.contains("SMTPUTF8")));
    assert_eq!(sink.relay.taken()[0].to, "іван@xn--80aikifvh.xn--j1amh");
    let old = Sink::with(Relay::new(&[], |_, _| Act::Proper)).await;
    let outcome = relay(&old.settings()).send(&letter("іван@приклад.укр"), NOW).await;
    assert_eq!(outcome, Err(Fault::AddressRefused(553)));
    relay(&old.settings()).send(&letter("ivan@приклад.укр"), NOW).await.expect("a domain alone is written in ASCII");
}

#[tokio::test]
async fn who_signs_in_is_asked_and_a_wrong_password_is_no_fault_of_a_letter() {
    let settings = |sink: &Sink| MailSettings {
        username: "cabinet".to_owned(),
        password: Some("secret".into()),
        ..sink.settings()
    };
    let sink = Sink::with(Relay::new(&["AUTH PLAIN LOGIN"], |_, _| Act::Proper)).await;
    relay(&settings(&sink)).send(&letter("ivan@example.com"), NOW).await.expect("taken");
    assert_eq!(sink.relay.heard()[1], "AUTH PLAIN AGNhYmluZXQAc2VjcmV0");
    let manners = |at, _: &str| if at == Stage::SignIn { Act::say("535 5.7.8 wrong") } else { Act::Proper };
    let sink = Sink::with(Relay::new(&["AUTH PLAIN"], manners)).await;
    let outcome = relay(&settings(&sink)).send(&letter("ivan@example.com"), NOW).await;
    assert_eq!(outcome, Err(Fault::NotAdmitted(535)));
    assert!(sink.relay.taken().is_empty());
}

/// A relay that speaks TLS, at once or after STARTTLS.
async fn guarded(tls: Tls) -> (MailSettings, Relay) {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_file(format!("{KEYS}/relay.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(format!("{KEYS}/relay.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let offers: &[&str] = if tls == Tls::Starttls { &["STARTTLS"] } else { &["AUTH PLAIN"] };
    let relay = Relay::new(offers, |_, _| Act::Proper);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let speaker = relay.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, speaker) = (acceptor.clone(), speaker.clone());
            tokio::spawn(async move {
                let stream = match tls {
                    Tls::Starttls => match speaker.speak(stream, true).await {
                        Ok(End::Starttls(stream)) => stream,
                        _ => return,
                    },
                    _ => stream,
                };
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let _ = speaker.speak(stream, tls == Tls::Implicit).await;
            });
        }
    });
    let settings = MailSettings {
        host: "localhost".to_owned(),
        port: Some(port),
        tls,
        root_certificate_file: Some(format!("{KEYS}/authority.pem").into()),
        from: "noreply@example.com".to_owned(),
        ..MailSettings::default()
    };
    (settings, relay)
}

#[tokio::test]
async fn tls_is_spoken_from_the_first_byte_or_after_starttls() {
    for tls in [Tls::Implicit, Tls::Starttls] {
        let (settings, known) = guarded(tls).await;
        relay(&settings)
            .send(&letter("ivan@example.com"), NOW)
            .await
            .unwrap_or_else(|fault| panic!("{tls:?}: {fault}"));
        assert_eq!(known.taken().len(), 1, "{tls:?}");
    }
}

#[tokio::test]
async fn a_certificate_of_nobody_known_or_of_another_name_is_refused() {
    for tls in [Tls::Implicit, Tls::Starttls] {
        let (settings, known) = guarded(tls).await;
        let stranger = MailSettings { root_certificate_file: None, ..settings.clone() };
        let renamed = MailSettings { host: "127.0.0.1".to_owned(), ..settings };
        for settings in [stranger, renamed] {
            let outcome = relay(&settings).send(&letter("ivan@example.com"), NOW).await;
            assert_eq!(outcome, Err(Fault::NoConnection), "{tls:?}");
        }
        assert!(known.taken().is_empty());
        assert!(!known.heard().iter().any(|line| line.starts_with("MAIL")), "{:?}", known.heard());
    }
}

#[tokio::test]
async fn a_relay_that_offers_no_tls_where_it_is_required_hears_nothing() {
    let sink = Sink::with(Relay::new(&["AUTH PLAIN"], |_, _| Act::Proper)).await;
    let settings = MailSettings {
        host: "localhost".to_owned(),
        tls: Tls::Starttls,
        username: "cabinet".to_owned(),
        password: Some("secret".into()),
        ..sink.settings()
    };
    assert_eq!(relay(&settings).send(&letter("ivan@example.com"), NOW).await, Err(Fault::NoTls));
    let implicit = MailSettings { tls: Tls::Implicit, ..settings };
    assert!(relay(&implicit).send(&letter("ivan@example.com"), NOW).await.is_err());
    let heard = sink.relay.heard().join("\n");
    assert!(!heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
}

#[test]
fn settings_that_do_not_fit_are_named() {
    let good = MailSettings {
        host: "mail.example.com".to_owned(),
        from: "Онлайн <noreply@example.com>".to_owned(),
        ..MailSettings::default()
    };
    let why = |settings: MailSettings| settings.build().map(|relay| relay.is_some()).map_err(|error| error.to_string());
    assert_eq!(why(good.clone()), Ok(true));
    assert_eq!(why(MailSettings::default()), Ok(false), "without a host no letters are sent");
    assert_eq!(
        why(MailSettings { from: String::new(), ..good.clone() }),
        Err(SettingsError::Missing("from").to_string())
    );
    for from in ["noreply", "Онлайн <noreply>", "a@b.c\r\nBcc: x@y.z", "On\nline <noreply@example.com>"] {
        let told = why(MailSettings { from: from.to_owned(), ..good.clone() }).unwrap_err();
        assert!(told.starts_with("from must be an address"), "{from:?}: {told}");
    }
    let told = why(MailSettings { username: "cabinet".to_owned(), ..good.clone() });
    assert_eq!(told, Err(SettingsError::Missing("password").to_string()));
    let open = MailSettings {
        tls: Tls::None,
        username: "cabinet".to_owned(),
        password: Some("secret".into()),
        ..good.clone()
    };
    assert!(why(open.clone()).unwrap_err().contains("where a password is sent to another machine"));
    assert_eq!(why(MailSettings { host: "localhost".to_owned(), ..open }), Ok(true));
    let absent = MailSettings { root_certificate_file: Some("/nonexistent.pem".into()), ..good };
    assert!(why(absent).unwrap_err().contains("root_certificate_file"));
}

#[tokio::test]
async fn the_mailbox_keeps_the_newest() {
    let mailbox = Mailbox::default();
    for number in 0..60 {
        let one = Letter { id: text(&number.to_string()), ..letter("ivan@example.com") };
        mailbox.send(&one, NOW + Duration::seconds(number)).await.expect("kept");
    }
    let kept = mailbox.letters();
    assert_eq!((kept.len(), kept[0].letter.id.as_str(), kept[49].letter.id.as_str()), (50, "59", "10"));
    assert_eq!(kept[0].at, NOW + Duration::seconds(59));
}
