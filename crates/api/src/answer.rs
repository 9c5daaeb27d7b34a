//! Answers of JSON, compressed where it pays.

use actix_web::http::header::{self, ContentEncoding, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, Responder};
use cabinet_contract::IDEMPOTENCY_REPLAYED;
use serde::Serialize;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;

/// Below this a packet is not saved by compressing.
const WORTH_COMPRESSING: usize = 1024;
/// Brotli's quality and the logarithm of its window for answers made on the spot. A month of 14 kB takes less than half
/// the time of quality 5 with a window of 2^18, whose tables must be cleared first, and a seventh more bytes; both are
/// cheaper and smaller than gzip.
const QUALITY: i32 = 3;
const WINDOW: i32 = 14;

/// A JSON answer.
pub struct Answer<T> {
    value: T,
    polled: bool,
    replayed: bool,
    status: actix_web::http::StatusCode,
}

impl<T: Serialize> Answer<T> {
    /// 200, kept by no one.
    pub fn ok(value: T) -> Answer<T> {
        Answer { value, polled: false, replayed: false, status: actix_web::http::StatusCode::OK }
    }

    /// 202: taken note of.
    pub fn accepted(value: T) -> Answer<T> {
        Answer { status: actix_web::http::StatusCode::ACCEPTED, ..Answer::ok(value) }
    }

    /// 200 with an `ETag`: apps ask again and again, and mostly hear 304. The value must hold the local date, so
    /// that midnight is a change.
    pub fn polled(value: T) -> Answer<T> {
        Answer { polled: true, ..Answer::ok(value) }
    }

    /// 200, with a word on whether this is the first answer given again.
    pub fn keyed(value: T, replayed: bool) -> Answer<T> {
        Answer { replayed, ..Answer::ok(value) }
    }
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let body = serde_json::to_vec(&self.value).expect("a value of the contract is always JSON");
        let mut answer = HttpResponse::build(self.status);
        answer.content_type("application/json");
        if self.replayed {
            answer.insert_header((IDEMPOTENCY_REPLAYED, "true"));
        }
        if self.polled {
            let tag = etag(&body);
            answer.insert_header((header::CACHE_CONTROL, "private, no-cache"));
            answer.insert_header((header::VARY, "Authorization, Accept-Language, Accept-Encoding"));
            answer.insert_header((header::ETAG, tag.clone()));
            if matches(request.headers(), &tag) {
                return answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
            }
        } else {
            answer.insert_header((header::VARY, "Accept-Language, Accept-Encoding"));
        }
        if body.len() >= WORTH_COMPRESSING
            && let Some((encoding, packed)) = compressed(request.headers(), &body)
        {
            answer.insert_header((header::CONTENT_ENCODING, encoding));
            return answer.body(packed);
        }
        answer.body(body)
    }
}

/// An entity tag of a body, weak because the bytes differ with their encoding.
pub fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// Whether the caller holds this very answer.
pub fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let bare = tag.trim_start_matches("W/");
    headers
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|held| held == "*" || held.trim_start_matches("W/") == bare)
}

/// Whether the caller takes an encoding.
pub fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|wish| {
            let mut parts = wish.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let refused = parts.any(|part| part.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
            name.eq_ignore_ascii_case(encoding) && !refused
        })
}

fn compressed(headers: &HeaderMap, body: &[u8]) -> Option<(ContentEncoding, Vec<u8>)> {
    if takes(headers, "br") {
        let mut packed = Vec::with_capacity(body.len() / 4);
        let settings = brotli::enc::BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, ..Default::default() };
        brotli::BrotliCompress(&mut &*body, &mut packed, &settings).ok()?;
        Some((ContentEncoding::Brotli, packed))
    } else if takes(headers, "gzip") {
        let mut encoder =
            flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 4), flate2::Compression::new(5));
        encoder.write_all(body).ok()?;
        Some((ContentEncoding::Gzip, encoder.finish().ok()?))
    } else {
        None
    }
}

/// 200 of a text that anyone may keep for a while.
pub fn text(request: &HttpRequest, media_type: &str, cache: &'static str, body: String) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type(media_type);
    answer.insert_header((header::CACHE_CONTROL, cache)).insert_header((header::VARY, "Accept-Encoding"));
    match compressed(request.headers(), body.as_bytes()) {
        Some((encoding, packed)) => answer.insert_header((header::CONTENT_ENCODING, encoding)).body(packed),
        None => answer.body(body),
    }
}

/// 204: done, nothing to tell.
pub fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
