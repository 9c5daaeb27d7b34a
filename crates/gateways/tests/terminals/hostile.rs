//! What strangers may send to any dialect.

use super::{NOW, get, peer, post, refused, terminal, told};
use cabinet_core::Money;
use cabinet_gateways::terminal::{
    BODY_MAX, Call, DialectName, Found, Line, Method, OurNumber, Outcome, RawRequest, Receipt, Refusal, State,
    Terminal, mask,
};
use proptest::prelude::*;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A terminal of every dialect; EasyPay here has no keys.
static UNSIGNED: LazyLock<Vec<Terminal>> = LazyLock::new(|| {
    let all = DialectName::ALL.map(|dialect| {
        let own = match dialect {
            DialectName::City24Xml => "login = 'city'\npassword = 'secret'",
            DialectName::Easypay => "service = '256'",
            _ => "",
        };
        terminal(&format!("dialect = '{dialect}'\n{own}"))
    });
    all.into()
});

/// EasyPay with keys.
static SIGNED: LazyLock<Terminal> = LazyLock::new(|| {
    terminal(&format!(
        "dialect = 'easypay'\nservice = '256'\ntheir_key = '''{}'''\nour_key = '''{}'''",
        include_str!("keys/theirs.public.pem"),
        include_str!("keys/ours.test.pem")
    ))
});

fn terminals() -> impl Iterator<Item = &'static Terminal> {
    UNSIGNED.iter().chain([&*SIGNED])
}

fn outcomes() -> Vec<Outcome> {
    let receipt = Receipt { number: OurNumber::MAX, at: NOW, amount: Money::from_kopecks(1_00) };
    let found = Found {
        account: "0042".parse().expect("a number"),
        name: mask::name("<x>\"&'"),
        address: mask::address("\u{0}]]>"),
        balance: Money::from_kopecks(-1),
        to_pay: Money::ZERO,
    };
    let line = Line { txn: "1".parse().expect("an id"), account: found.account.clone(), receipt: receipt.clone() };
    let states = [State::Reserved, State::Paid, State::Cancelled].map(|state| Outcome::Status(receipt.clone(), state));
    let done = [Outcome::Paid, Outcome::Already, Outcome::Reserved, Outcome::Confirmed, Outcome::Cancelled];
    let done = done.map(|outcome| outcome(receipt.clone()));
    let refused = Refusal::ALL.map(Outcome::Refused);
    let others = [Outcome::Found(found), Outcome::Reconciled(Vec::new()), Outcome::Reconciled(vec![line])];
    others.into_iter().chain(states).chain(done).chain(refused).collect()
}

/// Every outcome of a call is told as a whole document.
fn assert_answered(terminal: &Terminal, call: &Call) {
    for outcome in outcomes() {
        let body = told(terminal, call, &outcome);
        roxmltree::Document::parse(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    }
}

/// Bodies that would be requests, were it not for what is done to them.
fn bodies() -> [String; 3] {
    [
        "<commandCall><login>city</login><password>secret</password><command>check</command><account>0042</account>\
         </commandCall>"
            .to_owned(),
        "<Request><DateTime>2026-11-22T14:30:00</DateTime><Sign></Sign><Check><ServiceId>256</ServiceId>\
         <Account>0042</Account></Check></Request>"
            .to_owned(),
        "<Transfer interface=\"Debt\" action=\"Search\"><Data><Unit name=\"ls\" value=\"0042\"/></Data></Transfer>"
            .to_owned(),
    ]
}

fn is_understood(body: impl AsRef<[u8]>) -> bool {
    let started = Instant::now();
    let understood = terminals().any(|terminal| post(terminal, body.as_ref()).request.is_ok());
    assert!(started.elapsed() < Duration::from_secs(5), "bounded time");
    understood
}

#[test]
fn untouched_the_bodies_are_requests() {
    for body in bodies() {
        assert!(is_understood(&body), "{body}");
        assert!(is_understood(format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{body}")), "{body}");
    }
}

#[test]
fn no_entity_is_defined_and_no_file_is_read() {
    let root = |body: &str| body[1..].split([' ', '>']).next().expect("a name").to_owned();
    let secret = std::env::temp_dir().join(format!("cabinet-gateways-{}", std::process::id()));
    std::fs::write(&secret, "0042").expect("a file");
    for body in bodies() {
        let root = root(&body);
        let file = format!("<!DOCTYPE {root} [<!ENTITY x SYSTEM \"file://{}\">]>", secret.display());
        let laughs: String =
            (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
        let laughs = format!("<!DOCTYPE {root} [<!ENTITY l0 \"0042\">{laughs}]>");
        for (prologue, entity) in [
            (file.as_str(), "&x;"),
            (laughs.as_str(), "&l9;"),
            (laughs.as_str(), "&l0;"),
            (&format!("<!DOCTYPE {root} [<!ENTITY x \"0042\">]>"), "&x;"),
            (&format!("<!DOCTYPE {root}>"), "0042"),
            (&format!("<!DOCTYPE {root} []>"), "0042"),
            (&format!("<!DOCTYPE {root} SYSTEM \"http://127.0.0.1:9/\">"), "0042"),
            (&format!("<!DOCTYPE {root} [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/\">%x;]>"), "0042"),
            ("", "&x;"),
        ] {
            let hostile = format!("{prologue}{}", body.replace("0042", entity));
            assert!(!is_understood(&hostile), "{hostile}");
        }
    }
    std::fs::remove_file(&secret).expect("the file");
}

#[test]
fn size_depth_encoding_and_nul_are_refused() {
    for body in bodies() {
        let (open, close) = body.split_at(body.find("</").expect("an end"));
        let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
        assert!(is_understood(padded(BODY_MAX)));
        assert!(!is_understood(padded(BODY_MAX + 1)));
        assert!(!is_understood(padded(1024 * 1024)));
        assert!(!is_understood("<".repeat(1024 * 1024)));
        assert!(!is_understood(format!("{open}{}{}{close}", "<a>".repeat(9_000), "</a>".repeat(9_000))));
        assert!(!is_understood("<a>".repeat(BODY_MAX / 3)));
        assert!(!is_understood(body.replace("0042", "0042\0")));
        assert!(!is_understood(body.replace("0042", "0042&#0;")));
        assert!(!is_understood(format!("{body}\0")));
        assert!(!is_understood(format!("<?xml version=\"1.0\" encoding=\"windows-1251\"?>{body}")));
        assert!(!is_understood(body.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()));
        let mut latin = body.clone().into_bytes();
        latin.extend_from_slice(b"<!-- \xcf\xf0\xe8\xe2\xb3\xf2 -->");
        assert!(!is_understood(latin));
        for terminal in terminals() {
            let content_type = Some("text/xml; charset=windows-1251");
            let raw = RawRequest { method: Method::Post, query: "", body: body.as_bytes(), content_type };
            assert!(terminal.receive(peer(), &raw).request.is_err());
        }
    }
}

#[test]
fn every_answer_to_every_refusal_is_a_document() {
    for terminal in terminals() {
        for call in [get(terminal, ""), post(terminal, ""), post(terminal, "<")] {
            assert!(call.request.is_err());
            assert_answered(terminal, &call);
        }
        for body in bodies() {
            assert_answered(terminal, &post(terminal, &body));
        }
    }
}

#[test]
fn a_stranger_is_not_even_read() {
    for terminal in terminals() {
        let raw = RawRequest {
            method: Method::Get,
            query: "command=check&txn_id=1&account=0042&sum=1.00",
            body: b"",
            content_type: None,
        };
        for stranger in ["192.0.2.16", "10.0.0.1", "::1", "2001:db8::1", "::ffff:192.0.2.16"] {
            let call = terminal.receive(stranger.parse().expect("an address"), &raw);
            assert_eq!(refused(&call), Some(Refusal::NotAllowed), "{stranger}");
            assert_eq!(call.echo, Default::default());
        }
        let friend = terminal.receive("::ffff:192.0.2.15".parse().expect("an address"), &raw);
        assert_ne!(refused(&friend), Some(Refusal::NotAllowed));
    }
}

/// A body of the dialects with some bytes replaced, cut or doubled.
fn broken_body() -> impl Strategy<Value = Vec<u8>> {
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6);
    (0..3usize, edits).prop_map(|(which, edits)| {
        let mut body = bodies()[which].clone().into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 if body.len() > 1 => drop(body.remove(at)),
                _ => body.insert(at, byte),
            }
        }
        body
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_a_dialect_panic(body in proptest::collection::vec(any::<u8>(), 0..300), query in ".{0,80}") {
        for method in [Method::Get, Method::Post] {
            let raw = RawRequest { method, query: &query, body: &body, content_type: Some(&query) };
            for terminal in UNSIGNED.iter() {
                assert_answered(terminal, &terminal.receive(peer(), &raw));
            }
            prop_assert!(SIGNED.receive(peer(), &raw).request.is_err());
        }
    }

    #[test]
    fn no_broken_request_makes_a_dialect_panic(body in broken_body()) {
        for terminal in UNSIGNED.iter() {
            assert_answered(terminal, &post(terminal, &body));
        }
        prop_assert!(post(&SIGNED, &body).request.is_err());
    }

    #[test]
    fn no_query_makes_a_dialect_panic(
        command in "(check|pay|cancel|status|[a-z]{0,3})", account in "[0-9a-zA-Zі%&= <\"]{0,24}", sum in "[0-9.,eE+-]{0,14}",
    ) {
        let query = format!(
            "command={command}&QueryType={command}&txn_id={account}&TransactionId={account}&account={account}\
             &Account={account}&sum={sum}&Amount={sum}"
        );
        for terminal in UNSIGNED.iter() {
            assert_answered(terminal, &get(terminal, &query));
        }
    }
}
