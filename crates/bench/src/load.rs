//! A small load generator: keep-alive connections that ask and wait, on a thread of their own.
//!
//! It does as little as it can for a request, because it shares the cores with what it measures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests that connections send in turn.
#[derive(Clone)]
pub struct Load {
    /// Who answers.
    pub server: SocketAddr,
    /// Whole requests of HTTP/1.1, head and body.
    pub requests: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
    once: bool,
}

impl Load {
    /// Each is sent again when all were.
    pub fn again_and_again(server: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> Load {
        Load { server, requests, next: Arc::default(), once: false }
    }

    /// Each is sent once, in whatever runs.
    pub fn once(server: SocketAddr, requests: Arc<Vec<Vec<u8>>>) -> Load {
        Load { once: true, ..Load::again_and_again(server, requests) }
    }

    /// How many were sent.
    pub fn sent(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    fn take(&self) -> &[u8] {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        assert!(!self.once || turn < self.requests.len(), "there are too few requests");
        &self.requests[turn % self.requests.len()]
    }
}

/// How they are sent.
#[derive(Clone, Copy)]
pub enum Pace {
    /// So many connections, each asking as soon as it is answered.
    Closed(usize),
    /// So many connections, each asking once in this time however long the answer takes.
    Every(usize, Duration),
}

/// What came of it.
pub struct Outcome {
    /// Answers of 200 in a second.
    pub a_second: f64,
    /// The middle of the times from asking, or from when it was due to be asked, to the answer.
    pub p50: Duration,
    /// What 99 of 100 of them were below.
    pub p99: Duration,
}

/// One answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body as it travelled.
    pub body: Vec<u8>,
}

/// A request of HTTP/1.1 without a body.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Accept-Encoding: gzip, br\r\nAccept-Language: uk\r\n\r\n"
    )
    .into_bytes()
}

/// A connection and what it has received but not read.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(server: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, received: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.write_all(request).await?;
        let (head, length) = loop {
            if let Some(end) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.received[..end]).map_err(std::io::Error::other)?;
                let status = head.get(9..12).and_then(|code| code.parse().ok()).unwrap_or(0);
                break (Head { status, end: end + 4 }, content_length(head));
            }
            self.receive().await?;
        };
        while self.received.len() < head.end + length {
            self.receive().await?;
        }
        let body = self.received[head.end..head.end + length].to_vec();
        self.received.drain(..head.end + length);
        Ok(Answer { status: head.status, body })
    }

    async fn receive(&mut self) -> std::io::Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

struct Head {
    status: u16,
    end: usize,
}

fn content_length(head: &str) -> usize {
    let value = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    value.unwrap_or(0)
}

/// Runs on a thread of its own, so that nothing of the servers waits for it.
pub async fn run(load: &Load, pace: Pace, time: Duration) -> Outcome {
    let load = load.clone();
    let thread = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(send(&load, pace, time))
    });
    thread.await.expect("the load generator does not panic")
}

async fn send(load: &Load, pace: Pace, time: Duration) -> Outcome {
    let (connections, every) = match pace {
        Pace::Closed(connections) => (connections, None),
        Pace::Every(connections, every) => (connections, Some(every)),
    };
    let started = Instant::now();
    let senders: Vec<_> = (0..connections)
        .map(|number| {
            let load = load.clone();
            let offset = every.map_or(Duration::ZERO, |every| every * number as u32 / connections as u32);
            tokio::spawn(async move {
                let mut connection = Connection::open(load.server).await.expect("connects");
                let (mut due, mut took) = (started + offset, Vec::new());
                while due < started + time && started.elapsed() < time {
                    let late = Instant::now() > due;
                    tokio::time::sleep_until(due.into()).await;
                    // The timer's own delay is nobody's; the wait behind a late answer is the server's.
                    let asked = if late { due } else { Instant::now() };
                    let answer = connection.ask(load.take()).await.expect("an answer");
                    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
                    took.push(asked.elapsed());
                    due = match every {
                        Some(every) => due + every,
                        None => Instant::now(),
                    };
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for sender in senders {
        took.extend(sender.await.expect("a sender does not panic"));
    }
    let a_second = took.len() as f64 / started.elapsed().as_secs_f64();
    took.sort_unstable();
    Outcome { a_second, p50: took[took.len() / 2], p99: took[took.len() * 99 / 100] }
}
