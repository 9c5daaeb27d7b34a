//! Getting in, staying in, getting out.

use crate::harness::{Answer, Cabinet, PASSWORD};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::Duration;

/// What a page of the cabinet sends with its sign-in.
async fn browser_sign_in(cabinet: &Cabinet) -> Answer {
    let body = json!({ "login": "1001", "password": PASSWORD });
    cabinet
        .post("/api/v1/auth/sign-in")
        .header("origin", &cabinet.base)
        .header("sec-fetch-site", "same-origin")
        .header("x-cabinet-client", "web")
        .json(&body)
        .send()
        .await
}

fn cookie(answer: &Answer, name: &str) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
    cookies.into_iter().find(|cookie| cookie.starts_with(name)).unwrap_or_default()
}

fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap_or_default().to_owned()
}

on_both! {
    async fn wrong_password_and_unknown_contract_look_alike(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.person("1001", "home-20", 100_00).await;
        let mut told = Vec::new();
        for login in ["1001", "7777"] {
            let answer = cabinet.sign_in(login, "not-the-password").await;
            assert_eq!(answer.problem(), "401 sign_in_failed");
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            let mut names: Vec<String> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
            names.sort();
            told.push((body, names));
        }
        assert_eq!(told[0], told[1]);
        cabinet.close().await;
    }

    async fn the_first_password_is_good_only_for_changing_it(store) {
        let cabinet = Cabinet::open(store).await;
        let (_, first) = cabinet.register("1001", "home-20", 100_00).await;
        let tokens = cabinet.sign_in("1001", &first).await.json();
        assert_eq!(tokens["must_change_password"], true);
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        for path in ["/api/v1/me", "/api/v1/me/statement", "/api/v1/me/profile", "/api/v1/me/sessions"] {
            let answer = cabinet.get(path).header("authorization", &bearer).send().await;
            assert_eq!(answer.problem(), "403 must_change_password", "{path}");
        }
        let put = |old: &str, new: &str| {
            let body = json!({ "old_password": old, "new_password": new });
            cabinet.call(Method::PUT, "/api/v1/me/password").header("authorization", &bearer).json(&body).send()
        };
        assert_eq!(put("wrong", PASSWORD).await.problem(), "422 password_wrong");
        for (weak, reason) in [("short", "too_short"), ("1234567890", "common"), (first.as_str(), "unchanged")] {
            let answer = put(&first, weak).await;
            assert_eq!((answer.problem().as_str(), &answer.json()["details"]["reason"]), ("422 password_weak", &json!(reason)), "{weak}");
        }
        let answer = put(&first, "1001").await;
        let every = json!(["too_short", "personal", "common"]);
        assert_eq!(answer.json()["details"]["reasons"], every, "all at once");
        assert_eq!(put(&first, PASSWORD).await.json()["must_change_password"], false);
        cabinet.close().await;
    }

    async fn guessing_is_slowed_and_nobody_locked_out(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.person("1001", "home-20", 100_00).await;
        cabinet.person("1002", "home-20", 100_00).await;
        let mut last = cabinet.sign_in("1001", "guess").await;
        for _ in 0..12 {
            last = cabinet.post("/api/v1/auth/sign-in")
                .header("x-forwarded-for", "198.51.100.7")
                .json(&json!({ "login": "1001", "password": "guess", "delivery": "body" }))
                .send().await;
            if last.status == 429 {
                break;
            }
        }
        assert_eq!(last.problem(), "429 throttled");
        let wait: i64 = last.header("retry-after").parse().unwrap();
        assert!(wait >= 1);
        assert_eq!(cabinet.sign_in("1002", PASSWORD).await.status, 200);
        cabinet.clock.step(Duration::minutes(16));
        assert_eq!(cabinet.sign_in("1001", PASSWORD).await.status, 200);
        cabinet.close().await;
    }

    async fn a_browser_gets_a_cookie_and_never_the_token(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.person("1001", "home-20", 100_00).await;
        let answer = browser_sign_in(&cabinet).await;
        assert_eq!((answer.status, answer.json().get("refresh_token")), (200, None));
        let set = cookie(&answer, "cabinet_refresh");
        for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
            assert!(set.contains(part), "{part} in {set}");
        }
        assert!(!set.contains("Domain") && !set.contains("Secure"), "{set}");

        let renew = |origin: &'static str, site: &'static str, client: bool| {
            let mut call = cabinet.post("/api/v1/auth/renew").header("cookie", &pair(&set)).json(&json!({}));
            if !origin.is_empty() {
                call = call.header("origin", origin);
            }
            if !site.is_empty() {
                call = call.header("sec-fetch-site", site);
            }
            if client {
                call = call.header("x-cabinet-client", "web");
            }
            call.send()
        };
        for (origin, site, client) in [
            ("https://evil.example", "", true), ("", "cross-site", true), ("", "same-site", true), ("null", "", true),
            ("", "same-origin", false), ("", "", false),
        ] {
            let answer = renew(origin, site, client).await;
            assert_eq!(answer.problem(), "403 forbidden", "{origin} {site} {client}");
        }
        let renewed = renew("", "same-origin", true).await;
        assert_eq!((renewed.status, renewed.json().get("refresh_token")), (200, None));
        let next = cookie(&renewed, "cabinet_refresh");
        assert_ne!(pair(&next), pair(&set));

        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null"), ("sec-fetch-site", "same-site")] {
            let foreign = cabinet.post("/api/v1/auth/sign-out").header("cookie", &pair(&next)).header("x-cabinet-client", "web").header(name, value).send().await;
            assert_eq!((foreign.problem().as_str(), cookie(&foreign, "cabinet_refresh")), ("403 forbidden", String::new()), "{name} {value}");
        }
        let bare = cabinet.post("/api/v1/auth/sign-out").header("cookie", &pair(&next)).send().await;
        assert_eq!(bare.problem(), "403 forbidden");
        let bearer = format!("Bearer {}", renewed.json()["access_token"].as_str().unwrap());
        let lives = cabinet.post("/api/v1/me/sessions/sign-out-others").header("authorization", &bearer).send().await;
        assert_eq!(lives.status, 204);
        let sign_out = cabinet.post("/api/v1/auth/sign-out").header("cookie", &pair(&next)).header("x-cabinet-client", "web").send().await;
        assert_eq!((sign_out.status, sign_out.header("clear-site-data")), (204, "\"cache\""));
        assert!(cookie(&sign_out, "cabinet_refresh").contains("Max-Age=0"));
        let write = cabinet.post("/api/v1/me/sessions/sign-out-others").header("authorization", &bearer).send().await;
        assert_eq!(write.problem(), "401 session_ended");
        cabinet.close().await;
    }

    async fn a_browser_is_refused_the_body(store) {
        let cabinet = Cabinet::open(store).await;
        let body = json!({ "login": "1001", "password": PASSWORD, "delivery": "body" });
        for (name, value) in [("origin", cabinet.base.as_str()), ("sec-fetch-site", "same-origin")] {
            let answer = cabinet.post("/api/v1/auth/sign-in").header(name, value).header("x-cabinet-client", "web").json(&body).send().await;
            assert_eq!(answer.problem(), "403 forbidden", "{name}");
        }
        let bare = cabinet.post("/api/v1/auth/sign-in").json(&json!({ "login": "1001", "password": PASSWORD })).send().await;
        assert_eq!(bare.problem(), "403 forbidden");
        cabinet.close().await;
    }

    async fn refresh_tokens_rotate_and_a_copy_ends_them_all(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let renew = |token: &str| cabinet.post("/api/v1/auth/renew").json(&json!({ "refresh_token": token })).send();
        let second = renew(&person.refresh).await.json()["refresh_token"].as_str().unwrap().to_owned();
        let lost = renew(&person.refresh).await.json()["refresh_token"].as_str().unwrap().to_owned();
        assert_eq!(lost, second);
        cabinet.clock.step(Duration::seconds(30));
        assert_eq!(renew(&person.refresh).await.problem(), "401 session_ended");
        assert_eq!(renew(&second).await.problem(), "401 session_ended");
        assert_eq!(renew("nonsense").await.problem(), "401 session_ended");
        assert_eq!(cabinet.post("/api/v1/auth/renew").send().await.problem(), "401 unauthenticated");
        cabinet.close().await;
    }

    async fn forged_tokens_open_nothing(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let parts: Vec<&str> = person.token.split('.').collect();
        // {"typ":"at+jwt","alg":"none"}
        let none = format!("eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0.{}.", parts[1]);
        let mut flipped = person.token.clone().into_bytes();
        let middle = parts[0].len() + 20;
        flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
        let forged = [none, String::from_utf8(flipped).unwrap(), format!("{}.{}.", parts[0], parts[1]), person.refresh.clone(), "x".to_owned(), String::new()];
        for token in forged {
            let answer = cabinet.get("/api/v1/me").header("authorization", &format!("Bearer {token}")).send().await;
            assert_eq!(answer.status, 401, "{token}");
            answer.problem();
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        let as_refresh = cabinet.post("/api/v1/auth/renew").json(&json!({ "refresh_token": person.token })).send().await;
        assert_eq!(as_refresh.problem(), "401 session_ended");
        for scheme in ["Basic", "Token"] {
            let answer = cabinet.get("/api/v1/me").header("authorization", &format!("{scheme} {}", person.token)).send().await;
            assert_eq!(answer.problem(), "401 unauthenticated");
        }
        cabinet.clock.step(Duration::minutes(12));
        assert_eq!(cabinet.get("/api/v1/me").by(&person).send().await.problem(), "401 session_ended");
        cabinet.close().await;
    }

    async fn a_forgotten_password_is_restored_by_a_code(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let begun = |login: &str| cabinet.post("/api/v1/auth/recovery").json(&json!({ "login": login })).send();
        let (known, unknown) = (begun("1001").await, begun("7777").await);
        assert_eq!((known.status, known.json()), (202, unknown.json()));
        let code = cabinet.service().issue_recovery_code(cabinet_service::Actor::Staff, "1001").await.unwrap();
        let with = |code: &str, new: &str| {
            cabinet.post("/api/v1/auth/recovery/confirm").json(&json!({ "login": "1001", "code": code, "new_password": new })).send()
        };
        assert_eq!(with("00000000", "regen-und-sonne-18").await.problem(), "422 code_wrong");
        assert_eq!(with(&code, "1001100110011001").await.problem(), "422 password_weak");
        assert_eq!(with(&code, "regen-und-sonne-18").await.status, 204);
        assert_eq!(with(&code, "regen-und-sonne-19").await.problem(), "422 code_wrong");
        assert_eq!(cabinet.post("/api/v1/me/sessions/sign-out-others").by(&person).send().await.problem(), "401 session_ended");
        assert_eq!(cabinet.sign_in("1001", "regen-und-sonne-18").await.status, 200);
        cabinet.close().await;
    }

    async fn sessions_end_one_by_one(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let stranger = cabinet.person("1002", "home-20", 100_00).await;
        let phone = cabinet.again(&person).await;
        let list = cabinet.get("/api/v1/me/sessions").by(&person).send().await.json();
        let other = list["items"].as_array().unwrap().iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/me/sessions/{other}");
        assert_eq!(cabinet.call(Method::DELETE, &path).by(&stranger).send().await.problem(), "404 not_found");
        assert_eq!(cabinet.call(Method::DELETE, &path).by(&person).send().await.status, 204);
        assert_eq!(cabinet.call(Method::DELETE, &path).by(&person).send().await.problem(), "404 not_found");
        assert_eq!(cabinet.post("/api/v1/me/sessions/sign-out-others").by(&phone).send().await.problem(), "401 session_ended");
        assert_eq!(cabinet.call(Method::DELETE, "/api/v1/me/sessions/nonsense").by(&person).send().await.problem(), "400 bad_request");
        cabinet.close().await;
    }
}
