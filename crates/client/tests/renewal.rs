//! The access token renews itself: a small server of a script's, and a clock that is set by hand.

use cabinet_client::{Client, Error};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// What the server does with a request.
enum Reply {
    /// A status and a JSON body.
    Json(u16, String),
    /// Replies when it is told to.
    Held(mpsc::Receiver<()>, Box<Reply>),
    /// Reads it and hangs up: the answer is lost.
    Lost,
    /// Reads it and stays silent.
    Silence,
}

/// The requests a server got, as `POST /api/v1/auth/renew TOKEN`.
type Seen = Arc<Mutex<Vec<String>>>;

struct Stub {
    client: Client,
    clock: Arc<AtomicU64>,
    seen: Seen,
}

impl Stub {
    /// Serves this script of one reply a request, in order; whatever comes after it is refused with 500.
    fn new(script: impl IntoIterator<Item = Reply>) -> Stub {
        let script: Arc<Mutex<VecDeque<Reply>>> = Arc::new(Mutex::new(script.into_iter().collect()));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Seen::default();
        let log = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, log) = (script.clone(), log.clone());
                std::thread::spawn(move || serve(stream, &script, &log));
            }
        });
        let clock = Arc::new(AtomicU64::new(0));
        let read = clock.clone();
        let client =
            Client::with_clock(&base, Arc::new(move || read.load(Ordering::SeqCst)), Duration::from_millis(500));
        Stub { client, clock, seen }
    }

    /// The same, signed in as account 1 with tokens `1a` and `r1`.
    async fn signed_in(script: impl IntoIterator<Item = Reply>) -> Stub {
        let stub = Stub::new([tokens("1", "a", "r1")].into_iter().chain(script));
        stub.client.sign_in("0000", "password").await.expect("signed in");
        stub.seen.lock().expect("the log").clear();
        stub
    }

    fn at_second(&self, second: u64) {
        self.clock.store(second * 1000, Ordering::SeqCst);
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("the log").clone()
    }
}

fn serve(stream: TcpStream, script: &Mutex<VecDeque<Reply>>, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let _ = reader.read_line(&mut first);
    let (mut length, mut bearer) = (0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) <= 2 {
            break;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().expect("a length");
        }
        if let Some(token) = line.strip_prefix("authorization: bearer ") {
            // The last letter of the signature tells the tokens of an account apart.
            bearer = format!(" {}", &token[token.len() - 1..]);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let refresh = String::from_utf8_lossy(&body)
        .split("\"refresh_token\":\"")
        .nth(1)
        .map_or(String::new(), |rest| format!(" {}", rest.split('"').next().unwrap_or_default()));
    let what = first.split(' ').take(2).collect::<Vec<_>>().join(" ");
    // Reply and log under one lock: two requests at once are logged in the order they are answered.
    let reply = {
        let mut script = script.lock().expect("the script");
        log.lock().expect("the log").push(format!("{what}{bearer}{refresh}"));
        script.pop_front().unwrap_or_else(|| problem(500, "internal"))
    };
    answer(reader.into_inner(), reply);
}

fn answer(mut stream: TcpStream, reply: Reply) {
    match reply {
        Reply::Held(told, reply) => {
            let _ = told.recv();
            answer(stream, *reply);
        }
        Reply::Json(status, body) => {
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
        }
        Reply::Lost => {}
        Reply::Silence => {
            let _ = stream.read(&mut [0]);
        }
    }
}

/// Tokens of an account; `mark` is the access token's last letter, life ten minutes.
fn tokens(account: &str, mark: &str, refresh: &str) -> Reply {
    let claims = match account {
        "1" => "eyJzdWIiOiIxIn0",
        _ => "eyJzdWIiOiIyIn0",
    };
    Reply::Json(
        200,
        format!(
            r#"{{"access_token":"e30.{claims}.{mark}","token_type":"Bearer","expires_in":600,"must_change_password":false,"refresh_token":"{refresh}"}}"#
        ),
    )
}

fn problem(status: u16, code: &str) -> Reply {
    Reply::Json(
        status,
        format!(
            r#"{{"type":"urn:cabinet:problem:{code}","title":"","status":{status},"detail":"","instance":"","code":"{code}","request_id":""}}"#
        ),
    )
}

fn settings() -> Reply {
    Reply::Json(200, r#"{"language":"uk","theme":"dark"}"#.to_owned())
}

const SETTINGS: &str = "GET /api/v1/me/settings";
const RENEW: &str = "POST /api/v1/auth/renew";

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_repeated() {
    let stub = Stub::signed_in([problem(401, "unauthenticated"), tokens("1", "b", "r2"), settings()]).await;
    stub.client.settings().await.expect("settings");
    assert_eq!(stub.seen(), [format!("{SETTINGS} a"), format!("{RENEW} r1"), format!("{SETTINGS} b")]);
    assert_eq!(stub.client.refresh_token().as_deref(), Some("r2"));
}

#[tokio::test]
async fn a_token_near_its_end_is_renewed_before_it_is_used() {
    let stub = Stub::signed_in([settings(), tokens("1", "b", "r2"), settings()]).await;
    stub.at_second(569);
    stub.client.settings().await.expect("settings");
    stub.at_second(571);
    stub.client.settings().await.expect("settings");
    assert_eq!(stub.seen(), [format!("{SETTINGS} a"), format!("{RENEW} r1"), format!("{SETTINGS} b")]);
}

#[tokio::test]
async fn requests_at_once_wait_for_one_renewal() {
    let stub = Stub::signed_in([tokens("1", "b", "r2"), settings(), settings()]).await;
    stub.at_second(601);
    let (one, other) = (stub.client.clone(), stub.client.clone());
    let (one, other) =
        (tokio::spawn(async move { one.settings().await }), tokio::spawn(async move { other.settings().await }));
    one.await.expect("a task").expect("settings");
    other.await.expect("a task").expect("settings");
    assert_eq!(stub.seen(), [format!("{RENEW} r1"), format!("{SETTINGS} b"), format!("{SETTINGS} b")]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let stub = Stub::signed_in([Reply::Lost, tokens("1", "b", "r2"), settings()]).await;
    stub.at_second(601);
    stub.client.settings().await.expect("settings");
    assert_eq!(stub.seen(), [format!("{RENEW} r1"), format!("{RENEW} r1"), format!("{SETTINGS} b")]);
}

#[tokio::test]
async fn a_failing_renewal_leaves_the_old_token_its_time() {
    let stub = Stub::signed_in([problem(500, "internal"), settings()]).await;
    stub.at_second(590);
    stub.client.settings().await.expect("settings with the old token");
    assert_eq!(stub.seen(), [format!("{RENEW} r1"), format!("{SETTINGS} a")]);
    stub.at_second(601);
    let failed = stub.client.settings().await.expect_err("no token is left");
    assert_eq!(failed.status(), Some(500));
    assert!(stub.client.signed_in(), "the session may come back");
}

#[tokio::test]
async fn another_persons_token_is_not_taken_for_ones_own() {
    for early in [false, true] {
        let refused = (!early).then(|| problem(401, "session_ended"));
        let stub = Stub::signed_in(refused.into_iter().chain([tokens("2", "b", "r2"), settings()])).await;
        if early {
            stub.at_second(601);
        }
        let failed = stub.client.settings().await.expect_err("somebody else's");
        assert!(matches!(failed, Error::AnotherPerson), "{failed}");
        assert_eq!(stub.seen().last(), Some(&format!("{RENEW} r1")), "nothing was sent as the other");
        assert!(!stub.client.signed_in());
    }
}

#[tokio::test]
async fn an_ended_session_is_forgotten() {
    let stub = Stub::signed_in([problem(401, "session_ended"), problem(401, "session_ended")]).await;
    let failed = stub.client.settings().await.expect_err("ended");
    assert_eq!(failed.code(), Some("session_ended"));
    assert!(!stub.client.signed_in());
}

#[tokio::test]
async fn signing_out_ends_the_token_that_a_renewal_on_its_way_brings() {
    let (release, held) = mpsc::channel();
    let renewed = Reply::Held(held, Box::new(tokens("1", "b", "r2")));
    let stub = Stub::signed_in([renewed, Reply::Json(204, String::new())]).await;
    let busy = stub.client.clone();
    let renewing = tokio::spawn(async move { busy.renew().await.map(drop) });
    while stub.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let (ended, sent) = tokio::join!(stub.client.sign_out(), async { release.send(()) });
    sent.expect("the server waits");
    ended.expect("signed out");
    renewing.await.expect("a task").expect("renewed");
    assert_eq!(stub.seen(), [format!("{RENEW} r1"), "POST /api/v1/auth/sign-out b r2".to_owned()]);
    assert!(!stub.client.signed_in());
}

#[tokio::test]
async fn a_silent_server_counts_as_unreached() {
    let stub = Stub::new([Reply::Silence]);
    let failed = stub.client.provider().await.expect_err("no answer");
    assert!(matches!(failed, Error::Offline(_)), "{failed}");
}
