//! A server that is asked to end finishes what it has begun.

use crate::support::Office;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A supervisor kills what has not ended by then.
const PATIENCE: Duration = Duration::from_secs(30);

crate::on_both_benches! {
    async fn what_was_begun_is_answered_and_nothing_new_is_taken(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let mut served = office.serve(&[]);
        let address = served.base.trim_start_matches("http://").to_owned();
        let body = r#"{"login":"7777","password":"not-a-password","delivery":"body"}"#;
        let mut begun = TcpStream::connect(&address).unwrap();
        begun.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(
            begun,
            "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ).unwrap();
        // The server asks for the body: the request is in its hands.
        let mut word = [0; 25];
        begun.read_exact(&mut word).unwrap();
        assert_eq!(word, *b"HTTP/1.1 100 Continue\r\n\r\n");
        let asked = Instant::now();
        served.signal("TERM");
        while TcpStream::connect(&address).is_ok() {
            assert!(asked.elapsed() < PATIENCE, "the server still takes connections");
            std::thread::yield_now();
        }
        begun.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        begun.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("sign_in_failed"), "{answer}");
        assert!(served.wait().success());
        assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
