//! The OpenAPI document, made of the same routes that are served.
//!
//! Handlers describe what is their own; what every operation of a kind has in common (who may call it, which
//! problems the door itself answers, which headers travel) is added here, once. A problem's description names its
//! codes between backticks, and each code named becomes an example made as the server makes the answer. Answers that
//! went well have theirs from `examples.json`: what the demo really answered, kept true by a test.

use crate::edge::Context;
use crate::problem::{Trouble, Wire, sample};
use crate::routes;
use actix_web::App;
use cabinet_contract::{CLIENT_HEADER, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, paths};
use cabinet_core::staff::Duty;
use cabinet_core::{Language, Money, Policy};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use utoipa::openapi::{Info, OpenApi, Paths};
use utoipa_actix_web::AppExt;

const ABOUT: &str = "The cabinet of an Internet provider's subscribers: balance, statement, payments, tariffs, profile.\n\n\
Money travels as a string with two decimals (`\"-1.61\"`), days as `2014-12-22`, months as `2014-12`, instants as \
RFC 3339 in UTC. A business day begins at midnight in the provider's zone (`Europe/Kyiv`).\n\n\
**Signing in.** `signIn` with `delivery: body` gives an app an access token (10 minutes) and a refresh token; \
`renewSession` replaces both. Browsers use `delivery: cookie` and never see the refresh token.\n\n\
**Staff.** They sign in the same way; their token carries the `role` and is good for `/staff` only, a subscriber's for \
all but `/staff`.\n\n\
**Acting.** Whatever costs money or changes the service is quoted first and then confirmed by `confirmQuote`, with an \
`Idempotency-Key` that makes repeating it harmless.\n\n\
**Problems.** Every error is `application/problem+json` (RFC 9457). Read `code`; show `detail`, which comes in the \
language of `Accept-Language` (uk, ru, en), and beside it what `details` holds: how much is `missing`, and the day \
the refused thing is `possible_from`. Any answer may also be 405 for a method not offered.\n\n\
Version 1 only grows: ignore members and values you do not know.";

/// Answers of the demo by operation.
const EXAMPLES: &str = include_str!("../examples.json");
/// Stands for any id in examples.
const ID: &str = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7";

/// Operations that hash a password, and say `busy` when too many do.
const HASHING: [&str; 6] =
    ["signIn", "changePassword", "changeLogin", "confirmRecovery", "changeStaffPassword", "exportData"];
/// Operations that take the browser's cookie or give one.
const OF_COOKIES: [&str; 3] = ["signIn", "renewSession", "signOut"];
/// Operations whose answer carries an `ETag`.
const POLLED: [&str; 10] = [
    "getOverview",
    "getNetwork",
    "getStatement",
    "getYear",
    "getForecast",
    "getBillPdf",
    "getSubscriberBillPdf",
    "getReceiptPdf",
    "getStatementPdf",
    "getStatementCsv",
];
/// What files are of.
const FILES: [&str; 4] = ["application/octet-stream", "application/pdf", "application/zip", "text/csv"];
/// Operations that answer without the database.
const WITHOUT_DATABASE: [&str; 3] = ["getLiveness", "getProvider", "getSecurityContact"];

const TAGS: [(&str, &str); 11] = [
    ("provider", "Who sells the service; told to anyone."),
    ("auth", "Signing in, staying signed in, signing out, and a forgotten password."),
    ("me", "The header, the profile, the login and password, the settings."),
    ("money", "The statement, the book and the forecast."),
    ("pay", "Payments through gateways."),
    ("tariffs", "The catalogue and a change of tariff."),
    ("services", "Turbo, a pause, a static address, and undoing them."),
    ("quotes", "Quotes and the orders they become."),
    ("support", "The manual, requests to support, news and planned works."),
    ("staff", "The office: each operation names the roles that may ask it."),
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
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-cabinet_refresh",
            "description": "The refresh token of a browser; `cabinet_refresh` over plain http. A request that relies on \
                it carries the header `X-Cabinet-Client` and comes from the cabinet's own page.",
        },
    });
    document["components"]["headers"] = headers();
    document["components"]["parameters"] = parameters();
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

/// A body that is a file.
#[derive(Clone, Copy)]
struct Upload {
    media_type: &'static str,
    too_large: &'static str,
    unsupported: &'static str,
}

/// Files that are taken.
const UPLOADS: [Upload; 2] = [
    Upload {
        media_type: "text/csv",
        too_large: "`too_large`: the file is larger than 1 MiB.",
        unsupported: "`unsupported_media_type`: the body is not `text/csv`.",
    },
    Upload {
        media_type: "application/octet-stream",
        too_large: "`too_large`: the file is larger than 5 MiB.",
        unsupported: "`unsupported_media_type`: the body is not `application/octet-stream`.",
    },
];

/// What an operation is like, and so what the door may answer it.
struct Traits<'o> {
    id: String,
    path: &'o str,
    /// Of one subscriber or of staff, by an access token.
    own: bool,
    /// Whose of the staff it is.
    duty: Option<Duty>,
    /// Counted in the caller's quota.
    limited: bool,
    body: bool,
    /// Its body is a file: which kind, and how large it may be.
    upload: Option<Upload>,
    query: bool,
    keyed: bool,
    /// It answers a file.
    download: bool,
}

impl<'o> Traits<'o> {
    fn of(path: &'o str, operation: &Map<String, Value>) -> Traits<'o> {
        let parameters = || operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        Traits {
            id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
            path,
            own: path.starts_with(paths::ME) || path.starts_with(paths::STAFF) || path == paths::NEWS,
            duty: operation["operationId"].as_str().and_then(Duty::of),
            limited: path.starts_with(paths::BASE) && !path.contains("/health/"),
            body: operation.contains_key("requestBody"),
            upload: operation
                .get("requestBody")
                .and_then(|body| UPLOADS.into_iter().find(|upload| body["content"].get(upload.media_type).is_some())),
            query: parameters().any(|parameter| parameter["in"] == "query"),
            keyed: parameters().any(|parameter| parameter["name"] == IDEMPOTENCY_KEY),
            download: operation["responses"]["200"]["content"]
                .as_object()
                .is_some_and(|content| FILES.iter().any(|kind| content.contains_key(*kind))),
        }
    }

    fn is(&self, of: &[&str]) -> bool {
        of.contains(&self.id.as_str())
    }

    /// Whoever holds any good token may do it, be their password the first one still.
    fn for_holders(&self) -> bool {
        self.is(&["changePassword", "changeStaffPassword"])
    }

    fn with_id(&self) -> bool {
        self.path.contains('{')
    }

    fn security(&self) -> Value {
        if self.own {
            return json!([{ "bearer": [] }]);
        }
        match self.id.as_str() {
            "signOut" => json!([{ "cookie": [] }, { "bearer": [] }, {}]),
            "renewSession" => json!([{ "cookie": [] }, {}]),
            _ => json!([]),
        }
    }

    fn parameters(&self) -> Vec<&'static str> {
        let told = [
            ("AcceptLanguage", self.path.starts_with(paths::BASE)),
            ("IfNoneMatch", self.is(&POLLED)),
            ("Client", self.is(&OF_COOKIES)),
        ];
        told.into_iter().filter(|(_, takes)| *takes).map(|(name, _)| name).collect()
    }

    /// What the door answers before a use case is asked, or when none can be: status, and codes with their causes.
    fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let told = [
            ("400", "`bad_request`: the path, the query, a header or the body cannot be read.", self.is_read()),
            ("401", "`unauthenticated`: no access token came. `session_ended`: it is not good any more.", self.own),
            (
                "403",
                "`must_change_password`: the first password must be changed before anything else.",
                self.own && !self.for_holders(),
            ),
            ("403", "`not_permitted`: whoever signed in has no right to this.", self.own),
            ("404", "`not_found`: no such object among the caller's own.", self.with_id()),
            ("408", "`bad_request`: the body did not arrive in time.", self.body),
            ("409", "`key_in_progress`: a request with this key is still being worked on.", self.keyed),
            ("413", "`too_large`: the body is larger than 64 KiB.", self.body && self.upload.is_none()),
            ("413", self.upload.map_or("", |upload| upload.too_large), self.upload.is_some()),
            (
                "415",
                "`unsupported_media_type`: the body is not `application/json`.",
                self.body && self.upload.is_none(),
            ),
            ("415", self.upload.map_or("", |upload| upload.unsupported), self.upload.is_some()),
            (
                "422",
                "`invalid`: fields are unknown, missing, too long or wrong; `details.fields` names them.",
                self.body && self.upload.is_none(),
            ),
            ("422", "`key_reused`: the key belongs to another request.", self.keyed),
            ("429", "`throttled`: too many requests or tries; `Retry-After` says how long to wait.", self.limited),
            ("500", "`internal`: a fault of the server, recorded under `request_id`.", true),
            ("503", "`busy`: too many passwords are being weighed.", self.is(&HASHING)),
            ("503", "`unavailable`: the database is away or busy.", !self.is(&WITHOUT_DATABASE)),
        ];
        told.into_iter().filter(|(.., may)| *may).map(|(status, cause, _)| (status, cause)).collect()
    }

    /// Whether anything in it can be unreadable.
    fn is_read(&self) -> bool {
        self.body || self.query || self.keyed || self.with_id()
    }

    /// Headers of an answer: name and component.
    fn headers(&self, status: &str, codes: &[&str]) -> Vec<(&'static str, &'static str)> {
        let well = status.starts_with('2');
        let polled = self.is(&POLLED) && matches!(status, "200" | "304");
        let gives_cookie = well && (self.is(&OF_COOKIES) || self.for_holders());
        let waits = matches!(status, "429" | "503") || codes.contains(&"key_in_progress");
        let told = [
            ("X-Request-Id", "RequestId", true),
            ("RateLimit-Policy", "RateLimitPolicy", self.limited),
            ("RateLimit", "RateLimit", self.limited),
            ("Content-Language", "ContentLanguage", status.starts_with(['4', '5']) || (well && self.download)),
            ("Content-Disposition", "ContentDisposition", well && self.download),
            ("WWW-Authenticate", "Authenticate", status == "401"),
            ("Retry-After", "RetryAfter", waits),
            ("ETag", "ETag", polled),
            ("Set-Cookie", "SetCookie", gives_cookie),
            ("Clear-Site-Data", "ClearSiteData", well && self.id == "signOut"),
            (IDEMPOTENCY_REPLAYED, "IdempotencyReplayed", well && self.keyed),
        ];
        told.into_iter().filter(|(.., has)| *has).map(|(name, component, _)| (name, component)).collect()
    }

    /// The troubles an example of a code shows, by name.
    fn samples(&self, status: &str, code: &str) -> Vec<(String, Trouble)> {
        let unreadable = [
            ("body", Wire::BadJson, self.body),
            ("path", Wire::BadPath, self.with_id()),
            ("query", Wire::BadQuery, self.query),
            ("key", Wire::BadKey, self.keyed),
        ];
        match (status, code) {
            ("408", _) => vec![(code.to_owned(), Wire::TooSlow.into())],
            (_, "bad_request") => unreadable
                .into_iter()
                .filter(|(.., may)| *may)
                .map(|(part, wire, _)| (format!("{code}_{part}"), wire.into()))
                .collect(),
            _ => sample(code).map(|trouble| (code.to_owned(), trouble)).into_iter().collect(),
        }
    }

    /// The address with an id in place of its name.
    fn instance(&self) -> String {
        let ids = self.path.replace("{id}", ID).replace("{request}", ID).replace("{ticket}", ID).replace("{file}", ID);
        ids.replace("{seq}", "1").replace("{bill}", "2015-01").replace("{name}", "privat").replace("{year}", "2014")
    }
}

fn finish_operations(document: &mut Value) {
    let examples: Value = serde_json::from_str(EXAMPLES).expect("the examples are JSON");
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut() else { continue };
            let traits = Traits::of(path, operation);
            operation.insert("security".to_owned(), traits.security());
            if let Some(duty) = traits.duty {
                name_roles(operation, duty);
            }
            if traits.body {
                give_body_examples(operation);
            }
            let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
            tell_once(parameters.as_array_mut().expect("parameters are a list"));
            for name in traits.parameters() {
                let reference = json!({ "$ref": format!("#/components/parameters/{name}") });
                parameters.as_array_mut().expect("parameters are a list").push(reference);
            }
            let answers = operation.entry("responses").or_insert_with(|| json!({}));
            for (status, cause) in traits.problems() {
                add_problem(answers, status, cause);
            }
            if traits.is(&POLLED) {
                answers["304"] = json!({ "description": "Nothing has changed since the `ETag` of `If-None-Match`." });
            }
            for (status, answer) in answers.as_object_mut().into_iter().flatten() {
                finish_answer(&traits, status, answer, &examples);
            }
        }
    }
}

/// A parameter of the path is found in the handler and told in its description: the told one stays.
fn tell_once(parameters: &mut Vec<Value>) {
    let key = |parameter: &Value| (parameter["name"].clone(), parameter["in"].clone());
    let told: Vec<_> = parameters.iter().filter(|one| one.get("description").is_some()).map(key).collect();
    parameters.retain(|one| one.get("description").is_some() || !told.contains(&key(one)));
}

/// For people in the description, for programs in `x-roles`.
fn name_roles(operation: &mut Map<String, Value>, duty: Duty) {
    let roles: Vec<&str> = duty.roles().iter().map(|role| role.code()).collect();
    let told = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let told = format!("{told}\n\nRoles: {}.", roles.join(", "));
    operation.insert("description".to_owned(), json!(told));
    operation.insert("x-roles".to_owned(), json!(roles));
}

/// Beside what the handler says of the same status, unless it names the code itself.
fn add_problem(answers: &mut Value, status: &str, cause: &str) {
    let Some(told) = answers.get_mut(status) else {
        answers[status] = json!({
            "description": cause,
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
        return;
    };
    let description = told["description"].as_str().unwrap_or_default().to_owned();
    let known = codes(&description);
    if codes(cause).iter().any(|code| !known.contains(code)) {
        told["description"] = json!(format!("{description} {cause}"));
    }
}

/// Words between backticks, codes of problems among them.
fn codes(description: &str) -> Vec<&str> {
    description.split('`').skip(1).step_by(2).collect()
}

/// Problems have a media type of their own; every answer has its headers and, where it has a body, an example.
fn finish_answer(traits: &Traits<'_>, status: &str, answer: &mut Value, examples: &Value) {
    let description = answer["description"].as_str().unwrap_or_default().to_owned();
    let is_problem = status.starts_with(['4', '5']);
    let named = if is_problem { codes(&description) } else { Vec::new() };
    if is_problem && let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut) {
        let mut body = content.remove("application/json").unwrap_or_default();
        let shown: Map<String, Value> = named
            .iter()
            .flat_map(|code| traits.samples(status, code))
            .map(|(name, trouble)| (name, json!({ "value": problem(traits, trouble, examples) })))
            .collect();
        body["examples"] = Value::Object(shown);
        content.insert("application/problem+json".to_owned(), body);
    } else if let Some(content) = answer.get_mut("content").and_then(Value::as_object_mut) {
        for body in content.values_mut() {
            body["example"] = examples[&traits.id].clone();
        }
    }
    for (name, component) in traits.headers(status, &named) {
        answer["headers"][name] = json!({ "$ref": format!("#/components/headers/{component}") });
    }
}

/// A problem as the server words it in English, with what belongs to it.
fn problem(traits: &Traits<'_>, trouble: Trouble, examples: &Value) -> Value {
    let trouble = match trouble.code() {
        "quote_stale" | "quote_expired" => trouble.with("quote", &examples["quoteTariffChange"]),
        "quote_used" => trouble.with("order", &examples["confirmQuote"]),
        _ => trouble,
    };
    let context = Context {
        request_id: ID.to_owned(),
        language: Language::En,
        path: traits.instance(),
        secure: true,
        client_policy: crate::edge::client_policy(&[]),
        allowance: None,
    };
    serde_json::to_value(trouble.problem(&context)).expect("a problem is always JSON")
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    json!({
        "RequestId": text("Names the request in the server's log; the caller's own, if it sent one.", ID),
        "RateLimitPolicy": text("Requests allowed to an address (`q`) in seconds (`w`).", "\"default\";q=3000;w=60"),
        "RateLimit": text("Requests left (`r`) until the window ends in seconds (`t`).", "\"default\";r=2998;t=42"),
        "ContentLanguage": text("The language of `detail`, or of the file.", "en"),
        "ContentDisposition": text("The name to keep the file under.", "attachment; filename=\"bill-0000-2015-01.pdf\""),
        "Authenticate": text("How to sign in: with an access token.", "Bearer"),
        "RetryAfter": {
            "description": "Seconds to wait before trying again.",
            "schema": { "type": "integer", "minimum": 0 }, "example": 1,
        },
        "ETag": text("Changes with the answer and with the local day.", "W/\"5f0c2c9e6d7a4b61\""),
        "SetCookie": text(
            "For browsers: the refresh token, and the mark of a device that signed in before. HttpOnly, \
             SameSite=Strict, and Secure where the cabinet is reached by https; emptied by `signOut`.",
            "__Host-cabinet_refresh=…; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=2592000",
        ),
        "ClearSiteData": text("Makes a browser forget the answers it keeps.", "\"cache\""),
        "IdempotencyReplayed": text("`true` when this is the first answer given again.", "true"),
    })
}

fn parameters() -> Value {
    json!({
        "AcceptLanguage": {
            "name": "Accept-Language", "in": "header", "required": false,
            "description": "The language of texts: `uk`, `ru` or `en`; Ukrainian unless given.",
            "schema": { "type": "string" }, "example": "en",
        },
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The `ETag` of the answer the caller holds: 304 if it still holds true.",
            "schema": { "type": "string" }, "example": "W/\"5f0c2c9e6d7a4b61\"",
        },
        "Client": {
            "name": CLIENT_HEADER, "in": "header", "required": false,
            "description": "Any value; asked of browsers, whose cookie counts only with it.",
            "schema": { "type": "string" }, "example": "web",
        },
    })
}

/// A request that works as it stands, for each operation that takes a body.
fn give_body_examples(operation: &mut Map<String, Value>) {
    let example = match operation["operationId"].as_str().unwrap_or_default() {
        "signIn" => json!({ "login": "0000", "password": "a long password", "delivery": "body" }),
        "renewSession" | "signOut" => json!({ "refresh_token": "the token given at sign-in" }),
        "startRecovery" => json!({ "login": "0000" }),
        "confirmRecovery" => json!({ "login": "0000", "code": "1234-5678", "new_password": "another long password" }),
        "changePassword" | "changeStaffPassword" => {
            json!({ "old_password": "a long password", "new_password": "another long password" })
        }
        "changeLogin" => json!({ "login": "ivan.ivanov", "password": "a long password" }),
        "exportData" => json!({ "password": "a long password" }),
        "eraseSubscriber" => json!({ "reason": "заява абонента від 23.11.2026" }),
        "createPayment" => json!({ "amount": "50.00", "method": "sandbox" }),
        "confirmEmail" => json!({ "code": "012345" }),
        "switchEmailBills" => json!({ "enabled": true }),
        "startPhoneVerification" => json!({ "phone": "+380501234567" }),
        "confirmPhone" => json!({ "code": "012345" }),
        "addPushDevice" => json!({
            "endpoint": "https://fcm.googleapis.com/fcm/send/dDw8",
            "expirationTime": null,
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        }),
        "setPushWishes" => json!({
            "threshold_days": 3, "on_payment": true, "on_block": true, "on_unblock": true, "on_change": false,
        }),
        "setSmsBalance" => json!({
            "enabled": true, "email": false, "threshold_days": 3, "periodic": { "every": "week", "day": 1 },
            "on_payment": true, "on_block": true, "on_unblock": false, "on_change": false,
        }),
        "holdDraw" => json!({ "title": "Роутер до Нового року", "updated_since": "2026-11-01" }),
        "updateProfile" => json!({ "phones": "0-00-00;000-00-00", "consent_draws": true }),
        "keepTicketFile" | "keepStaffTicketFile" => {
            let text = "traceroute to 8.8.8.8, 30 hops max\n 1  10.0.0.1  0.4 ms\n 2  * * *\n";
            operation["requestBody"]["content"]["application/octet-stream"]["example"] = json!(text);
            return;
        }
        "openTicket" => json!({ "topic": "charges", "day": "2014-12-22", "text": "Чому 22 грудня списано 3,22?" }),
        "writeMessage" => json!({ "text": "Дякую, зрозуміло." }),
        "markTicketRead" => json!({ "through": 2 }),
        "answerTicket" => json!({ "text": "21 грудня плата не нарахувалась, тому 22 грудня списано за два дні." }),
        "addNews" => json!({
            "kind": "planned_work", "uk": { "title": "Планові роботи", "text": "Замінимо обладнання." },
            "places": "вул. Іванова", "starts_at": "2027-01-14T00:00:00Z", "ends_at": "2027-01-14T02:00:00Z",
        }),
        "redeemVoucher" => json!({ "code": "ABCD-EFGH-JKMN-PQRS" }),
        "registerSubscriber" => json!({
            "contract": "0042", "last_name": "Іваненко", "first_name": "Іван", "address": "вул. Миру 1",
            "tariff": "home-20", "paid": "100.00",
        }),
        "editSubscriber" => json!({ "phones": "067-111-22-33", "address": "вул. Миру 2" }),
        "closeContract" | "suspendSubscriber" => json!({ "reason": "переїзд" }),
        "reverseEntry" => json!({ "reason": "помилка касира" }),
        "repeatTasks" => json!({ "topic": "bill" }),
        "cancelVouchers" => json!({ "reason": "загублено" }),
        "dismissBankLine" => json!({ "reason": "повернено банком" }),
        "decideRequest" => json!({ "granted": true }),
        "decidePayment" => json!({ "outcome": "credit", "amount": "41.00", "reason": "сплачено іншу суму" }),
        "takeCash" => json!({ "amount": "50.00", "receipt": "17" }),
        "refundPayment" => json!({ "amount": "10.00", "reason": "на прохання абонента" }),
        "replaceCatalogue" => json!({
            "revision": "9f2c41d07be5a836",
            "tariffs": [
                {
                    "code": "home-10", "name": "Домашній 10", "monthly_fee": "40.00", "down_mbps": 10, "up_mbps": 10,
                    "offered": false, "group": "",
                },
                {
                    "code": "home-20", "name": "Домашній 20", "monthly_fee": "55.00", "down_mbps": 20, "up_mbps": 20,
                    "offered": true, "group": "", "free_turbo": { "option": "3h", "per_month": 1 },
                },
            ],
        }),
        "replacePolicy" => json!({
            "revision": "3",
            "settings": Policy { downgrade_price: Money::from_kopecks(30_00), ..Policy::default() },
        }),
        "adjustBalance" => json!({ "amount": "-5.00", "reason": "перерахунок" }),
        "createVouchers" => json!({
            "nominal": "50.00", "vouchers": 2, "good_through": "2027-12-31", "note": "для офісу",
        }),
        "assignBankLine" => json!({ "contract": "0042" }),
        "importRegister" => {
            let text = "Документ;Дата;Сума;Платник;Призначення\n17;22.11.2026;50,00;Іваненко І.;договір № 0042\n";
            operation["requestBody"]["content"]["text/csv"]["example"] = json!(text);
            return;
        }
        "updateSettings" => json!({ "language": "uk", "theme": "dark" }),
        "quoteTariffChange" => json!({ "tariff": "home-50" }),
        "quoteTurbo" => json!({ "option": "3h" }),
        "quotePause" | "changePause" => json!({ "from": "2027-01-08", "until": "2027-01-21" }),
        "quoteStaticIp" => json!({ "wish": "connect" }),
        "setAddressPrefix" => json!({ "prefix": "2001:db8:7::/56" }),
        "addAddresses" => json!({ "pool": "main", "range": "203.0.113.16/28" }),
        _ => return,
    };
    if let Some(content) = operation["requestBody"]["content"].get_mut("application/json") {
        content["example"] = example;
    }
}

/// Rows of a page stand within the page's own schema; a schema that nothing refers to by then is nobody's.
fn drop_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        references(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(&format!("#/components/schemas/{name}")));
        if schemas.len() == before {
            return;
        }
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The catch-all of enums that may grow is for readers only: no server sends it.
fn finish_schemas(document: &mut Value) {
    drop_unused(document);
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for schema in schemas.values_mut() {
        if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            values.retain(|value| value != "unknown");
        }
    }
}
