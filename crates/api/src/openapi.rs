//! The OpenAPI document, made of the same routes that are served.
//!
//! Handlers describe what is their own; what every operation of a kind has in common (who may call it, which
//! problems the door itself answers) is added here, once.

use crate::routes;
use actix_web::App;
use serde_json::{Map, Value, json};
use utoipa::openapi::{Info, OpenApi, Paths};
use utoipa_actix_web::AppExt;

const ABOUT: &str = "The cabinet of an Internet provider's subscribers: balance, statement, tariffs, profile.\n\n\
Money travels as a string with two decimals (`\"-1.61\"`), days as `2014-12-22`, months as `2014-12`, instants as \
RFC 3339 in UTC. A business day begins at midnight in the provider's zone (`Europe/Kyiv`).\n\n\
**Signing in.** `signIn` with `delivery: body` gives an app an access token (10 minutes) and a refresh token; \
`renewSession` replaces both. Browsers use `delivery: cookie` and never see the refresh token.\n\n\
**Acting.** Whatever costs money or changes the service is quoted first and then confirmed by `confirmQuote`, with an \
`Idempotency-Key` that makes repeating it harmless.\n\n\
**Problems.** Every error is `application/problem+json` (RFC 9457). Read `code`; show `detail`, which comes in the \
language of `Accept-Language` (uk, ru, en).\n\n\
Version 1 only grows: ignore members and values you do not know.";

const TAGS: [(&str, &str); 8] = [
    ("provider", "Who sells the service; told to anyone."),
    ("auth", "Signing in, staying signed in, signing out, and a forgotten password."),
    ("me", "The header, the profile, the login and password, the settings."),
    ("money", "The statement, the book and the forecast."),
    ("tariffs", "The catalogue and a change of tariff."),
    ("quotes", "Quotes and the orders they become."),
    ("support", "The manual."),
    ("operations", "For those who run the server."),
];

/// The document, finished.
pub fn document() -> Value {
    let (_, collected) = App::new()
        .into_utoipa_app()
        .openapi(OpenApi::new(Info::new("Cabinet", env!("CARGO_PKG_VERSION")), Paths::new()))
        .configure(routes::all)
        .split_for_parts();
    let mut document = serde_json::to_value(collected).expect("an OpenAPI document is JSON");
    document["info"] = json!({
        "title": "Cabinet",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "Self-service cabinet of an Internet provider's subscribers",
        "description": ABOUT,
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/", "description": "The server that gave this document" }]);
    document["tags"] =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "The access token of `signIn` or `renewSession`.",
        },
    });
    finish_operations(&mut document);
    finish_schemas(&mut document);
    document
}

/// The document as it is stored and printed: sorted, a member a line.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).expect("an OpenAPI document is JSON");
    text.push('\n');
    text
}

/// Path templates with their methods, for the answer to a method not offered.
pub fn methods(document: &Value) -> Vec<(String, Vec<String>)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .map(|(path, item)| {
            let mut methods: Vec<String> =
                item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()).collect();
            if methods.iter().any(|method| method == "GET") {
                methods.push("HEAD".to_owned());
            }
            (path.clone(), methods)
        })
        .collect()
}

fn finish_operations(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            let own = path.starts_with("/api/v1/me");
            let limited = path.starts_with("/api/v1") && !path.contains("/health/");
            let with_session = own || path.ends_with("/auth/sign-out");
            operation.insert("security".to_owned(), if own { json!([{ "bearer": [] }]) } else { json!([]) });
            let has_body = operation.contains_key("requestBody");
            if has_body {
                give_body_examples(operation);
            }
            let mut problems = vec![
                (400, "The request cannot be read: syntax, path, query or a header.", "bad_request"),
                (500, "A fault of the server, recorded under `request_id`.", "internal"),
                (503, "The server is too busy or the database is away: try again after `Retry-After`.", "unavailable"),
            ];
            if limited {
                problems.push((429, "Too many requests or tries: try again after `Retry-After`.", "throttled"));
            }
            if with_session {
                problems.push((401, "No valid access token, or the session ended.", "unauthenticated"));
                problems.push((
                    403,
                    "The first password must be changed before anything else.",
                    "must_change_password",
                ));
            }
            if path.contains('{') {
                problems.push((404, "No such object among the caller's own.", "not_found"));
            }
            if has_body {
                problems.push((408, "The body did not arrive in time.", "bad_request"));
                problems.push((413, "The body is larger than 64 KiB.", "too_large"));
                problems.push((415, "The body is not `application/json`.", "unsupported_media_type"));
                problems.push((422, "Fields are unknown, missing or wrong; `details.fields` names them.", "invalid"));
            }
            let answers = operation.entry("responses").or_insert_with(|| json!({}));
            for (status, description, code) in problems {
                let key = status.to_string();
                if answers.get(&key).is_none() {
                    answers[key] = problem(status, description, code);
                }
            }
            for (status, answer) in answers.as_object_mut().into_iter().flatten() {
                finish_answer(status, limited, answer);
            }
        }
    }
}

/// Problems have a media type of their own; every answer carries the request's id.
fn finish_answer(status: &str, limited: bool, answer: &mut Value) {
    let is_problem = status.starts_with(['4', '5']);
    if is_problem
        && let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut)
        && let Some(body) = content.remove("application/json")
    {
        content.insert("application/problem+json".to_owned(), body);
    }
    if matches!(status, "429" | "503") {
        answer["headers"]["Retry-After"] = json!({
            "description": "Seconds to wait before trying again.", "schema": { "type": "integer", "minimum": 0 },
        });
    }
    if limited {
        answer["headers"]["RateLimit-Policy"] = json!({
            "description": "Requests allowed to an address (`q`) in seconds (`w`).", "schema": { "type": "string" },
            "example": "\"default\";q=3000;w=60",
        });
        answer["headers"]["RateLimit"] = json!({
            "description": "Requests left (`r`) until the window ends in seconds (`t`).", "schema": { "type": "string" },
            "example": "\"default\";r=2998;t=42",
        });
    }
    answer["headers"]["X-Request-Id"] = json!({
        "description": "Names the request in the server's log.", "schema": { "type": "string" },
    });
}

fn problem(status: u16, description: &str, code: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
            "example": {
                "type": format!("urn:cabinet:problem:{code}"),
                "title": description.split([':', ';', '.', ',']).next().unwrap_or_default(),
                "status": status,
                "detail": description,
                "instance": "/api/v1/me",
                "code": code,
                "request_id": "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7",
            },
        } },
    })
}

/// A request that works as it stands, for each operation that takes a body.
fn give_body_examples(operation: &mut Map<String, Value>) {
    let example = match operation["operationId"].as_str().unwrap_or_default() {
        "signIn" => json!({ "login": "0000", "password": "a long password", "delivery": "body" }),
        "renewSession" | "signOut" => json!({ "refresh_token": "the token given at sign-in" }),
        "startRecovery" => json!({ "login": "0000" }),
        "confirmRecovery" => json!({ "login": "0000", "code": "1234-5678", "new_password": "another long password" }),
        "changePassword" => json!({ "old_password": "a long password", "new_password": "another long password" }),
        "changeLogin" => json!({ "login": "ivan.ivanov", "password": "a long password" }),
        "updateProfile" => json!({ "phones": "0-00-00;000-00-00", "consent_draws": true }),
        "updateSettings" => json!({ "language": "uk", "theme": "dark" }),
        "quoteTariffChange" => json!({ "tariff": "home-50" }),
        _ => return,
    };
    if let Some(content) = operation["requestBody"]["content"].get_mut("application/json") {
        content["example"] = example;
    }
}

/// The catch-all of enums that may grow is for readers only: no server sends it.
fn finish_schemas(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for schema in schemas.values_mut() {
        if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            values.retain(|value| value != "unknown");
        }
    }
}
