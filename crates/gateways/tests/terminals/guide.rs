//! The examples and the codes of docs/terminals.md, held against the dialects.

use super::book::Book;
use super::{get, post, told};
use cabinet_gateways::terminal::{Call, DialectName, Outcome, Refusal, Settings, Terminal};
use std::collections::BTreeMap;

const GUIDE: &str = include_str!("../../../../docs/terminals.md");

/// A fenced block: what it is of, and its text.
struct Block<'g> {
    kind: &'g str,
    text: &'g str,
}

/// The fenced blocks of a section in order.
fn blocks(section: &str) -> Vec<Block<'_>> {
    let parts: Vec<&str> = section.split("```").collect();
    let inside = parts.iter().skip(1).step_by(2);
    inside.filter_map(|part| part.split_once('\n')).map(|(kind, text)| Block { kind, text: text.trim_end() }).collect()
}

/// The terminals that a section sets up, by name; one with keys left out for the reader is no example.
fn terminals(section: &str) -> BTreeMap<String, Terminal> {
    let indented: Vec<&str> = section.lines().map(|line| line.strip_prefix("    ").unwrap_or_default()).collect();
    let text = format!("\n{}", indented.join("\n"));
    let mut found = BTreeMap::new();
    for part in text.split("\n[terminals.").skip(1).filter(|part| !part.contains('…')) {
        let (name, settings) = part.split_once("]\n").expect("a name");
        let settings = settings.split("\n\n").next().unwrap_or_default();
        let settings: Settings = toml::from_str(settings).expect("settings");
        assert!(settings.on, "{name} is switched on");
        found.insert(name.to_owned(), Terminal::new(name, &settings).expect("a terminal"));
    }
    found
}

/// The call that a request makes, and whose it is.
fn call<'t>(terminals: &'t BTreeMap<String, Terminal>, request: &str) -> (&'t Terminal, Call) {
    let (first, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let (method, address) = first.split_once(" /api/v1/gateways/terminals/").expect("an address");
    let (name, query) = address.split_once('?').unwrap_or((address, ""));
    let terminal = terminals.get(name).unwrap_or_else(|| panic!("no terminal {name}"));
    match method {
        "GET" => (terminal, get(terminal, query)),
        "POST" => (terminal, post(terminal, body)),
        _ => panic!("{request}"),
    }
}

#[test]
fn every_request_of_the_guide_gets_the_answer_it_shows() {
    let mut shown = BTreeMap::new();
    for section in GUIDE.split("\n## ") {
        let (terminals, mut book) = (terminals(section), Book::new());
        for pair in blocks(section).chunks(2) {
            let [request, answer] = pair else { panic!("a request without an answer in {section}") };
            assert_eq!((request.kind, answer.kind), ("http", "xml"));
            let (terminal, call) = call(&terminals, request.text);
            assert_eq!(book.serve(terminal, call), answer.text, "{}", request.text);
            *shown.entry(terminal.dialect().as_str()).or_insert(0) += 1;
        }
    }
    let dialects: Vec<_> = DialectName::ALL.iter().filter(|name| !shown.contains_key(name.as_str())).collect();
    assert!(dialects.is_empty(), "no example of {dialects:?}");
}

/// The code of an answer, wherever its dialect writes it.
fn code(body: &str) -> String {
    let document = roxmltree::Document::parse(body).expect("well-formed");
    let named = |name: &str| document.descendants().find(|node| node.has_tag_name(name));
    let told = ["result", "ResultCode", "StatusCode"].iter().find_map(|name| named(name)?.text());
    told.or_else(|| document.descendants().find_map(|node| node.attribute("code"))).expect("a code").to_owned()
}

#[test]
fn every_code_of_the_guide_is_the_one_that_is_sent() {
    let all: BTreeMap<String, Terminal> = GUIDE.split("\n## ").flat_map(terminals).collect();
    let section = GUIDE.split("\n## ").find(|section| section.starts_with("Result codes")).expect("the section");
    let mut rows = section
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect::<Vec<_>>());
    let dialects: Vec<Vec<&str>> =
        rows.next().expect("a heading")[2..].iter().map(|cell| cell.split(", ").collect()).collect();
    let told_of: BTreeMap<String, Vec<&str>> = rows.skip(1).map(|row| (row[0].to_owned(), row[2..].to_vec())).collect();
    assert_eq!(told_of.len(), Refusal::ALL.len());
    for (terminal, refusal) in all.values().flat_map(|terminal| Refusal::ALL.map(|refusal| (terminal, refusal))) {
        let name = snake(&format!("{refusal:?}"));
        let place = dialects.iter().position(|names| names.contains(&terminal.dialect().as_str())).expect("a column");
        let answer = told(terminal, &get(terminal, ""), &Outcome::Refused(refusal));
        assert_eq!(code(&answer), told_of[&name][place], "{name} of {}", terminal.dialect());
    }
}

/// `NoAccount` as settings write it.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}
