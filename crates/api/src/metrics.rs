//! What Prometheus reads, on a listener of its own: how requests are answered and how the installation does.
//!
//! Labels are the method, the template of the route, the status, topics and names of pools: few, and none of a person.

use crate::commands::VERSION;
use crate::config::ConfigError;
use crate::state::State;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, get, web};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Upper bounds of the histogram's buckets, in seconds: those Prometheus' own clients begin with.
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Where no route matched: an address of the web client's files, or one that is none.
const OTHER: &str = "other";

/// The section `[metrics]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where they are served; nowhere unless set.
    #[serde(deserialize_with = "crate::config::absent_if_empty")]
    pub listen: Option<String>,
    /// What a reader sends as its bearer token; needed where others than this machine can reach the address.
    #[serde(serialize_with = "told_to_nobody")]
    pub token: Option<SecretString>,
    /// The file that holds it.
    pub token_file: Option<PathBuf>,
}

/// Where metrics are served, and to whom.
#[derive(Clone, Debug)]
pub struct Door {
    /// The address.
    pub listen: SocketAddr,
    /// The token asked for, if one is.
    pub token: Option<SecretString>,
}

impl Settings {
    /// # Errors
    /// An address that is none, a token that cannot be read, or none where the network could read what is served.
    pub fn door(&self) -> Result<Option<Door>, ConfigError> {
        const LISTEN: &str = "CABINET_METRICS__LISTEN";
        const TOKEN: &str = "CABINET_METRICS__TOKEN";
        let Some(text) = &self.listen else { return Ok(None) };
        let wrong = |name, why| ConfigError::Wrong { name, why };
        let listen: SocketAddr = text
            .parse()
            .map_err(|_| wrong(LISTEN, format!("`{text}` is not an address and a port, as 127.0.0.1:9464")))?;
        let token = match (&self.token, &self.token_file) {
            (Some(_), Some(_)) => return Err(wrong(TOKEN, "given twice, here and in a file".to_owned())),
            (Some(token), None) => Some(token.expose_secret().trim().to_owned()),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file);
                Some(text.map_err(|why| wrong(TOKEN, format!("{}: {why}", file.display())))?.trim().to_owned())
            }
            (None, None) => None,
        };
        if token.as_ref().is_some_and(String::is_empty) {
            return Err(wrong(TOKEN, "is empty".to_owned()));
        }
        if token.is_none() && !listen.ip().is_loopback() {
            let why = format!("{listen} can be reached from elsewhere, so a token must guard it: set {TOKEN}");
            return Err(wrong(LISTEN, why));
        }
        Ok(Some(Door { listen, token: token.map(SecretString::from) }))
    }
}

/// A secret is read and never written.
pub fn told_to_nobody<S: Serializer>(_: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

/// Requests answered since the process began.
#[derive(Default)]
pub struct Metrics(Mutex<HashMap<String, BTreeMap<&'static str, Answered>>>);

/// Requests of one method and route.
#[derive(Clone, Default)]
struct Answered {
    statuses: BTreeMap<u16, u64>,
    /// Within each bound, not counting those within a lower one.
    within: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts an answer; `route` is the template that matched.
    pub fn count(&self, method: &Method, route: Option<&str>, status: u16, took: Duration) {
        let (method, route) = (known(method), route.unwrap_or(OTHER));
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), BTreeMap::new());
        }
        let Some(methods) = routes.get_mut(route) else { return };
        let answered = methods.entry(method).or_default();
        *answered.statuses.entry(status).or_default() += 1;
        answered.count += 1;
        answered.seconds += took.as_secs_f64();
        if let Some(bucket) = BOUNDS.iter().position(|bound| took.as_secs_f64() <= *bound) {
            answered.within[bucket] += 1;
        }
    }

    fn tell(&self, page: &mut Page) {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut rows: Vec<(&str, &str, &Answered)> = routes
            .iter()
            .flat_map(|(route, methods)| methods.iter().map(|(method, answered)| (route.as_str(), *method, answered)))
            .collect();
        rows.sort_unstable_by_key(|(route, method, _)| (*route, *method));
        page.about("cabinet_http_requests_total", "counter", "Requests answered.");
        for (route, method, answered) in &rows {
            for (status, count) in &answered.statuses {
                let status = status.to_string();
                let labels = [("method", *method), ("route", *route), ("status", &status)];
                page.value("cabinet_http_requests_total", &labels, *count as f64);
            }
        }
        page.about("cabinet_http_request_seconds", "histogram", "Time until an answer began.");
        for (route, method, answered) in &rows {
            let mut below = 0;
            for (bound, within) in BOUNDS.iter().zip(answered.within) {
                below += within;
                let bound = bound.to_string();
                let labels = [("method", *method), ("route", *route), ("le", bound.as_str())];
                page.value("cabinet_http_request_seconds_bucket", &labels, below as f64);
            }
            let whole = [("method", *method), ("route", *route), ("le", "+Inf")];
            page.value("cabinet_http_request_seconds_bucket", &whole, answered.count as f64);
            page.value("cabinet_http_request_seconds_sum", &whole[..2], answered.seconds);
            page.value("cabinet_http_request_seconds_count", &whole[..2], answered.count as f64);
        }
    }
}

/// Callers may send any word for a method; those the server knows are few.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

/// The text format of Prometheus, version 0.0.4.
#[derive(Default)]
struct Page(String);

impl Page {
    fn about(&mut self, name: &str, kind: &str, what: &str) {
        writeln!(self.0, "# HELP {name} {what}\n# TYPE {name} {kind}").expect("a text grows");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        writeln!(self.0, "{name}{labels} {value}").expect("a text grows");
    }

    fn gauge(&mut self, name: &str, what: &str, value: Option<f64>) {
        if let Some(value) = value {
            self.about(name, "gauge", what);
            self.value(name, &[], value);
        }
    }
}

/// Everything there is to tell.
async fn page(state: &State) -> String {
    let mut page = Page::default();
    page.about("cabinet_build_info", "gauge", "The version that runs; always 1.");
    page.value("cabinet_build_info", &[("version", VERSION)], 1.0);
    state.metrics.tell(&mut page);
    page.about("cabinet_database_connections", "gauge", "Connections to the database, by pool and state.");
    for pool in state.service.pools() {
        for (state, count) in [("used", pool.used), ("idle", pool.open - pool.used), ("most", pool.most)] {
            page.value("cabinet_database_connections", &[("pool", pool.name), ("state", state)], count.into());
        }
    }
    page.about("cabinet_terminal_doubts_total", "counter", "What terminals asked that staff should hear of.");
    page.value("cabinet_terminal_doubts_total", &[], state.service.terminal_doubts() as f64);
    let vitals = state.service.vitals().await;
    if let Err(error) = &vitals {
        tracing::warn!(%error, "the database tells no metrics");
    }
    page.gauge("cabinet_database_up", "Whether the database answers.", Some(f64::from(vitals.is_ok())));
    let Ok(vitals) = vitals else { return page.0 };
    page.about("cabinet_outbox_tasks", "gauge", "Tasks of the outbox that are not done, by topic and state.");
    for depth in &vitals.outbox {
        for (state, count) in [("due", depth.due), ("later", depth.waiting - depth.due)] {
            page.value("cabinet_outbox_tasks", &[("topic", &depth.topic), ("state", state)], count as f64);
        }
    }
    page.gauge("cabinet_outbox_dead_tasks", "Tasks given up after their last try.", Some(vitals.dead_tasks as f64));
    let overdue = vitals.overdue.map_or(0.0, |overdue| overdue.as_seconds_f64());
    page.gauge("cabinet_outbox_overdue_seconds", "How long the first task that is due waits.", Some(overdue));
    page.gauge("cabinet_payments_in_review", "Payments that wait for a person.", Some(vitals.in_review as f64));
    page.gauge("cabinet_network_waiting", "Accounts the network does not follow.", Some(vitals.network.waiting as f64));
    let failing = Some(vitals.network.failing as f64);
    page.gauge("cabinet_network_failing", "Those of them that were told in vain.", failing);
    let age = vitals.since_run.map(|age| age.as_seconds_f64());
    page.gauge("cabinet_day_run_age_seconds", "Since the last daily run was done.", age);
    let behind = vitals.days_behind.map(|days| days as f64);
    page.gauge("cabinet_day_run_days_behind", "Days between the last day charged and today.", behind);
    page.0
}

/// `GET /metrics`.
#[get("/metrics")]
pub async fn get_metrics(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let wanted = state.config.metrics.as_ref().and_then(|door| door.token.as_ref());
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    if wanted.is_some_and(|wanted| !bool::from(wanted.expose_secret().as_bytes().ct_eq(given.as_bytes()))) {
        return HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, "Bearer")).finish();
    }
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page(&state).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_template_and_never_by_address() {
        let metrics = Metrics::default();
        let count = |method: &str, route, status, millis| {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            metrics.count(&method, route, status, Duration::from_millis(millis));
        };
        count("GET", Some("/api/v1/me/entries/{seq}"), 200, 3);
        count("GET", Some("/api/v1/me/entries/{seq}"), 404, 700);
        count("PROPFIND", None, 404, 20_000);
        let mut page = Page::default();
        metrics.tell(&mut page);
        for line in [
            r#"cabinet_http_requests_total{method="GET",route="/api/v1/me/entries/{seq}",status="200"} 1"#,
            r#"cabinet_http_requests_total{method="other",route="other",status="404"} 1"#,
            r#"cabinet_http_request_seconds_bucket{method="GET",route="/api/v1/me/entries/{seq}",le="0.005"} 1"#,
            r#"cabinet_http_request_seconds_bucket{method="GET",route="/api/v1/me/entries/{seq}",le="0.5"} 1"#,
            r#"cabinet_http_request_seconds_bucket{method="GET",route="/api/v1/me/entries/{seq}",le="1"} 2"#,
            r#"cabinet_http_request_seconds_bucket{method="other",route="other",le="10"} 0"#,
            r#"cabinet_http_request_seconds_bucket{method="other",route="other",le="+Inf"} 1"#,
            r#"cabinet_http_request_seconds_sum{method="other",route="other"} 20"#,
            r#"cabinet_http_request_seconds_count{method="GET",route="/api/v1/me/entries/{seq}"} 2"#,
        ] {
            assert!(page.0.lines().any(|told| told == line), "{line} in\n{}", page.0);
        }
    }

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        let mut page = Page::default();
        page.value("x", &[("topic", "a\"b\\\nc")], 1.5);
        assert_eq!(page.0, "x{topic=\"a\\\"b\\\\\\nc\"} 1.5\n");
    }

    #[test]
    fn the_network_is_kept_out_by_a_token() {
        let door = |listen: &str, token: Option<&str>| {
            let token = token.map(SecretString::from);
            Settings { listen: Some(listen.to_owned()), token, token_file: None }.door().map_err(|why| why.to_string())
        };
        assert!(Settings::default().door().unwrap().is_none());
        assert!(door("127.0.0.1:9464", None).unwrap().unwrap().token.is_none());
        assert!(door("0.0.0.0:9464", Some("a secret")).is_ok());
        assert!(door("0.0.0.0:9464", None).unwrap_err().contains("CABINET_METRICS__TOKEN"));
        assert!(door("metrics", None).unwrap_err().contains("CABINET_METRICS__LISTEN"));
        assert!(!format!("{:?}", door("[::1]:9464", Some("a secret"))).contains("a secret"));
    }
}
