//! How a request leaves this machine: reqwest natively, `fetch` in the browser, one interface.

/// An HTTP method the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or does.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes or cancels.
    Delete,
}

/// A request, before it is anybody's.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, from the root of the server.
    pub path: String,
    /// A JSON text.
    pub body: Option<String>,
    /// The bytes of a file instead.
    pub bytes: Option<Vec<u8>>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    /// Without a body.
    pub fn new(method: Method, path: impl Into<String>) -> Request {
        Request { method, path: path.into(), body: None, bytes: None, headers: Vec::new() }
    }

    /// With one more header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.headers.push((name, value.into()));
        self
    }
}

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: String,
    /// `X-Request-Id`.
    pub request_id: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `Idempotency-Replayed: true`: this answer was given before.
    pub replayed: bool,
    /// The file that is the answer; `body` is empty then.
    pub file: Option<File>,
}

/// A file the server gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name to keep it under.
    pub name: String,
    /// What it holds: `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Whether such an answer is a file: only those are told to be kept.
fn is_file(status: u16, header: impl Fn(&str) -> Option<String>) -> bool {
    status == 200 && header("content-disposition").is_some()
}

fn file(bytes: Vec<u8>, header: impl Fn(&str) -> Option<String>) -> File {
    let told = header("content-disposition").unwrap_or_default();
    let name =
        told.split_once("filename=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(name, _)| name.to_owned());
    File {
        name: name.unwrap_or_else(|| "document".to_owned()),
        media_type: header("content-type").unwrap_or_default(),
        bytes,
    }
}

fn answer(status: u16, body: String, header: impl Fn(&str) -> Option<String>) -> Answer {
    Answer {
        status,
        body,
        request_id: header("x-request-id"),
        retry_after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
        replayed: header("idempotency-replayed").is_some_and(|value| value == "true"),
        file: None,
    }
}

/// Nobody waits longer for an answer; a renewal lost so late can still be asked for again within the server's grace.
const PATIENCE_MS: u32 = 15_000;
/// How much longer a file may take on its way.
const FILES_LONGER: u32 = 8;
/// What a file is sent as: the server looks for itself.
const FILE_TYPE: &str = "application/octet-stream";

/// The server was not reached; the text says why, for a log.
#[derive(Clone, Debug)]
pub(crate) struct Unreached(pub(crate) String);

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Answer, FILE_TYPE, FILES_LONGER, Method, PATIENCE_MS, Request, Unreached, answer, file, is_file};
    use crate::events::Taker;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    /// A stream says something every 20 seconds.
    const SILENCE: Duration = Duration::from_secs(60);

    /// Milliseconds that only grow.
    pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

    /// reqwest, without a cookie store: the refresh token travels in the body.
    pub(crate) struct Transport {
        http: reqwest::Client,
        base: String,
        clock: Clock,
        patience: Duration,
    }

    impl Transport {
        pub(crate) fn new(base: &str) -> Transport {
            let started = Instant::now();
            let clock = Arc::new(move || started.elapsed().as_millis() as u64);
            Transport::with_clock(base, clock, Duration::from_millis(PATIENCE_MS.into()))
        }

        pub(crate) fn with_clock(base: &str, clock: Clock, patience: Duration) -> Transport {
            // A program that has chosen its own cryptography for TLS keeps it.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Transport { http: reqwest::Client::new(), base: base.trim_end_matches('/').to_owned(), clock, patience }
        }

        pub(crate) fn now_ms(&self) -> u64 {
            (self.clock)()
        }

        pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Unreached> {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            };
            let address = format!("{}{}", self.base, request.path);
            let mut builder = self.http.request(method, address).timeout(self.patience);
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            if let Some(body) = &request.body {
                builder = builder.header("content-type", "application/json").body(body.clone());
            }
            if let Some(bytes) = &request.bytes {
                let builder_of_file = builder.timeout(self.patience * FILES_LONGER);
                builder = builder_of_file.header("content-type", FILE_TYPE).body(bytes.clone());
            }
            let response = builder.send().await.map_err(unreached)?;
            told(response).await
        }

        /// Takes a stream piece by piece to its end; silent for longer than a stream may be, it counts as lost.
        pub(crate) async fn listen(&self, request: &Request, take: Taker<'_>) -> Result<Answer, Unreached> {
            let mut builder = self.http.get(format!("{}{}", self.base, request.path));
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            let silent = |_| Unreached("the stream fell silent".to_owned());
            let response = tokio::time::timeout(self.patience, builder.send()).await.map_err(silent)?;
            let mut response = response.map_err(unreached)?;
            if response.status().is_success() {
                while let Some(piece) =
                    tokio::time::timeout(SILENCE, response.chunk()).await.map_err(silent)?.map_err(unreached)?
                {
                    take(&piece);
                }
            }
            told(response).await
        }
    }

    fn unreached(error: reqwest::Error) -> Unreached {
        Unreached(error.to_string())
    }

    async fn told(response: reqwest::Response) -> Result<Answer, Unreached> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        if is_file(status, header) {
            let bytes = response.bytes().await.map_err(unreached)?.to_vec();
            return Ok(Answer { file: Some(file(bytes, header)), ..answer(status, String::new(), header) });
        }
        let body = response.text().await.map_err(unreached)?;
        Ok(answer(status, body, header))
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use super::{Answer, FILE_TYPE, FILES_LONGER, Method, PATIENCE_MS, Request, Unreached, answer, file, is_file};
    use crate::events::Taker;
    use js_sys::{Reflect, Uint8Array};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{
        AbortSignal, Headers, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit, Response,
    };

    /// A stream ends with its access token; one that lasts longer is a connection long dead.
    const STREAM_MS: u32 = 15 * 60 * 1000;

    /// `fetch` of the page's own origin: the refresh token travels in a cookie the page cannot read.
    pub(crate) struct Transport {
        base: String,
    }

    impl Transport {
        pub(crate) fn new(base: &str) -> Transport {
            Transport { base: base.trim_end_matches('/').to_owned() }
        }

        /// Milliseconds since the epoch by the browser's clock; only differences are used.
        pub(crate) fn now_ms(&self) -> u64 {
            js_sys::Date::now() as u64
        }

        pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Unreached> {
            self.fetch(request).await.map_err(|_| Unreached("fetch failed".to_owned()))
        }

        /// Takes a stream piece by piece to its end.
        pub(crate) async fn listen(&self, request: &Request, take: Taker<'_>) -> Result<Answer, Unreached> {
            self.stream(request, take).await.map_err(|_| Unreached("the stream broke".to_owned()))
        }

        async fn stream(&self, request: &Request, take: Taker<'_>) -> Result<Answer, JsValue> {
            let response = self.response(request, STREAM_MS).await?;
            if let Some(body) = response.body().filter(|_| response.ok()) {
                let reader = body.get_reader().unchecked_into::<ReadableStreamDefaultReader>();
                loop {
                    let piece = JsFuture::from(reader.read()).await?;
                    if Reflect::get(&piece, &"done".into())?.is_truthy() {
                        return Ok(answer(response.status(), String::new(), |_| None));
                    }
                    take(&Uint8Array::new(&Reflect::get(&piece, &"value".into())?).to_vec());
                }
            }
            told(response).await
        }

        async fn fetch(&self, request: &Request) -> Result<Answer, JsValue> {
            let longer = if request.bytes.is_some() { FILES_LONGER } else { 1 };
            told(self.response(request, PATIENCE_MS * longer).await?).await
        }

        async fn response(&self, request: &Request, patience_ms: u32) -> Result<Response, JsValue> {
            let headers = Headers::new()?;
            for (name, value) in &request.headers {
                headers.append(name, value)?;
            }
            let options = RequestInit::new();
            options.set_method(match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Patch => "PATCH",
                Method::Delete => "DELETE",
            });
            if let Some(body) = &request.body {
                headers.append("content-type", "application/json")?;
                options.set_body(&body.as_str().into());
            }
            if let Some(bytes) = &request.bytes {
                headers.append("content-type", FILE_TYPE)?;
                options.set_body(&Uint8Array::from(bytes.as_slice()));
            }
            options.set_headers(&headers);
            options.set_credentials(RequestCredentials::SameOrigin);
            options.set_cache(RequestCache::NoCache);
            options.set_signal(Some(&AbortSignal::timeout_with_u32(patience_ms)));
            let window = web_sys::window().ok_or(JsValue::NULL)?;
            let address = format!("{}{}", self.base, request.path);
            let response = JsFuture::from(window.fetch_with_str_and_init(&address, &options)).await?;
            Ok(response.unchecked_into())
        }
    }

    async fn told(response: Response) -> Result<Answer, JsValue> {
        let (status, headers) = (response.status(), response.headers());
        let header = |name: &str| headers.get(name).ok().flatten();
        if is_file(status, header) {
            let bytes = Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?).to_vec();
            return Ok(Answer { file: Some(file(bytes, header)), ..answer(status, String::new(), header) });
        }
        let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        Ok(answer(status, body, header))
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::Transport;
#[cfg(not(target_arch = "wasm32"))]
pub use native::Clock;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::Transport;
