//! Gateways of short messages, as stubs over real HTTP that can be slow, dead and lying.

#[path = "../acquirers/stub.rs"]
#[allow(dead_code, reason = "acquirers use more of it")]
mod stub;

use cabinet_core::phone::Phone;
use cabinet_gateways::sms::{Accepted, Delivery, Driver, Fault, Pocket, Sms, SmsGateway, SmsSettings};
use serde_json::json;
use std::sync::Arc;
use stub::{Act, Stub};
use time::OffsetDateTime;
use time::macros::datetime;

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn message() -> Sms {
    Sms {
        id: "0198f2a1".to_owned(), to: Phone::new("050 123-45-67").unwrap(), text: "Баланс 37,10 грн".to_owned()
    }
}

fn gateway(driver: Driver, url: &str) -> Arc<dyn SmsGateway> {
    let settings = SmsSettings {
        driver,
        key: Some("the-key".into()),
        sender: "Online".to_owned(),
        url: url.to_owned(),
        ..SmsSettings::default()
    };
    settings.build().unwrap().unwrap()
}

async fn told(driver: Driver, body: &str) -> Result<Accepted, Fault> {
    let stub = Stub::answering(200, body).await;
    gateway(driver, &stub.url).send(&message(), NOON).await
}

fn taken(id: &str) -> Result<Accepted, Fault> {
    Ok(Accepted { id: Some(id.to_owned()) })
}

#[tokio::test]
async fn turbosms_is_asked_and_read_by_its_codes() {
    let stub = Stub::answering(
        200,
        r#"{"response_code":800,"response_status":"SUCCESS_MESSAGE_ACCEPTED","response_result":[{"phone":"380501234567","response_code":0,"message_id":"f83f","response_status":"OK"}]}"#,
    )
    .await;
    assert_eq!(gateway(Driver::TurboSms, &stub.url).send(&message(), NOON).await, taken("f83f"));
    let seen = &stub.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/message/send.json"));
    assert_eq!(seen.header("authorization"), Some("Bearer the-key"));
    assert_eq!(
        seen.json(),
        json!({ "recipients": ["380501234567"], "sms": { "sender": "Online", "text": "Баланс 37,10 грн" }, "sequence_id": "0198f2a1" })
    );

    let whole = |code: i64| format!(r#"{{"response_code":{code},"response_status":"X","response_result":null}}"#);
    let one = |code: i64| {
        format!(
            r#"{{"response_code":802,"response_status":"X","response_result":[{{"response_code":{code},"message_id":null}}]}}"#
        )
    };
    for code in [0, 800, 801, 407] {
        assert_eq!(told(Driver::TurboSms, &whole(code)).await, Ok(Accepted::default()), "{code}");
        assert_eq!(told(Driver::TurboSms, &one(code)).await, Ok(Accepted::default()), "{code}");
    }
    for code in [103, 105, 106, 203] {
        assert!(matches!(told(Driver::TurboSms, &whole(code)).await, Err(Fault::Account(_))), "{code}");
    }
    for code in [200, 206, 300, 305, 400, 412, 415] {
        assert!(matches!(told(Driver::TurboSms, &one(code)).await, Err(Fault::Refused(_))), "{code}");
    }
    for code in [500, 505, 999, 12345] {
        assert!(matches!(told(Driver::TurboSms, &whole(code)).await, Err(Fault::Later(_))), "{code}");
    }
    assert_eq!(told(Driver::TurboSms, &one(404)).await, Err(Fault::OptedOut));
}

#[tokio::test]
async fn sms_fly_is_asked_and_read() {
    let body = r#"{"success":1,"data":{"messageID":"FAPI0007","sms":{"status":"ACCEPTD"}}}"#;
    let stub = Stub::answering(200, body).await;
    assert_eq!(gateway(Driver::SmsFly, &stub.url).send(&message(), NOON).await, taken("FAPI0007"));
    let seen = stub.seen()[0].json();
    assert_eq!(seen["auth"]["key"], "the-key");
    assert_eq!((&seen["action"], &seen["data"]["recipient"]), (&json!("SENDMESSAGE"), &json!("380501234567")));
    assert_eq!(seen["data"]["sms"]["source"], "Online");

    let poor = r#"{"success":1,"data":{"messageID":"1","sms":{"status":"INSUFFICIENTFUNDS"}}}"#;
    assert!(matches!(told(Driver::SmsFly, poor).await, Err(Fault::Account(_))));
    let key = r#"{"success":0,"error":{"code":"ERRAUTHKEY"}}"#;
    assert!(matches!(told(Driver::SmsFly, key).await, Err(Fault::Account(_))));
    let route = r#"{"success":0,"error":{"code":"INVROUTE"}}"#;
    assert_eq!(told(Driver::SmsFly, route).await, Err(Fault::Refused("INVROUTE".to_owned())));
    let stopped = r#"{"success":1,"data":{"messageID":"1","sms":{"status":"STOPED"}}}"#;
    assert!(matches!(told(Driver::SmsFly, stopped).await, Err(Fault::Refused(_))));
}

#[tokio::test]
async fn alphasms_is_asked_and_read() {
    let body =
        r#"{"success":true,"data":[{"success":true,"data":{"id":1,"msg_id":53453,"data":1,"parts":1}}],"error":null}"#;
    let stub = Stub::answering(200, body).await;
    assert_eq!(gateway(Driver::AlphaSms, &stub.url).send(&message(), NOON).await, taken("53453"));
    let seen = stub.seen()[0].json();
    assert_eq!((&seen["auth"], &seen["data"][0]["phone"]), (&json!("the-key"), &json!(380501234567u64)));
    assert_eq!(seen["data"][0]["sms_message"], "Баланс 37,10 грн");

    let key = r#"{"success":false,"data":[],"error":"Auth error"}"#;
    assert_eq!(told(Driver::AlphaSms, key).await, Err(Fault::Account("Auth error".to_owned())));
    let phone = r#"{"success":true,"data":[{"success":false,"error":"Wrong phone"}],"error":null}"#;
    assert_eq!(told(Driver::AlphaSms, phone).await, Err(Fault::Refused("Wrong phone".to_owned())));
    assert_eq!(told(Driver::AlphaSms, r#"{"success":true,"data":[]}"#).await, Err(Fault::Unknown));
}

#[tokio::test]
async fn gateways_that_tell_are_asked_what_became_of_a_message() {
    let asked = async |driver: Driver, body: &str| {
        let stub = Stub::answering(200, body).await;
        let gateway = gateway(driver, &stub.url);
        let told = gateway.delivery("f83f", NOON).expect("it tells").await;
        (told, stub.seen().remove(0))
    };
    let turbo = |status: &str| {
        format!(r#"{{"response_code":0,"response_result":[{{"message_id":"f83f","status":"{status}"}}]}}"#)
    };
    let (told, seen) = asked(Driver::TurboSms, &turbo("Delivered")).await;
    assert_eq!((told, seen.path.as_str()), (Ok(Delivery::Delivered), "/message/status.json"));
    assert_eq!((seen.header("authorization"), seen.json()), (Some("Bearer the-key"), json!({ "messages": ["f83f"] })));
    for (status, expected) in [
        ("Read", Delivery::Delivered),
        ("Undelivered", Delivery::Failed),
        ("EXPIRED", Delivery::Failed),
        ("Sent", Delivery::Waits),
        ("Somewhere", Delivery::Waits),
    ] {
        assert_eq!(asked(Driver::TurboSms, &turbo(status)).await.0, Ok(expected), "{status}");
    }
    let nothing = r#"{"response_code":0,"response_result":null}"#;
    assert_eq!(asked(Driver::TurboSms, nothing).await.0, Ok(Delivery::Waits));
    let key = r#"{"response_code":105,"response_result":null}"#;
    assert!(matches!(asked(Driver::TurboSms, key).await.0, Err(Fault::Account(_))));

    let fly = |status: &str| format!(r#"{{"success":1,"data":{{"messageID":"f83f","sms":{{"status":"{status}"}}}}}}"#);
    let (told, seen) = asked(Driver::SmsFly, &fly("DELIVRD")).await;
    assert_eq!(told, Ok(Delivery::Delivered));
    let seen = seen.json();
    assert_eq!((&seen["action"], &seen["data"]["messageID"]), (&json!("GETMESSAGESTATUS"), &json!("f83f")));
    for (status, expected) in [
        ("VIEWED", Delivery::Delivered),
        ("UNDELIV", Delivery::Failed),
        ("EXPIRED", Delivery::Failed),
        ("PENDING", Delivery::Waits),
        ("?", Delivery::Waits),
    ] {
        assert_eq!(asked(Driver::SmsFly, &fly(status)).await.0, Ok(expected), "{status}");
    }
    let unknown = r#"{"success":0,"error":{"code":"INVMESSAGEID"}}"#;
    assert!(matches!(asked(Driver::SmsFly, unknown).await.0, Err(Fault::Refused(_))));
    assert!(gateway(Driver::AlphaSms, "http://127.0.0.1:1").delivery("1", NOON).is_none(), "it tells nobody who asks");
}

#[tokio::test]
async fn what_may_have_been_taken_is_told_apart() {
    for act in
        [|| Act::Close, || Act::Garbage, || Act::Answer(200, "<html>".to_owned()), || Act::Answer(502, String::new())]
    {
        let stub = Stub::start(move |_| act()).await;
        assert!(matches!(gateway(Driver::TurboSms, &stub.url).send(&message(), NOON).await, Err(Fault::Later(_))));
        for driver in [Driver::SmsFly, Driver::AlphaSms] {
            assert_eq!(gateway(driver, &stub.url).send(&message(), NOON).await, Err(Fault::Unknown));
        }
    }
    let stub = Stub::answering(403, "").await;
    assert!(matches!(gateway(Driver::SmsFly, &stub.url).send(&message(), NOON).await, Err(Fault::Account(_))));
}

#[tokio::test]
async fn the_demo_keeps_what_would_have_been_sent() {
    let pocket = Pocket::default();
    pocket.send(&message(), NOON).await.unwrap();
    let kept = pocket.messages();
    assert_eq!((kept.len(), &kept[0].message, kept[0].at), (1, &message(), NOON));
}

#[test]
fn settings_name_what_they_lack() {
    assert!(SmsSettings::default().build().unwrap().is_none());
    let turbo = SmsSettings { driver: Driver::TurboSms, ..SmsSettings::default() };
    assert!(turbo.build().err().unwrap().to_string().contains("key"));
    let keyed = SmsSettings { key: Some("k".into()), ..turbo };
    assert!(keyed.build().err().unwrap().to_string().contains("sender"));
    let open = SmsSettings { sender: "Online".to_owned(), url: "http://example.com".to_owned(), ..keyed };
    assert!(open.build().err().unwrap().to_string().contains("https"));
}
