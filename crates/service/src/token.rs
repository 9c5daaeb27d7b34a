//! Access tokens: EdDSA JWTs, their keys, and what was verified a moment ago.

use crate::Service;
use crate::access::{AccessSettings, Delivery, Owner, SignedIn};
use crate::account_tx::Actor;
use crate::error::Error;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabinet_core::Refusal;
use cabinet_core::staff::Role;
use cabinet_store::sessions::Session;
use cabinet_store::signing_keys::{self, SigningKey};
use cabinet_store::{Store, StoreError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What distinguishes an access token from any other JWT.
const TYPE: &str = "at+jwt";

/// Clocks of two instances may differ so much.
const SKEW_SECONDS: i64 = 30;

/// The keys are read again for an unknown `kid` at most this often.
const RELOAD_SECONDS: i64 = 3;

/// They are read again anyway before signing after so long, so that every instance follows a rotation.
const REFRESH_SECONDS: i64 = 600;

/// A key whose successor is this old signed nothing that is still valid.
const RETIRED_AFTER: Duration = Duration::hours(2);

/// How many verified tokens are remembered.
const VERIFIED_ROOM: usize = 20_000;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// For whom it was made.
    pub aud: String,
    /// The account or the member of staff.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// The token itself.
    pub jti: Uuid,
    /// Made at.
    pub iat: i64,
    /// Not before.
    pub nbf: i64,
    /// Ends at.
    pub exp: i64,
    /// Good only for changing a first password.
    pub mc: bool,
    /// The role of a member of staff; a subscriber's token has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// The keys and what they verified.
pub(crate) struct Tokens {
    seal: ChaCha20Poly1305,
    issuer: String,
    audience: String,
    life_seconds: i64,
    keys: RwLock<Arc<Keys>>,
    verified: Mutex<HashMap<[u8; 32], Claims>>,
}

#[derive(Default)]
struct Keys {
    read_at: Option<OffsetDateTime>,
    signing: Option<(String, EncodingKey)>,
    verifying: HashMap<String, (DecodingKey, Vec<u8>)>,
}

/// Bytes as text that travels anywhere.
pub(crate) fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of such a text.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl Tokens {
    pub(crate) fn new(seal_key: [u8; 32], settings: &AccessSettings) -> Tokens {
        Tokens {
            seal: ChaCha20Poly1305::new(&seal_key.into()),
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            life_seconds: settings.access_seconds,
            keys: RwLock::default(),
            verified: Mutex::default(),
        }
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Seals a secret of the installation under its name: nonce and sealed bytes.
    pub(crate) fn seal(
        &self,
        secret: &[u8],
        name: &str,
        chance: &crate::chance::Chance,
    ) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; 12] = chance.secret();
        let sealed = self
            .seal
            .encrypt(&Nonce::from(nonce), Payload { msg: secret, aad: name.as_bytes() })
            .map_err(|_| StoreError::corrupt("a key cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed under a name; nothing if it was with another secret.
    pub(crate) fn unseal(&self, sealed: &[u8], name: &str) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
        self.seal.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: name.as_bytes() }).ok()
    }

    fn make_key(&self, now: OffsetDateTime, chance: &crate::chance::Chance) -> Result<SigningKey, StoreError> {
        let private = ed25519_dalek::SigningKey::from_bytes(&chance.secret());
        let public_key = private.verifying_key().to_bytes().to_vec();
        let kid = base64(&Sha256::digest(&public_key)[..12]);
        let sealed = self.seal(private.as_bytes(), &kid, chance)?;
        Ok(SigningKey { kid, public_key, sealed, created_at: now })
    }

    fn open_key(&self, key: &SigningKey) -> Option<EncodingKey> {
        let bytes = self.unseal(&key.sealed, &key.kid)?;
        let private = ed25519_dalek::SigningKey::from_bytes(&bytes.try_into().ok()?);
        let matches = private.verifying_key().as_bytes().as_slice() == key.public_key;
        let der = private.to_pkcs8_der().ok().filter(|_| matches)?;
        Some(EncodingKey::from_ed_der(der.as_bytes()))
    }

    async fn reload(&self, store: &Store, now: OffsetDateTime) -> Result<(), StoreError> {
        let rows = signing_keys::all(&mut store.read().await?).await?;
        let mut keys = Keys { read_at: Some(now), ..Keys::default() };
        if let Some(newest) = rows.first() {
            let private = self.open_key(newest).ok_or_else(|| {
                StoreError::corrupt(format!(
                    "signing key {} was sealed with another secret; check CABINET_SECRET_KEY_FILE",
                    newest.kid
                ))
            })?;
            keys.signing = Some((newest.kid.clone(), private));
        }
        for row in rows.into_iter().filter(|row| row.public_key.len() == 32) {
            keys.verifying.insert(row.kid, (DecodingKey::from_ed_der(&row.public_key), row.public_key));
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Verified against our own keys only; whatever else the header offers is not looked at, but refused.
    async fn verify(&self, store: &Store, token: &str, now: OffsetDateTime) -> Result<Claims, Error> {
        let ended = || Error::from(Refusal::SessionEnded);
        let mark: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let remembered = self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(&mark).cloned();
        if let Some(claims) = remembered {
            return if self.holds(&claims, now) { Ok(claims) } else { Err(ended()) };
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| ended())?;
        let foreign = header.jku.is_some()
            || header.jwk.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some()
            || header.crit.is_some();
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::EdDSA || foreign {
            return Err(ended());
        }
        let kid = header.kid.ok_or_else(ended)?;
        let mut keys = self.keys();
        if !keys.verifying.contains_key(&kid) {
            let waited = keys.read_at.is_none_or(|at| (now - at).whole_seconds().abs() >= RELOAD_SECONDS);
            if !waited {
                return Err(ended());
            }
            self.reload(store, now).await?;
            keys = self.keys();
        }
        let (key, _) = keys.verifying.get(&kid).ok_or_else(ended)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        // The times are checked by our clock below, not by the machine's.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &rules).map_err(|_| ended())?.claims;
        if !self.holds(&claims, now) {
            return Err(ended());
        }
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= VERIFIED_ROOM {
            verified.retain(|_, claims| claims.exp > now.unix_timestamp());
            if verified.len() >= VERIFIED_ROOM {
                verified.clear();
            }
        }
        verified.insert(mark, claims.clone());
        Ok(claims)
    }

    fn holds(&self, claims: &Claims, now: OffsetDateTime) -> bool {
        let now = now.unix_timestamp();
        claims.nbf <= now + SKEW_SECONDS && claims.iat <= now + SKEW_SECONDS && now < claims.exp
    }
}

impl Service {
    /// Reads the signing keys and makes the first one if there is none; `serve` asks it before it listens, so that
    /// a wrong secret is told at once.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the newest key was sealed with another secret.
    pub async fn load_signing_keys(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let tokens = &self.access.tokens;
        tokens.reload(&self.store, now).await?;
        if tokens.keys().signing.is_none() {
            let first = tokens.make_key(now, &self.chance)?;
            let mut tx = self.store.write().await?;
            signing_keys::insert_first(&mut tx, &first).await?;
            tx.commit().await?;
            tokens.reload(&self.store, now).await?;
        }
        if tokens.keys().signing.is_none() {
            return Err(StoreError::corrupt("there is no signing key and the mark of the first one is there").into());
        }
        Ok(())
    }

    /// Makes a new key that signs from now on; the old ones go on verifying until their tokens have ended.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn rotate_signing_key(&self) -> Result<(), Error> {
        self.load_signing_keys().await?;
        let now = self.clock.now();
        let key = self.access.tokens.make_key(now, &self.chance)?;
        let mut tx = self.store.write().await?;
        signing_keys::insert(&mut tx, &key).await?;
        self.audit(&mut tx, now, None, Actor::Staff, "signing_key.rotate", json!({ "kid": key.kid })).await?;
        tx.commit().await?;
        Ok(self.access.tokens.reload(&self.store, now).await?)
    }

    /// Takes retired keys away.
    pub(crate) async fn forget_retired_keys(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let keys = signing_keys::all(&mut tx).await?;
        if let Some(settled) = keys.iter().find(|key| key.created_at <= now - RETIRED_AFTER) {
            signing_keys::remove_before(&mut tx, settled.created_at, &settled.kid).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// The public keys, as `/.well-known/jwks.json` gives them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn jwks(&self) -> Result<serde_json::Value, Error> {
        self.refresh_keys().await?;
        let keys = self.access.tokens.keys();
        let mut items: Vec<_> = keys.verifying.iter().collect();
        items.sort_by_key(|(kid, _)| kid.as_str());
        let items: Vec<_> = items
            .into_iter()
            .map(|(kid, (_, public))| {
                json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": base64(public),
                })
            })
            .collect();
        Ok(json!({ "keys": items }))
    }

    async fn refresh_keys(&self) -> Result<(), Error> {
        let keys = self.access.tokens.keys();
        let fresh = keys.read_at.is_some_and(|at| (self.clock.now() - at).whole_seconds().abs() < REFRESH_SECONDS);
        if keys.signing.is_some() && fresh { Ok(()) } else { self.load_signing_keys().await }
    }

    /// Makes an access token; answers it and the seconds until it ends.
    pub(crate) async fn mint(&self, owner: Owner, session: Uuid, must_change: bool) -> Result<(String, u64), Error> {
        self.refresh_keys().await?;
        let tokens = &self.access.tokens;
        let keys = tokens.keys();
        let (kid, key) = keys.signing.as_ref().ok_or_else(|| StoreError::corrupt("no signing key"))?;
        let now = self.clock.now();
        let at = now.unix_timestamp();
        let claims = Claims {
            iss: tokens.issuer.clone(),
            aud: tokens.audience.clone(),
            sub: owner.id(),
            sid: session,
            jti: self.chance.uuid_v7(now),
            iat: at,
            nbf: at,
            exp: at + tokens.life_seconds,
            mc: must_change,
            role: owner.role(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(kid.clone());
        let token = jsonwebtoken::encode(&header, &claims, key)
            .map_err(|error| StoreError::corrupt(format!("the signing key does not sign: {error}")))?;
        Ok((token, tokens.life_seconds.unsigned_abs()))
    }

    /// The answer that carries a session's tokens.
    pub(crate) async fn tokens_of(
        &self,
        session: &Session,
        owner: Owner,
        refresh_token: String,
        must_change: bool,
    ) -> Result<SignedIn, Error> {
        let (access_token, expires_in) = self.mint(owner, session.id, must_change).await?;
        Ok(SignedIn {
            access_token,
            expires_in,
            must_change,
            refresh_token,
            delivery: if session.delivery == Delivery::Body.as_str() { Delivery::Body } else { Delivery::Cookie },
            device: None,
            owner,
            session_id: session.id,
        })
    }

    /// What a token says, if it is ours and holds now.
    pub(crate) async fn verify(&self, token: &str) -> Result<Claims, Error> {
        self.access.tokens.verify(&self.store, token, self.clock.now()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Access;
    use crate::{Chance, SteppedClock};
    use cabinet_store::testing::{Bench, block_on};
    use time::macros::datetime;

    #[test]
    fn other_kinds_of_token_signed_by_our_own_key_are_refused() {
        block_on(async {
            let bench = Bench::sqlite().await;
            let clock = Arc::new(SteppedClock::at(datetime!(2026-11-22 12:00 UTC)));
            let access = Access::new(&[7; 32], AccessSettings::default()).unwrap();
            let service = Service::new(bench.store.clone(), clock, Chance::seeded(1), access);
            let (token, _) = service.mint(Owner::Account(Uuid::from_u128(1)), Uuid::from_u128(2), false).await.unwrap();
            let claims = service.verify(&token).await.unwrap();
            assert_eq!((claims.sub, claims.sid, claims.mc), (Uuid::from_u128(1), Uuid::from_u128(2), false));

            let keys = service.access.tokens.keys();
            let (kid, key) = keys.signing.as_ref().unwrap();
            for (typ, fits) in [(Some("at+jwt"), true), (Some("JWT"), false), (Some("at+JWT "), false), (None, false)] {
                let mut header = Header::new(Algorithm::EdDSA);
                header.typ = typ.map(str::to_owned);
                header.kid = Some(kid.clone());
                let token = jsonwebtoken::encode(&header, &claims, key).unwrap();
                assert_eq!(service.verify(&token).await.is_ok(), fits, "{typ:?}");
            }
            // A token without an end, or without any of the rest, is no token.
            for missing in ["exp", "nbf", "iat", "iss", "aud", "sub", "sid", "jti", "mc"] {
                let mut partial = serde_json::to_value(&claims).unwrap();
                partial.as_object_mut().unwrap().remove(missing);
                let mut header = Header::new(Algorithm::EdDSA);
                header.typ = Some(TYPE.to_owned());
                header.kid = Some(kid.clone());
                let token = jsonwebtoken::encode(&header, &partial, key).unwrap();
                assert!(service.verify(&token).await.is_err(), "{missing}");
            }
            bench.close().await;
        });
    }
}
