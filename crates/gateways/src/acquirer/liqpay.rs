//! LiqPay checkout: liqpay.ua/documentation, versions 7 (SHA3-256) and 3 (SHA-1).
//!
//! `data` is base64 of a JSON object in one line; `signature` is base64 of the digest of private key, data and private
//! key, one after another.

use super::settings::{LiqpaySettings, SettingsError, base_url, secret, text};
use super::token::Token;
use super::{
    Acquirer, Answer, Asked, CURRENCY, Capabilities, Checkout, Created, Doubt, Event, Fault, Kind, Later, Notification,
    Redirect, Refund, Refunded, Rejected, bounded, clip, identifier, json, same,
};
use crate::amount::hryvnias;
use crate::http::{Http, Patience};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_core::{Language, Money};
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha1::{Digest, Sha1};
use sha3::Sha3_256;
use time::OffsetDateTime;
use time::macros::format_description;

/// The digest of a signature; the stronger one is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Digestion {
    Sha1,
    Sha3,
}

impl Digestion {
    const ALL: [Digestion; 2] = [Digestion::Sha1, Digestion::Sha3];

    /// The documentation's: from version 7 on SHA3-256, before it SHA-1.
    fn of_version(version: u8) -> Digestion {
        if version >= 7 { Digestion::Sha3 } else { Digestion::Sha1 }
    }

    fn sign(self, private_key: &str, data: &str) -> String {
        fn digest<D: Digest>(key: &str, data: &str) -> Vec<u8> {
            D::new().chain_update(key).chain_update(data).chain_update(key).finalize().to_vec()
        }
        STANDARD.encode(match self {
            Digestion::Sha1 => digest::<Sha1>(private_key, data),
            Digestion::Sha3 => digest::<Sha3_256>(private_key, data),
        })
    }
}

/// LiqPay.
pub struct Liqpay {
    http: Http,
    checkout_url: String,
    api_url: String,
    public_key: String,
    private_key: SecretString,
    version: u8,
    test: bool,
}

impl Liqpay {
    /// From its settings.
    pub fn new(settings: &LiqpaySettings, patience: Patience) -> Result<Liqpay, SettingsError> {
        if !matches!(settings.version, 3 | 7) {
            return Err(SettingsError::Unfit("liqpay.version", "3 or 7"));
        }
        let public_key = text(&settings.public_key, "liqpay.public_key")?;
        Ok(Liqpay {
            http: Http::new(patience).map_err(|_| SettingsError::Tls)?,
            checkout_url: base_url(&settings.checkout_url, "liqpay.checkout_url")?,
            api_url: base_url(&settings.api_url, "liqpay.api_url")?,
            test: settings.test_mode || public_key.starts_with("sandbox_"),
            public_key,
            private_key: secret(
                &settings.private_key,
                &settings.private_key_file,
                "liqpay.private_key or liqpay.private_key_file",
            )?,
            version: settings.version,
        })
    }

    fn sign(&self, digestion: Digestion, data: &str) -> String {
        digestion.sign(self.private_key.expose_secret(), data)
    }

    /// `data` and `signature` of a request.
    fn seal<T: Serialize>(&self, request: &T) -> [(String, String); 2] {
        let data = STANDARD.encode(serde_json::to_vec(request).expect("a request is JSON"));
        let signature = self.sign(Digestion::of_version(self.version), &data);
        [("data".to_owned(), data), ("signature".to_owned(), signature)]
    }

    /// Whether the signature fits by the configured digest or a stronger one; a weaker one is never tried.
    fn fits(&self, data: &str, signature: &str) -> bool {
        let least = Digestion::of_version(self.version);
        let accepted = Digestion::ALL.into_iter().filter(|digestion| *digestion >= least);
        accepted.fold(false, |fits, digestion| fits | same(self.sign(digestion, data).as_bytes(), signature.as_bytes()))
    }

    fn read(&self, notification: Notification<'_>) -> Result<Event, Rejected> {
        let body = bounded(notification.body)?;
        let (mut data, mut signature) = (None, None);
        for (name, value) in form_urlencoded::parse(body) {
            let known = match &*name {
                "data" => &mut data,
                "signature" => &mut signature,
                _ => continue,
            };
            if known.replace(value).is_some() {
                return Err(Rejected::Malformed("a repeated field"));
            }
        }
        let (data, signature) = (data.ok_or(Rejected::NoSignature)?, signature.ok_or(Rejected::NoSignature)?);
        if signature.is_empty() {
            return Err(Rejected::NoSignature);
        }
        if !self.fits(&data, &signature) {
            return Err(Rejected::BadSignature);
        }
        let decoded = STANDARD.decode(&*data).map_err(|_| Rejected::Malformed("base64"))?;
        let word: Word = serde_json::from_slice(&decoded).map_err(|_| Rejected::Malformed("json"))?;
        let merchant = word.public_key.as_ref().is_some_and(|key| key.0 == self.public_key);
        self.event(word, merchant)
    }

    fn event(&self, word: Word, merchant: bool) -> Result<Event, Rejected> {
        let amount = hryvnias(Token::text(&word.amount))?;
        let currency = clip(Token::text(&word.currency), 8);
        let mut doubts = Vec::new();
        if !merchant {
            doubts.push(Doubt::Merchant);
        }
        if currency != CURRENCY {
            doubts.push(Doubt::Currency);
        }
        // A refund's own notification may carry its own action; it credits nothing.
        let action = Token::text(&word.action);
        let status = Token::text(&word.status);
        if action != "pay" && status != "reversed" {
            doubts.push(Doubt::Action(clip(action, 32)));
        }
        let kind = match status {
            "success" => Kind::Paid,
            "sandbox" if self.test => Kind::Paid,
            "sandbox" => {
                doubts.push(Doubt::TestMoney);
                Kind::Pending
            }
            "failure" | "error" | "expired" => Kind::Failed,
            "reversed" => Kind::Reversed { returned: amount },
            "wait_accept" => {
                doubts.push(Doubt::MerchantNotApproved);
                Kind::Pending
            }
            known if PENDING.contains(&known) => Kind::Pending,
            unknown => {
                doubts.push(Doubt::Status(clip(unknown, 32)));
                Kind::Pending
            }
        };
        let failed = matches!(kind, Kind::Failed);
        let reason = [Token::text(&word.err_code), Token::text(&word.err_description)].join(" ");
        Ok(Event {
            acquirer: CODE,
            provider_txn_id: identifier(Token::text(&word.payment_id).to_owned(), "payment_id")?,
            reference: identifier(Token::text(&word.order_id).to_owned(), "order_id")?,
            kind,
            amount,
            currency,
            occurred_at: [&word.end_date, &word.completion_date, &word.create_date]
                .into_iter()
                .find_map(|date| instant(Token::text(date))),
            fiscal_url: None,
            reason: Some(clip(reason.trim(), 200)).filter(|reason| failed && !reason.is_empty()),
            doubts,
        })
    }

    async fn ask<T: Serialize>(&self, request: &T, now: OffsetDateTime) -> Result<Word, Fault> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.seal(request)).finish();
        let request = self
            .http
            .post(&format!("{}/api/request", self.api_url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let reply = self.http.send(request, now).await?;
        if reply.status != 200 {
            return Err(Fault::Refused { code: reply.status.to_string() });
        }
        json(&reply.body)
    }
}

const CODE: &str = "liqpay";

/// States on the way to an end.
const PENDING: [&str; 23] = [
    "otp_verify",
    "3ds_verify",
    "cvv_verify",
    "sender_verify",
    "receiver_verify",
    "phone_verify",
    "ivr_verify",
    "pin_verify",
    "captcha_verify",
    "password_verify",
    "processing",
    "prepared",
    "wait_secure",
    "wait_lc",
    "hold_wait",
    "cash_wait",
    "invoice_wait",
    "wait_compensation",
    "wait_reserve",
    "wait_card",
    "wait_qr",
    "wait_sender",
    "try_again",
];

/// A notification's content, or the answer to a request.
#[derive(Deserialize)]
struct Word {
    status: Option<Token>,
    result: Option<Token>,
    action: Option<Token>,
    payment_id: Option<Token>,
    public_key: Option<Token>,
    order_id: Option<Token>,
    amount: Option<Token>,
    currency: Option<Token>,
    create_date: Option<Token>,
    end_date: Option<Token>,
    completion_date: Option<Token>,
    err_code: Option<Token>,
    err_description: Option<Token>,
}

/// Of milliseconds since 1970; anything else, zero too, is no instant.
fn instant(milliseconds: &str) -> Option<OffsetDateTime> {
    let milliseconds: i64 = milliseconds.parse().ok().filter(|count| *count > 0)?;
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}

/// A JSON number with two decimals.
fn number(amount: Money) -> Box<RawValue> {
    RawValue::from_string(amount.to_string()).expect("an amount is a JSON number")
}

#[derive(Serialize)]
struct Pay<'a> {
    version: u8,
    public_key: &'a str,
    action: &'a str,
    amount: Box<RawValue>,
    currency: &'a str,
    description: &'a str,
    order_id: &'a str,
    server_url: &'a str,
    result_url: &'a str,
    language: &'a str,
    expired_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<u8>,
}

#[derive(Serialize)]
struct Status<'a> {
    version: u8,
    public_key: &'a str,
    action: &'a str,
    order_id: &'a str,
}

#[derive(Serialize)]
struct Giveback<'a> {
    version: u8,
    public_key: &'a str,
    action: &'a str,
    order_id: &'a str,
    amount: Box<RawValue>,
}

impl Acquirer for Liqpay {
    fn code(&self) -> &'static str {
        CODE
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: true, partial_refund: false, fiscal: false, test: self.test }
    }

    fn form_origin(&self) -> Option<&str> {
        Some(&self.checkout_url)
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, now: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        Box::pin(async move {
            checkout.check(now)?;
            let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
            let fields = self.seal(&Pay {
                version: self.version,
                public_key: &self.public_key,
                action: "pay",
                amount: number(checkout.amount),
                currency: CURRENCY,
                description: &checkout.description,
                order_id: &checkout.reference,
                server_url: &checkout.notify_url,
                result_url: &checkout.return_url,
                language: if checkout.language == Language::En { "en" } else { "uk" },
                expired_date: checkout
                    .expires_at
                    .to_offset(time::UtcOffset::UTC)
                    .format(format)
                    .map_err(|_| Fault::Unfit("expires_at"))?,
                sandbox: self.test.then_some(1),
            });
            let url = format!("{}/api/3/checkout", self.checkout_url);
            Ok(Created { redirect: Redirect::Form { url, fields: fields.into() }, provider_ref: None })
        })
    }

    fn verify<'a>(
        &'a self,
        notification: Notification<'a>,
        _now: OffsetDateTime,
    ) -> Later<'a, Result<Event, Rejected>> {
        Box::pin(std::future::ready(self.read(notification)))
    }

    fn signed_part(&self, notification: Notification<'_>) -> Vec<u8> {
        let data = form_urlencoded::parse(notification.body).find(|(name, _)| name == "data");
        data.map(|(_, data)| data.into_owned().into_bytes()).unwrap_or_default()
    }

    fn acknowledge(&self, _event: &Event, _now: OffsetDateTime) -> Answer {
        Answer::ok()
    }

    fn poll<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        Box::pin(async move {
            let request = Status {
                version: self.version,
                public_key: &self.public_key,
                action: "status",
                order_id: asked.reference,
            };
            let word = self.ask(&request, now).await?;
            // Of a payment that failed there is a payment; of a request that failed there is none.
            if word.payment_id.is_none() && Token::text(&word.result) == "error" {
                return Err(match Token::text(&word.err_code) {
                    "payment_not_found" | "order_not_found" => Fault::NotFound,
                    code => Fault::Refused { code: clip(code, 64) },
                });
            }
            if Token::text(&word.order_id) != asked.reference {
                return Err(Fault::BadAnswer("another payment"));
            }
            // The answer is not signed and may leave the key out: it was asked with ours.
            let merchant = word.public_key.as_ref().is_none_or(|key| key.0 == self.public_key);
            Ok(self.event(word, merchant)?)
        })
    }

    fn refund<'a>(&'a self, refund: Refund<'a>, now: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        Box::pin(async move {
            let request = Giveback {
                version: self.version,
                public_key: &self.public_key,
                action: "refund",
                order_id: refund.asked.reference,
                amount: number(refund.amount),
            };
            let word = self.ask(&request, now).await?;
            match (Token::text(&word.result), Token::text(&word.status)) {
                ("error", _) | (_, "error" | "failure") => {
                    Err(Fault::Refused { code: clip(Token::text(&word.err_code), 64) })
                }
                ("ok", "reversed" | "success") => Ok(Refunded::Done),
                ("ok", _) => Ok(Refunded::Pending),
                _ => Err(Fault::BadAnswer("no result")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Digestion::{Sha1, Sha3};
    use super::*;

    const KEY: &str = "a4825234f4bae72a0be04eafe9e8e2bada209255";

    #[test]
    fn signatures_of_the_documentation() {
        let v3 = r#"{"public_key":"i00000000","version":"3","action":"pay","amount":"3","currency":"UAH","description":"test","order_id":"000001"}"#;
        let data = STANDARD.encode(v3);
        assert_eq!(
            data,
            "eyJwdWJsaWNfa2V5IjoiaTAwMDAwMDAwIiwidmVyc2lvbiI6IjMiLCJhY3Rpb24iOiJwYXkiLCJhbW91bnQiOiIzIiwiY3VycmVuY3kiOiJVQUgiLCJkZXNjcmlwdGlvbiI6InRlc3QiLCJvcmRlcl9pZCI6IjAwMDAwMSJ9"
        );
        assert_eq!(Sha1.sign(KEY, &data), "wR+UZDC4jjeL/qUOvIsofIWpZh8=");

        let data = STANDARD.encode(v3.replace(r#""3","action""#, r#"7,"action""#));
        assert_eq!(
            data,
            "eyJwdWJsaWNfa2V5IjoiaTAwMDAwMDAwIiwidmVyc2lvbiI6NywiYWN0aW9uIjoicGF5IiwiYW1vdW50IjoiMyIsImN1cnJlbmN5IjoiVUFIIiwiZGVzY3JpcHRpb24iOiJ0ZXN0Iiwib3JkZXJfaWQiOiIwMDAwMDEifQ=="
        );
        assert_eq!(Sha3.sign(KEY, &data), "0adgJ8F2Ds5HCVkcz4AlmdLMRoIJf7IxsL3QmeFRz/s=");

        assert_eq!(Sha1.sign("your_private_key", "base64_post_string"), "tp+ZLmKm1/E83dIzUpx5ljcttP4=");
    }

    #[test]
    fn versions_choose_the_digest() {
        assert_eq!([3, 6, 7, 8].map(Digestion::of_version), [Sha1, Sha1, Sha3, Sha3]);
        assert!(Sha1 < Sha3);
    }

    #[test]
    fn dates_are_milliseconds() {
        assert_eq!(instant("1700000000123").map(|at| at.unix_timestamp_nanos()), Some(1_700_000_000_123_000_000));
        for nothing in ["", "0", "-1", "1e9", "9223372036854775807", "99999999999999999999"] {
            assert_eq!(instant(nothing), None, "{nothing}");
        }
    }
}
