//! Routers of every temper, over real datagrams of this machine.

use cabinet_gateways::radius::attribute::{self, Attribute};
use cabinet_gateways::radius::packet::Ask;
use cabinet_gateways::radius::push::{Router, Verdict, ask};
use cabinet_gateways::testing::router::{FakeRouter, Temper};
use std::time::Duration;

/// Short, because these routers are near.
const PATIENCE: [Duration; 3] = [Duration::from_millis(300), Duration::from_millis(300), Duration::from_millis(300)];

fn session() -> Vec<Attribute> {
    vec![attribute::USER_NAME.with("0000").unwrap(), attribute::ACCT_SESSION_ID.with("81000001").unwrap()]
}

async fn asked(router: &FakeRouter, what: Ask) -> Verdict {
    let named = Router { address: router.address, secret: "testing123".into(), signs: true, demands: true };
    ask(&named, what, 42, &session(), &PATIENCE).await.unwrap()
}

#[tokio::test]
async fn each_temper_is_understood() {
    for (temper, what, verdict) in [
        (Temper::Takes, Ask::Change, Verdict::Done),
        (Temper::Takes, Ask::Disconnect, Verdict::Done),
        (Temper::Refuses(503), Ask::Disconnect, Verdict::Gone),
        (Temper::Refuses(503), Ask::Change, Verdict::Gone),
        (Temper::Refuses(401), Ask::Change, Verdict::Unable),
        (Temper::Refuses(401), Ask::Disconnect, Verdict::Refused(Some(401))),
        (Temper::Refuses(506), Ask::Change, Verdict::Refused(Some(506))),
        (Temper::Repeats, Ask::Change, Verdict::Done),
        (Temper::LiesFirst, Ask::Change, Verdict::Done),
        (Temper::Forges, Ask::Change, Verdict::Silent),
        (Temper::Silent, Ask::Change, Verdict::Silent),
    ] {
        let router = FakeRouter::start("testing123", temper).await;
        assert_eq!(asked(&router, what).await, verdict, "{temper:?} {what:?}");
    }
}

#[tokio::test]
async fn a_request_is_repeated_as_it_was() {
    let router = FakeRouter::start("testing123", Temper::AnswersAt(3)).await;
    assert_eq!(asked(&router, Ask::Disconnect).await, Verdict::Done);
    let heard = router.heard();
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|one| one == &heard[0]), "the same bytes from the same port");
    assert_eq!(heard[0].1[1], 42);
}

#[tokio::test]
async fn a_router_that_is_off_is_silent() {
    let router = FakeRouter::start("testing123", Temper::Silent).await;
    let address = router.address;
    drop(router);
    let gone = Router { address, secret: "testing123".into(), signs: true, demands: false };
    assert_eq!(ask(&gone, Ask::Change, 1, &session(), &PATIENCE).await.unwrap(), Verdict::Silent);
}

#[tokio::test]
async fn an_old_router_need_not_sign() {
    let router = FakeRouter::start("testing123", Temper::Unsigned).await;
    assert_eq!(asked(&router, Ask::Change).await, Verdict::Silent, "a signature is demanded");
    let old = Router { address: router.address, secret: "testing123".into(), signs: false, demands: false };
    assert_eq!(ask(&old, Ask::Change, 1, &session(), &PATIENCE).await.unwrap(), Verdict::Done);
}
