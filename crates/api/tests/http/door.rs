//! Headers, faults, files: what every answer has in common.

use crate::harness::Cabinet;
use actix_web::middleware::from_fn;
use actix_web::test as actix;
use actix_web::{App, web};
use cabinet_api::edge::edge;
use cabinet_store::on_both;
use cabinet_store::testing::{Bench, block_on};
use reqwest::Method;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

on_both! {
    async fn every_answer_is_dressed(store) {
        let web = tempfile::tempdir().unwrap();
        std::fs::write(web.path().join("index.html"), "<!doctype html><title>Cabinet</title>").unwrap();
        let cabinet = Cabinet::open_with(store, |config| config.web.dir = Some(web.path().to_owned())).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for (method, path, status) in [
            ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/statement", 200), ("GET", "/missing.js", 404), ("GET", "/../Cargo.toml", 404),
            ("POST", "/", 405), ("GET", "/api", 404), ("GET", "/api/v1/nothing", 404), ("GET", "/api/v2/me", 404),
            ("DELETE", "/api/v1/me", 405), ("POST", "/api/v1/openapi.json", 405), ("TRACE", "/api/v1/me", 405), ("OPTIONS", "/api/v1/me", 405), ("POST", "/api/v1/auth/sign-in", 415),
            ("GET", "/api/v1/me", 200), ("HEAD", "/api/v1/me", 200), ("GET", "/api/v1/me/quotes/x", 400), ("GET", "/api/v1/me/entries/9", 404),
            ("GET", "/api/v1/provider", 200), ("GET", "/api/v1/openapi.json", 200), ("GET", "/api/v1/health/live", 200), ("GET", "/api/v1/health/ready", 200),
            ("GET", "/docs/", 200), ("GET", "/docs/nothing.js", 404), ("GET", "/.well-known/jwks.json", 200), ("GET", "/.well-known/security.txt", 200), ("GET", "/.well-known/x", 404),
        ] {
            let answer = cabinet.call(Method::from_bytes(method.as_bytes()).unwrap(), path).by(&person)
                .header("origin", "https://evil.example").header("x-request-id", "trace-7").send().await;
            assert_eq!(answer.status, status, "{method} {path}");
            for (name, value) in ALWAYS {
                assert_eq!(answer.header(name), value, "{method} {path}");
            }
            assert!(answer.header("content-security-policy").starts_with("default-src 'none';"), "{method} {path}");
            assert!(!answer.header("content-security-policy").contains("unsafe-inline") || path.starts_with("/docs/"), "{method} {path}");
            assert!(!answer.header("cache-control").is_empty(), "{method} {path}");
            assert_eq!(answer.header("x-request-id"), "trace-7", "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path}");
            assert_eq!(answer.header("strict-transport-security"), "", "{method} {path}");
            if status >= 400 && method != "HEAD" {
                answer.problem();
            }
            if status == 405 {
                assert!(answer.header("allow").contains("GET"), "{method} {path}");
            }
        }
        let sheet = cabinet.get("/api/v1/provider").send().await;
        assert_eq!(sheet.header("ratelimit-policy"), "\"default\";q=3000;w=60");
        assert!(sheet.header("ratelimit").starts_with("\"default\";r=29"), "{sheet:?}");
        let strange = cabinet.get("/api/v1/provider").header("x-request-id", "a b<c>").send().await;
        assert_eq!(strange.header("x-request-id").len(), 36);
        cabinet.close().await;
    }
}

#[test]
fn an_address_that_asks_too_much_waits_for_the_next_minute() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open_with(bench.store.clone(), |config| config.access.requests_per_minute = 3).await;
        for left in ["2", "1", "0"] {
            let answer = cabinet.get("/api/v1/provider").send().await;
            assert_eq!(
                (answer.status, answer.header("ratelimit")),
                (200, format!("\"default\";r={left};t=60").as_str())
            );
        }
        let refused = cabinet.get("/api/v1/provider").header("x-forwarded-for", "203.0.113.9").send().await;
        assert_eq!(refused.problem(), "429 throttled");
        assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("60", "\"default\";r=0;t=60"));
        assert_eq!(cabinet.get("/api/v1/health/live").send().await.status, 200);
        cabinet.at(crate::harness::TODAY, time::macros::time!(12:01));
        assert_eq!(cabinet.get("/api/v1/provider").send().await.status, 200);
        cabinet.close().await;
        bench.close().await;
    });
}

#[test]
fn a_process_about_to_end_is_not_ready() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open(bench.store.clone()).await;
        assert_eq!(cabinet.get("/api/v1/health/ready").send().await.status, 200);
        cabinet.state.drain();
        let ready = cabinet.get("/api/v1/health/ready").send().await;
        assert_eq!((ready.problem().as_str(), ready.header("retry-after")), ("503 unavailable", "1"));
        assert_eq!(cabinet.get("/api/v1/health/live").send().await.status, 200);
        cabinet.close().await;
        bench.close().await;
    });
}

/// Connections that never say what they want.
const SLOW: usize = 300;

#[test]
fn slow_connections_keep_nobody_waiting_and_are_closed() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open(bench.store.clone()).await;
        let address = cabinet.base.trim_start_matches("http://").to_owned();
        let slow = (0..SLOW).map(|number| {
            let mut socket = TcpStream::connect(&address).expect("a connection");
            let head = "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
            socket.write_all(head.as_bytes()).expect("writes");
            if number % 3 == 0 {
                socket.write_all(b"Content-Length: 100\r\n\r\n{").expect("writes");
            }
            socket
        });
        let slow: Vec<TcpStream> = slow.collect();
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for _ in 0..50 {
            assert_eq!(cabinet.get("/api/v1/me").by(&person).send().await.status, 200);
        }
        // A connection that is left open lets the read run out of time: no answer, and no end.
        let ended = tokio::task::spawn_blocking(move || {
            for mut socket in slow {
                socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
                let mut told = String::new();
                socket.read_to_string(&mut told).expect("the connection is closed");
                assert!(told.is_empty() || told.starts_with("HTTP/1.1 408 "), "{told}");
            }
        });
        ended.await.expect("every connection is closed");
        cabinet.close().await;
        bench.close().await;
    });
}

#[test]
fn https_makes_cookies_and_transport_strict() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open_with(bench.store.clone(), |config| {
            config.web.public_url = Some("https://cabinet.example.com".to_owned());
        })
        .await;
        cabinet.person("1001", "home-20", 100_00).await;
        let sign_in = |origin: &'static str| {
            cabinet
                .post("/api/v1/auth/sign-in")
                .header("origin", origin)
                .header("x-cabinet-client", "web")
                .json(&serde_json::json!({ "login": "1001", "password": crate::harness::PASSWORD }))
                .send()
        };
        let answer = sign_in("https://cabinet.example.com").await;
        let cookies: Vec<&str> =
            answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
        let refresh = cookies.iter().find(|cookie| cookie.starts_with("__Host-cabinet_refresh=")).expect("the cookie");
        for part in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
            assert!(refresh.contains(part), "{part} in {refresh}");
        }
        assert!(!refresh.contains("Domain"));
        assert!(answer.header("strict-transport-security").starts_with("max-age=31536000"));
        assert_eq!(sign_in("http://cabinet.example.com").await.problem(), "403 forbidden");
        cabinet.close().await;
        bench.close().await;
    });
}

#[test]
fn files_come_packed_and_keep_their_names() {
    block_on(async {
        let web = tempfile::tempdir().unwrap();
        let name = "cabinet-e3b0c44298fc1c14.js";
        for (file, text) in [
            ("index.html", "page"),
            ("index.html.br", "br"),
            (name, "plain"),
            (&format!("{name}.br"), "br"),
            (&format!("{name}.gz"), "gz"),
        ] {
            std::fs::write(web.path().join(file), text).unwrap();
        }
        let bench = Bench::sqlite().await;
        let cabinet =
            Cabinet::open_with(bench.store.clone(), |config| config.web.dir = Some(web.path().to_owned())).await;
        let file = |accepts: &'static str| cabinet.get(&format!("/{name}")).header("accept-encoding", accepts).send();
        for (accepts, encoding, body) in
            [("br, gzip", "br", "br"), ("gzip", "gzip", "gz"), ("", "", "plain"), ("br;q=0, gzip", "gzip", "gz")]
        {
            let answer = file(accepts).await;
            assert_eq!((answer.header("content-encoding"), answer.text.as_str()), (encoding, body), "{accepts}");
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(answer.header("vary"), "Accept-Encoding");
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        }
        let page = cabinet.get("/tariffs").send().await;
        assert_eq!((page.text.as_str(), page.header("cache-control")), ("page", "no-cache"));
        let held = cabinet.get("/").header("if-none-match", page.header("etag")).send().await;
        assert_eq!(held.status, 304);
        cabinet.close().await;

        let missing = web.path().join("nothing");
        let cabinet = Cabinet::open_with(bench.store.clone(), |config| config.web.dir = Some(missing)).await;
        assert!(cabinet.get("/").send().await.text.contains("cargo xtask web"));
        cabinet.close().await;
        bench.close().await;
    });
}

#[actix_web::test]
async fn a_panic_is_a_500_and_the_process_lives() {
    async fn fall() -> &'static str {
        panic!("on purpose")
    }
    let app = App::new()
        .route("/fall", web::get().to(fall))
        .route("/stand", web::get().to(async || "up"))
        .wrap(from_fn(edge));
    let app = actix::init_service(app).await;
    let fallen = actix::try_call_service(&app, actix::TestRequest::get().uri("/fall").to_request()).await;
    let Err(fallen) = fallen else { panic!("a panic was answered as if nothing had happened") };
    let answer = fallen.error_response();
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.headers().get("content-type").unwrap(), "application/problem+json");
    assert!(answer.headers().contains_key("content-security-policy"));
    let body = actix_web::body::to_bytes(answer.into_body()).await.ok().unwrap();
    assert!(!String::from_utf8_lossy(&body).contains("on purpose"));
    let standing = actix::call_service(&app, actix::TestRequest::get().uri("/stand").to_request()).await;
    assert_eq!(standing.status(), 200);
}
