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
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Request {
    /// Without a body.
    pub fn new(method: Method, path: impl Into<String>) -> Request {
        Request { method, path: path.into(), body: None, headers: Vec::new() }
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
}

fn answer(status: u16, body: String, header: impl Fn(&str) -> Option<String>) -> Answer {
    Answer {
        status,
        body,
        request_id: header("x-request-id"),
        retry_after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
        replayed: header("idempotency-replayed").is_some_and(|value| value == "true"),
    }
}

/// The server was not reached; the text says why, for a log.
#[derive(Clone, Debug)]
pub(crate) struct Unreached(pub(crate) String);

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Answer, Method, Request, Unreached, answer};
    use std::time::Instant;

    /// reqwest, without a cookie store: the refresh token travels in the body.
    pub(crate) struct Transport {
        http: reqwest::Client,
        base: String,
        started: Instant,
    }

    impl Transport {
        pub(crate) fn new(base: &str) -> Transport {
            Transport {
                http: reqwest::Client::new(),
                base: base.trim_end_matches('/').to_owned(),
                started: Instant::now(),
            }
        }

        /// Milliseconds on a clock that only goes forward.
        pub(crate) fn now_ms(&self) -> u64 {
            self.started.elapsed().as_millis() as u64
        }

        pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Unreached> {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            };
            let mut builder = self.http.request(method, format!("{}{}", self.base, request.path));
            for (name, value) in &request.headers {
                builder = builder.header(*name, value);
            }
            if let Some(body) = &request.body {
                builder = builder.header("content-type", "application/json").body(body.clone());
            }
            let unreached = |error: reqwest::Error| Unreached(error.to_string());
            let response = builder.send().await.map_err(unreached)?;
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let body = response.text().await.map_err(unreached)?;
            Ok(answer(status, body, |name| Some(headers.get(name)?.to_str().ok()?.to_owned())))
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod browser {
    use super::{Answer, Method, Request, Unreached, answer};
    use gloo_net::http::RequestBuilder;

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
            let unreached = |error: gloo_net::Error| Unreached(error.to_string());
            let method = match request.method {
                Method::Get => gloo_net::http::Method::GET,
                Method::Post => gloo_net::http::Method::POST,
                Method::Put => gloo_net::http::Method::PUT,
                Method::Patch => gloo_net::http::Method::PATCH,
                Method::Delete => gloo_net::http::Method::DELETE,
            };
            let mut builder = RequestBuilder::new(&format!("{}{}", self.base, request.path))
                .method(method)
                .credentials(web_sys::RequestCredentials::SameOrigin)
                .cache(web_sys::RequestCache::NoCache);
            for (name, value) in &request.headers {
                builder = builder.header(name, value);
            }
            let ready = match &request.body {
                Some(body) => builder.header("content-type", "application/json").body(body.as_str()),
                None => builder.build(),
            };
            let response = ready.map_err(unreached)?.send().await.map_err(unreached)?;
            let headers = response.headers();
            let body = response.text().await.map_err(unreached)?;
            Ok(answer(response.status(), body, |name| headers.get(name)))
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub(crate) use browser::Transport;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::Transport;
