use crate::house::{House, PASSWORD, refusal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabinet_core::Refusal;
use cabinet_service::access::{Access, AccessSettings, SecretTooShort};
use cabinet_service::{Chance, Error, Service};
use cabinet_store::{StoreError, on_both};
use serde_json::{Value, json};

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

on_both! {
    async fn tokens_say_what_they_are(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let token = house.sign_in("0000", PASSWORD).await.unwrap();
        let parts: Vec<&str> = token.access_token.split('.').collect();
        let (header, claims) = (decode(parts[0]), decode(parts[1]));
        assert_eq!((&header["alg"], &header["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
        assert_eq!(claims["sub"], json!(id));
        assert_eq!(claims["sid"], json!(token.session_id));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
        assert_eq!(token.expires_in, 600);
        let jwks = house.service.jwks().await.unwrap();
        assert_eq!((&jwks["keys"][0]["kid"], &jwks["keys"][0]["crv"]), (&header["kid"], &json!("Ed25519")));
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
        assert!(jwks["keys"][0].get("d").is_none());
    }

    async fn t01_no_other_algorithm_and_no_other_key(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let token = house.sign_in("0000", PASSWORD).await.unwrap().access_token;
        let parts: Vec<&str> = token.split('.').collect();
        let header = decode(parts[0]);
        let kid = header["kid"].as_str().unwrap();
        let public = house.service.jwks().await.unwrap()["keys"][0]["x"].as_str().unwrap().to_owned();
        let with = |changes: Value| {
            let mut header = header.clone();
            header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            format!("{}.{}.{}", encode(&header), parts[1], parts[2])
        };

        let hs256 = {
            let key = jsonwebtoken::EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(&public).unwrap());
            let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
            header.typ = Some("at+jwt".to_owned());
            header.kid = Some(kid.to_owned());
            jsonwebtoken::encode(&header, &decode(parts[1]), &key).unwrap()
        };
        let foreign = [9; 32];
        let foreign_key = {
            use ed25519_dalek::pkcs8::EncodePrivateKey;
            let private = ed25519_dalek::SigningKey::from_bytes(&foreign);
            jsonwebtoken::EncodingKey::from_ed_der(private.to_pkcs8_der().unwrap().as_bytes())
        };
        let signed_elsewhere = |kid: &str, jku: Option<String>| {
            let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
            header.typ = Some("at+jwt".to_owned());
            header.kid = Some(kid.to_owned());
            header.jku = jku;
            jsonwebtoken::encode(&header, &decode(parts[1]), &foreign_key).unwrap()
        };
        let crafted = [
            format!("{}.{}.", encode(&json!({ "alg": "none", "typ": "at+jwt", "kid": kid })), parts[1]),
            format!("{}.{}.{}", encode(&json!({ "alg": "EdDSA", "typ": "at+jwt" })), parts[1], parts[2]),
            hs256,
            signed_elsewhere(kid, None),
            signed_elsewhere("another", None),
            signed_elsewhere("another", Some("https://evil.example/jwks.json".to_owned())),
            with(json!({ "jku": "https://evil.example/jwks.json" })),
            with(json!({ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": public } })),
            with(json!({ "x5u": "https://evil.example/cert" })),
            with(json!({ "crit": ["exp"] })),
            with(json!({ "alg": "ES256" })),
            String::new(),
            "..".to_owned(),
            "not a token".to_owned(),
        ];
        for token in &crafted {
            assert_eq!(refusal(house.writes(token).await), Refusal::SessionEnded, "{token}");
            assert_eq!(refusal(house.twin().writes(token).await), Refusal::SessionEnded, "{token}");
        }
        house.writes(&token).await.unwrap();
    }

    async fn t02_times_issuer_audience_and_kind_are_checked(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let signed_in = house.sign_in("0000", PASSWORD).await.unwrap();
        let settings = |issuer: &str, audience: &str| AccessSettings {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            ..AccessSettings::default()
        };
        for other in [settings("another", "cabinet"), settings("cabinet", "another")] {
            let other = house.twin_with(other);
            assert_eq!(refusal(other.writes(&signed_in.access_token).await), Refusal::SessionEnded);
            let theirs = other.sign_in("0000", PASSWORD).await.unwrap().access_token;
            other.writes(&theirs).await.unwrap();
            assert_eq!(refusal(house.writes(&theirs).await), Refusal::SessionEnded);
        }
        // One kind of token is never taken for the other.
        assert_eq!(refusal(house.writes(&signed_in.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&signed_in.access_token).await), Refusal::SessionEnded);

        house.step(-31);
        assert_eq!(refusal(house.writes(&signed_in.access_token).await), Refusal::SessionEnded);
        house.step(31 + 599);
        house.writes(&signed_in.access_token).await.unwrap();
        house.step(1);
        assert_eq!(refusal(house.writes(&signed_in.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.twin().reads(&signed_in.access_token).await), Refusal::SessionEnded);
    }

    async fn t03_one_flipped_bit_anywhere_fails(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let token = house.sign_in("0000", PASSWORD).await.unwrap().access_token;
        let chance = Chance::seeded(3);
        for _ in 0..1000 {
            let mut bytes = token.clone().into_bytes();
            let at = chance.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << chance.below(7);
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(refusal(house.reads(&changed).await), Refusal::SessionEnded, "byte {at}: {changed}");
        }
        house.reads(&token).await.unwrap();
    }

    async fn t12_a_rotated_key_verifies_until_its_tokens_end(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let before = house.sign_in("0000", PASSWORD).await.unwrap().access_token;
        let twin = house.twin();
        twin.reads(&before).await.unwrap();
        house.step(60);
        house.service.rotate_signing_key().await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM audit WHERE act = 'signing_key.rotate'").await, 1);
        let after = house.sign_in("0000", PASSWORD).await.unwrap().access_token;
        assert_ne!(before.split('.').next(), after.split('.').next());
        for instance in [&house, &twin, &house.twin()] {
            instance.writes(&before).await.unwrap();
            instance.writes(&after).await.unwrap();
        }
        house.service.forget_old_access().await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM signing_key").await, 2);
        house.step(3 * 3600);
        house.service.forget_old_access().await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM signing_key").await, 1);
        house.sign_in("0000", PASSWORD).await.unwrap();
    }

    async fn another_secret_is_told_at_start(store) {
        let house = House::new(&store);
        house.service.load_signing_keys().await.unwrap();
        house.twin().service.load_signing_keys().await.unwrap();
        let access = Access::new(&[8; 32], AccessSettings::default()).unwrap();
        let other = Service::new(store.clone(), house.clock.clone(), Chance::system(), access);
        assert!(matches!(other.load_signing_keys().await, Err(Error::Store(StoreError::Corrupt(_)))));
        let sealed: (Vec<u8>, Vec<u8>) =
            store.read().await.unwrap().one("SELECT sealed, public_key FROM signing_key", ()).await.unwrap();
        assert_eq!((sealed.0.len(), sealed.1.len()), (12 + 32 + 16, 32));
    }
}

#[test]
fn a_short_secret_is_refused() {
    assert_eq!(Access::new(&[1; 31], AccessSettings::default()).unwrap_err(), SecretTooShort);
}
