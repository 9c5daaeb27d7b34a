//! Notifications to browsers: the standard's own example, and push services as stubs over real HTTP.

#[path = "../acquirers/stub.rs"]
#[allow(dead_code, reason = "acquirers use more of it")]
mod stub;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabinet_gateways::acquirer::Patience;
use cabinet_gateways::testing::push_service::{Browser, PushService};
use cabinet_gateways::web_push::{
    Ephemeral, Fault, LONGEST, Push, PushGateway, Subscription, SubscriptionError, Tray, Unusable, Urgency, Vapid,
    WebPush, encrypt,
};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use stub::{Act, Stub};
use time::OffsetDateTime;
use time::macros::datetime;

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

// RFC 8291, appendix A.
const MESSAGE: &[u8] = b"When I grow up, I want to be a watermelon";
const OURS: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const THEIRS: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";
const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
}

fn once() -> Ephemeral {
    Ephemeral::new(bytes(OURS), bytes(SALT)).unwrap()
}

#[test]
fn a_message_is_sealed_as_the_standard_shows() {
    let body = encrypt(MESSAGE, &bytes(THEIRS), &bytes(SECRET), once()).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(body), BODY);
    assert_eq!(encrypt(&[0; LONGEST + 1], &bytes(THEIRS), &bytes(SECRET), once()), Err(Unusable::TooLong));
    // Head, key, message, its end and its tag: as much as a push service takes.
    assert_eq!(encrypt(&[0; LONGEST], &bytes(THEIRS), &bytes(SECRET), once()).unwrap().len(), 4096);
    assert!(Ephemeral::new([0; 32], [0; 16]).is_err());
}

#[test]
fn only_push_services_are_called() {
    let at = |endpoint: &str| Subscription::new(endpoint, THEIRS, SECRET).map(drop);
    for good in [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYA",
        "https://web.push.apple.com/QGx",
    ] {
        assert_eq!(at(good), Ok(()), "{good}");
    }
    for bad in [
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://localhost:5432/",
        "https://169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com.example.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://evilnotify.windows.com/x",
        "https://fcm.googleapis.com/x#again",
        "https://fcm.googleapis.com./x",
        "https://[::1]/x",
        "https://0x7f000001/x",
        "file:///etc/passwd",
        &format!("https://fcm.googleapis.com/{}", "x".repeat(1024)),
        "",
    ] {
        assert_eq!(at(bad), Err(SubscriptionError::Endpoint), "{bad}");
    }
    let good = "https://fcm.googleapis.com/x";
    assert_eq!(Subscription::new(good, SECRET, SECRET), Err(SubscriptionError::Key));
    let beside = URL_SAFE_NO_PAD.encode([4; 65]);
    assert_eq!(Subscription::new(good, &beside, SECRET), Err(SubscriptionError::Key), "not on the curve");
    assert_eq!(Subscription::new(good, THEIRS, "c2hvcnQ"), Err(SubscriptionError::Secret));
    assert!(Subscription::new(good, &format!("{THEIRS}="), &format!("{SECRET}==")).is_ok(), "with padding");
}

fn vapid() -> Vapid {
    Vapid::new(&[7; 32], "mailto:help@example.com").unwrap()
}

async fn told(act: impl Fn() -> Act + Send + 'static) -> Result<(), Fault> {
    let stub = Stub::start(move |_| act()).await;
    sent_to(&stub).await
}

async fn sent_to(stub: &Stub) -> Result<(), Fault> {
    let to = Subscription::local(&format!("{}/push/1", stub.url), THEIRS, SECRET).unwrap();
    let push = Push { to: &to, message: MESSAGE, seconds: 3600, urgency: Urgency::High };
    WebPush::new(vapid(), Patience::default()).unwrap().send(push, once(), NOON).await
}

#[tokio::test]
async fn a_push_service_is_asked_by_a_signed_token() {
    let stub = Stub::answering(201, "").await;
    sent_to(&stub).await.unwrap();
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/push/1"));
    for (name, value) in [("ttl", "3600"), ("urgency", "high"), ("content-encoding", "aes128gcm")] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
    let (token, key) =
        seen.header("authorization").unwrap().strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(key, vapid().public_key());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = VerifyingKey::from_sec1_bytes(&bytes::<65>(key)).unwrap();
    key.verify(signed.as_bytes(), &Signature::from_slice(&bytes::<64>(signature)).unwrap()).expect("signed by the key");
    let part = |nth: usize| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split('.').nth(nth).unwrap()).unwrap()).unwrap()
    };
    assert_eq!(part(0), serde_json::json!({ "typ": "JWT", "alg": "ES256" }));
    let half_a_day = NOON.unix_timestamp() + 12 * 3600;
    assert_eq!(part(1), serde_json::json!({ "aud": stub.url, "exp": half_a_day, "sub": "mailto:help@example.com" }));
}

#[tokio::test]
async fn answers_say_what_to_do_next() {
    for status in [404, 410] {
        assert_eq!(told(move || Act::Answer(status, String::new())).await, Err(Fault::Gone));
    }
    for status in [429, 500, 503] {
        assert!(matches!(told(move || Act::Answer(status, String::new())).await, Err(Fault::Later(..))), "{status}");
    }
    for status in [400, 403, 413] {
        assert!(matches!(told(move || Act::Answer(status, String::new())).await, Err(Fault::Refused(_))), "{status}");
    }
    assert!(matches!(told(|| Act::Redirect("http://127.0.0.1:1/".to_owned())).await, Err(Fault::Refused(_))));
    assert!(matches!(told(|| Act::Close).await, Err(Fault::Later(..))));
}

#[tokio::test]
async fn a_browser_reads_what_was_sealed_for_it_and_waiting_is_asked_for_in_seconds() {
    let service = PushService::start().await;
    let browser = Browser::new(9);
    let gateway = WebPush::new(vapid(), Patience::default()).unwrap().anywhere();
    let to = gateway.subscription(&format!("{}/push/2", service.url), &browser.p256dh(), &browser.auth()).unwrap();
    let push = Push { to: &to, message: "Баланс 37,10".as_bytes(), seconds: 60, urgency: Urgency::Low };
    gateway.send(push, once(), NOON).await.unwrap();
    let taken = service.taken().remove(0);
    assert_eq!(browser.read(&taken.body).as_deref(), Some("Баланс 37,10".as_bytes()));
    assert_eq!(Browser::new(8).read(&taken.body), None, "another's");
    for status in [429, 503] {
        service.answers(move |_| (status, Some(120)));
        let asked = gateway.send(push, once(), NOON).await;
        assert_eq!(asked, Err(Fault::Later(format!("status {status}"), Some(120))));
    }
    // Outside of tests it is not called at all.
    let refused = WebPush::new(vapid(), Patience::default()).unwrap().subscription(
        to.endpoint(),
        &browser.p256dh(),
        &browser.auth(),
    );
    assert_eq!(refused, Err(SubscriptionError::Endpoint));
}

#[tokio::test]
async fn the_demo_keeps_what_it_would_send() {
    let tray = Tray::default();
    assert!(tray.subscription("https://127.0.0.1/x", THEIRS, SECRET).is_err());
    let to = tray.subscription("https://fcm.googleapis.com/fcm/send/1", THEIRS, SECRET).unwrap();
    for n in 0..60_u8 {
        let push = Push { to: &to, message: &[n], seconds: 60, urgency: Urgency::Normal };
        tray.send(push, once(), NOON).await.unwrap();
    }
    let kept = tray.notifications();
    assert_eq!((kept.len(), kept[0].message.as_slice(), kept[0].to.as_str()), (50, &[59][..], "fcm.googleapis.com"));
}
