//! What Prometheus reads: counted by template, guarded, and of nobody in person.

use crate::harness::{Answer, Cabinet};
use actix_web::web::Data;
use cabinet_api::metrics::Settings;
use cabinet_api::serve;
use cabinet_api::state::State;
use cabinet_store::on_both;
use std::net::TcpListener;

/// The metrics of a cabinet, as somebody asks who knows this token.
async fn read(state: &Data<State>, token: Option<&str>) -> (u16, String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/metrics", listener.local_addr().unwrap());
    let server = serve::listen_for_metrics(state.clone(), listener).unwrap();
    let handle = server.handle();
    tokio::spawn(server);
    let client = reqwest::Client::new();
    let asked = token.into_iter().fold(client.get(address), |request, token| request.bearer_auth(token));
    let answer = asked.send().await.unwrap();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    let told = (answer.status().as_u16(), kind, answer.text().await.unwrap());
    handle.stop(false).await;
    told
}

/// The value of a series.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

on_both! {
    async fn requests_the_outbox_the_run_and_the_pool_are_told(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 60_00).await;
        let get = async |path: &str| -> Answer { cabinet.get(path).by(&person).send().await };
        for _ in 0..3 {
            assert_eq!(get("/api/v1/me/entries/1").await.status, 200);
        }
        assert_eq!(get("/api/v1/me/entries/99").await.status, 404);
        assert_eq!(cabinet.get("/api/v1/me").send().await.status, 401);
        get("/no/such/page/1001").await;
        let today = cabinet.service().now().today;
        cabinet.service().run_day(today, |_, _| ()).await.unwrap();

        let (status, kind, text) = read(&cabinet.state, None).await;
        assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
        let series = |rest: &str| format!("cabinet_http_requests_total{{method=\"GET\",route={rest}}}");
        assert_eq!(value(&text, &series(r#""/api/v1/me/entries/{seq}",status="200""#)), Some(3.0), "{text}");
        assert_eq!(value(&text, &series(r#""/api/v1/me/entries/{seq}",status="404""#)), Some(1.0));
        assert_eq!(value(&text, &series(r#""/api/v1/me",status="401""#)), Some(1.0));
        let count = "cabinet_http_request_seconds_count{method=\"GET\",route=\"/api/v1/me/entries/{seq}\"}";
        assert_eq!(value(&text, count), Some(4.0));
        for told in ["cabinet_database_up", "cabinet_payments_in_review", "cabinet_terminal_doubts_total", "cabinet_outbox_dead_tasks", "cabinet_network_waiting", "cabinet_network_failing", "cabinet_day_run_age_seconds"] {
            assert!(value(&text, told).is_some(), "{told} in {text}");
        }
        assert_eq!(value(&text, "cabinet_day_run_days_behind"), Some(0.0));
        assert!(text.contains("cabinet_database_connections{pool="), "{text}");
        for secret in ["1001", &person.id.to_string(), "no/such/page", &person.token] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (series, number) = line.rsplit_once(' ').unwrap();
            assert!(series.starts_with("cabinet_") && number.parse::<f64>().is_ok(), "{line}");
            let name = series.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(text.contains(&format!("# TYPE {family} ")), "{line} has no type");
        }
        cabinet.close().await;
    }

    async fn a_token_guards_them_and_the_cabinet_itself_has_none(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            let settings = Settings { listen: Some("127.0.0.1:0".to_owned()), token: Some("a long token".into()), token_file: None };
            config.metrics = settings.door().unwrap();
        })
        .await;
        for (token, status) in [(None, 401), (Some("a long toke"), 401), (Some("a long token"), 200)] {
            assert_eq!(read(&cabinet.state, token).await.0, status, "{token:?}");
        }
        let public = cabinet.get("/metrics").send().await;
        assert!(!public.text.contains("cabinet_http_requests_total"), "{}", public.text);
        cabinet.close().await;
    }
}
