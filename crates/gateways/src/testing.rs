//! Counterparts of tests: a mail relay, SMTP on a loopback port, with any manners; a [`push_service`] with browsers, and a
//! [`router`].

pub mod push_service;
pub mod router;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where a conversation stands when the relay may do something of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before its first word.
    Greeting,
    /// After `EHLO`.
    Hello,
    /// After `AUTH`.
    SignIn,
    /// After `MAIL`.
    Sender,
    /// After `RCPT`.
    Recipient,
    /// After `DATA`.
    Data,
    /// After the letter itself, which it has by then.
    Letter,
    /// After anything else, as `NOOP`.
    Idle,
}

/// What it does then.
#[derive(Clone, Debug)]
pub enum Act {
    /// What a good relay does.
    Proper,
    /// Says this in place of it.
    Say(String),
    /// Breaks the connection.
    Drop,
    /// Says nothing more.
    Hang,
}

impl Act {
    /// Says this.
    pub fn say(line: &str) -> Act {
        Act::Say(line.to_owned())
    }
}

/// A letter it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The address of `MAIL`.
    pub from: String,
    /// The address of `RCPT`.
    pub to: String,
    /// Head and body.
    pub letter: String,
}

impl Taken {
    /// A header as it is written, unfolded; empty without it.
    pub fn header(&self, name: &str) -> String {
        let head = self.letter.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).unwrap_or_default()
    }
}

type Manners = Box<dyn FnMut(Stage, &str) -> Act + Send>;

/// What a relay knows and how it behaves; shared by its connections.
#[derive(Clone)]
pub struct Relay {
    taken: Arc<Mutex<Vec<Taken>>>,
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    manners: Arc<Mutex<Manners>>,
    offers: Arc<Vec<&'static str>>,
}

/// How a conversation ended.
pub enum End<S> {
    /// For good.
    Over,
    /// TLS is to begin.
    Starttls(S),
}

impl Relay {
    /// One that offers these extensions and behaves so.
    pub fn new(offers: &[&'static str], manners: impl FnMut(Stage, &str) -> Act + Send + 'static) -> Relay {
        Relay {
            taken: Arc::default(),
            heard: Arc::default(),
            connections: Arc::default(),
            manners: Arc::new(Mutex::new(Box::new(manners))),
            offers: Arc::new(offers.to_vec()),
        }
    }

    /// The letters it has, the oldest first.
    pub fn taken(&self) -> Vec<Taken> {
        locked(&self.taken).clone()
    }

    /// Every command it heard.
    pub fn heard(&self) -> Vec<String> {
        locked(&self.heard).clone()
    }

    /// How many connections it was asked for.
    pub fn connections(&self) -> usize {
        *locked(&self.connections)
    }

    /// From now on it behaves so.
    pub fn behave(&self, manners: impl FnMut(Stage, &str) -> Act + Send + 'static) {
        *locked(&self.manners) = Box::new(manners);
    }

    /// Speaks on a stream until it is closed or TLS is to begin; `greets` unless it begins after TLS.
    pub async fn speak<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, greets: bool) -> std::io::Result<End<S>> {
        let mut stream = BufReader::new(stream);
        if greets {
            *locked(&self.connections) += 1;
            if self.act(&mut stream, Stage::Greeting, "", "220 relay ESMTP").await?.is_none() {
                return Ok(End::Over);
            }
        }
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(End::Over);
            }
            let line = line.trim_end().to_owned();
            locked(&self.heard).push(line.clone());
            let word = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let (stage, proper) = match word.as_str() {
                "EHLO" => {
                    let last = self.offers.len();
                    let lines = std::iter::once("relay").chain(self.offers.iter().copied()).enumerate();
                    let lines =
                        lines.map(|(place, text)| format!("250{}{text}", if place == last { ' ' } else { '-' }));
                    (Stage::Hello, lines.collect::<Vec<_>>().join("\r\n"))
                }
                "STARTTLS" => {
                    stream.write_all(b"220 go ahead\r\n").await?;
                    return Ok(End::Starttls(stream.into_inner()));
                }
                "AUTH" => (Stage::SignIn, "235 welcome".to_owned()),
                "MAIL" => {
                    from = address();
                    (Stage::Sender, "250 2.1.0 good".to_owned())
                }
                "RCPT" => {
                    to = address();
                    (Stage::Recipient, "250 2.1.5 good".to_owned())
                }
                "DATA" => (Stage::Data, "354 go ahead".to_owned()),
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(End::Over);
                }
                _ => (Stage::Idle, "250 2.0.0 good".to_owned()),
            };
            let Some(went_ahead) = self.act(&mut stream, stage, &line, &proper).await? else { return Ok(End::Over) };
            // Whoever was told something else than to go ahead sends no letter.
            if stage == Stage::Data && went_ahead {
                let letter = read_letter(&mut stream).await?;
                locked(&self.taken).push(Taken { from: from.clone(), to: to.clone(), letter });
                if self.act(&mut stream, Stage::Letter, "", "250 2.0.0 taken").await?.is_none() {
                    return Ok(End::Over);
                }
            }
        }
    }

    /// Does what its manners say; whether that was the proper thing, or nothing if the conversation is over.
    async fn act<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        stage: Stage,
        line: &str,
        proper: &str,
    ) -> std::io::Result<Option<bool>> {
        let act = (locked(&self.manners))(stage, line);
        let (said, is_proper) = match act {
            Act::Proper => (proper.to_owned(), true),
            Act::Say(text) => (text, false),
            Act::Drop => return Ok(None),
            Act::Hang => std::future::pending().await,
        };
        stream.write_all(format!("{said}\r\n").as_bytes()).await?;
        stream.flush().await?;
        Ok(Some(is_proper))
    }
}

async fn read_letter<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut letter = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(letter);
        }
        letter.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A relay that listens, in the open, until it is dropped.
pub struct Sink {
    /// At 127.0.0.1.
    pub port: u16,
    /// What it knows.
    pub relay: Relay,
    task: JoinHandle<()>,
}

impl Sink {
    /// One that takes every letter.
    pub async fn open() -> Sink {
        Sink::with(Relay::new(&["8BITMIME", "SMTPUTF8"], |_, _| Act::Proper)).await
    }

    /// One with these manners.
    pub async fn with(relay: Relay) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let each = relay.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = each.clone();
                tokio::spawn(async move { relay.speak(stream, true).await.map(drop) });
            }
        });
        Sink { port, relay, task }
    }

    /// Settings that lead to it.
    pub fn settings(&self) -> crate::mail::MailSettings {
        crate::mail::MailSettings {
            host: "127.0.0.1".to_owned(),
            port: Some(self.port),
            tls: crate::mail::Tls::None,
            from: "Онлайн <noreply@example.com>".to_owned(),
            ..crate::mail::MailSettings::default()
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}
