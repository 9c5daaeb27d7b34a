//! What a server writes down at its most talkative: no secret, nobody's phone, a line an event.

use crate::support::Office;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

const WRONG: &str = "canary-wrong-password";
const NEXT: &str = "canary-neues-passwort";
const THIRD: &str = "canary-drittes-passwort";
const PHONE: &str = "067-111-22-33";
const MAIL: &str = "canary@example.com";
const CODE: &str = "99117733";
const QUERY: &str = "canary-of-a-query";

/// Sends a request; its status and body.
async fn send(call: RequestBuilder) -> (u16, Value) {
    let answer = call.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

crate::on_both_benches! {
    async fn a_log_keeps_no_secret_and_breaks_no_line(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let registered = office.runs(&["subscriber", "register", "0042", "--last-name", "Іваненко", "--first-name", "Іван",
            "--address", "вул. Миру 1", "--phones", PHONE, "--tariff", "home-20", "--paid=100.00"]);
        let first = registered.split_whitespace().last().expect("a password").to_owned();
        let served = office.serve(&[("CABINET_MODE", "production"), ("CABINET_WEB__PUBLIC_URL", "https://cabinet.example.com"), ("CABINET_LOG", "trace")]);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::new();
        let call = |method: Method, path: &str| http.request(method, format!("{}{path}", served.base));
        let post = |path: &str, body: Value| send(call(Method::POST, path).json(&body));
        let sign_in = |password: &str| post("/api/v1/auth/sign-in", json!({ "login": "0042", "password": password, "delivery": "body" }));
        assert_eq!(sign_in(WRONG).await.0, 401);
        let (status, tokens) = sign_in(&first).await;
        assert_eq!(status, 200, "{registered}");
        let token = |tokens: &Value, name: &str| tokens[name].as_str().expect("a token").to_owned();
        let mut secrets = vec![first.clone(), token(&tokens, "access_token"), token(&tokens, "refresh_token")];
        let change = json!({ "old_password": first, "new_password": NEXT });
        let (status, tokens) = send(call(Method::PUT, "/api/v1/me/password").bearer_auth(&secrets[1]).json(&change)).await;
        assert_eq!(status, 200);
        let access = token(&tokens, "access_token");
        secrets.extend([access.clone(), token(&tokens, "refresh_token")]);
        let wish = json!({ "phones": PHONE, "email": MAIL, "password": NEXT });
        assert_eq!(send(call(Method::PATCH, "/api/v1/me/profile").bearer_auth(&access).json(&wish)).await.0, 200);
        assert_eq!(send(call(Method::GET, &format!("/api/v1/me?token={QUERY}")).bearer_auth(&access)).await.0, 200);
        let (status, tokens) = post("/api/v1/auth/renew", json!({ "refresh_token": secrets[4] })).await;
        assert_eq!(status, 200);
        secrets.extend([token(&tokens, "access_token"), token(&tokens, "refresh_token")]);
        let cookie = call(Method::POST, "/api/v1/auth/renew").header("cookie", format!("__Host-cabinet_refresh={QUERY}"));
        assert_eq!(send(cookie.header("x-cabinet-client", "web")).await.0, 401);
        let confirm = |code: &str| post("/api/v1/auth/recovery/confirm", json!({ "login": "0042", "code": code, "new_password": THIRD }));
        assert_eq!(confirm(CODE).await.0, 422);
        let told = office.runs(&["subscriber", "recovery-code", "0042"]);
        let code = told.split_whitespace().find(|word| word.bytes().filter(u8::is_ascii_digit).count() >= 6).expect("a code").to_owned();
        assert_eq!(confirm(&code).await.0, 204, "{told}");
        assert_eq!(send(call(Method::GET, "/api/v1/%0d%0a%7B%22forged%22:true%7D%0a")).await.0, 404);
        assert_eq!(post("/api/v1/auth/sign-in", json!({ "login": "1\r\n2", "password": WRONG })).await.0, 422);
        let log = served.end();
        secrets.extend([WRONG, NEXT, THIRD, PHONE, MAIL, CODE, QUERY].map(str::to_owned));
        secrets.push(code);
        for secret in &secrets {
            assert!(!log.contains(secret.as_str()), "{secret} stands in the log: {}", log.lines().find(|line| line.contains(secret.as_str())).unwrap_or_default());
        }
        let mut answered = 0;
        for line in log.lines().filter(|line| !line.starts_with("listening on ")) {
            let event: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let at = event["timestamp"].as_str().unwrap_or_default();
            assert!(at.ends_with('Z'), "not in UTC: {line}");
            if event["fields"]["message"] == "answered" {
                answered += 1;
                assert!(event["fields"]["request_id"].as_str().is_some_and(|id| id.len() == 36), "{line}");
            }
        }
        assert!(answered >= 10, "{answered}");
        office.bench.close().await;
    }
}
