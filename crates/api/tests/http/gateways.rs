//! Gateways as they really talk: signed notifications posted to the server, by the dialect of each.

use crate::harness::{Cabinet, Person};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_store::on_both;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use sha3::{Digest, Sha3_256};

/// What a gateway posts: a header, a content type, a body.
struct Told {
    header: Option<(&'static str, String)>,
    form: bool,
    body: String,
}

async fn order(cabinet: &Cabinet, person: &Person, method: &str) -> Value {
    let wish = json!({ "amount": "50.00", "method": method });
    let answer = cabinet.post("/api/v1/me/payments").by(person).key("k-1").json(&wish).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn post(cabinet: &Cabinet, method: &str, told: &Told) -> (u16, String, String) {
    let content_type = if told.form { "application/x-www-form-urlencoded" } else { "application/json" };
    let mut call =
        cabinet.post(&format!("/api/v1/gateways/{method}/notification")).header("content-type", content_type);
    if let Some((name, value)) = &told.header {
        call = call.header(name, value);
    }
    let answer = call.raw(told.body.clone()).send().await;
    (answer.status, answer.header("content-type").to_owned(), answer.text)
}

/// A blocked contract, with the money that blocked it: a first payment that covers nothing.
async fn blocked(cabinet: &Cabinet) -> Person {
    let person = cabinet.person("1001", "home-20", 1).await;
    assert_eq!(header(cabinet, &person).await, ("blocked".to_owned(), "0.01".to_owned()));
    person
}

async fn header(cabinet: &Cabinet, person: &Person) -> (String, String) {
    let me = cabinet.get("/api/v1/me").by(person).send().await.json();
    let text = |member: &str| me[member].as_str().expect("a text").to_owned();
    (text("standing"), text("balance"))
}

/// Forged it is refused and moves nothing; true it brings the service back at once; repeated it is answered alike and
/// credits nothing more.
async fn pays(cabinet: &Cabinet, person: &Person, method: &str, forged: &Told, told: &Told) -> (String, String) {
    assert_eq!(post(cabinet, method, forged).await.0, 400, "forged");
    assert_eq!(header(cabinet, person).await.0, "blocked");
    let (status, content_type, answer) = post(cabinet, method, told).await;
    assert_eq!(status, 200, "{answer}");
    let back = header(cabinet, person).await;
    assert_eq!(back, ("active".to_owned(), "48.34".to_owned()), "50.00 and today's 1.67");
    assert_eq!(post(cabinet, method, told).await.0, 200, "told again");
    assert_eq!(header(cabinet, person).await, back);
    (content_type, answer)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wayforpay(reference: &str, amount: &str) -> Told {
    let mut mac = Hmac::<Md5>::new_from_slice(b"a wayforpay secret").expect("a key");
    mac.update(["shop", reference, "50.00", "UAH", "541963", "4***1", "Approved", "1100"].join(";").as_bytes());
    let signature = hex(&mac.finalize().into_bytes());
    let body = format!(
        r#"{{"merchantAccount":"shop","orderReference":"{reference}","merchantSignature":"{signature}","amount":{amount},"currency":"UAH","authCode":"541963","cardPan":"4***1","transactionStatus":"Approved","reasonCode":1100}}"#
    );
    // As it comes: JSON under the name of a form.
    Told { header: None, form: true, body }
}

fn liqpay(reference: &str, key: &str) -> Told {
    let word = json!({
        "action": "pay", "payment_id": 1_000_001, "status": "success", "version": 7, "public_key": "i00000000",
        "order_id": reference, "amount": 50.0, "currency": "UAH", "end_date": 1_700_000_001_500_i64,
    });
    let data = STANDARD.encode(word.to_string());
    let signature = STANDARD.encode(Sha3_256::digest(format!("{key}{data}{key}")));
    let escaped = |text: &str| text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    Told { header: None, form: true, body: format!("data={}&signature={}", escaped(&data), escaped(&signature)) }
}

fn monobank(key: &SigningKey, reference: &str) -> Told {
    let body = json!({
        "invoiceId": "p2_1", "status": "success", "amount": 5000, "ccy": 980, "finalAmount": 5000,
        "modifiedDate": "2026-11-10T10:00:00Z", "reference": reference,
    })
    .to_string();
    let signature: Signature = key.sign(body.as_bytes());
    Told { header: Some(("x-sign", STANDARD.encode(signature.to_der()))), form: false, body }
}

/// monobank's side, as far as a page and its key go.
fn monobank_answers(key: &SigningKey) -> String {
    let pem = STANDARD.encode(key.verifying_key().to_public_key_pem(LineEnding::LF).expect("pem"));
    let server = HttpServer::new(move || {
        let pem = pem.clone();
        App::new().default_service(web::to(move |request: HttpRequest| {
            let answer = match request.path() {
                "/api/merchant/pubkey" => json!({ "key": pem }),
                _ => json!({ "invoiceId": "p2_1", "pageUrl": "https://pay.mbnk.example/p2_1" }),
            };
            async move { HttpResponse::Ok().json(answer) }
        }))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .expect("a port");
    let address = format!("http://{}", server.addrs()[0]);
    tokio::spawn(server.run());
    address
}

on_both! {
    async fn wayforpay_is_answered_in_its_own_words(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            let settings = &mut config.payments.wayforpay;
            settings.enabled = true;
            settings.merchant_account = "shop".to_owned();
            settings.merchant_domain = "cabinet.example.com".to_owned();
            settings.secret_key = Some("a wayforpay secret".into());
        })
        .await;
        let person = blocked(&cabinet).await;
        let ordered = order(&cabinet, &person, "wayforpay").await;
        let reference = ordered["id"].as_str().expect("an id");
        let fields = ordered["redirect"]["fields"].as_array().expect("a form");
        assert!(fields.iter().any(|field| field["name"] == "orderReference" && field["value"] == reference), "{fields:?}");
        // Signed for 50.00, changed on its way.
        let (forged, told) = (wayforpay(reference, "500.00"), wayforpay(reference, "50.00"));
        let (content_type, answer) = pays(&cabinet, &person, "wayforpay", &forged, &told).await;
        assert_eq!(content_type, "application/json");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let mut mac = Hmac::<Md5>::new_from_slice(b"a wayforpay secret").expect("a key");
        mac.update(format!("{reference};accept;{}", answer["time"]).as_bytes());
        assert_eq!((&answer["status"], &answer["signature"]), (&json!("accept"), &json!(hex(&mac.finalize().into_bytes()))));
        cabinet.close().await;
    }

    async fn liqpay_posts_a_signed_form(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            let settings = &mut config.payments.liqpay;
            settings.enabled = true;
            settings.public_key = "i00000000".to_owned();
            settings.private_key = Some("a liqpay key".into());
        })
        .await;
        let person = blocked(&cabinet).await;
        let ordered = order(&cabinet, &person, "liqpay").await;
        let reference = ordered["id"].as_str().expect("an id");
        let (forged, told) = (liqpay(reference, "another key"), liqpay(reference, "a liqpay key"));
        pays(&cabinet, &person, "liqpay", &forged, &told).await;
        cabinet.close().await;
    }

    async fn monobank_signs_the_bytes_of_its_body(store) {
        let (key, another) = (SigningKey::from_slice(&[7; 32]).expect("a key"), SigningKey::from_slice(&[8; 32]).expect("a key"));
        let api = monobank_answers(&key);
        let cabinet = Cabinet::open_with(store, |config| {
            let settings = &mut config.payments.monobank;
            settings.enabled = true;
            settings.token = Some("a token".into());
            settings.api_url = api;
        })
        .await;
        let person = blocked(&cabinet).await;
        let ordered = order(&cabinet, &person, "monobank").await;
        assert_eq!(ordered["redirect"]["url"], "https://pay.mbnk.example/p2_1");
        let reference = ordered["id"].as_str().expect("an id");
        let (forged, told) = (monobank(&another, reference), monobank(&key, reference));
        pays(&cabinet, &person, "monobank", &forged, &told).await;
        cabinet.close().await;
    }

    async fn one_gateway_does_not_speak_for_anothers_payment(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            let settings = &mut config.payments.liqpay;
            settings.enabled = true;
            settings.public_key = "i00000000".to_owned();
            settings.private_key = Some("a liqpay key".into());
            let settings = &mut config.payments.wayforpay;
            settings.enabled = true;
            settings.merchant_account = "shop".to_owned();
            settings.merchant_domain = "cabinet.example.com".to_owned();
            settings.secret_key = Some("a wayforpay secret".into());
        })
        .await;
        let person = blocked(&cabinet).await;
        let ordered = order(&cabinet, &person, "liqpay").await;
        let reference = ordered["id"].as_str().expect("an id");
        let path = format!("/api/v1/me/payments/{reference}");
        let status = async || cabinet.get(&path).by(&person).send().await.json()["status"].clone();
        let own = liqpay(reference, "a liqpay key");
        assert_eq!(post(&cabinet, "wayforpay", &own).await.0, 400, "at another's address it is nobody's word");
        assert_eq!(status().await, "created");
        // Rightly signed, of a payment that was ordered elsewhere: a person looks at it.
        assert_eq!(post(&cabinet, "wayforpay", &wayforpay(reference, "50.00")).await.0, 200);
        assert_eq!(status().await, "review");
        assert_eq!(header(&cabinet, &person).await, ("blocked".to_owned(), "0.01".to_owned()));
        assert_eq!(post(&cabinet, "liqpay", &own).await.0, 200);
        assert_eq!((status().await, header(&cabinet, &person).await.0), (json!("paid"), "active".to_owned()));
        cabinet.close().await;
    }
}
