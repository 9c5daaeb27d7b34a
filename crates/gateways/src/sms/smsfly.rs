//! SMS-fly, version 2: sms-fly.ua/api/v2/api.php.

use super::{Accepted, Delivery, Fault, Later, Sms, SmsGateway, post};
use crate::http::Http;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

/// Minutes after which an undelivered message is given up by the gateway.
const LIFE_MINUTES: u32 = 60;

/// SMS-fly. It tells twins by nothing: what may have been taken is not simply tried again.
pub struct SmsFly {
    http: Http,
    url: String,
    key: SecretString,
    sender: String,
}

#[derive(Deserialize)]
struct Response {
    success: i64,
    data: Option<Data>,
    error: Option<Told>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "messageID")]
    message_id: Option<String>,
    sms: Option<State>,
}

#[derive(Deserialize)]
struct State {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    code: Option<String>,
}

impl SmsFly {
    pub(super) fn new(http: Http, url: String, key: SecretString, sender: String) -> SmsFly {
        SmsFly { http, url, key, sender }
    }

    async fn hand_over(&self, message: &Sms, now: OffsetDateTime) -> Result<Accepted, Fault> {
        let request = json!({
            "auth": { "key": self.key.expose_secret() },
            "action": "SENDMESSAGE",
            "data": {
                "recipient": message.to.as_str(),
                "channels": ["sms"],
                "sms": { "source": self.sender, "text": message.text, "ttl": LIFE_MINUTES },
            },
        });
        let response: Response = post(&self.http, &self.url, None, &request, false, now).await?;
        let data = response.data.filter(|_| response.success == 1);
        let Some(data) = data else {
            return Err(refused(response.error.and_then(|told| told.code).unwrap_or_default()));
        };
        match data.sms.and_then(|state| state.status).as_deref() {
            Some("INSUFFICIENTFUNDS") => Err(Fault::Account("no money in the account".to_owned())),
            Some(state @ ("ERROR" | "STOPED" | "UNDELIV" | "EXPIRED" | "REFUND")) => {
                Err(Fault::Refused(state.to_owned()))
            }
            _ => Ok(Accepted { id: data.message_id }),
        }
    }
}

impl SmsFly {
    async fn ask(&self, id: &str, now: OffsetDateTime) -> Result<Delivery, Fault> {
        let request = json!({
            "auth": { "key": self.key.expose_secret() },
            "action": "GETMESSAGESTATUS",
            "data": { "messageID": id },
        });
        let response: Response = post(&self.http, &self.url, None, &request, true, now).await?;
        let Some(data) = response.data.filter(|_| response.success == 1) else {
            return Err(refused(response.error.and_then(|told| told.code).unwrap_or_default()));
        };
        Ok(match data.sms.and_then(|state| state.status).as_deref() {
            Some("DELIVRD" | "VIEWED") => Delivery::Delivered,
            Some("EXPIRED" | "UNDELIV" | "STOPED" | "ERROR" | "REFUND" | "INSUFFICIENTFUNDS") => Delivery::Failed,
            _ => Delivery::Waits,
        })
    }
}

/// A code in the gateway's own words: what is about the account stops every message, what is not, this one.
fn refused(code: String) -> Fault {
    let upper = code.to_ascii_uppercase();
    let of_account = ["AUTH", "KEY", "FUNDS", "FORBIDDEN", "SOURCE"].iter().any(|word| upper.contains(word));
    if of_account { Fault::Account(code) } else { Fault::Refused(code) }
}

impl SmsGateway for SmsFly {
    fn send<'a>(&'a self, message: &'a Sms, now: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>> {
        Box::pin(self.hand_over(message, now))
    }

    fn delivery<'a>(&'a self, id: &'a str, now: OffsetDateTime) -> Option<Later<'a, Result<Delivery, Fault>>> {
        Some(Box::pin(self.ask(id, now)))
    }
}
