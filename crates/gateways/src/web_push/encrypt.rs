//! A message for one browser's eyes: RFC 8291 over RFC 8188, in one record.

use super::LONGEST;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

/// The size of a record, as it is told: more than any message here.
const RECORD: u32 = 4096;
/// Ends the last record (RFC 8188, 2).
const LAST: u8 = 2;

/// A key and a salt that serve one message.
pub struct Ephemeral {
    key: SecretKey,
    salt: [u8; 16],
}

/// It cannot be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Longer than push services take.
    #[error("more than {LONGEST} bytes")]
    TooLong,
    /// The bytes are no secret key of the curve: one in 2³² draws is none.
    #[error("no secret key")]
    Key,
    /// The browser's key is no point of the curve.
    #[error("no public key")]
    Point,
}

impl Ephemeral {
    /// Of random bytes.
    ///
    /// # Errors
    /// [`Unusable::Key`].
    pub fn new(key: [u8; 32], salt: [u8; 16]) -> Result<Ephemeral, Unusable> {
        SecretKey::from_slice(&key).map(|key| Ephemeral { key, salt }).map_err(|_| Unusable::Key)
    }
}

/// Bytes of URL-safe base64, with its padding or without.
pub(super) fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok()?.try_into().ok()
}

pub(super) fn is_point(key: &[u8; 65]) -> bool {
    PublicKey::from_sec1_bytes(key).is_ok()
}

/// The body of a push: head, key and the sealed message.
///
/// # Errors
/// [`Unusable::TooLong`], [`Unusable::Point`].
pub fn encrypt(message: &[u8], theirs: &[u8; 65], secret: &[u8; 16], once: Ephemeral) -> Result<Vec<u8>, Unusable> {
    if message.len() > LONGEST {
        return Err(Unusable::TooLong);
    }
    let point = PublicKey::from_sec1_bytes(theirs).map_err(|_| Unusable::Point)?;
    let ours = once.key.public_key().to_encoded_point(false);
    let shared = p256::ecdh::diffie_hellman(once.key.to_nonzero_scalar(), point.as_affine());
    let info = [b"WebPush: info\0".as_slice(), theirs, ours.as_bytes()].concat();
    let input: [u8; 32] = derive(secret, shared.raw_secret_bytes(), &info);
    let key: [u8; 16] = derive(&once.salt, &input, b"Content-Encoding: aes128gcm\0");
    let nonce: [u8; 12] = derive(&once.salt, &input, b"Content-Encoding: nonce\0");

    let mut sealed = [message, &[LAST]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).expect("a key of sixteen bytes"));
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .expect("a message of this length");
    let length = [ours.len() as u8];
    Ok([once.salt.as_slice(), &RECORD.to_be_bytes(), &length, ours.as_bytes(), &sealed].concat())
}

fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input).expand(info, &mut out).expect("no more than HKDF gives");
    out
}
