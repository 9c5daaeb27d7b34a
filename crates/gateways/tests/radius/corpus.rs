//! Answers that were met or thought of, kept (`corpus/answers.txt`), and what grows out of them: bytes flipped, cut, put in and
//! signed anew, against a second reading of the same rules.

use crate::packets::{SECRET, bytes, change, disconnect};
use cabinet_gateways::radius::attribute::{self, Attribute, named};
use cabinet_gateways::radius::packet::{Answer, Ask, Sent, Unfit, request};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const CORPUS: &str = include_str!("corpus/answers.txt");

struct Kept {
    sent: Sent,
    demanded: bool,
    outcome: &'static str,
    bytes: Vec<u8>,
    about: &'static str,
}

fn corpus() -> Vec<Kept> {
    let lines = CORPUS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let [to, demanded, outcome, hex, about]: [&'static str; 5] =
                line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let sent = if to == "change" { change() } else { disconnect() };
            Kept { sent, demanded: demanded == "demanded", outcome, bytes: bytes(hex.trim_matches('-')), about }
        })
        .collect()
}

fn outcome(read: Result<Answer, Unfit>) -> String {
    match read {
        Ok(Answer::Done) => "done".to_owned(),
        Ok(Answer::Refused(None)) => "refused".to_owned(),
        Ok(Answer::Refused(Some(cause))) => format!("refused {cause}"),
        Err(unfit) => format!("{unfit:?}"),
    }
}

#[test]
fn every_kept_answer_is_read_as_it_was() {
    for kept in corpus() {
        assert_eq!(outcome(kept.sent.answer(&kept.bytes, SECRET, kept.demanded)), kept.outcome, "{}", kept.about);
    }
}

/// What becomes of a kept answer.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Set(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index),
    /// The length it tells becomes the length it has.
    Length,
    /// Both signatures are made anew, by somebody who knows the secret.
    Sign,
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let index = any::<Index>;
    vec(
        prop_oneof![
            (index(), 1u8..).prop_map(|(at, by)| Change::Flip(at, by)),
            (index(), select(vec![0, 1, 2, 17, 18, 80, 101, 255])).prop_map(|(at, to)| Change::Set(at, to)),
            index().prop_map(Change::Cut),
            (index(), vec(any::<u8>(), 1..40)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
            (index(), index()).prop_map(|(from, to)| Change::Repeat(from, to)),
            Just(Change::Length),
            Just(Change::Sign),
        ],
        1..8,
    )
}

fn changed(mut bytes: Vec<u8>, sent: &Sent, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        match change {
            Change::Length if bytes.len() >= 4 => {
                let length = bytes.len() as u16;
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
            }
            Change::Sign if bytes.len() >= 20 => sign(&mut bytes, sent),
            Change::Insert(at, more) => {
                let at = at.index(bytes.len() + 1);
                bytes.splice(at..at, more.iter().copied());
            }
            _ if bytes.is_empty() => {}
            Change::Flip(at, by) => {
                let at = at.index(bytes.len());
                bytes[at] ^= by;
            }
            Change::Set(at, to) => {
                let at = at.index(bytes.len());
                bytes[at] = *to;
            }
            Change::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                let piece = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.extend(piece);
            }
            Change::Length | Change::Sign => {}
        }
    }
    bytes
}

/// The bytes of a packet which its length tells.
fn told(bytes: &[u8]) -> Option<usize> {
    let length = usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]));
    (20..=4096.min(bytes.len())).contains(&length).then_some(length)
}

/// The first Message-Authenticator, as far as attributes can be followed.
fn signature_at(bytes: &[u8]) -> Option<usize> {
    let mut at = 20;
    while let (Some(kind), Some(length @ 2..)) = (bytes.get(at), bytes.get(at + 1)) {
        if *kind == 80 {
            return (*length == 18 && at + 18 <= bytes.len()).then_some(at + 2);
        }
        at += usize::from(*length);
    }
    None
}

fn digests(bytes: &[u8], sent: &Sent) -> ([u8; 16], [u8; 16]) {
    let mut whole = bytes.to_vec();
    whole[4..20].copy_from_slice(&sent.bytes()[4..20]);
    let authenticator = Md5::new().chain_update(&whole).chain_update(SECRET).finalize().into();
    if let Some(at) = signature_at(&whole) {
        whole[at..at + 16].fill(0);
    }
    let mut mac = Hmac::<Md5>::new_from_slice(SECRET).unwrap();
    mac.update(&whole);
    (authenticator, mac.finalize().into_bytes().into())
}

fn sign(bytes: &mut [u8], sent: &Sent) {
    let length = told(bytes).unwrap_or(bytes.len());
    let bytes = &mut bytes[..length];
    if let Some(at) = signature_at(bytes) {
        let (_, signature) = digests(bytes, sent);
        bytes[at..at + 16].copy_from_slice(&signature);
    }
    let (authenticator, _) = digests(bytes, sent);
    bytes[4..20].copy_from_slice(&authenticator);
}

/// The same answer read in another way: whole, or not at all.
fn second_reading(bytes: &[u8], sent: &Sent, demanded: bool) -> Option<Answer> {
    let bytes = &bytes[..told(bytes)?];
    let (authenticator, signature) = digests(bytes, sent);
    if bytes[1] != sent.bytes()[1] || bytes[4..20] != authenticator {
        return None;
    }
    let done = match (sent.bytes()[0], bytes[0]) {
        (40, 41) | (43, 44) => true,
        (40, 42) | (43, 45) => false,
        _ => return None,
    };
    let (mut rest, mut cause, mut signed) = (&bytes[20..], None, None);
    while !rest.is_empty() {
        let length = usize::from(*rest.get(1)?);
        let value = rest.get(2..length)?;
        match rest[0] {
            80 if signed.is_none() => signed = Some(value == signature),
            101 if cause.is_none() => cause = Some(<[u8; 4]>::try_from(value).ok().map(u32::from_be_bytes)),
            _ => {}
        }
        rest = &rest[length..];
    }
    match signed {
        Some(false) => None,
        None if demanded => None,
        _ if done => Some(Answer::Done),
        _ => Some(Answer::Refused(cause.flatten())),
    }
}

/// An attribute of the dictionary with a value it can hold.
fn any_attribute() -> impl Strategy<Value = Attribute> {
    let text = ["User-Name", "Class", "Filter-Id", "Mikrotik-Rate-Limit", "Cisco-AVPair", "ERX-Service-Activate"];
    prop_oneof![
        (select(text.to_vec()), "[ -~]{1,246}").prop_map(|(name, text)| named(name).unwrap().with(&text).unwrap()),
        any::<u32>().prop_map(|number| named("Session-Timeout").unwrap().with(&number.to_string()).unwrap()),
        any::<u32>().prop_map(|number| named("WISPr-Bandwidth-Max-Up").unwrap().with(&number.to_string()).unwrap()),
        any::<std::net::Ipv4Addr>().prop_map(|ip| attribute::FRAMED_IP_ADDRESS.with(&ip.to_string()).unwrap()),
        (any::<std::net::Ipv6Addr>(), 0u8..=128)
            .prop_map(|(net, bits)| named("Delegated-IPv6-Prefix").unwrap().with(&format!("{net}/{bits}")).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Nothing that grows out of a kept answer makes it fall, and what is believed is what a second reading believes.
    #[test]
    fn what_grows_out_of_the_corpus_is_read_alike(kept in any::<Index>(), changes in changes(), demanded in any::<bool>()) {
        let corpus = corpus();
        let Kept { sent, bytes, .. } = &corpus[kept.index(corpus.len())];
        let datagram = changed(bytes.clone(), sent, &changes);
        let read = sent.answer(&datagram, SECRET, demanded);
        prop_assert_eq!(read.ok(), second_reading(&datagram, sent, demanded), "{:02x?} {:?}", datagram, read);
        prop_assert!(sent.answer(&datagram, b"another", demanded).is_err());
    }

    /// Whatever a request is made of is found in it again, in its order, signed for whoever knows the secret.
    #[test]
    fn any_attributes_arrive_as_they_were(attributes in vec(any_attribute(), 0..15), id in any::<u8>(), signed in any::<bool>()) {
        let sent = request(Ask::Change, id, &attributes, SECRET, signed).unwrap();
        let bytes = sent.bytes();
        prop_assert_eq!((bytes[0], bytes[1], told(bytes)), (43, id, Some(bytes.len())));
        let alone: Vec<Vec<u8>> = attributes.iter().map(|one| request(Ask::Change, id, std::slice::from_ref(one), SECRET, false).unwrap().bytes()[20..].to_vec()).collect();
        let whole = alone.concat();
        prop_assert_eq!(&bytes[20..20 + whole.len()], &whole[..]);
        for one in &alone {
            prop_assert_eq!(usize::from(one[1]), one.len());
        }
        let mut plain = bytes.to_vec();
        plain[4..20].fill(0);
        let authenticator: [u8; 16] = Md5::new().chain_update(&plain).chain_update(SECRET).finalize().into();
        prop_assert_eq!(&bytes[4..20], &authenticator[..]);
        prop_assert_eq!(bytes.len(), 20 + whole.len() + if signed { 18 } else { 0 });
        if signed {
            let at = bytes.len() - 16;
            plain[at..].fill(0);
            let mut mac = Hmac::<Md5>::new_from_slice(SECRET).unwrap();
            mac.update(&plain);
            let signature: [u8; 16] = mac.finalize().into_bytes().into();
            prop_assert_eq!(&bytes[at..], &signature[..]);
            prop_assert_eq!(&bytes[at - 2..at], &[80, 18][..]);
        }
    }
}

#[test]
fn a_prefix_travels_with_its_length_and_no_more_than_its_bytes() {
    let of = |text: &str| {
        let prefix = named("Delegated-IPv6-Prefix").unwrap().with(text).unwrap();
        request(Ask::Change, 1, &[prefix], SECRET, false).unwrap().bytes()[20..].to_vec()
    };
    assert_eq!(of("2001:db8:7::/56"), bytes("7b0b003820010db8000700"));
    assert_eq!(of("::/0"), bytes("7b040000"));
    for text in ["2001:db8::", "2001:db8::/129", "192.0.2.0/24", "/56", "2001:db8::/x"] {
        let refused = named("Framed-IPv6-Prefix").unwrap().with(text);
        assert_eq!(refused, Err(attribute::ValueError::Prefix), "{text}");
    }
}
