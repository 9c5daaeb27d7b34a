//! The browser's refresh token: a cookie no script can read, and the checks that keep strangers from using it.

use crate::config::Config;
use crate::problem::{Trouble, Wire};
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use cabinet_contract::CLIENT_HEADER;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// The refresh token.
    Refresh,
    /// Tells a browser that signed in before from a stranger's.
    Device,
}

impl Jar {
    /// The cookie's name; the prefix makes browsers insist on Secure, no Domain, and the root path.
    pub fn name(self, config: &Config) -> &'static str {
        match (self, config.secure()) {
            (Jar::Refresh, true) => "__Host-cabinet_refresh",
            (Jar::Refresh, false) => "cabinet_refresh",
            (Jar::Device, true) => "__Host-cabinet_device",
            (Jar::Device, false) => "cabinet_device",
        }
    }

    /// What the caller holds in it.
    pub fn held(self, request: &HttpRequest, config: &Config) -> Option<String> {
        request.cookie(self.name(config)).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
    }

    /// A cookie with a value for so many seconds.
    pub fn filled(self, value: &str, seconds: i64, config: &Config) -> Cookie<'static> {
        self.made(value.to_owned(), Duration::seconds(seconds), config)
    }

    /// A cookie that takes it away.
    pub fn emptied(self, config: &Config) -> Cookie<'static> {
        self.made(String::new(), Duration::ZERO, config)
    }

    fn made(self, value: String, age: Duration, config: &Config) -> Cookie<'static> {
        Cookie::build(self.name(config), value)
            .path("/")
            .secure(config.secure())
            .http_only(true)
            .same_site(SameSite::Strict)
            .max_age(age)
            .finish()
    }
}

/// Whether a browser sent this: apps send neither header.
pub fn from_browser(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::ORIGIN) || request.headers().contains_key("sec-fetch-site")
}

/// Lets through only scripts of the own origin: a foreign page can send the cookie's owner here, but cannot set the
/// client's header without a preflight, nor choose Origin and Sec-Fetch-Site.
pub fn own_origin_only(request: &HttpRequest, config: &Config) -> Result<(), Trouble> {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let own = match text("origin") {
        Some(origin) => is_own(origin, request, config),
        None => true,
    };
    let near = match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => true,
    };
    if own && near && headers.contains_key(CLIENT_HEADER) { Ok(()) } else { Err(Wire::Forbidden.into()) }
}

fn is_own(origin: &str, request: &HttpRequest, config: &Config) -> bool {
    if let Some(url) = &config.web.public_url {
        return origin == url.trim_end_matches('/');
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let of_origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some() && host == of_origin
}
