//! monobank acquiring: monobank.ua/api-docs/acquiring.
//!
//! A notification is the invoice's state in JSON; `X-Sign` is base64 of an ECDSA P-256 signature over its raw bytes.
//! The key is the gateway's, fetched when first needed and again when a signature does not fit, at most once a minute.

use super::settings::{MonobankSettings, SettingsError, base_url, secret};
use super::token::Token;
use super::{
    Acquirer, Answer, Asked, CURRENCY, Capabilities, Checkout, Created, Doubt, Event, Fault, Kind, Later, Notification,
    Redirect, Refund, Refunded, Rejected, bounded, clip, identifier, json,
};
use crate::amount::kopecks;
use crate::http::{Http, Patience, Reply};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// How long the gateway is not asked for its key again.
const KEY_PAUSE: Duration = Duration::MINUTE;
/// ISO 4217's number of the hryvnia.
const HRYVNIA: &str = "980";
const CODE: &str = "monobank";

/// monobank.
pub struct Monobank {
    http: Http,
    api_url: String,
    token: HeaderValue,
    fiscal: bool,
    test: bool,
    key: Mutex<Option<VerifyingKey>>,
    fetched: tokio::sync::Mutex<Fetched>,
}

/// The last time the key was asked for, and how that went.
#[derive(Default)]
struct Fetched {
    at: Option<OffsetDateTime>,
    fault: Option<Fault>,
}

impl Monobank {
    /// From its settings.
    pub fn new(settings: &MonobankSettings, patience: Patience) -> Result<Monobank, SettingsError> {
        const TOKEN: &str = "monobank.token or monobank.token_file";
        let token = secret(&settings.token, &settings.token_file, TOKEN)?;
        let mut token = HeaderValue::from_str(token.expose_secret())
            .map_err(|_| SettingsError::Unfit(TOKEN, "a header's value"))?;
        token.set_sensitive(true);
        Ok(Monobank {
            http: Http::new(patience).map_err(|_| SettingsError::Tls)?,
            api_url: base_url(&settings.api_url, "monobank.api_url")?,
            token,
            fiscal: settings.fiscal,
            test: settings.test_mode,
            key: Mutex::default(),
            fetched: tokio::sync::Mutex::default(),
        })
    }

    async fn get(&self, path: &str, now: OffsetDateTime) -> Result<Vec<u8>, Fault> {
        let request = self.http.get(&format!("{}/api/merchant/{path}", self.api_url));
        answered(self.http.send(request.header("X-Token", &self.token), now).await?)
    }

    async fn post<T: Serialize>(&self, path: &str, body: &T, now: OffsetDateTime) -> Result<Vec<u8>, Fault> {
        let request = self
            .http
            .post(&format!("{}/api/merchant/{path}", self.api_url))
            .header("X-Token", &self.token)
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(body).expect("a request is JSON"));
        answered(self.http.send(request, now).await?)
    }

    fn key(&self) -> Option<VerifyingKey> {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key newer than the one that did not fit.
    async fn newer_key(&self, tried: Option<VerifyingKey>, now: OffsetDateTime) -> Result<VerifyingKey, Rejected> {
        let mut fetched = self.fetched.lock().await;
        // Somebody else may have fetched it while this one waited.
        if let Some(key) = self.key().filter(|key| Some(*key) != tried) {
            return Ok(key);
        }
        // A clock set back must not shut the door for longer than the pause.
        if fetched.at.is_some_and(|at| at <= now && now - at < KEY_PAUSE) {
            return Err(fetched.fault.clone().map_or(Rejected::BadSignature, Rejected::Unavailable));
        }
        fetched.at = Some(now);
        match self.fetch_key(now).await {
            Ok(key) => {
                fetched.fault = None;
                *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
                Ok(key)
            }
            Err(fault) => {
                fetched.fault = Some(fault.clone());
                Err(Rejected::Unavailable(fault))
            }
        }
    }

    async fn fetch_key(&self, now: OffsetDateTime) -> Result<VerifyingKey, Fault> {
        let PublicKey { key } = json(&self.get("pubkey", now).await?)?;
        let pem = STANDARD.decode(key).ok().and_then(|pem| String::from_utf8(pem).ok());
        pem.and_then(|pem| VerifyingKey::from_public_key_pem(&pem).ok()).ok_or(Fault::BadAnswer("its key"))
    }

    async fn read(&self, notification: Notification<'_>, now: OffsetDateTime) -> Result<Event, Rejected> {
        let body = bounded(notification.body)?;
        let sign = notification.header("x-sign").filter(|sign| !sign.is_empty()).ok_or(Rejected::NoSignature)?;
        let sign = STANDARD.decode(sign).map_err(|_| Rejected::BadSignature)?;
        let sign = Signature::from_der(&sign).map_err(|_| Rejected::BadSignature)?;
        let known = self.key();
        if known.is_none_or(|key| key.verify(body, &sign).is_err()) {
            let key = self.newer_key(known, now).await?;
            key.verify(body, &sign).map_err(|_| Rejected::BadSignature)?;
        }
        let invoice: Invoice = serde_json::from_slice(body).map_err(|_| Rejected::Malformed("json"))?;
        event(invoice)
    }

    /// The address of the tax office's receipt, once it is made.
    async fn tax_receipt(&self, invoice: &str, now: OffsetDateTime) -> Result<Option<String>, Fault> {
        let body = self.get(&format!("invoice/fiscal-checks?{}", query("invoiceId", invoice)), now).await?;
        let Checks { checks } = json(&body)?;
        let done = checks.into_iter().filter(|check| check.status.as_deref() == Some("done"));
        Ok(done.filter_map(|check| check.tax_url).find(|url| url.starts_with("https://") && fit_address(url)))
    }
}

fn answered(reply: Reply) -> Result<Vec<u8>, Fault> {
    match reply.status {
        200 => Ok(reply.body),
        404 => Err(Fault::NotFound),
        status => Err(Fault::Refused { code: status.to_string() }),
    }
}

fn query(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}

/// Whether it can be put into a page or a header as it is.
fn fit_address(url: &str) -> bool {
    url.len() <= 2048 && url.bytes().all(|byte| byte.is_ascii_graphic())
}

fn event(invoice: Invoice) -> Result<Event, Rejected> {
    let amount = kopecks(Token::text(&invoice.amount))?;
    let left = invoice.final_amount.as_ref().map(|left| kopecks(&left.0)).transpose()?;
    let mut doubts = Vec::new();
    let currency = match Token::text(&invoice.ccy) {
        HRYVNIA => CURRENCY.to_owned(),
        other => {
            doubts.push(Doubt::Currency);
            clip(other, 8)
        }
    };
    let (kind, amount) = match Token::text(&invoice.status) {
        "success" => match left {
            Some(left) if left < amount => (Kind::Reversed { returned: amount - left }, amount),
            left => (Kind::Paid, left.unwrap_or(amount)),
        },
        "reversed" => {
            // Some say zero is left and some repeat the sum: in this state nothing is left unless less is named.
            let left = left.filter(|left| *left < amount).unwrap_or_default();
            (Kind::Reversed { returned: amount - left }, amount)
        }
        "failure" | "expired" => (Kind::Failed, amount),
        "created" | "processing" | "hold" => (Kind::Pending, amount),
        unknown => {
            doubts.push(Doubt::Status(clip(unknown, 32)));
            (Kind::Pending, amount)
        }
    };
    let date = Some(Token::text(&invoice.modified_date)).filter(|date| !date.is_empty());
    let date = date.unwrap_or(Token::text(&invoice.created_date));
    let failed = matches!(kind, Kind::Failed);
    let reason = [Token::text(&invoice.err_code), Token::text(&invoice.failure_reason)].join(" ");
    Ok(Event {
        acquirer: CODE,
        provider_txn_id: identifier(Token::text(&invoice.invoice_id).to_owned(), "invoiceId")?,
        reference: identifier(Token::text(&invoice.reference).to_owned(), "reference")?,
        kind,
        amount,
        currency,
        occurred_at: OffsetDateTime::parse(date, &Rfc3339).ok(),
        fiscal_url: None,
        reason: Some(clip(reason.trim(), 200)).filter(|reason| failed && !reason.is_empty()),
        doubts,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invoice {
    invoice_id: Option<Token>,
    status: Option<Token>,
    amount: Option<Token>,
    ccy: Option<Token>,
    final_amount: Option<Token>,
    created_date: Option<Token>,
    modified_date: Option<Token>,
    reference: Option<Token>,
    err_code: Option<Token>,
    failure_reason: Option<Token>,
}

#[derive(Deserialize)]
struct PublicKey {
    key: String,
}

#[derive(Deserialize)]
struct Checks {
    checks: Vec<Check>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    status: Option<String>,
    tax_url: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Create<'a> {
    amount: i64,
    ccy: u16,
    merchant_paym_info: PaymInfo<'a>,
    redirect_url: &'a str,
    web_hook_url: &'a str,
    validity: i64,
    payment_type: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymInfo<'a> {
    reference: &'a str,
    destination: &'a str,
    /// What is sold, without which the tax office's receipt is not made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    basket_order: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    qty: u8,
    sum: i64,
    total: i64,
    unit: &'a str,
    code: &'a str,
}

impl<'a> Line<'a> {
    /// One payment for the service.
    fn of(checkout: &'a Checkout) -> Line<'a> {
        let sum = checkout.amount.kopecks();
        Line { name: &checkout.description, qty: 1, sum, total: sum, unit: "послуга", code: "internet" }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateReply {
    invoice_id: String,
    page_url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancel<'a> {
    invoice_id: &'a str,
    amount: i64,
    ext_ref: &'a str,
}

#[derive(Deserialize)]
struct CancelReply {
    status: String,
}

impl Acquirer for Monobank {
    fn code(&self) -> &'static str {
        CODE
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: true, partial_refund: true, fiscal: self.fiscal, test: self.test }
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, now: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        Box::pin(async move {
            checkout.check(now)?;
            let request = Create {
                amount: checkout.amount.kopecks(),
                ccy: 980,
                merchant_paym_info: PaymInfo {
                    reference: &checkout.reference,
                    destination: &checkout.description,
                    basket_order: self.fiscal.then(|| Line::of(checkout)).into_iter().collect(),
                },
                redirect_url: &checkout.return_url,
                web_hook_url: &checkout.notify_url,
                validity: checkout.seconds_left(now),
                payment_type: "debit",
            };
            let reply: CreateReply = json(&self.post("invoice/create", &request, now).await?)?;
            // A stub of tests speaks http; a gateway spoken to over https sends nobody away from it.
            let scheme = if self.api_url.starts_with("http://") { "http" } else { "https://" };
            if !reply.page_url.starts_with(scheme) || !fit_address(&reply.page_url) {
                return Err(Fault::BadAnswer("pageUrl"));
            }
            let invoice = identifier(reply.invoice_id, "invoiceId")?;
            Ok(Created { redirect: Redirect::Url(reply.page_url), provider_ref: Some(invoice) })
        })
    }

    fn verify<'a>(&'a self, notification: Notification<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Rejected>> {
        Box::pin(self.read(notification, now))
    }

    fn acknowledge(&self, _event: &Event, _now: OffsetDateTime) -> Answer {
        Answer::ok()
    }

    fn poll<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        Box::pin(async move {
            // Without the invoice's id, lost with the answer to `create`, nobody can have been sent to pay it.
            let invoice = asked.provider_ref.ok_or(Fault::NotFound)?;
            let body = self.get(&format!("invoice/status?{}", query("invoiceId", invoice)), now).await?;
            let mut event = event(json(&body)?)?;
            if event.reference != asked.reference || event.provider_txn_id != invoice {
                return Err(Fault::BadAnswer("another payment"));
            }
            if self.fiscal && event.kind == Kind::Paid {
                // A receipt that is not to be had is no fault of the payment.
                event.fiscal_url = self.tax_receipt(invoice, now).await.ok().flatten();
            }
            Ok(event)
        })
    }

    fn receipt<'a>(&'a self, asked: Asked<'a>, now: OffsetDateTime) -> Later<'a, Result<Option<String>, Fault>> {
        Box::pin(async move { self.tax_receipt(asked.provider_ref.ok_or(Fault::NotFound)?, now).await })
    }

    fn refund<'a>(&'a self, refund: Refund<'a>, now: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        Box::pin(async move {
            let request = Cancel {
                invoice_id: refund.asked.provider_ref.ok_or(Fault::NotFound)?,
                amount: refund.amount.kopecks(),
                ext_ref: refund.key,
            };
            let reply: CancelReply = json(&self.post("invoice/cancel", &request, now).await?)?;
            match reply.status.as_str() {
                "success" => Ok(Refunded::Done),
                "processing" => Ok(Refunded::Pending),
                status => Err(Fault::Refused { code: clip(status, 64) }),
            }
        })
    }
}
