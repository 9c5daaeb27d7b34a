//! TurboSMS: turbosms.ua/api.html. It answers 200 always; the code inside counts.

use super::{Accepted, Delivery, Fault, Later, Sms, SmsGateway, post};
use crate::http::Http;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// TurboSMS. A message's id goes along as `sequence_id`, which the account must have switched on: a request of the same
/// one is carried out once.
pub struct TurboSms {
    http: Http,
    url: String,
    key: SecretString,
    sender: String,
}

#[derive(Serialize)]
struct Request<'a> {
    recipients: [&'a str; 1],
    sms: Body<'a>,
    sequence_id: &'a str,
}

#[derive(Serialize)]
struct Body<'a> {
    sender: &'a str,
    text: &'a str,
}

#[derive(Deserialize)]
struct Response {
    response_code: i64,
    response_result: Option<Vec<Recipient>>,
}

#[derive(Deserialize)]
struct Recipient {
    response_code: i64,
    message_id: Option<String>,
}

impl TurboSms {
    pub(super) fn new(http: Http, url: String, key: SecretString, sender: String) -> TurboSms {
        TurboSms { http, url, key, sender }
    }

    async fn hand_over(&self, message: &Sms, now: OffsetDateTime) -> Result<Accepted, Fault> {
        let request = Request {
            recipients: [message.to.as_str()],
            sms: Body { sender: &self.sender, text: &message.text },
            sequence_id: &message.id,
        };
        let url = format!("{}/message/send.json", self.url);
        let token = Some(self.key.expose_secret());
        let response: Response = post(&self.http, &url, token, &request, true, now).await?;
        let recipient = response.response_result.unwrap_or_default().into_iter().next();
        // "In part" is told of the only recipient there is.
        let told = match response.response_code {
            0 | 800..=803 => recipient.as_ref().map_or(response.response_code, |one| one.response_code),
            whole => whole,
        };
        weigh(told).map(|()| Accepted { id: recipient.and_then(|one| one.message_id) })
    }
}

#[derive(Serialize)]
struct Question<'a> {
    messages: [&'a str; 1],
}

#[derive(Deserialize)]
struct Statuses {
    response_code: i64,
    response_result: Option<Vec<Status>>,
}

#[derive(Deserialize)]
struct Status {
    status: Option<String>,
}

impl TurboSms {
    async fn ask(&self, id: &str, now: OffsetDateTime) -> Result<Delivery, Fault> {
        let url = format!("{}/message/status.json", self.url);
        let token = Some(self.key.expose_secret());
        let statuses: Statuses = post(&self.http, &url, token, &Question { messages: [id] }, true, now).await?;
        let one = statuses.response_result.unwrap_or_default().into_iter().next();
        match one.and_then(|one| one.status) {
            Some(status) => Ok(became(&status)),
            None => weigh(statuses.response_code).map(|()| Delivery::Waits),
        }
    }
}

/// Words of a status; the documentation does not list them all.
fn became(status: &str) -> Delivery {
    match status.to_ascii_lowercase().as_str() {
        "delivered" | "read" | "viewed" => Delivery::Delivered,
        "undelivered" | "expired" | "rejected" | "failed" | "cancelled" | "deleted" => Delivery::Failed,
        _ => Delivery::Waits,
    }
}

/// The documentation's table of codes.
fn weigh(code: i64) -> Result<(), Fault> {
    match code {
        // 407: a twin of a message that was taken.
        0 | 800 | 801 | 407 => Ok(()),
        103..=106 | 203 => Err(Fault::Account(format!("code {code}"))),
        404 => Err(Fault::OptedOut),
        200..=306 | 400..=415 => Err(Fault::Refused(format!("code {code}"))),
        _ => Err(Fault::Later(format!("code {code}"))),
    }
}

impl SmsGateway for TurboSms {
    fn send<'a>(&'a self, message: &'a Sms, now: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>> {
        Box::pin(self.hand_over(message, now))
    }

    fn delivery<'a>(&'a self, id: &'a str, now: OffsetDateTime) -> Option<Later<'a, Result<Delivery, Fault>>> {
        Some(Box::pin(self.ask(id, now)))
    }
}
