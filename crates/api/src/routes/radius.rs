//! What FreeRADIUS asks and tells where it has no PostgreSQL to read (`deploy/freeradius/rest.conf`). No part of the API's
//! document: the words are those of its module `rest`.

use crate::extract::Raw;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use actix_web::http::header;
use actix_web::web::{self, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cabinet_service::admit_session::{Admission, Given, SessionTold, Told, What};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

/// Who FreeRADIUS says it is.
const USER: &str = "radius";
/// The most characters of anything a router says.
const LONGEST: usize = 253;

/// The addresses of FreeRADIUS, below `/gateways`.
pub fn all(config: &mut ServiceConfig) {
    config.route("/gateways/radius/authorize", web::get().to(authorize));
    config.route("/gateways/radius/accounting", web::post().to(account));
}

/// Who signs in, and where.
#[derive(Deserialize)]
struct Asked {
    username: String,
    router: String,
}

/// Which session, and where.
#[derive(Deserialize)]
struct Of {
    id: String,
    router: String,
    #[serde(default)]
    class: String,
}

/// Whoever asks must know the secret; without one in the settings nobody does.
fn known(state: &State, request: &HttpRequest) -> Result<(), Trouble> {
    let secret = state.config.radius.as_ref().ok_or(Wire::NotFound)?;
    let wanted = STANDARD.encode(format!("{USER}:{}", secret.expose_secret()));
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Basic ")).unwrap_or_default();
    match bool::from(wanted.as_bytes().ct_eq(given.as_bytes())) {
        true => Ok(()),
        false => Err(Wire::Unauthenticated.into()),
    }
}

/// The profile of whoever signs in; 404 refuses.
async fn authorize(
    state: web::Data<State>,
    request: HttpRequest,
    asked: Query<Asked>,
) -> Result<HttpResponse, Trouble> {
    known(&state, &request)?;
    match state.service.admit_session(&asked.username, &asked.router).await? {
        Admission::Refused => Err(Wire::NotFound.into()),
        Admission::With { secret, attributes } => Ok(HttpResponse::Ok().json(words(secret, attributes))),
    }
}

/// What a router tells of a session.
async fn account(
    state: web::Data<State>,
    request: HttpRequest,
    of: Query<Of>,
    body: Raw,
) -> Result<HttpResponse, Trouble> {
    known(&state, &request)?;
    let told = read(of.into_inner(), &body.0).ok_or_else(|| Trouble::field("Acct-Status-Type", "invalid"))?;
    state.service.record_session(&told).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// As the module reads it. Nothing is expanded: a value may hold what FreeRADIUS would take for a variable.
fn words(secret: String, attributes: Vec<Given>) -> Map<String, Value> {
    let word = |op: &str, values: Vec<String>| json!({ "op": op, "value": values, "do_xlat": false });
    let mut told = Map::new();
    told.insert("control:Cleartext-Password".to_owned(), word(":=", vec![secret]));
    for one in &attributes {
        let name = format!("reply:{}", one.attribute);
        if told.contains_key(&name) {
            continue;
        }
        let same = attributes.iter().filter(|other| other.attribute == one.attribute);
        told.insert(name, word(one.op, same.map(|same| same.value.clone()).collect()));
    }
    told
}

/// Reads attributes as the module writes them: `{"User-Name": {"type": "string", "value": ["0042"]}}`.
fn read(of: Of, body: &[u8]) -> Option<Told> {
    let attributes: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = |name: &str| {
        let text = match attributes.get(name)?.get("value")?.get(0)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| (1..=LONGEST).contains(&text.len()))
    };
    let number = |name: &str| text(name).and_then(|text| text.parse::<u32>().ok()).map_or(0, i64::from);
    let octets = |low: &str, high: &str| (number(high) << 32) + number(low);
    let status = text("Acct-Status-Type")?;
    let what = match status.as_str() {
        "Accounting-On" | "Accounting-Off" => What::Reset(status),
        "Start" | "Interim-Update" | "Alive" | "Stop" => What::Session(Box::new(SessionTold {
            stopped: status == "Stop",
            username: text("User-Name")?,
            session: text("Acct-Session-Id")?,
            port: text("NAS-Port-Id").or_else(|| text("NAS-Port")),
            address: text("Framed-IP-Address"),
            caller: text("Calling-Station-Id"),
            class: Some(of.class).filter(|class| (1..=LONGEST).contains(&class.len())),
            seconds: number("Acct-Session-Time"),
            input_octets: octets("Acct-Input-Octets", "Acct-Input-Gigawords"),
            output_octets: octets("Acct-Output-Octets", "Acct-Output-Gigawords"),
            ended: text("Acct-Terminate-Cause"),
        })),
        _ => return None,
    };
    Some(Told { id: of.id, router: of.router, what, delay: number("Acct-Delay-Time") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of() -> Of {
        Of { id: "f9".to_owned(), router: "192.0.2.1".to_owned(), class: "g3".to_owned() }
    }

    #[test]
    fn what_freeradius_writes_is_read() {
        let body = json!({
            "User-Name": { "type": "string", "value": ["0042"] },
            "Acct-Status-Type": { "type": "integer", "value": ["Stop"] },
            "Acct-Session-Id": { "type": "string", "value": ["81000001"] },
            "Acct-Session-Time": { "type": "integer", "value": [60] },
            "Acct-Input-Octets": { "type": "integer", "value": [4_000_000_000_u32] },
            "Acct-Input-Gigawords": { "type": "integer", "value": [1] },
            "NAS-Port": { "type": "integer", "value": [12] },
            "Acct-Delay-Time": { "type": "integer", "value": [4] },
        });
        let told = read(of(), body.to_string().as_bytes()).unwrap();
        let What::Session(session) = told.what else { panic!("a session") };
        assert_eq!((told.delay, session.stopped, session.seconds, session.input_octets), (4, true, 60, 8_294_967_296));
        assert_eq!(
            (session.username.as_str(), session.port.as_deref(), session.class.as_deref()),
            ("0042", Some("12"), Some("g3"))
        );
    }

    #[test]
    fn what_is_no_accounting_is_refused() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"Acct-Status-Type":{"value":["Start"]}}"#,
            r#"{"Acct-Status-Type":{"value":["Failed"]}}"#,
        ] {
            assert_eq!(read(of(), body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn nothing_is_expanded_and_attributes_of_one_name_stand_together() {
        let given =
            |attribute: &str, op, value: &str| Given { attribute: attribute.to_owned(), op, value: value.to_owned() };
        let told = words(
            "p%{x}".to_owned(),
            vec![given("Cisco-AVPair", "+=", "a"), given("Class", ":=", "g1"), given("Cisco-AVPair", "+=", "b")],
        );
        assert!(told.values().all(|word| word["do_xlat"] == false));
        assert_eq!(told["reply:Cisco-AVPair"]["value"], json!(["a", "b"]));
        assert_eq!(told["control:Cleartext-Password"]["value"], json!(["p%{x}"]));
    }
}
