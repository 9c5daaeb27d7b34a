//! EasyPay's signature: RSA PKCS#1 v1.5 with SHA-1, in upper-case hexadecimal. Both are the provider's choice; SHA-1
//! is weak against whoever can choose both of two texts, which is neither side here, and nothing else rests on it.
//!
//! The `rsa` crate's arithmetic is not constant-time (RUSTSEC-2023-0071). Verifying uses no secret; signing is blinded
//! by fresh randomness, which changes its timing and never its result.

use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha1::{Digest, Sha1};
use std::fmt;

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not PEM of the kind wanted.
    #[error("not an RSA key in PEM; of a certificate take its key: openssl x509 -pubkey -noout")]
    NotAKey,
    /// A key this short protects nothing.
    #[error("an RSA key has at least 1024 bits, and should have 2048")]
    TooShort,
}

/// DER of "SHA-1 digest follows", RFC 8017 §9.2.
const SHA1_PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// 1024 bits: the provider's documented key has no more.
const KEY_BYTES_MIN: usize = 128;

/// The provider's public key.
#[derive(Debug)]
pub(super) struct TheirKey(RsaPublicKey);

/// Our private key.
pub(super) struct OurKey(RsaPrivateKey);

impl fmt::Debug for OurKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OurKey(***)")
    }
}

impl TheirKey {
    pub(super) fn from_pem(pem: &str) -> Result<TheirKey, KeyError> {
        let pem = pem.trim();
        let key = RsaPublicKey::from_public_key_pem(pem)
            .or_else(|_| RsaPublicKey::from_pkcs1_pem(pem))
            .map_err(|_| KeyError::NotAKey)?;
        if key.size() < KEY_BYTES_MIN { Err(KeyError::TooShort) } else { Ok(TheirKey(key)) }
    }

    /// Whether the hexadecimal signature is of the text the parts make together.
    pub(super) fn verifies(&self, parts: &[&[u8]], signature: &str) -> bool {
        from_hex(signature).is_some_and(|signature| self.0.verify(padding(), &digest(parts), &signature).is_ok())
    }
}

impl OurKey {
    pub(super) fn from_pem(pem: &str) -> Result<OurKey, KeyError> {
        let pem = pem.trim();
        let key = RsaPrivateKey::from_pkcs8_pem(pem)
            .or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem))
            .map_err(|_| KeyError::NotAKey)?;
        if key.size() < KEY_BYTES_MIN { Err(KeyError::TooShort) } else { Ok(OurKey(key)) }
    }

    /// The signature in upper-case hexadecimal. A key that was read signs; should it ever fail, the signature is empty
    /// and the provider refuses the answer and asks again.
    pub(super) fn sign(&self, text: &[u8]) -> String {
        let signature = self.0.sign_with_rng(&mut OsRng, padding(), &digest(&[text])).unwrap_or_default();
        signature.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

fn padding() -> Pkcs1v15Sign {
    Pkcs1v15Sign { hash_len: Some(20), prefix: Box::new(SHA1_PREFIX) }
}

fn digest(parts: &[&[u8]]) -> [u8; 20] {
    let mut sha = Sha1::new();
    for part in parts {
        sha.update(part);
    }
    sha.finalize().into()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().map(|b| char::from(b).to_digit(16)).collect::<Option<Vec<u32>>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_whole_bytes_in_either_case() {
        assert_eq!(from_hex("00fFA1"), Some(vec![0, 255, 0xa1]));
        assert_eq!(from_hex(""), Some(Vec::new()));
        for text in ["0", "0g", "0x", " 0", "é", "+1"] {
            assert_eq!(from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for pem in ["", "key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"] {
            assert_eq!(TheirKey::from_pem(pem).err(), Some(KeyError::NotAKey));
            assert_eq!(OurKey::from_pem(pem).err(), Some(KeyError::NotAKey));
        }
        let short = "-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMgKY2glmMFtVPEDXa8Z1wptMQrc5Ynq
T5oezuQZJ3rnDAr5ml1h4Y4lUxO20AljJw1miKvYVUv4lcE281R82akCAwEAAQ==
-----END PUBLIC KEY-----";
        assert_eq!(TheirKey::from_pem(short).err(), Some(KeyError::TooShort));
    }
}
