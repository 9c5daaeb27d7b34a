//! Who sends: a token signed for each push service (RFC 8292).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use time::{Duration, OffsetDateTime};

/// How long a token is good; push services take a day at most.
const GOOD_FOR: Duration = Duration::hours(12);

/// The key of this installation. Browsers that subscribed with it hear nobody else.
pub struct Vapid {
    key: SigningKey,
    public: String,
    contact: String,
}

/// The bytes are no secret key of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a secret key of P-256")]
pub struct KeyError;

impl Vapid {
    /// Of a secret of 32 bytes; `contact` is where a push service's people write: `mailto:…` or `https://…`.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(secret: &[u8], contact: &str) -> Result<Vapid, KeyError> {
        let key = SigningKey::from_slice(secret).map_err(|_| KeyError)?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().to_encoded_point(false));
        Ok(Vapid { key, public, contact: contact.to_owned() })
    }

    /// The public key, in URL-safe base64.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The header for a push service, named by scheme and host.
    pub(super) fn authorization(&self, audience: &str, now: OffsetDateTime) -> String {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let expires = (now + GOOD_FOR).unix_timestamp();
        let head = part(json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(json!({ "aud": audience, "exp": expires, "sub": self.contact }));
        let signed = format!("{head}.{claims}");
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public)
    }
}
