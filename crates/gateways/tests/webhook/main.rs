//! Another system that is told of the network, over real HTTP.

#[path = "../acquirers/stub.rs"]
#[allow(dead_code, reason = "acquirers use more of it")]
mod stub;

use cabinet_gateways::network::{Driver, NetworkSettings, SIGNATURE, Told};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use stub::{Act, Seen, Stub};
use time::OffsetDateTime;
use time::macros::datetime;

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const SECRET: &str = "a secret of sixteen";

fn settings(url: &str, secret: &str) -> NetworkSettings {
    NetworkSettings {
        driver: Driver::Webhook,
        webhook_url: url.to_owned(),
        webhook_secret: Some(secret.into()),
        ..NetworkSettings::default()
    }
}

fn told() -> Told<'static> {
    Told {
        contract: "0042",
        generation: 7,
        access: "open",
        down_kbit: 100_000,
        up_kbit: 50_000,
        address: Some("203.0.113.7"),
        ipv6_prefix: Some("2001:db8:7::/56"),
    }
}

/// What a system on the other side does before it believes anything.
fn believes(seen: &Seen, secret: &str) -> bool {
    let Some((at, given)) = seen.header(SIGNATURE).and_then(|text| text.strip_prefix("t=")?.split_once(",v1=")) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{at}.{}", seen.body).as_bytes());
    let made: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    at == NOON.unix_timestamp().to_string() && made == given
}

#[tokio::test]
async fn what_is_told_is_whole_and_signed() {
    let stub = Stub::answering(204, "").await;
    let webhook = settings(&format!("{}/network", stub.url), SECRET).webhook().unwrap();
    assert_eq!(webhook.tell(&told(), NOON).await, Ok(()));
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/network"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(
        seen.json(),
        json!({
            "contract": "0042", "generation": 7, "access": "open", "down_kbit": 100_000, "up_kbit": 50_000,
            "address": "203.0.113.7", "ipv6_prefix": "2001:db8:7::/56"
        })
    );
    assert!(believes(seen, SECRET) && !believes(seen, "another secret of it"));
    let changed = Seen { body: seen.body.replace("100000", "900000"), ..seen.clone() };
    assert!(!believes(&changed, SECRET), "the signature is of the body");
}

#[tokio::test]
async fn whatever_is_no_success_is_told_again() {
    for (status, why) in [(400, "status 400"), (401, "status 401"), (500, "status 500"), (503, "status 503")] {
        let stub = Stub::answering(status, "{}").await;
        let failed = settings(&stub.url, SECRET).webhook().unwrap().tell(&told(), NOON).await.unwrap_err();
        assert!(failed.contains(why), "{failed}");
    }
    let elsewhere = Stub::answering(200, "").await;
    let to = elsewhere.url.clone();
    let stub = Stub::start(move |_| Act::Redirect(to.clone())).await;
    assert!(settings(&stub.url, SECRET).webhook().unwrap().tell(&told(), NOON).await.is_err());
    assert!(elsewhere.seen().is_empty(), "nobody is told where a redirect leads");
    for act in [|| Act::Close, || Act::Garbage] {
        let stub = Stub::start(move |_| act()).await;
        assert!(settings(&stub.url, SECRET).webhook().unwrap().tell(&told(), NOON).await.is_err());
    }
    let nobody = Stub::nobody().await;
    assert!(settings(&nobody, SECRET).webhook().unwrap().tell(&told(), NOON).await.is_err());
}

#[test]
fn settings_that_would_tell_strangers_are_refused() {
    let refused = |url: &str, secret: &str| settings(url, secret).webhook().err().unwrap().to_string();
    assert!(refused("http://billing.example.com/network", SECRET).contains("https"));
    assert!(refused("https://billing.example.com/network", "short").contains("16 bytes"));
    let without = NetworkSettings { webhook_secret: None, ..settings("https://billing.example.com", SECRET) };
    assert!(without.webhook().is_err());
}
