//! A relay over SMTP.
//!
//! lettre speaks the protocol and builds letters. Its own transport does not tell which command was refused, and a
//! recipient refused for good is another thing than a sender or a letter that is, so the few commands are said here.

use super::{CLOSING, Fault, HeaderText, Later, Letter, MailAddress, MailSettings, Mailer, Tls};
use crate::acquirer::SettingsError;
use crate::http::{Circuit, Patience};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::{Address, Message};
use secrecy::ExposeSecret;
use std::error::Error as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How long the relay may take to let us in, and again to take a letter.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once, and those kept open between letters.
const CONNECTIONS: usize = 4;

/// A relay.
pub struct Smtp {
    host: String,
    port: u16,
    guard: Guard,
    credentials: Option<Credentials>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    hello: ClientId,
    patience: Patience,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    places: Semaphore,
    circuit: Mutex<Circuit>,
}

enum Guard {
    Implicit(TlsParameters),
    Starttls(TlsParameters),
    Open,
}

impl Smtp {
    pub(super) fn new(settings: &MailSettings) -> Result<Smtp, SettingsError> {
        let host = settings.host.trim().to_owned();
        let guard = match settings.tls {
            Tls::Implicit => Guard::Implicit(tls(&host, settings)?),
            Tls::Starttls => Guard::Starttls(tls(&host, settings)?),
            Tls::None => Guard::Open,
        };
        let from = sender(&settings.from, "from")?.ok_or(SettingsError::Missing("from"))?;
        let credentials = settings.credentials()?;
        Ok(Smtp {
            port: settings.port.unwrap_or(settings.tls.port()),
            host,
            guard,
            credentials: credentials.map(|(user, secret)| Credentials::new(user, secret.expose_secret().to_owned())),
            hello: ClientId::Domain(from.email.domain().to_owned()),
            from,
            reply_to: sender(&settings.reply_to, "reply_to")?,
            patience: Patience { connect: PATIENCE, whole: PATIENCE },
            idle: Mutex::default(),
            places: Semaphore::new(CONNECTIONS),
            circuit: Mutex::default(),
        })
    }

    /// The same with other patience.
    pub fn with_patience(self, patience: Patience) -> Smtp {
        Smtp { patience, ..self }
    }

    async fn hand_over(&self, letter: &Letter, now: OffsetDateTime) -> Result<(), Fault> {
        let bytes = self.written(letter, now)?;
        let Ok(_place) = self.places.acquire().await else { return Err(Fault::NoConnection) };
        if !locked(&self.circuit).admits(now) {
            return Err(Fault::Resting);
        }
        let outcome = self.exchange(&letter.to.0, &bytes).await;
        // A relay that answers works, whatever it says; one that says it is closing does not.
        let works = match outcome {
            Err(Fault::NoConnection | Fault::NoTls | Fault::Timeout | Fault::NotAdmitted(_)) => false,
            Err(Fault::PutOff(status)) => status != CLOSING,
            _ => true,
        };
        locked(&self.circuit).learn(works, now);
        outcome
    }

    async fn exchange(&self, to: &Address, bytes: &[u8]) -> Result<(), Fault> {
        let mut connection = timeout(self.patience.connect, self.connection()).await.map_err(|_| Fault::Timeout)??;
        let said = timeout(self.patience.whole, say(&mut connection, &self.from.email, to, bytes));
        said.await.map_err(|_| Fault::Timeout)??;
        // One that was refused something is left: what it still expects is not known.
        let mut idle = locked(&self.idle);
        if idle.len() < CONNECTIONS {
            idle.push(connection);
        }
        Ok(())
    }

    /// One that is open still, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Fault> {
        loop {
            let Some(mut kept) = locked(&self.idle).pop() else { return self.connect().await };
            if kept.test_connected().await {
                return Ok(kept);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let refused = |error: Error| fault(&error, Fault::NotAdmitted);
        let wrapped = match &self.guard {
            Guard::Implicit(parameters) => Some(parameters.clone()),
            Guard::Starttls(_) | Guard::Open => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.patience.connect), &self.hello, wrapped, None)
                .await
                .map_err(refused)?;
        if let Guard::Starttls(parameters) = &self.guard {
            if !connection.can_starttls() {
                return Err(Fault::NoTls);
            }
            connection.starttls(parameters.clone(), &self.hello).await.map_err(refused)?;
        }
        if let Some(credentials) = &self.credentials {
            let ways = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&ways, credentials).await.map_err(refused)?;
        }
        Ok(connection)
    }

    /// The letter as it travels.
    fn written(&self, letter: &Letter, now: OffsetDateTime) -> Result<Vec<u8>, Fault> {
        // Types keep what cannot be written from coming here.
        let unfit = |_| Fault::Refused(0);
        let domain = self.from.email.domain();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.to.0.clone()))
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{}@{domain}>", letter.id.as_str())))
            .date(SystemTime::from(now))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(address) = &letter.unsubscribe {
            builder = builder
                .raw_header(header("List-Unsubscribe", &format!("<{}>", address.as_str())))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let mut body = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
        if !letter.attachments.is_empty() {
            body = MultiPart::mixed().multipart(body);
            for file in &letter.attachments {
                let media_type = ContentType::parse(file.media_type).map_err(|_| Fault::Refused(0))?;
                let part = Attachment::new(file.name.as_str().to_owned()).body(file.bytes.clone(), media_type);
                body = body.singlepart(part);
            }
        }
        Ok(builder.multipart(body).map_err(unfit)?.formatted())
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter, now: OffsetDateTime) -> Later<'a, Result<(), Fault>> {
        Box::pin(self.hand_over(letter, now))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The machine's own roots, and those that are named.
fn tls(host: &str, settings: &MailSettings) -> Result<TlsParameters, SettingsError> {
    const NAME: &str = "root_certificate_file";
    // Whoever came first has chosen the same, or knew why not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = TlsParameters::builder(host.to_owned());
    let named = settings.root_certificate_file.as_ref().filter(|path| !path.as_os_str().is_empty());
    if let Some(path) = named {
        let pem = std::fs::read(path).map_err(|_| SettingsError::File(NAME))?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| SettingsError::Unfit(NAME, "certificates as PEM"))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| SettingsError::Tls)
}

/// `Онлайн <noreply@example.com>` or the address alone; nothing of an empty text.
fn sender(text: &str, name: &'static str) -> Result<Option<Mailbox>, SettingsError> {
    const WANTED: &str = "an address, or a name and the address in angle brackets";
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (called, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((called, address)) => (called.trim().trim_matches('"'), address),
        None => ("", text),
    };
    let unfit = |_| SettingsError::Unfit(name, WANTED);
    let address = MailAddress::new(address.trim()).map_err(unfit)?;
    let called = if called.is_empty() { None } else { Some(HeaderText::new(called).map_err(unfit)?.0) };
    Ok(Some(Mailbox::new(called, address.0)))
}

/// From `MAIL` to the relay's word that it has the letter.
async fn say(connection: &mut AsyncSmtpConnection, from: &Address, to: &Address, bytes: &[u8]) -> Result<(), Fault> {
    let mut options = Vec::new();
    let ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !(ascii(from) && ascii(to)) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            // What a server without SMTPUTF8 says of such an address (RFC 6531).
            return Err(Fault::AddressRefused(553));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !bytes.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let admitted = connection.command(Mail::new(Some(from.clone()), options)).await;
    admitted.map_err(|error| fault(&error, Fault::NotAdmitted))?;
    let judged =
        |error: &Error, of_address: bool| fault(error, if of_address { Fault::AddressRefused } else { Fault::Refused });
    let named = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
    named.map_err(|error| judged(&error, is_of_address(&error)))?;
    // Some relays look a recipient up only once they have the letter; what they say then is of the letter unless they say
    // that it is of the address.
    connection.command(Data).await.map_err(|error| judged(&error, names_address(&error)))?;
    connection.message(bytes).await.map_err(|error| judged(&error, names_address(&error)))?;
    Ok(())
}

fn fault(error: &Error, refused: fn(u16) -> Fault) -> Fault {
    match error.status().map(u16::from) {
        Some(status) if error.is_permanent() => refused(status),
        Some(status) => Fault::PutOff(status),
        None if error.is_timeout() => Fault::Timeout,
        None => Fault::NoConnection,
    }
}

/// Whether a recipient was refused for its own sake. By the enhanced codes of RFC 3463 5.7 is the relay's policy and
/// 5.1.7, 5.1.8 the sender's address: were they counted, a wrong setting would make every subscriber's address fail.
fn is_of_address(error: &Error) -> bool {
    !["5.7.", "5.1.7", "5.1.8"].iter().any(|of_sender| enhanced(error).starts_with(of_sender))
}

/// Whether a letter was refused for its recipient, by the enhanced codes of RFC 3463: 5.1 is of addresses, 5.2 of mailboxes,
/// but for a letter too long for one.
fn names_address(error: &Error) -> bool {
    let code = enhanced(error);
    is_of_address(error) && (code.starts_with("5.1.") || code.starts_with("5.2.")) && !code.starts_with("5.2.3")
}

/// What a relay said, which begins with the enhanced code if it knows any.
fn enhanced(error: &Error) -> String {
    error.source().map(|said| said.to_string().trim_start().to_owned()).unwrap_or_default()
}
