//! A push service of tests on a loopback port, and browsers that can read what it took.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A notification as it came.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The address below the service's.
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// Sealed.
    pub body: Vec<u8>,
}

impl Taken {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A status, and the seconds after which it wants to be asked again.
type Answer = (u16, Option<u64>);
type Manners = Arc<Mutex<Box<dyn FnMut(&Taken) -> Answer + Send>>>;

/// Takes notifications until dropped.
pub struct PushService {
    /// Where.
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    manners: Manners,
    task: JoinHandle<()>,
}

impl PushService {
    /// One that takes everything.
    pub async fn start() -> PushService {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let taken = Arc::new(Mutex::new(Vec::new()));
        let manners: Manners = Arc::new(Mutex::new(Box::new(|_| (201, None))));
        let (log, answers) = (Arc::clone(&taken), Arc::clone(&manners));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&answers)));
            }
        });
        PushService { url, taken, manners, task }
    }

    /// From now on it answers so.
    pub fn answers(&self, answer: impl FnMut(&Taken) -> Answer + Send + 'static) {
        *self.manners.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(answer);
    }

    /// What was sent to it since it was asked last, whatever it answered.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, taken: Arc<Mutex<Vec<Taken>>>, manners: Manners) {
    let mut bytes = Vec::new();
    loop {
        let Some((request, length)) = parsed(&bytes) else {
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
                _ => return,
            }
            continue;
        };
        bytes.drain(..length);
        let (status, retry_after) = manners.lock().unwrap_or_else(PoisonError::into_inner)(&request);
        taken.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        let later = retry_after.map(|seconds| format!("Retry-After: {seconds}\r\n")).unwrap_or_default();
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{later}\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A whole request and its length, once it is there.
fn parsed(bytes: &[u8]) -> Option<(Taken, usize)> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&bytes[..head]);
    let mut lines = text.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let body = bytes.get(head + 4..head + 4 + length.unwrap_or(0))?.to_vec();
    let whole = head + 4 + body.len();
    Some((Taken { path, headers, body }, whole))
}

/// A browser's side of a subscription.
pub struct Browser {
    key: SecretKey,
    secret: [u8; 16],
}

impl Browser {
    /// Always the same one of a number from 1 on.
    pub fn new(number: u8) -> Browser {
        Browser { key: SecretKey::from_slice(&[number; 32]).expect("a secret key"), secret: [number; 16] }
    }

    /// Its public key, as the page gives it.
    pub fn p256dh(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key().to_encoded_point(false))
    }

    /// Its secret, likewise.
    pub fn auth(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret)
    }

    /// What a body says to it (RFC 8291); nothing if it was sealed for another.
    pub fn read(&self, body: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = body.split_at_checked(16)?;
        let (theirs, sealed) = rest.get(5..)?.split_at_checked(65)?;
        let point = PublicKey::from_sec1_bytes(theirs).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.key.to_nonzero_scalar(), point.as_affine());
        let ours = self.key.public_key().to_encoded_point(false);
        let info = [b"WebPush: info\0".as_slice(), ours.as_bytes(), theirs].concat();
        let input: [u8; 32] = derived(&self.secret, shared.raw_secret_bytes(), &info);
        let key: [u8; 16] = derived(salt, &input, b"Content-Encoding: aes128gcm\0");
        let nonce: [u8; 12] = derived(salt, &input, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut opened = sealed.to_vec();
        let plain = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut opened).ok()?;
        plain.strip_suffix(&[2]).map(<[u8]>::to_vec)
    }
}

fn derived<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(Some(salt), input).expand(info, &mut out).expect("no more than HKDF gives");
    out
}
