//! WayForPay: wiki.wayforpay.com, Purchase, Check status and Refund.
//!
//! A signature is lower-case hexadecimal HMAC-MD5 over values joined by `;`. The protocol knows no stronger digest;
//! amounts sign as they were written, so numbers are kept as their literal tokens.

use super::settings::{SettingsError, WayforpaySettings, base_url, secret, text};
use super::token::Token;
use super::{
    Acquirer, Answer, Asked, CURRENCY, Capabilities, Checkout, Created, Doubt, Event, Fault, Kind, Later, Notification,
    Redirect, Refund, Refunded, Rejected, bounded, clip, hex, identifier, json, same,
};
use crate::amount::hryvnias;
use crate::http::{Http, Patience};
use cabinet_core::{Language, Money};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

const CODE: &str = "wayforpay";
/// The merchant of the documentation: everybody knows its key.
const PUBLIC_MERCHANT: &str = "test_merch_n1";

/// WayForPay.
pub struct Wayforpay {
    http: Http,
    pay_url: String,
    api_url: String,
    merchant_account: String,
    merchant_domain: String,
    secret_key: SecretString,
    asked_from: Money,
    test: bool,
}

/// HMAC-MD5 of the values joined by `;`.
fn signature(secret: &str, values: &[&str]) -> String {
    let mut mac = Hmac::<Md5>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(values.join(";").as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The values of a notification that its signature covers, in order.
fn signed(word: &Word) -> [&str; 8] {
    [
        &word.merchant_account,
        &word.order_reference,
        &word.amount,
        &word.currency,
        &word.auth_code,
        &word.card_pan,
        &word.transaction_status,
        &word.reason_code,
    ]
    .map(Token::text)
}

impl Wayforpay {
    /// From its settings.
    pub fn new(settings: &WayforpaySettings, patience: Patience) -> Result<Wayforpay, SettingsError> {
        let merchant_account = text(&settings.merchant_account, "wayforpay.merchant_account")?;
        Ok(Wayforpay {
            http: Http::new(patience).map_err(|_| SettingsError::Tls)?,
            pay_url: base_url(&settings.pay_url, "wayforpay.pay_url")?,
            api_url: base_url(&settings.api_url, "wayforpay.api_url")?,
            test: settings.test_mode || merchant_account == PUBLIC_MERCHANT,
            asked_from: settings.asked_from,
            merchant_account,
            merchant_domain: text(&settings.merchant_domain, "wayforpay.merchant_domain")?,
            secret_key: secret(
                &settings.secret_key,
                &settings.secret_key_file,
                "wayforpay.secret_key or wayforpay.secret_key_file",
            )?,
        })
    }

    fn sign(&self, values: &[&str]) -> String {
        signature(self.secret_key.expose_secret(), values)
    }

    /// Whether the word's signature fits its values, literally as they were written.
    fn fits(&self, word: &Word) -> Result<(), Rejected> {
        let given = Token::text(&word.merchant_signature);
        if given.is_empty() {
            return Err(Rejected::NoSignature);
        }
        let values = signed(word);
        // With the separator inside a value the same signature would fit values divided otherwise.
        if values.iter().any(|value| value.contains(';')) {
            return Err(Rejected::Malformed("a separator within a value"));
        }
        if same(self.sign(&values).as_bytes(), given.as_bytes()) { Ok(()) } else { Err(Rejected::BadSignature) }
    }

    fn read(&self, notification: Notification<'_>) -> Result<Event, Rejected> {
        let body = bounded(notification.body)?;
        // The signature stands inside, so the values are taken apart first; nothing is made of them before it fits.
        let word: Word = serde_json::from_slice(body).map_err(|_| Rejected::Malformed("json"))?;
        self.fits(&word)?;
        self.event(word)
    }

    fn event(&self, word: Word) -> Result<Event, Rejected> {
        let amount = hryvnias(Token::text(&word.amount))?;
        let currency = clip(Token::text(&word.currency), 8);
        let mut doubts = Vec::new();
        if Token::text(&word.merchant_account) != self.merchant_account {
            doubts.push(Doubt::Merchant);
        }
        if currency != CURRENCY {
            doubts.push(Doubt::Currency);
        }
        let kind = match Token::text(&word.transaction_status) {
            "Approved" => Kind::Paid,
            "Refunded" | "Voided" => Kind::Reversed { returned: amount },
            "Declined" | "Expired" => Kind::Failed,
            "Created" | "InProcessing" | "WaitingAuthComplete" | "Pending" | "RefundInProcessing" => Kind::Pending,
            unknown => {
                doubts.push(Doubt::Status(clip(unknown, 32)));
                Kind::Pending
            }
        };
        let reference = identifier(Token::text(&word.order_reference).to_owned(), "orderReference")?;
        let failed = matches!(kind, Kind::Failed);
        let reason = [Token::text(&word.reason_code), Token::text(&word.reason)].join(" ");
        Ok(Event {
            acquirer: CODE,
            // There is no id of its own in a notification; an order's reference is used once with a merchant.
            provider_txn_id: reference.clone(),
            reference,
            kind,
            amount,
            currency,
            occurred_at: [&word.processing_date, &word.created_date].into_iter().find_map(|date| {
                let seconds: i64 = Token::text(date).parse().ok().filter(|seconds| *seconds > 0)?;
                OffsetDateTime::from_unix_timestamp(seconds).ok()
            }),
            fiscal_url: None,
            reason: Some(clip(reason.trim(), 200)).filter(|reason| failed && !reason.is_empty()),
            doubts,
        })
    }

    async fn ask<T: Serialize>(&self, request: &T, now: OffsetDateTime) -> Result<Word, Fault> {
        let request = self
            .http
            .post(&format!("{}/api", self.api_url))
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(request).expect("a request is JSON"));
        let reply = self.http.send(request, now).await?;
        if reply.status != 200 {
            return Err(Fault::Refused { code: reply.status.to_string() });
        }
        json(&reply.body)
    }
}

/// A notification, or the answer to a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Word {
    merchant_account: Option<Token>,
    order_reference: Option<Token>,
    merchant_signature: Option<Token>,
    amount: Option<Token>,
    currency: Option<Token>,
    auth_code: Option<Token>,
    card_pan: Option<Token>,
    transaction_status: Option<Token>,
    reason: Option<Token>,
    reason_code: Option<Token>,
    created_date: Option<Token>,
    processing_date: Option<Token>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckStatus<'a> {
    transaction_type: &'a str,
    merchant_account: &'a str,
    order_reference: &'a str,
    merchant_signature: String,
    api_version: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Giveback<'a> {
    transaction_type: &'a str,
    merchant_account: &'a str,
    order_reference: &'a str,
    amount: Box<serde_json::value::RawValue>,
    currency: &'a str,
    comment: &'a str,
    merchant_signature: String,
    api_version: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accept<'a> {
    order_reference: &'a str,
    status: &'a str,
    time: i64,
    signature: String,
}

impl Acquirer for Wayforpay {
    fn code(&self) -> &'static str {
        CODE
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: true, partial_refund: false, fiscal: false, test: self.test }
    }

    fn form_origin(&self) -> Option<&str> {
        Some(&self.pay_url)
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, now: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        Box::pin(async move {
            checkout.check(now)?;
            let amount = checkout.amount.to_string();
            let date = now.unix_timestamp().to_string();
            let timeout = checkout.seconds_left(now).to_string();
            let signature = self.sign(&[
                &self.merchant_account,
                &self.merchant_domain,
                &checkout.reference,
                &date,
                &amount,
                CURRENCY,
                &checkout.description,
                "1",
                &amount,
            ]);
            let fields = [
                ("merchantAccount", self.merchant_account.as_str()),
                ("merchantDomainName", &self.merchant_domain),
                ("merchantAuthType", "SimpleSignature"),
                ("merchantTransactionType", "SALE"),
                ("merchantTransactionSecureType", "AUTO"),
                ("merchantSignature", &signature),
                ("apiVersion", "1"),
                // The gateway's own default is Russian.
                ("language", if checkout.language == Language::En { "EN" } else { "UA" }),
                ("returnUrl", &checkout.return_url),
                ("serviceUrl", &checkout.notify_url),
                ("orderReference", &checkout.reference),
                ("orderDate", &date),
                ("amount", &amount),
                ("currency", CURRENCY),
                ("orderTimeout", &timeout),
                ("productName[]", &checkout.description),
                ("productCount[]", "1"),
                ("productPrice[]", &amount),
            ];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            let redirect = Redirect::Form { url: format!("{}/pay", self.pay_url), fields };
            Ok(Created { redirect, provider_ref: None })
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
        let word: Option<Word> = serde_json::from_slice(notification.body).ok();
        word.map(|word| signed(&word).join(";").into_bytes()).unwrap_or_default()
    }

    fn acknowledge(&self, event: &Event, now: OffsetDateTime) -> Answer {
        let (status, time) = ("accept", now.unix_timestamp());
        let signature = self.sign(&[&event.reference, status, &time.to_string()]);
        let accept = Accept { order_reference: &event.reference, status, time, signature };
        Answer {
            status: 200,
            content_type: "application/json",
            body: serde_json::to_vec(&accept).expect("an answer is JSON"),
        }
    }

    fn poll<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        Box::pin(async move {
            let request = CheckStatus {
                transaction_type: "CHECK_STATUS",
                merchant_account: &self.merchant_account,
                order_reference: asked.reference,
                merchant_signature: self.sign(&[&self.merchant_account, asked.reference]),
                api_version: 1,
            };
            let word = self.ask(&request, now).await?;
            let reason = Token::text(&word.reason_code);
            if reason == "1127" {
                return Err(Fault::NotFound);
            }
            if Token::text(&word.merchant_signature).is_empty() && Token::text(&word.transaction_status).is_empty() {
                return Err(Fault::Refused { code: clip(reason, 64) });
            }
            self.fits(&word)?;
            if Token::text(&word.order_reference) != asked.reference {
                return Err(Fault::BadAnswer("another payment"));
            }
            Ok(self.event(word)?)
        })
    }

    fn is_asked_after(&self, event: &Event) -> bool {
        event.kind == Kind::Paid && event.amount >= self.asked_from
    }

    fn refund<'a>(&'a self, refund: Refund<'a>, now: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        Box::pin(async move {
            let amount = refund.amount.to_string();
            let reference = refund.asked.reference;
            let request = Giveback {
                transaction_type: "REFUND",
                merchant_account: &self.merchant_account,
                order_reference: reference,
                merchant_signature: self.sign(&[&self.merchant_account, reference, &amount, CURRENCY]),
                amount: serde_json::value::RawValue::from_string(amount).expect("an amount is a JSON number"),
                currency: CURRENCY,
                comment: refund.reason,
                api_version: 1,
            };
            let word = self.ask(&request, now).await?;
            match Token::text(&word.transaction_status) {
                "Refunded" | "Voided" => Ok(Refunded::Done),
                "RefundInProcessing" => Ok(Refunded::Pending),
                _ => Err(Fault::Refused { code: clip(Token::text(&word.reason_code), 64) }),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = "dhkq3vUi94{Z!5frxs(02ML";
    const TEST: &str = "flk3409refn54t54t*FNJRET";

    /// Signs a line of the documentation as it stands there.
    fn line(secret: &str, line: &str) -> String {
        signature(secret, &line.split(';').collect::<Vec<_>>())
    }

    #[test]
    fn signatures_of_the_documentation() {
        assert_eq!(
            line(
                DOCS,
                "test_merchant;www.market.ua;DH783023;1415379863;1547.36;UAH;Процессор Intel Core i5-4670 3.4GHz;Память Kingston DDR3-1600 4096MB PC3-12800;1;1;1000;547.36"
            ),
            "3f787303ac524389b4a76383f9508251"
        );
        assert_eq!(
            line(
                DOCS,
                "test_merchant;www.market.ua;DH783023;1415379863;1547.36;UAH;Процесор Intel Core i5-4670 3.4GHz;Пам'ять Kingston DDR3-1600 4096MB PC3-12800;1;1;1000;547.36"
            ),
            "4941ea0c7f5b4833c2bd06b1fefcdc0b"
        );
    }

    #[test]
    fn signatures_of_the_test_merchant() {
        for (text, sign) in [
            (
                "test_merch_n1;lk.example.ua;ISP-0001;1700000000;100.00;UAH;Internet 0000;1;100.00",
                "b8326095462e80c68756b27faf4e7bed",
            ),
            ("test_merch_n1;ISP-0001;100;UAH;767147;471***8181;Approved;1100", "3c92f74d0a7b55a11528213a3f0cda8d"),
            ("ISP-0001;accept;1700000001", "768192194ef39db7700dfee62733de08"),
            ("test_merch_n1;ISP-0001", "aee373cce83fc730620cec11eb2d8468"),
        ] {
            assert_eq!(line(TEST, text), sign, "{text}");
        }
    }

    #[test]
    fn hmac_md5_of_rfc_2202() {
        assert_eq!(line("Jefe", "what do ya want for nothing?"), "750c783e6ab0b503eaa86e310a5db738");
    }
}
