//! Answers of JSON, compressed where it pays.

use actix_web::http::header::{self, ContentEncoding, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, Responder};
use cabinet_contract::IDEMPOTENCY_REPLAYED;
use flate2::{Compress, Compression, FlushCompress, Status};
use serde::Serialize;
use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is longer is compressed: a header with a planned change must stay within half a kilobyte too.
const WORTH_COMPRESSING: usize = 500;
/// A month takes a quarter of brotli's time at any quality, whose tables must be made and cleared for every answer, and
/// half a kilobyte more.
const LEVEL: u32 = 1;

thread_local! {
    /// The compressor's tables, made once a thread.
    static GZIP: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::new(LEVEL), 15));
}

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
        match packed(request.headers(), &body) {
            Some(packed) => answer.insert_header((header::CONTENT_ENCODING, ContentEncoding::Gzip)).body(packed),
            None => answer.body(body),
        }
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

/// The body compressed, if that pays and the caller takes it.
pub fn packed(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    if body.len() >= WORTH_COMPRESSING { compressed(headers, body) } else { None }
}

fn compressed(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    if !takes(headers, "gzip") {
        return None;
    }
    GZIP.with_borrow_mut(|gzip| {
        gzip.reset();
        // Room for a body that cannot be made smaller: stored, with five bytes a block, a head and a tail.
        let mut packed = Vec::with_capacity(body.len() + body.len() / 1000 + 64);
        let status = gzip.compress_vec(body, &mut packed, FlushCompress::Finish).ok()?;
        (status == Status::StreamEnd).then_some(packed)
    })
}

/// 200 of a text that anyone may keep for a while.
pub fn text(request: &HttpRequest, media_type: &str, cache: &'static str, body: String) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.content_type(media_type);
    answer.insert_header((header::CACHE_CONTROL, cache)).insert_header((header::VARY, "Accept-Encoding"));
    match compressed(request.headers(), body.as_bytes()) {
        Some(packed) => answer.insert_header((header::CONTENT_ENCODING, ContentEncoding::Gzip)).body(packed),
        None => answer.body(body),
    }
}

/// 204 to a keyed request, with a word on whether it was done before.
pub fn done_keyed(replayed: bool) -> HttpResponse {
    let mut answer = HttpResponse::NoContent();
    if replayed {
        answer.insert_header((IDEMPOTENCY_REPLAYED, "true"));
    }
    answer.finish()
}

/// 204: done, nothing to tell.
pub fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
