//! The built client: from a directory `cargo xtask web` fills, or from the binary itself with feature `embed-web`.
//!
//! Hashed files never change; `index.html` is asked again each time. An address without a dot is a page of the
//! client and answers `index.html`, so that deep links survive a reload; one with a dot is a file or nothing.

use crate::answer::{etag, matches, takes};
use crate::problem::{Trouble, Wire};
use crate::state::State;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, web};
use std::path::{Path, PathBuf};

/// What an installed app is made by.
const MANIFEST: &str = "manifest.webmanifest";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Answers any address that is not the API's.
pub async fn asset(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Trouble> {
    let path = request.path().trim_start_matches('/').to_owned();
    let source = Source::of(state.config.web.dir.as_deref());
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let name = if is_page { "index.html".to_owned() } else { path };
    if !is_plain(&name) {
        return Err(Wire::NotFound.into());
    }
    if name == MANIFEST {
        return manifest(&request, &state.config.provider.name, source).await;
    }
    let encodings: Vec<_> = [("br", "br", ContentEncoding::Brotli), ("gzip", "gz", ContentEncoding::Gzip)]
        .into_iter()
        .filter(|(token, ..)| takes(request.headers(), token))
        .map(|(_, suffix, encoding)| (suffix, encoding))
        .collect();
    let wanted = name.clone();
    let found =
        web::block(move || source.packed(&wanted, &encodings)).await.map_err(|_| Trouble::wire(Wire::Internal))?;
    match found {
        Some((bytes, encoding)) => Ok(file(&request, &name, bytes, encoding)),
        None if is_page => Ok(unbuilt()),
        None => Err(Wire::NotFound.into()),
    }
}

/// The language an installed app is to be described in.
#[derive(serde::Deserialize)]
struct Spoken {
    #[serde(default, rename = "in")]
    language: String,
}

/// The manifest of the installed app, which is called as the provider is: in the language asked for, else as it was written.
async fn manifest(request: &HttpRequest, provider: &str, source: Source) -> Result<HttpResponse, Trouble> {
    let bytes = web::block(move || source.read(MANIFEST)).await.map_err(|_| Trouble::wire(Wire::Internal))?;
    let mut manifest: serde_json::Value = serde_json::from_slice(&bytes.ok_or(Wire::NotFound)?).map_err(|why| {
        tracing::error!(%why, "the manifest of the client is no JSON");
        Trouble::wire(Wire::Internal)
    })?;
    let asked = web::Query::<Spoken>::from_query(request.query_string()).map(|spoken| spoken.into_inner().language);
    let others = manifest.as_object_mut().and_then(|all| all.remove("in")).unwrap_or_default();
    let asked = asked.unwrap_or_default();
    if let Some(words) = others.get(&asked) {
        manifest["lang"] = asked.into();
        manifest["description"] = words["description"].clone();
        let names = words["shortcuts"].as_array().into_iter().flatten();
        for (shortcut, name) in manifest["shortcuts"].as_array_mut().into_iter().flatten().zip(names) {
            shortcut["name"] = name.clone();
        }
    }
    manifest["name"] = provider.into();
    manifest["short_name"] = provider.into();
    Ok(file(request, MANIFEST, manifest.to_string().into_bytes(), None))
}

/// The page around the API's reader, in place of the reader's own, which has no room on a telephone.
pub async fn docs() -> HttpResponse {
    HttpResponse::Ok().content_type(media_type("index.html")).body(include_str!("../docs.html"))
}

/// Letters, digits, `.`, `_`, `-` and single slashes; no hidden names, so no way up either.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    })
}

/// Where the client's files are.
enum Source {
    Directory(PathBuf),
    #[cfg(feature = "embed-web")]
    Binary,
}

/// The client as it was built before the server.
#[cfg(feature = "embed-web")]
#[derive(rust_embed::RustEmbed)]
#[folder = "../../target/web"]
struct Embedded;

impl Source {
    /// A directory that was named, else the binary's own files, else where the client is built.
    fn of(named: Option<&Path>) -> Source {
        match named {
            Some(dir) => Source::Directory(dir.to_owned()),
            #[cfg(feature = "embed-web")]
            None => Source::Binary,
            #[cfg(not(feature = "embed-web"))]
            None => Source::Directory(PathBuf::from("target/web")),
        }
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            Source::Directory(dir) => std::fs::read(dir.join(name)).ok(),
            #[cfg(feature = "embed-web")]
            Source::Binary => Embedded::get(name).map(|file| file.data.into_owned()),
        }
    }

    /// The file in the first encoding it lies packed in, else as it is.
    fn packed(&self, name: &str, encodings: &[(&str, ContentEncoding)]) -> Option<(Vec<u8>, Option<ContentEncoding>)> {
        let packed = encodings
            .iter()
            .find_map(|(suffix, encoding)| Some((self.read(&format!("{name}.{suffix}"))?, Some(*encoding))));
        packed.or_else(|| self.read(name).map(|bytes| (bytes, None)))
    }
}

fn file(request: &HttpRequest, name: &str, bytes: Vec<u8>, encoding: Option<ContentEncoding>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::VARY, "Accept-Encoding"));
    answer.content_type(media_type(name));
    if let Some(encoding) = encoding {
        answer.insert_header((header::CONTENT_ENCODING, encoding));
    }
    if is_hashed(name) {
        answer.insert_header((header::CACHE_CONTROL, IMMUTABLE));
    } else {
        let tag = etag(&bytes);
        answer.insert_header((header::CACHE_CONTROL, "no-cache"));
        answer.insert_header((header::ETAG, tag.clone()));
        if matches(request.headers(), &tag) {
            return HttpResponse::NotModified()
                .insert_header((header::CACHE_CONTROL, "no-cache"))
                .insert_header((header::ETAG, tag))
                .finish();
        }
    }
    answer.body(bytes)
}

/// A name with at least eight hexadecimal digits between its stem and its ending carries the hash of its content.
fn is_hashed(name: &str) -> bool {
    name.split(['.', '-', '_', '/']).any(|part| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// What stands at `/` until the client is built.
fn unbuilt() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).content_type("text/html; charset=utf-8").body(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Cabinet</title>\
         <h1>The web client is not built</h1>\
         <p>The API answers. To build the client, run <code>cargo xtask web</code> and load this page again.</p>\
         <p><a href=\"/docs/\">API documentation</a></p></html>",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_way_out_of_the_directory() {
        for name in ["../Cargo.toml", "a/../b.js", ".env", "a//b.js", "a\\b.js", "%2e%2e/x.js"] {
            assert!(!is_plain(name), "{name}");
        }
        assert!(is_plain("pkg/cabinet-0123abcd.js"));
    }

    #[test]
    fn a_hash_is_told_from_a_word() {
        assert!(is_hashed("cabinet-0f3a9c1b2d4e5f60_bg.wasm"));
        assert!(is_hashed("app.12345678.css"));
        assert!(!is_hashed("favicon.svg"));
        assert!(!is_hashed("index.html"));
    }
}
