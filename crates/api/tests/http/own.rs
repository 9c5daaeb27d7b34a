//! The profile, the settings, the sessions, the manual: what people type and read.

use crate::harness::{Cabinet, PASSWORD};
use cabinet_client::Client;
use cabinet_contract::settings::{Settings, Theme};
use cabinet_core::Language;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::json;

on_both! {
    async fn the_typed_client_walks_through(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let client = Client::new(&cabinet.base);
        assert_eq!(client.provider().await.unwrap().demo, None);
        assert_eq!(client.sign_in("1001", "wrong-password").await.map(drop).unwrap_err().code(), Some("sign_in_failed"));
        client.sign_in("1001", PASSWORD).await.unwrap();
        assert_eq!(client.overview().await.unwrap().contract, person.contract);
        assert_eq!(client.tariffs().await.unwrap().items.len(), 4);
        let quote = client.quote_tariff_change("home-50").await.unwrap();
        let order = client.confirm_quote(quote.id, cabinet_client::fresh_key()).await.unwrap();
        assert_eq!(order.tariff.as_deref(), Some("Домашній 50"));
        client.cancel_tariff_change(cabinet_client::fresh_key()).await.unwrap();
        let settings = Settings { language: Language::En, theme: Theme::Dark };
        assert_eq!(client.update_settings(&settings).await.unwrap(), settings);
        assert_eq!(client.settings().await.unwrap(), settings);
        let sepia = json!({ "language": "uk", "theme": "sepia" });
        let sepia = cabinet.call(Method::PUT, "/api/v1/me/settings").by(&person).json(&sepia).send().await;
        assert_eq!(sepia.problem(), "422 invalid");
        client.change_login("daryna", PASSWORD).await.unwrap();
        assert_eq!(client.profile().await.unwrap().login.as_deref(), Some("daryna"));
        client.speak(Language::En);
        assert_eq!(client.help().await.unwrap().sections[0].title, "What the cabinet is");
        assert_eq!(client.sessions().await.unwrap().items.iter().filter(|session| session.current).count(), 1);
        client.sign_out_others().await.unwrap();
        assert_eq!(client.sessions().await.unwrap().items.len(), 1);
        let old = cabinet.call(Method::PUT, "/api/v1/me/settings").by(&person).json(&json!({ "language": "uk", "theme": "dark" })).send().await;
        assert_eq!(old.problem(), "401 session_ended");
        client.renew().await.unwrap();
        client.sign_out().await.unwrap();
        assert!(!client.signed_in());
        cabinet.close().await;
    }

    async fn names_are_texts_whatever_they_hold(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let profile = cabinet.get("/api/v1/me/profile").by(&person).send().await;
        insta::assert_json_snapshot!("profile", profile.json());
        for text in ["<script>alert(1)</script>", "О’Коннор", "О'Коннор", "Оʼконнор", "Robert'); DROP TABLE account;--", "100% _x_", "\u{202e}abc", "🦊", "e\u{301}"] {
            let wish = json!({ "phones": "+380 (50) 123-45-67", "address": text, "password": PASSWORD });
            let answer = cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
            assert_eq!((answer.status, &answer.json()["phones"]), (200, &wish["phones"]), "{text}");
            let waiting = answer.json()["requests"].as_array().unwrap().iter().any(|request| request["wish"] == text);
            assert!(waiting, "{text}");
            assert_eq!(answer.header("content-type"), "application/json");
        }
        for wish in [
            json!({ "phones": "1\r\n2" }), json!({ "phones": "\u{0}" }), json!({ "phones": "abc" }), json!({ "last_name": "" }), json!({ "email": "nobody" }),
            json!({ "email": "a@b.c\r\nBcc: x@y.z" }), json!({ "address": "x".repeat(201) }), json!({ "consent_draws": "yes" }),
            json!({ "balance": "1000.00" }), json!({ "tariff": "home-100" }), json!({ "role": "admin" }),
        ] {
            let answer = cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
            assert_eq!(answer.problem(), "422 invalid", "{wish}");
            assert_eq!(answer.json()["details"]["fields"].as_object().unwrap().keys().collect::<Vec<_>>(), wish.as_object().unwrap().keys().collect::<Vec<_>>());
        }
        cabinet.close().await;
    }

    async fn a_language_that_was_dropped_is_not_spoken(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            config.provider.languages = vec![Language::Uk, Language::En];
            config.provider.logo = Some("https://example.com/logo.svg".to_owned());
        }).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let provider = cabinet.get("/api/v1/provider").send().await.json();
        assert_eq!((&provider["languages"], &provider["logo"]), (&json!(["uk", "en"]), &json!("https://example.com/logo.svg")));
        let choose = |language: &str| {
            cabinet.call(Method::PUT, "/api/v1/me/settings").by(&person).json(&json!({ "language": language, "theme": "dark" })).send()
        };
        assert_eq!(choose("ru").await.problem(), "422 invalid");
        assert_eq!(choose("en").await.status, 200);
        let refused = cabinet.get("/api/v1/me").header("accept-language", "ru").send().await;
        assert_eq!(refused.header("content-language"), "uk");
        let contact = cabinet.get("/.well-known/security.txt").send().await;
        assert!(contact.text.contains("Preferred-Languages: uk, en\n"), "{}", contact.text);
        cabinet.close().await;
    }

    async fn answers_come_in_the_callers_language(store) {
        let cabinet = Cabinet::open(store).await;
        let detail = async |wishes: &str| {
            let answer = cabinet.get("/api/v1/me").header("accept-language", wishes).send().await;
            (answer.header("content-language").to_owned(), answer.json()["detail"].clone())
        };
        assert_eq!(detail("en-GB").await, ("en".to_owned(), json!("Sign in first.")));
        assert_eq!(detail("de, ru;q=0.5").await, ("ru".to_owned(), json!("Войдите в кабинет.")));
        assert_eq!(detail("de").await, ("uk".to_owned(), json!("Увійдіть до кабінету.")));
        cabinet.close().await;
    }
}
