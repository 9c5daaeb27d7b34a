//! A router of tests: it hears changes of sessions (RFC 5176) on a loopback port, with any temper.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// How a router answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// Does what is asked.
    Takes,
    /// Refuses with this cause.
    Refuses(u32),
    /// Says nothing.
    Silent,
    /// Answers a request when it has heard it so many times.
    AnswersAt(usize),
    /// Answers everything twice.
    Repeats,
    /// Sends an answer of another id, one cut short and one made with another secret before the true one.
    LiesFirst,
    /// Sends an answer made with another secret, and no other.
    Forges,
    /// Answers without a signature, as old ones do.
    Unsigned,
    /// Does what is asked, each after so long, however many are asked at once.
    Slow(Duration),
}

type Heard = Arc<Mutex<Vec<(SocketAddr, Vec<u8>)>>>;

/// A router that listens until it is dropped.
pub struct FakeRouter {
    /// Where.
    pub address: SocketAddr,
    heard: Heard,
    tempers: Arc<Mutex<Temper>>,
    task: JoinHandle<()>,
}

impl FakeRouter {
    /// One that shares this secret with whoever asks.
    #[allow(clippy::disallowed_methods, reason = "a slow router is slow")]
    pub async fn start(secret: &'static str, temper: Temper) -> FakeRouter {
        let socket = Arc::new(UdpSocket::bind("127.0.0.1:0").await.expect("a port"));
        let address = socket.local_addr().expect("an address");
        let heard = Heard::default();
        let (log, tempers) = (heard.clone(), Arc::new(Mutex::new(temper)));
        let present = tempers.clone();
        let task = tokio::spawn(async move {
            let mut datagram = [0; 4096];
            while let Ok((length, from)) = socket.recv_from(&mut datagram).await {
                let request = datagram[..length].to_vec();
                if !is_true(&request, secret) {
                    continue;
                }
                let times = {
                    let mut heard = log.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.push((from, request.clone()));
                    heard.iter().filter(|(_, known)| *known == request).count()
                };
                let temper = *present.lock().unwrap_or_else(PoisonError::into_inner);
                let socket = socket.clone();
                tokio::spawn(async move {
                    if let Temper::Slow(wait) = temper {
                        tokio::time::sleep(wait).await;
                    }
                    for answer in answers(&request, secret, temper, times) {
                        let _ = socket.send_to(&answer, from).await;
                    }
                });
            }
        });
        FakeRouter { address, heard, tempers, task }
    }

    /// Another temper from now on.
    pub fn becomes(&self, temper: Temper) {
        *self.tempers.lock().unwrap_or_else(PoisonError::into_inner) = temper;
    }

    /// Every true request: from where, and its bytes.
    pub fn heard(&self) -> Vec<(SocketAddr, Vec<u8>)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeRouter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn is_true(request: &[u8], secret: &str) -> bool {
    let Some((head, attributes)) = request.split_at_checked(20) else { return false };
    let digest = Md5::new().chain_update(&head[..4]).chain_update([0; 16]).chain_update(attributes);
    matches!(head[0], 40 | 43) && digest.chain_update(secret).finalize().as_slice() == &head[4..]
}

fn answers(request: &[u8], secret: &str, temper: Temper, times: usize) -> Vec<Vec<u8>> {
    let done = || answer(request, request[1], secret, None, true);
    match temper {
        Temper::Takes | Temper::Slow(_) => vec![done()],
        Temper::Refuses(cause) => vec![answer(request, request[1], secret, Some(cause), true)],
        Temper::Silent => Vec::new(),
        Temper::AnswersAt(nth) => (times >= nth).then(done).into_iter().collect(),
        Temper::Repeats => vec![done(), done()],
        Temper::LiesFirst => vec![
            answer(request, request[1].wrapping_add(1), secret, None, true),
            done()[..12].to_vec(),
            answer(request, request[1], "another", Some(503), true),
            done(),
        ],
        Temper::Forges => vec![answer(request, request[1], "another", None, true)],
        Temper::Unsigned => vec![answer(request, request[1], secret, None, false)],
    }
}

fn answer(request: &[u8], id: u8, secret: &str, cause: Option<u32>, signed: bool) -> Vec<u8> {
    let mut attributes = Vec::new();
    if let Some(cause) = cause {
        attributes.extend([101, 6]);
        attributes.extend(cause.to_be_bytes());
    }
    if signed {
        attributes.extend([80, 18]);
        attributes.extend([0; 16]);
    }
    let code = request[0] + if cause.is_some() { 2 } else { 1 };
    let head = [code, id, 0, 20 + attributes.len() as u8];
    if signed {
        let mut mac = Hmac::<Md5>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(&head);
        mac.update(&request[4..20]);
        mac.update(&attributes);
        let at = attributes.len() - 16;
        attributes[at..].copy_from_slice(&mac.finalize().into_bytes());
    }
    let digest = Md5::new().chain_update(head).chain_update(&request[4..20]).chain_update(&attributes);
    [&head, digest.chain_update(secret).finalize().as_slice(), &attributes].concat()
}
