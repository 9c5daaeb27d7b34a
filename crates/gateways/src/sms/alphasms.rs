//! AlphaSMS: docs.alphasms.net/api/json.

use super::{Accepted, Fault, Later, Sms, SmsGateway, post};
use crate::http::Http;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// AlphaSMS. It tells twins by nothing: what may have been taken is not simply tried again.
pub struct AlphaSms {
    http: Http,
    url: String,
    key: SecretString,
    sender: String,
}

#[derive(Deserialize)]
struct Response {
    success: bool,
    #[serde(default)]
    data: Vec<Item>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Item {
    success: bool,
    data: Option<Taken>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Taken {
    msg_id: Option<Value>,
}

impl AlphaSms {
    pub(super) fn new(http: Http, url: String, key: SecretString, sender: String) -> AlphaSms {
        AlphaSms { http, url, key, sender }
    }

    async fn hand_over(&self, message: &Sms, now: OffsetDateTime) -> Result<Accepted, Fault> {
        let phone: u64 = message.to.as_str().parse().expect("a phone is twelve digits");
        let request = json!({
            "auth": self.key.expose_secret(),
            "data": [{
                "type": "sms",
                "id": 1,
                "phone": phone,
                "sms_signature": self.sender,
                "sms_message": message.text,
            }],
        });
        let response: Response = post(&self.http, &self.url, None, &request, false, now).await?;
        if !response.success {
            return Err(Fault::Account(told(response.error)));
        }
        match response.data.into_iter().next() {
            Some(Item { success: true, data, .. }) => {
                Ok(Accepted { id: data.and_then(|taken| taken.msg_id).map(shown) })
            }
            Some(item) => Err(Fault::Refused(told(item.error))),
            None => Err(Fault::Unknown),
        }
    }
}

/// A number or a text, without quotes.
fn shown(id: Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// The gateway's words, so far as they fit a line of a log.
fn told(error: Option<String>) -> String {
    error.unwrap_or_else(|| "no reason given".to_owned()).chars().filter(|c| !c.is_control()).take(100).collect()
}

impl SmsGateway for AlphaSms {
    fn send<'a>(&'a self, message: &'a Sms, now: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>> {
        Box::pin(self.hand_over(message, now))
    }
}
