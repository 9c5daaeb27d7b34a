//! Gateways that are slow, dead, lying, redirecting and endless; and notifications of pure noise.

use super::stub::{Act, Stub};
use super::{NOW, liqpay, monobank, only, sandbox, wayforpay};
use cabinet_gateways::acquirer::{Acquirer, AcquirerSettings, Asked, Event, Fault, Notification, Unreached};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use time::{Duration, OffsetDateTime};

/// The adapters that ask a gateway, pointed at an address.
fn adapters(url: &str, timeout_ms: u64) -> Vec<Arc<dyn Acquirer>> {
    let all = [liqpay::settings(url), monobank::settings(url), wayforpay::settings(url)];
    all.into_iter().map(|settings| only(&AcquirerSettings { timeout_ms, ..settings })).collect()
}

async fn poll(acquirer: &dyn Acquirer, now: OffsetDateTime) -> Result<Event, Fault> {
    acquirer.poll(Asked { reference: "pay1", provider_ref: Some("inv1") }, now).await
}

#[tokio::test]
async fn a_gateway_that_misbehaves_is_a_fault_and_nothing_worse() {
    type Manner = fn() -> Act;
    let manners: [(Manner, u64, Unreached); 7] = [
        (|| Act::Hang, 200, Unreached::Timeout),
        (|| Act::Stall, 200, Unreached::Timeout),
        (|| Act::Close, 10_000, Unreached::NoConnection),
        (|| Act::Garbage, 10_000, Unreached::NoConnection),
        (|| Act::Answer(503, "{}".to_owned()), 10_000, Unreached::Broken(503)),
        (|| Act::Endless { told: true }, 60_000, Unreached::TooLarge),
        (|| Act::Endless { told: false }, 60_000, Unreached::TooLarge),
    ];
    for (manner, timeout, fault) in manners {
        let stub = Stub::start(move |_| manner()).await;
        for acquirer in adapters(&stub.url, timeout) {
            assert_eq!(poll(&*acquirer, NOW).await, Err(Fault::Unreached(fault)), "{}", acquirer.code());
        }
        assert_eq!(stub.seen().len(), 3, "nothing is asked twice by itself");
        // What lies in the sockets' buffers was taken, and no more of the 100 MiB.
        assert!(stub.sent() < 50 * 1024 * 1024, "{}", stub.sent());
    }
}

#[tokio::test]
async fn nobody_there_is_a_fault() {
    for acquirer in adapters(&Stub::nobody().await, 10_000) {
        assert_eq!(poll(&*acquirer, NOW).await, Err(Fault::Unreached(Unreached::NoConnection)));
    }
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = Stub::answering(200, "{}").await;
    let target = elsewhere.url.clone();
    let stub = Stub::start(move |_| Act::Redirect(format!("{target}/steal"))).await;
    for acquirer in adapters(&stub.url, 10_000) {
        assert_eq!(poll(&*acquirer, NOW).await, Err(Fault::Unreached(Unreached::Redirected(302))));
    }
    assert!(elsewhere.seen().is_empty(), "keys and tokens go nowhere else");
}

#[tokio::test]
async fn a_failing_gateway_is_left_alone_for_a_while() {
    let works = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let now_works = works.clone();
    let stub = Stub::start(move |_| match now_works.load(std::sync::atomic::Ordering::SeqCst) {
        true => Act::Answer(404, "{}".to_owned()),
        false => Act::Answer(500, "{}".to_owned()),
    })
    .await;
    let monobank = only(&monobank::settings(&stub.url));
    for _ in 0..5 {
        assert_eq!(poll(&*monobank, NOW).await, Err(Fault::Unreached(Unreached::Broken(500))));
    }
    for _ in 0..100 {
        assert_eq!(poll(&*monobank, NOW).await, Err(Fault::Unreached(Unreached::Resting)));
    }
    assert_eq!(stub.seen().len(), 5);
    let later = NOW + Duration::seconds(30);
    assert_eq!(poll(&*monobank, later).await, Err(Fault::Unreached(Unreached::Broken(500))), "one tries");
    assert_eq!(poll(&*monobank, later).await, Err(Fault::Unreached(Unreached::Resting)));
    works.store(true, std::sync::atomic::Ordering::SeqCst);
    let later = NOW + Duration::seconds(60);
    for _ in 0..10 {
        assert_eq!(poll(&*monobank, later).await, Err(Fault::NotFound), "a refusal is an answer");
    }
    assert_eq!(stub.seen().len(), 16);
}

/// Every adapter, asking nobody.
static ALL: LazyLock<Vec<Arc<dyn Acquirer>>> = LazyLock::new(|| {
    let mut all = adapters("http://127.0.0.1:1", 200);
    all.push(only(&sandbox::settings()));
    all
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn noise_is_neither_believed_nor_a_panic(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..400),
            "\\{(\"(merchantSignature|amount|status|reference)\":(\"[a-z0-9]{0,9}\"|[0-9]{1,4}),?){0,5}\\}".prop_map(String::into_bytes),
            "(data|signature)=[A-Za-z0-9+/%=&]{0,200}&signature=[A-Za-z0-9=]{0,40}".prop_map(String::into_bytes),
        ],
        sign in "[A-Za-z0-9+/=]{0,100}",
        query in ".{0,40}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let headers = [("x-sign", sign.as_str()), ("x-sandbox-sign", sign.as_str())];
        for acquirer in ALL.iter() {
            let notification = Notification { body: &body, headers: &headers, query: &query };
            prop_assert!(runtime.block_on(acquirer.verify(notification, NOW)).is_err());
        }
    }
}
