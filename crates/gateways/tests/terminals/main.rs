//! Terminals and banks that pay by contract number, each dialect from bytes to bytes over one small book.

mod book;
mod city24;
mod easypay;
mod guide;
mod hostile;
mod osmp;
mod privatbank;
mod settings;

use cabinet_gateways::terminal::{Call, Method, Outcome, RawRequest, Refusal, Request, Settings, Terminal};
use std::net::IpAddr;
use time::PrimitiveDateTime;
use time::macros::datetime;

/// The moment of every answer here.
const NOW: PrimitiveDateTime = datetime!(2026-11-22 14:31:00);

/// A terminal of these settings, asked from 192.0.2.1.
fn terminal(settings: &str) -> Terminal {
    let settings = format!("on = true\nallow = [\"192.0.2.0/28\"]\n{settings}");
    let settings: Settings = toml::from_str(&settings).expect("settings");
    Terminal::new("test", &settings).expect("a terminal")
}

fn peer() -> IpAddr {
    IpAddr::from([192, 0, 2, 1])
}

fn get(terminal: &Terminal, query: &str) -> Call {
    terminal.receive(peer(), &RawRequest { method: Method::Get, query, body: b"", content_type: None })
}

fn post(terminal: &Terminal, body: impl AsRef<[u8]>) -> Call {
    let content_type = Some("text/xml; charset=utf-8");
    terminal.receive(peer(), &RawRequest { method: Method::Post, query: "", body: body.as_ref(), content_type })
}

/// The body of the answer to a call whose outcome is this.
fn told(terminal: &Terminal, call: &Call, outcome: &Outcome) -> String {
    let answer = terminal.answer(&call.echo, outcome, NOW);
    assert_eq!(answer.content_type, "text/xml; charset=utf-8");
    answer.body
}

/// The body of the answer to a call that the dialect refused.
fn refusal(terminal: &Terminal, call: &Call) -> String {
    told(terminal, call, &Outcome::Refused(call.request.clone().expect_err("a refusal")))
}

fn refused(call: &Call) -> Option<Refusal> {
    call.request.clone().err()
}

fn asked(call: Call) -> Request {
    call.request.expect("a request")
}

/// Asserts that the text is a document whose elements of these names hold these values, each once.
#[track_caller]
fn assert_holds(body: &str, values: &[(&str, &str)]) {
    let document = roxmltree::Document::parse(body).expect("well-formed");
    for (name, value) in values {
        let mut named = document.descendants().filter(|node| node.has_tag_name(*name));
        let found = named.next().map(|node| node.text().unwrap_or_default());
        assert_eq!(found, Some(*value), "{name} in {body}");
        assert!(named.next().is_none(), "{name} twice in {body}");
    }
}
