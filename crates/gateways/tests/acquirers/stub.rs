//! A gateway of a test: real HTTP on a loopback port, with any manners.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the stub does with a request.
pub enum Act {
    /// Answers with a status and a body.
    Answer(u16, String),
    /// Answers 302 to an address.
    Redirect(String),
    /// Reads the request and says nothing.
    Hang,
    /// Begins an answer and falls silent.
    Stall,
    /// Closes the connection at once.
    Close,
    /// Answers with 100 MiB, told beforehand or not.
    Endless { told: bool },
    /// Answers with bytes that are not HTTP.
    Garbage,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    /// A field of a posted form.
    pub fn field(&self, name: &str) -> String {
        let mut fields = form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(known, _)| known == name).expect("a field of the form").1.into_owned()
    }
}

pub struct Stub {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    sent: Arc<Mutex<usize>>,
    task: tokio::task::JoinHandle<()>,
}

type Manners = Arc<Mutex<dyn FnMut(&Seen) -> Act + Send>>;

impl Stub {
    /// Serves until dropped; `manners` decides of each request.
    pub async fn start(manners: impl FnMut(&Seen) -> Act + Send + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (seen, sent) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let (log, count, manners) = (seen.clone(), sent.clone(), Arc::new(Mutex::new(manners)) as Manners);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone(), count.clone(), manners.clone()));
            }
        });
        Stub { url, seen, sent, task }
    }

    /// Answers every request with this.
    pub async fn answering(status: u16, body: impl Into<String>) -> Stub {
        let body = body.into();
        Stub::start(move |_| Act::Answer(status, body.clone())).await
    }

    /// The address of nobody.
    pub async fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("the log").clone()
    }

    /// Bytes of endless answers that were taken.
    pub fn sent(&self) -> usize {
        *self.sent.lock().expect("the count")
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Seen>>>, count: Arc<Mutex<usize>>, manners: Manners) {
    let Some(seen) = read(&mut stream).await else { return };
    log.lock().expect("the log").push(seen.clone());
    let act = (manners.lock().expect("manners"))(&seen);
    let head = |status: u16, more: &str| format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{more}\r\n");
    match act {
        Act::Answer(status, body) => {
            let head = head(status, &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
        }
        Act::Redirect(to) => {
            let _ = stream.write_all(head(302, &format!("location: {to}\r\ncontent-length: 0\r\n")).as_bytes()).await;
        }
        Act::Hang => std::future::pending().await,
        Act::Stall => {
            let _ = stream.write_all(head(200, "content-length: 100\r\n").as_bytes()).await;
            let _ = stream.write_all(b"{\"status\":").await;
            std::future::pending().await
        }
        Act::Close => {}
        Act::Endless { told } => {
            let size = 100 * 1024 * 1024;
            let length = if told { format!("content-length: {size}\r\n") } else { String::new() };
            let _ = stream.write_all(head(200, &length).as_bytes()).await;
            let piece = [b' '; 64 * 1024];
            for _ in 0..size / piece.len() {
                if stream.write_all(&piece).await.is_err() {
                    break;
                }
                *count.lock().expect("the count") += piece.len();
            }
        }
        Act::Garbage => {
            let _ = stream.write_all(b"\x16\x03\x01 how do you do\r\n\r\n").await;
        }
    }
    let _ = stream.shutdown().await;
}

/// Reads a request with a body of a told length.
async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.map_or(Some(0), |(_, value)| value.parse().ok())?;
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    // What is no text is looked at by its headers alone.
    let body = String::from_utf8_lossy(&bytes[head + 4..]).into_owned();
    Some(Seen { method, path, headers, body })
}
