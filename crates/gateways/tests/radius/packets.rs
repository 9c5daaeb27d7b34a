//! Requests byte for byte, and answers that are none. The vectors were computed by an independent program from RFC 5176 and
//! RFC 3579 with the secret `testing123`.

use cabinet_gateways::radius::attribute::{self, Attribute, ValueError, named};
use cabinet_gateways::radius::packet::{Answer, Ask, Sent, TooLong, Unfit, request};
use proptest::prelude::*;

pub const SECRET: &[u8] = b"testing123";

pub fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn session() -> Vec<Attribute> {
    vec![
        attribute::USER_NAME.with("0000").unwrap(),
        attribute::NAS_IP_ADDRESS.with("10.0.0.1").unwrap(),
        attribute::ACCT_SESSION_ID.with("81000001").unwrap(),
    ]
}

pub fn disconnect() -> Sent {
    request(Ask::Disconnect, 7, &session(), SECRET, false).unwrap()
}

pub fn change() -> Sent {
    let mut attributes = session();
    attributes.push(named("Mikrotik-Rate-Limit").unwrap().with("50M/100M").unwrap());
    request(Ask::Change, 8, &attributes, SECRET, true).unwrap()
}

const DISCONNECTED: &str = "29070014af100172e52d831e9b15ab579267b986";
const NO_SESSION: &str = "2a07001ac47c921dd6e9762790dfc4a7c903f22b6506000001f7";
const CHANGED: &str = "2c0800263bc7f6f9908fcd3f1e7fb910c09a589c5012b666cfecbc30e1fd6f2c69aaf9b61c0f";

#[test]
fn requests_are_the_vectors() {
    let expected = "2807002add5ada7d002f85230f7c6ace40f16f2501063030303004060a0000012c0a3831303030303031";
    assert_eq!(disconnect().bytes(), bytes(expected));
    let expected =
        "2b08004c1a4acda83a6798623ba049ca4904f14401063030303004060a0000012c0a38313030303030311a1000003a8c080a35304d2f\
                    3130304d5012fb1734e45ca2300ecb6c91c1cfa9df0e"
            .replace(' ', "");
    assert_eq!(change().bytes(), bytes(&expected));
}

#[test]
fn answers_are_the_vectors() {
    assert_eq!(disconnect().answer(&bytes(DISCONNECTED), SECRET, false), Ok(Answer::Done));
    assert_eq!(disconnect().answer(&bytes(NO_SESSION), SECRET, false), Ok(Answer::Refused(Some(503))));
    assert_eq!(change().answer(&bytes(CHANGED), SECRET, true), Ok(Answer::Done));
    // Bytes behind the packet are padding.
    let padded = [bytes(DISCONNECTED), vec![0; 9]].concat();
    assert_eq!(disconnect().answer(&padded, SECRET, false), Ok(Answer::Done));
}

#[test]
fn what_is_no_answer_is_named() {
    let refused =
        |sent: &Sent, datagram: &[u8], secret: &[u8], demanded| sent.answer(datagram, secret, demanded).unwrap_err();
    let whole = bytes(DISCONNECTED);
    let with = |at: usize, byte: u8| {
        let mut changed = whole.clone();
        changed[at] = byte;
        changed
    };
    assert_eq!(refused(&disconnect(), &whole, b"testing124", false), Unfit::Authenticator);
    assert_eq!(refused(&disconnect(), &with(1, 8), SECRET, false), Unfit::Id);
    assert_eq!(refused(&disconnect(), &with(0, 44), SECRET, false), Unfit::Code);
    assert_eq!(refused(&disconnect(), &with(19, 0), SECRET, false), Unfit::Authenticator);
    assert_eq!(refused(&disconnect(), &with(3, 21), SECRET, false), Unfit::Length);
    assert_eq!(refused(&disconnect(), &with(3, 19), SECRET, false), Unfit::Length);
    assert_eq!(refused(&disconnect(), &whole[..19], SECRET, false), Unfit::Length);
    assert_eq!(refused(&disconnect(), &whole, SECRET, true), Unfit::Signature, "a signature is demanded");
    // The answer to another request of the same id.
    let other = request(Ask::Disconnect, 7, &session()[..2], SECRET, false).unwrap();
    assert_eq!(refused(&other, &whole, SECRET, false), Unfit::Authenticator);
    assert_eq!(refused(&change(), &whole, SECRET, false), Unfit::Id);
}

/// An answer as a router with the secret makes it, of any attributes.
fn answered(sent: &Sent, attributes: &[u8]) -> Vec<u8> {
    use md5::{Digest, Md5};
    let mut bytes = vec![41, sent.bytes()[1], 0, 20 + attributes.len() as u8];
    let digest = Md5::new().chain_update(&bytes).chain_update(&sent.bytes()[4..20]).chain_update(attributes);
    bytes.extend(digest.chain_update(SECRET).finalize());
    bytes.extend(attributes);
    bytes
}

#[test]
fn broken_attributes_and_signatures_are_no_answer() {
    let sent = disconnect();
    for broken in [&[101u8, 0][..], &[101, 1], &[101, 7, 0, 0], &[101], &[80, 18, 1, 2]] {
        assert_eq!(sent.answer(&answered(&sent, broken), SECRET, false), Err(Unfit::Attributes), "{broken:?}");
    }
    let forged = [&[80, 18][..], &[7; 16]].concat();
    assert_eq!(sent.answer(&answered(&sent, &forged), SECRET, false), Err(Unfit::Signature));
    assert_eq!(sent.answer(&answered(&sent, &[80, 4, 1, 2]), SECRET, false), Err(Unfit::Signature), "too short a one");
    // A cause of another length is none.
    assert_eq!(sent.answer(&answered(&sent, &[101, 3, 1]), SECRET, false), Ok(Answer::Done));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let name = attribute::USER_NAME;
    assert_eq!(name.with(""), Err(ValueError::Length { most: 253 }));
    assert!(name.with(&"я".repeat(126)).is_ok());
    assert_eq!(name.with(&"я".repeat(127)), Err(ValueError::Length { most: 253 }));
    let rate = named("mikrotik-rate-limit").unwrap();
    assert!(rate.with(&"1".repeat(247)).is_ok());
    assert_eq!(rate.with(&"1".repeat(248)), Err(ValueError::Length { most: 247 }));
    assert_eq!(attribute::FRAMED_IP_ADDRESS.with("2001:db8::1"), Err(ValueError::Address));
    assert_eq!(named("Session-Timeout").unwrap().with("-1"), Err(ValueError::Integer));
    assert_eq!(named("No-Such-Attribute"), None);
    let long = vec![name.with(&"1".repeat(253)).unwrap(); 17];
    assert_eq!(request(Ask::Change, 1, &long, SECRET, true), Err(TooLong));
}

proptest! {
    /// Nothing that arrives makes it fall, and nothing not made with the secret is believed.
    #[test]
    fn whatever_arrives_is_weighed(datagram in proptest::collection::vec(any::<u8>(), 0..200), signed in any::<bool>()) {
        prop_assert!(disconnect().answer(&datagram, SECRET, signed).is_err());
    }

    /// One flipped bit anywhere is noticed.
    #[test]
    fn one_bit_is_noticed(bit in 0usize..38 * 8) {
        let mut datagram = bytes(CHANGED);
        datagram[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(change().answer(&datagram, SECRET, true).is_err());
    }

    /// A true head with any attributes behind it is read or refused, never more.
    #[test]
    fn any_attributes_are_read_or_refused(attributes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let sent = disconnect();
        let _ = sent.answer(&answered(&sent, &attributes), SECRET, false);
    }
}
